"""Finding the logs of a race: a folder with one for each lane, several files, or a race that ships with redraft."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ...engine.errors import UsageError
from ...engine.events import Entry, RunStarted
from ...engine.run.race import MOST
from ...engine.run.recording import SUFFIX, read_log
from ...engine.system.nearest import nearest
from ..common.tasks import RECORDINGS


class LaneLog(NamedTuple):
    """The log of one lane."""

    name: str
    entries: tuple[Entry, ...]

    @property
    def began(self) -> RunStarted:
        """Its first event."""
        event = self.entries[0].event
        assert isinstance(event, RunStarted)
        return event


def shipped() -> tuple[str, ...]:
    """The races that ship with redraft, by name."""
    return tuple(sorted(path.name for path in RECORDINGS.glob("*") if path.is_dir()))


def lane_logs(named: Sequence[str]) -> tuple[LaneLog, ...]:
    """The logs that these files or folders hold, in their order; a name may also be that of a race that ships.

    Raises:
        UsageError: nothing is there, or more lanes than a screen can show.
        SourceError: a file is no log.
    """
    paths = [path for name in named for path in _paths(name)]
    if len(paths) > MOST:
        raise UsageError(f"these are {len(paths)} logs; a race has at most {MOST} lanes, so name fewer of them")
    logs = [read_log(path) for path in paths]
    lanes = [LaneLog("", entries) for entries in logs]
    names = [_name(lane.began, lanes) for lane in lanes]
    return tuple(LaneLog(name, lane.entries) for name, lane in zip(names, lanes, strict=True))


def _paths(name: str) -> list[Path]:
    path = Path(name)
    if not path.exists() and name in shipped():
        path = RECORDINGS / name
    if path.is_dir():
        found = sorted(path.glob(f"*{SUFFIX}"))
        if not found:
            raise UsageError(f"{name}: there are no run logs in this folder (*{SUFFIX})")
        return found
    if not path.exists():
        raise UsageError(f"{name}: there is no such log, folder or recorded race{nearest(name, shipped())}")
    return [path]


def _name(mine: RunStarted, lanes: Sequence[LaneLog]) -> str:
    """The pipeline, and the model where two lanes differ in nothing else."""
    twins = [lane for lane in lanes if lane.began.pipeline == mine.pipeline]
    models = ", ".join(dict.fromkeys(mine.models.values()))
    return f"{mine.pipeline} · {models}" if len(twins) > 1 else mine.pipeline
