"""Examples that wait: they are not run, neither hold nor fail, and no model is told of them."""

from __future__ import annotations

import textwrap
from collections.abc import AsyncIterator

import pytest
from redraft.engine import examples
from redraft.engine.desk.executing import executed, heeded, let_wait, shadowed
from redraft.engine.desk.wording import context
from redraft.engine.errors import SandboxError
from redraft.engine.events import CallStarted, Checked, FindingsTested, Settled
from redraft.engine.facts import Check, Draft, Example, Execution, Outcome, Report, Solution, Stub
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Limits, Sandbox
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.sources import find_functions, find_stubs
from redraft.engine.sources.reading import decoded
from redraft.engine.waits import waiting_words

HELD = Check(example=Example(source="f(1)"), verdict="passed")
FAILS = Check(example=Example(source="f(2)"), verdict="failed")
WAITS = Check(example=Example(source="f(g(1))", waits_for=("g",)), verdict="waits", waits_for=("g",))


def verdict(*checks: Check) -> tuple[str, str]:
    solution = Solution(draft=Draft(id="d", body="x"), report=Report(draft="d", checks=checks))
    return solution.verdict, waiting_words(solution.report)


def test_what_waits_counts_for_nothing():
    assert verdict(HELD, WAITS) == ("verified", "1 waits for g")
    assert verdict(HELD, WAITS, WAITS) == ("verified", "2 wait for g")
    assert verdict(HELD, FAILS, WAITS) == ("fails", "1 waits for g")
    assert verdict(WAITS, WAITS) == ("unverified", "its examples wait for g")
    assert verdict(WAITS) == ("unverified", "its example waits for g")


def stub_of(text: str, name: str = "") -> Stub:
    found = find_stubs(decoded("own.py", textwrap.dedent(text).encode())).stubs
    return next(stub for stub in found if name in {"", stub.name})


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    try:
        opened = await open_sandbox(SandboxChoice(unsafe_run=True, allow_limited=True))
    except SandboxError as error:
        pytest.skip(f"this machine has no sandbox: {error}")
    yield opened
    await opened.aclose()


async def held(sandbox: Sandbox, stub: Stub, body: str) -> Report:
    done = await executed(sandbox, Limits(), stub.program(body), stub.examples, stub.path)
    return examples.report("d", stub.examples, done)


def told(report: Report) -> list[tuple[str, str, str]]:
    return [(check.example.source, check.verdict, check.got) for check in report.checks]


COUNTER = '''
    class Counter:
        """
        >>> c = Counter()
        >>> c.start = 5
        >>> c.up()
        6
        >>> c.start
        6
        >>> c.up()
        7
        """
        start = 0

        def up(self):
            """
            >>> c
            Traceback (most recent call last):
            NameError: name 'c' is not defined
            >>> Counter().up()
            1
            """
            ...
'''


async def test_each_docstring_is_one_session_and_none_sees_another(sandbox: Sandbox):
    report = await held(sandbox, stub_of(COUNTER), "self.start += 1\nreturn self.start\n")
    assert [(source, verdict) for source, verdict, _ in told(report)] == [
        ("c", "passed"),
        ("Counter().up()", "passed"),
        ("c.up()", "passed"),
        ("c.start", "passed"),
        ("c.up()", "passed"),
    ]


LATER = '''
class Cart:
    """
    >>> c, d = Cart(), Cart()
    >>> d.total()
    0
    >>> c.add(2)
    >>> limit = 5
    >>> limit
    5
    >>> c.total()
    2
    >>> e = c
    >>> e.prices
    [2]
    >>> c = Cart()
    >>> c.total()
    0
    """
    def __init__(self):
        self.prices = []

    def total(self):
        return sum(self.prices)

    def add(self, price):
        """Put something in."""
        ...
'''


