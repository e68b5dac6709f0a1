"""What recorded runs cost beside one another, as facts: one row for each pipeline and set of models.

The formulas are in `economy`; here is what is held against what: the same stubs, the same mode, the same model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from ..events import (
    CallEnded,
    CallStarted,
    Entry,
    RunEnded,
    RunFailed,
    RunStarted,
    TextStreamed,
)
from ..facts import Fact, Price, Role
from ..state.cost import (
    Spending,
    by_role,
    cost,
    total,
)
from ..state.economy import (
    decomposition_rate,
    relative_cost,
    roi,
    share,
)
from ..state.run import state_of

STANDARDS = ("standard", "raw-coder")
"""The one-shot run that others are held against: the paper's, else ours."""
HOMOGENEOUS = "pat"


class Ran(Fact, frozen=True):
    """One run that came to its own end."""

    pipeline: str
    models: dict[str, str]
    """Model by role, of the roles that the pipeline has."""
    asked: str
    """Name and header of the stub: runs with the same are of the same stub, wherever its file lies."""
    verified: bool
    """Whether every example holds, and every hidden test where there are any."""
    mode: str = ""
    scripted: bool = False
    grown: bool = False
    """Whether it has a tree, and so could be decomposed."""
    answered: dict[str, str] = {}
    """Models by the name they were asked by, as servers call what answered, where that is another name."""
    shared: int = 0
    """Answers that came in one request with others: its prompt counts once."""
    requests: int = 0
    """How many such requests there were."""
    roles: dict[Role, Spending] = {}
    entries: tuple[Entry, ...] = ()
    """Its log without the text of answers."""

    @property
    def usd(self) -> float | None:
        """What it cost, None when the price of any call is unknown."""
        return total(self.roles.values()).usd

    @property
    def generator(self) -> str:
        """The model that writes code; of a pipeline without a coder, its first."""
        return self.models.get("coder") or next(iter(self.models.values()), "")

    @property
    def homogeneous(self) -> bool:
        """Whether it planned with the model that also wrote."""
        return self.models.get("planner") == self.generator


class Against(Fact, frozen=True):
    """Some runs beside others, on the stubs that both were run on; each stub counts once."""

    pipeline: str
    stubs: int
    relative: float | None = None
    """Relative cost, None when a cost is unknown or nothing was paid."""
    gain: float = 0.0
    """Percentage points of runs that were verified."""


class Row(Fact, frozen=True):
    """A pipeline with one set of models."""

    pipeline: str
    models: dict[str, str]
    mode: str = ""
    runs: int = 0
    stubs: int = 0
    verified: int = 0
    scripted: int = 0
    """Runs with answers that a person wrote."""
    answered: dict[str, str] = {}
    """Models by the name they were asked by, as servers call what answered, where that is another name."""
    shared: int = 0
    """Answers that came in one request with others, and how many such `requests` there were."""
    requests: int = 0
    roles: dict[Role, Spending] = {}
    """Of all runs together."""
    usd: float | None = None
    """Of all runs together, None when the price of any call is unknown."""
    standard: Against | None = None
    """Beside one call of the same model; None when that was not run on any of these stubs."""
    homogeneous: Against | None = None
    """Of PaT: beside PaT whose generator is the planner's model too; None when that was not run on these stubs."""
    roi: float | None = None
    """Percentage points for each multiple of the standard's cost; None where undefined."""
    planners_share: float | None = None
    """From 0 to 1; None when no planner has a part in the pipeline."""
    decomposition: float | None = None
    """The share of runs that a plan split, from 0 to 1; None when the pipeline grows no tree."""

    @property
    def spent(self) -> Spending:
        """All roles together."""
        return total(self.roles.values())


