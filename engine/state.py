"""What is known of a run: the fold of its log. Live, replayed, sought or printed, it is the same fold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeVar, assert_never

from msgspec.structs import replace

from . import events as ev
from .cost import Spending
from .economy import share
from .facts import Draft, Enrichment, Fact, Plan, Report, Review, Role, Solution, Stub, Undefined, Usage
from .tree import Tree

_T = TypeVar("_T")

Stage = Literal["stub", "draft", "examples", "review", "fix", "verified"]
STAGES: tuple[Stage, ...] = ("stub", "draft", "examples", "review", "fix", "verified")
StageStatus = Literal["waiting", "running", "done", "failed", "skipped"]
RunStatus = Literal["idle", "running", "settled", "failed", "cancelled"]

_STAGE_OF_PURPOSE: dict[str, Stage] = {"review": "review", "fix": "fix", "retry": "fix", "synthesis": "fix"}


class CallState(Fact, frozen=True):
    """One model call, as far as it has come."""

    id: str
    role: Role
    purpose: str
    model: str
    node: str = ""
    status: Literal["reading prompt", "streaming", "done", "cut", "failed", "cancelled"] = "reading prompt"
    text: str = ""
    thinking: str = ""
    began: float = 0.0
    """Seconds since the run began."""
    first: float | None = None
    """When the first piece came, seconds since the run began."""
    ended: float | None = None
    prompt_estimate: int = 0
    usage: Usage | None = None
    """None until the call has ended."""
    cost: float | None = None
    finish: str = ""
    prefilled: bool = False
    problem: str = ""
    warning: str = ""

    @property
    def tokens(self) -> Usage:
        """Tokens reported, or our estimate of them while none are."""
        if self.usage is not None:
            return self.usage
        heard = (len(self.text) + len(self.thinking) + 3) // 4
        return Usage(prompt_tokens=self.prompt_estimate, completion_tokens=heard, estimated=True)


class Meter(Fact, frozen=True):
    """What a run has used so far."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False
    """Whether any of the tokens are our estimate: shown with a "~"."""
    cost: float | None = None
    """USD; None when the price of any call is unknown: shown as "n/a"."""


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
    hidden: Report | None = None
    """What hidden tests say of the solution; None where there are none or it has not come so far."""
    paused: bool = False
    checking: str = ""
    """Id of the draft that is in the sandbox, or ""."""
    decisions: tuple[str, ...] = ()
    tree: Tree = Tree()
    """Without nodes for a pipeline that grows no tree."""
    solution: Solution | None = None
    problem: str = ""
    cancelled_by: str = ""
    written: str = ""
    """What was written to the file ("all", "1 of 3 hunks"), "" for nothing."""

    # ------------------------------------------------------------------------------------------ what screens ask

    @property
    def live_call(self) -> CallState | None:
        """The newest call that is still coming in."""
        return next((c for c in reversed(self.calls) if c.status in {"reading prompt", "streaming"}), None)

    @property
    def first_draft(self) -> Draft | None:
        """The draft that was reviewed, or else the first there is; of a tree that is grown, what came of it."""
        if self.tree.nodes and self.solution is not None:
            return self.solution.draft
        reviewed = next((d for d in self.drafts if d.id in self.reviews), None)
        return reviewed or next((d for d in self.drafts if d.parent is None), None)

    @property
    def last_fix(self) -> Draft | None:
        """The newest draft that repairs another."""
        return next((d for d in reversed(self.drafts) if d.parent is not None), None)

    @property
    def proposal(self) -> Draft | None:
        """What the person may accept: the solution's draft, or the newest usable one while the run goes on."""
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
    def report(self) -> Report | None:
        """The report on the proposal, or else the newest report."""
        if self.proposal is not None and self.proposal.id in self.reports:
            return self.reports[self.proposal.id]
        return next(reversed(self.reports.values()), None) if self.reports else None

    @property
    def waits(self) -> bool:
        """Whether all that goes on is standing in line for a model."""
        return bool(self.queued) and self.live_call is None and not self.checking

    @property
    def meter(self) -> Meter:
        """Calls, tokens and cost so far."""
        tokens = [call.tokens for call in self.calls]
        costs = [call.cost for call in self.calls if call.usage is not None]
        return Meter(
            calls=len(self.calls),
            prompt_tokens=sum(t.prompt_tokens for t in tokens),
            completion_tokens=sum(t.completion_tokens for t in tokens),
            estimated=any(t.estimated for t in tokens),
            cost=None if not costs or None in costs else sum(c for c in costs if c is not None),
        )

    @property
    def spent(self) -> dict[Role, Spending]:
        """Calls that have ended, added up for each role, as the tree adds them up for each node."""
        spent: dict[Role, Spending] = {}
        for call in self.calls:
            before = spent.get(call.role, Spending())
            if call.usage is not None:
                spent[call.role] = before.plus(call.usage, call.cost)
            elif call.ended is not None:
                spent[call.role] = replace(before, calls=before.calls + 1)
        return spent

    @property
    def shares(self) -> dict[Role, float]:
        """Each role's part of the cost so far, from 0 to 1 (of the tokens where there is no price)."""
        spent = self.spent
        return {role: part for role in spent if (part := share(role, spent)) is not None}

    @property
    def stages(self) -> dict[Stage, StageStatus]:
        """How far the stage bar has come."""
        over = self.status in {"settled", "failed", "cancelled"}
        running = self._running_stage()
        reached: dict[Stage, bool] = {
            "stub": self.stub is not None,
            "draft": bool(self.drafts),
            "examples": bool(self.reports),
            "review": bool(self.reviews),
            "fix": self.last_fix is not None,
            "verified": self.solution is not None,
        }
        return {
            stage: "running"
            if stage == running
            else (self._outcome(stage) if reached[stage] else "skipped" if over else "waiting")
            for stage in STAGES
        }

    def _running_stage(self) -> Stage | None:
        if self.status != "running":
            return None
        if self.live_call is not None:
            return _STAGE_OF_PURPOSE.get(self.live_call.purpose, "draft")
        if self.checking:
            return "fix" if any(d.id == self.checking and d.parent for d in self.drafts) else "examples"
        return None

    def _outcome(self, stage: Stage) -> StageStatus:
        failed = {
            "draft": self.first_draft is not None and self.first_draft.problem is not None,
            "examples": self.first_draft is not None and _failing(self.reports.get(self.first_draft.id)),
            "review": self.review is not None and self.review.verdict != "clean",
            "fix": self.last_fix is not None
            and (self.last_fix.problem is not None or _failing(self.reports.get(self.last_fix.id))),
            "verified": self.solution is not None and self.solution.verdict != "verified",
        }.get(stage, False)
        return "failed" if failed else "done"

    # ------------------------------------------------------------------------------------------ the fold

    def after(self, entry: ev.Entry) -> RunState:
        """The state once this entry has happened."""
        waited = self.waited + (max(0.0, entry.at - self.now) if self.waits else 0.0)
        folded = _folded(self, entry.event, entry.at)
        return replace(folded, now=entry.at, waited=waited, tree=folded.tree.after(entry.event, entry.at))


