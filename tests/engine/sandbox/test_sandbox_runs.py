"""A run says what an interactive session would have said."""

from __future__ import annotations

import asyncio
import sys
import sysconfig
from pathlib import Path

import pytest
from redraft.engine.errors import SandboxError
from redraft.engine.facts import Outcome
from redraft.engine.project import Environment
from redraft.engine.sandbox import SandboxChoice, diagnose, open_sandbox
from redraft.engine.sandbox.linux import LinuxSandbox
from redraft.engine.sandbox.runner import Limits

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")
SHORT = Limits(seconds=5.0, step_seconds=0.4)


async def outcomes(
    sandbox: LinuxSandbox, program: str, *steps: str, limits: Limits = Limits(), path: str = ""
) -> list[Outcome]:
    done = await sandbox.run(program, steps, limits, path=path)
    assert not done.problem, done.problem
    return list(done.outcomes)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def seen(outcome: Outcome) -> tuple[str, str | None, str, str]:
    return outcome.printed, outcome.value, outcome.type_name, outcome.raised


async def test_statements_print_show_and_raise_as_in_a_session(strong: LinuxSandbox) -> None:
    program = "class Odd(ValueError):\n    pass\n\n\ndef f(x):\n    print('got', x)\n    if x % 2:\n        raise Odd(f'{x} is odd')\n    return x // 2\n"
    even, odd, assigned, looped, nothing, broken = await outcomes(
        strong, program, "f(4)", "f(3)", "y = f(2)", "for i in range(2): i", "None", "f(", path="/nowhere/halves.py"
    )
    assert seen(even) == ("got 4\n2\n", "2", "builtins.int", "")
    assert seen(odd) == ("got 3\n", None, "", "halves.Odd: 3 is odd")
    assert seen(assigned) == ("got 2\n", None, "", "")
    assert seen(looped) == ("0\n1\n", "1", "builtins.int", "")
    assert seen(nothing) == ("", None, "builtins.NoneType", "")
    assert broken.raised.startswith("SyntaxError: ")


async def test_an_exception_that_will_not_say_its_name_ends_its_statement_and_nothing_else(
    sandbox: LinuxSandbox,
) -> None:
    program = (
        "class Mute(Exception):\n    def __str__(self):\n        raise SystemExit(3)\n\n\ndef f():\n    raise Mute\n"
    )
    raised, after = await outcomes(sandbox, program, "f()", "1 + 1", path="/nowhere/mutes.py")
    assert raised.raised == "mutes.Mute: <exception str() failed>"
    assert after.value == "2"


async def test_examples_share_names_with_each_other_but_not_with_the_module(sandbox: LinuxSandbox) -> None:
    program = "limit = 3\n\n\ndef f():\n    return limit\n"
    *_, own, underscore, module = await outcomes(sandbox, program, "limit = 9", "limit", "_ + 1", "f()")
    assert (own.value, underscore.value, module.value) == ("9", "10", "3")


async def test_main_does_not_run_and_the_source_can_be_inspected(sandbox: LinuxSandbox) -> None:
    program = 'import inspect\n\n\ndef f():\n    """\n    >>> f()\n    5\n    """\n\n\nif __name__ == "__main__":\n    raise SystemExit\n'
    source, name = await outcomes(sandbox, program, "inspect.getsource(f)", "__name__", path="/nowhere/shapes.py")
    assert source.value == repr('def f():\n    """\n    >>> f()\n\n    """\n')
    assert name.value == "'shapes'"


async def test_the_future_of_the_module_holds_for_its_examples(sandbox: LinuxSandbox) -> None:
    program = "from __future__ import annotations\n"
    _, shown = await outcomes(sandbox, program, "def f(x: nothing): pass", "f.__annotations__")
    assert shown.value == "{'x': 'nothing'}"