def without_texts(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The log without the text of answers, which is most of it and tells nothing of cost."""
    return tuple(entry for entry in entries if not isinstance(entry.event, TextStreamed))


def ran(entries: Sequence[Entry]) -> Ran | None:
    """What a log tells; None when it was cancelled, broke off, or failed of something that is not the models' doing."""
    # What was drawn afterwards, to have something to compare, is not what the pipeline took.
    ends = next((n for n, entry in enumerate(entries, start=1) if isinstance(entry.event, RunEnded)), len(entries))
    kept = without_texts(entries[:ends])
    state = state_of(kept)
    if state.stub is None or (state.solution is None and not _worthless(kept)):
        return None
    together = [call.request for call in state.calls if call.request]
    verified = state.solution is not None and state.solution.verdict == "verified"
    return Ran(
        pipeline=state.pipeline,
        models=state.models,
        asked=f"{state.stub.name}\n{state.stub.header}",
        verified=verified if state.hidden is None else verified and state.hidden.all_passed,
        mode=state.mode,
        scripted=state.scripted,
        grown=bool(state.tree.nodes),
        answered=state.answered,
        shared=len(together),
        requests=len(set(together)),
        roles=by_role((call.role, call.tokens, call.cost) for call in state.calls),
        entries=kept,
    )


def _worthless(entries: Iterable[Entry]) -> bool:
    """Whether it ended without a solution for a reason that counts against its models: no answer, or too dear a one."""
    failures = (entry.event for entry in entries if isinstance(entry.event, RunFailed))
    return any(failed.kind == "BudgetSpent" or failed.cause == "empty" for failed in failures)


def repriced(entries: Iterable[Entry], prices: Mapping[str, Price]) -> list[Entry]:
    """The log as if the calls of these models had had these prices; other calls keep what they cost."""
    models: dict[str, str] = {}
    told: list[Entry] = []
    for entry in entries:
        event = entry.event
        if isinstance(event, CallStarted):
            models[event.call] = event.model
        elif isinstance(event, CallEnded) and (price := prices.get(models.get(event.call, ""))) is not None:
            entry = replace(entry, event=replace(event, cost=cost(event.usage, price)))
        told.append(entry)
    return told


def models_of(entries: Iterable[Entry]) -> frozenset[str]:
    """The models that a log names."""
    started = (entry.event for entry in entries if isinstance(entry.event, RunStarted))
    return frozenset(model for event in started for model in event.models.values())


_Group = tuple[str, str, tuple[tuple[str, str], ...]]


def rows(runs: Iterable[Ran]) -> tuple[Row, ...]:
    """A row for each pipeline, mode and set of models, in the order in which they first come."""
    groups: dict[_Group, list[Ran]] = defaultdict(list)
    for run in runs:
        groups[run.pipeline, run.mode, tuple(sorted(run.models.items()))].append(run)
    return tuple(_row(own, list(groups.values())) for own in groups.values())


def _row(own: Sequence[Ran], groups: Sequence[Sequence[Ran]]) -> Row:
    first, roles = own[0], dict[Role, Spending]()
    for run in own:
        for role, spent in run.roles.items():
            roles[role] = roles.get(role, Spending()) + spent
    standard = _standard(own, groups)
    return Row(
        pipeline=first.pipeline,
        models=first.models,
        mode=first.mode,
        runs=len(own),
        stubs=len({run.asked for run in own}),
        verified=sum(run.verified for run in own),
        scripted=sum(run.scripted for run in own),
        answered={asked: answered for run in own for asked, answered in run.answered.items()},
        shared=sum(run.shared for run in own),
        requests=sum(run.requests for run in own),
        roles=roles,
        usd=total(roles.values()).usd,
        standard=standard,
        homogeneous=_homogeneous(own, groups),
        roi=roi(standard.gain, standard.relative) if standard else None,
        planners_share=share("planner", roles) if "planner" in first.models else None,
        decomposition=decomposition_rate([run.entries for run in own]) if any(run.grown for run in own) else None,
    )


def _standard(own: Sequence[Ran], groups: Sequence[Sequence[Ran]]) -> Against | None:
    """Beside one call of the generator's model."""
    first = own[0]
    for pipeline in STANDARDS:
        for other in groups:
            one = other[0]
            same = (one.pipeline, one.mode, one.generator) == (pipeline, first.mode, first.generator)
            if same and (against := _against(own, other)) is not None:
                return against
    return None


def _homogeneous(own: Sequence[Ran], groups: Sequence[Sequence[Ran]]) -> Against | None:
    """Beside PaT with the planner's model in both places; the same tester comes first where several were run."""
    first = own[0]
    if first.pipeline != HOMOGENEOUS:
        return None
    wanted = (HOMOGENEOUS, first.mode, first.models.get("planner"))
    alone = [g for g in groups if g[0].homogeneous and (g[0].pipeline, g[0].mode, g[0].generator) == wanted]
    alone.sort(key=lambda group: (group is not own, group[0].models.get("tester") != first.models.get("tester")))
    return next((against for other in alone if (against := _against(own, other)) is not None), None)


def _against(own: Sequence[Ran], other: Sequence[Ran]) -> Against | None:
    """Both on their common stubs; None when there are none."""
    mine, theirs = _by_stub(own), _by_stub(other)
    common = [asked for asked in mine if asked in theirs]
    if not common:
        return None
    gains = [_passing(mine[asked]) - _passing(theirs[asked]) for asked in common]
    return Against(
        pipeline=other[0].pipeline,
        stubs=len(common),
        relative=relative_cost([_paid(mine[asked]) for asked in common], [_paid(theirs[asked]) for asked in common]),
        gain=100 * sum(gains) / len(gains),
    )


def _by_stub(runs: Iterable[Ran]) -> dict[str, list[Ran]]:
    found: dict[str, list[Ran]] = defaultdict(list)
    for run in runs:
        found[run.asked].append(run)
    return found


def _passing(runs: Sequence[Ran]) -> float:
    return sum(run.verified for run in runs) / len(runs)


def _paid(runs: Sequence[Ran]) -> float | None:
    """USD of a run on one stub, on average."""
    costs = [run.usd for run in runs]
    return None if None in costs else sum(usd or 0.0 for usd in costs) / len(costs)