@pytest.mark.parametrize(
    ("body", "verdicts"),
    [("self.prices.append(price)\n", ["passed"] * 3), ("pass\n", ["passed", "failed", "failed"])],
)
async def test_what_is_shown_later_of_an_object_that_a_call_had_counts(
    sandbox: Sandbox, body: str, verdicts: list[str]
):
    report = await held(sandbox, stub_of(LATER), body)
    assert [source for source, _, _ in told(report)] == ["c.add(2)", "c.total()", "e.prices"]
    assert [verdict for _, verdict, _ in told(report)] == verdicts


async def test_what_went_wrong_before_an_example_is_told_with_it(sandbox: Sandbox):
    text = 'class A:\n    """\n    >>> a = A(1)\n    >>> a.f()\n    """\n    def f(self): ...\n'
    ((_, verdict, got),) = told(await held(sandbox, stub_of(text), "return 1\n"))
    assert verdict == "raised"
    assert got == "NameError: name 'a' is not defined (before it, `a = A(1)` gave TypeError: A() takes no arguments)"


async def test_a_session_that_never_ends_costs_the_others_nothing(sandbox: Sandbox):
    text = '"""\n>>> f(0)\n0\n"""\ndef f(x):\n    """\n    >>> f(1)\n    1\n    """\n    ...\n'
    report = await held(sandbox, stub_of(text), "while x: pass\nreturn x\n")
    assert [check.verdict for check in report.checks] == ["timeout", "passed"]


async def test_what_waits_is_not_run(sandbox: Sandbox):
    text = '''
        def f(x):
            """
            >>> f(g(1))
            1
            >>> f(2)
            2
            """
            ...
        def g(x): ...
    '''
    assert told(await held(sandbox, stub_of(text), "return x\n")) == [
        ("f(g(1))", "waits", "waits for g, which is not written yet"),
        ("f(2)", "passed", "2"),
    ]


async def test_a_program_whose_examples_all_wait_is_loaded_all_the_same(sandbox: Sandbox):
    text = 'def f(x):\n    """\n    >>> f(g(1))\n    1\n    """\n    ...\ndef g(x): ...\n1 / 0\n'
    report = await held(sandbox, stub_of(text), "return x\n")
    assert "ZeroDivisionError" in report.problem


ASYNC = '''
    async def f(x):
        """
        >>> await f(1)
        2
        >>> import asyncio
        >>> asyncio.run(f(2))
        3
        >>> y = await f(3)
        >>> y
        4
        >>> [await f(n) for n in range(2)]
        [1, 2]
        >>> [n async for n in g(2)]
        [0, 1]
        >>> async for n in g(2): print(n)
        0
        1
        >>> await f("a")
        Traceback (most recent call last):
        TypeError: can only concatenate str (not "int") to str
        >>> await f(1) == 2
        """
        ...
    async def g(n):
        for i in range(n):
            yield i
'''


async def test_examples_may_await(sandbox: Sandbox):
    report = await held(sandbox, stub_of(ASYNC), "return x + 1\n")
    assert [row for row in told(report) if row[1] != "passed"] == []
    assert len(report.checks) == 10


@pytest.mark.parametrize(
    "source",
    ["f(1)", "'await f(1)'", "async def g():\n    await f(1)\n", "lambda: [await x for x in y]", "await", "(x async"],
)
def test_what_does_not_await_at_its_top_is_run_as_it_is(source: str):
    assert examples.awaited(source) == source


async def test_what_is_to_be_skipped_is_no_example():
    text = 'def f(x):\n    """\n    >>> f(1)\n    1\n    >>> f(9)  # doctest: +SKIP\n    "an hour"\n    """\n    ...\n'
    assert [example.source for example in stub_of(text).examples] == ["f(1)"]


TWINS = '''
    import functools
    def plain(g):
        return lambda *given: g(*given)
    {decorator}
    def f(x):
        """
        >>> f(1)
        1
        """
        return 1
    {decorator}
    def f(x):
        """
        >>> f(1)
        2
        """
        return 2
'''