async def test_a_draft_called_random_does_not_become_the_library(sandbox: LinuxSandbox) -> None:
    shown, pickled = await outcomes(
        sandbox,
        "class K:\n    pass\n",
        "import random; random.Random(1).randint(0, 9) >= 0",
        "import pickle; type(pickle.loads(pickle.dumps(K()))).__name__",
        path="/nowhere/random.py",
    )
    assert (shown.value, pickled.value) == ("True", "'K'")


async def test_a_statement_that_takes_too_long_times_out_and_the_rest_is_not_run(strong: LinuxSandbox) -> None:
    done = await strong.run("def f(): return 1\n", ["f()", "while True: pass", "f()"], SHORT)
    assert [outcome.status for outcome in done.outcomes] == ["returned", "timeout", "not run"]
    assert done.timed_out and done.problem == "timed out after 0.4 s"
    assert done.tier == strong.tier


async def test_a_module_that_never_finishes_loading_times_out(sandbox: LinuxSandbox) -> None:
    done = await sandbox.run("while True: pass\n", ["1"], Limits(import_seconds=0.4))
    assert done.timed_out and [outcome.status for outcome in done.outcomes] == ["not run"]


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("import nowhere\n", "ModuleNotFoundError: No module named 'nowhere'"),
        ("def f(:\n", "SyntaxError: invalid syntax (line 1)"),
        ("\n1 / 0\n", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(0)\n", "SystemExit: 0"),
        ("import os; os._exit(0)\n", "SystemExit: os._exit(0)"),
        ("import os; os._exit(3)\n", "SystemExit: os._exit(3)"),
        ("import os; os.abort()\n", "the process was ended by SIGABRT"),
        ("x = '\0'\n", "SyntaxError: source code string cannot contain null bytes"),
    ],
)
async def test_why_a_module_cannot_be_loaded_is_said(sandbox: LinuxSandbox, program: str, problem: str) -> None:
    done = await sandbox.run(program, ["1"])
    assert done.problem == problem or ("null bytes" in problem and "null bytes" in done.problem)
    assert [outcome.status for outcome in done.outcomes] == ["not run"]


async def test_a_source_of_more_than_256_kb_is_not_sent(sandbox: LinuxSandbox) -> None:
    done = await sandbox.run("x = 1\n" * 50_000, ["x"])
    assert "256 kB" in done.problem and done.outcomes[0].status == "not run"


async def test_modules_of_the_project_are_imported_anew_each_time(strong: LinuxSandbox, tmp_path: Path) -> None:
    path = str(tmp_path / "draft.py")
    for n in (1, 2, 3):
        (tmp_path / "helper.py").write_text(f"n = {n}\n")
        (shown,) = await outcomes(strong, "import helper, json\n", "helper.n", path=path)
        assert shown.value == str(n)


async def test_a_module_in_a_package_imports_its_siblings(sandbox: LinuxSandbox, tmp_path: Path) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "prices.py").write_text("price = 7\n")
    (shown,) = await outcomes(sandbox, "from .prices import price\n", "price", path=str(package / "draft.py"))
    assert shown.value == "7"


async def test_the_second_run_finds_its_imports_loaded_and_nothing_of_the_first(strong: LinuxSandbox) -> None:
    program = "import decimal\nassert not hasattr(decimal, 'mark')\ndecimal.mark = 1\n"
    for _ in range(4):
        (shown,) = await outcomes(strong, program, "decimal.Decimal(1) / 4")
        assert shown.printed == "Decimal('0.25')\n"


async def test_many_runs_at_once_are_all_right(strong: LinuxSandbox) -> None:
    async def one(n: int) -> tuple[str | None, str]:
        steps = [f"f({n})", "import os; os.abort()" if n % 3 == 0 else "f(0)"]
        done = await strong.run("def f(x): return x * 2\n", steps)
        return done.outcomes[0].value, done.outcomes[1].status

    found = await asyncio.gather(*(one(n) for n in range(24)))
    assert found == [(str(2 * n), "crashed" if n % 3 == 0 else "returned") for n in range(24)]


