"""The examples and whether they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive

from ...engine.facts import Check, Example
from ...engine.state.run import RunState
from ...engine.waits import listed, waiting_words, waits_for_words
from ..rows import Row
from ..sheet import Sheet
from ..signs import CHECKS, Sign, counted
from ..text import (
    Run,
    clipped,
    folded,
    paragraphs,
    shown,
    shown_line,
)
from .tally import expectation, standing, unused

_ORIGINS = {
    "visible": "from your docstring",
    "generated": "by the tester model",
    "finding": "from the findings",
    "test": "from your tests",
    "you": "from your answers",
    "hidden": "kept apart for judging",
}
_WAITING = Sign("·", "waiting", "$state-wait")
_NAME_CELLS = 10
_MOST_UNUSED = 6
"""Tests that cannot be used of which it is said why; `redraft check` tells of all."""


class _Line(NamedTuple):
    """One example as the table shows it."""

    example: Example
    check: Check | None
    sign: Sign
    expected: str
    got: str
    seconds: str


class ChecksTable(Sheet):
    """The examples of `state` with what was expected and what came out; the chosen one is told in full."""

    BINDINGS = [
        Binding("down,j", "next", "next", show=False, id="checks.next"),
        Binding("up,k", "previous", "previous", show=False, id="checks.previous"),
        Binding("space", "details", "details", show=False, id="checks.details"),
    ]

    state: reactive[RunState] = reactive(RunState, repaint=False)
    chosen: reactive[int] = reactive(0)
    """Which example the cursor is on, from 0."""
    detailed: reactive[bool] = reactive(True)
    """Whether the chosen example is told in full."""

    class Chosen(Message):
        """The cursor moved to an example."""

        def __init__(self, example: Example) -> None:
            super().__init__()
            self.example = example

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[_Line] = []
        self._seen: object = None

    # ------------------------------------------------------------------------------------ drawing

    def rows(self, width: int) -> list[Row]:
        """The score, and under it the examples by where they come from."""
        report = self.state.report
        self.entitle("examples", _other_score(self.state))
        head = [Row(line) for line in folded(_score(self.state), width, words=True)]
        problem = [Row(line) for line in paragraphs(report.problem, width, "$state-fail")] if report else []
        problem += [Row(line) for line in _undefined(self.state, width)]
        if report and report.import_words:
            problem.append(Row([(report.import_words, "$muted")]))
        self._lines = _lines(self.state)
        if not self._lines and not unused(self.state):
            return [*head, *problem, Row(), *(Row(line) for line in paragraphs(_advice(self.state), width, "$muted"))]
        return [*head, *problem, *self._table(width), *_unused_rows(self.state, width)]

    def fill(self, row: Row) -> str:
        """The cursor's ground."""
        return "on $cursor-bg" if row.item == self.chosen and self.detailed else ""

    def runs(self, row: Row) -> Sequence[Run]:
        """A row with the cursor's column before it."""
        if row.item < 0:
            return super().runs(row)
        return [("▌", "$primary") if row.item == self.chosen else (" ", ""), *super().runs(row)]

    def _table(self, width: int) -> Iterator[Row]:
        columns = _columns(self._lines, width - 1)
        place = None
        for number, line in enumerate(self._lines):
            if (line.example.origin, line.example.session) != place:
                place = (line.example.origin, line.example.session)
                yield Row()
                yield Row(_heading(_title(line.example), columns, width))
            yield Row(_cells(line, columns), number)
            if number == self.chosen and self.detailed:
                yield from (Row(runs, number) for runs in _details(line, width - 1))

    # ------------------------------------------------------------------------------------ attributes from above

    def watch_state(self, state: RunState) -> None:
        """Lay out anew when the examples, or what is known of them, changed; go to the first that fails."""
        seen = (
            *(state.run, state.stub, state.report, state.standing, state.checking, state.status),
            *(_other_score(state), state.undefined),
        )
        if seen == self._seen:
            return
        self._seen = seen
        lines = _lines(state)
        failing = next((n for n, line in enumerate(lines) if line.check is not None and _fails(line.check)), 0)
        self.set_reactive(ChecksTable.chosen, failing)
        self.relayout()
        self.bring_into_view(failing)

    @property
    def cursor(self) -> int:
        """The chosen example."""
        return self.chosen

    def watch_chosen(self, chosen: int) -> None:
        """Move the cursor."""
        self.relayout()
        self.bring_into_view(chosen)

    def watch_detailed(self) -> None:
        """Unfold or fold the chosen example."""
        self.relayout()
        self.bring_into_view(self.chosen)

    # ------------------------------------------------------------------------------------ keys and mouse

    @property
    def pointed(self) -> Example | None:
        """The example that the cursor is on."""
        return self._lines[self.chosen].example if self.chosen < len(self._lines) else None

    def action_next(self) -> None:
        """Go to the next example."""
        self._go(self.chosen + 1)

    def action_previous(self) -> None:
        """Go to the previous example."""
        self._go(self.chosen - 1)

    def action_details(self) -> None:
        """Tell the chosen example in full, or in one line."""
        self.detailed = not self.detailed

    def pressed(self, row: Row, name: str) -> None:
        """A click goes there; one more folds."""
        if row.item == self.chosen:
            self.action_details()
        elif row.item >= 0:
            self._go(row.item)

    def _go(self, number: int) -> None:
        if self._lines:
            self.chosen = max(0, min(number, len(self._lines) - 1))
            self.post_message(self.Chosen(self._lines[self.chosen].example))


