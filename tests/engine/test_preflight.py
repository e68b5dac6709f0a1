"""A project that cannot be imported is told so before any model is asked."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redraft.app.run.sentences import ending
from redraft.engine.events import CallStarted, Decided, RunFailed, Settled
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.sandbox import open_sandbox
from redraft.engine.sandbox.runner import Limits, Sandbox
from redraft.engine.sources import find_stubs, read
from redraft.engine.state.run import RunState

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")
STUB = "def total(prices):\n    '''Sum.\n\n    >>> total([2, 3])\n    5\n    '''\n    ...\n"
MARK = {"pyproject.toml": "", "shop/__init__.py": "from .pricing import total\n"}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    opened = await open_sandbox()
    yield opened
    await opened.aclose()


def project(folder: Path, files: dict[str, str]) -> str:
    for name, text in {**MARK, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return str(folder / "shop" / "pricing.py")


async def events_of(path: str, sandbox: Sandbox, limits: Limits = Limits()) -> list[object]:
    model = Scripted(["    return sum(prices)\n"])
    voices = {role: Voice(model=model) for role in ("coder", "reviewer", "planner", "tester")}
    kit = Kit(voices=voices, prompts=Prompts(None), sandbox=sandbox, limits=limits)  # type: ignore[arg-type]
    stub = next(stub for stub in find_stubs(read(path)).stubs if stub.name == "total")
    async with running(CATALOGUE["raw-coder"], kit, stub) as log:
        return [entry.event async for entry in log]


FAULTS = {
    "a package that is missing": (
        {
            "shop/models.py": "import os\n\nimport attr_missing\n",
            "shop/pricing.py": "from . import models\n\n\n" + STUB,
        },
        "shop/models.py line 3: No module named 'attr_missing'; install it for ",
    ),
    "a package that the file itself lacks": (
        {"shop/pricing.py": "import attr_missing\n\n\n" + STUB},
        "shop/pricing.py line 1: No module named 'attr_missing'; install it for ",
    ),
    "a syntax error in a sister": (
        {"shop/models.py": "def f(:\n", "shop/pricing.py": "from . import models\n\n\n" + STUB},
        "shop/models.py line 1: SyntaxError: invalid syntax; no draft can be run before this is mended",
    ),
    "a package that needs the network": (
        {"shop/__init__.py": "import socket\nsocket.socket()\n", "shop/pricing.py": STUB},
        "there is no network in the sandbox",
    ),
    "a module of the project that is not there": (
        {"shop/pricing.py": "from .nothere import q\n\n\n" + STUB},
        "No module named 'shop.nothere'; the project has no such module",
    ),
    "an environment variable that was not named": (
        {"shop/__init__.py": "import os\nKEY = os.environ['SHOP_KEY']\n", "shop/pricing.py": STUB},
        "shop/__init__.py line 2: KeyError: 'SHOP_KEY'; if that is an environment variable, set it in your shell and name it in sandbox.environment",
    ),
    "a package that asks for an address": (
        {"shop/__init__.py": "import socket\nsocket.getaddrinfo('example.com', 80)\n", "shop/pricing.py": STUB},
        "there is no network in the sandbox",
    ),
    "an end without a trace": (
        {"shop/__init__.py": "import os\nos._exit(3)\n", "shop/pricing.py": STUB},
        "shop/__init__.py line 2: SystemExit: os._exit(3); it exits when imported",
    ),
    "an import that takes too long": (
        {"shop/__init__.py": "import time\ntime.sleep(60)\n", "shop/pricing.py": STUB},
        "(sandbox.import_seconds); it stood at shop/__init__.py line 2; raise sandbox.import_seconds",
    ),
    "a value of its own that cannot be made": (
        {"shop/pricing.py": "RATE = 1 / 0\n\n\n" + STUB},
        "shop/pricing.py line 1: ZeroDivisionError: division by zero",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_fault_of_a_project_is_told_and_nobody_is_asked(tmp_path: Path, sandbox: Sandbox, fault: str) -> None:
    files, text = FAULTS[fault]
    events = await events_of(project(tmp_path, files), sandbox, Limits(import_seconds=0.5))
    failed = [event for event in events if isinstance(event, RunFailed)]
    assert len(failed) == 1 and failed[0].kind == "ProjectError"
    assert text in failed[0].problem
    assert not [event for event in events if isinstance(event, CallStarted)]


async def test_a_file_that_needs_another_stub_while_it_is_imported_says_which(tmp_path: Path, sandbox: Sandbox) -> None:
    text = "def build(n):\n    ...\n\n\nFIRST = build(3)[0]\n\n\n" + STUB
    events = await events_of(project(tmp_path, {"shop/pricing.py": text}), sandbox)
    (failed,) = [event for event in events if isinstance(event, RunFailed)]
    assert failed.problem.endswith("the file may need what is not written yet (build, total): draft that first")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows the syntax")
async def test_a_sister_that_is_too_new_for_the_interpreter_is_told_as_such(tmp_path: Path, sandbox: Sandbox) -> None:
    files = {"shop/models.py": "type Price = int\n", "shop/pricing.py": "from . import models\n\n\n" + STUB}
    events = await events_of(project(tmp_path, files), sandbox)
    (failed,) = [event for event in events if isinstance(event, RunFailed)]
    assert failed.problem.startswith("shop/models.py line 1: ")
    assert "choose a newer Python with --interpreter" in failed.problem


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows type parameters")
async def test_a_file_that_is_too_new_for_its_interpreter_is_drafted_once_and_told(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    events = await events_of(project(tmp_path, {"shop/pricing.py": "type Price = int\n\n\n" + STUB}), sandbox)
    failed = [event for event in events if isinstance(event, RunFailed)]
    assert failed[0].kind == "ProjectError"
    assert "does not know this syntax; choose a newer Python with --interpreter" in failed[0].problem
    assert len([event for event in events if isinstance(event, CallStarted)]) == 1


INNOCENT = {
    "a package that is whole": {"shop/pricing.py": STUB},
    "a file that calls the function while it is imported": {"shop/pricing.py": STUB + "\n\nFIVE = total([2, 3])\n"},
    "a package that calls it": {
        "shop/__init__.py": "from .pricing import total\nFIVE = total([5])\n",
        "shop/pricing.py": STUB,
    },
    "a file that does not parse yet": {
        "shop/__init__.py": "from .pricing import HALF, half, total\n",
        "shop/pricing.py": "HALF: float = 0.5\n" + STUB + "\n\ndef half(:\n    ...\n",
    },
}


@pytest.mark.parametrize("files", INNOCENT)
async def test_a_function_is_drafted_where_its_file_can_be_imported(
    tmp_path: Path, sandbox: Sandbox, files: str
) -> None:
    events = await events_of(project(tmp_path, INNOCENT[files]), sandbox)
    settled = [event for event in events if isinstance(event, Settled)]
    assert [event.solution.verdict for event in settled] == ["verified"]


@pytest.mark.parametrize("example", ["total([2", 'print "a"', "total([1]) then 1", "x = = 3", "for x in y:"])
async def test_an_example_that_is_no_python_is_told_before_any_model_is_asked(
    tmp_path: Path, sandbox: Sandbox, example: str
):
    stub = STUB.replace("    '''\n    ...", f"    >>> {example}\n    5\n    '''\n    ...")
    events = await events_of(project(tmp_path, {"shop/pricing.py": stub}), sandbox)
    assert not any(isinstance(event, CallStarted) for event in events)
    failed = next(event for event in events if isinstance(event, RunFailed))
    assert failed.problem.startswith("pricing.py line 6: the example is no Python (")


@pytest.mark.parametrize(
    "example", ["total([2]) -> 2", "total([2]) ➞ 2", "total([2]) # => 2", "total([2])  # doctest: +SKIP"]
)
async def test_prose_behind_a_prompt_and_what_is_skipped_is_no_fault(tmp_path: Path, sandbox: Sandbox, example: str):
    stub = STUB.replace("    '''\n    ...", f"    >>> {example}\n    '''\n    ...")
    events = await events_of(project(tmp_path, {"shop/pricing.py": stub}), sandbox)
    assert any(isinstance(event, Settled) for event in events)


async def test_a_file_larger_than_the_memory_is_told_by_its_module(tmp_path: Path, sandbox: Sandbox):
    path = project(tmp_path, {"shop/pricing.py": STUB})
    with (tmp_path / "shop/__init__.py").open("wb") as file:
        file.truncate(3 << 30)
    failed = next(event for event in await events_of(path, sandbox) if isinstance(event, RunFailed))
    assert failed.problem.startswith("shop.pricing cannot be imported: MemoryError")
    assert "sandbox.memory_mb" in failed.problem


LEAVES = {
    "sys.exit(main())": "import sys\n\ndef main(): return total([])\n\n" + STUB + "\nsys.exit(main())\n",
    "exit()": STUB + "\nexit()\n",
    "another name": "from sys import exit as leave\n" + STUB + "\nleave(total([1]))\n",
    "another module": "import sys as system\n" + STUB + "\nsystem.exit(0)\n",
    "SystemExit": STUB + "\nraise SystemExit(total([1]))\n",
    "SystemExit alone": STUB + "\nraise SystemExit\n",
    "os._exit": "import os\n" + STUB + "\nos._exit(0)\n",
    "within a with": "import contextlib, sys\n" + STUB + "\nwith contextlib.nullcontext():\n    sys.exit(total([]))\n",
    "at last": "import sys\n" + STUB + "\ntry:\n    total([1])\nfinally:\n    sys.exit()\n",
}
STAYS = {
    "a guard": "import sys\n" + STUB + "\nif __name__ == '__main__':\n    sys.exit(total([]))\n",
    "a version": "import sys\nif sys.version_info < (3,):\n    sys.exit('too old')\n" + STUB,
    "a function": "import sys\ndef main(): sys.exit(total([]))\n" + STUB,
    "caught": "import sys\ntry:\n    sys.exit(1)\nexcept SystemExit:\n    pass\n" + STUB,
    "a name of its own": "def leave(): ...\n" + STUB + "\nleave()\n",
}


@pytest.mark.parametrize("name", LEAVES)
async def test_a_file_that_exits_when_imported_is_told_with_its_line(
    tmp_path: Path, sandbox: Sandbox, name: str
) -> None:
    project(tmp_path, {"shop/__init__.py": "", "shop/pricing.py": "", "shop/__main__.py": LEAVES[name]})
    told = await events_of(str(tmp_path / "shop" / "__main__.py"), sandbox)
    failed = next(event for event in told if isinstance(event, RunFailed))
    lines = LEAVES[name].split("\n")
    line = max(n for n, text in enumerate(lines, 1) if any(word in text for word in ("xit", "leave(")))
    assert (
        failed.problem == f'shop/__main__.py line {line} exits when imported; put it under `if __name__ == "__main__":`'
    )
    assert not any(isinstance(event, CallStarted) for event in told)


@pytest.mark.parametrize("name", STAYS)
async def test_a_file_that_need_not_exit_is_drafted(tmp_path: Path, sandbox: Sandbox, name: str) -> None:
    path = project(tmp_path, {"shop/pricing.py": STAYS[name]})
    settled = [event for event in await events_of(path, sandbox) if isinstance(event, Settled)]
    assert [event.solution.verdict for event in settled] == ["verified"]


async def test_a_sister_that_exits_is_told_as_such(tmp_path: Path, sandbox: Sandbox) -> None:
    path = project(
        tmp_path, {"shop/cli.py": "import sys\nsys.exit(2)\n", "shop/pricing.py": "from . import cli\n" + STUB}
    )
    failed = next(event for event in await events_of(path, sandbox) if isinstance(event, RunFailed))
    assert failed.problem.startswith("shop/cli.py line 2: ")
    assert 'it exits when imported: put that under `if __name__ == "__main__":`' in failed.problem


@pytest.mark.parametrize("what", ["package", "project"])
async def test_a_file_whose_folder_is_moved_meanwhile_is_told_as_gone(
    tmp_path: Path, sandbox: Sandbox, what: str
) -> None:
    home = tmp_path / "home"
    path = Path(
        project(home, {"shop/models.py": "class Item: ...\n", "shop/pricing.py": "from . import models\n" + STUB})
    )

    def answer(_ask: object) -> str:
        folder = home / "shop" if what == "package" else home
        folder.rename(tmp_path / "elsewhere")
        return "    return sum(prices)\n"

    model = Scripted(answer)
    voices = {role: Voice(model=model) for role in ("coder", "reviewer", "planner", "tester")}
    kit = Kit(voices=voices, prompts=Prompts(None), sandbox=sandbox)  # type: ignore[arg-type]
    (stub,) = find_stubs(read(str(path))).stubs
    async with running(CATALOGUE["raw-coder"], kit, stub) as log:
        told = [entry.event async for entry in log]
    failed = next(event for event in told if isinstance(event, RunFailed))
    assert (failed.kind, failed.problem.split(": ")[0]) == ("ProjectError", f"{path} is no longer there")


async def test_a_slow_import_is_told_while_it_goes_on_and_a_quick_one_is_not(tmp_path: Path, sandbox: Sandbox) -> None:
    slow = project(tmp_path / "slow", {"shop/__init__.py": "import time\ntime.sleep(0.8)\n", "shop/pricing.py": STUB})
    told = [event.what for event in await events_of(slow, sandbox) if isinstance(event, Decided)]
    assert told[:1] == ["importing shop.pricing…"]
    quick = project(tmp_path / "quick", {"shop/pricing.py": STUB})
    assert not [event for event in await events_of(quick, sandbox) if isinstance(event, Decided)]


def test_the_last_line_of_the_screen_says_what_is_imported() -> None:
    state = RunState(status="running", decisions=("importing shop.pricing…",))
    assert ending(state, str) == ("importing shop.pricing…", "calm")
    assert ending(RunState(status="running"), str) == ("", "calm")
