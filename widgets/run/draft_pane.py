"""The draft as it is written, and once it is there with the lines that findings speak of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual import events
from textual.binding import Binding
from textual.reactive import reactive
from textual.timer import Timer

from ...engine.state.run import RunState
from ..highlighting import GrowingCode, python_lines
from ..rows import Row, Spot
from ..sheet import Sheet
from ..signs import FINDINGS, counted
from ..text import (
    Run,
    folded,
    paragraphs,
    shown,
)
from .clock import RunClock
from .draft_text import DraftView, view_of

_FOLDS = ("plan", "thinking")


class DraftPane(Sheet):
    """The code of `state`: what is being written now, or the draft that was reviewed, or the one `wanted`."""

    BINDINGS = [
        Binding("space", "fold", "thinking", show=False, id="draft.fold"),
        Binding("j", "scroll_down", "down", show=False, id="draft.down"),
        Binding("k", "scroll_up", "up", show=False, id="draft.up"),
    ]

    state: reactive[RunState] = reactive(RunState, repaint=False)
    wanted: reactive[str | None] = reactive[str | None](None)
    """Id of the draft to show, None for the one that matters most now."""
    line: reactive[int | None] = reactive[int | None](None, always_update=True)
    """1-based line within the function that is to be seen and stand out."""
    unfolded: reactive[bool] = reactive(False)
    """Whether thinking and plan are shown in full."""
    live: reactive[bool] = reactive(True)
    """Whether seconds pass; in a replay they come from the log alone."""
    empty: reactive[str] = reactive("nothing drafted yet\n\nwrite a stub in your editor and save it")

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._view = DraftView()
        self._growing = GrowingCode()
        self._clock = RunClock()
        self._timer: Timer | None = None
        self._follows = True

    # ------------------------------------------------------------------------------------ drawing

    def rows(self, width: int) -> list[Row]:
        """Thinking and plan, folded; the stub; the body; and what goes on."""
        view = self._view
        self.entitle(view.title, view.author)
        if not (view.header or view.body):
            return [Row(line) for line in paragraphs(self.empty, width, "$muted")]
        rows = [*self._reason(width), *self._asides(width), *self._code(width)]
        note = self._note()
        if note:
            ink = "$state-warn" if view.note else "$state-run"
            rows += [Row(), *(Row([("  ", ""), *line]) for line in paragraphs(note, width - 2, ink))]
        return rows

    def fill(self, row: Row) -> str:
        """The ground under lines that findings speak of."""
        if row.item <= 0:
            return ""
        if row.item == self.line:
            return "on $cursor-bg"
        return "on $finding-bg" if self._view.marks.get(row.item, "refuted") != "refuted" else ""

    def _reason(self, width: int) -> Iterator[Row]:
        if self._view.reason:
            yield from (Row(line) for line in paragraphs(self._view.reason, width, "$state-fail"))
            yield Row()

    def _note(self) -> str:
        call = self._view.waiting
        if call is None:
            return self._view.note
        return f"reading prompt… {int(self._clock.now(live=self.live) - call.began)} s"

    def _asides(self, width: int) -> Iterator[Row]:
        for name in _FOLDS:
            text = (self._view.thinking if name == "thinking" else self._view.plan).strip()
            if not text:
                continue
            open_now = self.unfolded or (name == "plan" and self._view.title == "plan")
            size = counted(len(text.split()), "word")
            head: list[Run] = [("▾ " if open_now else "▸ ", "$muted"), (name, "bold $muted"), (f"  {size}", "$muted")]
            yield Row(head, spots=(Spot(0, width, "fold"),))
            for line in paragraphs(text, width - 2, "italic $muted") if open_now else ():
                yield Row([("│ ", "$muted"), *line])
            yield Row()

    def _code(self, width: int) -> Iterator[Row]:
        header = [[(line, "$muted")] for line in shown(self._view.header).removesuffix("\n").split("\n")]
        header = header if self._view.header else []
        body = self._coloured(shown(self._view.body).rstrip("\n"))
        gutter = max(2, len(str(len(header) + len(body))))
        for number, runs in enumerate([*header, *body], start=1):
            mark, ink = self._mark(number)
            lead: list[Run] = [(f"{mark} ", ink), (f"{number:>{gutter}}  ", "$line-number")]
            for place, piece in enumerate(folded(runs, max(1, width - gutter - 4))):
                yield Row(
                    [*(lead if not place else [(" " * (gutter + 2), ""), ("↪ ", "$line-number")]), *piece], number
                )

    def _coloured(self, code: str) -> Sequence[Sequence[Run]]:
        if not code:
            return []
        return self._growing.lines(code) if self._view.streaming else python_lines(code)

    def _mark(self, number: int) -> Run:
        status = self._view.marks.get(number)
        if status is None:
            return (" ", "")
        return (FINDINGS[status].mark, f"bold {FINDINGS[status].ink}")

    # ------------------------------------------------------------------------------------ attributes from above

    def on_mount(self) -> None:
        """Prepare a clock that goes only while a prompt is read."""
        self._timer = self.set_interval(1.0, self._tick, pause=True)
        self._pace()

    def on_resize(self, event: events.Resize) -> None:
        """The end stays in view while it is followed."""
        if self._follows:
            self.call_after_refresh(self.scroll_end, animate=False, immediate=True, x_axis=False)

    def watch_state(self, state: RunState) -> None:
        """Show what is new, and follow its end unless the user scrolled away."""
        self._clock.see(state)
        self._show()

    def watch_wanted(self) -> None:
        """Show another draft."""
        self._show()

    def watch_live(self) -> None:
        """Stop or go on."""
        self._pace()

    def watch_line(self, line: int | None) -> None:
        """Bring a line into view."""
        self.repaint()
        if line is not None:
            self.bring_into_view(line)

    def watch_unfolded(self) -> None:
        """Show thinking and plan, or hide them."""
        self.relayout()

    def watch_empty(self) -> None:
        """Say something else when there is nothing."""
        self.relayout()

    def relayout(self, *, grown: bool = False) -> None:
        """Ask for the rows anew; the end stays in view while it is followed."""
        follows = self._follows
        super().relayout(grown=grown)
        if follows and self.row_count:
            self.scroll_end(animate=False, immediate=True, x_axis=False)
            self._follows = True

    def _show(self) -> None:
        before, self._view = self._view, view_of(self.state, self.wanted)
        self._pace()
        if self._view == before:
            return
        begins = _grows(self._view) and not _grows(before)
        self._follows = begins or (_grows(self._view) and (self._follows or self.is_vertical_scroll_end))
        if self._view.title != before.title:
            self.set_reactive(DraftPane.line, None)
        self.relayout(grown=self._view.streaming and before.streaming)

    def _tick(self) -> None:
        if self._view.waiting is not None:
            self.relayout(grown=True)

    def _pace(self) -> None:
        if self._timer is None:
            return
        if self.live and self._view.waiting is not None:
            self._timer.resume()
        else:
            self._timer.pause()

    # ------------------------------------------------------------------------------------ keys and mouse

    def action_fold(self) -> None:
        """Show thinking and plan in full, or one line of each."""
        self.unfolded = not self.unfolded

    def pressed(self, row: Row, name: str) -> None:
        """A click on the thinking's head unfolds it."""
        if name == "fold":
            self.action_fold()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Who scrolls up no longer follows; who comes to the end follows again."""
        super().watch_scroll_y(old_value, new_value)
        self._follows = new_value >= self.max_scroll_y

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel, too, ends the following."""
        self._follows = False


def _grows(view: DraftView) -> bool:
    """Whether what matters is at the end: what comes in, or why no more came."""
    return view.streaming or bool(view.note)
