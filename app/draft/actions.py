"""What the user can do on the main screen, by the name that keys and the command palette know it under."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from ...engine.events import RecheckStarted, Undone, Written
from ...engine.facts import Stub
from ...engine.project_tests import place_of
from ...engine.sources import Source, read
from ...engine.state.run import RunState
from ...widgets.run.checks_table import ChecksTable
from ...widgets.run.diff_pane import DiffPane
from ...widgets.status_line import StatusLine
from ..common.editor import edited, editor_command
from ..common.key_names import keys_of
from ..models.choice import in_force
from ..models.choosing import chosen_model, chosen_pipeline
from ..run.comparison import Comparison
from .answering import Answering
from .conflict import ConflictScreen

if TYPE_CHECKING:
    from .controller import Work
    from .screen import DraftScreen

Deed = Callable[[], Awaitable[None] | None]


class Deeds:
    """Acts on `work`, and tells the user through `screen`."""

    def __init__(self, screen: DraftScreen, work: Work, open_tree: Callable[[], None]) -> None:
        self._screen = screen
        self._work = work
        self.answering = Answering(screen, work)
        self._writing = asyncio.Lock()
        self._by_name: dict[str, Deed] = {
            "draft": self._draft,
            "rerun": self._rerun,
            "cancel": self._cancel,
            "pipeline": partial(self._in_worker, self._choose_pipeline),
            "model": partial(self._in_worker, self._choose_model),
            "edit": partial(self._in_worker, self._edit),
            "tree": open_tree,
            "race": partial(self._in_worker, self._start_race),
            "enrich": partial(self._in_worker, self._enrich),
            "sample": self.answering.draw,
            "accept": lambda: self._diff.action_accept(),
            "accept_all": lambda: self._diff.action_accept_all(),
            "reject": lambda: self._diff.action_reject(),
            "reject_all": lambda: self._diff.action_reject_all(),
            "undo": partial(self._in_worker, partial(self._go_back, again=False)),
            "redo": partial(self._in_worker, partial(self._go_back, again=True)),
            "next_stub": lambda: work.following.move(1),
            "previous_stub": lambda: work.following.move(-1),
            "stubs": lambda: screen.view.list_stubs(),
        }

    async def do(self, name: str) -> None:
        """Do it."""
        done = self._by_name[name]()
        if done is not None:
            await done

    def _key(self, name: str) -> str:
        return keys_of(self._screen)(name)

    @property
    def all_possible(self) -> frozenset[str]:
        """The names of all that would do something now."""
        return frozenset(filter(self.possible, self._by_name))

    def possible(self, name: str) -> bool:
        """Whether it would do something now."""
        card, following = self._screen.card, self._work.following
        match name:
            case "cancel":
                return following.drafting.stub is not None or self._screen.view.stubs_open
            case "accept" | "accept_all" | "reject" | "reject_all":
                view = self._screen.view
                return view.state.status != "running" and view.may_decide and not view.stubs_open
            case "draft":
                return (
                    card is not None and card.in_file and following.has(card) and not card.drafted and not card.waiting
                )
            case "rerun":
                return (
                    card is not None and following.has(card) and card.state is not None and card.state.status != "idle"
                )
            case "edit":
                return card is not None and card.stub.path in following.sources
            case "race":
                return card is not None and following.has(card)
            case "tree":
                return card is not None
            case "enrich" | "sample":
                idle = card is not None and card.in_file and following.has(card) and following.drafting.stub is None
                return idle and (name == "enrich" or bool(self._work.deciding.note(card, name)))
            case "undo" | "redo":
                # While a write is under way it waits for that, and is about what came of it.
                return self._writing.locked() or bool(self._written(undone=name == "redo"))
            case "next_stub" | "previous_stub" | "stubs":
                return len(following.shelf.cards) > 1
            case _:
                return True

    # ------------------------------------------------------------------------------------ runs

    def _draft(self) -> None:
        if (card := self._screen.card) is not None:
            self._work.following.ask(card.stub.key)

    async def _rerun(self) -> None:
        card, drafting = self._screen.card, self._work.following.drafting
        if card is None:
            return
        if drafting.stub is not None and drafting.stub.key == card.stub.key:
            await drafting.cancel("you")
        self._screen.view.follow()
        self._work.following.ask(card.stub.key)

    async def _cancel(self) -> None:
        if self._work.following.drafting.stub is None:
            self._screen.view.stubs_open = False
            return
        self._screen.say("cancelling…")
        await self._work.following.cancel("you")

    async def _choose_pipeline(self) -> None:
        pipeline = await chosen_pipeline(self._screen, self._work.settings, self._work.following.pipeline)
        if pipeline is not None:
            self._work.use_pipeline(pipeline)
            self._screen.show_title()
            self._screen.say(f"{pipeline.name} from the next run on. {self._key('run.again')} runs again")

    async def _choose_model(self) -> None:
        status = self._screen.query_one(StatusLine)
        before = status.notice, status.tone
        status.say("asking the servers for their models…")
        chosen = await chosen_model(self._screen, self._work.settings, self._work.known, self._work.session.environ)
        if chosen is not None:
            self._work.use_models(chosen)
            several = len(set(chosen.values())) > 1
            whose = "" if "coder" in chosen and len(chosen) > 1 else f" for the {', '.join(chosen)}"
            named = " and ".join(dict.fromkeys(choice.label for choice in chosen.values()))
            told = named if several else f"{named}{whose}"
            self._screen.say(f"{told} from the next run on. {self._key('run.again')} runs again")
        elif status.notice.startswith("asking the servers"):
            status.say(*before)

    async def _start_race(self) -> None:
        from ..race.picker import RacePicker, models_here
        from ..race.screen import RaceScreen
        from ..race.setup import Field

        card, work = self._screen.card, self._work
        if card is None:
            return
        models, now = await models_here(work.settings, work.known, work.session.environ), in_force(work.settings)
        lineup = await self._screen.app.push_screen_wait(RacePicker(models, now, work.settings))
        if lineup is not None:
            wanted = Field(title=card.stub.key, stub=card.stub, pipelines=lineup.pipelines, models=lineup.models)
            race = RaceScreen(work.session, wanted, open_kit=work.kit_for, returns=True)
            taken = await self._screen.app.push_screen_wait(race)
            if taken is not None:
                self._screen.view.follow()
                work.following.adopt(taken)

    async def _enrich(self) -> None:
        from .enrich import EnrichScreen

        card = self._screen.card
        if card is None:
            return
        strong = self._work.deciding.strength(card)
        offer = strong.offer if strong is not None else None
        self._screen.say("" if offer is not None else "asking the planner for examples and edge cases…")
        landed = await self._screen.app.push_screen_wait(EnrichScreen(self._work, card.stub, offer))
        if landed is not None:
            await self._work.refresh(landed)
            undo, again = self._key("file.undo"), self._key("run.again")
            self._screen.say(f"the docstring is richer now. {undo} takes it back, {again} drafts again", "good")
        else:
            self._screen.say("")

    async def _edit(self) -> None:
        card = self._screen.card
        if card is None:
            return
        path, line = self._place_to_edit(card.stub)
        command = editor_command(self._screen.session.environ, path, line)
        try:
            with self._screen.app.suspend():
                trouble = edited(command)
            if trouble:
                self._screen.say(trouble, "error")
        except SuspendNotSupported:
            self._screen.say("this terminal cannot be lent to an editor; open the file in another window", "warning")

    def _place_to_edit(self, stub: Stub) -> tuple[str, int]:
        """The stub, or the test that the cursor is on when the examples are in front."""
        view = self._screen.view
        pointed = view.query_one(ChecksTable).pointed if view.choice.focus == "examples" else None
        if pointed is None or not pointed.where:
            return stub.path, stub.line
        return place_of(stub, pointed.where)

    # ------------------------------------------------------------------------------------ writing

    def accept(self, numbers: tuple[int, ...]) -> None:
        """Write these changes of what the diff shows."""
        card, view = self._screen.card, self._screen.view
        if card is None or card.state is None or view.comparison is None:
            return
        if card.state.status == "running":
            self._screen.say(f"the run goes on: wait for it, or press {self._key('run.cancel')} first", "warning")
            return
        self._in_worker(self._write, card.stub, card.state, view.comparison, numbers)

    def reject(self, numbers: tuple[int, ...]) -> None:
        """Leave these changes."""
        card, view = self._screen.card, self._screen.view
        if card is not None and card.state is not None and view.comparison is not None:
            self._work.accepting.reject(card.stub, card.state.run, view.comparison.sides, numbers)
            self._screen.show_decisions()

    async def _write(self, stub: Stub, state: RunState, comparison: Comparison, numbers: tuple[int, ...]) -> None:
        accepting = self._work.accepting
        self._work.following.meet(stub.key, accepting.began)
        async with self._alone():
            landing = await accepting.accept(
                state.stub or stub, state.run, comparison, numbers, pipeline=state.pipeline
            )
            if landing.changed:
                hunks = accepting.written(stub.key, state.run)
                self._tell(stub, state, Written(path=stub.path, draft=comparison.draft, hunks=hunks), landing.source)
                await self._work.refresh(landing.source)
        if landing.conflicts:
            self._screen.say("you edited the same lines: nothing was written", "warning")
            await self._screen.app.push_screen_wait(ConflictScreen(landing.conflicts))
            return
        if not landing.changed:
            self._screen.say("nothing was written: the file holds it already, or your own edits of it", "warning")
            return
        self._screen.show_decisions()

    async def _go_back(self, *, again: bool) -> None:
        accepting = self._work.accepting
        async with self._alone():
            path = self._written(undone=again)
            if not path:
                return
            key, told, hunks = await (accepting.redo(path) if again else accepting.undo(path))
            back, once_more = f"{self._key('file.undo')} takes it back", f"{self._key('file.redo')} writes it again"
            notice = f"{told}. {back if again else once_more}"
            self._screen.say(notice, "good")
            source = await asyncio.to_thread(read, path)
            card = self._work.following.shelf.get(key)
            if card is not None and card.state is not None:
                self._tell(card.stub, card.state, Undone(path=path, again=again, hunks=hunks), source)
            await self._work.refresh(source)
        self._screen.show_decisions()
        if not key:  # Another stub may be in front by now, and its own word with it.
            self._screen.say(notice, "good")

    def _tell(self, stub: Stub, state: RunState, event: Written | Undone, source: Source) -> None:
        """Put what was done to the file at the end of the run; what was found out before is no longer said of it."""
        stands = self._work.rechecking.land(source, state.stub or stub)
        if stands is None and isinstance(event, Undone):
            event = Undone(path=event.path)  # An editor had taken back what was written before.
        stands = stands or (RecheckStarted(draft=state.solution.draft) if state.solution is not None else None)
        self._work.tell(stub.key, state.run, (event, stands) if stands is not None else (event,))

    def _written(self, *, undone: bool) -> str:
        """The file in front if it has a write that can be taken back (or, `undone`, made again) now, else "".

        Without a stub in front that is the file written last: filling its only stub leaves none.
        """
        card, work = self._screen.card, self._work
        sources = work.following.readable
        mine = [source for source in sources if card is None or source.path == card.stub.path]
        return work.accepting.last(mine, undone=undone)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """One write at a time; what was found beside the file is told, however it ends."""
        try:
            async with self._writing:
                yield
        finally:
            self._work.tell_found()
            self._screen.look_at_keys()

    # ------------------------------------------------------------------------------------ inside

    @property
    def _diff(self) -> DiffPane:
        return self._screen.query_one(DiffPane)

    def _in_worker(self, deed: Callable[..., Awaitable[None]], *given: object) -> None:
        self._screen.run_worker(deed(*given), group="deeds", exit_on_error=False)
