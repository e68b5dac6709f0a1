"""Whether a claim only repeats what the docstring says already: told by the values that it calls the function with.

However an input is spelled, what counts is what arrives. So the function is run once more, wrapped in what notes its
arguments, on the examples that are shown and on the claim.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import cast

from ..behaviour.inputs import own_calls
from ..behaviour.outcomes import same_outcome
from ..examples import asked, awaited, values
from ..examples.calls import spelling
from ..facts import Outcome
from ..sandbox.runner import Limits, Sandbox
from .lesson import Lesson

MOST_CALLS = 20
"""Calls of one claim that are looked at one by one."""
PREFIX = "_redraft"
"""How the names begin that note what is called; no claim may use them."""
_NOTING = """
_redraft_calls, _redraft_depth = [], [0]


def _redraft_noting(function):
    import functools, inspect

    spec = inspect.signature(function)

    def noted(args, named):
        try:
            bound = spec.bind(*args, **named)
            bound.apply_defaults()
            given = tuple(bound.arguments.items())
        except TypeError:
            given = (("args", args), ("named", named))
        shown = tuple((name, repr(vars(one) if name in ("self", "cls") and hasattr(one, "__dict__") else one)[:20000])
                      for name, one in given)
        # What a body calls itself is no input of anybody's.
        if not _redraft_depth[0] and len(_redraft_calls) < 200:
            _redraft_calls.append(shown)

    if inspect.iscoroutinefunction(function):
        @functools.wraps(function)
        async def wrapped(*args, **named):
            noted(args, named)
            _redraft_depth[0] += 1
            try:
                return await function(*args, **named)
            finally:
                _redraft_depth[0] -= 1
    else:
        @functools.wraps(function)
        def wrapped(*args, **named):
            noted(args, named)
            _redraft_depth[0] += 1
            try:
                return function(*args, **named)
            finally:
                _redraft_depth[0] -= 1
    return wrapped


"""
_Call = tuple[tuple[str, str], ...]
"""What a function was called with: spelling of the value by parameter."""


async def repeats_an_example(sandbox: Sandbox, limits: Limits, lesson: Lesson, call: str) -> bool:
    """Whether a claim shows a mistake only with inputs that examples of the docstring show already.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    if spelling(call) in own_calls(lesson.stub):
        return True
    noted = await _noted(sandbox, limits, lesson, call)
    if noted is None:
        return False
    shown, claimed = noted
    new = [one for one in claimed if not any(_same(one, other) for other in shown)]
    if not new:
        return bool(claimed)
    if len(new) == len(claimed):
        return False
    return not await _differ(sandbox, limits, lesson, new[:MOST_CALLS])


async def _noted(
    sandbox: Sandbox, limits: Limits, lesson: Lesson, call: str
) -> tuple[tuple[_Call, ...], tuple[_Call, ...]] | None:
    """What the examples call the function with, and what the claim does; None where that cannot be noted."""
    name = lesson.stub.name
    program = f"{lesson.stub.program(lesson.right)}\n{_NOTING}{name} = _redraft_noting({name})\n"
    shown: list[str] = []
    for example in lesson.stub.judged:
        shown += [*map(awaited, example.before), asked(example).source]
    came = await sandbox.run(
        program, (*shown, "len(_redraft_calls)", awaited(call), "_redraft_calls"), limits, path=lesson.stub.path
    )
    number, every = came.outcomes[len(shown)], came.outcomes[-1]
    first, calls = _plain(number), _plain(every)
    if not isinstance(first, int) or not isinstance(calls, list):
        return None
    found = tuple(cast("list[_Call]", calls))
    return found[:first], found[first:]


def _plain(outcome: Outcome) -> object:
    try:
        return values.literal(outcome.value or "")
    except (values.NotPlain, ValueError, RecursionError):
        return None


def _same(one: _Call, other: _Call) -> bool:
    return len(one) == len(other) and all(
        name == other_name and (text == other_text or values.same_text(other_text, text))
        for (name, text), (other_name, other_text) in zip(one, other, strict=True)
    )


async def _differ(sandbox: Sandbox, limits: Limits, lesson: Lesson, calls: Sequence[_Call]) -> bool:
    """Whether the two bodies differ on one of these inputs, or that cannot be told."""
    spelled = [_spelled(lesson, call) for call in calls]
    if not all(spelled):
        return True
    ran = [
        await sandbox.run(lesson.stub.program(body), spelled, limits, path=lesson.stub.path)
        for body in (lesson.wrong.body, lesson.right)
    ]
    return not all(same_outcome(one, other) for one, other in zip(ran[0].outcomes, ran[1].outcomes, strict=True))


def _spelled(lesson: Lesson, call: _Call) -> str:
    """A call with these arguments by name, "" where they have no spelling."""
    if any(name in {"self", "cls", "args", "named"} or not _is_literal(text) for name, text in call):
        return ""
    return f"{lesson.stub.name}({', '.join(f'{name}={text}' for name, text in call)})"


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
