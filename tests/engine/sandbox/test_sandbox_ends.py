"""However the application ends, no process stays, and the next start sweeps what was left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from redraft.engine.sandbox.scratch import ScratchRoom, remove_tree, sweep

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")
APPLICATION = """
import asyncio, signal, sys
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Limits

async def main():
    task = asyncio.current_task()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    sandbox = await open_sandbox(SandboxChoice(tier=sys.argv[1] or None))
    try:
        run = sandbox.run("import os\\nopen('litter', 'w').close()\\nos.write(1, b'x')\\nwhile True: pass\\n", ["1"], Limits(seconds=60))
        task = asyncio.ensure_future(run)
        while not sandbox.is_busy:
            await asyncio.sleep(0.01)
        print("busy", flush=True)
        await task
    finally:
        await sandbox.aclose()

try:
    asyncio.run(main())
except asyncio.CancelledError:
    sys.exit(130)
"""


def descendants(top: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text()
        except OSError:
            continue
        children.setdefault(int(text[text.rindex(")") + 2 :].split()[1]), []).append(int(folder.name))
    found, waiting = set[int](), [top]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            found.add(child)
            waiting.append(child)
    return found


def is_running(process: int) -> bool:
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return text[text.rindex(")") + 2] not in "ZX"


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


@linux
@pytest.mark.parametrize("tier", ["", "B"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_when_the_application_is_ended_nothing_of_it_runs_on(tmp_path: Path, number: signal.Signals, tier: str) -> None:
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    application = subprocess.Popen(
        [sys.executable, "-c", APPLICATION, tier], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ
    )
    assert application.stdout and application.stderr
    if application.stdout.readline() != b"busy\n":
        pytest.skip("this machine has no such tier: " + application.stderr.read().decode()[-200:])
    below = descendants(application.pid)
    assert below
    application.send_signal(number)
    application.wait(10)
    application.stdout.close()
    application.stderr.close()
    assert eventually(lambda: not any(map(is_running, below)))
    if number == signal.SIGKILL:
        sweep(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_sweeping_takes_only_what_dead_processes_left(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for name in (f"redraft-{dead.pid}-abc/1/deep", f"redraft-{os.getpid()}-abc", "redraft-notes", "other"):
        (tmp_path / name).mkdir(parents=True)
    sweep(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [f"redraft-{os.getpid()}-abc", "redraft-notes", "other"]
    )


def test_a_tree_of_any_depth_and_mode_is_removed_and_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    top = tmp_path / "top"
    top.mkdir()
    (top / "link").symlink_to(outside)
    here = Path.cwd()
    os.chdir(top)
    try:
        for number in range(2000):
            Path("d" * 60).mkdir()
            if number % 500 == 0:
                Path("file").touch()
                Path("link2").symlink_to(outside)
                Path("closed").mkdir(mode=0)
            os.chdir("d" * 60)
    finally:
        os.chdir(here)
    top.chmod(0)
    remove_tree(str(top))
    assert not top.exists()
    assert (outside / "kept").read_text() == "kept"


def test_a_room_gives_each_run_its_own_folder_and_takes_all_away(tmp_path: Path) -> None:
    room = ScratchRoom({"XDG_RUNTIME_DIR": str(tmp_path)})
    with room.scratch() as one, room.scratch() as two:
        assert one != two and Path(one).is_dir()
        Path(one, "file").touch()
    assert not Path(one).exists()
    room.close()
    assert list(tmp_path.iterdir()) == []
