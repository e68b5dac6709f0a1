"""One run on the screen: the stages, the panes that fit, and the meter. Live or replayed, it shows a state."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from ...engine.behaviour.standing import contradicting
from ...engine.state.run import RunState
from ...widgets.run.behaviour_pane import BehaviourPane
from ...widgets.run.checks_table import ChecksTable
from ...widgets.run.diff_pane import DiffPane
from ...widgets.run.draft_pane import DraftPane
from ...widgets.run.meter_bar import MeterBar
from ...widgets.run.report_pane import ReportPane
from ...widgets.run.richness_bar import RichnessBar
from ...widgets.run.stage_bar import StageBar
from ...widgets.sheet import Sheet
from ...widgets.stub_list import StubList
from ..common.arrangement import (
    PANES,
    Choice,
    Pane,
    in_front,
)
from ..common.key_names import answering_keys, deciding_keys
from ..common.keys import LOOKING, SEARCHING, bindings
from ..common.searching import Searched, Searching
from .asked import Asked
from .candidate_diff import CandidateDiffScreen
from .comparison import (
    Comparison,
    Decision,
    Sides,
    captioned,
    compared,
    looked_at,
    possible_sides,
    same_body,
    standing_body,
    usual_sides,
    why_nothing,
)
from .copying import copied
from .layout import Standing
from .pane_tabs import PaneTabs
from .spec_score import spec_score


class RunView(Searched, Vertical):
    """Shows `state`. Which panes are in front follows the run until the user chooses one."""

    state: reactive[RunState] = reactive(RunState, init=False, repaint=False)
    choice: reactive[Choice] = reactive(Choice, init=False, repaint=False)
    sides: reactive[Sides] = reactive[Sides]("file", init=False, repaint=False)
    decided: reactive[Mapping[int, Decision]] = reactive(dict[int, Decision], init=False, repaint=False)
    candidate: reactive[str] = reactive("", init=False, repaint=False)
    """Id of the candidate that draft and examples show, "" to follow the run."""
    asked: reactive[Asked] = reactive(Asked, init=False, repaint=False)
    """What the user is asked about what candidates do."""
    stubs_open: reactive[bool] = reactive(False, init=False, repaint=False)
    """Whether the stub list covers the panes, where it has no column of its own."""

    BINDINGS = bindings((LOOKING, SEARCHING))

    class SidesChanged(Message):
        """The diff compares something else now."""

    class Copied(Message):
        """Something went to the clipboard."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self, *, id: str | None = None, decides: bool = True) -> None:
        """`decides`: the user may accept what is shown; not so in a replay."""
        super().__init__(id=id)
        self._decides = decides
        self._chosen_by_hand = False
        self._sides_by_hand = False
        self.comparison: Comparison | None = None
        """What the diff shows now."""
        self.standing = Standing(self)
        self.searching = Searching(
            self,
            lambda: self.query_one(StubList) if self._lists_stubs else self.query_one(f"#{self.choice.focus}", Sheet),
            ready=lambda: bool(self.standing.fits.panes),
            # Escape cancels a run with one press: only who is typing means the search.
            busy=lambda: self.state.status == "running",
        )

    def compose(self) -> ComposeResult:
        """The stage bar, the panes, the tabs and the meter."""
        yield StageBar(id="stages")
        yield RichnessBar(id="richness")
        yield PaneTabs(id="tabs")
        with Horizontal(id="desk"):
            yield StubList(id="stubs")
            with Container(id="panes"):
                yield DraftPane(id="draft")
                yield ChecksTable(id="examples")
                yield ReportPane(id="report")
                yield BehaviourPane(answering_keys(self), id="behaviour")
                diff = DiffPane(id="diff")
                diff.keys = deciding_keys(self)
                yield diff
        yield Static(id="too-small", markup=False)
        yield MeterBar(id="meter")

    # ------------------------------------------------------------------------------------ attributes from above

    def watch_state(self, old: RunState, new: RunState) -> None:
        """Hand the state to every part, and turn to where things happen."""
        other_run = (old.run, old.stub) != (new.run, new.stub)
        if other_run:
            self._chosen_by_hand = self._sides_by_hand = False
            self.set_reactive(RunView.candidate, "")
        with self.app.batch_update():
            for part in (StageBar, MeterBar, DraftPane, ReportPane, BehaviourPane):
                self.query_one(part).state = new
            self.query_one(BehaviourPane).fallen = contradicting(new)
            self._show_candidate()
            self.query_one(RichnessBar).score = spec_score(new.stub) if new.stub else None
            if not self._sides_by_hand:
                self.set_reactive(RunView.sides, usual_sides(new))
            self._compare()
            # After the run the panes stay where they are: the user is deciding, and more is run meanwhile.
            if not self._chosen_by_hand and (other_run or new.standing is None):
                self.choice = in_front(new, asks=self.asked.choice is not None)

    def watch_choice(self, choice: Choice) -> None:
        """Show the panes that were chosen."""
        self.refit()

    def watch_asked(self, asked: Asked) -> None:
        """Put a question, beside what is in front; the keys stay where they are."""
        pane, self.query_one(RichnessBar).strength = self.query_one(BehaviourPane), asked.strength
        pane.choice, pane.note = asked.choice, asked.note
        if not self._chosen_by_hand:
            self.choice = in_front(self.state, asks=asked.choice is not None)
        self.refit()

    def watch_candidate(self) -> None:
        """Show another candidate."""
        self._show_candidate()
        self.screen.refresh_bindings()

    def watch_sides(self) -> None:
        """Compare something else."""
        self._compare()
        self.post_message(self.SidesChanged())

    def watch_decided(self, decided: Mapping[int, Decision]) -> None:
        """Show what became of the changes."""
        self.query_one(DiffPane).decided = decided

    def watch_stubs_open(self) -> None:
        """Show or hide the list."""
        self.standing.arrange(focus=True)

    # ------------------------------------------------------------------------------------ what the user does

    def action_bring(self, pane: Pane) -> None:
        """Put a pane in front."""
        self._chosen_by_hand = True
        self.set_reactive(RunView.stubs_open, False)
        self.set_reactive(RunView.choice, self.choice.with_focus(pane))
        self.standing.arrange(focus=True)

    def action_turn(self, steps: int) -> None:
        """The next pane, or the one before."""
        self.action_bring(PANES[(PANES.index(self.choice.focus) + steps) % len(PANES)])

    def action_look(self, what: str) -> None:
        """Move in the diff, or show it otherwise, wherever the focus is."""
        diff = self.query_one(DiffPane)
        match what:
            case "next_hunk":
                diff.action_next_hunk()
            case "previous_hunk":
                diff.action_previous_hunk()
            case "split":
                diff.action_toggle_split()
            case "wrap":
                diff.action_toggle_wrap()
            case "sides":
                self._other_sides()
            case "candidates":
                self._compare_candidates()
            case _:
                self._copy()

    async def action_search(self, what: str) -> None:
        """Search in the pane in front, which stays there from now on."""
        self._chosen_by_hand = True
        await super().action_search(what)

    @property
    def may_decide(self) -> bool:
        """Whether there are changes to accept or to leave: not once the file holds all that is proposed."""
        comparison, state = self.comparison, self.state
        if not self._decides or comparison is None or not comparison.hunks or state.stub is None:
            return False
        if state.standing is not None and state.standing.absent:
            return False
        wanted = comparison.body(state.stub, {hunk.number: "accepted" for hunk in comparison.hunks})
        return (stands := standing_body(state)) is None or not same_body(stands, wanted)

    def follow(self) -> None:
        """Let the panes follow the run again."""
        self._chosen_by_hand = self._sides_by_hand = False
        self.candidate = ""
        self.choice = in_front(self.state, asks=self.asked.choice is not None)

    def turn_candidate(self, steps: int) -> None:
        """Show the candidate so many steps on, from the one that is shown or proposed now."""
        names = [candidate.draft.id for candidate in self.state.candidates]
        here = self.candidate or (self.state.proposal.id if self.state.proposal else "")
        self.candidate = names[(names.index(here) + steps) % len(names) if here in names else 0]
        self.action_bring("draft")

    @property
    def _lists_stubs(self) -> bool:
        """Whether the keys belong to the list of stubs."""
        stubs = self.query_one(StubList)
        typed_for = self.searching.typing and self.searching.sought is stubs
        return stubs.has_focus or typed_for or (self.stubs_open and not self.standing.fits.rail)

    def _show_candidate(self) -> None:
        self.query_one(DraftPane).wanted = self.candidate or None
        self.query_one(ChecksTable).state = looked_at(self.state, self.candidate)

    def _compare_candidates(self) -> None:
        state, stub = self.state, self.state.stub
        kept = state.solution.draft.id if state.solution else ""
        if stub is not None:
            one = self.candidate or kept
            self.app.push_screen(CandidateDiffScreen(stub, state.candidates, one, kept, state.dropped))

    def list_stubs(self) -> None:
        """Put the list of stubs in front, or away again."""
        stubs = self.query_one(StubList)
        if self.standing.fits.rail:
            self.standing.focus(self.standing.front if stubs.has_focus else stubs)
        else:
            self.stubs_open = not self.stubs_open

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys do something now."""
        if action == "search":
            return self.searching.possible(str(parameters[0]))
        if action != "look":
            return True
        if parameters == ("candidates",):
            return len(self.state.candidates) > 1
        if parameters == ("sides",):
            return len(possible_sides(self.state)) > 1
        return self.comparison is not None or parameters == ("copy",)

    def _other_sides(self) -> None:
        possible = possible_sides(self.state)
        self._sides_by_hand = True
        self.sides = possible[(possible.index(self.sides) + 1) % len(possible)]

    def _compare(self) -> None:
        comparison = compared(self.state, self.sides)
        pane = self.query_one(DiffPane)
        if comparison != self.comparison:
            self.comparison = comparison
            pane.hunks = comparison.hunks if comparison else ()
        pane.caption = captioned(comparison, self.state)
        if comparison is None or not comparison.hunks:
            pane.empty = why_nothing(self.state, self.sides)
        pane.deciding = self.may_decide

    def _copy(self) -> None:
        what, text = copied(self.state, self.choice.focus)
        if text:
            self.app.copy_to_clipboard(text)
            self.post_message(self.Copied(what))

    def on_pane_tabs_chosen(self, event: PaneTabs.Chosen) -> None:
        """A tab was clicked."""
        if event.pane is None:
            self.list_stubs()
        else:
            self.action_bring(event.pane)

    # ------------------------------------------------------------------------------------ what fits

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits."""
        self.refit()

    def refit(self) -> None:
        """Show what fits, after the number of stubs or the choice of panes changed."""
        self.standing.arrange(focus=self.standing.holds_focus)
