"""The main screen: files beside one's editor, their stubs, and the run in front."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.worker import Worker

from ...engine.state.run import RunState
from ...widgets.run.behaviour_pane import BehaviourPane
from ...widgets.run.diff_pane import DiffPane
from ...widgets.run.draft_pane import DraftPane
from ...widgets.run.meter_bar import MeterBar
from ...widgets.run.report_pane import ReportPane
from ...widgets.status_line import StatusLine, Tone
from ...widgets.stub_list import StubList
from ..common.faults import Faults, tell_of
from ..common.key_bar import KeyBar
from ..common.key_names import keys_of
from ..common.keys import (
    DECIDING,
    DRAFTING,
    LOOKING,
    MOVING,
    SEARCHING,
    STEPPING,
    bindings,
)
from ..common.title_bar import TitleBar, short
from ..models.permissions import consents, with_models
from ..run.screen import RunScreen
from ..run.sentences import ending, undecided
from ..run.view import RunView
from .answering import asked_of
from .stub_rows import rows_of
from .stubs import Card, Shelf
from .welcome import NoStubs, WelcomeScreen, what_helps

if TYPE_CHECKING:
    from ..common.session import Session
    from .actions import Deeds
    from .controller import OpenKit, Work
    from .tree_opening import TreeOpener


class DraftScreen(RunScreen):
    """Watches `paths`; what a save asks for is drafted, what the user accepts is written."""

    AUTO_FOCUS = ""
    TOPICS = (DRAFTING, DECIDING, LOOKING, STEPPING, SEARCHING, MOVING)
    BINDINGS = bindings((DRAFTING, DECIDING, STEPPING, MOVING))

    def __init__(
        self,
        session: Session,
        paths: Sequence[Path],
        *,
        first: str = "",
        welcome: bool = False,
        open_kit: OpenKit | None = None,
        taken: RunState | None = None,
    ) -> None:
        """`taken`: a run from elsewhere, whose body is proposed for its stub."""
        super().__init__()
        self._taken = taken
        self._first = first
        self.session = session
        self.paths = tuple(paths)
        self._welcomes = welcome
        self._open_kit = open_kit
        self._work: Work | None = None
        self._deeds: Deeds | None = None
        self._trees: TreeOpener | None = None
        self._runner: Worker[None] | None = None
        self._shelf = Shelf()
        self._known: object = None
        self._watched = ""
        """What is followed, as it was said last."""
        self._ending = self._passing = ""
        """What was said last of how a run ended, and of examples that run again."""

    def compose(self) -> ComposeResult:
        """Title, the run or how to get one, the status and the keys."""
        yield TitleBar(id="title")
        yield NoStubs(self.paths, id="no-stubs")
        yield RunView(id="run")
        yield StatusLine(id="status")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Show the empty screen first; everything that takes time comes after it."""
        diff, taste = self.query_one(DiffPane), self.session.settings.interface
        diff.split, diff.wrap = taste.split, taste.wrap
        self._show_shelf(Shelf())
        self.query_one(StatusLine).seen = f"looking into {', '.join(map(str, self.paths))}…"
        # The terminal is written by a thread, which needs a moment before imports hold the interpreter.
        self.call_after_refresh(self.set_timer, 0.02, self._begin)

    def _begin(self) -> None:
        from .actions import Deeds
        from .controller import Work
        from .tree_opening import TreeOpener

        self._work = Work(
            self.session,
            self.paths,
            open_kit=self._open_kit,
            with_models=partial(with_models, self, self.session),
            consents=partial(consents, self),
            on_change=self._show_shelf,
            wake=self._draft_next,
            say=self._saw,
            warn=self._warn,
            fault=Faults(self, self.session.places).met,
        )
        self._work.following.first = self._first
        if self._taken is not None:
            self._work.following.adopt(self._taken)
        self._trees = TreeOpener(self, self._work)
        self._deeds = Deeds(self, self._work, self._trees.open)
        if self._work.trouble:
            self._warn(self._work.trouble)
        self.run_worker(self._work.hold(), group="kit", exit_on_error=False)
        self.run_worker(self._work.watch(), group="watch", exit_on_error=False)
        self.run_worker(self._work.recheck(), group="recheck", exit_on_error=False)
        self.run_worker(self._work.decide(), group="decide", exit_on_error=False)
        if self._welcomes:
            self.app.push_screen(WelcomeScreen(self.paths[0].absolute().parent))

    async def close(self) -> None:
        """Cancel what runs and close what was opened; returns when both are done."""
        if self._work is not None:
            self.say("cancelling…" if self._work.following.drafting.stub else "closing…")
            await self._work.close()
            await self.workers.wait_for_complete([w for w in self.workers if w.group == "kit" and w.node is self])

    # ------------------------------------------------------------------------------------ what is shown

    @property
    def card(self) -> Card | None:
        """The stub in front."""
        return self._shelf.card

    @property
    def busy(self) -> bool:
        """Whether a run is under way or waits."""
        following = self._work.following if self._work else None
        return following is None or following.drafting.stub is not None or bool(following.queue)

    def say(self, notice: str, tone: Tone = "calm") -> None:
        """Tell the user something that matters now."""
        self.query_one(StatusLine).say(notice, tone)

    def _saw(self, what: str) -> None:
        self.query_one(StatusLine).seen = what

    def _forget_seen(self) -> None:
        """Say no longer that something is being drafted, nor how many stubs there were, once it is otherwise."""
        line = self.query_one(StatusLine)
        if self._work is not None and not self.busy and (": drafting" in line.seen or line.seen == self._watched):
            line.seen = self._watched = self._work.following.watched

    def _warn(self, what: str) -> None:
        self.notify(what, severity="warning", markup=False, timeout=15)

    def _show_shelf(self, shelf: Shelf) -> None:
        turned = shelf.current != self._shelf.current
        self._shelf = shelf
        card, view, stubs = shelf.card, self.view, self.query_one(StubList)
        several_before = len(stubs.stubs) > 1
        stubs.stubs, stubs.chosen = rows_of(shelf), shelf.current
        if (len(shelf.cards) > 1) != several_before:
            view.refit()
        self.query_one(NoStubs).display = card is None
        view.display = card is not None
        view.state = (card.state or RunState(stub=card.stub)) if card else RunState()
        if self._work is not None:
            view.asked = asked_of(self._work.deciding, card, keys_of(self))
        self.show_title()
        self.show_decisions()
        self._tell_ending(view.state, turned=turned)
        self._forget_seen()
        if self._trees is not None:
            self._trees.take(shelf)

    def show_title(self) -> None:
        """Write where one is, and what will be done there."""
        title, card = self.query_one(TitleBar), self.card
        title.place = f"{short(card.stub.path)} › {card.stub.name}" if card else ", ".join(map(str, self.paths))
        title.position = self._shelf.place
        title.means = self._work.following.pipeline.name if self._work else ""

    def show_decisions(self) -> None:
        """Show what was decided about the changes in front."""
        view, card = self.view, self.card
        if self._work is not None and card is not None:
            view.decided = self._work.accepting.decisions(card.stub.key, view.state.run).on(view.sides)

    def look_at_keys(self) -> None:
        """See which keys do something now, and which of them are told of."""
        self._tell_ending(self.view.state, turned=False)

    def _tell_ending(self, state: RunState, *, turned: bool) -> None:
        """Say once how a run ended, and have the keys looked at again whenever others apply."""
        possible = self._deeds.all_possible if self._deeds is not None else frozenset[str]()
        known = (
            *(self._shelf.current, state.run, state.status, state.written, state.verdict, state.standing),
            *(self.view.sides, self.view.decided, self.view.asked.choice, self.view.choice.focus, possible),
        )
        if known == self._known:
            return
        self._known = known
        notice, tone = ending(state, keys_of(self), undoable="undo" in possible)
        if self.view.asked.choice is not None and state.status == "settled":
            answering = self.view.choice.focus == "behaviour"
            notice = f"{undecided(self.view.asked.choice, keys_of(self), answering=answering)}. {notice}"
            tone = "calm"
        if self.card is not None and self.card.status == "new":
            notice = f"{self.card.stub.name} was not drafted yet: {keys_of(self)('run.draft')} drafts it"
        # What is run again and comes off as before says nothing new: another word said meanwhile stays.
        unspoken = self.query_one(StatusLine).notice in {self._ending, self._passing}
        if state.verdict == "checking" and not turned:
            self._passing = notice
            if unspoken and notice:
                self.say(notice, tone)
        elif turned or unspoken or (notice and notice != self._ending):
            self._ending = notice
            self.say(notice, tone)
        # Without a draft the problem stands in the draft's pane; with one it would be seen nowhere in full.
        if state.status == "failed" and state.drafts and not turned:
            self.notify(state.problem, severity="error", markup=False, timeout=15)
        if self._welcomes and state.status == "settled" and state.verdict == "fails" and not turned:
            self.notify(what_helps(self), title="what helps", markup=False, timeout=20)
        if self._work is not None:
            self.query_one(MeterBar).protection = self._work.protection
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys do something now."""
        if action == "candidate":
            return len(self.view.state.candidates) > 1 and not self.view.stubs_open
        if action != "deed":
            return True
        return self._deeds is not None and self._deeds.possible(str(parameters[0]))

    # ------------------------------------------------------------------------------------ runs

    def _draft_next(self) -> None:
        """See to it that the queue is worked on, by one worker at a time."""
        work = self._work
        if work is not None and work.following.queue and (self._runner is None or self._runner.is_finished):
            self._runner = self.run_worker(work.run(), group="follow", exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell why a worker failed; go on with the queue when something was added while one ended."""
        tell_of(self, event, self.session.places)
        if event.state.name == "ERROR" and self._work is not None:
            self._work.rechecking.changed()  # Half of what was asked for may be done: see what stands now.
        if event.worker is self._runner and event.worker.is_finished:
            self._draft_next()
            self._forget_seen()
            self.refresh_bindings()
            if self._work is not None and self._runner is not None and self._runner.is_finished:
                self._work.deciding.look()
                self.run_worker(self._work.read_ahead(), group="ahead", exclusive=True, exit_on_error=False)

    # ------------------------------------------------------------------------------------ messages from widgets

    def on_stub_list_highlighted(self, event: StubList.Highlighted) -> None:
        """The cursor moved to another stub: show it."""
        if self._work is not None:
            self._work.following.turn_to(event.key)

    def on_stub_list_chosen(self, event: StubList.Chosen) -> None:
        """Enter or a click on a stub: show it, and draft it unless that was done."""
        card = self._shelf.get(event.key)
        if self._work is None or card is None:
            return
        self.view.stubs_open = False
        self._work.following.turn_to(event.key)
        if card.in_file and not card.drafted:
            self._work.following.ask(event.key)

    def on_diff_pane_accepted(self, event: DiffPane.Accepted) -> None:
        """Write these changes."""
        if self._deeds is not None:
            self._deeds.accept(event.numbers)

    def on_diff_pane_rejected(self, event: DiffPane.Rejected) -> None:
        """Leave these changes."""
        if self._deeds is not None:
            self._deeds.reject(event.numbers)

    def on_diff_pane_copied(self, event: DiffPane.Copied) -> None:
        """Say what was copied."""
        self.say("copied the new lines of this change")

    def on_behaviour_pane_answered(self, event: BehaviourPane.Answered) -> None:
        """Take the answer."""
        if self._deeds is not None:
            self._deeds.answering.choose(event.number)

    def on_behaviour_pane_typing(self) -> None:
        """Let the answer be typed."""
        if self._deeds is not None:
            self._deeds.answering.type()

    def on_run_view_copied(self, event: RunView.Copied) -> None:
        """Say what was copied."""
        self.say(f"copied {event.what}")

    def on_report_pane_finding_chosen(self, event: ReportPane.FindingChosen) -> None:
        """Show the line that a finding speaks of."""
        self.query_one(DraftPane).line = event.finding.line

    def on_run_view_sides_changed(self) -> None:
        """Show what was decided about these changes."""
        self.show_decisions()
        self.refresh_bindings()

    # ------------------------------------------------------------------------------------ keys

    def action_candidate(self, steps: int) -> None:
        """Show the next candidate, or the one before."""
        self.view.turn_candidate(steps)

    async def action_deed(self, name: str) -> None:
        """Do what a key asks for."""
        if self._deeds is not None:
            await self._deeds.do(name)
