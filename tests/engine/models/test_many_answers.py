"""Several answers to one request: asked for where a server gives them, counted right, and learnt where it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fake_server import DROP, MODELS, STALL, FakeServer, Said, refusal, serving
from redraft.app.cli.cost_lines import used
from redraft.engine.events import CallEnded, CallFailed, CallStarted, Checked, Decided, Drafted, Entry
from redraft.engine.facts import Price, Stub
from redraft.engine.kit import Budget, Kit, Voice
from redraft.engine.models.cassette import Cassette
from redraft.engine.models.chat import ChatModel
from redraft.engine.models.endpoint import Endpoint, ServerKind
from redraft.engine.models.openai import OpenAIChat
from redraft.engine.models.replicas import Replicas
from redraft.engine.models.retries import Retries
from redraft.engine.models.taping import Recording, Replaying
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.sources import find_stubs
from redraft.engine.sources.reading import decoded
from redraft.engine.state.run import state_of
from redraft.engine.tables.cost_table import ran, rows

SOURCE = 'def area(w, h):\n    """Area.\n\n    >>> area(2, 3)\n    6\n    """\n    ...\n'
PROMPT = 300
Script = Callable[[dict[str, Any]], Said]


def stub() -> Stub:
    (found,) = find_stubs(decoded("own.py", SOURCE.encode())).stubs
    return found


def body(nth: int) -> str:
    return f"```python\ndef area(w, h):\n    return w * h + {nth} * 0\n```"


def choice(index: int, text: str = "", reason: str | None = None, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": {"content": text}, "finish_reason": reason}], **more}


def counted(completion: int, prompt: int = PROMPT) -> dict[str, Any]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def vllm_like(asked: dict[str, Any]) -> Said:
    """Answers come token by token in turns, each with the count of its own; the last event has the sum."""
    number, first = asked.get("n", 1), asked.get("seed", 0)
    events = [choice(n, body(first + n), usage=counted(20 + n)) for n in range(number)]
    events += [choice(n, "", "stop", usage=counted(30 + n)) for n in reversed(range(number))]
    return Said([*events, {"choices": [], "usage": counted(sum(30 + n for n in range(number)))}])


def openai_like(asked: dict[str, Any]) -> Said:
    """A sum in the last event and nothing before it; of n answers one after another."""
    number, first = asked.get("n", 1), asked.get("seed", 0)
    events: list[Any] = []
    for n in range(number):
        events += [choice(n, body(first + n)[:9], usage=None), choice(n, body(first + n)[9:], "stop", usage=None)]
    return Said([*events, {"choices": [], "usage": counted(30 * number)}])


def refusing(asked: dict[str, Any]) -> Said:
    if "n" in asked:
        return refusal(400, "'n' : number must be at most 1 with this model", param="n")
    return openai_like(asked)


def ignoring(asked: dict[str, Any]) -> Said:
    return openai_like({**asked, "n": 1})


def without_counts(asked: dict[str, Any]) -> Said:
    events = [event for event in openai_like(asked).events if isinstance(event, dict) and event["choices"]]
    return Said([*events, {"choices": [], "usage": None}])


@asynccontextmanager
async def asked_of(
    script: Script | list[Said], kind: ServerKind = "", *, served: str = ""
) -> AsyncIterator[tuple[FakeServer, OpenAIChat]]:
    async with serving(
        script, served or kind or "", models=MODELS[""] if kind in {"openai", "sglang"} else None
    ) as server:
        model = OpenAIChat(Endpoint(base_url=server.url, model="m", kind=kind), retries=Retries(attempts=1))
        yield server, model
        await model.aclose()


def kit_of(model: ChatModel, mode: str = "paper", **more: Any) -> Kit:
    voice = Voice(model=model, price=Price(input=1.0, output=2.0))
    sandbox = ScriptedSandbox({"": {"area(2, 3)": "6"}})
    roles = ("coder", "planner", "tester", "reviewer")
    return Kit(voices=dict.fromkeys(roles, voice), prompts=Prompts(None), sandbox=sandbox, mode=mode, **more)  # type: ignore[arg-type]


async def run(model: ChatModel, pipeline: str = "best-of-n", **more: Any) -> list[Entry]:
    async with running(CATALOGUE[pipeline], kit_of(model, **more), stub()) as log:
        return [entry async for entry in log]


def of(entries: list[Entry], kind: type[Any]) -> list[Any]:
    return [entry.event for entry in entries if isinstance(entry.event, kind)]


def ways(entries: list[Entry]) -> list[str]:
    return [event.what for event in of(entries, Decided) if "asked for" in event.what]


def bodies(entries: list[Entry]) -> dict[str, str]:
    return {event.draft.id: event.draft.body.strip() for event in of(entries, Drafted)}


SAMPLES = {f"d{n + 1}": f"return w * h + {n} * 0" for n in range(5)}
SHARING: list[tuple[ServerKind, Script]] = [
    ("vllm", vllm_like), ("openai", openai_like), ("sglang", openai_like), ("", openai_like), ("", without_counts),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "script"), SHARING, ids=["vllm", "openai", "sglang", "unknown", "no counts"])
async def test_five_samples_are_one_request_and_five_calls_in_the_order_of_their_seeds(
    kind: ServerKind, script: Script
):
    async with asked_of(script, kind) as (server, model):
        entries = await run(model)
    (asked,) = server.asked
    assert (asked["n"], asked["seed"]) == (5, 0)
    assert bodies(entries) == SAMPLES
    ended = of(entries, CallEnded)
    assert {event.request for event in ended} == {"c1"} and len(ended) == 5
    assert ways(entries) == ["5 samples are asked for in one request, for 10 at a time at most"]
    assert state_of(entries).solution is not None


@pytest.mark.parametrize(
    ("kind", "script", "tokens", "pooled", "estimated"),
    [
        ("vllm", vllm_like, [30, 31, 32, 33, 34], False, False),
        ("openai", openai_like, [0, 0, 0, 0, 150], True, False),
        ("", without_counts, [0, 0, 0, 0, None], True, True),
    ],
)
async def test_a_prompt_that_was_sent_once_is_counted_once_and_what_was_written_as_far_as_it_is_told(
    kind: ServerKind, script: Script, tokens: list[int | None], pooled: bool, estimated: bool
):
    async with asked_of(script, kind) as (_, model):
        entries = await run(model)
    used = sorted((event.usage for event in of(entries, CallEnded)), key=lambda usage: usage.completion_tokens)
    assert [usage.pooled for usage in used] == [pooled] * 5
    assert sum(bool(usage.prompt_tokens) for usage in used) == 1
    if not estimated:
        assert [usage.completion_tokens for usage in used] == tokens
        assert sum(usage.prompt_tokens for usage in used) == PROMPT
    meter, summed = state_of(entries).meter, ran(entries)
    assert summed is not None and meter.estimated is estimated
    assert summed.usd == pytest.approx((meter.prompt_tokens + 2 * meter.completion_tokens) / 1e6)
    if estimated:
        assert 5 * 20 < meter.completion_tokens < 5 * 40


async def test_the_table_of_costs_says_how_many_answers_came_in_one_request():
    async with asked_of(openai_like, "openai") as (_, model):
        runs = [summed for _ in range(2) if (summed := ran(await run(model))) is not None]
    (row,) = rows(runs)
    assert (row.spent.calls, row.shared, row.requests) == (10, 10, 2)
    assert (
        "best-of-n: 10 answers came in 2 requests for several, each with a prompt that was sent, and counts, once"
        in (used([row]).notes)
    )


async def test_a_server_that_counts_one_answer_for_all_is_not_believed():
    def script(asked: dict[str, Any]) -> Said:
        return Said([*openai_like(asked).events[:-1], {"choices": [], "usage": counted(25)}])

    async with asked_of(script) as (_, model):
        meter = state_of(await run(model)).meter
    assert meter.estimated and meter.completion_tokens > 100


@pytest.mark.parametrize("script", [refusing, ignoring])
async def test_a_server_that_gives_one_answer_to_a_request_is_asked_for_the_others_at_once_and_remembered(
    script: Script,
):
    async with asked_of(script) as (server, model):
        first = await run(model)
        second = await run(model)
    assert bodies(first) == bodies(second) == SAMPLES
    requests = [asked.get("n", 1) for asked in server.asked]
    assert requests == ([5] + [1] * 10 if script is refusing else [5] + [1] * 9)
    assert {event.request for event in of(first, CallEnded)} == {""}
    assert not of(first, CallFailed) and len(of(first, CallStarted)) == 5
    assert [what for what in ways(first) if "at once" in what] and "one request" not in str(ways(second))
    prompts = [event.usage.prompt_tokens for event in of(first, CallEnded)]
    assert prompts == [PROMPT] * 5


@pytest.mark.parametrize(
    "said",
    [
        refusal(400, "'n' : number must be at most 1"),
        refusal(400, "n must be 1 for this model", param="n"),
        refusal(400, "Field 'n': Value must be between 1 <= value <= 2"),
        refusal(400, "n > 1 is not supported"),
        refusal(
            400, "Unsupported value: 'n' does not support 5 with this model. Only the default (1) value is supported."
        ),
        refusal(422, "Multiple candidates is not enabled for this model"),
        refusal(501, "best_of and n are not supported"),
        Said(
            status=422,
            body={
                "detail": [{"type": "extra_forbidden", "loc": ["body", "n"], "msg": "Extra inputs are not permitted"}]
            },
        ),
    ],
    ids=lambda said: str(said.body)[:60],
)
async def test_however_a_server_says_that_it_gives_one_answer_it_is_understood(said: Said):
    async with asked_of(lambda asked: said if "n" in asked else openai_like(asked)) as (server, model):
        entries = await run(model)
    assert [asked.get("n") for asked in server.asked] == [5] + [None] * 5
    assert bodies(entries) == SAMPLES
    assert model.refused == {"many"}


@pytest.mark.parametrize(
    ("field", "message"),
    [("temperature", "temperature must be 1 (you can't set it)"), ("seed", "seed: '\\n' is not supported before it")],
)
async def test_a_refusal_of_something_else_is_not_taken_for_one_of_several_answers(field: str, message: str):
    async with asked_of(lambda asked: refusal(400, message) if field in asked else openai_like(asked)) as (_, model):
        entries = await run(model)
    assert model.refused == {field}
    assert len(bodies(entries)) == 5 and not of(entries, CallFailed)


async def test_of_fewer_answers_than_were_asked_for_the_rest_is_asked_for_and_the_server_goes_on_being_asked():
    def script(asked: dict[str, Any]) -> Said:
        return openai_like({**asked, "n": min(asked.get("n", 1), 3)})

    async with asked_of(script) as (server, model):
        entries = await run(model)
        await run(model)
    assert [asked.get("n", 1) for asked in server.asked] == [5, 1, 1, 5, 1, 1]
    assert bodies(entries) == SAMPLES
    assert sorted(event.request for event in of(entries, CallEnded)) == ["", "", "c1", "c1", "c1"]
    assert state_of(entries).meter.prompt_tokens == 3 * PROMPT
    assert state_of(entries).meter.completion_tokens == 5 * 30


@pytest.mark.parametrize("kind", ["llama.cpp", "ollama", "lmstudio", "openrouter"])
async def test_servers_that_count_or_answer_otherwise_are_asked_at_once(kind: ServerKind):
    async with serving(openai_like, "") as server:
        model = OpenAIChat(Endpoint(base_url=server.url, model="m", kind=kind))
        entries = await run(model)
        await model.aclose()
    assert [asked.get("n") for asked in server.asked] == [None] * 5
    assert ways(entries) == ["5 samples are asked for at once, 10 at a time at most"]


async def test_a_hundred_samples_are_ten_requests():
    async with asked_of(openai_like, "openai") as (server, model):
        entries = await run(model, "codet")
    assert [asked["n"] for asked in server.asked] == [10] * 20
    assert [asked["seed"] for asked in server.asked] == [*range(0, 100, 10)] * 2
    assert len({event.request for event in of(entries, CallEnded)}) == 20


@pytest.mark.parametrize(
    ("pipeline", "numbers"), [("pat", [5]), ("best-of-n", [5]), ("codet-paper", [10]), ("funcoder", [10])]
)
async def test_the_patterns_that_draw_before_they_judge_share_a_request(pipeline: str, numbers: list[int]):
    async with asked_of(openai_like, "openai") as (server, model):
        await run(model, pipeline)
    assert [asked["n"] for asked in server.asked if "n" in asked] == numbers


async def test_in_evidence_mode_trials_still_stop_at_the_first_that_holds():
    async with asked_of(openai_like, "openai") as (server, model):
        await run(model, "pat", mode="evidence")
    assert not [asked for asked in server.asked if "n" in asked]


# ---------------------------------------------------------------------------------------------- odd answers


async def test_each_answer_says_for_itself_how_it_ended_and_one_that_was_broken_off_is_asked_for_again():
    def script(asked: dict[str, Any]) -> Said:
        if "n" not in asked:
            return openai_like(asked)
        said = [choice(n, body(n)) for n in range(5)]
        ends = [choice(n, "", reason) for n, reason in enumerate(["stop", "length", "stop", "content_filter"])]
        return Said([*said, *ends, {"choices": [], "usage": counted(150)}])  # Of the last one no end comes.

    async with asked_of(script) as (server, model):
        entries = await run(model)
    ended = {event.call: event.finish for event in of(entries, CallEnded)}
    assert [ended[f"c{n}"] for n in range(1, 6)] == ["stop", "length", "stop", "broken off", "broken off"]
    assert [asked.get("n") for asked in server.asked] == [5, None, None]
    assert {asked["seed"] for asked in server.asked[1:]} == {3, 4}


async def test_choices_may_be_numbered_from_one_come_together_in_one_event_or_be_more_than_were_asked_for():
    def script(asked: dict[str, Any]) -> Said:
        said = [choice(n + 1, body(n))["choices"][0] for n in range(5)]
        ends = [choice(n + 1, "", "stop")["choices"][0] for n in range(7)]
        return Said([{"choices": said}, {"choices": ends}, {"choices": [], "usage": counted(150)}])

    async with asked_of(script) as (server, model):
        entries = await run(model)
    assert len(server.asked) == 1
    assert sorted(bodies(entries).values()) == sorted(SAMPLES.values())


async def test_an_answer_that_is_no_stream_holds_all_choices():
    def script(asked: dict[str, Any]) -> Said:
        choices = [
            {"index": n, "message": {"role": "assistant", "content": body(n)}, "finish_reason": "stop"}
            for n in range(5)
        ]
        return Said(body={"choices": choices, "usage": counted(150)})

    async with asked_of(script) as (_, model):
        entries = await run(model)
    assert bodies(entries) == SAMPLES
    meter = state_of(entries).meter
    assert (meter.prompt_tokens, meter.completion_tokens, meter.estimated) == (PROMPT, 150, False)


async def test_thoughts_stay_with_their_answer():
    def script(asked: dict[str, Any]) -> Said:
        thoughts = [{"index": n, "delta": {"reasoning": f"thought {n}"}, "finish_reason": None} for n in range(5)]
        said: list[Any] = [{"choices": [thought]} for thought in thoughts]
        said += [choice(n, body(n), "stop") for n in range(5)]
        return Said([*said, {"choices": [], "usage": counted(400)}])

    async with asked_of(script, "vllm", served="vllm") as (_, model):
        entries = await run(model)
    calls = state_of(entries).calls
    assert [call.thinking for call in calls] == [f"thought {n}" for n in range(5)]
    assert bodies(entries) == SAMPLES


async def test_an_answer_that_the_server_begins_for_all_is_gone_on_with_in_each():
    def script(asked: dict[str, Any]) -> Said:
        assert asked["continue_final_message"] is True
        said = [choice(n, f"    return w * h + {n} * 0\n", "stop") for n in range(asked["n"])]
        return Said([*said, {"choices": [], "usage": counted(50)}])

    async with asked_of(script, "vllm", served="vllm") as (_, model):
        entries = await run(model, mode="evidence")
    assert bodies(entries) == SAMPLES


async def test_copies_of_one_answer_make_an_unknown_server_be_asked_without_a_seed():
    long = (
        "```python\ndef area(w, h):\n" + "".join(f"    x{n} = w * {n}\n" for n in range(30)) + "    return w * h\n```"
    )

    def script(asked: dict[str, Any]) -> Said:
        drawn = [long] * 5 if "seed" in asked else [f"{long}\n# {n}" for n in range(5)]
        return Said([*(choice(n, drawn[n], "stop") for n in range(5)), {"choices": [], "usage": counted(2000)}])

    kinds: tuple[tuple[ServerKind, bool], ...] = (("", False), ("openai", True))
    for kind, second in kinds:
        async with asked_of(script, kind) as (server, model):
            await run(model)
            await run(model)
        assert ["seed" in asked for asked in server.asked] == [True, second]


# ---------------------------------------------------------------------------------------------- time, end, budget


async def test_a_draft_is_judged_while_others_are_still_coming():
    waits = asyncio.Event()

    def script(asked: dict[str, Any]) -> Said:
        said = [choice(n, body(n)) for n in range(5)]
        return Said([*said, *(choice(n, "", "stop") for n in range(4)), STALL])

    async with asked_of(script) as (server, model):
        async with running(CATALOGUE["best-of-n"], kit_of(model), stub()) as log:
            async for entry in log:
                if isinstance(entry.event, Checked) and entry.event.report.draft == "d4":
                    waits.set()
                    await log.cancel()
        await asyncio.wait_for(server.client_left.wait(), 5)
    assert waits.is_set()


async def test_a_run_that_is_cancelled_closes_the_one_connection_and_ends_every_call():
    def script(asked: dict[str, Any]) -> Said:
        return Said([*(choice(n, "```python\n") for n in range(5)), STALL])

    async with asked_of(script) as (server, model):
        entries: list[Entry] = []
        async with running(CATALOGUE["best-of-n"], kit_of(model), stub()) as log:
            async for entry in log:
                entries.append(entry)
                if server.client_waits.is_set():
                    await log.cancel()
                else:
                    await asyncio.sleep(0.01)
                    if len(of(entries, CallStarted)) == 5:
                        await server.client_waits.wait()
                        await log.cancel()
        await asyncio.wait_for(server.client_left.wait(), 5)
    failed = of(entries, CallFailed)
    assert sorted(event.call for event in failed) == [f"c{n}" for n in range(1, 6)]
    assert all(event.cancelled for event in failed)


async def test_a_connection_that_breaks_halfway_costs_one_more_request_for_each_that_was_not_whole():
    asked_for: list[int] = []

    def script(asked: dict[str, Any]) -> Said:
        asked_for.append(asked.get("n", 1))
        if "n" not in asked:
            return openai_like(asked)
        return Said([*(choice(n, body(n)) for n in range(5)), choice(0, "", "stop"), choice(1, "", "stop"), DROP])

    async with asked_of(script) as (_, model):
        entries = await run(model)
    assert asked_for == [5, 1, 1, 1]
    assert sorted(bodies(entries).values()) == sorted(SAMPLES.values())


async def test_a_server_that_is_busy_is_asked_again_for_all():
    said = [refusal(429, "slow down"), openai_like({"n": 5})]
    async with serving(said, "") as server:

        async def at_once(_: float) -> None: ...

        model = OpenAIChat(Endpoint(base_url=server.url, model="m"), sleep=at_once)
        entries = await run(model)
        await model.aclose()
    assert [asked["n"] for asked in server.asked] == [5, 5]
    assert bodies(entries) == SAMPLES


async def test_a_budget_of_three_calls_asks_for_three_answers_and_judges_them():
    async with asked_of(openai_like, "openai") as (server, model):
        entries = await run(model, "pat", budget=Budget(calls=7))
    assert [asked["n"] for asked in server.asked if "n" in asked] == [3]
    state = state_of(entries)
    assert [event.purpose for event in of(entries, CallStarted)] == ["tests"] * 4 + ["trial"] * 3
    assert state.solution is not None and state.solution.verdict == "verified"
    assert "7 of 7 calls are used" in state.decisions[-1]


# ---------------------------------------------------------------------------------------------- around the model


async def test_replicas_put_a_request_for_several_to_one_of_them_and_to_the_other_when_that_is_down():
    async with serving(openai_like, "") as first, serving(lambda _: refusal(500, "out of memory"), "") as second:
        models = [OpenAIChat(Endpoint(base_url=s.url, model="m"), retries=Retries(attempts=1)) for s in (second, first)]
        model = Replicas(models)
        entries = await run(model)
        await model.aclose()
    assert [asked["n"] for asked in (*second.asked, *first.asked)] == [5, 5]
    assert bodies(entries) == SAMPLES


async def test_what_was_recorded_of_one_request_is_replayed_as_five_answers(tmp_path: Path):
    cassette = tmp_path / "calls.jsonl"
    async with asked_of(ignoring) as (_, model):
        entries = await run(Recording(model, Cassette(cassette)))
        entries = await run(Recording(model, Cassette(cassette)))
    async with asked_of(openai_like) as (_, model):
        shared = tmp_path / "shared.jsonl"
        again = await run(Recording(model, Cassette(shared)))
    for path, told in ((cassette, entries), (shared, again)):
        replayed = await run(Replaying("m", Cassette.read(path)))
        assert bodies(replayed) == bodies(told) == SAMPLES
        assert state_of(replayed).meter == state_of(told).meter
