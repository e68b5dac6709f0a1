"""Lessons made from any function with examples: mistakes that the examples do not catch, each proved by an input."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..behaviour.answers import typed
from ..behaviour.inputs import inputs, own_calls
from ..behaviour.mutants import Mutant, mutants
from ..behaviour.observing import watch
from ..behaviour.outcomes import Done, result_of, same_done
from ..behaviour.strength import Ran, Trial, differs
from ..examples import values
from ..examples.calls import spelling
from ..facts import Answer, Fact, Stub
from ..replies.python import parsed
from ..sandbox.runner import Limits, Sandbox
from .files import Kind, LessonFile
from .tasks import HiddenTest

MUTANTS = 64
"""Mistakes that are tried in one body."""
INPUTS = 60
"""Calls that each is tried on."""
EDGES = 12
"""Whole numbers of a body around which arguments are tried."""
TESTS = 8
"""Inputs that a lesson keeps apart."""
_KINDS: dict[str, Kind] = {
    "comparison": "bound",
    "bound": "bound",
    "constant": "bound",
    "operator": "wrong operator",
    "negation": "wrong operator",
    "missing branch": "missing case",
    "wrong variable": "wrong order",
    "early end": "missing case",
}
_TEACHES: dict[Kind, str] = {
    "bound": "look at the ends: the first, the last, and what is exactly as large as a bound",
    "wrong operator": "work out one result by hand before you believe an operator",
    "missing case": "ask which kind of input no example shows",
    "wrong order": "ask of each name whether it is the one that is meant",
    "mutation": "ask what a call leaves changed",
    "type": "ask which types may arrive",
    "other": "ask of each line for which input it is wrong",
}


class Made(Fact, frozen=True):
    """What came of making lessons."""

    lessons: tuple[LessonFile, ...] = ()
    """The easiest first."""
    why_none: str = ""
    """Why there are none, "" when there are some."""


class _Proof(NamedTuple):
    """A mistake, and the numbers of the inputs that show it."""

    mutant: Mutant
    shown_by: set[int]


async def make_lessons(sandbox: Sandbox, limits: Limits, stub: Stub, *, level: int = 0, most: int = 8) -> Made:
    """At most so many lessons from a function with a body that holds its examples; `level`: only those, 0 for all.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    body = stub.body
    if not stub.judged:
        return Made(why_none=f"{stub.name} has no examples: whoever reads it could not know what is right")
    chosen, made = await asyncio.to_thread(
        lambda: (inputs(stub, _edges(stub), most=INPUTS), mutants(stub, body, MUTANTS))
    )
    if chosen.why_none or not made:
        return Made(why_none=chosen.why_none or "the body leaves no room for a mistake")
    own = own_calls(stub)
    calls = [call for call in chosen.calls if spelling(call) not in own]
    trial = Trial(sandbox, limits, stub, [watch(stub, call) for call in calls])
    right, again = await asyncio.gather(trial.run(body), trial.run(body))
    if not right.holds:
        return Made(why_none=f"{stub.name} does not hold its own examples: mend it first")
    tests = _tests(calls, right, again)
    proofs = [
        _Proof(mutant, shown)
        for mutant, ran in zip(made, await trial.run_all(made), strict=True)
        if ran.holds and (shown := differs(ran, right, list(tests)))
    ]
    # Once more: what a busy machine has not ended in time is no mistake.
    again_ran = await trial.run_all([proof.mutant for proof in proofs])
    proofs = [
        _Proof(proof.mutant, shown)
        for proof, ran in zip(proofs, again_ran, strict=True)
        if ran.holds and (shown := proof.shown_by & differs(ran, right, list(tests)))
    ]
    proofs.sort(key=lambda proof: -len(proof.shown_by))
    found = [_lesson(stub, proof, tests) for proof in proofs]
    found = [lesson for lesson in found if level in {0, lesson.level}][:most]
    if found:
        return Made(lessons=tuple(found))
    what = (
        f"none of level {level}" if level and proofs else "every mistake is caught by an example, or shown by no input"
    )
    return Made(why_none=f"no lesson: of {len(made)} mistakes {what}")


def _edges(stub: Stub) -> Iterator[str]:
    """The calls of the examples with a whole number in them put where the body draws a line, and beside it."""
    tree = parsed(stub.code(stub.body))
    numbers = [n.value for n in ast.walk(tree or ast.Module([], [])) if isinstance(n, ast.Constant)]
    lines = dict.fromkeys(n for n in numbers if type(n) is int)
    for call in own_calls(stub):
        found = values.expression(call)
        places = [n for n in ast.walk(found) if isinstance(n, ast.Constant) and type(n.value) is int] if found else []
        for place in places:
            was = place.value
            for line in list(lines)[:EDGES]:
                for beside in (line - 1, line, line + 1):
                    place.value = beside
                    yield ast.unparse(found) if found is not None else call
            place.value = was


def _tests(calls: Sequence[str], right: Ran, again: Ran) -> dict[int, HiddenTest]:
    """What the right body does with each input that it does the same with twice, as far as a file can spell it."""
    found: dict[int, HiddenTest] = {}
    for n, (one, two) in enumerate(zip(right.done, again.done, strict=False)):
        answer = _answer(calls[n], one) if same_done(one, two) and not one.after else None
        if answer is not None:
            raises = answer.raises or None
            found[n] = HiddenTest(call=calls[n], gives=None if raises else answer.gives, raises=raises)
    return found


def _answer(call: str, done: Done) -> Answer | None:
    result = result_of(done)
    if result.cut or result.kind not in {"value", "raised"}:
        return None
    told = typed(call, f"raises {result.brief}" if result.kind == "raised" else done.outcome.value or "")
    return told if isinstance(told, Answer) else None


def _lesson(stub: Stub, proof: _Proof, tests: dict[int, HiddenTest]) -> LessonFile:
    mutant, shown = proof
    kind = _KINDS.get(mutant.kind, "other")
    others = [n for n in tests if n not in shown]
    kept = [*sorted(shown)[: TESTS // 2], *others[: TESTS - min(len(shown), TESTS // 2)]]
    return LessonFile(
        title=f"{stub.entry_point}: a mistake of the kind “{kind}”",
        teaches=_TEACHES[kind],
        level=_level(len(shown), len(tests)),
        kind=kind,
        stub=stub.program("..."),
        function=stub.name,
        wrong=mutant.body,
        right=stub.body,
        hidden=tuple(tests[n] for n in sorted(kept)),
        about=f"line {mutant.line}: {mutant.what}",
        hints=(f"it is a mistake of the kind “{kind}”", f"look at line {mutant.line}"),
    )


def _level(shown: int, tried: int) -> int:
    """How hard a mistake is to find: by the share of inputs that show it."""
    share = shown / max(1, tried)
    return 1 if share > 0.5 else 2 if share > 0.25 else 3 if share > 0.1 else 4
