"""What is known of a run: the fold of its log. Live, replayed, sought or printed, it is the same fold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeVar, assert_never

from msgspec.structs import replace

from .. import events as ev
from ..facts import (
    Answer,
    Behaviours,
    Draft,
    Enrichment,
    Fact,
    Plan,
    Report,
    Review,
    Role,
    Solution,
    Stub,
    Undefined,
)
from .calls import (
    CallState,
    Meter,
    begun,
    ended,
    heard,
    meter_of,
    spent_of,
)
from .cost import Spending
from .economy import share
from .stages import STAGES, Stage, StageStatus, examples_report, stages_of
from .tree import Candidate, Tree

__all__ = [
    "IN_FILE",
    "STAGES",
    "CallState",
    "Meter",
    "RunState",
    "RunStatus",
    "Stage",
    "StageStatus",
    "Standing",
    "Verdict",
    "examples_report",
    "state_of",
]

_T = TypeVar("_T")

RunStatus = Literal["idle", "running", "settled", "failed", "cancelled"]
Verdict = Literal["verified", "fails", "unverified", "checking", "outdated", ""]

IN_FILE = "file"
"""Id of the draft that is whatever body the file holds."""


class Standing(Fact, frozen=True):
    """The body that stands in the file after the run, or would stand there, and what is known of it."""

    draft: Draft
    report: Report | None = None
    """None while its examples run."""
    outdated: str = ""
    """Why nothing is known of what stands there, "" when something is, or soon will be."""
    absent: bool = False
    """Whether nothing stands there that could be run or changed."""


class RunState(Fact, frozen=True):
    """All that a screen, a table or an exporter may ask of a run."""

    status: RunStatus = "idle"
    run: str = ""
    pipeline: str = ""
    mode: str = ""
    stub: Stub | None = None
    models: dict[str, str] = {}
    scripted: bool = False
    seed: int = 0
    bound: int | None = None
    began_at: str = ""
    now: float = 0.0
    """Seconds since the run began, of the last entry."""
    calls: tuple[CallState, ...] = ()
    plans: tuple[Plan, ...] = ()
    enrichment: Enrichment | None = None
    drafts: tuple[Draft, ...] = ()
    """Of the stub itself; those of its helpers are in the tree."""
    reports: dict[str, Report] = {}
    """By draft id; the latest of each, the helpers' in the tree."""
    reviews: dict[str, Review] = {}
    """By draft id; with the findings' status once they were executed."""
    undefined: dict[str, tuple[Undefined, ...]] = {}
    """By draft id: names it uses that nothing defines. Only drafts that went to the sandbox were looked at."""
    queued: dict[str, str] = {}
    """Model by call id, of the calls that stand in line."""
    waited: float = 0.0
    """Seconds in which the run did nothing but stand in line for a model that answered others."""
    held: float = 0.0
    """Seconds in which the user held it: nothing was asked and nothing ran."""
    hidden: Report | None = None
    """What hidden tests say of the solution; None where there are none or it has not come so far."""
    paused: bool = False
    in_sandbox: tuple[str, ...] = ()
    """Ids of the drafts that are in the sandbox; branches of a tree that grow at the same time have one each."""
    decisions: tuple[str, ...] = ()
    attempt: ev.AttemptStarted | None = None
    """The newest attempt at a repair, None before there is one."""
    dropped: dict[str, str] = {}
    """By draft id: why a candidate is not what the pipeline settled on."""
    tree: Tree = Tree()
    """Without nodes for a pipeline that grows no tree."""
    solution: Solution | None = None
    problem: str = ""
    cancelled_by: str = ""
    written: str = ""
    """What was written to the file ("all", "1 of 3 hunks"), "" for nothing."""
    taken_back: bool = False
    """Whether the last that was done to the file was taking everything back."""
    behaviours: Behaviours | None = None
    """What the candidates do with the same inputs; None until they were run on any."""
    answers: tuple[Answer, ...] = ()
    """What the user said that calls should do; the latest on each call."""
    answered_by: str = ""
    """Who said it last: "you", or who stands for you; "" before anything was."""
    standing: Standing | None = None
    """None until something was run again after the run: then its own solution stands as it was."""

    # ------------------------------------------------------------------------------------------ what screens ask

    @property
    def live_call(self) -> CallState | None:
        """The newest call that is still coming in."""
        return next((c for c in reversed(self.calls) if c.status in {"reading prompt", "streaming"}), None)

    @property
    def checking(self) -> str:
        """Id of the draft that went into the sandbox last and is still there, or ""."""
        return self.in_sandbox[-1] if self.in_sandbox else ""

    @property
    def first_draft(self) -> Draft | None:
        """The draft that was reviewed, or else the first there is; of a tree that is grown, what came of it."""
        if self.tree.nodes and self.solution is not None:
            return self.solution.draft
        reviewed = next((d for d in self.drafts if d.id in self.reviews), None)
        return reviewed or next((d for d in self.drafts if d.parent is None), None)

    @property
    def last_fix(self) -> Draft | None:
        """The draft that repairs another: the one that was settled on, else the newest."""
        if self.solution is not None and self.solution.draft.parent is not None:
            return self.solution.draft
        return next((d for d in reversed(self.drafts) if d.parent is not None), None)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The drafts of the stub itself, in order, with how they did."""
        return tuple(Candidate(draft=draft, report=self.reports.get(draft.id)) for draft in self.drafts)

    @property
    def proposal(self) -> Draft | None:
        """What the user may accept: the solution's draft, or the newest usable one while the run goes on."""
        if self.solution is not None:
            return self.solution.draft
        if self.tree.nodes and self.status != "running":
            return self.tree.whole  # The newest may be a plan, which calls helpers that it does not bring.
        return next((d for d in reversed(self.drafts) if d.problem is None), None)

    @property
    def review(self) -> Review | None:
        """The newest review."""
        return next(reversed(self.reviews.values()), None) if self.reviews else None

    @property
    def unreviewed(self) -> str:
        """Why nothing is known of a draft that should have been reviewed; "" when a review came, or none was due."""
        found = tuple(self.reviews.values())
        return "" if any(review.happened for review in found) or not found else found[-1].why_not

    @property
    def verdict(self) -> Verdict:
        """How what stands in the file, or would, comes off now; "" while a run has no solution."""
        stands, solution = self.standing, self.solution
        if stands is None:
            return solution.verdict if solution is not None else ""
        if stands.outdated:
            return "outdated"
        return "checking" if stands.report is None else Solution(draft=stands.draft, report=stands.report).verdict

    @property
    def result(self) -> Report | None:
        """The report that `verdict` speaks of."""
        if self.standing is not None:
            return self.standing.report
        return self.solution.report if self.solution is not None else None

    @property
    def report(self) -> Report | None:
        """The report on what stands or is proposed, or else the newest report."""
        if self.standing is not None:
            return self.standing.report
        if self.proposal is not None and self.proposal.id in self.reports:
            return self.reports[self.proposal.id]
        return next(reversed(self.reports.values()), None) if self.reports else None

    @property
    def waits(self) -> bool:
        """Whether all that goes on is standing in line for a model."""
        return bool(self.queued) and self.live_call is None and not self.checking

    @property
    def rests(self) -> bool:
        """Whether the user holds the run, and nothing goes on."""
        return self.paused and self.status == "running" and self.live_call is None and not self.checking

    @property
    def idled(self) -> float:
        """Seconds so far that are not the run's own: those in line, and those in which it was held."""
        return self.waited + self.held

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know of the calls so far, such as that a server cut the prompt; each told once."""
        return tuple(dict.fromkeys(call.warning for call in self.calls if call.warning))

    @property
    def answered(self) -> dict[str, str]:
        """Models by the name they were asked by, as servers call them that answered by another name."""
        return {call.model: call.answered for call in self.calls if call.answered}

    @property
    def meter(self) -> Meter:
        """Calls, tokens and cost so far."""
        return meter_of(self.calls)

    @property
    def spent(self) -> dict[Role, Spending]:
        """Calls that have ended, added up for each role, as the tree adds them up for each node."""
        return spent_of(self.calls)

    @property
    def shares(self) -> dict[Role, float]:
        """Each role's part of the cost so far, from 0 to 1 (of the tokens where there is no price)."""
        spent = self.spent
        return {role: part for role in spent if (part := share(role, spent)) is not None}

    @property
    def stages(self) -> dict[Stage, StageStatus]:
        """How far the stage bar has come."""
        return stages_of(self)

    # ------------------------------------------------------------------------------------------ the fold

    def after(self, entry: ev.Entry) -> RunState:
        """The state once this entry has happened."""
        passed = max(0.0, entry.at - self.now)
        held = self.held + (passed if self.rests else 0.0)
        waited = self.waited + (passed if self.waits and not self.rests else 0.0)
        folded = _folded(self, entry.event, entry.at)
        return replace(folded, now=entry.at, waited=waited, held=held, tree=folded.tree.after(entry.event, entry.at))


