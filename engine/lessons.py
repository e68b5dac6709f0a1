"""Lessons in review: a draft with a bug, which a person is to find before anybody tells.

To have found it is to name an input on which the draft goes wrong, and what should come out. That can be run, and it
is: the claim is held against the draft and against a body known to be right, neither of which needs an opinion.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from typing import Literal

from . import examples
from .events import Entry
from .facts import Draft, Example, Execution, Fact, Finding, Outcome, Report, Review, Stub
from .findings import agrees, came_out
from .literals import NotPlain, parsed
from .sandbox.runner import Limits, Sandbox
from .state import RunState, state_of
from .tasks import Task

Result = Literal["bug", "no bug", "not so", "outside"]
"""bug: the draft goes wrong there, and the claim says what is right. no bug: the draft does there what it should.
not so: the draft goes wrong there, but what is claimed is not right either. outside: nothing can be said of this input.
"""

_STATUS: dict[Result, Literal["reproduced", "refuted", "not shown"]] = {
    "bug": "reproduced",
    "no bug": "refuted",
    "not so": "not shown",
    "outside": "not shown",
}
_NO_ANSWER = {"timeout": "no answer in time", "crashed": "a crash"}


class Lesson(Fact, frozen=True):
    """One draft to find the bug in."""

    name: str
    stub: Stub
    wrong: Draft
    right: str
    """A body known to be right, dedented: a task's own, or one that passes all examples of its run."""
    hidden: tuple[Example, ...] = ()
    """Examples that only the judge knows, besides those of the stub."""
    about: str = ""
    """What makes the function easy to get wrong, to be told afterwards; "" when nobody said."""
    review: Review | None = None
    """What the reviewer of that run had to say, to be told afterwards."""
    scripted: bool = False
    """Whether a person wrote the draft in a model's place."""


class Claim(Fact, frozen=True):
    """An input on which the draft goes wrong, as somebody claims."""

    call: str
    """An expression that calls the function."""
    should_be: str
    """What should come out: a value, an expression, printed text, or the name of an exception."""


class Verdict(Fact, frozen=True):
    """What running a claim showed."""

    claim: Claim
    result: Result
    why: str
    """One sentence; it never tells what the right answer is."""
    got: str = ""
    """What the draft gave, "" when it was not run."""


def lesson_of(name: str, entries: Sequence[Entry], task: Task | None = None) -> Lesson | None:
    """The lesson in a run: its first draft that fails, beside what passes; None when the run has no such pair.

    `task`: whose function it is, if it is one of ours; then its own body is the right one.
    """
    state = state_of(entries)
    wrong, right = _wrong_in(state), task.solution if task is not None else _right_in(state)
    if state.stub is None or wrong is None or not right or wrong.body.strip() == right.strip():
        return None
    return Lesson(
        name=name,
        stub=state.stub,
        wrong=wrong,
        right=right,
        hidden=task.hidden if task is not None else (),
        about=task.about if task is not None else "",
        review=state.reviews.get(wrong.id),
        scripted=state.scripted,
    )


async def tried(sandbox: Sandbox, limits: Limits, lesson: Lesson, claim: Claim) -> Verdict:
    """The claim held against both bodies.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    called, wanted = claim.call.strip(), claim.should_be.strip()
    if trouble := _unreadable(lesson.stub.entry_point, called, wanted):
        return Verdict(claim=claim, result="outside", why=trouble)
    draft = await _run(sandbox, limits, lesson, lesson.wrong.body, called)
    right = await _run(sandbox, limits, lesson, lesson.right, called)
    came = draft.outcomes[0]
    got = _NO_ANSWER.get(came.status) or (draft.problem if came.status == "not run" else came_out(called, came))
    if why := _outside(lesson, right):
        return Verdict(claim=claim, result="outside", why=why, got=got)
    expected = right.outcomes[0]
    is_right = agrees(called, wanted, expected)
    if not is_right and _has_to_be_run(wanted):
        # Where nobody can be asked for the answer: the function itself is there, but it does nothing.
        without = await _run(sandbox, limits, lesson, "raise NotImplementedError", wanted)
        is_right = without.outcomes[0].status == "returned" and _is(called, expected, without.outcomes[0])
    if _is(called, came, expected):
        told = "the draft gives that too" if is_right else "the draft gives what it should there"
        return Verdict(claim=claim, result="no bug", why=told, got=got)
    if not is_right:
        return Verdict(
            claim=claim, result="not so", got=got, why="the draft goes wrong there, but that should not come out either"
        )
    return Verdict(claim=claim, result="bug", why="the draft goes wrong there, as you say", got=got)


async def held(sandbox: Sandbox, limits: Limits, lesson: Lesson, body: str) -> Report:
    """A body against all examples of the lesson, the hidden ones too.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    every = (*lesson.stub.examples, *lesson.hidden)
    done = await _run(sandbox, limits, lesson, body, *(examples.asked(example).source for example in every))
    return examples.report(lesson.wrong.id, every, done)


