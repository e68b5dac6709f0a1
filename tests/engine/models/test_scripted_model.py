"""The scripted model, asked as every other model is."""

import asyncio
from typing import Any

import pytest
from redraft.engine.errors import ModelError
from redraft.engine.models.chat import Ask, ChatModel, Message, Piece, Reply
from redraft.engine.models.scripted import Line, Scripted


def ask(text: str = "hello", **more: Any) -> Ask:
    return Ask(messages=(Message(role="user", content=text),), **more)


async def heard(model: ChatModel, question: Ask) -> tuple[list[Piece], Reply]:
    async with model.stream(question) as stream:
        pieces = [piece async for piece in stream]
    return pieces, stream.reply


async def test_a_list_is_said_in_order_word_by_word_and_recorded():
    model: ChatModel = Scripted(["return n * 2\n", "done"])
    pieces, reply = await heard(model, ask("one"))
    assert [piece.text for piece in pieces] == ["return", " n", " *", " 2", "\n"]
    assert (reply.text, reply.finish, model.scripted) == ("return n * 2\n", "stop", True)
    assert (await heard(model, ask("two")))[1].text == "done"
    assert isinstance(model, Scripted) and [a.messages[0].content for a in model.asks] == ["one", "two"]


async def test_a_mapping_answers_by_a_word_of_the_last_message():
    model = Scripted({"sort": "sorted", "sum": "added"})
    assert (await heard(model, ask("please sum")))[1].text == "added"
    with pytest.raises(ModelError, match="no line for 'divide'") as caught:
        await heard(model, ask("divide"))
    assert caught.value.kind == "script"


async def test_a_function_answers_by_anything_in_the_ask():
    model = Scripted(lambda question: "{}" if question.schema else "prose")
    assert (await heard(model, ask(schema={})))[1].text == "prose"
    assert (await heard(model, ask(schema={"type": "object"})))[1].text == "{}"


async def test_a_script_that_is_too_short_says_so():
    model = Scripted(["only one"])
    await heard(model, ask())
    with pytest.raises(ModelError, match="has 1 lines and was asked 2 times"):
        await heard(model, ask())


@pytest.mark.parametrize(("prefill", "text"), [(True, "    return 1"), (False, "def f():\n    return 1")])
async def test_a_whole_answer_is_said_from_where_the_prefill_ends_if_it_is_continued(prefill: bool, text: str):
    model = Scripted(["def f():\n    return 1"], prefill=prefill)
    _, reply = await heard(model, ask(prefill="def f():\n"))
    assert (reply.text, reply.prefilled) == (text, prefill)


@pytest.mark.parametrize("thinking", [True, False])
async def test_thoughts_are_said_only_when_they_are_asked_for(thinking: bool):
    _, reply = await heard(Scripted([Line(text="yes", thinking="let me see")]), ask(thinking=thinking))
    assert (reply.text, reply.thinking) == ("yes", "let me see" if thinking else "")


async def test_a_failure_comes_after_the_pieces_and_leaves_them_in_the_reply():
    model = Scripted([Line(text="ret", fails=ModelError("gone", kind="dropped"))])
    async with model.stream(ask()) as stream:
        with pytest.raises(ModelError, match="gone"):
            _ = [piece async for piece in stream]
    assert (stream.reply.text, stream.reply.finish, model.open_streams) == ("ret", "cut", 0)


async def test_a_failure_without_pieces_comes_on_entering():
    model = Scripted([Line(fails=ModelError("nobody there", kind="unreachable"))])
    with pytest.raises(ModelError, match="nobody there"):
        await model.stream(ask()).__aenter__()
    assert model.open_streams == 0


@pytest.mark.parametrize("text", ["", "some text"])
async def test_a_hanging_answer_hangs_until_it_is_cancelled_and_then_is_closed(text: str):
    model = Scripted([Line(text=text, hangs=True)])
    task = asyncio.create_task(heard(model, ask()))
    for _ in range(20):
        await asyncio.sleep(0)
    assert model.open_streams == 1 and not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.open_streams == 0


async def test_leaving_early_is_a_cut_answer():
    model = Scripted(["one two three"])
    async with model.stream(ask()) as stream:
        async for _ in stream:
            break
    assert (stream.reply.text, stream.reply.finish, stream.reply.usage.estimated) == ("one", "cut", True)


async def test_the_pace_is_kept_by_the_injected_sleep():
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    await heard(Scripted(["a b c"], pace=0.05, sleep=sleep), ask())
    assert waits == [0.05, 0.05, 0.05]
