"""What runs models on this machine: the engine, its build and devices, what is loaded, and how fast it is."""

from __future__ import annotations

from collections.abc import Mapping

from ...engine.errors import ModelError
from ...engine.facts import Fact
from ...engine.models.chat import Ask, Message, Sampling
from ...engine.models.embedded.address import accepts_key, stored
from ...engine.models.embedded.casting import played, tuning_for
from ...engine.models.embedded.catalogue import Catalogue
from ...engine.models.embedded.engines import Engine, engine_for
from ...engine.models.embedded.finding import find
from ...engine.models.embedded.model import EmbeddedModel
from ...engine.models.embedded.server import usable_cores
from ...engine.models.embedded.weights import megabytes
from ...engine.settings import Settings
from ...engine.system.paths import Places
from ..common.output import Paint, harmless

QUESTION = "Write a Python function that counts the vowels of a text. Say nothing else. Here is a text to try it on:"
FILLING = " the quick brown fox jumps over the lazy dog"
SAID = 64
"""Tokens of the measured answer."""


class Loaded(Fact, frozen=True):
    """A model that a redraft of this user has in memory now."""

    model: str
    """Path of its file."""
    pid: int
    context: int


class Speed(Fact, frozen=True):
    """How fast a model was, once; other work on the machine slows it."""

    model: str
    loading: float
    """Seconds until it could be asked; almost none where it was loaded already."""
    reading: float
    """Prompt tokens a second."""
    writing: float
    """Tokens a second."""


class Running(Fact, frozen=True):
    """All of it."""

    engine: Engine | None
    problem: str = ""
    """Why there is none."""
    loaded: tuple[Loaded, ...] = ()
    speeds: tuple[Speed, ...] = ()


async def running(settings: Settings, environ: Mapping[str, str], places: Places, *, speed: bool) -> Running:
    """What runs models here; with `speed` each model of the settings that is here is asked once.

    Raises:
        UsageError: a role names no model that there is.
        ModelError: a model that is to be measured does not answer.
    """
    loaded = [one for path in sorted(places.state.glob("embedded-*.json")) if (one := stored(path))]
    here = tuple(
        [Loaded(model=one.model, pid=one.pid, context=one.tuning.context) for one in loaded if await accepts_key(one)]
    )
    try:
        engine = await engine_for(settings.embedded.engine, environ)
    except ModelError as problem:
        return Running(engine=None, problem=str(problem), loaded=here)
    speeds: list[Speed] = []
    for file in dict.fromkeys(played(settings, Catalogue(environ)).values()) if speed else ():
        if find(environ, file) is not None:
            model = EmbeddedModel(environ, places.state, file=file, tuning=tuning_for(file, settings.embedded))
            try:
                speeds.append(await _measured(model))
            finally:
                await model.aclose()
    return Running(engine=engine, loaded=here, speeds=tuple(speeds))


async def _measured(model: EmbeddedModel) -> Speed:
    import time

    began = time.monotonic()
    await model.start()
    loading = time.monotonic() - began
    # Begun with the time, so that no server finds the prompt in its cache.
    question = Message(role="user", content=f"{began}: {QUESTION}{FILLING * 20}")
    ask = Ask(messages=(question,), sampling=Sampling(max_tokens=SAID))
    async with model.stream(ask) as answer:
        async for _ in answer:
            pass
    reply = answer.reply
    first = reply.first_seconds or reply.seconds
    return Speed(
        model=model.name,
        loading=round(loading, 1),
        reading=round(reply.usage.prompt_tokens / max(first, 1e-3), 1),
        writing=round(reply.usage.completion_tokens / max(reply.seconds - first, 1e-3), 1),
    )


def running_lines(found: Running, paint: Paint) -> list[str]:
    """The same for people."""
    engine = found.engine
    if engine is None:
        return [f"models on this machine: {paint('yellow', 'cannot run')}", f"  {harmless(found.problem)}"]
    program = f" ({engine.program})" if engine.program else ""
    lines = [f"models on this machine: run by {engine.name} {engine.build}{harmless(program)}"]
    lines += [f"  {harmless(engine.why)}"] if engine.why else []
    for gpu in engine.gpus:
        lines.append(f"  on {harmless(gpu.name)}, {megabytes(gpu.free)} of {megabytes(gpu.total)} free")
    if not engine.gpus:
        lines.append(f"  on the processor, {usable_cores()} cores; no GPU that it can use was found")
    lines += [
        f"  loaded now: {harmless(one.model)}, context {one.context:,} (process {one.pid})" for one in found.loaded
    ]
    lines += [] if found.loaded else ["  nothing is loaded now"]
    lines += [
        f"  {harmless(one.model)}: loaded in {one.loading:g} s, reads {one.reading:g} and writes {one.writing:g} "
        "tokens a second (measured once, just now)"
        for one in found.speeds
    ]
    return lines