# ---------------------------------------------------------------------------------------- from facts to words


def _score(state: RunState) -> list[Run]:
    """The first line: how many hold. Without examples nothing was verified, and that is said."""
    report, examples, tests = state.report, *_to_run(state)
    own = counted(len({example.test.name for example in tests if example.test}), "test") + " of yours"
    to_judge = [example for example in examples if not example.waits_for]
    held_up = len(examples) - len(to_judge)
    if state.checking and state.standing is not None:
        return [("▸ running its examples, as the files are now…", "bold $state-run")]
    if state.checking:
        named = [*([counted(len(to_judge), "example")] if to_judge or not tests else []), *([own] if tests else [])]
        return [(f"▸ running {' and '.join(named)}…", "bold $state-run")]
    if state.standing is not None and state.standing.outdated:
        return [(f"? not run on what is there now: {shown_line(state.standing.outdated)}", "bold $state-warn")]
    if report is not None and report.problem:
        return [("✗ the program could not run", "bold $state-fail")]
    if report is not None and report.checks:
        waits: list[Run] = [(f"; {shown_line(waiting_words(report))}", "$state-wait")] if waiting_words(report) else []
        total, own_tests = len(report.judged_examples), len(report.tests)
        if not report.judged:
            return [(f"? unverified: {shown_line(waiting_words(report))}", "bold $state-warn")]
        if report.all_passed:
            every = "" if waits else "all "
            word = ("1" if waits else "the") + " example holds" if total == 1 else f"{every}{total} examples hold"
            own = f"{own_tests} of your tests hold{'s' if own_tests == 1 else ''}"
            held = ", ".join([*([word] if total else []), *([own] if own_tests else [])])
            return [(f"✓ {held}", "bold $state-pass"), *waits]
        return [(f"✗ {standing(report)}", "bold $state-fail"), *waits]
    if state.stub is None:
        return [("no stub chosen", "bold $muted")]
    if not examples and not tests:
        ink = "bold $state-warn"
        return [("? no examples: nothing was verified" if report or state.solution else "? no examples yet", ink)]
    named = [*([counted(len(to_judge), "example")] if to_judge else []), *([own] if tests else [])]
    hold = f"{' and '.join(named)} to hold a draft against" if named else "no example can be run yet"
    names = tuple(dict.fromkeys(name for example in examples for name in example.waits_for))
    wait = f"; {held_up} wait{'s' if held_up == 1 else ''} for {shown_line(listed(names))}" if held_up else ""
    return [(f"· {hold}{wait}", "bold $state-wait")]


