"""`redraft serve`: vLLM servers for every role, on this machine, for as long as the command runs."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Mapping, Sequence

from ...engine.errors import UsageError
from ...engine.models.vllm.commands import (
    Command,
    commands,
    free_ports,
    program,
)
from ...engine.models.vllm.gpus import (
    Device,
    allowed,
    assumed,
    find_gpus,
    the_processor,
)
from ...engine.models.vllm.models import Fleet, serving
from ...engine.models.vllm.placing import Place, ordered, placed
from ...engine.models.vllm.presets import lineup, replica_counts
from ...engine.models.vllm.server import Pace
from ...engine.models.vllm.sizes import size_of, told_sizes
from ...engine.settings.serving import Board, Serving, board
from ...engine.system.paths import Places
from ..cli.serving_lines import (
    Ticker,
    as_json,
    explained,
    ready_lines,
)
from ..common.output import out, out_json, say

INTERRUPTED = 130
LEAST_CONTEXT = 256


async def run(args: argparse.Namespace) -> int:
    """Show the commands, or serve until interrupted. Raises: RedraftError, also when a server is lost later."""
    environ = dict(os.environ)
    if args.assume and not args.show:
        raise UsageError("--assume is for --print: nothing can be started on cards that are not here")
    places = await _places(args, environ)
    vllm = ("vllm",) if args.assume else program(environ)
    planned = commands(places, vllm, free_ports(len(places), args.port))
    if args.show:
        out_json([as_json(command) for command in planned]) if args.json else out("\n".join(explained(planned)))
        return 0
    work = asyncio.ensure_future(_serve(args, environ, planned))

    def stop() -> None:
        if work.cancelling():
            # Their guards see our end and stop them; a tidy end of the event loop would kill the guards.
            os._exit(INTERRUPTED)
        say("stopping the servers; once more leaves at once, and they end behind you")
        work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        await work
    except asyncio.CancelledError:
        say("the servers have ended")
    return INTERRUPTED


async def _places(args: argparse.Namespace, environ: Mapping[str, str]) -> tuple[Place, ...]:
    """Which model goes where. Raises: RedraftError."""
    if args.context is not None and args.context < LEAST_CONTEXT:
        raise UsageError(f"--context {args.context}: no conversation fits into that; 4096 is little, 16384 is plenty")
    chosen, told = lineup(args.lineup), told_sizes(args.weights_gb)
    replicas = replica_counts(args.replicas, chosen)
    orders = ordered(chosen, replicas, lambda model: told[model] if model in told else size_of(model, environ))
    if args.assume:
        devices: Sequence[Device] = assumed(args.assume)
    else:
        devices = (the_processor(),) if args.cpu else _wanted(await find_gpus(environ), args.gpus)
    return placed(orders, devices, args.context)


def _wanted(devices: Sequence[Device], numbers: str | None) -> Sequence[Device]:
    chosen = allowed(devices, numbers)
    if numbers is not None and len(chosen) != len(numbers.split(",")):
        there = ", ".join(str(device.index) for device in devices)
        raise UsageError(f"--gpus {numbers}: write different numbers with commas between them; here are {there}")
    return chosen


async def _serve(args: argparse.Namespace, environ: Mapping[str, str], planned: Sequence[Command]) -> None:
    """Serve until cancelled. Raises: RedraftError."""
    state = Places.of(environ).state
    key = secrets.token_urlsafe(24)
    ticker = Ticker(sys.stderr, live=sys.stderr.isatty() and not args.plain)

    def notice(text: str) -> None:
        ticker.end()
        say(text)

    with board(state) as note:
        say(f"starting {len(planned)} server{'s'[: len(planned) > 1]}; their logs are in {state / 'serving'}")
        pace = Pace(ready=max(1.0, args.wait * 60))
        async with serving(
            planned, environ, state / "serving", key=key, pace=pace, notice=notice, on_look=ticker.show
        ) as fleet:
            ticker.end()
            _announce(fleet, note, key)
            if args.json:
                out_json({"roles": fleet.roles, "commands": [as_json(command) for command in planned]})
            else:
                out("\n".join(ready_lines(fleet.roles, planned)))
            try:
                await fleet.keep(lambda: _announce(fleet, note, key))
            finally:
                note.clear()
                ticker.end()


def _announce(fleet: Fleet, note: Board, key: str) -> None:
    """Tell other sessions of this user who plays which role."""
    note.show(Serving(pid=os.getpid(), roles=fleet.roles, key=key))
