"""`redraft race`: one function through several patterns at once, and an honest table of what came of it."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from msgspec.structs import replace

from ...engine.behaviour.lanes import compare_lanes, told_alike
from ...engine.kit import Kit
from ...engine.run.race import Lane, Race
from ...engine.settings import Settings
from ...engine.state.run import RunState
from ...engine.tables.race_table import rows
from ...engine.tables.race_text import (
    Outcome,
    as_csv,
    as_json,
    table_of,
    verdict_of,
)
from ...engine.tables.rendering import as_markdown, as_plain
from ..cli.fetching import ensure_models
from ..common.faults import EXIT_CODE, keep
from ..common.headless import interruptible
from ..common.output import (
    columns,
    out,
    out_exact,
    out_json_line,
    paint,
    say,
)
from ..common.session import Session, session
from ..common.terminal import can_show
from ..models.choice import applied
from ..race.setup import (
    Field,
    OpenKit,
    field,
    started,
)

INTERRUPTED = 130


def run(args: argparse.Namespace) -> int:
    """Open the race's screen; without a terminal, or when a format is asked for, race and print the table.

    Exit code 0 once the race is over, however its lanes ended; 130 when it was interrupted.
    """
    here = session(args, None if args.target.startswith("task:") else Path(args.target.partition("::")[0]))
    wanted = field(here, args.target, args.pipelines or "", args.models or "")
    wanted = replace(wanted, in_turn=args.in_turn)
    asked = args.json or args.plain or args.markdown or args.csv
    if asked or not can_show():
        return asyncio.run(_with_usual_kit(here, wanted, args))
    from ..application import RedraftApp

    return RedraftApp.race(here, wanted, folder=_folder(args)).run() or 0


async def _with_usual_kit(here: Session, wanted: Field, args: argparse.Namespace) -> int:
    await ensure_models([applied(here.settings, choice) for choice in wanted.models], here.environ)

    def open_kit(settings: Settings) -> AbstractAsyncContextManager[Kit]:
        from ...engine.run.opening import opened

        return opened(settings, here.places, here.environ, say)

    return await without_screen(here, wanted, args, open_kit)


async def without_screen(here: Session, wanted: Field, args: argparse.Namespace, open_kit: OpenKit) -> int:
    """Race, print the table, and give the exit code."""
    async with started(here, wanted, open_kit, folder=_folder(args), complain=say) as race:
        async with interruptible(race):
            states = await _states(race)
        lanes = [(lane.name, state) for lane, state in zip(race.lanes, states, strict=True)]
        alike = told_alike(await compare_lanes(race.lanes[0].kit, wanted.stub, lanes))
    _print(wanted, lanes, alike, args)
    for fault in race.faults:
        say(keep(fault, here.places))
    if race.faults:
        return EXIT_CODE
    return INTERRUPTED if any(state.status == "cancelled" for state in states) else 0


async def _states(race: Race) -> list[RunState]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_followed(lane)) for lane in race.lanes]
    return [task.result() for task in tasks]


async def _followed(lane: Lane) -> RunState:
    """The last state of a lane; a line on standard error tells when it is over."""
    state = RunState()
    async for entry in lane.log:
        state = state.after(entry)
    (row,) = rows([(lane.name, state)])
    say(f"{lane.name}: {verdict_of(row)} after {row.seconds:.1f} s")
    return state


def _print(wanted: Field, lanes: list[tuple[str, RunState]], alike: tuple[str, ...], args: argparse.Namespace) -> None:
    table = rows(lanes)
    if args.json:
        out_json_line(
            as_json(Outcome(task=wanted.title, began_at=lanes[0][1].began_at, rows=table, alike=alike)).encode()
        )
    elif args.markdown:
        out_exact(as_markdown(table_of(f"Race: {wanted.title}", table, alike)).rstrip())
    elif args.csv:
        out_exact(as_csv(table).rstrip())
    else:
        title, _, rest = as_plain(table_of(f"race: {wanted.title}", table, alike), columns()).partition("\n")
        out(f"{paint(plain=args.plain)('bold', title)}\n{rest.rstrip()}")


def _folder(args: argparse.Namespace) -> Path | None:
    return Path(args.record) if args.record else None
