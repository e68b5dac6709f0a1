"""From lines to rows: what each pipeline and model reached, paired against the baseline."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ..facts import Check, Draft, Example, Fact, Report, Role, Solution, Stub
from ..state.cost import Spending, total
from ..tables.taxonomy import classified
from .lines import Line, model_in
from .statistics import Paired, Share, bootstrapped, differences, paired

BASELINES = ("raw-coder", "standard")
"""What the papers compare with; else the first row is the baseline."""


PLANNING = frozenset({"pat", "funcoder"})
"""Pipelines that may split a function."""


class Row(Fact, frozen=True):
    """One pipeline with one set of models, all seeds together."""

    pipeline: str
    model: str
    mode: str
    suite: str
    base: Share
    plus: Share
    has_plus: bool = True
    seeds: int = 1
    errors: int = 0
    faults: int = 0
    """Problems that could not be run; they count in nothing else."""
    baseline: str = ""
    """What `change` is against, "" for the baseline itself."""
    change: Paired | None = None
    """On plus where there is one, else on base."""
    change_base: Paired | None = None
    gains: tuple[float, ...] = ()
    """On each problem that both were run on, what it gains over the baseline, over its seeds: from -1 to 1."""
    calls: float = 0.0
    """A problem, on average."""
    roles: dict[Role, Spending] = {}
    seconds: float = 0.0
    """Wall clock of a problem on average, without standing in line."""
    decomposed: Share | None = None
    """Problems where a plan introduced a function; None where nothing plans so."""
    empty: int = 0
    """Answers without code."""
    unreviewed: int = 0
    """Problems whose review did not come, or was none: their drafts stand as the coder wrote them."""
    regressions: dict[str, int] | None = None
    """Problems that only the baseline passes, by failure class (arXiv 2603.03406, 4.4); None when not sorted."""
    improvements: dict[str, int] | None = None
    """Problems that only this passes, by what the baseline failed of."""
    ceiling_base: Share | None = None
    ceiling: Share | None = None
    """What the canonical solutions reach on the same problems on this machine."""
    weak: int = 0
    """Verdicts whose tests shared a process with the program."""

    @property
    def headline(self) -> Share:
        """The score the suite is known by."""
        return self.plus if self.has_plus else self.base

    @property
    def spread(self) -> tuple[float, float]:
        """95 % interval of the difference from the baseline, a share, by a paired bootstrap over problems."""
        return bootstrapped(self.gains)

    @property
    def spent(self) -> Spending:
        """All roles together."""
        return total(self.roles.values())

    @property
    def usd(self) -> float | None:
        """A problem on average; None when any price is unknown."""
        spent = self.spent
        return None if spent.usd is None or not self.base.of else spent.usd / self.base.of


Group = tuple[str, str, str]
"""Pipeline, model and mode: what a row is about."""


def rows_by_level(
    lines: Iterable[Line], suite: str, *, has_plus: bool = True, stubs: Mapping[str, Stub] | None = None
) -> tuple[Row, ...]:
    """Rows as `rows_of` has them, and for a suite with levels rows of each level ("xcodeeval-hard")."""
    every = tuple(lines)
    levels = dict.fromkeys(line.level for line in every)
    if set(levels) <= {""}:
        return rows_of(every, suite, has_plus=has_plus, stubs=stubs)
    return tuple(
        row
        for level in levels
        for row in rows_of(
            [line for line in every if line.level == level],
            f"{suite}-{level or 'other'}",
            has_plus=has_plus,
            stubs=stubs,
        )
    )


def rows_of(
    lines: Iterable[Line], suite: str, *, has_plus: bool = True, stubs: Mapping[str, Stub] | None = None
) -> tuple[Row, ...]:
    """A row for each pipeline and model; `stubs` by problem let regressions be sorted."""
    groups: dict[Group, list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.pipeline, line.model, line.mode].append(line)
    return tuple(_row(group, groups, suite, has_plus=has_plus, stubs=stubs or {}) for group in groups)


def _row(
    group: Group, groups: Mapping[Group, list[Line]], suite: str, *, has_plus: bool, stubs: Mapping[str, Stub]
) -> Row:
    pipeline, model, mode = group
    done = [line for line in groups[group] if line.status == "done"]
    against = baseline_of(group, list(groups))
    other = [line for line in groups[against] if line.status == "done"] if against else []
    roles: dict[Role, Spending] = {}
    for line in done:
        for role, spent in line.roles.items():
            roles[role] = roles.get(role, Spending()) + spent
    return Row(
        pipeline=pipeline,
        model=model,
        mode=mode,
        suite=suite,
        has_plus=has_plus,
        seeds=len({line.seed for line in groups[group]}),
        base=Share(passes=sum(line.base for line in done), of=len(done)),
        plus=Share(passes=sum(line.plus for line in done), of=len(done)),
        errors=sum(line.status == "error" for line in groups[group]),
        faults=sum(line.status == "fault" for line in groups[group]),
        baseline=against[0] if against else "",
        change=paired(_passes(other, plus=has_plus), _passes(done, plus=has_plus)) if against else None,
        change_base=paired(_passes(other, plus=False), _passes(done, plus=False)) if against else None,
        gains=differences(_passes(other, plus=has_plus), _passes(done, plus=has_plus)) if against else (),
        calls=sum(line.spent.calls for line in done) / len(done) if done else 0.0,
        roles=roles,
        seconds=sum(line.seconds for line in done) / len(done) if done else 0.0,
        decomposed=Share(passes=sum(line.helpers > 0 for line in done), of=len(done)) if pipeline in PLANNING else None,
        empty=sum(line.judged == "no code" for line in done),
        unreviewed=sum(line.review in {"unreadable", "not reviewed"} for line in done),
        regressions=_sorted(other, done, stubs) if against and stubs else None,
        improvements=_sorted(done, other, stubs) if against and stubs else None,
        ceiling_base=_ceiling(done, plus=False),
        ceiling=_ceiling(done, plus=has_plus),
        weak=sum(line.weak for line in done),
    )


def baseline_of(group: Group, groups: Sequence[Group]) -> Group | None:
    """The row to compare with: raw-coder, else standard, of the same coder and mode if there is one, else the first."""
    if group[0] in BASELINES:
        return None
    named = [other for name in BASELINES for other in groups if other[0] == name]
    if named:
        coder = model_in(group[1], "coder")
        return max(named, key=lambda other: (model_in(other[1], "coder") == coder, other[2] == group[2]))
    return None if groups[0] == group else groups[0]


def _passes(lines: Iterable[Line], *, plus: bool) -> dict[tuple[str, int], bool]:
    return {(line.problem, line.seed): line.plus if plus else line.base for line in lines}


def _ceiling(lines: Sequence[Line], *, plus: bool) -> Share | None:
    told = {
        line.problem: line.canonical_plus if plus else line.canonical_base
        for line in lines
        if line.canonical_plus is not None
    }
    return Share(passes=sum(map(bool, told.values())), of=len(told)) if told else None


def _sorted(passing: Sequence[Line], failing: Sequence[Line], stubs: Mapping[str, Stub]) -> dict[str, int]:
    """Problems that the first pass and the second fail, by failure class."""
    right = {(line.problem, line.seed): line for line in passing if line.plus}
    kinds: Counter[str] = Counter()
    for line in failing:
        passed = right.get((line.problem, line.seed))
        if passed is not None and not line.plus and line.problem in stubs:
            failure = classified(stubs[line.problem], failed=solution_of(line), passed=solution_of(passed))
            kinds[failure.kind] += 1
    return dict(kinds.most_common())


def solution_of(line: Line) -> Solution:
    """What a line says as a solution whose report holds the first hidden test that failed."""
    empty = line.judged == "no code"
    failing = () if line.plus else (Check(example=Example(source="hidden test"), verdict="failed", got=line.why),)
    return Solution(
        draft=Draft(id="d", body=line.body, problem=line.why if empty else None),
        report=Report(draft="d", checks=failing),
    )
