"""The models that a user may choose from: the embedded one, those of the servers in force, and what runs here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from ...engine.facts import ROLES
from ...engine.settings import EMBEDDED, RoleSettings, Settings
from .model_choice import ModelChoice, asks


class ModelOffer(NamedTuple):
    """A model that may be chosen, and what is known of it."""

    choice: ModelChoice
    title: str
    detail: str


async def model_offers(settings: Settings, known: Settings) -> tuple[tuple[ModelOffer, ...], str]:
    """What may be chosen, and what a user should know of servers that do not answer, "" for nothing.

    `settings` are in force now; `known` are those that the program began with: a server that they name is offered again
    after another was chosen.
    """
    from ...engine.models.discovery import discover
    from ...engine.models.endpoint import Endpoint
    from ...engine.run.opening import listed_models

    servers = _servers((known, settings))
    listing = asyncio.gather(*(listed_models(server) for server in servers))
    found, listed = await asyncio.gather(discover(), listing)
    offers = [
        ModelOffer(
            ModelChoice(EMBEDDED, ""),
            "the embedded model",
            "Qwen2.5-Coder 1.5B, runs on this machine, needs nothing else",
        )
    ]
    silent: list[str] = []
    for server, models in zip(servers, listed, strict=True):
        shown = ", ".join(Endpoint(base_url=url).shown_url for url in server.base_urls)
        if models is None:
            silent.append(shown)
        named = [choice.model for one in (known, settings) for role in ROLES
                 if (choice := asks(one, role)).base_url == server.base_url]  # fmt: skip
        for model in dict.fromkeys([*(models or ()), *named]):
            choice = ModelChoice(server.base_url, model)
            title = model or f"the first model at {shown}"
            offers.append(ModelOffer(choice, title, f"from your settings, at {shown}"))
    theirs = {offer.choice.base_url for offer in offers}
    for one in found:
        for model in one.models if one.url not in theirs else ():
            choice = ModelChoice(one.url, model, found=True)
            offers.append(ModelOffer(choice, model, f"{one.kind or 'a server'} at {one.url}"))
    note = f"{' and '.join(silent)} does not list its models now" if silent else ""
    return tuple(offers), note or ("" if len(offers) > 1 else "no server answers on this machine")


def _servers(every: Sequence[Settings]) -> list[RoleSettings]:
    """One role for each server that these settings name."""
    roles = [one.role(role) for one in every for role in ROLES]
    return list({role.base_url: role for role in reversed(roles) if not role.embedded}.values())[::-1]
