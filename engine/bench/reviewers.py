"""The reviewer's own benchmark: right and buggy bodies, and what a report on them is worth once it is executed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from ..desk import Desk
from ..errors import UsageError
from ..facts import Fact, Solution, Stub
from ..pipelines.catalogue import REVIEW_AND_FIX, Pipeline
from ..pipelines.reviewing import review_and_fix, why_not_repaired
from ..state.cost import Spending, shown, total
from ..system.nearest import nearest
from ..tables.rendering import Table, columns_of
from .cells import interval, percent
from .lines import Line
from .statistics import Share
from .suites.bugs import humanevalfix, quixbugs
from .suites.problems import Problem, Specimen, Suite
from .suites.releases import (
    HUMANEVAL_MINI,
    HUMANEVAL_PACK,
    HUMANEVAL_PLUS,
    QUIXBUGS,
    Shelf,
)

SOURCES = ("quixbugs", "humanevalfix")


async def review_blind(desk: Desk, stub: Stub) -> Solution:
    """Review what is there without running it, repair once if bugs are reported; findings are executed afterwards."""
    draft = desk.adopt(stub)
    review = await desk.review(stub, draft)
    fix = await desk.fix(stub, draft, review) if review.verdict == "bugs" else None
    await desk.prove(stub, draft, review)
    if fix is None:
        return await desk.settle(draft, why_not_repaired(review))
    return await desk.settle(fix, "repaired from the report")


BLIND = Pipeline(
    name="reviewer-blind",
    title="a report on code alone, and a repair",
    run=review_blind,
    roles=("coder", "reviewer"),
    bound=2,
    prompts=("reviewer/review", "coder/fix"),
    source="arXiv 2603.03406, 3.2, from a given body on",
)
EVIDENCE = Pipeline(
    name="reviewer-evidence",
    title="a report on code and what it did, findings executed, and a repair of what was shown",
    run=review_and_fix,
    roles=("coder", "reviewer"),
    bound=1,
    prompts=REVIEW_AND_FIX.prompts,
    source="redraft",
    repairs=True,
)
MODES = (BLIND, EVIDENCE)


def load_specimens(source: str, shelf: Shelf, *, mend: bool = True) -> Suite:
    """Right and buggy bodies as problems whose stub already has a body; their ids end in ":right" or ":buggy".

    Raises:
        UsageError: there is no such source.
        SourceError, EnvironmentFault: its files are not as they should be, or cannot be had.
    """
    if source not in SOURCES:
        raise UsageError(f"there are no specimens called {source!r}{nearest(source, SOURCES)}")
    is_quix = source == "quixbugs"
    specimens = quixbugs(shelf) if is_quix else humanevalfix(shelf, mend=mend)
    releases = (QUIXBUGS,) if is_quix else (HUMANEVAL_PACK, HUMANEVAL_PLUS, HUMANEVAL_MINI)
    return Suite(
        name=f"reviewers:{source}",
        problems=tuple(map(_as_problem, specimens)),
        versions=tuple(f"{release.version} (sha256 {release.sha256[:12]})" for release in releases),
        has_plus=False,
    )


def _as_problem(specimen: Specimen) -> Problem:
    stub = replace(specimen.problem.stub, body=specimen.body)
    return replace(specimen.problem, id=specimen.id, stub=stub)


class Marks(Fact, frozen=True):
    """What one reviewer in one mode was worth."""

    mode: str
    model: str
    recall: Share
    """Buggy bodies that it reported."""
    alarms: Share
    """Right bodies that it reported."""
    fixed: Share
    """Buggy bodies that pass the tests in the end."""
    broken: Share
    """Right bodies that do not pass them in the end."""
    findings: dict[str, int]
    """By what execution showed."""
    unreadable: int
    """Bodies of which no report told anything: the reply was no review, or was none; the body then stays as it was."""
    silent: int
    """Those of them that were not reviewed: the reviewer said nothing, or only thought."""
    spent: Spending
    errors: int = 0

    @property
    def net(self) -> int:
        """Fixed less broken."""
        return self.fixed.passes - self.broken.passes


def marks_of(lines: Iterable[Line]) -> tuple[Marks, ...]:
    """The marks of each mode and model, in the order they first appear."""
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.pipeline, line.model].append(line)
    return tuple(_marks(mode, model, group) for (mode, model), group in groups.items())


def _marks(mode: str, model: str, lines: Sequence[Line]) -> Marks:
    done = [line for line in lines if line.status == "done"]
    buggy = [line for line in done if line.problem.endswith(":buggy")]
    right = [line for line in done if line.problem.endswith(":right")]
    findings: dict[str, int] = {}
    for line in done:
        for status, count in line.findings.items():
            findings[status] = findings.get(status, 0) + count
    return Marks(
        mode=mode,
        model=model,
        recall=Share(passes=sum(line.review == "bugs" for line in buggy), of=len(buggy)),
        alarms=Share(passes=sum(line.review == "bugs" for line in right), of=len(right)),
        fixed=Share(passes=sum(line.plus for line in buggy), of=len(buggy)),
        broken=Share(passes=sum(not line.plus for line in right if line.review), of=len(right)),
        findings=findings,
        unreadable=sum(line.review in {"unreadable", "not reviewed", ""} for line in done),
        silent=sum(line.review in {"not reviewed", ""} for line in done),
        spent=total(line.spent for line in done),
        errors=len(lines) - len(done),
    )


def reviewers_table(marks: Sequence[Marks], suite: str, notes: Sequence[str] = ()) -> Table:
    """One row a mode and model."""
    heads = (
        "mode", "model", "buggy", "recall", "95 %", "right", "false alarms", "95 %",
        "findings", "reproduced", "refuted", "fix rate", "break rate", "net", "cost",
    )  # fmt: skip
    cells = [
        (
            mark.mode,
            mark.model,
            str(mark.recall.of),
            percent(mark.recall),
            interval(mark.recall),
            str(mark.alarms.of),
            percent(mark.alarms),
            interval(mark.alarms),
            str(sum(mark.findings.values())),
            str(mark.findings.get("reproduced", 0)),
            str(mark.findings.get("refuted", 0)),
            percent(mark.fixed),
            percent(mark.broken),
            f"{mark.net:+d}",
            shown(mark.spent) if mark.spent.calls else "n/a",
        )
        for mark in marks
    ]
    told = [
        f"{mark.mode} ({mark.model}): {mark.unreadable - mark.silent} replies were no review"
        for mark in marks
        if mark.unreadable > mark.silent
    ]
    told += [f"{mark.mode} ({mark.model}): {mark.silent} bodies were not reviewed" for mark in marks if mark.silent]
    told += [f"{mark.mode} ({mark.model}): {mark.errors} bodies could not be run" for mark in marks if mark.errors]
    legend = (
        "recall, false alarms: buggy and right bodies that were reported; findings are executed: reproduced, refuted, "
        "or neither; fix rate: buggy bodies that pass all hidden tests in the end; break rate: right ones that do not; "
        "net: fixed less broken"
    )
    return Table(
        name="reviewers",
        title=f"{suite}: what a reviewer is worth (percent)",
        heads=heads,
        rows=columns_of(heads, *cells),
        words=2,
        notes=(legend, *told, *notes),
    )
