"""Asks, once for a project, whether drafts may run where the sandbox cannot protect its files (tier D)."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ...engine.sandbox.tiers import EXPLAINED
from ..common.key_names import keys_of


class ConsentScreen(ModalScreen[bool]):
    """Gives whether the user agrees. Enter does nothing here: it is pressed too easily."""

    BINDINGS = [
        Binding("y", "dismiss(True)", "run drafts here", id="consent.yes"),
        Binding("n,escape", "dismiss(False)", "run nothing", id="consent.no"),
    ]

    def __init__(self, folder: Path) -> None:
        """`folder`: the project it is about."""
        super().__init__()
        self._folder = folder

    def compose(self) -> ComposeResult:
        """What drafts could do, where it would hold, and what else there is to do."""
        key = keys_of(self)
        with Vertical(classes="panel") as panel:
            panel.border_title = "drafts are not kept from your files here"
            panel.border_subtitle = Content(
                f"{key('consent.yes')} runs them all the same, {key('consent.no')} runs nothing"
            )
            yield Static(
                f"The sandbox of this machine is limited (tier D). {EXPLAINED['D'].capitalize()}.\n\n"
                f"Agreeing holds for this project, until `redraft trust --no`:\n\n  {self._folder}\n\n"
                "`redraft doctor` says what is missing, and how to get it.",
                markup=False,
            )
