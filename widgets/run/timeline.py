"""A run in time: where we are in it, when models were called, and how to go elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive

from ...engine.facts import Role
from ...engine.state.run import CallState, RunState
from ..bar import Bar
from ..text import Run, length

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
ROLE_INKS: dict[Role, str] = {
    "coder": "$primary",
    "reviewer": "$accent",
    "planner": "$secondary",
    "tester": "$success",
}


class Timeline(Bar, can_focus=True):
    """One line for a replay: `position` within `duration` (seconds), the calls of `state`, `playing`, `speed`."""

    DEFAULT_CSS = """
    Timeline { background: $surface; }
    Timeline:focus { background: $panel; }
    """
    BINDINGS = [
        Binding("left", "step(-1)", "back", id="timeline.back"),
        Binding("right", "step(1)", "forward", id="timeline.forward"),
        Binding("home", "edge(0)", "start", show=False, id="timeline.start"),
        Binding("end", "edge(1)", "end", show=False, id="timeline.end"),
        Binding("space", "play", "pause", id="timeline.play"),
        Binding("plus,equals_sign,greater_than_sign", "faster", "faster", show=False, id="timeline.faster"),
        Binding("minus,less_than_sign", "slower", "slower", show=False, id="timeline.slower"),
    ]

    state: reactive[RunState] = reactive(RunState)
    duration: reactive[float] = reactive(0.0)
    position: reactive[float] = reactive(0.0)
    moments: reactive[tuple[float, ...]] = reactive(tuple[float, ...])
    """Seconds at which something happened, in order: where ← and → go. None: they go a second."""
    chapter: reactive[str] = reactive("")
    """What the part is called that is played now."""
    placed: reactive[Callable[[float], float]] = reactive[Callable[[float], float]](lambda: _as_logged, repaint=False)
    """Where the seconds of a log are played."""
    playing: reactive[bool] = reactive(False)
    speed: reactive[float] = reactive(1.0)

    class Seek(Message):
        """Go to this position, in seconds."""

        def __init__(self, position: float) -> None:
            super().__init__()
            self.position = position

    class PlayToggled(Message):
        """Pause, or go on."""

    class SpeedChanged(Message):
        """Play at another speed."""

        def __init__(self, speed: float) -> None:
            super().__init__()
            self.speed = speed

    def runs(self, width: int) -> Sequence[Run]:
        """Sign, times, and the track in what room is left."""
        before, after = self._ends()
        cells = width - length(before) - length(after)
        if cells < 4:
            return before
        return [*before, *self._track(cells), *after]

    def _ends(self) -> tuple[list[Run], list[Run]]:
        sign = ("▶ ", "$state-run") if self.playing else ("‖ ", "$state-warn")
        return (
            [sign, (f"{clock(self.position)} ", "bold"), (f"{self.chapter} ".lstrip(), "$accent")],
            [(f" {clock(self.duration)}", "$muted"), (f" ×{self.speed:.3g}", "$muted" if self.speed == 1 else "bold")],
        )

    def _track(self, cells: int) -> list[Run]:
        """The past thick and the future thin, in the colour of who was at work."""
        at = self._cell_of(self.position, cells)
        inks = [""] * cells
        for call in self.state.calls:
            first, last = self._cells_of(call, cells)
            inks[first : last + 1] = [ROLE_INKS[call.role]] * (last - first + 1)
        return [
            ("●", "bold $foreground") if n == at else ("━" if n < at else "─", ink or "$muted")
            for n, ink in enumerate(inks)
        ]

    def _cells_of(self, call: CallState, cells: int) -> tuple[int, int]:
        ended = self.state.now if call.ended is None else call.ended
        return self._cell_of(self.placed(call.began), cells), self._cell_of(self.placed(ended), cells)

    def _cell_of(self, seconds: float, cells: int) -> int:
        part = seconds / self.duration if self.duration > 0 else 0.0
        return max(0, min(cells - 1, round(part * (cells - 1))))

    # ------------------------------------------------------------------------------------ keys and mouse

    def action_step(self, direction: int) -> None:
        """Go to the next or the previous moment."""
        if direction > 0:
            later = (moment for moment in self.moments if moment > self.position + 1e-6)
            self._seek(next(later, self.duration if self.moments else self.position + 1.0))
        else:
            earlier = (moment for moment in reversed(self.moments) if moment < self.position - 1e-6)
            self._seek(next(earlier, 0.0 if self.moments else self.position - 1.0))

    def action_edge(self, end: int) -> None:
        """Go to the start or the end."""
        self._seek(self.duration if end else 0.0)

    def action_play(self) -> None:
        """Pause, or go on."""
        self.post_message(self.PlayToggled())

    def action_faster(self) -> None:
        """The next higher speed."""
        self._pace(next((speed for speed in SPEEDS if speed > self.speed), SPEEDS[-1]))

    def action_slower(self) -> None:
        """The next lower speed."""
        self._pace(next((speed for speed in reversed(SPEEDS) if speed < self.speed), SPEEDS[0]))

    def on_click(self, event: events.Click) -> None:
        """A click on the track goes there; one on the sign pauses."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        before, after = self._ends()
        start, cells = length(before), self.size.width - length(before) - length(after)
        if offset.x < 2:
            self.action_play()
        elif start <= offset.x < start + cells and cells > 1:
            self._seek((offset.x - start) / (cells - 1) * self.duration)

    def _seek(self, position: float) -> None:
        self.post_message(self.Seek(max(0.0, min(position, self.duration))))

    def _pace(self, speed: float) -> None:
        if speed != self.speed:
            self.post_message(self.SpeedChanged(speed))


def _as_logged(seconds: float) -> float:
    return seconds


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds.

    >>> clock(3.25), clock(75)
    ('0:03.2', '1:15.0')
    """
    minutes, rest = divmod(int(max(0.0, seconds) * 10), 600)
    return f"{minutes}:{rest // 10:02}.{rest % 10}"
