"""Drafts held against a project's tests, in a real sandbox: as pytest would say, and nothing given away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.facts import Asserted, Example, Outcome, Relation, Report
from redraft.engine.project_tests import Subject, tested, with_tests
from redraft.engine.project_tests.relations import is_plain_text, verdict
from redraft.engine.project_tests.running import MOST_DEATHS
from redraft.engine.project_tests.steps import planned, unwrapped
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Limits, Sandbox
from redraft.engine.sources import find_function, read

LIMITS = Limits(seconds=8, step_seconds=1)
MODULE = '''
from decimal import Decimal
RATE = 2


class Cart:
    def __init__(self, items):
        self.items = items

    def __eq__(self, other):
        return self.items == other


class Wrong(ValueError):
    pass


def total(items, rate=0):
    """The sum of items."""
    ...
'''


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = await open_sandbox(SandboxChoice(unsafe_run=True, allow_limited=True))
    yield sandbox
    await sandbox.aclose()


class Project:
    """A project with one module, and one test file beside it."""

    def __init__(self, root: Path, sandbox: Sandbox) -> None:
        self._root, self._sandbox = root, sandbox
        (root / "shop").mkdir()
        (root / "tests").mkdir()
        (root / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
        (root / "shop" / "__init__.py").write_text("")
        (root / "shop" / "pricing.py").write_text(MODULE)

    async def held(self, body: str, tests: str, report: Report | None = None) -> Report:
        """The report on a body, held against these tests."""
        (self._root / "tests" / "test_pricing.py").write_text("import pytest\nfrom shop.pricing import *\n" + tests)
        found = find_function(read(self._root / "shop" / "pricing.py"), "total")
        assert found is not None
        stub = with_tests(found, "hidden")
        assert stub.unused == ()
        begun = report or Report(draft="d1")
        return await tested(self._sandbox, LIMITS, Subject.of(stub, body), stub.tests, begun)


@pytest.fixture
def project(tmp_path: Path, sandbox: Sandbox) -> Project:
    return Project(tmp_path, sandbox)


@pytest.mark.parametrize(
    ("body", "test", "holds"),
    [
        ("return sum(items)", "assert total([1, 2]) == 3", True),
        ("return sum(items) + 1", "assert total([1, 2]) == 3", False),
        ("return True", "assert total([1]) == 1", True),
        ("return 0.1 + 0.2", "assert total([]) == 0.3", False),
        ("return 0.1 + 0.2", "assert total([]) == pytest.approx(0.3)", True),
        ("return 0.31", "assert total([]) == pytest.approx(0.3)", False),
        ("return 1", "assert total([]) is True", False),
        ("return True", "assert total([]) is True", True),
        ("return None", "assert total([]) is None", True),
        ("return (1, 2)", "assert total([]) == [1, 2]", False),
        ("return {'a': 1}", "assert 'a' in total([])", True),
        ("return Decimal('3.00')", "assert total([]) == 3", True),
        ("return Decimal('3.01')", "assert total([]) == 3", False),
        ("return Cart([1])", "assert total([]) == [1]", True),
        ("return Cart([1])", "assert total([]) == [2]", False),
        ("import re\nreturn re.match('a', 'a')", "assert total([])", True),
        ("raise KeyError('a')", "with pytest.raises(LookupError):\n        total([])", True),
        ("raise KeyError('a')", "with pytest.raises(ValueError):\n        total([])", False),
        ("return 1", "with pytest.raises(ValueError):\n        total([])", False),
        ("raise Wrong('a b')", "with pytest.raises(ValueError, match='a.b'):\n        total([])", True),
        ("raise Wrong('a b')", "with pytest.raises(Wrong, match='^b'):\n        total([])", False),
        ("raise ValueError('a b')", "with pytest.raises(Wrong):\n        total([])", False),
        ("items.append(1)\nreturn items", "got = []\n    total(got)\n    assert got == [1]", True),
        ("raise ValueError('x')", "total([])", False),
    ],
)
async def test_a_draft_stands_as_it_would_in_pytest(project: Project, body: str, test: str, holds: bool):
    report = await project.held(body, f"def test_it():\n    {test}\n")
    assert list(report.tests.values()) == [holds]
    assert report.all_passed is holds


@pytest.mark.parametrize(
    "body",
    [
        "class Any:\n    def __eq__(self, other): return True\nreturn Any()",
        "return type('Any', (), {'__eq__': lambda self, other: True})()",
        "from unittest.mock import ANY\nreturn ANY",
        "class Any(dict):\n    def __eq__(self, other): return True\nreturn Any()",
        "class Any(int):\n    def __eq__(self, other): return True\nreturn Any()",
        "class Any:\n    def __eq__(self, other): return True\nreturn [Any()]",
        "class Any:\n    def __contains__(self, other): return True\n    __gt__ = __contains__\nreturn Any()",
    ],
)
@pytest.mark.parametrize(
    "test", ["total([]) == 3", "[total([])] == [3]", "total([]) == [3]", "3 in total([])", "total([]) > 2"]
)
async def test_an_object_that_claims_to_be_anything_passes_no_test(project: Project, body: str, test: str):
    report = await project.held(body, f"def test_it():\n    assert {test}\n")
    assert report.passes == 0


async def test_one_test_leaves_nothing_behind_for_the_next(project: Project):
    body = "global RATE\nRATE += 1\nreturn RATE"
    report = await project.held(
        body, "def test_a():\n    assert total([]) == 3\n\ndef test_b():\n    assert total([]) == 3\n"
    )
    assert list(report.tests.values()) == [True, True]


async def test_variables_of_a_test_do_not_take_the_place_of_those_of_the_module(project: Project):
    report = await project.held(
        "return RATE",
        "def test_it():\n    RATE_ = 9\n    items = [RATE_]\n    total(items)\n    assert total(items) == 2\n",
    )
    assert report.all_passed
    report = await project.held(
        "return Decimal(1)",
        "def test_it():\n    import json as Decimal\n    Decimal.dumps(1)\n    assert total([]) == 1\n",
    )
    assert report.all_passed


async def test_an_import_that_fails_says_why_and_fails_no_draft(project: Project):
    report = await project.held(
        "return 1", "import no_such_module as m\n\ndef test_it():\n    assert total(m.x) == 1\n"
    )
    assert (report.checks, report.all_passed) == ((), False)
    (unused,) = report.unused
    assert (unused.where, unused.why) == (
        "tests/test_pricing.py:6",
        "cannot be set up in the sandbox: ModuleNotFoundError: No module named 'no_such_module'",
    )


async def test_a_preparation_that_raises_fails_the_assertion_after_it(project: Project):
    report = await project.held(
        "raise KeyError('a')", "def test_it():\n    got = total([])\n    assert got == 1\n    assert got == 2\n"
    )
    assert [(check.verdict, check.got) for check in report.checks] == [("raised", "KeyError: 'a'"), ("not run", "")]


async def test_a_pattern_that_would_take_for_ever_is_given_up(project: Project):
    body = "raise ValueError('a' * 40 + '!')"
    report = await project.held(
        body, "def test_it():\n    with pytest.raises(ValueError, match='^(a+)+$'):\n        total([])\n"
    )
    assert report.checks == ()
    assert [unused.why[:60] for unused in report.unused] == [
        "has a pattern that cannot be held against the text: timeout"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "open('/etc/shadow')",
        "open('tests/test_pricing.py')",
        "__import__('subprocess').run(['ls'])",
        "__import__('getpass').getuser()",
    ],
)
async def test_a_test_that_needs_what_is_refused_is_of_no_use_and_says_what(project: Project, line: str):
    tests = (
        f"def test_it():\n    {line}\n    assert total([1]) == 1\n\n\ndef test_other():\n    assert total([2]) == 2\n"
    )
    report = await project.held("return sum(items)", tests)
    assert [check.verdict for check in report.checks] == ["passed"]
    (unused,) = report.unused
    assert unused.why.startswith("needs more than the sandbox gives: ")
    assert "sandbox" in unused.why.rpartition("(")[2]


@pytest.mark.parametrize(
    "body",
    [
        "raise PermissionError(13, 'Permission denied', '/etc/x')",
        "return open('/etc/shadow').read()",
        "return __import__('socket').socket()",
        "raise FileNotFoundError(2, 'No such file or directory', 'tests/test_pricing.py')",
    ],
)
async def test_no_draft_gets_rid_of_a_test_by_what_it_is_refused(project: Project, body: str):
    tests = (
        "def test_it():\n    got = total([1])\n    assert got == 1\n\n\ndef test_other():\n    assert total([2]) == 2\n"
    )
    report = await project.held(body, tests)
    assert (report.unused, {check.passed for check in report.checks}) == ((), {False})


@pytest.mark.parametrize("kind", ["OSError", "NotImplementedError", "PermissionError"])
async def test_no_draft_gets_rid_of_a_test_by_raising_where_its_file_calls_it(project: Project, kind: str):
    tests = "WANTED = total([1])\n\n\ndef test_it():\n    assert total([1]) == WANTED\n    assert total([2]) == 2\n"
    report = await project.held(f"raise {kind}('not today')", tests)
    assert (report.unused, [check.verdict for check in report.checks]) == ((), ["raised", "not run"])


async def test_drafts_that_loop_are_given_up_after_a_few_tests(project: Project):
    many = "".join(f"def test_{n}():\n    assert total([{n}]) == {n}\n\n" for n in range(3 * MOST_DEATHS))
    report = await project.held("while True: pass", many)
    verdicts = [check.verdict for check in report.checks]
    assert verdicts.count("timeout") <= MOST_DEATHS + 3
    assert verdicts[-1] == "not run"


async def test_a_program_that_does_not_run_is_held_against_no_test(project: Project):
    report = await project.held(
        "return 1", "def test_it():\n    assert total([]) == 1\n", Report(draft="d1", problem="NameError")
    )
    assert [check.verdict for check in report.checks] == ["not run"]


def test_what_is_expected_is_in_no_step():
    secret = "'4242-secret'"
    test = Asserted(
        where="tests/test_x.py:3", name="tests/test_x.py::test_it", imports=("import json",), setup=("x = 1",)
    )
    example = Example(source="f(x)", want=secret, compare="value", origin="test", test=test)
    raising = Example(source="f(2)", raises="KeyError", origin="test", test=test)
    steps = planned([(example, test), (raising, test)], "m").steps
    assert [unwrapped(step) for step in steps[1:]] == ["import json", "x = 1", "f(x)", "x = 1", "f(2)"]
    assert not any("secret" in step or "KeyError" in step for step in steps)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.sampled_from(["", "a", "ab"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(PLAIN, PLAIN, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in"]))
def test_a_relation_holds_here_exactly_where_python_has_it(got: object, want: object, relation: Relation):
    test = Asserted(where="t.py:1", name="t", relation=relation)
    example = Example(source="f()", want=repr(want), compare="value", origin="test", test=test)
    try:
        expected = bool(eval(f"got {relation} want", {"got": got, "want": want, "inf": float("inf")}))
    except TypeError:
        expected = False
    spelled = None if got is None else repr(got)
    outcome = Outcome(status="returned", value=spelled, type_name=type(got).__name__)
    assert verdict(example, test, outcome) == ("holds" if expected else "fails")


@given(st.text(), st.text())
def test_only_patterns_without_special_characters_are_compared_as_text(pattern: str, text: str):
    import re

    if is_plain_text(pattern):
        assert (re.search(pattern, text) is not None) == (pattern in text)


@pytest.mark.parametrize(
    "lines",
    [
        "assert callable(total)",
        "assert total.__name__ == 'total'",
        "f = total\n    assert f is total",
        "if False:\n        total([1])\n    assert 1 == 1",
        "f = lambda: total([1])\n    assert f",
        "def inner():\n        return total([1])\n    assert inner",
        "for x in []:\n        total([x])",
        "assert 1 == 1 or total([1])",
        "assert not (0 and total([1]))",
        "if 0:\n        raise ValueError(f'{total([1])}')",
        "assert 'total' in str(total)",
        "from functools import partial\n    assert partial(total, [1])",
        "assert (total([1]) for _ in ())",
        "assert [] == [total([x]) for x in ()]",
        "assert sum([1]) == 1, total([1])",
    ],
)
async def test_a_test_that_never_calls_the_function_is_not_used(project: Project, lines: str) -> None:
    report = await project.held("return sum(items)", f"def test_a():\n    {lines}\n")
    assert (report.checks, [unused.why for unused in report.unused]) == ((), ["never calls total()"])


@pytest.mark.parametrize(
    "lines",
    [
        "try:\n        total([1])\n    except BaseException:\n        pass",
        "import contextlib\n    with contextlib.suppress(BaseException):\n        total([1])",
        "import threading\n    t = threading.Thread(target=total, args=([1],))\n    t.start()\n    t.join()",
    ],
)
async def test_a_test_that_holds_whatever_the_function_does_is_not_used(project: Project, lines: str) -> None:
    report = await project.held("return sum(items)", f"def test_a():\n    {lines}\n")
    assert [unused.why for unused in report.unused] == ["holds whatever total() does"]


async def test_rows_of_other_functions_say_nothing_of_this_one(project: Project) -> None:
    tests = "@pytest.mark.parametrize('f', [sum, total])\ndef test_a(f):\n    assert f([5]) == 5\n"
    report = await project.held("return sum(items)", tests)
    assert [(check.passed, check.example.test and check.example.test.name) for check in report.checks] == [
        (True, "tests/test_pricing.py::test_a[f1]")
    ]
    assert [unused.why for unused in report.unused] == ["never calls total()"]


@pytest.mark.parametrize(
    "lines",
    [
        "assert list(map(total, [[1]])) == [1]",
        "assert sorted([[2], [1]], key=total) == [[1], [2]]",
        "from functools import partial\n    assert partial(total, [1])() == 1",
        "assert (lambda: total([1]))() == 1",
        "with pytest.raises(Exception):\n        total(None)",
        "try:\n        got = total([1])\n    except Exception:\n        got = 0\n    assert got == 1",
    ],
)
async def test_a_test_that_calls_the_function_in_a_round_about_way_is_used(project: Project, lines: str) -> None:
    report = await project.held("return sum(items)", f"def test_a():\n    {lines}\n")
    assert (report.unused, [check.passed for check in report.checks]) == ((), [True])


BESIDE_THE_BODY = [
    "assert total([1]) == helper()",
    "assert total([1]) == 1 + 1",
    "check(total([1]), 2)",
    "assert (total([1]) == 2) is True",
    "assert total([1]) == 2 or total([2]) == 3",
    "assert all(total([x]) == 2 for x in [1, 2])",
    "ok = total([1]) == 2\n    assert ok",
    "if total([1]) != 2:\n        raise AssertionError",
    "assert bool(total([1]) == 2)",
]
HELPERS = "def helper():\n    return 2\n\ndef check(got, want):\n    assert got == want\n\ndef test_a():\n    "


@pytest.mark.parametrize("lines", BESIDE_THE_BODY)
@pytest.mark.parametrize(
    "body",
    [
        "class Any(int):\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\nreturn Any()",
        "class Any:\n    __eq__ = lambda *_: True\n    __ne__ = lambda *_: False\nreturn Any()",
    ],
)
async def test_an_object_equal_to_everything_passes_nothing_that_is_compared_beside_it(
    project: Project, body: str, lines: str
) -> None:
    report = await project.held(body, HELPERS + lines + "\n")
    assert not any(check.passed for check in report.checks)


@pytest.mark.parametrize(
    "body",
    [
        "from unittest import mock\nreturn mock.ANY",
        "import unittest.mock as m\nreturn m.ANY",
        "return type('Any', (int,), {'__eq__': lambda *_: True})(5)",
        "import sys\nreturn sys._getframe(1).f_code.co_consts[0] and 2",
        "import inspect\nreturn len(inspect.stack()) and 2",
        "import gc\nreturn len(gc.get_objects()) and 2",
        "return eval('2')",
        "import sys\nreturn bool(sys.modules) + 1",
    ],
)
async def test_a_body_that_could_turn_a_test_passes_none_that_is_decided_beside_it(project: Project, body: str) -> None:
    report = await project.held(body, HELPERS + "assert total([1]) == helper()\n")
    assert report.checks == ()
    assert ["in the process of a body that" in unused.why for unused in report.unused] == [True]


@pytest.mark.parametrize(
    "body",
    [
        "class Pair:\n    def __init__(self): self.a = 2\nreturn Pair().a",
        "def inner(): return 2\ninner.__doc__ = inner.__name__ = 'x'\nreturn inner()",
        "return 2 if items.__len__.__self__ == items else 3",
        "return 2 if type(items) is list else 3",
        "import inspect\nreturn 2 if inspect.isfunction(total) else 3",
        "return 2 if items.__class__.__name__ == 'list' else 3",
    ],
)
async def test_an_honest_body_passes_what_is_compared_beside_it(project: Project, body: str) -> None:
    for_all = "\n".join(f"def test_{n}():\n    {lines}\n" for n, lines in enumerate(BESIDE_THE_BODY))
    report = await project.held(body, HELPERS + "assert total([1]) == 2\n" + for_all)
    assert (report.unused, all(check.passed for check in report.checks), len(report.tests)) == ((), True, 10)


async def test_a_body_that_looks_for_what_is_expected_still_fails_where_it_does_not_hold(project: Project) -> None:
    report = await project.held("import gc\nreturn 3", HELPERS + "assert total([1]) == helper()\n")
    assert [check.passed for check in report.checks] == [False]


CASE = """
class TestTotal:
    rates = [1]
    n = 1
    double = n * 2

    def setup_class(cls):
        cls.known = 5

    def setup_method(self):
        self.mine = [1, 2]

    def given(self, x):
        return [x, self.n]

    @staticmethod
    def alone(x):
        return [x]

    @classmethod
    def of_all(cls):
        return [cls.n]

    @property
    def many(self):
        return [self.n, self.double]

    def test_a(self):
        LINES
