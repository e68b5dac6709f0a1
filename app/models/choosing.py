"""Asking the user which pipeline to work by and which model to ask."""

from __future__ import annotations

from collections.abc import Mapping

from textual.screen import Screen

from ...engine.facts import Role
from ...engine.pipelines.catalogue import CATALOGUE, PIPELINES, Pipeline
from ...engine.settings import Settings
from ...widgets.signs import counted
from ..common.picker import Offer, Picker
from .choice import ModelChoice
from .offers import model_offers
from .picker import ModelPicker
from .takes import roles_of


async def chosen_pipeline(screen: Screen[None], settings: Settings, now: Pipeline) -> Pipeline | None:
    """The pattern chosen, or None. Call it in a worker."""
    offers = [
        Offer(pipeline.name, pipeline.name, described(pipeline, settings), chosen=pipeline is now)
        for pipeline in PIPELINES
    ]
    name = await screen.app.push_screen_wait(Picker("pipeline", offers))
    return CATALOGUE[name] if name else None


async def chosen_model(
    screen: Screen[None], settings: Settings, known: Settings, environ: Mapping[str, str]
) -> Mapping[Role, ModelChoice] | None:
    """The model chosen for each role that it is for, or None. Asks the servers first. Call it in a worker.

    `known` are the settings that the program began with.
    """
    offers, note = await model_offers(settings, known, environ)
    picker = ModelPicker(offers, settings, note)
    name = await screen.app.push_screen_wait(picker)
    if not name:
        return None
    offer = offers[int(name)]
    return roles_of(offer.line_up) if offer.line_up is not None else dict.fromkeys(picker.roles, offer.choice)


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