def _to_run(state: RunState) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """The docstring's examples, and the project's tests as far as they have been looked for."""
    return (state.stub.examples, state.stub.tests) if state.stub else ((), ())


def _unused_rows(state: RunState, width: int) -> Iterator[Row]:
    idle = unused(state)
    if not idle:
        return
    yield Row()
    yield from (Row(line) for line in paragraphs(f"{counted(len(idle), 'test')} not used", width, "$muted"))
    for test in idle[:_MOST_UNUSED]:
        yield from (Row(line) for line in paragraphs(f"– {shown_line(f'{test.where} {test.why}')}", width, "$muted"))
    if len(idle) > _MOST_UNUSED and state.stub is not None:
        more = f"… and {len(idle) - _MOST_UNUSED} more: redraft check FILE --function {state.stub.name} tells of all"
        yield from (Row(line) for line in paragraphs(more, width, "$muted"))


def _undefined(state: RunState, width: int) -> list[list[Run]]:
    """Names that the draft uses and nothing defines: known before it runs."""
    draft = state.checking or (state.report.draft if state.report else "")
    lines: list[list[Run]] = []
    for name in state.undefined.get(draft, ()):
        repair = f"; {name.repair} would" if name.repair else ""
        lines += paragraphs(f"! line {name.line} uses {name.name}, which nothing defines{repair}", width, "$state-warn")
    return lines


def _fails(check: Check) -> bool:
    return not check.passed and check.verdict != "waits"


def _title(example: Example) -> str:
    """Where an example comes from; a docstring that is not the function's own goes by what it belongs to."""
    return f"from {example.session}" if example.session else _ORIGINS[example.origin]


def _advice(state: RunState) -> str:
    if state.stub is None:
        return "choose a stub, and its examples are listed here"
    return "write examples into the docstring, such as\n\n    >>> " + state.stub.entry_point + "(…)\n    …\n\nand save"


def _other_score(state: RunState) -> str:
    """What the reviewed draft reached, when the report is on another that is proposed in its place."""
    first, report = state.first_draft, state.report
    if (
        state.standing is not None
        or first is None
        or report is None
        or report.draft == first.id
        or first.id not in state.reports
    ):
        return ""
    before = state.reports[first.id]
    return f"the first draft: {before.passes} of {len(before.judged)}"


def _lines(state: RunState) -> list[_Line]:
    order, report = list(_ORIGINS), state.report
    if report is not None and report.checks:
        lines = [_line(check.example, check) for check in report.checks]
    else:
        lines = [_line(example, None) for both in _to_run(state) for example in both]
    return sorted(lines, key=lambda line: order.index(line.example.origin))


def _line(example: Example, check: Check | None) -> _Line:
    waits = bool(example.waits_for) if check is None else check.verdict == "waits"
    sign = CHECKS["waits"] if waits else _WAITING if check is None else CHECKS[check.verdict]
    names = example.waits_for if check is None else check.waits_for
    got = check.got.rstrip("\n") if check is not None else ""
    if waits and names:
        got = f"waits for {listed(names, 2)}"
    seconds = "" if check is None or waits else f"{check.seconds:.2f} s" if check.seconds >= 0.005 else "<10 ms"
    return _Line(example, check, sign, expectation(example), got, seconds)


# ---------------------------------------------------------------------------------------- from words to cells


