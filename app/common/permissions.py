"""What only the person can allow, asked on the screen when it is needed. What asks is imported no earlier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

if TYPE_CHECKING:
    from .session import Session


async def has_model(screen: Screen[None], session: Session) -> bool:
    """Whether the embedded model is here, fetched now if the person agrees."""
    from ...engine.models.embedded import weights
    from .offer import OfferScreen

    there = weights.find(session.environ) is not None
    return there or bool(await screen.app.push_screen_wait(OfferScreen(session.environ, session.places)))


async def consents(screen: Screen[None], folder: Path) -> bool:
    """Whether drafts of a project may run where the sandbox cannot protect its files."""
    from .consent import ConsentScreen

    return await screen.app.push_screen_wait(ConsentScreen(folder))