@pytest.mark.parametrize("decorator", ["", "@functools.cache", "@functools.lru_cache(None)"])
async def test_of_two_functions_of_a_name_only_the_one_that_runs_is_judged(sandbox: Sandbox, decorator: str):
    text = textwrap.dedent(TWINS.format(decorator=decorator))
    first, second = find_functions(decoded("own.py", text.encode()), "f")
    assert "stands for another definition here" in await shadowed(sandbox, Limits(), first, first.body)
    assert await shadowed(sandbox, Limits(), second, second.body) == ""


async def test_where_nobody_can_tell_which_function_runs_its_examples_are_run(sandbox: Sandbox):
    text = textwrap.dedent(TWINS.format(decorator="@plain"))
    for function in find_functions(decoded("own.py", text.encode()), "f"):
        assert await shadowed(sandbox, Limits(), function, function.body) == ""


# ------------------------------------------------------------------------------------------- in a run


def kit(sandbox: Sandbox, *lines: str) -> tuple[Kit, Scripted]:
    model = Scripted(lines)
    voices = {role: Voice(model=model) for role in ("coder", "reviewer", "planner", "tester")}
    return Kit(voices=voices, prompts=Prompts(None), sandbox=sandbox, mode="evidence"), model  # type: ignore[arg-type]


WORDS = '''
    def camel(s):
        """
        >>> camel(under("A"))
        'A'
        """
        ...
    def under(s): ...
'''
CLEAN = '{"findings": [], "verdict": "clean"}'


async def test_no_model_is_told_of_an_example_that_waits():
    work, _ = kit(ScriptedSandbox({"return s": {}}), "    return s\n", CLEAN)
    async with running(CATALOGUE["review-with-evidence"], work, stub_of(WORDS)) as log:
        events = [entry.event async for entry in log]
    (settled,) = [event.solution for event in events if isinstance(event, Settled)]
    assert settled.verdict == "unverified"
    assert settled.why == "its example waits for under; the reviewer found nothing"
    assert [event.purpose for event in events if isinstance(event, CallStarted)] == ["draft", "review"]


async def test_an_example_that_fails_because_the_draft_calls_a_stub_waits_for_it():
    text = WORDS.replace('camel(under("A"))', 'camel("A")')
    sandbox = ScriptedSandbox({"return under": {'camel("A")': "None"}})
    work, _ = kit(sandbox, "    return under(s)\n", CLEAN)
    async with running(CATALOGUE["review-with-evidence"], work, stub_of(text)) as log:
        events = [entry.event async for entry in log]
    reports = [event.report for event in events if isinstance(event, Checked)]
    assert [check.waits_for for report in reports for check in report.checks] == [("under",)]


@pytest.mark.parametrize(
    "body",
    ["    def under(s):\n        return s\n    return under(s)\n", "    return s.under\n", "    return 'under(s)'\n"],
)
async def test_a_draft_with_a_function_of_that_name_of_its_own_is_held_to_its_examples(body: str):
    text = WORDS.replace('camel(under("A"))', 'camel("A")')
    work, _ = kit(ScriptedSandbox({"return": {'camel("A")': "None"}}), body)
    async with running(CATALOGUE["raw-coder"], work, stub_of(text, "camel")) as log:
        events = [entry.event async for entry in log]
    assert [event.solution.verdict for event in events if isinstance(event, Settled)] == ["fails"]


async def test_a_finding_whose_call_needs_a_stub_shows_nothing():
    said = (
        '{"findings": [{"claim": "wrong", "quote": "", "call": "camel(under(1))", "comes_out": "None", '
        '"should_be": "1"}], "verdict": "bugs"}'
    )
    sandbox = ScriptedSandbox({"return s": {"camel(under(1))": "None"}})
    work, _ = kit(sandbox, "    return s\n", said)
    async with running(CATALOGUE["review-with-evidence"], work, stub_of(WORDS, "camel")) as log:
        events = [entry.event async for entry in log]
    tested = [event.review for event in events if isinstance(event, FindingsTested)]
    assert [finding.status for finding in tested[0].findings] == ["not shown"]