def _columns(lines: Sequence[_Line], width: int) -> list[int]:
    """Cells of source, expected, got, seconds and word; 0 for a column there is no room for."""
    seconds, word = 8 if width >= 72 else 0, _NAME_CELLS if width >= 96 else 0
    room = width - 2 - seconds - word
    wanted = [
        max((cell_len(shown_line(text)) for text in texts), default=0) + 2
        for texts in zip(*((line.example.source.strip(), line.expected, line.got) for line in lines), strict=True)
    ]
    # Both kinds that are the user's own begin with the same words: their headings are to be told apart.
    first = 18 if any(line.example.test is not None for line in lines) else 9
    wanted = [max(want, least) for want, least in zip(wanted, (first, 10, 5), strict=True)]
    if width < 40:
        return [max(1, room), 0, 0, seconds, word]
    return [*_shared_out(wanted, room), seconds, word]


def _shared_out(wanted: list[int], room: int) -> list[int]:
    """Cells for each column: what it wants, where that is no more than its share, and the rest among the others."""
    given = [0] * len(wanted)
    left, waiting = room, set(range(len(wanted)))
    while waiting:
        share = left // len(waiting)
        modest = {n for n in waiting if wanted[n] <= share}
        for n in modest or waiting:
            given[n] = wanted[n] if modest else share
            left -= given[n]
        waiting -= modest or waiting
    return given


def _heading(title: str, columns: list[int], width: int) -> list[Run]:
    names = ("expected", "got", "time", "")
    lead = clipped(title, columns[0] + 2 if columns[1] else width - 1)
    line: list[Run] = [(" ", ""), (lead.ljust(columns[0] + 2), "$muted")]
    return [*line, *((_cell(name, cells), "$muted") for name, cells in zip(names, columns[1:], strict=True) if cells)]


def _cells(line: _Line, columns: list[int]) -> list[Run]:
    source, expected, got, seconds, word = columns
    calm = line.sign == CHECKS["waits"] or (line.check is not None and line.check.passed)
    got_ink = "$muted" if calm else "$state-fail"
    return [
        (f"{line.sign.mark} ", line.sign.ink),
        (_cell(shown_line(line.example.source.strip()), source), ""),
        (_cell(shown_line(line.expected), expected), ""),
        (_cell(shown_line(line.got), got), got_ink),
        (_cell(line.seconds, seconds), "$muted"),
        (_cell(line.sign.word, word), line.sign.ink),
    ]


def _cell(text: str, cells: int) -> str:
    """Text in exactly so many cells, the last of them free."""
    if not cells:
        return ""
    fitted = clipped(text, cells - 1)
    return fitted + " " * (cells - cell_len(fitted))


def _details(line: _Line, width: int) -> Iterator[list[Run]]:
    """The chosen example in full: whole texts, broken where they must be."""
    test = line.example.test
    told = [("place", f"{test.where}, {test.name.partition('::')[2]}")] if test is not None else []
    setup = test.own_setup if test is not None else tuple(statement.strip() for statement in line.example.before)
    told += [("before", "\n".join(setup))] if setup else []
    told += [("example", line.example.source.strip()), ("expected", line.expected)]
    if line.sign == CHECKS["waits"]:
        names = line.check.waits_for if line.check is not None else line.example.waits_for
        told.append(("waits", waits_for_words(names)) if names else ("not held", line.got))
    elif line.check is not None:
        told.append(("got" if line.check.verdict in {"passed", "failed"} else line.sign.word, line.got or "nothing"))
    if line.example.options:
        told.append(("compared", ", ".join(line.example.options)))
    if line.check is not None and line.check.by_value:
        told.append(("compared", line.check.against_doctest))
    for name, text in told:
        ink = line.sign.ink if name not in {"example", "expected", "compared", "place", "before"} else ""
        label = name.ljust(_NAME_CELLS)
        for row in shown(text).split("\n"):
            for piece in folded([(row, ink)], max(1, width - 3 - _NAME_CELLS)):
                yield [("   ", ""), (label, "$muted"), *piece]
                label = " " * _NAME_CELLS
    if line.seconds and width < 72:
        yield [("   ", ""), ("time".ljust(_NAME_CELLS), "$muted"), (line.seconds, "$muted")]
