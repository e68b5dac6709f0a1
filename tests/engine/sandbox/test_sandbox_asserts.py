"""Assert-style tests: a candidate never shares a process with its judge, and what is expected never reaches it."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest
from redraft.engine.facts import Report
from redraft.engine.sandbox.asserts import plain_imports, run_asserts
from redraft.engine.sandbox.linux import LinuxSandbox
from redraft.engine.sandbox.runner import Limits
from redraft.engine.sandbox.splitting import asserts_of

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")
LIMITS = Limits(seconds=5.0, step_seconds=0.5)
SHARED = Path(__file__).parents[4] / "shared" / "data"
PROGRAM = """import math


def f(x, y=1):
    if x == 7:
        while True:
            pass
    if x == 8:
        raise ValueError("no")
    if x == 9:
        return object()
    return x * x + y
"""


async def verdicts(sandbox: LinuxSandbox, program: str, *tests: str, tolerant: bool = False) -> list[str]:
    report = await run_asserts(sandbox, program, "f", tests, LIMITS, tolerant=tolerant)
    assert not report.problem
    return [check.verdict for check in report.checks]


async def test_split_asserts_are_compared_here(sandbox: LinuxSandbox) -> None:
    tests = ["assert f(2) == 5", "assert f(2) == 6", "assert 5 == f(2)", "assert f(2) != 6", "assert not f(1, -1)"]
    tests += ["assert f(2, y=[1]) == 3", "assert f(8) == 1", "assert f(9) == 9", "assert f(2) is 5", "assert f(2)"]
    expected = ["passed", "failed", "passed", "passed", "passed", "raised", "raised", "failed", "passed", "passed"]
    assert await verdicts(sandbox, PROGRAM, *tests) == expected


async def test_other_forms_are_judged_in_another_process(sandbox: LinuxSandbox) -> None:
    tests = [
        "assert math.isclose(f(2), 5.0)",
        "assert f(2) + f(3) == 16",
        "x = [f(n) for n in range(3)]\nassert x == [1, 2, 5]",
    ]
    tests += ["try:\n    f(8)\nexcept ValueError as error:\n    assert str(error) == 'no'\nelse:\n    assert False"]
    tests += ["assert abs(f(9) - 3) < 1", "assert f(", "assert f(math.inf) == math.inf and f(float('nan')) != 0"]
    expected = ["passed", "failed", "passed", "passed", "raised", "raised", "passed"]
    assert await verdicts(sandbox, PROGRAM, *tests) == expected


async def test_floats_may_differ_a_little_on_request_only(sandbox: LinuxSandbox) -> None:
    test = "assert f(0.1, 0.1) == 0.11"
    assert await verdicts(sandbox, PROGRAM, test) == ["failed"]
    assert await verdicts(sandbox, PROGRAM, test, tolerant=True) == ["passed"]


async def test_after_a_time_out_the_other_tests_get_a_new_process(sandbox: LinuxSandbox) -> None:
    tests = [
        "assert f(7) == 1",
        "assert f(2) == 5",
        "assert f(7) + 1 == 1",
        "try:\n    f(7)\nexcept BaseException:\n    pass",
        "assert f(2) == 5",
    ]
    assert await verdicts(sandbox, PROGRAM, *tests) == ["timeout", "passed", "timeout", "timeout", "not run"]


async def test_a_program_that_cannot_be_loaded_is_a_problem_and_no_verdict(sandbox: LinuxSandbox) -> None:
    report = await run_asserts(sandbox, "import nowhere\n", "f", ["assert f(1) == 1"], LIMITS)
    assert "nowhere" in report.problem and not report.all_passed


def test_the_judge_takes_over_imports_that_rename_nothing() -> None:
    program = "import math, os.path\nfrom math import isclose, pi\nimport math as abs\nfrom a import b as c\nimport f\n"
    program += "from operator import abs\nfrom q import *\nimport" + " " * 100_000 + "!\n"
    assert plain_imports(program, "f") == ["import math, os.path", "from math import isclose, pi"]


HOSTILE = {
    "equal to everything": "class R:\n    __eq__ = lambda s, o: True\n    __bool__ = lambda s: True\ndef f(x): return R()",
    "patching the judge's words": "import builtins\nbuiltins.abs = builtins.sorted = lambda *a: 0\ndef f(x): return None",
    "looking for what is expected": "import sys\ndef f(x):\n    frame = sys._getframe().f_back\n    while frame:\n        for c in [*frame.f_code.co_consts, *frame.f_locals.values(), *frame.f_globals.values()]:\n            if type(c) is int and 4000 < c < 5000: return c\n            if type(c) is str and '47' + '11' in c: return 4700 + 11\n        frame = frame.f_back\n    return 0",
    "leaving": "import os\ndef f(x): os._exit(0)",
    "leaving while loading": "raise SystemExit(0)",
    "an assertion of its own": "def f(x): raise SystemExit",
    "renaming what the judge uses": "from operator import neg as abs\nfrom builtins import bool as sorted\ndef f(x): return 10 ** 9",
    "renaming a module": "from unittest.mock import call as math\ndef f(x): return 0",
    "taking the name of the function": "from unittest.mock import MagicMock as f\ndef f(x): return 0",
    "imports in a text": "'''\nfrom operator import neg as abs\nfrom unittest.mock import call as math\n'''\ndef f(x): return 10 ** 9",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_candidate_passes_no_test(strong: LinuxSandbox, name: str) -> None:
    tests = ["assert f(1) == 4711", "assert abs(f(1) - 4711) < 1e-6", "assert sorted([f(1)]) == [4711]"]
    tests += ["assert math.isclose(f(1), 4711)", "assert f(1) == f(1) == 4711"]
    report: Report = await run_asserts(strong, HOSTILE[name] + "\n", "f", tests, LIMITS)
    assert not any(check.passed for check in report.checks)


@pytest.mark.skipif(
    not (SHARED / "humaneval_visible_tests.jsonl.gz").is_file(), reason="the shared data files are not here"
)
async def test_the_reference_solutions_of_humaneval_pass_their_own_tests(sandbox: LinuxSandbox) -> None:
    with gzip.open(SHARED / "humaneval_visible_tests.jsonl.gz", "rt") as lines:
        problems = [json.loads(line) for line in lines][:12]
    for problem in problems:
        entry = problem["entry_point"]
        program = problem["prompt"] + problem["canonical_solution"]
        tests = asserts_of(problem["test"], entry)
        report = await run_asserts(sandbox, program, entry, tests, Limits(seconds=20, step_seconds=10), tolerant=True)
        assert report.all_passed, (problem["task_id"], report.problem, report.failures[:1])