def test_a_prompt_shows_the_examples_of_the_docstrings_around():
    assert context(stub_of(COUNTER)).endswith(
        "# `up` in the docstring of class Counter:\n# >>> c = Counter()\n# >>> c.start = 5\n# >>> c.up()\n# 6\n"
        "# >>> c.start\n# 6\n# >>> c.up()\n# 7"
    )


def test_an_execution_without_outcomes_is_no_pass():
    report = examples.report("d", (WAITS.example, HELD.example), Execution(outcomes=(Outcome(status="not run"),)))
    assert [check.verdict for check in report.checks] == ["waits", "not run"]


def test_a_model_is_not_told_of_what_waits_in_the_docstring_of_a_class() -> None:
    text = (
        'class Stack:\n    """A stack.\n\n    >>> s = Stack()\n    >>> s.push(3)\n    >>> s.pop()\n    3\n    """\n\n'
        '    def push(self, x):\n        """Put it on top."""\n        ...\n\n'
        '    def pop(self):\n        """Take the top."""\n        ...\n'
    )
    pop = next(stub for stub in find_stubs(decoded("stack.py", text.encode())).stubs if stub.name == "Stack.pop")
    assert [example.waits_for for example in pop.examples] == [("Stack.push",)]
    assert "docstring of class Stack" not in context(pop)


LEADS_ON = '''
def camel(text):
    """
    >>> camel("ab")
    'AB'
    >>> camel("a-b")
    'A-b'
    >>> camel(under("ab"))
    'AB'
    """
    ...


def under(s): ...
'''


async def test_the_same_waits_for_a_draft_and_for_the_same_body_in_the_file(sandbox: Sandbox):
    body = 'return under(text) if "-" in text else text.upper()'
    stub = stub_of(LEADS_ON)
    drafted = let_wait(await held(sandbox, stub, body), stub, body)
    written = textwrap.dedent(LEADS_ON).replace("    ...", f"    {body}", 1)
    (present,) = find_functions(decoded("own.py", written.encode()), "camel")
    in_file = let_wait(await held(sandbox, present, present.body), present, present.body)
    assert [check.verdict for check in drafted.checks] == ["passed", "waits", "waits"]
    assert [(c.verdict, c.waits_for) for c in in_file.checks] == [(c.verdict, c.waits_for) for c in drafted.checks]


NOT_CALLED = '''
def half(n):
    return n / 2


def twice(n):
    """
    >>> half(4)
    2.0
    >>> half(1)
    9
    """
    ...
'''


async def test_examples_that_do_not_call_the_function_say_nothing_of_it_whether_they_hold_or_fail(sandbox: Sandbox):
    stub = stub_of(NOT_CALLED)
    report = await heeded(sandbox, Limits(), stub, await held(sandbox, stub, "return 2 * n"), "")
    assert [(check.verdict, check.got) for check in report.checks] == [("waits", "does not call twice")] * 2
    assert Solution(draft=Draft(id="d", body="x"), report=report).verdict == "unverified"
    assert waiting_words(report) == "no example calls twice"


async def test_an_example_may_call_the_function_by_way_of_another_or_without_its_name(sandbox: Sandbox):
    through = NOT_CALLED.replace("return n / 2", "return twice(n) / 4")
    stub = stub_of(through)
    report = await held(sandbox, stub, "return 2 * n")
    assert await heeded(sandbox, Limits(), stub, report, "") == report
    sized = stub_of(
        '''
        class Bag:
            def __len__(self):
                """
                >>> len(Bag())
                3
                """
                ...
        '''
    )
    report = await held(sandbox, sized, "return 3")
    assert (await heeded(sandbox, Limits(), sized, report, "")).all_passed
