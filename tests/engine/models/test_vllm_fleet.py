"""Starting vLLM servers, keeping them alive, and being rid of them: against a stand-in process."""

from __future__ import annotations

import asyncio
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
from redraft.engine.models.chat import Ask, Message
from redraft.engine.models.openai import Endpoint, OpenAIChat, Retries, Secret
from redraft.engine.models.vllm.commands import Command, commands, free_ports
from redraft.engine.models.vllm.gpus import Device
from redraft.engine.models.vllm.models import Fleet, serving
from redraft.engine.models.vllm.placing import ordered, placed
from redraft.engine.models.vllm.presets import lineup
from redraft.engine.models.vllm.server import Pace, Server
from redraft.engine.models.vllm.sizes import Size

STAND_IN = (sys.executable, str(Path(__file__).with_name("vllm_stand_in.py")))
SMALL = Size(weights_gb=1.0, kv_bytes=1000)
CARDS = tuple(
    Device(index=index, name="card", total_mib=80_000, free_mib=80_000, uuid=f"GPU-{index}") for index in range(8)
)
QUICK = Pace(ready=30.0, look=0.02, leave=5.0)
DEADLINE = 20.0
KEY = "a-random-key"


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something another process does."""
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


class Place:
    """A scratch folder in which stand-ins note what they see."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {**os.environ, "STAND_IN": str(folder)}
        self.notices: list[str] = []
        self.looks: list[tuple[tuple[str, str], ...]] = []

    def planned(self, *models: str, replicas: int = 1, cards: int = 8) -> tuple[Command, ...]:
        chosen = lineup([f"{role}={model}" for role, model in zip(("coder", "reviewer"), models, strict=False)])
        orders = ordered(chosen, dict.fromkeys(models, replicas), lambda _: SMALL)
        places = placed(orders, CARDS[:cards], context=4096)
        return commands(places, STAND_IN, free_ports(len(places)))

    @asynccontextmanager
    async def fleet(self, planned: tuple[Command, ...], pace: Pace = QUICK) -> AsyncIterator[Fleet]:
        def look(fleet: Fleet) -> None:
            self.looks.append(fleet.progress)

        logs = self.folder / "logs"
        async with serving(
            planned, self.environ, logs, key=KEY, pace=pace, notice=self.notices.append, on_look=look
        ) as fleet:
            yield fleet

    def seen(self, word: str) -> list[str]:
        log = self.folder / "seen.log"
        return [line for line in log.read_text().splitlines() if word in line.split()] if log.exists() else []

    def pids(self) -> list[int]:
        return [int(pid) for line in self.seen("starts") for pid in line.partition(" at ")[0].split()[2:]]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def said(command: Command, question: str) -> str:
    """What this server answers through the adapter that drafts are made with."""
    endpoint = Endpoint(base_url=command.base_url, api_key=Secret(KEY), model=command.model)
    model = OpenAIChat(endpoint, retries=Retries(attempts=1))
    try:
        async with model.stream(Ask(messages=(Message(role="user", content=question),))) as answer:
            async for _ in answer:
                pass
            return answer.reply.text
    finally:
        await model.aclose()


@asynccontextmanager
async def kept(fleet: Fleet, changes: list[int]) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.ensure_future(fleet.keep(lambda: changes.append(1)))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_servers_are_ready_in_the_block_and_gone_behind_it(place: Place) -> None:
    planned = place.planned("org/one", "org/two")
    async with place.fleet(planned) as fleet:
        assert [await said(command, "hello") for command in planned] == [
            f"{name} at {command.port}" for name, command in zip(("one", "two"), planned, strict=True)
        ]
        assert {role: served.model for role, served in fleet.roles.items()} == {
            "coder": "org/one",
            "reviewer": "org/two",
            "planner": "org/two",
            "tester": "org/one",
        }
        assert not any(gone(pid) for pid in place.pids())
    assert all(gone(pid) for pid in place.pids())
    assert len(place.pids()) == 2


async def test_the_key_reaches_the_server_by_its_environment_and_no_command_line(place: Place) -> None:
    planned = place.planned("org/one")
    async with place.fleet(planned):
        running = [command_line(pid) for pid in place.pids()]
        assert running and not any(KEY in line for line in running)
        with pytest.raises(ModelError, match="API key"):
            open_door = OpenAIChat(Endpoint(base_url=planned[0].base_url, model="org/one"), retries=Retries(attempts=1))
            async with open_door.stream(Ask(messages=(Message(role="user", content="hello"),))):
                pass


async def test_a_server_that_crashes_while_it_starts_ends_all_and_says_the_first_error_of_its_log(place: Place) -> None:
    with pytest.raises(ModelError) as caught:
        async with place.fleet(place.planned("org/crash", "org/slow")):
            pass
    text = str(caught.value)
    assert "the coder's server (org/crash" in text
    assert "ended with code 1: torch.OutOfMemoryError: CUDA out of memory." in text
    assert str(place.folder / "logs" / "coder.log") in text
    assert all(gone(pid) for pid in place.pids())


async def test_a_slow_server_is_waited_for_and_its_last_log_line_is_its_progress(place: Place) -> None:
    entered = asyncio.Event()

    async def serve() -> None:
        async with place.fleet(place.planned("org/slow")):
            entered.set()

    task = asyncio.ensure_future(serve())
    await until(lambda: any("Loading weights" in how for look in place.looks for _, how in look))
    assert not entered.is_set()
    (place.folder / "release").touch()
    await task
    assert entered.is_set()


