"""The decomposition tree of a run: every function with its state, its checks and what it has cost."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer

from ...engine.state.run import RunState
from ..rows import Row
from ..run.clock import RunClock
from ..sheet import Sheet
from ..signs import counted
from ..text import Run, paragraphs
from .plan_rows import Fitted, Line, Planned, fitted, heads, line_of, placed, planned_runs, runs_of


class PlanTree(Sheet):
    """Shows the tree of `state`; the cursor is on `chosen`, a node's path, and what is below `folded` is not seen."""

    BINDINGS = [
        Binding("down,j", "move(1)", "next", show=False, id="tree.next"),
        Binding("up,k", "move(-1)", "previous", show=False, id="tree.previous"),
        Binding("right,l", "unfold", "unfold", show=False, id="tree.unfold"),
        Binding("left,h", "fold", "fold", show=False, id="tree.fold"),
        Binding("g", "edge(0)", "first", show=False, id="tree.first"),
        Binding("G", "edge(1)", "last", show=False, id="tree.last"),
        Binding("pagedown", "move(10)", "ten on", show=False, id="tree.page_down"),
        Binding("pageup", "move(-10)", "ten back", show=False, id="tree.page_up"),
    ]

    state: reactive[RunState] = reactive(RunState, repaint=False, init=False)
    chosen: reactive[str] = reactive("", init=False)
    folded: reactive[frozenset[str]] = reactive(frozenset[str], init=False)
    live: reactive[bool] = reactive(True, init=False)
    """Whether seconds pass; in a replay they come from the log alone."""
    empty: reactive[str] = reactive("no tree yet", init=False)
    """What to say while there is no node."""

    class Chosen(Message):
        """The user put the cursor on another node."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

    class Opened(Message):
        """The user wants to see more of a node: a click on where the cursor is."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._clock = RunClock()
        self._timer: Timer | None = None
        self._lines: list[Line] = []
        self._fit = Fitted((), (), 0)

    # ------------------------------------------------------------------------------------ drawing

    def rows(self, width: int) -> list[Row]:
        """The heads of the columns, and a line for every node that is seen."""
        state, now = self.state, self._clock.now(live=self.live)
        number = len(state.tree.nodes)
        self.entitle("tree", counted(number, "function") if number else "")
        if not number:
            self._lines = []
            return [Row(line) for line in paragraphs(self.empty, width, "$muted")]
        spent, places = state.tree.spent(), list(placed(state.tree, self.folded))
        drawn = [
            place if isinstance(place, Planned) else line_of(place, state, spent[place.node.path], now)
            for place in places
        ]
        self._lines = [line for line in drawn if isinstance(line, Line)]
        self._fit = fitted(self._lines, width - 1)
        numbers = {line.path: n for n, line in enumerate(self._lines)}
        return [
            Row([(" ", ""), *heads(self._fit)]),
            *(
                Row([(" ", ""), *planned_runs(line, self._fit)])
                if isinstance(line, Planned)
                else Row(_Drawn(line, self._fit), numbers[line.path])
                for line in drawn
            ),
        ]

    def fill(self, row: Row) -> str:
        """The cursor's ground."""
        return "on $cursor-bg" if self._is_chosen(row) else ""

    def runs(self, row: Row) -> Sequence[Run]:
        """A row with the cursor's column before it."""
        if row.item < 0:
            return super().runs(row)
        return [("▌", "$primary") if self._is_chosen(row) else (" ", ""), *super().runs(row)]

    def render_line(self, y: int) -> Strip:
        """The heads stay where they are; below them the lines."""
        if y or not self._lines or not self.scroll_offset.y:
            return super().render_line(y)
        width, ground = self.size.width, self.rich_style_of("")
        line: list[Run] = [(" ", ""), *heads(self._fit)]
        return Strip([Segment(text, self.rich_style_of(ink)) for text, ink in line]).crop_extend(0, width, ground)

    def bring_into_view(self, item: int) -> None:
        """Scroll so that the line of a node is seen, and not under the heads."""
        place = next((y for y, row in enumerate(self._rows) if row.item == item), 0)
        top = self.scroll_offset.y
        self.bring_rows_into_view(place - 1 if place - 1 <= top else place, place)

    def relayout(self, *, grown: bool = False) -> None:
        """Ask for the lines anew, and draw only those that look otherwise."""
        before, fit, width = list(self._rows), self._fit, self._laid_out_for
        kept = dict(self._strips)
        super().relayout(grown=True)
        if not before or fit != self._fit or width != self._laid_out_for or self.sought:
            self.repaint()
            return
        same = {y for y, (was, row) in enumerate(zip(before, self._rows, strict=False)) if was == row}
        self._strips.update({key: strip for key, strip in kept.items() if key[0] in same})

    # ------------------------------------------------------------------------------------ attributes from above

    def on_mount(self) -> None:
        """Prepare a clock that goes only while a run goes on."""
        self._timer = self.set_interval(1.0, self.relayout, pause=True)
        self._pace()

    def watch_state(self, old: RunState, state: RunState) -> None:
        """Lay out anew when the tree, or a time in it, changed."""
        self._clock.see(state)
        self._pace()
        unchanged = old.tree.nodes is state.tree.nodes and old.status == state.status
        if unchanged and int(old.now) == int(state.now):
            return
        self.relayout()

    def watch_live(self) -> None:
        """Stop or go on."""
        self._pace()

    @property
    def cursor(self) -> int:
        """The line of the chosen node."""
        return self.place_of(self.chosen)

    def watch_chosen(self, before: str, chosen: str) -> None:
        """Move the cursor, and unfold what hides it."""
        hiding = {path for path in self.folded if chosen != path and _is_below(chosen, path)}
        if hiding:
            self.folded -= hiding
        self.repaint_items(self.place_of(before), self.place_of(chosen))
        self.bring_into_view(self.place_of(chosen))

    def watch_folded(self) -> None:
        """Show more, or less."""
        self.relayout()
        self.bring_into_view(self.place_of(self.chosen))

    def watch_empty(self) -> None:
        """Say something else while there is nothing."""
        self.relayout()

    # ------------------------------------------------------------------------------------ keys and mouse

    def action_move(self, steps: int) -> None:
        """Go down or up so many lines; stay at the ends."""
        self._go(self.place_of(self.chosen) + steps)

    def action_edge(self, end: int) -> None:
        """Go to the first line or the last."""
        self._go(len(self._lines) - 1 if end else 0)

    def action_unfold(self) -> None:
        """Show what is below; if it is shown, go there."""
        if self.chosen in self.folded:
            self.folded -= {self.chosen}
        elif self.state.tree.children(self.chosen):
            self.action_move(1)

    def action_fold(self) -> None:
        """Hide what is below; if there is nothing to hide, go to the node above."""
        node = self.state.tree.nodes.get(self.chosen)
        if self.state.tree.children(self.chosen) and self.chosen not in self.folded:
            self.folded |= {self.chosen}
        elif node is not None and node.parent is not None:
            self._go(self.place_of(node.parent))

    def pressed(self, row: Row, name: str) -> None:
        """A click goes there; one more, or one on the number of hidden ones, folds or opens."""
        if row.item < 0:
            return
        path = self._lines[row.item].path
        if path != self.chosen:
            self._go(row.item)
        elif path in self.folded:
            self.action_unfold()
        else:
            self.post_message(self.Opened())

    def found(self, row: Row) -> None:
        """The cursor goes along with the search."""
        if row.item >= 0:
            self._go(row.item)

    def place_of(self, path: str) -> int:
        """0-based line of a node, 0 when it is not seen."""
        return next((n for n, line in enumerate(self._lines) if line.path == path), 0)

    # ------------------------------------------------------------------------------------ inside

    def _go(self, place: int) -> None:
        if not self._lines:
            return
        path = self._lines[max(0, min(place, len(self._lines) - 1))].path
        if path != self.chosen:
            self.chosen = path
            self.post_message(self.Chosen(path))

    def _is_chosen(self, row: Row) -> bool:
        return 0 <= row.item < len(self._lines) and self._lines[row.item].path == self.chosen

    def _pace(self) -> None:
        if self._timer is None:
            return
        if self.live and self.state.status == "running":
            self._timer.resume()
        else:
            self._timer.pause()


class _Drawn:
    """A line that is drawn once it is seen; two are equal when they look equal."""

    __slots__ = ("_fit", "_line")

    def __init__(self, line: Line, fit: Fitted) -> None:
        self._line, self._fit = line, fit

    def __call__(self) -> list[Run]:
        return runs_of(self._line, self._fit)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Drawn) and self._line == other._line and self._fit == other._fit

    def __hash__(self) -> int:
        return hash((self._line, self._fit))


def _is_below(path: str, above: str) -> bool:
    return not above or path.startswith(f"{above}.")
