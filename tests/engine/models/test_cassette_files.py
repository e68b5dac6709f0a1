"""Recording model traffic and having it again."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from fake_server import answer, serving
from redraft.engine.errors import ModelError
from redraft.engine.models.cassette import Cassette, Take, key
from redraft.engine.models.chat import Ask, ChatModel, Message, Piece, Reply, Sampling
from redraft.engine.models.openai import Endpoint, OpenAIChat, Secret
from redraft.engine.models.scripted import Line, Scripted
from redraft.engine.models.taping import Recording, Replaying


def ask(text: str = "hello", **more: Any) -> Ask:
    return Ask(messages=(Message(role="user", content=text),), **more)


async def heard(model: ChatModel, question: Ask, most: int | None = None) -> tuple[list[Piece], Reply]:
    pieces: list[Piece] = []
    async with model.stream(question) as stream:
        async for piece in stream:
            pieces.append(piece)
            if len(pieces) == most:
                break
    return pieces, stream.reply


async def test_what_was_recorded_is_replayed_exactly_piece_by_piece(tmp_path: Path):
    path = tmp_path / "deep" / "tape.jsonl"
    recording = Recording(Scripted(["a b", "c"], name="qwen"), Cassette(path))
    first, second = await heard(recording, ask("one")), await heard(recording, ask("two", prefill="x"))
    again = Replaying("qwen", Cassette.read(path))
    # In another order: the key is the question, not the time.
    assert await heard(again, ask("two", prefill="x")) == second
    assert await heard(again, ask("one")) == first


async def test_the_same_question_asked_again_gets_the_next_answer(tmp_path: Path):
    path = tmp_path / "tape.jsonl"
    recording = Recording(Scripted(["first", "second"], name="m"), Cassette(path))
    for _ in range(2):
        await heard(recording, ask())
    again = Replaying("m", Cassette.read(path))
    assert [(await heard(again, ask()))[1].text for _ in range(2)] == ["first", "second"]
    with pytest.raises(ModelError, match="for time number 3") as caught:
        await heard(again, ask())
    assert caught.value.kind == "miss"


@pytest.mark.parametrize(
    "other",
    [
        ask("hello!"),
        ask(sampling=Sampling(temperature=0.1)),
        ask(sampling=Sampling(seed=1)),
        ask(sampling=Sampling(stop=("x",))),
        ask(prefill="def"),
        ask(schema={"type": "object"}),
        ask(thinking=True),
        Ask(messages=(Message(role="system", content="hello"),)),
    ],
)
def test_every_part_of_a_question_belongs_to_its_key(other: Ask):
    assert key("m", ask()) == key("m", ask())
    assert key("m", ask()) != key("m", other) and key("m", ask()) != key("n", ask()) != key("m", ask(), 1)


async def test_a_miss_is_an_error_that_says_what_the_cassette_has(tmp_path: Path):
    path = tmp_path / "tape.jsonl"
    await heard(Recording(Scripted(["a"], name="qwen"), Cassette(path)), ask())
    with pytest.raises(ModelError, match=r"no answer of llama to 'hello' \(it has answers of qwen\)") as caught:
        await heard(Replaying("llama", Cassette.read(path)), ask())
    assert caught.value.kind == "miss" and not caught.value.retryable


async def test_an_answer_left_early_is_replayed_as_far_as_it_went(tmp_path: Path):
    path = tmp_path / "tape.jsonl"
    cut = await heard(Recording(Scripted(["a b c"], name="m"), Cassette(path)), ask(), most=2)
    again = Cassette.read(path)
    assert await heard(Replaying("m", again), ask()) == cut and cut[1].finish == "cut"
    _, shorter = await heard(Replaying("m", Cassette.read(path)), ask(), most=1)
    assert (shorter.text, shorter.finish) == ("a", "cut")


async def test_a_cancelled_answer_is_recorded_as_far_as_it_went(tmp_path: Path):
    path = tmp_path / "tape.jsonl"
    recording = Recording(Scripted([Line(text="a b", hangs=True)], name="m"), Cassette(path))
    task = asyncio.create_task(heard(recording, ask()))
    for _ in range(20):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await heard(Replaying("m", Cassette.read(path)), ask()))[1].text == "a b"


@pytest.mark.parametrize("text", ["", "some text"])
async def test_a_failure_is_replayed_where_it_was(tmp_path: Path, text: str):
    path = tmp_path / "tape.jsonl"
    broken = Scripted([Line(text=text, fails=ModelError("gone", kind="dropped", retryable=True))], name="m")
    with pytest.raises(ModelError, match="gone"):
        await heard(Recording(broken, Cassette(path)), ask())
    with pytest.raises(ModelError, match="gone") as caught:
        await heard(Replaying("m", Cassette.read(path)), ask())
    assert (caught.value.kind, caught.value.retryable) == ("dropped", True)


async def test_an_answer_that_never_began_fails_on_entering_as_it_did(tmp_path: Path):
    path = tmp_path / "tape.jsonl"
    nobody = Scripted([Line(fails=ModelError("nobody there", kind="unreachable"))], name="m")
    with pytest.raises(ModelError):
        await Recording(nobody, Cassette(path)).stream(ask()).__aenter__()
    with pytest.raises(ModelError, match="nobody there") as caught:
        await Replaying("m", Cassette.read(path)).stream(ask()).__aenter__()
    assert caught.value.kind == "unreachable"


async def test_a_cassette_of_a_real_server_holds_neither_key_nor_address_and_names_the_model(tmp_path: Path):
    path = tmp_path / "tape.jsonl"
    async with serving([answer("ok")], key="sk-secret") as server:
        endpoint = Endpoint(base_url=server.url, api_key=Secret("sk-secret"))
        recording = Recording(OpenAIChat(endpoint), Cassette(path))
        _, reply = await heard(recording, ask())
        await recording.aclose()
    text = path.read_text()
    assert "sk-secret" not in text and "127.0.0.1" not in text and reply.text == "ok"
    assert Cassette.read(path).models == ("/models/qwen.gguf",)


async def test_a_recording_of_scripted_answers_stays_marked_as_scripted(tmp_path: Path):
    path = tmp_path / "tape.jsonl"
    await heard(Recording(Scripted(["a"], name="m"), Cassette(path)), ask())
    cassette = Cassette.read(path)
    assert Replaying("m", cassette).scripted and not Replaying("other", cassette).scripted


@pytest.mark.parametrize(
    ("content", "words"), [(None, "no cassette can be read"), (b"{}\n", "line 1"), (b"\xff\n", "line 1")]
)
def test_a_file_that_is_no_cassette_is_an_error_that_names_it(tmp_path: Path, content: bytes | None, words: str):
    path = tmp_path / "tape.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=words) as caught:
        Cassette.read(path)
    assert str(path) in str(caught.value)


async def test_several_models_share_one_cassette(tmp_path: Path):
    cassette = Cassette(tmp_path / "tape.jsonl")
    coder, reviewer = (Recording(Scripted([name], name=name), cassette) for name in ("coder", "reviewer"))
    await asyncio.gather(heard(coder, ask()), heard(reviewer, ask()))
    again = Cassette.read(cassette.path)
    assert sorted(again.models) == ["coder", "reviewer"] and len(again) == 2
    assert (await heard(Replaying("reviewer", again), ask()))[1].text == "reviewer"
    assert isinstance(again.find("coder", ask(), 0), Take)
