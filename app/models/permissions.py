"""What only the user can allow, asked on the screen when it is needed. What asks is imported no earlier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from ...engine.settings import Settings

if TYPE_CHECKING:
    from ..common.session import Session


async def has_models(screen: Screen[Any], session: Session, many: Sequence[Settings]) -> bool:
    """Whether the models that these settings have here are here, fetched now if the user agrees.

    Raises:
        RedraftError: nothing can run them, a name means nothing, or the hub cannot say what they take.
    """
    from ...engine.models.embedded import stock
    from .offer import OfferScreen

    needed = await stock.lacking(many, session.environ)
    if not needed:
        return True
    order = await stock.place_order(needed, session.environ)
    return bool(await screen.app.push_screen_wait(OfferScreen(session.environ, session.places, order)))


async def with_models(screen: Screen[None], session: Session, settings: Settings) -> Settings | None:
    """The settings to work with, whose models are here now; None when the user wants none.

    Where nobody has chosen a model yet, the line-up that suits this machine is offered beside the default; whoever
    takes it has it in their settings from then on.

    Raises:
        RedraftError: as for `has_models`, or the settings cannot be written.
    """
    from ...engine.models.embedded import stock
    from .offer import OfferScreen
    from .takes import advise, takes_line_up, with_line_up

    needed = await stock.lacking([settings], session.environ)
    if not needed:
        return settings
    order = await stock.place_order(needed, session.environ)
    better = None
    if settings.roles == Settings().roles:
        found = (await advise(settings, session.environ)).chosen
        better = found if set(found.cast.values()) != set(needed) else None
    screen_ = OfferScreen(session.environ, session.places, order, better=better)
    if await screen.app.push_screen_wait(screen_):
        return settings
    if screen_.took_better and better is not None:
        changed = with_line_up(settings, better)
        if await has_models(screen, session, [changed]):
            takes_line_up(session.places.settings_file, better)
            return changed
    return None


async def consents(screen: Screen[None], folder: Path) -> bool:
    """Whether drafts of a project may run where the sandbox cannot protect its files."""
    from .consent import ConsentScreen

    return await screen.app.push_screen_wait(ConsentScreen(folder))