def state_of(entries: Iterable[ev.Entry]) -> RunState:
    """The state at the end of a log."""
    state = RunState()
    for entry in entries:
        state = state.after(entry)
    return state


def _failing(report: Report | None) -> bool:
    return report is not None and (bool(report.problem) or bool(report.failures))


def _folded(state: RunState, event: ev.AnyEvent, at: float) -> RunState:
    match event:
        case ev.TextStreamed():
            return _hear(state, event, at)
        case ev.CallQueued(call=call, model=model):
            return replace(state, queued={**state.queued, call: model})
        case ev.CallStarted() | ev.CallEnded() | ev.CallFailed():
            return _follow_call(state, event, at)
        case ev.RunStarted():
            return _begin(event)
        case ev.Planned(plan=plan):
            return replace(state, plans=(*state.plans, plan))
        case ev.Enriched(enrichment=enrichment):
            return replace(state, enrichment=enrichment)
        case ev.Drafted(draft=draft, node=node):
            return state if node else replace(state, drafts=(*state.drafts, draft))
        case ev.CheckStarted(draft=draft, undefined=undefined):
            known = _latest(state.undefined, draft, undefined) if undefined else state.undefined
            return replace(state, checking=draft, undefined=known)
        case ev.Checked(report=report, node=node):
            known = state.reports if node else _latest(state.reports, report.draft, report)
            return replace(state, checking="", reports=known)
        case ev.Reviewed(review=review) | ev.FindingsTested(review=review):
            return replace(state, reviews=_latest(state.reviews, review.draft, review))
        case ev.NodeOpened() | ev.ChecksInvented() | ev.Decomposed() | ev.Scored() | ev.NodeClosed() | ev.Steered():
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
            return replace(state, status="failed", problem=problem, checking="", queued={})
        case ev.RunCancelled(by=by):
            return replace(state, status="cancelled", cancelled_by=by, checking="", queued={})
        case ev.RunEnded():
            return state
        case ev.Written(hunks=hunks):
            return replace(state, written=hunks)
        case ev.Undone(again=again):
            return replace(state, written="all" if again else "")
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


def _hear(state: RunState, event: ev.TextStreamed, at: float) -> RunState:
    calls = list(state.calls)
    for index in range(len(calls) - 1, -1, -1):
        call = calls[index]
        if call.id == event.call:
            first = at if call.first is None else call.first
            if event.thinking:
                calls[index] = replace(call, status="streaming", first=first, thinking=call.thinking + event.text)
            else:
                calls[index] = replace(call, status="streaming", first=first, text=call.text + event.text)
            break
    return replace(state, calls=tuple(calls))


def _follow_call(state: RunState, event: ev.CallStarted | ev.CallEnded | ev.CallFailed, at: float) -> RunState:
    if isinstance(event, ev.CallStarted):
        call = CallState(
            id=event.call,
            role=event.role,
            purpose=event.purpose,
            model=event.model,
            node=event.node,
            began=at,
            prompt_estimate=event.prompt_tokens,
        )
        queued = {key: model for key, model in state.queued.items() if key != event.call}
        return replace(state, calls=(*state.calls, call), queued=queued)
    return replace(state, calls=tuple(_ended(c, event, at) if c.id == event.call else c for c in state.calls))


def _ended(call: CallState, event: ev.CallEnded | ev.CallFailed, at: float) -> CallState:
    if isinstance(event, ev.CallFailed):
        return replace(call, status="cancelled" if event.cancelled else "failed", ended=at, problem=event.problem)
    return replace(
        call,
        status="cut" if event.finish == "cut" else "done",
        ended=at,
        usage=event.usage,
        cost=event.cost,
        finish=event.finish,
        prefilled=event.prefilled,
        warning=event.warning,
    )


def _latest(known: dict[str, _T], key: str, value: _T) -> dict[str, _T]:
    return {**{k: v for k, v in known.items() if k != key}, key: value}
