"""`redraft check`: examples and tests of a function, run in the sandbox and judged here, where what is expected is."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from ...engine import examples
from ...engine.errors import UsageError
from ...engine.facts import Example, Execution, Report, Stub
from ...engine.project_tests import HowTold, tested, with_tests
from ...engine.sandbox.runner import Limits
from ...widgets.tally import standing
from ..output import harmless, lines_of_tests, out, out_json, paint, report_lines
from ..session import existing, session

TIMED_OUT = 124
LARGEST_SOURCE = 256 * 1024
"""Bytes; more than this is not parsed, let alone run."""


async def run(args: argparse.Namespace) -> int:
    """0 pass, 1 fail, 124 time-out, 2 usage, 3 no sandbox; no examples is 1: nothing was verified."""
    from ...engine.sandbox import SandboxChoice, open_sandbox

    path = Path(args.file)
    here = session(args, path)
    text = _source(path)
    stub = _stub(args, path, text, here.settings.examples.from_tests)
    wanted = stub.examples
    box = here.settings.sandbox
    choice = SandboxChoice(
        interpreter=box.interpreter or None,
        tier=args.tier,
        unsafe_run=args.unsafe_run,
        allow_subprocess=args.allow_subprocess or box.allow_subprocess,
        allow_limited=box.lowest_tier in {"D", "E"} or args.tier == "D",
        path=str(path),
    )
    seconds = args.timeout or box.seconds
    limits = Limits(
        seconds=seconds,
        step_seconds=seconds if args.timeout else box.step_seconds,
        memory_mb=args.memory_mb or box.memory_mb,
    )
    sandbox = await open_sandbox(choice)
    try:
        steps = [examples.asked(example).source for example in wanted]
        done = await sandbox.run(text, steps, limits, path=str(path))
        report = examples.report("", wanted, done)
        if stub.tests:
            report = await tested(sandbox, limits, _program(stub, text), str(path), stub.tests, report)
        report = msgspec.structs.replace(report, unused=(*stub.unused, *report.unused))
    finally:
        await sandbox.aclose()
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


def _stub(args: argparse.Namespace, path: Path, text: str, how: HowTold) -> Stub:
    """What the function is held against: the examples that are given, or else its own and the project's tests.

    Raises:
        UsageError: there is no such function, or the examples cannot be read.
    """
    from ...engine.sources import find_function, read

    if args.examples:
        return Stub(path=str(path), name=args.function, line=0, header="", examples=_given(args.examples))
    found = find_function(read(path), args.function)
    if found is None:
        raise UsageError(f"{path}: there is no function named {args.function!r}")
    return with_tests(found, how)


def _program(stub: Stub, text: str) -> str:
    """The file, without tests that stand in it when those are run."""
    inside = any(example.test is not None and example.test.inside for example in stub.tests)
    return stub.program(stub.body) if inside else text


def _print(args: argparse.Namespace, report: Report) -> None:
    if args.json:
        out_json(report)
        return
    colours = paint(plain=args.plain)
    if report.examples or report.problem or not report.tests:
        out("\n".join(report_lines(report, colours)))
    if own := lines_of_tests(report, (), colours):
        out("\n".join([colours("bold", "your tests"), *own]))
    held = f"{report.passes} of {len(report.checks)} examples hold" if not report.tests else standing(report)
    out(colours("green" if report.all_passed else "red", harmless(held)) if report.checks else "nothing was verified")
    out(colours("dim", f"tier {report.tier} · {report.interpreter} · {report.seconds:.2f} s"))


def _code(report: Report, done: Execution) -> int:
    if report.all_passed:
        return 0
    timed_out = any(check.verdict == "timeout" for check in report.checks)
    return TIMED_OUT if timed_out or done.timed_out else 1
