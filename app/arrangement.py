"""Which panes are on the screen, by its size and by how far the run is: plain arithmetic, no widgets."""

from __future__ import annotations

from typing import Literal, NamedTuple, cast, get_args

from ..engine.state import STAGES, RunState, Stage

Pane = Literal["draft", "report", "diff", "examples"]
PANES: tuple[Pane, ...] = get_args(Pane)
LEFT: frozenset[Pane] = frozenset({"draft", "report"})
Layout = Literal["tiny", "single", "stacked", "columns", "grid"]

SMALLEST = (40, 12)
"""Columns and lines below which nothing useful can be shown."""
STACKED_FROM = (100, 26)
COLUMNS_FROM = (120, 20)
GRID_FROM = (120, 40)


class Choice(NamedTuple):
    """The pane a person looks at, and what lies beside it."""

    focus: Pane = "draft"
    left: Pane = "draft"
    right: Pane = "examples"

    def with_focus(self, pane: Pane) -> Choice:
        """The same, with this pane in front on its side."""
        return self._replace(focus=pane, left=pane) if pane in LEFT else self._replace(focus=pane, right=pane)


class Arrangement(NamedTuple):
    """What to show."""

    layout: Layout
    panes: frozenset[Pane]
    rail: bool
    """Whether the stub list has a column of its own."""

    @property
    def left(self) -> bool:
        """Whether anything of the left side is shown."""
        return bool(self.panes & LEFT)

    @property
    def right(self) -> bool:
        """Whether anything of the right side is shown."""
        return bool(self.panes - LEFT)


def arranged(width: int, height: int, choice: Choice, stubs: int) -> Arrangement:
    """The panes that fit into `width` columns and `height` lines, for a file with so many stubs."""
    layout = _layout(width, height)
    pair = frozenset[Pane]({choice.left, choice.right})
    panes = {"tiny": frozenset[Pane](), "single": frozenset[Pane]({choice.focus}), "grid": frozenset(PANES)}.get(
        layout, pair
    )
    return Arrangement(layout, panes, rail=layout in {"columns", "grid"} and stubs > 1)


def _layout(width: int, height: int) -> Layout:
    for least, layout in ((GRID_FROM, "grid"), (COLUMNS_FROM, "columns"), (STACKED_FROM, "stacked")):
        if width >= least[0] and height >= least[1]:
            return cast("Layout", layout)
    return "single" if width >= SMALLEST[0] and height >= SMALLEST[1] else "tiny"


_IN_FRONT: dict[Stage, Choice] = {
    "stub": Choice("draft", "draft", "examples"),
    "draft": Choice("draft", "draft", "examples"),
    "examples": Choice("examples", "draft", "examples"),
    "review": Choice("report", "report", "examples"),
    "fix": Choice("diff", "report", "diff"),
}


def in_front(state: RunState) -> Choice:
    """What a person wants to see at this point of a run."""
    stages = state.stages
    running: Stage | None = next((stage for stage in STAGES if stages[stage] == "running"), None)
    if running is not None:
        return _IN_FRONT.get(running, Choice())
    if state.proposal is not None and state.status != "running":
        return Choice("diff", "report" if state.review is not None else "draft", "diff")
    reached: list[Stage] = [stage for stage in STAGES if stages[stage] in {"done", "failed"}]
    return _IN_FRONT.get(reached[-1], Choice()) if reached else Choice()
