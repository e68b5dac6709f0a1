"""The models that a user may choose from: the embedded one, those of the servers in force, and what runs here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...engine.facts import ROLES
from ...engine.models.embedded.casting import played
from ...engine.models.embedded.catalogue import Catalogue
from ...engine.models.embedded.finding import find
from ...engine.models.embedded.recommending import LineUp
from ...engine.models.embedded.weights import megabytes
from ...engine.settings import EMBEDDED, RoleSettings, Settings
from .choice import ModelChoice, asks
from .takes import advise, line_up_line, memory_line


class ModelOffer(NamedTuple):
    """A model that may be chosen, and what is known of it."""

    choice: ModelChoice
    title: str
    detail: str
    line_up: LineUp | None = None
    """Set where it is several models, each for its roles; `choice` is the coder's."""


async def model_offers(
    settings: Settings, known: Settings, environ: Mapping[str, str]
) -> tuple[tuple[ModelOffer, ...], str]:
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
        ),
        *await _on_this_machine(settings, environ),
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


async def _on_this_machine(settings: Settings, environ: Mapping[str, str]) -> list[ModelOffer]:
    """The line-up that suits this machine, and the models whose files are here or that a role has."""
    catalogue = Catalogue(environ)
    best = (await advise(settings, environ)).chosen
    offers: list[ModelOffer] = []
    if len(best.cast) > 1 or best.cast["coder"] != catalogue.named(""):
        named = " with ".join(f"{model.typed} as {role}" for role, model in best.cast.items())
        missing = sum(model.size for model in set(best.cast.values()) if find(environ, model) is None)
        fetched = f"; {megabytes(missing)} are fetched first" if missing else ""
        choice = ModelChoice(EMBEDDED, best.cast["coder"].typed)
        offers.append(ModelOffer(choice, f"recommended: {named}", line_up_line(best) + fetched, best))
    cast = played(settings, catalogue)
    for model in dict.fromkeys((*catalogue.models, *cast.values())):
        if model != catalogue.named("") and (model in cast.values() or find(environ, model) is not None):
            what = model.good_for or ("thinks" if model.thinks else "")
            detail = f"runs on this machine{f'; {what}' if what else ''}; {memory_line(model, settings.embedded)}"
            offers.append(ModelOffer(ModelChoice(EMBEDDED, model.typed), model.called or model.name, detail))
    return offers


def _servers(every: Sequence[Settings]) -> list[RoleSettings]:
    """One role for each server that these settings name."""
    roles = [one.role(role) for one in every for role in ROLES]
    return list({role.base_url: role for role in reversed(roles) if not role.embedded}.values())[::-1]
