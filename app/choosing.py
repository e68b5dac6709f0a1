"""Asking the person which pipeline to work by and which model to ask."""

from __future__ import annotations

from textual.screen import Screen

from ..engine.pipelines.catalogue import CATALOGUE, PIPELINES, Pipeline
from ..engine.settings import Settings
from ..engine.settings.shape import EMBEDDED
from ..widgets.signs import counted
from .picker import Offer, Picker


async def chosen_pipeline(screen: Screen[None], settings: Settings, now: Pipeline) -> Pipeline | None:
    """The pattern chosen, or None. Call it in a worker."""
    offers = [
        Offer(pipeline.name, pipeline.name, described(pipeline, settings), chosen=pipeline is now)
        for pipeline in PIPELINES
    ]
    name = await screen.app.push_screen_wait(Picker("pipeline", offers))
    return CATALOGUE[name] if name else None


async def chosen_model(screen: Screen[None], settings: Settings) -> tuple[str, str] | None:
    """Base URL and name of the model chosen, or None. Looks for servers on this machine first. Call it in a worker."""
    from ..engine.models.discovery import discover

    coder = settings.roles.coder
    places: dict[str, tuple[str, str]] = {}
    offers: list[Offer] = []

    def offer(base_url: str, model: str, title: str, detail: str) -> None:
        name = f"{len(offers)}"
        places[name] = (base_url, model)
        offers.append(Offer(name, title, detail, chosen=(coder.base_url, coder.model) == (base_url, model)))

    offer(EMBEDDED, "", "the embedded model", "Qwen2.5-Coder 1.5B, runs on this machine, needs nothing else")
    for server in await discover():
        for model in server.models:
            offer(server.url, model, model, f"{server.kind or 'a server'} at {server.url}")
    if (coder.base_url, coder.model) not in places.values():
        offer(coder.base_url, coder.model, coder.model or "its first model", f"from your settings, at {coder.base_url}")
    note = "" if len(offers) > 1 else "no server answers on this machine"
    name = await screen.app.push_screen_wait(Picker("model", offers, note))
    return places[name] if name else None


def described(pipeline: Pipeline, settings: Settings) -> str:
    """What a pattern does, its most calls under these settings, and how many of them are attempts at a repair."""
    repair = settings.repair
    most = pipeline.most_calls(settings.mode, repair.attempts)
    if most is None:
        return f"{pipeline.title}; no bound on calls"
    told = f"{pipeline.title}; at most {counted(most, 'call')}"
    if pipeline.repairs and settings.mode == "evidence":
        told += f", {counted(repair.attempts, 'attempt')} at a repair in {repair.seconds:g} s"
    return told
