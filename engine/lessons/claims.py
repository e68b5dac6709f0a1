"""What a claim about a lesson's draft is worth.

To have found a bug is to name an input on which the draft goes wrong, and what should come out. That can be run, and it
is: the claim is held against the draft and against a body known to be right, neither of which needs an opinion.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence
from typing import Literal

from .. import examples
from ..examples.findings import came_out
from ..facts import (
    Example,
    Execution,
    Fact,
    Finding,
    Outcome,
    Review,
)
from ..python.literals import NotPlain, parsed
from ..python.parsing import UNREADABLE, expression
from ..sandbox.runner import Limits, Sandbox
from .lesson import Lesson
from .telling import PREFIX, repeats_an_example

Result = Literal["bug", "told", "no bug", "not so", "outside"]
"""bug: the draft goes wrong there, and the claim says what is right. told: it does, but an example of the docstring
says so already. no bug: the draft does there what it should. not so: the two bodies differ there, but what is claimed
is not right either. outside: nothing can be said of this.
"""

_STATUS: dict[Result, Literal["reproduced", "refuted", "not shown"]] = {
    "bug": "reproduced",
    "told": "reproduced",
    "no bug": "refuted",
    "not so": "not shown",
    "outside": "not shown",
}
_NO_ANSWER = {"timeout": "no answer in time", "crashed": "a crash"}
_NOTHING = ("", "builtins.NoneType")
_BEHIND = frozenset({"eval", "exec", "getattr", "globals", "locals", "vars"})
"""Names by which an input could look at the function in place of calling it; so do all with two underscores."""
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_RAISED = re.compile(r"(?:raises?\s+)?(?:\w+\.)*(\w+)\s*(?::\s*(.*))?", re.DOTALL)
"""An exception as people write it: "ValueError", "raises ValueError", "ValueError: no such time"."""


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


async def tried(sandbox: Sandbox, limits: Limits, lesson: Lesson, claim: Claim) -> Verdict:
    """The claim held against both bodies.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    called, wanted = claim.call.strip(), claim.should_be.strip()
    if trouble := _unusable(lesson.stub.entry_point, called, wanted):
        return Verdict(claim=claim, result="outside", why=trouble)

    async def run(body: str, step: str) -> Execution:
        return await sandbox.run(lesson.stub.program(body), (step,), limits, path=lesson.stub.path)

    draft, standard = await run(lesson.wrong.body, called), await run(lesson.right, called)
    came, right = draft.outcomes[0], standard.outcomes[0]
    got = _NO_ANSWER.get(came.status) or (draft.problem if came.status == "not run" else came_out(called, came))
    if untold := _untold(lesson, standard):
        return Verdict(claim=claim, result="outside", why=untold, got=got)
    # Run where nobody can be asked for the answer: the function itself is there, but it does nothing.
    wish = (await run("raise NotImplementedError", wanted)).outcomes[0] if _has_to_be_run(wanted) else None
    is_right, is_given = (_fits(called, wanted, wish, outcome) for outcome in (right, came))
    if _same(called, came, right, to_the_letter=":" in wanted):
        told = "the draft gives that too" if is_right else "the draft gives what it should there"
        return Verdict(claim=claim, result="no bug", why=told, got=got)
    if is_right and await repeats_an_example(sandbox, limits, lesson, called):
        return Verdict(
            claim=claim, result="told", why="you were told that: an example of the docstring says it", got=got
        )
    if is_right:
        return Verdict(claim=claim, result="bug", why="the draft goes wrong there, as you say", got=got)
    told = f"the draft gives that, and {lesson.standard} does not" if is_given else _neither(lesson)
    return Verdict(claim=claim, result="not so", why=told, got=got)


def report_of(lesson: Lesson, verdicts: Sequence[Verdict]) -> Review | None:
    """What a person has claimed, as a reviewer's report, the newest first; None before the first claim."""
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
        for verdict in reversed(verdicts)
    )
    return Review(draft=lesson.wrong.id, verdict="bugs", findings=findings, model="you")


# ---------------------------------------------------------------------------------------------- what can be used


