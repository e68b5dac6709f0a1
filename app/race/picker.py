"""Choosing what runs in a race: two to five lanes, each a pipeline with a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from ...engine.pipelines.catalogue import CATALOGUE, PIPELINES, Pipeline
from ...engine.run.race import FEWEST, MOST
from ...engine.settings import Settings
from ...widgets.options import Options
from ...widgets.search_line import SearchLine
from ..common.filtering import Filtering
from ..common.key_names import keys_of
from ..models.choice import ModelChoice, in_force
from ..models.offers import model_offers
from .setup import USUAL


class Lineup(NamedTuple):
    """What was chosen."""

    pipelines: tuple[Pipeline, ...]
    models: tuple[ModelChoice, ...]


class Choices(Options):
    """Names to choose some of: a sign, and not a colour alone, tells which are chosen."""

    BINDINGS = [Binding("space", "flip", "choose", show=False, id="lineup.toggle")]

    class Toggled(Message):
        """Other names are chosen now."""

    def __init__(self, offers: Sequence[tuple[str, Content, bool]], *, id: str) -> None:
        """`offers`: name, how it reads, whether it is chosen."""
        self._texts = {name: line for name, line, _ in offers}
        self.selected = {name for name, _, chosen in offers if chosen}
        super().__init__(self._marked(), id=id)

    def action_flip(self) -> None:
        """Choose the name under the cursor, or leave it."""
        if self.pointed is not None:
            self._flip(self.pointed)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click chooses, too."""
        event.stop()
        self._flip(event.option_id or "")

    def _flip(self, name: str) -> None:
        self.selected ^= {name}
        self.show(self._marked())
        self.post_message(self.Toggled())

    def _marked(self) -> list[tuple[str, Content]]:
        chosen, left = ("● ", "$primary"), ("○ ", "$text-muted")
        return [
            (name, Content.assemble(chosen if name in self.selected else left, line))
            for name, line in self._texts.items()
        ]


class RacePicker(ModalScreen[Lineup | None]):
    """Gives the lineup, or None. Each pipeline runs with each of the models."""

    BINDINGS = [
        Binding("escape", "leave", "close", id="lineup.close"),
        Binding("q", "dismiss", "close", show=False, id="lineup.quit"),
        Binding("slash", "filter", "filter", show=False, id="search.open", priority=True),
        Binding("enter", "start", "start", priority=True, id="lineup.start"),
        Binding("tab", "app.focus_next", "models", show=False),
        Binding("j", "cursor('down')", "down", show=False, id="lineup.down"),
        Binding("k", "cursor('up')", "up", show=False, id="lineup.up"),
    ]

    def __init__(self, models: Sequence[ModelChoice], now: ModelChoice, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._models = tuple(models)
        self._now = now
        self._filtering = Filtering(
            self, lambda: self.query_one("#lineup", Vertical), lambda: self._pointed, enter="keeps it"
        )

    def compose(self) -> ComposeResult:
        """Pipelines, models where there is a choice, and how many lanes that makes."""
        with Vertical(classes="panel", id="lineup") as panel:
            panel.border_title = Content("race")
            key = keys_of(self, Choices)
            chooses, starts = f"{key('lineup.toggle')} chooses", f"{key('lineup.start')} starts"
            panel.border_subtitle = Content(
                f"{chooses}, {starts}, {key('search.open')} filters, {key('lineup.close')} closes"
            )
            yield Choices([(p.name, _line(p, self._settings), p.name in USUAL) for p in PIPELINES], id="pipelines")
            if len(self._models) > 1:
                models = [(str(n), Content(model.label), model == self._now) for n, model in enumerate(self._models)]
                yield Choices(models, id="models")
            yield Static(id="count", classes="foot", markup=False)

    def on_mount(self) -> None:
        """Begin at the pipelines."""
        self.query_one("#pipelines").focus()
        self._count()

    @property
    def lineup(self) -> Lineup:
        """What is chosen now, in the order of the lists."""
        chosen = self.query_one("#pipelines", Choices).selected
        found = self.query("#models").results(Choices)
        picked = {int(n) for selection in found for n in selection.selected}
        models = tuple(model for n, model in enumerate(self._models) if n in picked)
        ordered = [name for name in USUAL if name in chosen] + [n for n in CATALOGUE if n in chosen and n not in USUAL]
        return Lineup(tuple(CATALOGUE[name] for name in ordered), models or (self._now,))

    def on_choices_toggled(self) -> None:
        """Count again."""
        self._count()

    def action_start(self) -> None:
        """Give the lineup, if it makes a race."""
        if FEWEST <= self._lanes <= MOST:
            self.dismiss(self.lineup)

    def action_cursor(self, way: str) -> None:
        """Move in the list that has the focus."""
        options = self._filtering.options
        (options.action_cursor_down if way == "down" else options.action_cursor_up)()

    async def action_filter(self) -> None:
        """Leave what holds the text that is typed now."""
        await self._filtering.open()

    async def action_leave(self) -> None:
        """Show all again, or close."""
        if not await self._filtering.close():
            self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys do something now: enter ends the typing first."""
        return action not in {"start", "filter"} or not self._filtering.typing

    def on_search_line_changed(self, event: SearchLine.Changed) -> None:
        """With every letter."""
        self._filtering.take(event.text)

    def on_search_line_kept(self) -> None:
        """Enter."""
        self._filtering.keep()

    @property
    def _pointed(self) -> Choices:
        focused = self.focused
        return focused if isinstance(focused, Choices) else self.query_one("#pipelines", Choices)

    @property
    def _lanes(self) -> int:
        lineup = self.lineup
        return len(lineup.pipelines) * len(lineup.models)

    def _count(self) -> None:
        fits = FEWEST <= self._lanes <= MOST
        words = f"{self._lanes} lanes" if fits else f"{self._lanes} lanes: a race has {FEWEST} to {MOST}"
        self.query_one("#count", Static).update(words)


def _line(pipeline: Pipeline, settings: Settings) -> Content:
    most = pipeline.most_calls(settings.mode, settings.repair.attempts)
    calls = "no bound" if most is None else f"≤{most}"
    line = Content.assemble((f"{pipeline.name:<22}", "bold"), (f"{calls:>9}  ", "$text-muted"))
    return line + Content.styled(pipeline.title, "$text-muted")


async def models_here(settings: Settings, known: Settings, environ: Mapping[str, str]) -> tuple[ModelChoice, ...]:
    """The model in force, then all others that may be chosen; `known` are the settings that the program began with."""
    now = in_force(settings)
    offers, _ = await model_offers(settings, known, environ)
    return (now, *(offer.choice for offer in offers if offer.choice[:2] != now[:2] and offer.line_up is None))
