"""The offer to fetch models, after saying what they take; the first run's says what would suit this machine better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import ProgressBar, Static
from textual.worker import Worker

from ...engine.errors import RedraftError
from ...engine.models.embedded import stock
from ...engine.models.embedded.recommending import LineUp
from ...engine.models.embedded.weights import Progress, Source, Weights, megabytes
from ...engine.system.paths import Places
from ..common.faults import tell_of
from ..common.key_names import keys_of
from .takes import line_up_line, memory_line


class OfferScreen(ModalScreen[bool]):
    """Gives whether the models are there now; `took_better` tells that the user wants the recommended ones instead."""

    BINDINGS = [
        Binding("y,enter", "fetch", "fetch it", id="offer.yes"),
        Binding("r", "better", "the recommended ones", id="offer.better"),
        Binding("n,escape", "refuse", "not now", id="offer.no"),
    ]

    def __init__(
        self,
        environ: Mapping[str, str],
        places: Places,
        order: stock.Order,
        *,
        better: LineUp | None = None,
        sources: Sequence[Source] | None = None,
    ) -> None:
        """`better` is what suits this machine better than what is offered, None for nothing."""
        super().__init__()
        self.took_better = False
        self._environ = environ
        self._places = places
        self._order = order
        self._better = better
        self._sources = sources
        self._fetching: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """What it is, how large, where it goes, how much room there is."""
        order, key = self._order, keys_of(self)
        with Vertical(classes="panel") as panel:
            panel.border_title = "a model to begin with" if len(order.models) == 1 else "models to begin with"
            panel.border_subtitle = Content(f"{key('offer.yes')} fetches, {key('offer.no')} does not")
            yield Static(self._words(), markup=False)
            for nth, model in enumerate(order.models):
                yield ProgressBar(total=model.size, show_eta=True, id=f"fetched-{nth}")
            yield Static("", id="source", markup=False)

    def _words(self) -> str:
        order, key = self._order, keys_of(self)
        files = "\n".join(
            f"  {model.name}\n"
            f"  {megabytes(model.size)}, {model.licence or 'licence: see the hub'}, checked by its SHA-256\n"
            f"  {memory_line(model)}"
            for model in order.models
        )
        better = ""
        if self._better is not None:
            named = " and ".join(f"{model.typed} as {role}" for role, model in self._better.cast.items())
            better = (
                f"\n\n{key('offer.better')} takes what suits this machine instead: {named}; "
                f"{line_up_line(self._better)}."
            )
        return (
            "redraft runs models of its own on this machine, so that you need no key and no server. "
            f"Each is fetched once:\n\n{files}\n  goes into {order.folder}\n"
            f"  free on that disk: {megabytes(order.free)}{better}\n\n"
            "Without it, start a server of your own (Ollama, LM Studio, llama.cpp, vLLM) and press "
            f"{key('run.model')}."
        )

    def on_mount(self) -> None:
        """The bar comes when there is something to show."""
        for bar in self.query(ProgressBar):
            bar.display = False

    def action_fetch(self) -> None:
        """Begin, or begin again where it stopped."""
        if self._fetching is None or self._fetching.is_finished:
            for bar in self.query(ProgressBar):
                bar.display = True
            self._fetching = self.run_worker(self._fetch(), group="fetch", exit_on_error=False)

    def action_better(self) -> None:
        """Take the recommended line-up instead."""
        if self._better is not None and self._fetching is None:
            self.took_better = True
            self.dismiss(False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The recommended ones can be taken where there are such."""
        return action != "better" or self._better is not None

    def action_refuse(self) -> None:
        """Leave; what has come so far is kept."""
        if self._fetching is not None:
            self._fetching.cancel()
        self.dismiss(False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a fault of our own; what the network or the disk refuse is said beside the bar."""
        tell_of(self, event, self._places)

    async def _fetch(self) -> None:
        said = self.query_one("#source", Static)
        try:
            await stock.fetch(self._order, self._environ, self._show, self._sources)
        except RedraftError as error:
            said.update(f"{error}\n{keys_of(self)('offer.yes')} tries again")
        else:
            self.dismiss(True)

    def _show(self, model: Weights, progress: Progress) -> None:
        nth = self._order.models.index(model)
        self.query_one(f"#fetched-{nth}", ProgressBar).update(progress=progress.done)
        words = "checking its hash…" if progress.source == "checking" else f"from {progress.source}"
        self.query_one("#source", Static).update(
            f"{progress.done / 1e6:,.0f} of {progress.total / 1e6:,.0f} MB {words}"
        )
