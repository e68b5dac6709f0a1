"""What models take, in words: memory, disk and seconds; and the line-up that suits this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...engine.errors import ModelError
from ...engine.facts import ROLES, Role
from ...engine.models.embedded.casting import tuning_for
from ...engine.models.embedded.catalogue import Catalogue
from ...engine.models.embedded.engines import engine_for
from ...engine.models.embedded.memory import memory_now, needed
from ...engine.models.embedded.recommending import Advice, LineUp, advice
from ...engine.models.embedded.weights import Weights, megabytes
from ...engine.settings import EMBEDDED, FOLLOWS, EmbeddedSettings, Settings
from ...engine.settings.writing import change_settings
from .choice import ModelChoice, given


def memory_line(model: Weights, chosen: EmbeddedSettings | None = None) -> str:
    """What a model takes in memory while it runs, beside what is free now."""
    need, memory = needed(model, tuning_for(model, chosen or EmbeddedSettings())), memory_now()
    free = "" if memory is None or memory.free is None else f"; {megabytes(memory.free)} are free now"
    return f"takes {megabytes(need.total)} of memory while it runs{free}"


def line_up_line(one: LineUp) -> str:
    """What a line-up takes: its parts of memory, the disk, and a draft's time; "~" is estimated."""
    parts = " + ".join(megabytes(model.size) for model in dict.fromkeys(one.cast.values()))
    rest = one.memory - one.size
    draft = f"{'' if one.measured else '~'}{one.seconds:.0f} s a draft on two cores"
    return (
        f"{megabytes(one.memory)} of memory (weights {parts}, context and servers {megabytes(rest)}), "
        f"{megabytes(one.size)} of disk, {draft}"
    )


async def advise(settings: Settings, environ: Mapping[str, str]) -> Advice:
    """What suits this machine and its engine."""
    try:
        gpus = (await engine_for(settings.embedded.engine, environ)).gpus
    except ModelError:
        gpus = ()
    return advice(Catalogue(environ).models, memory_now(), gpus, settings.embedded)


def roles_of(line_up: LineUp) -> dict[Role, ModelChoice]:
    """Who plays what, the roles included that follow others."""
    playing: dict[Role, ModelChoice] = {}
    for role in ROLES:
        leader: Role = role
        while leader not in line_up.cast:
            leader = FOLLOWS[leader]
        playing[role] = ModelChoice(EMBEDDED, line_up.cast[leader].typed)
    return playing


def with_line_up(settings: Settings, line_up: LineUp) -> Settings:
    """The settings with these models in their roles."""
    for role, choice in roles_of(line_up).items():
        settings = given(settings, choice, [role], settings)
    return settings


def takes_line_up(file: Path, line_up: LineUp) -> None:
    """Write a line-up into the user's settings. Raises: RedraftError: they cannot be changed."""
    change_settings(file, changes_for({role: model.typed for role, model in line_up.cast.items()}, alone=True))


def changes_for(wanted: Mapping[Role, str], *, alone: bool) -> dict[str, str | None]:
    """What to write so that these roles have these models on this machine; `alone` lets all others follow them."""
    changes: dict[str, str | None] = {}
    for role in ROLES:
        if role in wanted:
            changes |= {f"roles.{role}.base_url": EMBEDDED, f"roles.{role}.model": wanted[role]}
        elif alone:
            changes |= {f"roles.{role}.base_url": None, f"roles.{role}.model": None}
    return changes
