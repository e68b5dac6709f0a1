"""Imports that take long, never end, or leave the process: told with the file and the line, and with what was waited."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from msgspec.structs import replace
from redraft.engine.desk.preflight import find_fault
from redraft.engine.facts import Report
from redraft.engine.sandbox.linux import LinuxSandbox
from redraft.engine.sandbox.runner import DEFAULT, Limits
from redraft.engine.sandbox.timed import Timed
from redraft.engine.sources import find_stubs, read

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")
SHORT = replace(DEFAULT, import_seconds=1.5)
STUB = "def total(prices):\n    '''Sum.\n\n    >>> total([2, 3])\n    5\n    '''\n    ...\n"
HANGING = {
    "a sleep": "import time\n\ntime.sleep(60)\n",
    "a loop": "x = 0\nwhile True:\n    x += 1\n",
    "a lock": "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()\n",
    "a wait in a function": "import threading\ndef wait():\n    threading.Event().wait()\nprint()\nwait()\n",
    "a queue of the library": "import queue\n\nqueue.Queue().get()\n",
}


def project(folder: Path, **files: str) -> str:
    (folder / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    (folder / "shop").mkdir()
    for name, text in {"__init__": "", "pricing": STUB, **files}.items():
        (folder / "shop" / f"{name}.py").write_text(text)
    return str(folder / "shop" / "pricing.py")


async def fault_of(sandbox: LinuxSandbox, path: str, limits: Limits = SHORT) -> str:
    (stub,) = find_stubs(read(path)).stubs
    return await find_fault(sandbox, limits, stub)


@pytest.mark.parametrize("name", HANGING)
async def test_where_an_import_stood_when_its_time_was_over_is_told(
    strong: LinuxSandbox, tmp_path: Path, name: str
) -> None:
    lines = HANGING[name].rstrip("\n").split("\n")
    path = project(tmp_path, rates=HANGING[name], pricing=f"from . import rates\n{STUB}")
    told = await fault_of(strong, path)
    stood = {"a loop": (2, 3), "a wait in a function": (3,)}.get(name, (len(lines),))
    assert any(f"it stood at shop/rates.py line {line};" in told for line in stood), told
    assert told.endswith("raise sandbox.import_seconds, or import less at the top")


async def test_an_import_that_takes_no_notice_is_ended_all_the_same(sandbox: LinuxSandbox, tmp_path: Path) -> None:
    deaf = "import signal, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\ntime.sleep(60)\n"
    told = await fault_of(sandbox, project(tmp_path, rates=deaf, pricing=f"from . import rates\n{STUB}"))
    assert "importing took longer than 1.5 s" in told


async def test_a_program_has_its_own_alarm_and_its_own_exit_once_it_is_imported(sandbox: LinuxSandbox) -> None:
    program = "import os, signal\nfrom os import _exit\nseen = []\n"
    steps = [
        "signal.getsignal(signal.SIGALRM) == signal.SIG_DFL",
        "signal.getitimer(signal.ITIMER_REAL)[0]",
        "os._exit(3)",
    ]
    alarm, timer, left = (await sandbox.run(program, steps)).outcomes
    assert (alarm.value, timer.value, left.status) == ("True", "0.0", "crashed")
    (left,) = (await sandbox.run(program, ["_exit(3)"])).outcomes
    assert left.status == "crashed"


@pytest.mark.parametrize(
    "text", ["import os\nos._exit(0)\n", "import sys\nsys.exit(2)\n", "def go():\n    raise SystemExit\n\ngo()\n"]
)
async def test_where_an_import_left_the_process_is_told(sandbox: LinuxSandbox, tmp_path: Path, text: str) -> None:
    told = await fault_of(sandbox, project(tmp_path, __init__=text))
    assert told.startswith("shop/__init__.py line 2: ")
    assert told.endswith('it exits when imported: put that under `if __name__ == "__main__":`')


async def test_a_question_while_importing_is_told_as_one_that_nobody_answers(
    sandbox: LinuxSandbox, tmp_path: Path
) -> None:
    told = await fault_of(sandbox, project(tmp_path, __init__="name = input('who? ')\n"))
    assert told.startswith("shop/__init__.py line 1: EOFError") and "nobody answers input() in the sandbox" in told


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        ("shop", "; run `pip install -e .` in its folder for "),
        ("other-thing", "; if it is this project, run `pip install"),
    ],
)
async def test_a_project_that_is_not_installed_is_told_how(
    sandbox: LinuxSandbox, tmp_path: Path, asked: str, advice: str
) -> None:
    told = await fault_of(
        sandbox, project(tmp_path, __init__=f"from importlib.metadata import version\nV = version({asked!r})\n")
    )
    assert "PackageNotFoundError" in told and advice in told


async def test_what_was_spent_on_imports_is_counted(sandbox: LinuxSandbox) -> None:
    timed = Timed(sandbox)
    for _ in range(3):
        await timed.run("import time\ntime.sleep(0.2)\n", ["1"])
    assert timed.imports == 3
    assert 0.6 <= timed.import_seconds < 5


def test_slow_imports_are_told_with_how_often_they_were_waited_for() -> None:
    once = Report(draft="d1", import_seconds=1.5, imports=1, all_import_seconds=1.5)
    assert once.import_words == "imports took 1.5 s"
    assert replace(once, imports=17, all_import_seconds=25.06).import_words == "imports took 1.5 s, 17 times (25.1 s)"
    assert replace(once, import_seconds=0.4, imports=17).import_words == ""
