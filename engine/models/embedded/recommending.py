"""Which models suit this machine: arithmetic on its memory, a coder that is quick and a reviewer that thinks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...facts import Fact, Role
from ...settings import EmbeddedSettings
from .casting import tuning_for
from .engines import Gpu
from .memory import Memory, needed
from .weights import Weights

LINE_UPS: tuple[Mapping[Role, str], ...] = (
    {"coder": "qwen2.5-coder-14b", "reviewer": "qwen3-14b"},
    {"coder": "qwen2.5-coder-7b", "reviewer": "qwen3-8b"},
    {"coder": "qwen2.5-coder-7b", "reviewer": "qwen3-4b"},
    {"coder": "qwen2.5-coder-7b"},
    {"coder": "qwen2.5-coder-1.5b"},
)
"""Who plays what, the largest first. A role that is not named follows as in the settings."""
SHARE, RESERVE = 0.85, 2 * 10**9
"""Of a machine's memory models may take so large a part, less so many bytes: a system, an editor and a browser live
there too."""
OF_GPU = 0.9
"""The part of a GPU's memory that models may take."""
MEASURED = ("qwen2.5-coder-1.5b", 5.0)
"""The model whose first draft was timed, and its seconds on two cores (docs/performance.md)."""


class LineUp(Fact, frozen=True):
    """Models for roles, and what they take together."""

    cast: Mapping[Role, Weights]
    memory: int
    """Bytes while all are loaded."""
    size: int
    """Bytes on the disk."""
    seconds: float
    """Of a first draft on two cores without a GPU."""
    measured: bool
    """Whether that was measured, rather than estimated by size."""

    @property
    def typed(self) -> tuple[str, ...]:
        """As `redraft model use` takes it."""
        return tuple(f"{role}={model.typed}" for role, model in self.cast.items())


class Advice(Fact, frozen=True):
    """What is recommended, and by which numbers."""

    chosen: LineUp
    all: tuple[LineUp, ...]
    """Every line-up that was weighed, the largest first."""
    bound: int
    """Bytes that models may take here."""
    of: str
    """What that bound is a part of."""


def advice(models: Sequence[Weights], memory: Memory | None, gpus: Sequence[Gpu], settings: EmbeddedSettings) -> Advice:
    """The largest line-up that fits: into the GPU where there is one that the engine can use, else into main memory."""
    named = {model.called: model for model in models}
    line_ups = tuple(_weighed(cast, named, settings) for cast in LINE_UPS)
    cards = sum(gpu.total for gpu in gpus)
    main = max(0, int((memory.total if memory else 0) * SHARE) - RESERVE)
    bound, of = (int(cards * OF_GPU), "the GPU") if cards * OF_GPU > main else (main, "this machine")
    chosen = next((one for one in line_ups if one.memory <= bound), line_ups[-1])
    return Advice(chosen=chosen, all=line_ups, bound=bound, of=of)


def _weighed(cast: Mapping[Role, str], named: Mapping[str, Weights], settings: EmbeddedSettings) -> LineUp:
    playing: dict[Role, Weights] = {role: named[name] for role, name in cast.items()}
    different = list(dict.fromkeys(playing.values()))
    coder = playing["coder"]
    return LineUp(
        cast=playing,
        memory=sum(needed(model, tuning_for(model, settings)).total for model in different),
        size=sum(model.size for model in different),
        seconds=seconds_of(coder, named),
        measured=coder.seconds is not None,
    )


def seconds_of(model: Weights, named: Mapping[str, Weights]) -> float:
    """Seconds of a first draft: as measured, else in proportion to the bytes that are read for every token."""
    name, seconds = MEASURED
    return model.seconds if model.seconds is not None else seconds * model.size / named[name].size
