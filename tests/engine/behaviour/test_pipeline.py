"""The pipeline ask-by-example: scripted coder, real sandbox, a user who is simulated or not there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace
from redraft.engine.behaviour.simulated import Simulated
from redraft.engine.events import Answered, Entry
from redraft.engine.facts import ROLES, Answer, Stub
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Limits, Sandbox
from redraft.engine.sources import find_stubs
from redraft.engine.sources.reading import decoded
from redraft.engine.state.run import RunState, state_of
from redraft.engine.tables.race_table import rows

TEXT = 'def middle(xs: list[int]) -> float:\n    """The median.\n\n    >>> middle([1, 3, 2])\n    2\n    """\n    ...\n'
STUB: Stub = find_stubs(decoded("a.py", TEXT.encode())).stubs[0]
LOW = "return sorted(xs)[len(xs) // 2]"
MEAN = "xs = sorted(xs)\n    n = len(xs)\n    return xs[n // 2] if n % 2 else (xs[n // 2 - 1] + xs[n // 2]) / 2"
ZERO = "if not xs:\n        return 0\n    " + MEAN
NONE = "if not xs:\n        return None\n    " + MEAN
WRONG = "return xs[0]"
RIGHT = "if not xs:\n    return 0\nimport statistics\nreturn statistics.median(xs)\n"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    opened = await open_sandbox(SandboxChoice())
    yield opened
    await opened.aclose()


def kit_of(sandbox: Sandbox, bodies: list[str]) -> Kit:
    coder = Scripted([f"```python\ndef middle(xs):\n    {body}\n```" for body in bodies])
    return Kit(voices=dict.fromkeys(ROLES, Voice(model=coder)), prompts=Prompts(None), sandbox=sandbox)


async def ran(kit: Kit) -> tuple[RunState, list[Entry]]:
    async with running(CATALOGUE["ask-by-example"], kit, STUB) as log:
        entries = [entry async for entry in log]
    state = state_of(entries)
    assert state.problem == ""
    return state, entries


def simulated(sandbox: Sandbox, questions: int = 3) -> Simulated:
    return Simulated(sandbox, Limits(), STUB.program(RIGHT), questions)


async def test_what_the_user_answers_decides_and_the_table_says_who_answered(sandbox: Sandbox):
    kit = replace(kit_of(sandbox, [LOW, LOW, LOW, MEAN, LOW, ZERO]), person=simulated(sandbox))
    state, entries = await ran(kit)
    assert state.solution is not None and state.solution.draft.id == "d6" and state.solution.verdict == "verified"
    assert [e.event.by for e in entries if isinstance(e.event, Answered)] == ["the canonical solution"] * 2
    (row,) = rows([("ask", state)])
    assert "the user is simulated: the canonical solution answered 2 questions" in row.warnings
    report = state.solution.report
    assert report is not None and [c.example.origin for c in report.checks] == ["visible", "you", "you"]


async def test_an_answer_that_nobody_obeys_is_an_example_of_the_next_repair(sandbox: Sandbox):
    kit = replace(kit_of(sandbox, [MEAN, NONE, MEAN, NONE, MEAN, NONE, ZERO]), person=simulated(sandbox))
    state, _ = await ran(kit)
    assert state.solution is not None and state.solution.draft.id == "d7"
    assert Answer(call="middle([])", gives="0") in state.answers


async def test_where_nobody_can_be_asked_what_most_candidates_do_is_kept(sandbox: Sandbox):
    state, _ = await ran(kit_of(sandbox, [LOW, MEAN, MEAN, LOW, ZERO, MEAN]))
    assert state.solution is not None and state.solution.draft.id == "d2" and state.answers == ()
    assert state.solution.why == "it does what 3 of 6 candidates do"


async def test_candidates_that_all_fail_are_followed_by_repairs(sandbox: Sandbox):
    state, _ = await ran(kit_of(sandbox, [WRONG] * 6 + ["return xs[-1] - xs[0]", ZERO]))
    assert state.solution is not None and state.solution.draft.id == "d8" and state.solution.verdict == "verified"


async def test_no_more_is_asked_than_the_user_answers(sandbox: Sandbox):
    kit = replace(kit_of(sandbox, [LOW, MEAN, ZERO, LOW, MEAN, ZERO]), person=simulated(sandbox, 1))
    state, _ = await ran(kit)
    assert len(state.answers) == 1
