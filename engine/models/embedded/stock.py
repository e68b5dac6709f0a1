"""What must be on this machine before roles can be played here: an engine, and files that are as they should be."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from ...errors import EnvironmentFault, ModelError
from ...facts import Fact
from ...settings import Settings
from .casting import played
from .catalogue import Catalogue
from .engines import missing
from .finding import find, models_folder
from .hub import Hub, usual_hub
from .known import Known
from .weight_sources import usual_sources
from .weights import SLACK_BYTES, Progress, Source, Weights, megabytes, pull


class Order(Fact, frozen=True):
    """Files that are to be fetched, and what that takes."""

    models: tuple[Weights, ...]
    folder: Path
    free: int
    """Bytes free on its disk."""

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(model.size for model in self.models)


async def lacking(many: Iterable[Settings], environ: Mapping[str, str]) -> tuple[Weights, ...]:
    """The files that these settings need and that are not here. Files of the user's own are looked at: the first time
    they are used their hash is noted.

    Raises:
        UsageError: a role names no model that there is.
        ModelError: nothing is installed that could run them ("no engine").
        EnvironmentFault: a file of the user's own is another one than it was.
    """
    catalogue = Catalogue(environ)
    found: dict[Weights, None] = {}
    for settings in many:
        cast = played(settings, catalogue)
        if cast and (problem := missing(settings.embedded.engine, environ)):
            raise ModelError(problem, kind="no engine")
        found |= dict.fromkeys(cast.values())
    for own in found:
        if own.place:
            await asyncio.to_thread(Known(environ).vouch, Path(own.place))
    return tuple(one for one in found if find(environ, one) is None)


async def place_order(models: Sequence[Weights], environ: Mapping[str, str], hub: Hub | None = None) -> Order:
    """What fetching these takes; the hub is asked for the size and digest of those that are not known to the byte.

    Raises:
        EnvironmentFault: the hub cannot be asked or does not have one, or the disk has no room for them all.
    """
    catalogue, asked = Catalogue(environ), hub or usual_hub(environ)
    known = await asyncio.gather(*(catalogue.with_digest(one, asked) for one in models))
    wanted = tuple(one for one in known if find(environ, one) is None)
    folder = models_folder(environ)
    order = Order(models=wanted, folder=folder, free=free_on(folder))
    come = sum(_bytes_of(folder / f"{one.kept_as}.partial") for one in wanted)
    if wanted and order.free < order.size - come + SLACK_BYTES:
        raise EnvironmentFault(
            f"{', '.join(one.typed for one in wanted)} take {megabytes(order.size)}, and {folder} has "
            f"{megabytes(order.free)} free. Make room, or set REDRAFT_MODEL_DIR to a folder elsewhere"
        )
    return order


async def fetch(
    order: Order,
    environ: Mapping[str, str],
    on_progress: Callable[[Weights, Progress], None],
    sources: Sequence[Source] | None = None,
) -> tuple[Path, ...]:
    """Fetch what was ordered, all files at once; gives where they are. Cancelling keeps what has come.

    Raises:
        EnvironmentFault: one cannot be had; the others are fetched all the same.
    """
    places = usual_sources(environ) if sources is None else sources

    def tell(model: Weights) -> Callable[[Progress], None]:
        return lambda progress: on_progress(model, progress)

    came = await asyncio.gather(
        *(pull(order.folder, places, tell(model), model) for model in order.models), return_exceptions=True
    )
    faults = [one for one in came if isinstance(one, BaseException)]
    if strange := next((one for one in faults if not isinstance(one, EnvironmentFault)), None):
        raise strange
    if faults:
        raise EnvironmentFault("\n".join(str(fault) for fault in faults))
    return tuple(one for one in came if isinstance(one, Path))


def free_on(folder: Path) -> int:
    """Bytes free on the disk that a folder is on, or would be."""
    place = folder
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def _bytes_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
