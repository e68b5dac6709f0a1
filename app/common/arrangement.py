"""Which panes are on the screen, by its size and by how far the run is: plain arithmetic, no widgets."""

from __future__ import annotations

from typing import Literal, NamedTuple, cast, get_args

from ...engine.state.run import STAGES, RunState, Stage

Pane = Literal["draft", "report", "diff", "examples", "behaviour"]
PANES: tuple[Pane, ...] = get_args(Pane)
Layout = Literal["tiny", "single", "stacked", "columns", "grid"]

SMALLEST = (40, 12)
"""Columns and lines below which nothing useful can be shown."""
STACKED_FROM = (100, 26)
COLUMNS_FROM = (120, 20)
GRID_FROM = (120, 40)
RAIL_FROM = 140
"""Columns from which a list of stubs may stand beside two panes without breaking their lines."""

IN_PAIRS: tuple[Pane, ...] = ("report", "draft", "examples", "behaviour", "diff")
"""Which of two panes stands before the other: the report before what it speaks of, and before the diff."""
IN_GRID: tuple[Pane, ...] = ("draft", "examples", "report", "diff")
"""In the order of a run: above what was drafted and how it ran, below what was reported and what mends it."""

_COMPANIONS: dict[Pane, Pane] = {
    "draft": "examples",
    "examples": "draft",
    "report": "diff",
    "diff": "report",
    "behaviour": "diff",
}


class Choice(NamedTuple):
    """The pane a person looks at, and the one beside it where there is room for two."""

    focus: Pane = "draft"
    beside: Pane = "examples"

    def with_focus(self, pane: Pane) -> Choice:
        """The same with this pane in front."""
        if pane in self:
            return Choice(pane, self.beside if pane == self.focus else self.focus)
        return Choice(pane, _COMPANIONS[pane])


class Arrangement(NamedTuple):
    """What to show."""

    layout: Layout
    panes: tuple[Pane, ...]
    """In the order in which they stand, row by row."""
    rail: bool
    """Whether the stub list has a column of its own."""


def too_small(width: int, height: int) -> str:
    """What is said in place of everything on a screen of so many columns and lines."""
    return f"terminal too small: {width}×{height}, needs {SMALLEST[0]}×{SMALLEST[1]}"


def arranged(width: int, height: int, choice: Choice, stubs: int) -> Arrangement:
    """The panes that fit into `width` columns and `height` lines, for a file with so many stubs."""
    layout = _layout(width, height)
    pair: tuple[Pane, ...] = tuple(pane for pane in IN_PAIRS if pane in choice)
    panes: dict[Layout, tuple[Pane, ...]] = {"tiny": (), "single": (choice.focus,), "grid": _grid(choice)}
    return Arrangement(
        layout, panes.get(layout, pair), rail=layout in {"columns", "grid"} and stubs > 1 and width >= RAIL_FROM
    )


def _grid(choice: Choice) -> tuple[Pane, ...]:
    """The four panes; what candidates do takes the place of the report."""
    return tuple("behaviour" if pane == "report" and "behaviour" in choice else pane for pane in IN_GRID)


def _layout(width: int, height: int) -> Layout:
    for least, layout in ((GRID_FROM, "grid"), (COLUMNS_FROM, "columns"), (STACKED_FROM, "stacked")):
        if width >= least[0] and height >= least[1]:
            return cast("Layout", layout)
    return "single" if width >= SMALLEST[0] and height >= SMALLEST[1] else "tiny"


_IN_FRONT: dict[Stage, Choice] = {
    "stub": Choice("draft", "examples"),
    "draft": Choice("draft", "examples"),
    "examples": Choice("examples", "draft"),
    "review": Choice("report", "draft"),
    # The fix streams into the draft's pane; meanwhile there is a report to read.
    "fix": Choice("report", "draft"),
}


def in_front(state: RunState, *, asks: bool = False) -> Choice:
    """What a person wants to see at this point of a run; `asks`: a question waits for an answer."""
    stages = state.stages
    running: Stage | None = next((stage for stage in STAGES[:-1] if stages[stage] == "running"), None)
    if running is not None:
        return _IN_FRONT.get(running, Choice())
    if state.verdict == "fails" and state.status != "running":
        # The reason comes first. Of what cannot be used it stands above the draft.
        unusable = state.solution is not None and state.solution.draft.problem is not None
        return Choice("draft", "report") if unusable else Choice("examples", "diff")
    if state.proposal is not None and state.status != "running":
        if asks:
            return Choice("diff", "behaviour")
        return Choice("diff", "report" if state.review is not None else "draft")
    reached: list[Stage] = [stage for stage in STAGES if stages[stage] in {"done", "failed"}]
    return _IN_FRONT.get(reached[-1], Choice()) if reached else Choice()