def _unusable(name: str, called: str, wanted: str) -> str:
    """Why nothing can be made of a claim, "" when something can."""
    tree = _tree(called)
    if tree is None:
        return "the input is no Python expression"
    calls = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    uses = [node for node in ast.walk(tree) if _named(node) == name]
    if not any(id(node) in calls for node in uses):
        return f"the input does not call {name}"
    if any(id(node) not in calls for node in uses):
        return f"use {name} only to call it"
    behind = next((named for node in ast.walk(tree) if _looks_behind(named := _named(node))), "")
    if behind:
        return f"an input only calls: it has no use for {behind}"
    if not wanted:
        return "say what should come out"
    meant = _tree(wanted)
    asks = meant is not None and any(_named(node) == name for node in ast.walk(meant))
    return f"say what should come out without calling {name}" if asks else ""


def _untold(lesson: Lesson, standard: Execution) -> str:
    """Why nobody knows what should come out of an input, "" when it is known."""
    right = standard.outcomes[0]
    match right.status:
        case "raised":
            kind = _kind(right.raised)
            every = (*lesson.stub.examples, *lesson.hidden)
            if kind in lesson.stub.docstring or any(kind in (example.raises or "") for example in every):
                return ""
            # The input may have made an exception whose name tells what only the body knows.
            named = kind if isinstance(getattr(builtins, kind, None), type) else "an exception"
            return f"{lesson.standard} refuses this input with {named}, which the docstring does not promise"
        case "returned":
            plain = right.value is not None or right.type_name in _NOTHING or not _ADDRESS.search(right.printed)
            return "" if plain else "what comes out of this cannot be compared; make a value of it"
        case "timeout" | "crashed":
            return f"{lesson.standard} gives no answer on this input"
        case _:
            return f"{lesson.standard} cannot be run here: {standard.problem}"


def _neither(lesson: Lesson) -> str:
    return (
        "the draft goes wrong there, but that should not come out either"
        if lesson.proven
        else f"the draft and {lesson.standard} differ there, but neither gives that"
    )


def _has_to_be_run(wanted: str) -> bool:
    """Whether what should come out is neither a value nor mere text."""
    try:
        parsed(wanted)
    except NotPlain:
        return _tree(wanted) is not None
    return False


# ---------------------------------------------------------------------------------------------- what came out


def _fits(called: str, wanted: str, wish: Outcome | None, outcome: Outcome) -> bool:
    """Whether an outcome is what somebody wants; `wish` is what the wanted came to if it had to be run."""
    if outcome.status == "raised":
        said = _RAISED.fullmatch(wanted)
        if said is None or said[1] != _kind(outcome.raised):
            return False
        return said[2] is None or said[2].strip() == outcome.raised.partition(":")[2].strip()
    if outcome.status != "returned":
        return False
    if wish is not None and wish.status == "returned" and wish.type_name not in _NOTHING:
        return _same(called, outcome, wish)
    if outcome.value is not None:  # The quotes of a text may be left out.
        return outcome.value == repr(wanted) or _has_value(called, wanted, outcome)
    text = outcome.printed.strip("\n")
    return wanted in {text, repr(text)} if text else wanted == "None"


def _same(called: str, one: Outcome, other: Outcome, *, to_the_letter: bool = False) -> bool:
    """Whether two outcomes are the same: value, printed text where there is no value, or kind of exception.

    `to_the_letter`: an exception's message counts too.
    """
    if one.status != other.status:
        return False
    if one.status == "raised":
        return one.raised == other.raised if to_the_letter else _kind(one.raised) == _kind(other.raised)
    if other.value is not None:
        return one.value == other.value or _has_value(called, other.value, one)
    return (one.value, one.type_name, one.printed) == (other.value, other.type_name, other.printed)


def _has_value(called: str, value: str, outcome: Outcome) -> bool:
    return examples.judge(Example(source=called, want=value, compare="value", origin="finding"), outcome).passed


def _kind(raised: str) -> str:
    return raised.partition(":")[0].strip().rpartition(".")[2]


# ---------------------------------------------------------------------------------------------- reading expressions


def _named(node: ast.AST) -> str:
    """The name that a node of an expression says, "" for other nodes."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _looks_behind(name: str) -> bool:
    return name in _BEHIND or name.startswith(("__", PREFIX))


def _tree(text: str) -> ast.Expression | None:
    try:
        return expression(text)
    except UNREADABLE:
        return None
