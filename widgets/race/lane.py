"""One lane of a race: pattern and bound, stages, what its pattern is about, examples, meter and outcome."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer

from ...engine.state.run import RunState
from ..bar import Bar
from ..lines import Lines
from ..run.clock import RunClock
from ..run.stage_bar import StageBar
from ..text import Run
from . import lane_words
from .lane_story import LaneStory


class LaneHead(Bar):
    """Number, name and bound."""

    state: reactive[RunState] = reactive(RunState)
    number: reactive[int] = reactive(1)
    called: reactive[str] = reactive("")

    def runs(self, width: int) -> Sequence[Run]:
        """The line."""
        return lane_words.head(self.number, self.called, self.state, width)


class LaneExamples(Lines):
    """Examples green and red, hidden tests where there are any, and the first that fails."""

    state: reactive[RunState] = reactive(RunState)

    def laid_out(self, width: int) -> Sequence[Sequence[Run]]:
        """The lines."""
        return lane_words.examples(self.state, width)


class LaneOutcome(Lines):
    """What goes on, or how it ended, and how that stands to raw-coder."""

    state: reactive[RunState] = reactive(RunState)
    against: reactive[str] = reactive("", layout=True)
    """In words; "" where there is nothing to say."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as it takes."""
        return len(self.laid_out(width))

    def laid_out(self, width: int) -> Sequence[Sequence[Run]]:
        """The lines."""
        return lane_words.outcome(self.state, width, self.against)


class LaneMeter(Bar):
    """What the lane has used; its seconds pass while the run goes on."""

    state: reactive[RunState] = reactive(RunState, repaint=False)
    live: reactive[bool] = reactive(True)
    """Whether seconds pass; in a replay they come from the log alone."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._clock = RunClock()
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Prepare a clock that goes only while a run goes on."""
        self._timer = self.set_interval(1.0, self.refresh, pause=True)
        self._pace()

    def watch_state(self, state: RunState) -> None:
        """Take the newest state as the time of this moment."""
        self._clock.see(state)
        self._pace()
        self.refresh()

    def watch_live(self) -> None:
        """Stop or go on."""
        self._pace()

    def runs(self, width: int) -> Sequence[Run]:
        """The line."""
        stands = self.state.waits or self.state.rests
        now = self.state.now if stands else self._clock.now(live=self.live)
        return lane_words.meter(self.state, now, width)

    def _pace(self) -> None:
        if self._timer is not None:
            goes = self.live and self.state.status == "running" and not (self.state.waits or self.state.rests)
            (self._timer.resume if goes else self._timer.pause)()


class Lane(Vertical):
    """Shows `state` of the lane called `called`."""

    DEFAULT_CSS = """
    Lane { width: 1fr; height: 1fr; border-left: vkey $border-blurred; }
    Lane.-front { border-left: vkey $border; }
    Lane.-alone { border-left: none; }
    Lane LaneExamples { height: 4; }
    Lane LaneOutcome { height: auto; min-height: 2; max-height: 5; }
    Lane LaneStory { border: none; padding: 0 1; scrollbar-size-vertical: 0; }
    Lane.-low LaneExamples { height: 3; }
    """

    state: reactive[RunState] = reactive(RunState, init=False)
    live: reactive[bool] = reactive(True, init=False)
    against: reactive[str] = reactive("", init=False)
    """How it came off against raw-coder, in words."""
    front: reactive[bool] = reactive(False, init=False)
    """Whether keys act on this lane."""

    class Chosen(Message):
        """The lane was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, number: int, called: str, *, live: bool = True) -> None:
        super().__init__(id=f"lane-{number}")
        self.number = number
        """From 1."""
        self.called = called
        self.set_reactive(Lane.live, live)

    def compose(self) -> ComposeResult:
        """Head, stages, story, examples, meter, outcome."""
        top = LaneHead()
        top.number, top.called = self.number, self.called
        stages, story, used = StageBar(), LaneStory(), LaneMeter()
        story.empty = "nothing drafted yet"
        for part in (stages, story, used):
            part.live = self.live
        yield top
        yield stages
        yield story
        yield LaneExamples()
        yield used
        yield LaneOutcome()

    def watch_state(self, state: RunState) -> None:
        """Hand the state to every part."""
        if not self.is_mounted:
            return
        with self.app.batch_update():
            for part in (LaneHead, StageBar, LaneStory, LaneExamples, LaneMeter, LaneOutcome):
                self.query_one(part).state = state

    def watch_against(self, against: str) -> None:
        """Say it below the outcome."""
        self.query_one(LaneOutcome).against = against

    def watch_live(self, live: bool) -> None:
        """Let time pass, or stop it."""
        for part in (StageBar, LaneStory, LaneMeter):
            self.query_one(part).live = live

    def scroll_story(self, pages: int) -> None:
        """Move half as many pages on in the story."""
        story = self.query_one(LaneStory)
        story.scroll_by(pages * max(1, story.size.height // 2))

    def watch_front(self, front: bool) -> None:
        """Mark the lane that keys act on."""
        self.set_class(front, "-front")

    def on_click(self, event: Click) -> None:
        """Choose this lane."""
        self.post_message(self.Chosen(self.number))
