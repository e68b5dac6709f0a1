"""A race as it happens: one stub, several patterns at once, each in its own lane."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker

from ...engine.behaviour.lanes import compare_lanes, told_alike
from ...engine.errors import EnvironmentFault
from ...engine.facts import ROLES
from ...engine.run.race import Lane, Race, names_of
from ...engine.run.recording import SUFFIX
from ...engine.settings import Settings
from ...engine.state.run import RunState
from ...widgets.status_line import StatusLine, Tone
from ..common.faults import tell, tell_of
from ..common.feed import (
    CROWD,
    CROWDED_HZ,
    PEACEFUL_HZ,
    feed,
)
from ..common.key_bar import KeyBar
from ..common.key_names import keys_of
from ..common.keys import RACE_DEEDS, RACING, bindings
from ..common.read_only_diff import LaneDiffScreen
from ..common.tasks import PREFIX
from ..common.title_bar import TitleBar
from ..models.choice import applied
from ..models.permissions import has_models
from .export import exported
from .lane_screen import LaneScreen
from .setup import Field, started
from .view import RaceView

if TYPE_CHECKING:
    from ...engine.kit import Kit
    from ..common.session import Session

OpenKit = Callable[[Settings], AbstractAsyncContextManager["Kit"]]


class RaceScreen(Screen[RunState | None]):
    """Runs `wanted` and shows it; gives the run whose body is to be taken, None for none. Writes into no file."""

    AUTO_FOCUS = ""
    TOPICS = (RACE_DEEDS, RACING)
    BINDINGS = bindings((RACE_DEEDS, RACING))

    def __init__(
        self,
        session: Session,
        wanted: Field,
        *,
        open_kit: OpenKit | None = None,
        folder: Path | None = None,
        returns: bool = False,
    ) -> None:
        """`returns`: whether there is a screen below to go back to."""
        super().__init__()
        self._returns = returns
        self.session = session
        self.wanted = wanted
        self._open_kit = open_kit or self._usual_kit
        self._own_kit = open_kit is None
        self._folder = folder
        self._race: Race | None = None
        self._whole: LaneScreen | None = None
        """The lane that is seen whole now."""

    class Taken(Message):
        """The body that this run settled on is to be taken into the file; no screen below waits for it."""

        def __init__(self, state: RunState) -> None:
            super().__init__()
            self.state = state

    def compose(self) -> ComposeResult:
        """Title, lanes and table, status and keys."""
        yield TitleBar(id="title")
        yield RaceView(names_of(self.wanted.pipelines, [choice.label for choice in self.wanted.models]), id="race")
        yield StatusLine(id="status")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Show the empty lanes first; everything that takes time comes after it."""
        title = self.query_one(TitleBar)
        title.place = f"race › {self.wanted.title}"
        title.means = f"{self.session.settings.mode} mode · {', '.join(choice.label for choice in self.wanted.models)}"
        self.say("getting ready…")
        self.call_after_refresh(self.run_worker, self._run(), group="race", exit_on_error=False)

    async def close(self) -> None:
        """Cancel what runs; returns when its streams are closed and what was opened is gone."""
        if self._race is not None:
            self.say("cancelling…")
            await self._race.cancel()
        if mine := self._at_work:  # An empty list would mean: all workers of the program.
            await self.workers.wait_for_complete(mine)

    @property
    def _at_work(self) -> list[Worker[None]]:
        return [worker for worker in self.workers if worker.group == "race" and worker.node is self]

    def say(self, notice: str, tone: Tone = "calm") -> None:
        """Tell the user something that matters now."""
        self.query_one(StatusLine).say(notice, tone)

    @property
    def view(self) -> RaceView:
        """Lanes and table."""
        return self.query_one(RaceView)

    # ------------------------------------------------------------------------------------ the race

    async def _run(self) -> None:
        await self._have_model()
        here, folder = self.session, self._folder
        async with started(here, self.wanted, self._open_kit, folder=folder, complain=self._complain) as race:
            self._race = race
            self.say("")
            self.refresh_bindings()
            async with asyncio.TaskGroup() as group:
                for number, lane in enumerate(race.lanes, start=1):
                    group.create_task(self._follow(number, lane))
            view = self.view
            lanes = list(zip(view.names, view.states, strict=True))
            view.alike = told_alike(await compare_lanes(race.lanes[0].kit, self.wanted.stub, lanes))
        for fault in race.faults:
            tell(self, fault, here.places)

    async def _follow(self, number: int, lane: Lane) -> None:
        pace = CROWDED_HZ if self.wanted.lanes > CROWD else PEACEFUL_HZ
        async with aclosing(feed(lane.log, pace)) as states:
            async for state in states:
                self.view.take(number, state)
                if self._whole is not None and self._whole.number == number:
                    self._whole.take(state)

    def _usual_kit(self, settings: Settings) -> AbstractAsyncContextManager[Kit]:
        from ...engine.run.opening import opened

        return opened(settings, self.session.places, self.session.environ, self._complain)

    async def _have_model(self) -> None:
        """Have the embedded model's weights here if a lane needs them."""
        settings = [applied(self.session.settings, choice) for choice in self.wanted.models]
        needed = self._own_kit and any(one.role(role).embedded for one in settings for role in ROLES)
        if needed and not await has_models(self, self.session, settings):
            raise EnvironmentFault(
                "there is no model to race with; run `redraft model pull`, or name one with --models"
            )

    def _complain(self, what: str) -> None:
        self.query_one(StatusLine).seen = what

    # ------------------------------------------------------------------------------------ what the user does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys do something now."""
        if action != "race":
            return True
        running = self._race is not None and not self.view.over
        match parameters[0]:
            case "pause":
                return running
            case "cancel_lane":
                return running and self.view.chosen.status == "running"
            case "export":
                return self._race is not None and self.view.over
            case "take":
                return self._takes and self.view.winner > 0
            case "again":
                return self.view.over
            case _:
                return True

    @property
    def _takes(self) -> bool:
        """Whether the function stands in a file of the user's: tasks of ours stand in none."""
        return not self.wanted.title.startswith(PREFIX)

    def action_lanes(self, what: str, number: int = 0) -> None:
        """Move among the lanes."""
        self.view.act(what, number)

    async def action_race(self, deed: str) -> None:
        """Do it."""
        race, view, key = self._race, self.view, keys_of(self)
        match deed:
            case "pause" if race is not None:
                (race.resume if race.paused else race.pause)()
                self.say(f"paused: no lane makes another call. {key('race.pause')} goes on" if race.paused else "")
            case "cancel_lane" if race is not None:
                self.say(f"cancelling {race.lanes[view.front - 1].name}…")
                await race.lanes[view.front - 1].cancel()
                self.say(f"cancelled {race.lanes[view.front - 1].name}; the others go on", "warning")
            case "cancel":
                await self._cancel_or_leave()
            case "diff":
                lanes = list(zip(view.names, view.states, strict=True))
                self.app.push_screen(LaneDiffScreen(lanes, view.front))
            case "export":
                await self._export()
            case "open":
                self._open_lane()
            case "take":
                await self._take()
            case "again":
                self._race = None
                await self.recompose()
                self.on_mount()
            case _:
                pass

    def _open_lane(self) -> None:
        """See the lane in front as a whole run."""
        view = self.view
        self._whole = LaneScreen(view.front, view.names[view.front - 1], view.chosen)
        self.app.push_screen(self._whole, self._lane_left)

    def _lane_left(self, _: None) -> None:
        self._whole = None

    async def _take(self) -> None:
        """Go to the file with the winner's body as what is proposed."""
        state = self.view.states[self.view.winner - 1]
        await self.close()
        if self._returns:
            self.dismiss(state)
        else:
            self.post_message(self.Taken(state))

    async def action_deed(self, name: str) -> None:
        """Ctrl+c without a selection does what escape does."""
        if name == "cancel":
            await self._cancel_or_leave()

    async def _cancel_or_leave(self) -> None:
        if self._race is not None and not self.view.over:
            self.say("cancelling…")
            await self._race.cancel()
        elif self._returns:
            await self.close()
            self.dismiss(None)
        elif self._race is None:
            for worker in self._at_work:
                worker.cancel()
            self.say(f"cancelled before it began. {keys_of(self)('app.quit')} leaves", "warning")
        else:
            key = keys_of(self)
            self.say(f"the race is over. {key('race.again')} races again, {key('app.quit')} leaves")

    async def _export(self) -> None:
        race = self._race
        if race is None:
            return
        runs = self.session.runs.folder
        logs = [runs / f"{lane.run}{SUFFIX}" for lane in race.lanes]
        began = self.view.states[0].began_at
        try:
            view, title = self.view, self.wanted.title
            folder = await asyncio.to_thread(exported, title, view.rows, began, logs, Path(), view.alike)
        except EnvironmentFault as error:
            tell(self, error, self.session.places)
            return
        self.say(
            f"written: {folder.name}/ (table and logs; `redraft replay {folder.name}` shows the race again)", "good"
        )

    # ------------------------------------------------------------------------------------ messages

    def on_race_view_ended(self) -> None:
        """The last lane is over."""
        lanes, key = self.view.names, keys_of(self)
        passed = sum(row.verdict == "verified" for row in self.view.rows)
        died = sum(state.status == "failed" for state in self.view.states)
        won, more = self.view.winner, f"{key('race.diff')} compares two drafts, {key('race.export')} exports"
        if won and self._takes:
            more = f"lane {won} wins: {key('race.take')} takes its body. {more}"
        told = f"{passed} of {len(lanes)} lanes verified{f', {died} failed' if died else ''}"
        self.say(f"{told}. {more}", "good" if passed == len(lanes) else "warning")
        self.refresh_bindings()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell why a worker failed."""
        tell_of(self, event, self.session.places)
