"""`redraft check`: a function's examples, run in the sandbox. The parent holds what is expected and decides."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec
from msgspec.structs import replace

from ...engine import examples
from ...engine.desk.executing import executed, shadowed
from ...engine.errors import ProjectError, UsageError
from ...engine.facts import Example, Execution, Report, Stub
from ...engine.preflight import project_fault
from ...engine.waits import waiting_words
from ..caller import ends_with_caller
from ..output import Paint, harmless, out, out_json, paint, report_lines, say
from ..session import existing, session

TIMED_OUT = 124
LARGEST_SOURCE = 256 * 1024
"""Bytes; more than this is not parsed, let alone run."""


async def run(args: argparse.Namespace) -> int:
    """0 pass, 1 fail, 124 time-out, 2 usage, 3 no sandbox; no examples is 1: nothing was verified."""
    from ...engine.opening import limits as limits_of
    from ...engine.opening import sandbox_choice
    from ...engine.sandbox import open_sandbox

    path = Path(args.file)
    here = session(args, path)
    text = _source(path)
    stub = None if args.examples else _own(path, args.function)
    wanted = _given(args.examples) if stub is None else stub.examples
    box = here.settings.sandbox
    agreed = sandbox_choice(here.settings, here.environ)
    choice = replace(
        agreed,
        tier=args.tier,
        unsafe_run=args.unsafe_run,
        allow_subprocess=args.allow_subprocess or box.allow_subprocess,
        allow_limited=agreed.allow_limited or args.tier == "D",
        path=str(path),
    )
    limits = limits_of(box)
    if args.timeout:
        limits = replace(limits, seconds=args.timeout, step_seconds=args.timeout, import_seconds=args.timeout)
    if args.memory_mb:
        limits = replace(limits, memory_mb=args.memory_mb)
    async with ends_with_caller():
        sandbox = await open_sandbox(choice)
        try:
            why = await shadowed(sandbox, limits, stub, stub.body) if stub is not None else ""
            done = await executed(sandbox, limits, text, wanted, str(path))
        finally:
            await sandbox.aclose()
    if done.failure is not None and done.failure.elsewhere:
        raise ProjectError(project_fault(str(path), done))
    report = examples.report("", wanted, done)
    report = examples.all_held_up(report, why) if why else report
    _print(args, report)
    return _code(report, done)


def _source(path: Path) -> str:
    """The file's text, as the interpreter would decode it.

    Raises:
        UsageError: it is not there, or too large to be looked at.
        SourceError: it cannot be read.
    """
    from ...engine.sources import read

    if existing(path).is_file() and path.stat().st_size > LARGEST_SOURCE:
        raise UsageError(f"{path}: over {LARGEST_SOURCE // 1024} kB is not run; move the function to a file of its own")
    return read(path).text


def _given(text: str) -> tuple[Example, ...]:
    try:
        pairs = msgspec.json.decode(text, type=list[tuple[str, str]])
    except msgspec.MsgspecError as error:
        raise UsageError(f'--examples: {error}; write a JSON list such as [["f(2)", "5"], ["f(3)", "10"]]') from error
    return tuple(
        Example(source=call, want=want if want.endswith("\n") or not want else want + "\n") for call, want in pairs
    )


def _own(path: Path, function: str) -> Stub:
    """The function whose examples are meant.

    Raises:
        UsageError: there is no such function, or several of that name have examples.
    """
    from ...engine.sources import NEIGHBOUR_TOKENS
    from ..targets import function_of, functions_of

    found = functions_of(str(path), function, NEIGHBOUR_TOKENS)
    spoken_of = [one for one in found if one.examples]
    if len(found) > 1 and len(spoken_of) == 1:
        others = ", ".join(str(one.line) for one in found if one is not spoken_of[0])
        say(f"{path}: {function} is also at line {others}; only that of line {spoken_of[0].line} has examples")
        return spoken_of[0]
    return function_of(f"{path}::{function}", NEIGHBOUR_TOKENS)


def _print(args: argparse.Namespace, report: Report) -> None:
    if args.json:
        out_json(report)
        return
    colours = paint(plain=args.plain)
    out("\n".join(report_lines(report, colours)))
    out(_summary(report, colours))
    out(colours("dim", f"tier {report.tier} · {report.interpreter} · {report.seconds:.2f} s"))


def _summary(report: Report, colours: Paint) -> str:
    waits = harmless(waiting_words(report))
    if not report.judged:
        return colours("yellow", f"nothing was verified: {waits}") if waits else "nothing was verified"
    held = f"{report.passes} of {len(report.judged)} examples hold"
    return colours("green" if report.all_passed else "red", held) + (f"; {waits}" if waits else "")


def _code(report: Report, done: Execution) -> int:
    if report.all_passed:
        return 0
    timed_out = any(check.verdict == "timeout" for check in report.checks)
    return TIMED_OUT if timed_out or done.timed_out else 1