async def test_descriptors_and_scratch_are_given_back(strong: LinuxSandbox) -> None:
    await strong.run("", ["1"])
    await strong.run("import json", ["1"])
    before = descriptors()
    for program in ("", "import os; os.abort()", "import nowhere", "while True: pass"):
        await strong.run(program, ["1"], Limits(import_seconds=0.3))
    assert descriptors() == before


async def test_a_tier_that_was_not_agreed_to_is_refused() -> None:
    with pytest.raises(SandboxError, match="--unsafe-run"):
        await open_sandbox(SandboxChoice(tier="E"))
    with pytest.raises(SandboxError, match="consent"):
        await open_sandbox(SandboxChoice(tier="D"))
    with pytest.raises(SandboxError, match="allow-subprocess"):
        await open_sandbox(SandboxChoice(tier="B", allow_subprocess=True))
    with pytest.raises(SandboxError, match="no tier"):
        await open_sandbox(SandboxChoice(tier="Z"))


async def test_programs_start_only_when_that_was_chosen() -> None:
    steps = ["import subprocess; subprocess.run(['/bin/echo', 'hi'], capture_output=True).stdout"]
    try:
        allowed = await open_sandbox(SandboxChoice(allow_subprocess=True))
    except SandboxError as error:
        pytest.skip(f"no process namespace: {error}")
    try:
        done = await allowed.run("", steps)
        assert done.outcomes[0].value == repr(b"hi\n")
    finally:
        await allowed.aclose()


async def test_the_doctor_names_every_layer_of_the_tier_it_was_asked_for() -> None:
    found = await diagnose(SandboxChoice(tier="D"))
    assert found.tier == "D"
    assert [layer.name for layer in found.layers if layer.holds] == ["rlimits", "privileges", "seccomp"]
    assert found.version == sysconfig.get_python_version() or found.version.startswith(sysconfig.get_python_version())
    assert found.advice


async def test_an_interpreter_that_is_none_is_said_so(tmp_path: Path) -> None:
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho broken >&2\n")
    fake.chmod(0o755)
    with pytest.raises(SandboxError, match="broken"):
        await open_sandbox(SandboxChoice(interpreter=str(fake)))
    with pytest.raises(SandboxError, match="no such interpreter"):
        await open_sandbox(SandboxChoice(interpreter=str(tmp_path / "gone")))


async def test_without_zygotes_a_run_says_the_same(tmp_path: Path) -> None:
    """What Windows gets, tried here."""
    from redraft.engine.sandbox.scratch import ScratchRoom
    from redraft.engine.sandbox.solo import SoloSandbox

    sandbox = SoloSandbox("E", None, {}, ScratchRoom({"XDG_RUNTIME_DIR": str(tmp_path)}))
    try:
        done = await sandbox.run(
            "def f(x):\n    print('hi')\n    return x + 1\n", ["f(1)", "f('a')", "while True: pass"], SHORT
        )
        first, second, third = done.outcomes
        assert seen(first) == ("hi\n2\n", "2", "builtins.int", "")
        assert second.raised.startswith("TypeError") and third.status == "timeout"
        assert (done.tier, done.interpreter) == ("E", sys.executable)
        died = await sandbox.run("import os; os.abort()\n", ["1"])
        assert died.problem == "the process was ended by SIGABRT"
    finally:
        await sandbox.aclose()
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240


def test_a_seatbelt_profile_denies_first_and_quotes_its_paths() -> None:
    from redraft.engine.sandbox.seatbelt import profile

    text = profile(
        Environment(python="/opt/py/bin/python3"),
        "/private/tmp/redraft-1",
        ['/Users/me/a "project"'],
        "/Users/me/draft.py",
    )
    assert text.startswith("(version 1)\n(deny default)\n")
    assert '(subpath "/Users/me/a \\"project\\"")' in text
    assert text.index("(allow file-read* (subpath") < text.index('(deny file-read-data (literal "/Users/me/draft.py"))')
    assert text.count("(") == text.count(")")
