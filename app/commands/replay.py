"""`redraft replay LOG…`: a recorded run or race again, in the screen it was made in or printed. Asks no model."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...engine.errors import SourceError
from ...engine.run.recording import line_of
from ...engine.state.run import state_of
from ...engine.tables.race_table import rows
from ...engine.tables.race_text import (
    Outcome,
    as_json,
    table_of,
    verdict_of,
)
from ...engine.tables.rendering import as_plain
from ..common.headless import print_state
from ..common.output import (
    columns,
    out,
    out_json_line,
    paint,
    say,
)
from ..common.session import Session, session
from ..common.terminal import can_show
from ..race.notes import read_notes
from ..replay.logs import LaneLog, lane_logs, shipped

USUAL_SECONDS = 30.0
"""How long a race that ships plays where nothing else is asked for."""


def run(args: argparse.Namespace) -> int:
    """Show it with the original timing; without a terminal, print how it ended. Without a log, list what ships."""
    here = session(args)
    if not args.logs:
        _list(plain=args.plain)
        return 0
    logs = lane_logs(args.logs)
    if args.json or args.plain or not can_show():
        _print(logs, args)
        return 0
    within = args.within or (USUAL_SECONDS if args.speed is None and set(args.logs) <= set(shipped()) else None)
    notes = read_notes(Path(args.notes)) if args.notes else {} if args.present else None
    return _play(here, logs, args.speed or 1.0, within, notes)


def _play(
    here: Session, logs: tuple[LaneLog, ...], speed: float, within: float | None, notes: dict[str, str] | None
) -> int:
    from ..application import RedraftApp

    if len(logs) == 1:
        return RedraftApp.replay(here, logs[0].entries, speed=speed).run() or 0
    return RedraftApp.replay_race(here, logs, speed=speed, within=within, notes=notes).run() or 0


def _print(logs: tuple[LaneLog, ...], args: argparse.Namespace) -> None:
    if len(logs) == 1 and args.json:
        for entry in logs[0].entries:
            out_json_line(line_of(entry))
    elif len(logs) == 1:
        state = state_of(logs[0].entries)
        print_state(state, plain=args.plain)
        if state.status == "failed":
            say(state.problem)
    else:
        table = rows([(log.name, state_of(log.entries)) for log in logs])
        began = logs[0].began
        if args.json:
            out_json_line(as_json(Outcome(task=began.stub.key, began_at=began.began_at, rows=table)).encode())
        else:
            out(as_plain(table_of(f"race: {began.stub.key}", table), columns()).rstrip())


def _list(*, plain: bool) -> None:
    """The races that ship, with how their lanes ended."""
    colours = paint(plain=plain)
    names = shipped()
    if not names:
        raise SourceError("no recorded races ship with this installation; name a log: `redraft replay LOG`")
    out(colours("bold", "races of real runs that ship with redraft; `redraft replay NAME` plays one"))
    for name in names:
        states = [(log.name, state_of(log.entries)) for log in lane_logs([name])]
        lanes = ", ".join(f"{row.lane} {verdict_of(row)}" for row in rows(states))
        out(f"  {name:<22} {lanes}")
