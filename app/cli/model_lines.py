"""The models that run on this machine, printed: what there is, and what suits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...engine.facts import Fact, Role
from ...engine.models.embedded.casting import played, tuning_for
from ...engine.models.embedded.catalogue import Catalogue
from ...engine.models.embedded.finding import find
from ...engine.models.embedded.memory import memory_now, needed
from ...engine.models.embedded.recommending import Advice, seconds_of
from ...engine.models.embedded.weights import Weights, megabytes
from ...engine.settings import Settings
from ..common.output import Paint, harmless
from ..models.takes import line_up_line


class Listed(Fact, frozen=True):
    """One model as `redraft model list` shows it."""

    name: str
    size: int
    memory: int
    """Bytes while it runs."""
    seconds: float
    """Of a first draft on two cores."""
    measured: bool
    thinks: bool
    licence: str
    good_for: str
    place: str
    """Where it lies, "" when it is not here."""
    fits: bool
    """Whether this machine has the memory for it, alone."""
    roles: tuple[Role, ...]


def listed(catalogue: Catalogue, settings: Settings, environ: Mapping[str, str]) -> tuple[Listed, ...]:
    """All models of the catalogue, and those that the settings name besides."""
    cast = played(settings, catalogue)
    memory = memory_now()
    named = {model.called: model for model in catalogue.models}

    def row(model: Weights) -> Listed:
        need = needed(model, tuning_for(model, settings.embedded))
        return Listed(
            name=model.typed,
            size=model.size,
            memory=need.total,
            seconds=seconds_of(model, named),
            measured=model.seconds is not None,
            thinks=model.thinks,
            licence=model.licence,
            good_for=model.good_for,
            place=str(find(environ, model) or ""),
            fits=memory is None or need.total <= memory.total,
            roles=tuple(role for role, one in cast.items() if one == model),
        )

    return tuple(row(model) for model in dict.fromkeys((*catalogue.models, *cast.values())))


def list_lines(rows: Sequence[Listed], paint: Paint) -> list[str]:
    """A table for people."""
    wide = max(len(harmless(row.name)) for row in rows)
    lines = [paint("bold", f"{'':2}{'name':<{wide}}  {'disk':>7}  {'memory':>7}  {'draft':>6}  what for")]
    for row in rows:
        sign = paint("green", "✓") if row.place else " "
        draft = f"{'' if row.measured else '~'}{row.seconds:.0f} s"
        what = [
            row.good_for or ("thinks" if row.thinks else ""),
            "" if row.fits else "too large for this machine's memory",
        ]
        what.append(f"now {', '.join(row.roles)}" if row.roles else "")
        text = "; ".join(part for part in what if part)
        name = f"{harmless(row.name):<{wide}}"
        lines.append(
            f"{sign} {name}  {megabytes(row.size):>7}  {megabytes(row.memory):>7}  {draft:>6}  {harmless(text)}"
        )
    lines.append("✓ is on this machine; ~ is estimated by size: a first draft on two cores without a GPU")
    return lines


def advice_lines(found: Advice, paint: Paint) -> list[str]:
    """The recommendation with its arithmetic."""
    memory = memory_now()
    lines: list[str] = []
    if memory is not None:
        free = f", {megabytes(memory.free)} free now" if memory.free is not None else ""
        lines.append(f"memory: {megabytes(memory.total)}{free}; models may take {megabytes(found.bound)} of {found.of}")
    for one in found.all:
        chosen = one is found.chosen
        sign = paint("green", "→") if chosen else " "
        fits = "fits" if one.memory <= found.bound else "too large"
        lines.append(f"{sign} {'  '.join(one.typed)}")
        lines.append(f"    {fits}: {line_up_line(one)}")
    if memory is not None and memory.free is not None and found.chosen.memory > memory.free:
        lines.append("they fit this machine, but not beside what runs on it now: one makes room for the other")
    lines.append(f"take it with: redraft model use {' '.join(found.chosen.typed)}")
    return lines
