"""What came of a race, as facts: one row a lane, from the states its logs fold to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from ..facts import (
    Fact,
    Report,
    Role,
    Solution,
)
from ..state.cost import Spending, by_role, total
from ..state.run import RunState
from ..waits import waiting_words
from .taxonomy import Change, change

BASELINE = "raw-coder"
"""The pattern all others are held against (arXiv 2603.03406)."""

Verdict = Literal["verified", "fails", "unverified", "failed", "cancelled", "running"]


class Score(Fact, frozen=True):
    """How many of so many examples hold."""

    passes: int
    of: int


class Row(Fact, frozen=True):
    """One lane."""

    lane: str
    pipeline: str
    mode: str = ""
    models: dict[str, str] = {}
    """Model by role."""
    scripted: bool = False
    verdict: Verdict = "running"
    """verified, fails and unverified speak of the visible examples; failed: the run itself; running: not over yet."""
    visible: Score | None = None
    """None when nothing was run."""
    hidden: Score | None = None
    """None when the task has no hidden tests, or the lane did not come so far."""
    calls: int = 0
    bound: int | None = None
    """Most calls the pipeline may make, None when it has no bound."""
    roles: dict[Role, Spending] = {}
    """Calls, tokens and cost of each role."""
    seconds: float = 0.0
    """From begin to end, without the time in which it was held, or only waited for a model that answered another."""
    waited: float = 0.0
    """Seconds in which it waited so."""
    usd: float | None = None
    """None when the price of any call is unknown: "n/a"."""
    change: Change | None = None
    """Against raw-coder in the same race; None when both pass, both fail, or it has no lane of its own."""
    why: str = ""
    """Why this draft, or why there is none."""
    unreviewed: str = ""
    """Why the review that the pattern asked for did not come, "" when it did or none was due."""
    warnings: tuple[str, ...] = ()
    """What a reader of the numbers must know: vacuous passes, guessed tokens, names that nothing defines."""

    @property
    def spent(self) -> Spending:
        """All roles together."""
        return total(self.roles.values())


def rows(lanes: Sequence[tuple[str, RunState]]) -> tuple[Row, ...]:
    """A row for every lane (name, state), in their order."""
    raw = next((state for _, state in lanes if state.pipeline == BASELINE and state.solution is not None), None)
    return tuple(_row(name, state, raw) for name, state in lanes)


def judged(state: RunState) -> Solution | None:
    """The solution with the hidden tests counted among its checks, as the paper counts; None when there is none."""
    if state.solution is None or state.hidden is None:
        return state.solution
    seen, hidden = state.solution.report, state.hidden
    if seen is None:
        return replace(state.solution, report=hidden)
    problem = seen.problem or hidden.problem
    return replace(state.solution, report=replace(seen, checks=(*seen.checks, *hidden.checks), problem=problem))


def _row(name: str, state: RunState, raw: RunState | None) -> Row:
    roles = by_role((call.role, call.tokens, call.cost) for call in state.calls)
    return Row(
        lane=name,
        pipeline=state.pipeline,
        mode=state.mode,
        models=state.models,
        scripted=state.scripted,
        verdict=_verdict(state),
        visible=_score(state.solution.report if state.solution else None, len(state.stub.judged if state.stub else ())),
        hidden=_score(state.hidden, 0),
        calls=len(state.calls),
        bound=state.bound,
        roles=roles,
        seconds=round(max(0.0, state.now - state.idled), 2),
        waited=round(state.waited, 2),
        usd=total(roles.values()).usd,
        change=_change(state, raw),
        why=state.problem or (state.solution.why if state.solution else ""),
        unreviewed=state.unreviewed,
        warnings=_warnings(state),
    )


def _verdict(state: RunState) -> Verdict:
    if state.solution is not None:
        return state.solution.verdict
    return state.status if state.status == "failed" or state.status == "cancelled" else "running"


def _score(report: Report | None, examples: int) -> Score | None:
    """What holds, also of a program that was ended early; None without examples, and where nothing was run."""
    if report is None:
        return None
    number = len(report.judged) if len(report.judged) < len(report.checks) else max(len(report.checks), examples)
    return Score(passes=report.passes, of=number) if number else None


def _change(state: RunState, raw: RunState | None) -> Change | None:
    if raw is None or raw is state or state.stub is None:
        return None
    before, after = judged(raw), judged(state)
    return change(state.stub, before, after) if before is not None and after is not None else None


def _warnings(state: RunState) -> tuple[str, ...]:
    found: list[str] = []
    if state.stub is not None and not state.stub.examples and not state.stub.tests:
        found.append("no visible examples: whatever runs passes vacuously")
    if waits := waiting_words(state.solution.report if state.solution else None):
        found.append(f"visible examples: {waits}")
    if state.answered_by not in {"", "you"}:
        asked = f"{len(state.answers)} question{'' if len(state.answers) == 1 else 's'}"
        found.append(f"the user is simulated: {state.answered_by} answered {asked}")
    if any(call.tokens.estimated for call in state.calls):
        found.append("some token counts are estimates")
    found += state.warnings
    if state.unreviewed:
        found.append(f"not reviewed: {state.unreviewed}")
    chosen = state.solution.draft.id if state.solution else ""
    for name in state.undefined.get(chosen, ()):
        repair = f"; `{name.repair}` is missing" if name.repair else ""
        found.append(f"line {name.line} uses {name.name}, which nothing defines{repair}")
    return tuple(found)
