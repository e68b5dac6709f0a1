"""Lessons in review: a draft with a bug, which a person is to find before anybody tells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from .. import examples
from ..desk.executing import executed
from ..diff import hunks
from ..events import AnyEvent, Entry, RunStarted
from ..facts import (
    Draft,
    Example,
    Fact,
    Report,
    Review,
    Stub,
)
from ..sandbox.runner import Limits, Sandbox
from ..state.run import RunState, state_of
from .tasks import Task


class Lesson(Fact, frozen=True):
    """One draft to find the bug in."""

    name: str
    stub: Stub
    wrong: Draft
    right: str
    """A body to hold it against, dedented: a task's own, or one that passes all examples of its run."""
    proven: bool = False
    """Whether a person wrote the right body and tests hold it; else it is right as far as its examples go."""
    hidden: tuple[Example, ...] = ()
    """Examples that only the judge knows, besides those of the stub."""
    about: str = ""
    """What the bug is, to be told afterwards; "" when nobody said."""
    review: Review | None = None
    """What the reviewer of that run had to say, to be told afterwards."""
    scripted: bool = False
    """Whether a person wrote the draft in a model's place."""
    title: str = ""
    teaches: str = ""
    """What one learns by it."""
    level: int = 0
    """1 (easy) to 4; 0 where nobody said."""
    kind: str = ""
    """What sort of mistake it is; "" where nobody said."""
    hints: tuple[str, ...] = ()
    """What is told on request, step by step."""

    @property
    def lines(self) -> tuple[int, ...]:
        """1-based lines of the whole wrong function that are otherwise in the right one."""
        changed = hunks(self.stub.code(self.wrong.body), self.stub.code(self.right), context=0)
        removed = {line.old for hunk in changed for line in hunk.lines if line.kind == "removed" and line.old}
        added = {hunk.old_start for hunk in changed if not hunk.old_count}
        return tuple(sorted(removed | added))

    @property
    def standard(self) -> str:
        """What the draft is held against, in words."""
        return "a right body" if self.proven else "the body that passed"


def lesson_of(name: str, entries: Sequence[Entry], task: Task | None = None, about: str = "") -> Lesson | None:
    """The lesson in a run: its first draft that fails, beside what passes; None when the run has no such pair.

    `task`: whose function it is, if it is one of ours; then its own body is the right one.
    """
    state = state_of(entries)
    wrong, right = _wrong_in(state), task.solution if task is not None else _right_in(state)
    if state.stub is None or wrong is None or not right or wrong.body.strip() == right.strip():
        return None
    return Lesson(
        name=name,
        stub=_placed(state.stub, entries[0].event),
        wrong=wrong,
        right=right,
        proven=task is not None,
        hidden=task.hidden if task is not None else (),
        about=about,
        review=state.reviews.get(wrong.id),
        scripted=state.scripted,
    )


def _placed(stub: Stub, begun: AnyEvent) -> Stub:
    """The stub at the place where its project is, whatever folder we are in; as it stands where that is gone."""
    folder = begun.folder if isinstance(begun, RunStarted) else ""
    place = Path(folder, stub.path)
    return replace(stub, path=str(place)) if folder and place.exists() else stub


async def held(sandbox: Sandbox, limits: Limits, lesson: Lesson, body: str) -> Report:
    """A body against all examples of the lesson, the hidden ones too.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    every = (*lesson.stub.examples, *lesson.hidden)
    done = await executed(sandbox, limits, lesson.stub.program(body), every, lesson.stub.path)
    return examples.report(lesson.wrong.id, every, done)


def _wrong_in(state: RunState) -> Draft | None:
    failing = next((d for d in state.drafts if not d.problem and _fails(state.reports.get(d.id))), None)
    settled = state.solution.draft if state.solution is not None else None
    if failing is None and settled is not None and not settled.problem and state.hidden and state.hidden.failures:
        return settled
    return failing


def _fails(report: Report | None) -> bool:
    """Whether an example of the user fails: the checks that a model invents may be wrong themselves."""
    return report is not None and any(check.example.origin == "visible" for check in report.failures)


def _right_in(state: RunState) -> str:
    solution = state.solution
    if solution is None or solution.verdict != "verified" or (state.hidden is not None and state.hidden.failures):
        return ""
    return solution.draft.body