@pytest.mark.parametrize("model", ["org/slow", "org/dumb"])
async def test_a_server_that_is_never_ready_is_given_up_with_its_last_words(place: Place, model: str) -> None:
    spoke = False

    def look() -> None:
        nonlocal spoke
        spoke = server.last_words == "Loading weights" and bool(place.seen("listens"))

    def clock() -> float:
        # Its time is over once it has come as far as it ever will, however long that takes here.
        return QUICK.ready if spoke else 0.0

    (command,), log = place.planned(model), place.folder / "server.log"
    server = Server(command, place.environ, log, key=KEY, pace=QUICK, on_look=look, clock=clock)
    await server.start()
    try:
        with pytest.raises(ModelError, match=r"was not ready after 30 s; its last words: Loading weights"):
            await server.ready()
    finally:
        await server.stop()
    assert all(gone(pid) for pid in place.pids())


async def test_a_server_that_dies_once_is_started_again_at_the_same_address(place: Place) -> None:
    planned, changes = place.planned("org/once"), list[int]()
    async with place.fleet(planned) as fleet, kept(fleet, changes) as keeping:
        with pytest.raises(ModelError):
            await said(planned[0], "die")
        await until(lambda: any("ready again" in notice for notice in place.notices))
        assert await said(planned[0], "die") == f"once at {planned[0].port}"
        assert not keeping.done()
    assert place.notices[0].startswith("the coder's server ended with code 7")
    assert len(place.pids()) == 2
    assert changes == []


async def test_the_only_server_of_a_role_that_dies_twice_is_an_error(place: Place) -> None:
    planned = place.planned("org/mortal")
    async with place.fleet(planned) as fleet, kept(fleet, []) as keeping:
        for times in (1, 2):
            with pytest.raises(ModelError):
                await said(planned[0], "die")
            if times == 1:
                await until(lambda: any("ready again" in notice for notice in place.notices))
        with pytest.raises(ModelError, match="the coder's server died again: it ended with code 7"):
            await keeping
    assert all(gone(pid) for pid in place.pids())


async def test_a_replica_that_dies_twice_is_left_out_and_the_other_goes_on(place: Place) -> None:
    planned, changes = place.planned("org/mortal", replicas=2), list[int]()
    async with place.fleet(planned) as fleet, kept(fleet, changes) as keeping:
        assert fleet.roles["coder"].base_url == f"{planned[0].base_url},{planned[1].base_url}"
        for times in (1, 2):
            with pytest.raises(ModelError):
                await said(planned[0], "die")
            if times == 1:
                await until(lambda: any("ready again" in notice for notice in place.notices))
        await until(lambda: changes == [1])
        assert fleet.roles["coder"].base_url == planned[1].base_url
        assert not keeping.done()
        assert await said(planned[1], "hello") == f"mortal at {planned[1].port}"


async def test_a_server_that_will_not_leave_is_killed_with_its_workers(place: Place) -> None:
    async with place.fleet(place.planned("org/stubborn"), msgspec.structs.replace(QUICK, leave=0.2)):
        assert len(place.pids()) == 2
    await until(lambda: all(gone(pid) for pid in place.pids()))


async def test_servers_leave_also_when_redraft_itself_is_killed(place: Place) -> None:
    program = (
        "import asyncio, os, sys; sys.path.insert(0, sys.argv[1]); import test_vllm_fleet as t; from pathlib import Path\n"
        "async def main():\n"
        "    place = t.Place(Path(sys.argv[2]))\n"
        "    async with place.fleet(place.planned('org/one')):\n"
        "        print('ready', flush=True); await asyncio.Event().wait()\n"
        "asyncio.run(main())"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(Path(__file__).parent), str(place.folder), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"ready\n"
    child.send_signal(signal.SIGKILL)
    await child.wait()
    await until(lambda: all(gone(pid) for pid in place.pids()))


async def test_a_server_leaves_also_when_its_guard_is_killed(place: Place) -> None:
    async with place.fleet(place.planned("org/one")):
        (server,) = place.pids()
        os.kill(parent_of(server), signal.SIGKILL)
        await until(lambda: gone(server))


async def test_two_servers_on_one_card_start_one_after_the_other(place: Place) -> None:
    planned = place.planned("org/one", "org/slow", cards=1)
    task = asyncio.ensure_future(place.fleet(planned).__aenter__())
    await until(lambda: len(place.seen("listens")) == 2)
    first = place.looks[0]
    assert [label for label, _ in first] == ["coder"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert all(gone(pid) for pid in place.pids())


async def test_a_command_that_cannot_be_run_is_told(place: Place) -> None:
    (command,) = place.planned("org/one")
    broken = msgspec.structs.replace(command, argv=("/nowhere/vllm", *command.argv[2:]))
    with pytest.raises(ModelError, match=r"ended with code 127: /nowhere/vllm cannot be run: No such file"):
        async with place.fleet((broken,)):
            pass


async def test_logs_are_for_their_owner_and_begin_anew(place: Place) -> None:
    log = place.folder / "logs" / "coder.log"
    log.parent.mkdir()
    log.write_text("ValueError: an old trouble\n")
    async with place.fleet(place.planned("org/one")):
        assert "old trouble" not in log.read_text()
        assert log.stat().st_mode & 0o077 == 0
