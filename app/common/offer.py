"""The first run's offer: fetch the embedded model, after saying what it takes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import ProgressBar, Static
from textual.worker import Worker

from ...engine.errors import RedraftError
from ...engine.models.embedded import weights
from ...engine.models.embedded.weight_sources import usual_sources
from ...engine.system.paths import Places
from .faults import tell_of
from .key_names import keys_of


class OfferScreen(ModalScreen[bool]):
    """Gives whether the model is there now."""

    BINDINGS = [
        Binding("y,enter", "fetch", "fetch it", id="offer.yes"),
        Binding("n,escape", "refuse", "not now", id="offer.no"),
    ]

    def __init__(
        self,
        environ: Mapping[str, str],
        places: Places,
        *,
        model: weights.Weights = weights.CODER,
        sources: Sequence[weights.Source] | None = None,
    ) -> None:
        super().__init__()
        self._places = places
        self._model = model
        self._sources = usual_sources(environ) if sources is None else sources
        self._folder = weights.models_folder(environ)
        self._fetching: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """What it is, how large, where it goes, how much room there is."""
        model, key = self._model, keys_of(self)
        with Vertical(classes="panel") as panel:
            panel.border_title = "a model to begin with"
            panel.border_subtitle = Content(f"{key('offer.yes')} fetches it, {key('offer.no')} does not")
            yield Static(
                "redraft brings its own small coder model, so that you need no key and no server. "
                "It is fetched once:\n\n"
                f"  {model.name}\n"
                f"  {model.size / 1e9:.1f} GB, {model.licence}, checked by its SHA-256\n"
                f"  goes into {self._folder}\n"
                f"  free on that disk: {_free(self._folder):.1f} GB\n\n"
                "Without it, start a server of your own (Ollama, LM Studio, llama.cpp, vLLM) and press "
                f"{key('run.model')}.",
                markup=False,
            )
            yield ProgressBar(total=model.size, show_eta=True, id="fetched")
            yield Static("", id="source", markup=False)

    def on_mount(self) -> None:
        """The bar comes when there is something to show."""
        self.query_one(ProgressBar).display = False

    def action_fetch(self) -> None:
        """Begin, or begin again where it stopped."""
        if self._fetching is None or self._fetching.is_finished:
            self.query_one(ProgressBar).display = True
            self._fetching = self.run_worker(self._fetch(), group="fetch", exit_on_error=False)

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
            await weights.pull(self._folder, self._sources, self._show, self._model)
        except RedraftError as error:
            said.update(f"{error}\n{keys_of(self)('offer.yes')} tries again")
        else:
            self.dismiss(True)

    def _show(self, progress: weights.Progress) -> None:
        self.query_one(ProgressBar).update(progress=progress.done)
        words = "checking its hash…" if progress.source == "checking" else f"from {progress.source}"
        self.query_one("#source", Static).update(
            f"{progress.done / 1e6:,.0f} of {progress.total / 1e6:,.0f} MB {words}"
        )


def _free(folder: Path) -> float:
    place = folder
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free / 1e9