"""


@pytest.mark.parametrize(
    "lines",
    [
        "self.n += 1\n        assert total([self.n]) == 2",
        "for k in (1, 2):\n            self.n += k\n        assert total([self.n]) == 4",
        "type(self).n += 1\n        assert total([self.n]) == 2",
        "self.__class__.n += 1\n        assert total([type(self).n]) == 2",
        "assert total([TestTotal.n]) == 1",
        "assert total([len(type(self).__name__)]) == 9",
        "assert total(self.given(2)) == 3",
        "assert total(self.alone(2)) == 2",
        "assert total(TestTotal.alone(2)) == 2",
        "assert total(self.of_all()) == 1",
        "assert total(self.many) == 3",
        "assert total(self.mine) == 3",
        "assert total([self.known]) == 5",
        "assert isinstance(self, TestTotal) and total([1]) == 1",
        "self.n -= 1\n        del self.n\n        assert total([self.n]) == 1",
        "self.other = 4\n        self.other *= 2\n        assert total([self.other]) == 8",
    ],
)
async def test_self_has_what_its_class_gives_it(project: Project, lines: str) -> None:
    report = await project.held("return sum(items)", CASE.replace("LINES", lines))
    assert (report.unused, [check.passed for check in report.checks][-1:]) == ((), [True])
    assert all(check.passed for check in report.checks)


async def test_what_self_lacks_is_told_of_its_class(project: Project) -> None:
    lines = "total([1])\n        del self.mine\n        assert total(self.mine) == 3"
    report = await project.held("return sum(items)", CASE.replace("LINES", lines))
    assert [check.got for check in report.checks] == ["AttributeError: 'TestTotal' object has no attribute 'mine'"]
