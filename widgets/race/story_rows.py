"""What a lane's pattern is about, as rows: its plan, its report, its repair as a change, its tree. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.diff import hunks
from ...engine.facts import Draft
from ...engine.state.run import RunState
from ..highlighting import python_lines
from ..rows import Row
from ..run.diff_rows import Page, digits, rows_of
from ..run.draft_text import view_of
from ..run.report_rows import card, under, verdict
from ..signs import by_weight, counted
from ..text import Run, clipped, folded, length, paragraphs, shown, shown_line
from ..tree.plan_rows import Line, Planned, fitted, line_of, placed, planned_runs, runs_of
from ..tree.tree_words import how_of

REPAIRS = frozenset({"fix", "retry", "synthesis"})
"""What calls are for that write a repair."""

PLAN_LINES = 9
"""Lines of a plan once it is written: the code that came of it is to be seen below it."""


def title(name: str, note: str, width: int) -> list[Run]:
    """The line above a section."""
    told = clipped(shown_line(note), max(0, width - len(name) - 3))
    line: list[Run] = [(f"{name} ", "bold $accent"), (f"{told} " if told else "", "$muted")]
    return [*line, ("─" * max(0, width - length(line)), "$muted")]


def plan_rows(state: RunState, width: int) -> Iterator[Row]:
    """The newest plan, also while it is written; none where no planner was asked."""
    call = state.live_call
    writes = call is not None and call.role == "planner"
    text = call.text if writes and call is not None else state.plans[-1].text if state.plans else ""
    if not text.strip():
        return
    yield Row(title("plan", counted(len(text.split()), "word"), width))
    lines = paragraphs(text.strip(), width)
    shown_lines = lines if writes or len(lines) <= PLAN_LINES + 1 else lines[:PLAN_LINES]
    yield from map(Row, shown_lines)
    if len(shown_lines) < len(lines):
        yield Row([(f"… {len(lines) - len(shown_lines)} more lines", "$muted")])
    yield Row()


def report_rows(state: RunState, width: int) -> Iterator[Row]:
    """The reviewer's report, each finding with what running it showed; none where nobody reviews."""
    call = state.live_call
    if state.review is None and (call is None or call.role != "reviewer"):
        return
    yield Row()
    yield Row(title("report", state.review.model if state.review else "", width))
    yield from (Row(line) for line in folded(verdict(state), width, words=True))
    yield from (Row(line) for line in paragraphs(under(state).strip(), width, "$muted"))
    for finding in by_weight(state.review.findings) if state.review else ():
        yield from map(Row, card(finding, width))


def repair_rows(state: RunState, width: int) -> Iterator[Row]:
    """The repair as a change to the draft, or as far as it is written; none where nothing was repaired."""
    call, first, fix = state.live_call, state.first_draft, state.last_fix
    if call is not None and call.purpose in REPAIRS:
        view = view_of(state)
        yield Row()
        yield Row(title("repair", "is being written", width))
        for line in python_lines(shown(view.body).rstrip("\n")) if view.body.strip() else ():
            yield from map(Row, folded(line, width))
    elif state.stub is not None and first is not None and fix is not None and fix.id != first.id:
        yield Row()
        yield Row(title("repair", _repaired(state, fix), width))
        if fix.problem:
            yield from map(Row, paragraphs(f"✗ {fix.problem}", width, "$state-fail"))
            return
        found = hunks(state.stub.shown(first.body), state.stub.shown(fix.body), context=1)
        if not found:
            yield Row([("the same body again", "$muted")])
        page = Page(width, split=False, wrap=True, gutter=digits(found), decided={}, keys=None)
        yield from (Row(row.runs, fill=row.fill) for row in rows_of(found, page))


def tree_rows(state: RunState, width: int) -> Iterator[Row]:
    """The functions of a tree with how far each is; none where none grows."""
    tree = state.tree
    if not tree.nodes:
        return
    yield Row(title("tree", counted(len(tree.nodes), "function"), width))
    spent = tree.spent()
    lines = [
        place if isinstance(place, Planned) else line_of(place, state, spent[place.node.path], state.now)
        for place in placed(tree, frozenset())
    ]
    fit = fitted([line for line in lines if isinstance(line, Line)], width)
    for line in lines:
        yield Row(planned_runs(line, fit) if isinstance(line, Planned) else runs_of(line, fit))
    yield Row()


def _repaired(state: RunState, fix: Draft) -> str:
    """What became of a repair, and with what it was asked for."""
    report = state.reports.get(fix.id)
    if report is None or not report.judged:
        return how_of(fix) if fix.how else ""
    return f"holds {report.passes} of {len(report.judged)} examples"
