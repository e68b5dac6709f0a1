"""One model on several servers: who is asked, and what happens when one goes down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from fake_server import DROP, answer, delta, refusal, serving
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.errors import ModelError
from redraft.engine.models.chat import Ask, ChatModel, Message, Reply
from redraft.engine.models.openai import Endpoint, OpenAIChat, Retries
from redraft.engine.models.replicas import LONGEST_REST, SHORTEST_REST, Replicas
from redraft.engine.models.scripted import Line, Scripted

QUESTION = Ask(messages=(Message(role="user", content="write it"),))
ONE_ROUND = Retries(attempts=1)


def trouble(kind: str) -> ModelError:
    return ModelError(f"it is {kind}", kind=kind, retryable=True)


DOWN = Line(fails=trouble("unreachable"))


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def always(line: str | Line, name: str = "m") -> Scripted:
    return Scripted(lambda _: line, name=name)


def over(*models: ChatModel, rounds: int = 1, clock: Clock | None = None) -> Replicas:
    clock = clock or Clock()
    return Replicas(models, retries=Retries(attempts=rounds), clock=clock, sleep=clock.sleep, luck=lambda: 1.0)


async def replied(model: ChatModel, ask: Ask = QUESTION) -> Reply:
    async with model.stream(ask) as stream:
        async for _ in stream:
            pass
        return stream.reply


async def said(model: ChatModel, ask: Ask = QUESTION) -> str:
    return (await replied(model, ask)).text


@asynccontextmanager
async def all_at_once(model: ChatModel, times: int) -> AsyncIterator[None]:
    """So many answers open at the same time."""
    async with AsyncExitStack() as stack:
        for _ in range(times):
            await stack.enter_async_context(model.stream(QUESTION))
        yield


async def test_answers_one_after_another_come_from_the_first_whose_cache_knows_the_prompts() -> None:
    one, two = always("one"), always("two")
    model = over(one, two)
    assert [await said(model) for _ in range(3)] == ["one", "one", "one"]
    assert two.asks == []


@given(st.integers(1, 5), st.integers(0, 17))
def test_answers_at_once_are_spread_evenly(servers: int, asks: int) -> None:
    models = [always(f"{n}") for n in range(servers)]

    async def ask() -> list[int]:
        async with all_at_once(over(*models), asks):
            return [model.open_streams for model in models]

    open_streams = asyncio.run(ask())
    assert sum(open_streams) == asks
    assert max(open_streams) - min(open_streams) <= 1


async def test_a_stream_that_is_left_makes_its_server_free_again() -> None:
    one, two = always("a b c"), always("two")
    model = over(one, two)
    async with model.stream(QUESTION) as stream:
        await anext(aiter(stream))
    assert one.open_streams == 0
    async with all_at_once(model, 2):
        assert (one.open_streams, two.open_streams) == (1, 1)


async def test_a_server_that_is_down_is_skipped_and_then_left_alone_for_a_while() -> None:
    clock = Clock()
    broken, well = always(DOWN), always("well")
    model = over(broken, well, clock=clock)
    assert [await said(model) for _ in range(3)] == ["well"] * 3
    assert len(broken.asks) == 1
    clock.now += SHORTEST_REST
    assert await said(model) == "well"
    assert len(broken.asks) == 2


async def test_a_server_that_fails_again_is_left_alone_for_longer_and_at_most_a_minute() -> None:
    clock = Clock()
    broken = always(DOWN)
    model = over(broken, always("well"), clock=clock)
    gaps: list[float] = []
    last = 0.0
    while len(gaps) < 8:
        before = len(broken.asks)
        await said(model)
        if len(broken.asks) > before:
            gaps.append(clock.now - last)
            last = clock.now
        clock.now += 1.0
    assert gaps[1:] == [2.0, 4.0, 8.0, 16.0, 32.0, LONGEST_REST, LONGEST_REST]


async def test_a_server_that_is_back_is_used_as_before() -> None:
    clock = Clock()
    one = Scripted([DOWN, "back", "back"])
    model = over(one, always("other"), clock=clock)
    assert await said(model) == "other"
    clock.now += SHORTEST_REST
    assert [await said(model), await said(model)] == ["back", "back"]


async def test_when_all_are_down_the_longest_rested_is_still_asked() -> None:
    model = over(Scripted([DOWN, "back"]), always(DOWN))
    with pytest.raises(ModelError, match="unreachable"):
        await said(model)
    assert await said(model) == "back"


async def test_another_round_is_made_after_a_wait() -> None:
    clock = Clock()
    model = over(Scripted([DOWN, "back"]), always(DOWN), rounds=2, clock=clock)
    assert await said(model) == "back"
    assert clock.slept == [0.5]


async def test_a_busy_server_passes_the_ask_on_and_gets_the_next_one() -> None:
    busy = Scripted([Line(fails=trouble("busy")), "free"])
    model = over(busy, always("other"))
    assert [await said(model), await said(model)] == ["other", "free"]


@pytest.mark.parametrize("kind", ["unauthorized", "context", "no model", "refused", "empty", "nonsense"])
async def test_what_would_be_wrong_everywhere_is_not_asked_elsewhere(kind: str) -> None:
    other = always("other")
    with pytest.raises(ModelError, match=kind):
        await said(over(always(Line(fails=trouble(kind))), other, rounds=3))
    assert other.asks == []


async def test_an_answer_that_breaks_off_is_continued_by_another_server() -> None:
    dying = always(Line(text="one two ", fails=trouble("dropped")))
    going_on = Scripted(lambda ask: "one two three four")
    model = over(dying, going_on)
    reply = await replied(model)
    assert reply.text == "one two three four"
    assert "died halfway" in reply.warning
    assert going_on.asks[0].prefill == "one two "
    assert await said(model) == "one two three four"
    assert len(dying.asks) == 1


async def test_a_broken_answer_that_nobody_can_continue_is_an_error_and_is_not_said_twice() -> None:
    model = over(always(Line(text="one two ", fails=trouble("dropped"))), Scripted(["one two three"], prefill=False))
    pieces: list[str] = []
    with pytest.raises(ModelError, match="dropped"):
        async with model.stream(QUESTION) as stream:
            async for piece in stream:
                pieces.append(piece.text)  # noqa: PERF401
    assert "".join(pieces).split() == ["one", "two"]


async def test_a_broken_answer_under_a_grammar_is_an_error() -> None:
    model = over(always(Line(text="{ ", fails=trouble("dropped"))), always("{}"))
    with pytest.raises(ModelError, match="dropped"):
        await said(model, Ask(messages=QUESTION.messages, schema={"type": "object"}))


async def test_cancelling_frees_the_server() -> None:
    silent = always(Line(hangs=True))
    model = over(silent)
    task = asyncio.ensure_future(said(model))
    for _ in range(20):
        await asyncio.sleep(0)
    assert silent.open_streams == 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert silent.open_streams == 0
    assert model._replicas[0].answering == 0


async def test_it_is_called_as_its_model_and_scripted_if_any_is() -> None:
    model = over(always("x", name="qwen"), OpenAIChat(Endpoint(base_url="http://127.0.0.1:1/v1", model="qwen")))
    assert (model.name, model.scripted, len(model.models)) == ("qwen", True, 2)
    await model.aclose()


async def test_real_connections_go_round_a_closed_port_and_a_full_queue() -> None:
    async with serving([refusal(503, "queue is full")], "vllm") as full, serving([answer("hello")], "vllm") as well:
        closed = "http://127.0.0.1:9/v1"
        models = [
            OpenAIChat(Endpoint(base_url=url, model="Qwen/Qwen3-8B"), retries=ONE_ROUND)
            for url in (closed, full.url, well.url)
        ]
        model = over(*models)
        assert await said(model) == "hello"
        await model.aclose()


async def test_a_real_answer_that_breaks_off_goes_on_at_the_other_server() -> None:
    async with (
        serving([answer("x")], "vllm") as warm,
        serving([answer(" + b", " + c")], "vllm") as other,
    ):
        warm.script = [type(answer())([delta("return a"), DROP])]
        models = [OpenAIChat(Endpoint(base_url=at.url, model="m"), retries=ONE_ROUND) for at in (warm, other)]
        model = over(*models)
        assert await said(model) == "return a + b + c"
        assert other.asked[0]["continue_final_message"] is True
        assert other.asked[0]["messages"][-1] == {"role": "assistant", "content": "return a"}
        await model.aclose()