def report_of(lesson: Lesson, verdicts: Sequence[Verdict]) -> Review | None:
    """What a person has claimed, as a reviewer's report; None before the first claim."""
    if not verdicts:
        return None
    findings = tuple(
        Finding(
            claim=verdict.why,
            call=verdict.claim.call,
            should_be=verdict.claim.should_be,
            got=verdict.got,
            status=_STATUS[verdict.result],
        )
        for verdict in verdicts
    )
    return Review(draft=lesson.wrong.id, verdict="bugs", findings=findings, model="you")


# ---------------------------------------------------------------------------------------------- inside


def _wrong_in(state: RunState) -> Draft | None:
    failing = next((d for d in state.drafts if not d.problem and _fails(state.reports.get(d.id))), None)
    settled = state.solution.draft if state.solution is not None else None
    if failing is None and settled is not None and not settled.problem and state.hidden and state.hidden.failures:
        return settled
    return failing


def _fails(report: Report | None) -> bool:
    """Whether an example of the person fails: the checks that a model invents may be wrong themselves."""
    return report is not None and any(check.example.origin == "visible" for check in report.failures)


def _right_in(state: RunState) -> str:
    solution = state.solution
    if solution is None or solution.verdict != "verified" or (state.hidden is not None and state.hidden.failures):
        return ""
    return solution.draft.body


async def _run(sandbox: Sandbox, limits: Limits, lesson: Lesson, body: str, *steps: str) -> Execution:
    return await sandbox.run(lesson.stub.program(body), steps, limits, path=lesson.stub.path)


def _unreadable(name: str, called: str, wanted: str) -> str:
    """Why nothing can be made of a claim, "" when something can."""
    if not _is_expression(called):
        return "the input is no Python expression"
    if not _mentions(called, name):
        return f"the input does not call {name}"
    if not wanted:
        return "say what should come out"
    return f"say what should come out without calling {name}" if _mentions(wanted, name) else ""


def _outside(lesson: Lesson, right: Execution) -> str:
    """Why a right body does not tell what should come out, "" when it does."""
    outcome = right.outcomes[0]
    if outcome.status == "raised":
        kind = _kind(outcome)
        promised = any(kind in (example.raises or "") for example in (*lesson.stub.examples, *lesson.hidden))
        return (
            "" if promised or kind in lesson.stub.docstring else f"this input is not meant: it is a {kind} either way"
        )
    return "" if outcome.status == "returned" else "a right body does not come to an end on this input either"


def _is(called: str, one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes are the same: value, printed text where there is no value, or kind of exception."""
    if one.status != other.status:
        return False
    if one.status == "raised":
        return _kind(one) == _kind(other)
    if other.value is not None:
        return examples.judge(Example(source=called, want=other.value, compare="value", origin="finding"), one).passed
    return (one.value, one.type_name, one.printed) == (other.value, other.type_name, other.printed)


def _kind(outcome: Outcome) -> str:
    return outcome.raised.split(":")[0].rpartition(".")[2]


def _mentions(expression: str, name: str) -> bool:
    tree = _tree(expression)
    nodes = ast.walk(tree) if tree is not None else ()
    return any(name == getattr(node, "attr", getattr(node, "id", "")) for node in nodes)


def _has_to_be_run(wanted: str) -> bool:
    """Whether what should come out is neither a value nor mere text."""
    try:
        parsed(wanted)
    except NotPlain:
        return _is_expression(wanted)
    return False


def _is_expression(text: str) -> bool:
    return _tree(text) is not None


def _tree(text: str) -> ast.Expression | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
