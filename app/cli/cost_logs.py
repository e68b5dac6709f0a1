"""Finding the runs whose costs are compared: logs, folders of logs, or all that redraft has kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from math import isfinite
from pathlib import Path

from ...engine.errors import SourceError, UsageError
from ...engine.events import Entry
from ...engine.facts import Fact, Price
from ...engine.run.recording import SUFFIX, read_log
from ...engine.system.nearest import nearest
from ...engine.tables.cost_table import (
    Ran,
    models_of,
    ran,
    repriced,
    without_texts,
)
from ..common.tasks import RECORDINGS
from ..replay.logs import shipped


class Found(Fact, frozen=True):
    """The runs that count, and what does not."""

    runs: tuple[Ran, ...] = ()
    unfinished: int = 0
    """Runs that were cancelled, broke off, or failed of something that is not the models' doing."""
    unreadable: tuple[str, ...] = ()
    """Files of a folder that are no logs, and why."""


def found_in(names: Sequence[str], kept: Path, prices: Mapping[str, Price]) -> Found:
    """The runs in these files and folders, or in `kept` when none is named, as if their models had had these prices.

    Raises:
        UsageError: there is no log, none of them can be counted, or no run is of a model that has a price here.
        SourceError: a file that was named is no log.
    """
    logs: list[tuple[Entry, ...]] = []
    unreadable: list[str] = []
    for path, named in _paths(names, kept):
        try:
            logs.append(without_texts(read_log(path)))
        except SourceError as error:
            if named:
                raise
            unreadable.append(str(error))
    if not logs:
        raise UsageError(f"none of these files is a run log; the first: {unreadable[0]}")
    known = frozenset[str]().union(*map(models_of, logs))
    asked = {_model(name, known): price for name, price in prices.items()}
    found = [ran(repriced(entries, asked)) for entries in logs]
    runs = tuple(one for one in found if one is not None)
    if not runs:
        raise UsageError("none of these runs came to its end, so there is nothing to compare")
    return Found(runs=runs, unfinished=len(found) - len(runs), unreadable=tuple(unreadable))


def _model(name: str, known: Set[str]) -> str:
    """The model that is meant: the one of this name, or the only one whose name has this in it."""
    meant = [model for model in sorted(known) if name in model]
    if name in known or len(meant) == 1:
        return name if name in known else meant[0]
    if meant:
        raise UsageError(f"--price {name}: which one of {', '.join(meant)}?")
    raise UsageError(f"--price {name}: no run here is of this model{nearest(name, known)}")


def _paths(names: Sequence[str], kept: Path) -> Iterator[tuple[Path, bool]]:
    """Each log once, and whether it was named itself."""
    if not names:
        logs = sorted(kept.glob(f"*{SUFFIX}"))
        if not logs:
            raise UsageError(f"{kept}: no run is recorded yet; `redraft run`, `race` and the screens record them there")
        yield from ((path, False) for path in logs)
        return
    seen: set[Path] = set()
    for name in names:
        path = Path(name)
        if not path.exists() and name in shipped():
            path = RECORDINGS / name
        if not path.exists():
            raise UsageError(f"{name}: there is no such log, folder or recorded race{nearest(name, shipped())}")
        inside = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]
        if not inside:
            raise UsageError(f"{name}: there are no run logs in this folder (*{SUFFIX})")
        for log in inside:
            if log.resolve() not in seen:
                seen.add(log.resolve())
                yield log, log is path


def prices_of(given: Sequence[str]) -> dict[str, Price]:
    """The prices of `--price MODEL=IN,OUT`, by model.

    Raises:
        UsageError: one is written otherwise.
    """
    prices: dict[str, Price] = {}
    for text in given:
        model, _, numbers = text.rpartition("=")
        try:
            into, out = (float(number) for number in numbers.split(","))
        except ValueError:
            into = out = -1.0
        if not model or not (isfinite(into) and isfinite(out) and into >= 0 and out >= 0):
            raise UsageError(
                f"--price {text}: write it as MODEL=IN,OUT in USD per million tokens, such as --price small=0.1,0.4"
            )
        prices[model] = Price(input=into, output=out)
    return prices
