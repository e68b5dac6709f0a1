"""`redraft`: reads the command line, runs one command, and turns errors into exit codes.

Exit codes: 0 ok, 1 examples fail, 2 usage, 3 environment (may be retried), 70 a fault of redraft's own, 124 time-out
(check), 130 interrupted.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Callable, Container, Coroutine

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from .parser import UnreadableError

INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    """Run one command line; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # A terminal that only knows ASCII has no ✓.
    words = sys.argv[1:] if argv is None else argv
    if words == ["--version"]:
        return _tell_version()
    from .parser import COMMANDS, UnreadableError, build  # as long to load as Python itself takes to start

    words = _with_command(words, COMMANDS)
    try:
        args = build().parse_args(words)
    except UnreadableError as error:
        return _refuse(error, as_json="--json" in words)
    if args.version:
        return _tell_version()
    try:
        # Within the block: Ctrl-C comes as easily while modules are loaded.
        command = importlib.import_module(f"..commands.{args.command}", __package__)
        return _run(command.run, args)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; the interpreter would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - a fault of ours is kept with its traceback
        return _tell(error, as_json=bool(getattr(args, "json", False)))


def _tell_version() -> int:
    from ...engine.system.version import VERSION

    sys.stdout.write(f"{VERSION}\n")
    return 0


def _tell(error: Exception, *, as_json: bool) -> int:
    """Say why the command ended; the exit code that says the same."""
    from ...engine.errors import first_of_ours
    from ..common.output import print_error

    ours = first_of_ours(error)
    if ours is None:
        from ...engine.system.paths import Places
        from ..common.faults import EXIT_CODE, keep
        from ..common.output import print_fault

        print_fault(keep(error, Places.of(os.environ)), EXIT_CODE, as_json=as_json)
        return EXIT_CODE
    print_error(ours, as_json=as_json)
    return ours.exit_code


def _refuse(error: UnreadableError, *, as_json: bool) -> int:
    """Say what is wrong with the words that were typed."""
    from ...engine.errors import UsageError
    from ..common.output import print_error

    if not as_json:
        sys.stderr.write(error.usage)
    print_error(UsageError(str(error)), as_json=as_json)
    return UsageError.exit_code


def _run(run: Callable[[argparse.Namespace], int | Coroutine[None, None, int]], args: argparse.Namespace) -> int:
    """What the command answers, in an event loop if it needs one."""
    answer = run(args)
    if isinstance(answer, int):
        return answer
    import asyncio  # takes longer than all of `--help`

    return asyncio.run(answer)


def _with_command(argv: list[str], commands: Container[str]) -> list[str]:
    """`redraft shapes.py` means `redraft open shapes.py`; a file called `run` is reached as `./run`."""
    if argv and (argv[0] in commands or argv[0] in {"-h", "--help", "--version"}):
        return argv
    return ["open", *argv]
