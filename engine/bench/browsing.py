"""Results as a person browses them: problems, one cell for each column, and what kind of result each is.

docs/bench.md defines the kinds; this is that definition as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

from ..facts import Fact, Stub
from ..tables.rendering import Table, columns_of
from ..tables.taxonomy import Failure, classified
from .lines import Column, Header, Line
from .reviewers import marks_of, reviewers_table
from .standing import Group, baseline_of, rows_by_level, solution_of
from .suites.datasets import BASE_ONLY
from .tables import table

Kind = Literal["fixed", "broken", "false alarm", "failed"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Outcome = Literal["pass", "base", "fail", "error"]
"""base: the benchmark's own tests hold, those that EvalPlus added do not; error: it could not be run."""
MARKS: dict[Kind, str] = {"fixed": "+", "broken": "-", "false alarm": "r", "failed": ""}
"""What stands beside an outcome."""
_WORDS: dict[Outcome, str] = {"pass": "✓ pass", "base": "~ base", "fail": "✗ fail", "error": "! error"}
_STAMPED = re.compile(r"\d{8}T\d{6}\.\d{3}-(.+)")
NO_CELL = "·"


class Cell(Fact, frozen=True):
    """One problem in one column."""

    line: Line
    outcome: Outcome
    kinds: tuple[Kind, ...] = ()
    draft_passed: bool | None = None
    """Whether the draft that was reviewed passes; None where there was none, or nobody knows."""

    @property
    def marks(self) -> str:
        """The marks of its kinds, "" for most cells."""
        return "".join(MARKS[kind] for kind in self.kinds)

    @property
    def text(self) -> str:
        """Sign, word and marks."""
        return f"{_WORDS[self.outcome]} {self.marks}".rstrip()


class Case(Fact, frozen=True):
    """One problem."""

    problem: str
    name: str
    """The function's, as well as it is known."""
    cells: tuple[Cell | None, ...]
    """One a column, None where it was not run yet."""

    def has(self, kind: Kind, column: int | None = None) -> bool:
        """Whether a cell is of that kind, in one column or in any."""
        cells = self.cells if column is None else self.cells[column : column + 1]
        return any(cell is not None and kind in cell.kinds for cell in cells)


class Results(Fact, frozen=True):
    """A file of results."""

    header: Header
    columns: tuple[Column, ...]
    names: tuple[str, ...]
    """What tells the columns apart, in as few words as do."""
    baselines: tuple[int | None, ...]
    """Number of the column that each is compared with, None for the baseline itself."""
    cases: tuple[Case, ...]
    """In the order of their ids."""
    lines: tuple[Line, ...]

    @property
    def has_plus(self) -> bool:
        """Whether there are tests beyond the benchmark's own."""
        return not (self.header.suite in BASE_ONLY or self.of_reviewers)

    @property
    def of_reviewers(self) -> bool:
        """Whether these are given bodies that were reviewed."""
        return self.header.suite.startswith("reviewers")

    @property
    def models(self) -> tuple[str, ...]:
        """Each once."""
        return tuple(dict.fromkeys(column.model for column in self.columns))

    def first_column(self, pipeline: str, model: str, mode: str | None = None) -> int:
        """Number of the first column of these, -1 when there is none."""
        wanted = (
            n
            for n, column in enumerate(self.columns)
            if (column.pipeline, column.model) == (pipeline, model) and mode in (None, column.mode)
        )
        return next(wanted, -1)

    def done(self, column: int) -> int:
        """How many problems of a column are judged."""
        cells = (case.cells[column] for case in self.cases)
        return sum(cell is not None and cell.outcome != "error" for cell in cells)

    def chosen(self, kind: Kind | None, column: int | None = None, sought: str = "") -> tuple[Case, ...]:
        """The problems of a kind (None: all) in one column or any, whose id or name holds what is sought."""
        return tuple(
            case
            for case in self.cases
            if (kind is None or case.has(kind, column)) and (not sought or _holds(case, sought))
        )


def results_of(header: Header, lines: Sequence[Line], stubs: Mapping[str, Stub] | None = None) -> Results:
    """The lines of a file, put in order; `stubs` by problem give the names of functions."""
    columns = tuple(dict.fromkeys(line.column for line in lines))
    known = {(line.problem, line.column): line for line in lines}
    problems = sorted(dict.fromkeys(line.problem for line in lines), key=_natural)
    baselines = tuple(_baseline(column, columns, header) for column in columns)
    has_plus = not (header.suite in BASE_ONLY or header.suite.startswith("reviewers"))
    cases: list[Case] = []
    for problem in problems:
        mine = [known.get((problem, column)) for column in columns]
        against = [None if number is None else mine[number] for number in baselines]
        cells = tuple(
            None if line is None else _cell(line, other, has_plus=has_plus, header=header)
            for line, other in zip(mine, against, strict=True)
        )
        cases.append(Case(problem=problem, name=_name(problem, mine, stubs or {}), cells=cells))
    return Results(
        header=header,
        columns=columns,
        names=_names(columns),
        baselines=baselines,
        cases=tuple(cases),
        lines=tuple(lines),
    )


def scores_of(results: Results, stubs: Mapping[str, Stub] | None = None) -> tuple[Table, tuple[int, ...]]:
    """The table above the problems (the scoreboard, or the reviewers' marks), and the first column of each row."""
    if results.of_reviewers:
        marks = marks_of(results.lines)
        numbers = [results.first_column(mark.mode, mark.model) for mark in marks]
        return reviewers_table(marks, results.header.suite), tuple(numbers)
    rows = rows_by_level(results.lines, results.header.suite, has_plus=results.has_plus, stubs=stubs)
    return table("scoreboard", rows), tuple(results.first_column(row.pipeline, row.model, row.mode) for row in rows)


