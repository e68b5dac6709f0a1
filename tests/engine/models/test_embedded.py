import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from redraft.engine.errors import ModelError
from redraft.engine.models.chat import Ask, ChatModel, Message, Sampling
from redraft.engine.models.embedded.catalogue import default
from redraft.engine.models.embedded.model import EmbeddedModel
from redraft.engine.models.embedded.weights import Weights

STAND_IN = (sys.executable, str(Path(__file__).with_name("embedded_stand_in.py")))
TINY = Weights(file="tiny.gguf", size=4, sha256="0" * 64, repository="owner/tiny", licence="none", called="tiny")
DEADLINE = 20.0


def question(text: str, **sampling: object) -> Ask:
    return Ask(messages=(Message(role="user", content=text),), sampling=Sampling(**sampling))  # type: ignore[arg-type]


async def said(model: ChatModel, ask: Ask) -> str:
    async with model.stream(ask) as answer:
        async for _ in answer:
            pass
        return answer.reply.text


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something another process does."""
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


class Place:
    """A folder with tiny weights, and models over the stand-in that keep their state in it."""

    def __init__(self, root: Path) -> None:
        self.state = root / "state"
        self.environ = {**os.environ, "REDRAFT_MODEL_DIR": str(root), "HF_HOME": str(root)}
        self.notices: list[str] = []
        (root / TINY.file).write_bytes(b"GGUF")

    @asynccontextmanager
    async def model(self, **more: object) -> AsyncIterator[EmbeddedModel]:
        wanted = {"file": TINY, "program": STAND_IN, "on_notice": self.notices.append} | more
        model = EmbeddedModel(self.environ, self.state, **wanted)  # type: ignore[arg-type]
        try:
            yield model
        finally:
            await model.aclose()

    def pid(self) -> int:
        return json.loads((self.state / "embedded-tiny.json").read_text())["pid"]

    def seen(self) -> list[str]:
        path = self.state / "seen.log"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_nothing_is_started_before_the_first_ask(place: Place):
    async with place.model() as model:
        assert (model.name, model.scripted) == ("tiny (embedded)", False)
        assert not place.state.exists()
        assert await said(model, question("hello")) == "one two three four "


async def test_without_weights_the_error_names_the_command_that_fetches_them(place: Place):
    async with place.model(file=msgspec.structs.replace(TINY, file="other.gguf")) as model:
        with pytest.raises(ModelError, match="`redraft model pull tiny`") as raised:
            await said(model, question("hello"))
    assert raised.value.kind == "no weights"


async def test_without_llama_cpp_the_error_names_the_extra(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    async with place.model(program=()) as model:
        with pytest.raises(ModelError, match=r"redraft\[embedded\]") as raised:
            await said(model, question("hello"))
    assert raised.value.kind == "no engine"


async def test_a_server_that_ends_at_once_is_reported_with_its_code_and_log(place: Place):
    refused = msgspec.structs.replace(TINY, file="refuse.gguf")
    (place.state.parent / "refuse.gguf").write_bytes(b"GGUF")
    async with place.model(file=refused) as model:
        with pytest.raises(ModelError, match=r"ended with code 3\. Its log is") as raised:
            await said(model, question("hello"))
        assert raised.value.kind == "not started"
        assert model.log_path.read_text() == "cannot load the model\n"


async def test_a_program_that_is_no_server_is_reported(place: Place):
    async with place.model(program=(sys.executable, "-c", "print('hello')")) as model:
        with pytest.raises(ModelError, match="did not start"):
            await said(model, question("hello"))


async def test_the_key_is_no_argument_and_its_file_is_readable_by_its_owner_only(place: Place):
    async with place.model() as model:
        await model.start()
        stored = place.state / "embedded-tiny.json"
        key = json.loads(stored.read_text())["key"]
        assert key not in command_line(place.pid())
        assert [path.stat().st_mode & 0o077 for path in (stored, model.log_path, place.state)] == [0, 0, 0]


async def test_the_server_has_a_session_of_its_own_and_threads_that_sleep(place: Place):
    async with place.model() as model:
        await model.start()
        assert os.getsid(place.pid()) == place.pid()
        assert await said(model, question("environment")) == "PASSIVE"


async def test_closing_ends_the_server_and_forgets_its_address(place: Place):
    async with place.model() as model:
        await model.start()
        pid = place.pid()
    assert not is_running(pid)
    assert not (place.state / "embedded-tiny.json").exists()


async def test_a_closed_model_can_be_asked_again(place: Place):
    async with place.model() as model:
        await said(model, question("hello"))
        await model.aclose()
        assert await said(model, question("hello")) == "one two three four "


async def test_a_crash_before_the_first_word_is_survived_with_a_notice(place: Place):
    async with place.model() as model:
        assert await said(model, question("crash once")) == "one two three four "
    assert place.notices == ["the server of tiny ended with code 9; another one took over"]


async def test_an_answer_that_broke_off_goes_on_after_the_restart(place: Place):
    async with place.model() as model:
        async with model.stream(question("crash halfway once")) as answer:
            pieces = [piece.text async for piece in answer]
        assert (pieces, answer.reply.text, answer.reply.finish) == (
            ["one ", "two ", "three ", "four "],
            "one two three four ",
            "stop",
        )
    assert len(place.notices) == 1


async def test_an_answer_under_a_schema_is_not_continued_after_a_crash(place: Place):
    ask = msgspec.structs.replace(question("crash halfway once"), schema={"type": "object"})
    async with place.model() as model:
        with pytest.raises(ModelError) as raised:
            await said(model, ask)
        assert (raised.value.kind, raised.value.retryable) == ("crashed", True)
        assert await said(model, ask) == "one two three four "


async def test_a_second_crash_in_the_same_ask_is_an_error_that_names_the_log(place: Place):
    async with place.model() as model:
        with pytest.raises(ModelError, match="ended with code 9 while it answered; its log is") as raised:
            await said(model, question("crash"))
        assert raised.value.kind == "crashed"
        assert place.seen().count("asked crash") == 2
        assert await said(model, question("hello")) == "one two three four "


async def test_a_server_that_died_between_two_asks_is_started_again(place: Place):
    async with place.model() as model:
        await said(model, question("hello"))
        before = place.pid()
        os.kill(before, signal.SIGKILL)
        await until(lambda: not is_running(before))
        assert await said(model, question("hello")) == "one two three four "
        assert place.pid() != before


async def test_a_second_redraft_shares_the_first_ones_server_and_starts_its_own_when_it_leaves(place: Place):
    async with place.model() as guest:
        async with place.model() as owner:
            await owner.start()
            shared = place.pid()
            assert await said(guest, question("hello")) == "one two three four "
            assert place.pid() == shared
        assert await said(guest, question("hello")) == "one two three four "
        assert place.pid() != shared


async def test_a_guest_that_leaves_does_not_end_the_server(place: Place):
    async with place.model() as owner:
        await owner.start()
        async with place.model() as guest:
            await said(guest, question("hello"))
        assert is_running(place.pid())


async def test_two_that_start_at_once_share_one_server(place: Place):
    async with place.model() as one, place.model() as other:
        await asyncio.gather(one.start(), other.start())
        await asyncio.gather(said(one, question("hello")), said(other, question("hello")))
        assert place.seen() == ["asked hello"] * 2


async def test_an_address_left_behind_by_a_killed_redraft_is_not_believed(place: Place):
    place.state.mkdir()
    left = {"port": 9, "key": "k", "model": str(place.state.parent / TINY.file), "pid": 1}
    (place.state / "embedded-tiny.json").write_text(json.dumps(left))
    async with place.model() as model:
        assert await said(model, question("hello")) == "one two three four "


async def test_a_cancelled_start_leaves_no_server(place: Place):
    async with place.model(program=(sys.executable, "-c", "import sys; sys.stdin.read()")) as model:
        start = asyncio.ensure_future(model.start())
        await until(lambda: model.log_path.exists())
        start.cancel()
        with pytest.raises(asyncio.CancelledError):
            await start
        assert not model._host.owns_server


async def test_a_start_is_cancelled_soon_even_while_the_server_hears_nothing(place: Place, tmp_path: Path):
    deaf = msgspec.structs.replace(TINY, file="deaf.gguf")
    (tmp_path / deaf.file).write_bytes(b"GGUF")
    async with place.model(file=deaf) as model:
        asking = asyncio.create_task(said(model, question("hello")))
        await until(lambda: (place.state / "deaf").exists())
        began = time.monotonic()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert time.monotonic() - began < 2.5


async def test_the_server_leaves_when_its_redraft_is_killed(place: Place):
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "import os\n"
        "from redraft.engine.models.embedded.model import EmbeddedModel\n"
        "from redraft.engine.models.embedded.weights import Weights\n"
        f"tiny = Weights(file='tiny.gguf', size=4, sha256='0' * 64, repository='o/t', called='tiny')\n"
        "async def main():\n"
        f"    model = EmbeddedModel(os.environ, Path({str(place.state)!r}), file=tiny, program={STAND_IN!r})\n"
        "    await model.start()\n"
        "    print('up', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    redraft = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, env=place.environ, stdout=asyncio.subprocess.PIPE
    )
    assert redraft.stdout and await redraft.stdout.readline() == b"up\n"
    server = place.pid()
    redraft.kill()
    await redraft.wait()
    await until(lambda: not is_running(server))


async def test_two_answers_that_broke_off_together_both_go_on(place: Place):
    async with place.model() as model:
        await model.start()
        both = await asyncio.gather(*(said(model, question("crash halfway once")) for _ in range(2)))
    assert both == ["one two three four "] * 2


async def test_closing_does_not_start_a_server_for_an_answer_it_cuts(place: Place):
    async with place.model() as model:
        ask = asyncio.ensure_future(said(model, question("hold")))
        await until(lambda: place.seen() == ["asked hold"])
        await model.aclose()
        with pytest.raises(ModelError):
            await ask
        assert not (place.state / "embedded-tiny.json").exists()


async def test_a_warming_waits_until_no_answer_is_under_way(place: Place):
    async with place.model() as model:
        ask = asyncio.ensure_future(said(model, question("hold")))
        await until(lambda: place.seen() == ["asked hold"])
        warming = asyncio.ensure_future(model.warm([Message(role="user", content="hello")]))
        await asyncio.sleep(0)
        assert place.seen() == ["asked hold"]
        (place.state / "release").touch()
        await asyncio.gather(ask, warming)
        assert place.seen() == ["asked hold", "asked hello"]


async def test_only_the_newest_of_several_warmings_goes_on(place: Place):
    async with place.model() as model:
        older = asyncio.ensure_future(model.warm([Message(role="user", content="hold")]))
        await until(lambda: place.seen() == ["asked hold"])
        await asyncio.gather(*(model.warm([Message(role="user", content=text)]) for text in ("hold", "hello")))
        await older
        asked = [seen for seen in place.seen() if seen.startswith("asked")]
        assert asked[-1] == "asked hello"


async def test_an_ask_that_begins_otherwise_ends_the_warming(place: Place):
    async with place.model() as model:
        warming = asyncio.ensure_future(model.warm([Message(role="user", content="hold")]))
        await until(lambda: place.seen() == ["asked hold"])
        assert await said(model, question("hello")) == "one two three four "
        await warming
        await until(lambda: "left" in place.seen())


async def test_an_ask_that_begins_so_waits_for_the_warming(place: Place):
    async with place.model() as model:
        warming = asyncio.ensure_future(model.warm([Message(role="user", content="hold")]))
        await until(lambda: place.seen() == ["asked hold"])
        ask = asyncio.ensure_future(said(model, question("hold")))
        await asyncio.sleep(0)
        (place.state / "release").touch()
        await ask
        assert warming.done() and place.seen() == ["asked hold", "asked hold"]


async def test_a_cancelled_warming_closes_its_connection(place: Place):
    async with place.model() as model:
        warming = asyncio.ensure_future(model.warm([Message(role="user", content="hold")]))
        await until(lambda: place.seen() == ["asked hold"])
        warming.cancel()
        with pytest.raises(asyncio.CancelledError):
            await warming
        await until(lambda: "left" in place.seen())
        assert await said(model, question("hello")) == "one two three four "


async def test_a_crash_while_warming_is_left_to_whoever_asks_next(place: Place):
    async with place.model() as model:
        await model.warm([Message(role="user", content="crash")])
        assert await said(model, question("hello")) == "one two three four "


async def test_closing_ends_a_warming(place: Place):
    async with place.model() as model:
        warming = asyncio.ensure_future(model.warm([Message(role="user", content="hold")]))
        await until(lambda: place.seen() == ["asked hold"])
        await model.aclose()
        await warming


# ------------------------------------------------------------------------------------------------ the real one


@asynccontextmanager
async def the_real_one(folder: Path, notices: list[str]) -> AsyncIterator[EmbeddedModel]:
    model = EmbeddedModel(os.environ, folder, file=default(), on_notice=notices.append)
    try:
        try:
            await model.start()
        except ModelError as absent:
            if absent.kind in {"no weights", "no engine"}:
                pytest.skip(str(absent))
            raise
        yield model
    finally:
        await model.aclose()


DOUBLE = Ask(
    messages=(
        Message(role="system", content="You complete Python functions."),
        Message(role="user", content="Write it."),
    ),
    prefill='def double(number: int) -> int:\n    """Give twice the number."""\n',
    sampling=Sampling(max_tokens=40, stop=("\n```", "\ndef ")),
)


@pytest.mark.model
async def test_the_real_model_continues_a_stub_and_survives_being_killed(tmp_path: Path):
    notices: list[str] = []
    async with the_real_one(tmp_path, notices) as model:
        assert model.name == f"{default().name} (embedded)"
        await model.warm(DOUBLE.messages, DOUBLE.prefill)
        async with model.stream(DOUBLE) as answer:
            async for _ in answer:
                pass
        reply = answer.reply
        assert "return" in reply.text and "2" in reply.text and reply.prefilled
        assert reply.usage.cached_tokens >= reply.usage.prompt_tokens - 2
        async with model.stream(DOUBLE) as again:
            killed = False
            async for _ in again:
                if not killed:
                    os.kill(
                        json.loads((tmp_path / f"embedded-{default().name}.json").read_text())["pid"], signal.SIGKILL
                    )
                    killed = True
        assert again.reply.text == reply.text
        assert len(notices) == 1 and "was killed" in notices[0]


@pytest.mark.model
async def test_the_real_model_answers_at_once_after_a_cancelled_answer(tmp_path: Path):
    async with the_real_one(tmp_path, []) as model:
        endless = question("Count from 1 to 1000, one number a line.", max_tokens=2000)
        async with model.stream(endless) as answer:
            async for _ in answer:
                break
        assert answer.reply.finish == "cut"
        async with asyncio.timeout(DEADLINE):
            assert await said(model, DOUBLE)
        pid = json.loads((tmp_path / f"embedded-{default().name}.json").read_text())["pid"]
    assert not is_running(pid)
