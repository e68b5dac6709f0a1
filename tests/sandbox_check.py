"""A stand-in for `redraft check` that uses the sandbox alone: exit 0 pass, 1 fail, 124 time-out, 3 no sandbox."""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import json
import os
import signal
import sys
from pathlib import Path

from redraft.engine.errors import RedraftError
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Limits


async def check(given: argparse.Namespace) -> int:
    raw = Path(given.file).read_bytes()  # noqa: ASYNC240 (nothing else is going on)
    if len(raw) > 256 * 1024:
        print("too large")
        return 1
    examples: list[list[str]] = json.loads(given.examples)
    choice = SandboxChoice(tier=given.tier, unsafe_run=True, allow_limited=True, interpreter=given.python)
    sandbox = await open_sandbox(choice)
    limits = Limits(seconds=given.timeout, step_seconds=given.timeout, memory_mb=given.memory_mb)
    try:
        done = await sandbox.run(
            raw.decode("utf-8", "replace"), [source for source, _ in examples], limits, path=given.file
        )
    finally:
        await sandbox.aclose()
    complete = not done.problem and all(outcome.status == "returned" for outcome in done.outcomes)
    if complete and [outcome.printed.strip() for outcome in done.outcomes] == [want for _, want in examples]:
        return 0
    print(done)
    return 124 if done.timed_out else 1


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("file")
    arguments.add_argument("--function")
    arguments.add_argument("--examples", default="[]")
    arguments.add_argument("--timeout", type=float, default=5.0)
    arguments.add_argument("--memory-mb", type=int, default=512)
    arguments.add_argument("--tier")
    arguments.add_argument("--python")
    given = arguments.parse_args()
    parent = os.getppid()
    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        return 3
    try:
        return asyncio.run(_until_told(check(given)))
    except RedraftError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return error.exit_code
    except (asyncio.CancelledError, KeyboardInterrupt):
        return 130


async def _until_told(work) -> int:
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


if __name__ == "__main__":
    sys.exit(main())