def problems_table(results: Results) -> Table:
    """Every problem and what came of it in each column."""
    heads = ("problem", "function", *results.names)
    rows = [
        (case.problem, case.name, *(cell.text if cell is not None else NO_CELL for cell in case.cells))
        for case in results.cases
    ]
    counts = ", ".join(f"{kind} {len(results.chosen(kind))}" for kind in KINDS)
    return Table(
        name="problems",
        title=f"{results.header.suite}: {len(results.cases)} problems ({counts})",
        heads=heads,
        rows=columns_of(heads, *rows),
        words=len(heads),
        notes=("+ fixed, - broken, r reviewer false alarm; ~ base: only the added tests fail; · not run",),
    )


def failure_of(results: Results, case: Case, column: int, stub: Stub) -> tuple[Failure, str] | None:
    """Why this column fails where another passes, and that column's name; fixed: why the baseline failed.

    The passing one is the baseline, or else the first column that passes; None where none does.
    """
    cell, base = case.cells[column], results.baselines[column]
    if cell is None or cell.outcome == "error":
        return None
    if "fixed" in cell.kinds and base is not None and (other := case.cells[base]) is not None:
        failure = classified(stub, failed=solution_of(other.line), passed=solution_of(cell.line))
        return failure, results.names[base]
    if "failed" not in cell.kinds:
        return None
    others = range(len(case.cells))
    for number in others if base is None else (base, *others):
        passed = case.cells[number]
        if passed is not None and passed.outcome == "pass":
            failure = classified(stub, failed=solution_of(cell.line), passed=solution_of(passed.line))
            return failure, results.names[number]
    return None


# ---------------------------------------------------------------------------------------- from lines to cells


def _cell(line: Line, baseline: Line | None, *, has_plus: bool, header: Header) -> Cell:
    if line.status != "done":
        return Cell(line=line, outcome="error")
    passes = line.plus if has_plus else line.base
    draft = _draft_passed(line, has_plus=has_plus, given=header.suite.startswith("reviewers"))
    kinds: list[Kind] = []
    before = _before(line, baseline, has_plus=has_plus, given=header.suite.startswith("reviewers"))
    if before is not None and before != passes:
        kinds.append("fixed" if passes else "broken")
    if line.review == "bugs" and draft:
        kinds.append("false alarm")
    if not passes:
        kinds.append("failed")
    outcome: Outcome = "pass" if passes else "base" if has_plus and line.base else "fail"
    return Cell(line=line, outcome=outcome, kinds=tuple(kinds), draft_passed=draft)


def _before(line: Line, baseline: Line | None, *, has_plus: bool, given: bool) -> bool | None:
    """Whether the problem was solved without this: by the baseline, or by the body that was given to a reviewer."""
    if given:
        return line.problem.endswith(":right") if line.review else None
    if baseline is None or baseline.status != "done":
        return None
    return baseline.plus if has_plus else baseline.base


def _draft_passed(line: Line, *, has_plus: bool, given: bool) -> bool | None:
    """Whether the draft that the reviewer saw passes, None where nobody knows."""
    if not line.review:
        return None
    if given:
        return line.problem.endswith(":right")
    told = line.reviewed_plus if has_plus else line.reviewed_base
    if told is None and not line.fixed and line.pipeline != "debate":
        # Older files do not say it; what was settled on, and is no repair, is the draft that was reviewed.
        return line.plus if has_plus else line.base
    return told


def _baseline(column: Column, columns: Sequence[Column], header: Header) -> int | None:
    if header.suite.startswith("reviewers"):
        return None
    groups: list[Group] = list(dict.fromkeys((one.pipeline, one.model, one.mode) for one in columns))
    against = baseline_of((column.pipeline, column.model, column.mode), groups)
    if against is None:
        return None
    pipeline, model, mode = against
    wanted = Column(pipeline=pipeline, model=model, mode=mode, seed=column.seed)
    return columns.index(wanted) if wanted in columns else None


def _names(columns: Sequence[Column]) -> tuple[str, ...]:
    models, modes, seeds = (
        {one.model for one in columns},
        {one.mode for one in columns},
        {one.seed for one in columns},
    )
    return tuple(
        " · ".join(
            [
                one.pipeline,
                *([one.model] if len(models) > 1 else []),
                *([one.mode] if len(modes) > 1 else []),
                *([f"seed {one.seed}"] if len(seeds) > 1 else []),
            ]
        )
        for one in columns
    )


def _name(problem: str, lines: Iterable[Line | None], stubs: Mapping[str, Stub]) -> str:
    """The function's name; without the benchmark's files, what the names of its runs tell of it."""
    if problem in stubs:
        return stubs[problem].entry_point
    for line in lines:
        stamped = _STAMPED.fullmatch(line.run) if line is not None else None
        if line is not None and stamped is not None:
            return stamped[1].removesuffix(f"-{line.pipeline}").replace("-", "_")
    return ""


def _holds(case: Case, sought: str) -> bool:
    text = f"{case.problem}\n{case.name}"
    return sought in text if any(letter.isupper() for letter in sought) else sought in text.lower()


def _natural(problem: str) -> tuple[tuple[int, int, str], ...]:
    """An id as something that sorts: "HumanEval/4" before "HumanEval/12"."""
    parts = re.findall(r"\d{1,18}|\D+|\d+", problem)
    return tuple((0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part) for part in parts)