def state_of(entries: Iterable[ev.Entry]) -> RunState:
    """The state at the end of a log."""
    state = RunState()
    for entry in entries:
        state = state.after(entry)
    return state


def _folded(state: RunState, event: ev.AnyEvent, at: float) -> RunState:
    match event:
        case ev.TextStreamed():
            return replace(state, calls=heard(state.calls, event, at))
        case ev.CallQueued(call=call, model=model):
            return replace(state, queued={**state.queued, call: model})
        case ev.CallStarted(call=call):
            queued = {key: model for key, model in state.queued.items() if key != call}
            return replace(state, calls=(*state.calls, begun(event, at)), queued=queued)
        case ev.CallEnded() | ev.CallFailed():
            return replace(state, calls=ended(state.calls, event, at))
        case ev.RunStarted():
            return _begin(event)
        case ev.Planned(plan=plan):
            return replace(state, plans=(*state.plans, plan))
        case ev.Enriched(enrichment=enrichment):
            return replace(state, enrichment=enrichment)
        case ev.Drafted(draft=draft, node=node):
            return state if node else replace(state, drafts=(*state.drafts, draft))
        case ev.AttemptStarted():
            return replace(state, attempt=event)
        case ev.Dropped(draft=draft, why=why):
            return replace(state, dropped={**state.dropped, draft: why})
        case ev.CheckStarted(draft=draft, undefined=undefined):
            known = _latest(state.undefined, draft, undefined) if undefined else state.undefined
            return replace(state, in_sandbox=(*state.in_sandbox, draft), undefined=known)
        case ev.Checked(report=report) if state.standing is not None and report.draft == state.standing.draft.id:
            return replace(state, in_sandbox=(), standing=replace(state.standing, report=report))
        case ev.Checked(report=report, node=node):
            known = state.reports if node else _latest(state.reports, report.draft, report)
            left = tuple(draft for draft in state.in_sandbox if draft != report.draft)
            return replace(state, in_sandbox=left, reports=known)
        case ev.Reviewed(review=review) | ev.FindingsTested(review=review):
            return replace(state, reviews=_latest(state.reviews, review.draft, review))
        case ev.NodeOpened(node=node) | ev.NodeClosed(node=node):
            # A function that is dropped, or begun anew, may have been in the sandbox.
            own = state.tree.nodes[node].candidates if node in state.tree.nodes else ()
            gone = {candidate.draft.id for candidate in own}
            return replace(state, in_sandbox=tuple(draft for draft in state.in_sandbox if draft not in gone))
        case ev.ChecksInvented() | ev.Decomposed() | ev.Scored() | ev.Steered():
            return state
        case ev.Paused(again=again):
            return replace(state, paused=not again)
        case ev.Decided(what=what):
            return replace(state, decisions=(*state.decisions, what))
        case ev.Settled(solution=solution):
            return replace(state, status="settled", solution=solution)
        case ev.Judged(report=report):
            return replace(state, hidden=report)
        case ev.RunFailed(problem=problem):
            return replace(state, status="failed", problem=problem, in_sandbox=(), queued={})
        case ev.RunCancelled(by=by):
            return replace(state, status="cancelled", cancelled_by=by, in_sandbox=(), queued={})
        case ev.RunEnded():
            return state
        case ev.Written(hunks=hunks):
            return replace(state, written=hunks, taken_back=False)
        case ev.Undone(again=again, hunks=hunks):
            written = hunks or ("all" if again else "")
            return replace(state, written=written, taken_back=not written)
        case ev.RecheckStarted(draft=draft):
            return replace(state, standing=Standing(draft=draft), in_sandbox=(draft.id,))
        case ev.Compared(node=node) if node:
            return state
        case ev.Compared(behaviours=behaviours):
            return replace(state, behaviours=behaviours)
        case ev.Answered(answer=answer, by=by):
            kept = tuple(known for known in state.answers if known.call != answer.call)
            return replace(state, answers=(*kept, answer), answered_by=by)
        case ev.Outdated(why=""):
            return replace(state, standing=None, in_sandbox=())
        case ev.Outdated(why=why, absent=absent):
            draft = state.standing.draft if state.standing is not None else Draft(id=IN_FILE, body="")
            return replace(state, standing=Standing(draft=draft, outdated=why, absent=absent), in_sandbox=())
        case _:
            assert_never(event)


def _begin(event: ev.RunStarted) -> RunState:
    return RunState(
        status="running",
        run=event.run,
        pipeline=event.pipeline,
        mode=event.mode,
        stub=event.stub,
        models=event.models,
        scripted=event.scripted,
        seed=event.seed,
        bound=event.bound,
        began_at=event.began_at,
    )


def _latest(known: dict[str, _T], key: str, value: _T) -> dict[str, _T]:
    return {**{k: v for k, v in known.items() if k != key}, key: value}
