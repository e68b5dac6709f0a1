"""Takes recorded races into the package: `python tests/performance/ship_recordings.py FOLDER…`.

Each folder is one that `redraft race task:NAME --record FOLDER` made, and is called NAME. Everything is kept as it was
recorded, but for the path of the interpreter, of which only the file's name is kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec.structs import replace
from redraft.app.common.tasks import RECORDINGS
from redraft.engine.events import AnyEvent, Checked, Entry, Judged, Settled
from redraft.engine.facts import Report
from redraft.engine.run.recording import SUFFIX, line_of, read_log


def nameless(report: Report | None) -> Report | None:
    """The report without the folder of the interpreter that ran it."""
    return None if report is None else replace(report, interpreter=Path(report.interpreter).name)


def shippable(event: AnyEvent) -> AnyEvent:
    """The event without anything that tells of the machine."""
    if isinstance(event, Checked | Judged):
        return replace(event, report=nameless(event.report))
    if isinstance(event, Settled):
        return replace(event, solution=replace(event.solution, report=nameless(event.solution.report)))
    return event


def ship(folder: Path) -> None:
    """Copy one race."""
    target = RECORDINGS / folder.name
    target.mkdir(parents=True, exist_ok=True)
    for log in sorted(folder.glob(f"*{SUFFIX}")):
        entries = [Entry(at=entry.at, event=shippable(entry.event)) for entry in read_log(log)]
        (target / log.name).write_bytes(b"".join(map(line_of, entries)))
        print(f"{target.name}/{log.name}: {len(entries)} entries")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        ship(Path(name))
