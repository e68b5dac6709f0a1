"""Additions to the docstring in front, as changes to accept one by one: an example that is missing, or a planner's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import Worker

from ...engine.behaviour.answers import example_of, with_example
from ...engine.diff import apply, hunks
from ...engine.errors import SourceError, StaleSource
from ...engine.examples.enriching import enriched_header, with_header_of
from ...engine.examples.richness import richness
from ...engine.facts import Answer, Stub
from ...engine.journal.journal import Purpose
from ...engine.pipelines.catalogue import ENRICH
from ...engine.run.log import running
from ...engine.sources import Source, read, write
from ...engine.sources.heading import with_header
from ...engine.state.run import RunState
from ...widgets.run.diff_pane import DiffPane
from ...widgets.run.diff_rows import Decision
from ..common.faults import tell_of
from ..common.feed import feed
from ..common.key_names import deciding_keys, keys_of
from ..common.keys import ENRICHING, bindings

if TYPE_CHECKING:
    from .controller import Work


class EnrichScreen(ModalScreen[Source | None]):
    """Shows the example that would catch most mistakes, or what the planner would add, and writes what is accepted.

    Gives the file as written, or None.
    """

    BINDINGS = bindings((ENRICHING,))
    TOPICS = (ENRICHING,)

    def __init__(self, work: Work, stub: Stub, offer: Answer | None = None) -> None:
        """`offer`: what the verified body does with the call that would catch most; None: the planner is asked."""
        super().__init__()
        self._offer = offer
        self._work = work
        self._stub = stub
        self._decided: dict[int, Decision] = {}
        self._source: Source | None = None

    def compose(self) -> ComposeResult:
        """The changes, and what the keys do."""
        with Vertical(classes="panel -wide") as panel:
            panel.border_title = Content(f"enrich {self._stub.name}")
            pane = DiffPane(id="additions")
            pane.empty = "asking the planner…"
            pane.caption = "docstring"
            pane.keys = deciding_keys(self)
            yield pane
            yield Static(id="foot", classes="foot", markup=False)

    def on_mount(self) -> None:
        """Show what is offered, or ask."""
        self.query_one(DiffPane).focus()
        key = keys_of(self)
        if self._offer is not None:
            planner = f"{key('enrich.planner')} asks the planner for more"
            self._say(f"as the draft does it: accept it only if that is right. {self._ways_out}, {planner}")
            self.run_worker(self._show_offer(self._offer), group="enrich", exit_on_error=False)
            return
        self.action_planner()

    async def _show_offer(self, offer: Answer) -> None:
        self._source = await asyncio.to_thread(read, self._stub.path)
        pane = self.query_one(DiffPane)
        pane.caption = "docstring · as the draft does it: check it"
        pane.hunks = hunks(self._stub.header, with_example(self._stub, example_of(offer)).header)
        pane.empty = "the example cannot be added to this docstring"

    def action_planner(self) -> None:
        """Ask the planner."""
        self._offer, self._decided = None, {}
        key, pane = keys_of(self), self.query_one(DiffPane)
        pane.hunks, pane.decided, pane.caption, pane.empty = (), {}, "docstring", "asking the planner…"
        keys = f"{key('diff.accept')} accepts, {key('diff.reject')} rejects, {self._ways_out}"
        self._say(f"the planner may be wrong: accept only what you mean. {keys}")
        self.run_worker(self._ask(), group="enrich", exit_on_error=False)

    async def _ask(self) -> None:
        self._source = await asyncio.to_thread(read, self._stub.path)
        async with self._work.kit_for(self._work.settings) as kit, running(ENRICH, kit, self._stub) as log:
            state = RunState()
            async for state in feed(log):
                if state.live_call is not None:
                    self.query_one(DiffPane).empty = f"the planner writes…\n\n{state.live_call.text}"
        pane = self.query_one(DiffPane)
        if state.enrichment is None:
            pane.empty = state.problem or "the planner said nothing"
            return
        header = enriched_header(self._stub, state.enrichment)
        pane.empty = f"nothing of this can be added to the docstring:\n\n{state.enrichment.text}"
        pane.hunks = hunks(self._stub.header, header)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The planner is asked once."""
        return self._offer is not None if action == "planner" else True

    # ------------------------------------------------------------------------------------ deciding

    def on_diff_pane_accepted(self, event: DiffPane.Accepted) -> None:
        """These are wanted."""
        self._decide(dict.fromkeys(event.numbers, "accepted"))

    def on_diff_pane_rejected(self, event: DiffPane.Rejected) -> None:
        """These are not."""
        self._decide(dict.fromkeys(event.numbers, "rejected"))

    def _decide(self, decisions: Mapping[int, Decision]) -> None:
        self._decided.update(decisions)
        self.query_one(DiffPane).decided = dict(self._decided)
        before, after = richness(self._stub).score, richness(with_header_of(self._stub, self._header())).score
        self._say(f"with these the specification has {after} points, now it has {before}. {self._ways_out}")

    @property
    def _ways_out(self) -> str:
        key = keys_of(self)
        return f"{key('enrich.write')} writes, {key('enrich.leave')} leaves"

    def _header(self) -> str:
        chosen = [hunk for hunk in self.query_one(DiffPane).hunks if self._decided.get(hunk.number) == "accepted"]
        return apply(self._stub.header, chosen)

    async def action_write(self) -> None:
        """Write what was accepted; with nothing accepted, leave."""
        header = self._header()
        if self._source is None or header == self._stub.header:
            self.dismiss(None)
            return
        try:
            text = with_header(self._source, self._stub, header)
            journal = self._work.accepting.journal.labelled(Purpose(function=self._stub.name, part="docstring"))
            landed = await asyncio.to_thread(write, self._source, text, journal)
        except StaleSource as error:
            self._refuse(f"{error}. {keys_of(self)('spec.enrich')} enriches it as it is now")
        except SourceError as error:
            self._refuse(str(error))
        else:
            self._work.accepting.rewrote(self._stub.path, journal.entry)
            self.dismiss(landed)
        finally:
            self._work.tell_found()

    def _refuse(self, why: str) -> None:
        self.app.notify(why, severity="error", markup=False, timeout=15)
        self.dismiss(None)

    def _say(self, words: str) -> None:
        self.query_one("#foot", Static).update(Content(words))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell why asking failed."""
        tell_of(self, event, self._work.places)
