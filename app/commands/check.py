"""`redraft check`: examples and tests of a function, run in the sandbox and judged here, where what is expected is."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import to_builtins
from msgspec.structs import replace

from ...engine import examples
from ...engine.behaviour.answers import doctest_of
from ...engine.behaviour.strength import Strength, strength, strength_facts
from ...engine.desk.executing import executed, heeded, let_wait, shadowed
from ...engine.desk.preflight import find_fault, moved, outgrown
from ...engine.errors import ProjectError, UsageError
from ...engine.facts import Example, Execution, Report, Stub
from ...engine.project_tests import HowTold, Subject, tested, with_tests
from ...engine.sandbox.runner import Limits, Sandbox
from ...engine.sandbox.timed import Timed
from ...engine.waits import waiting_words
from ...widgets.run.tally import standing
from ..cli.caller import ends_with_caller
from ..common.output import (
    Paint,
    harmless,
    lines_of_tests,
    out,
    out_json,
    paint,
    report_lines,
    say,
)
from ..common.session import existing, session
from ..common.targets import first_line

TIMED_OUT = 124
LARGEST_SOURCE = 256 * 1024
"""Bytes; more than this is not parsed, let alone run."""
_PATIENCE = 2.0
"""Seconds after which importing counts as slow."""


async def run(args: argparse.Namespace) -> int:
    """0 pass, 1 fail, 124 time-out, 2 usage, 3 no sandbox; no examples is 1: nothing was verified."""
    from ...engine.run.opening import limits as limits_of
    from ...engine.run.opening import sandbox_choice
    from ...engine.sandbox import open_sandbox

    path = Path(args.file)
    here = session(args, path)
    text = _source(path)
    stub = _stub(args, path, here.settings.examples.from_tests)
    wanted = stub.examples
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
        sandbox = Timed(await open_sandbox(choice))
        try:
            shadow = "" if args.examples else await shadowed(sandbox, limits, stub, stub.body)
            done, fault = await _executed(sandbox, limits, text, wanted, stub)
            if fault and not args.examples:
                raise ProjectError(fault)
            report = examples.report("", wanted, done)
            report = report if args.examples else await heeded(sandbox, limits, stub, report, shadow)
            if stub.tests and not shadow:
                subject = Subject.of(stub, stub.body, _program(stub, text))
                report = await tested(sandbox, limits, subject, stub.tests, report)
            report = report if args.examples else let_wait(report, stub, stub.body)
            report = replace(report, unused=(*stub.unused, *report.unused))
            report = replace(report, imports=sandbox.imports, all_import_seconds=round(sandbox.import_seconds, 4))
            strong = await _strength(args, sandbox, limits, stub, report)
        finally:
            await sandbox.aclose()
    _print(args, report, strong, first_line(stub) if strong is not None else 0)
    return _code(report, done)


async def _executed(
    sandbox: Sandbox, limits: Limits, text: str, wanted: Sequence[Example], stub: Stub
) -> tuple[Execution, str]:
    """What the examples came to, and why the file cannot be imported whatever the body is, "" when it can.

    What a program says of its own import may be forged: the file is asked once more without its body. One that is slow
    is asked meanwhile, so that a slow import is not waited for twice.
    """
    running = asyncio.ensure_future(executed(sandbox, limits, text, wanted, stub.path))
    asking: asyncio.Future[str] | None = None
    try:
        await asyncio.wait([running], timeout=_PATIENCE)
        if not running.done():
            asking = asyncio.ensure_future(find_fault(sandbox, limits, stub))
        done = await running
        if not done.problem:
            return done, ""
        return done, moved(stub.path) or await (asking or find_fault(sandbox, limits, stub)) or outgrown(text, done)
    finally:
        left: list[asyncio.Future[Any]] = [task for task in (running, asking) if task is not None and not task.done()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


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
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UsageError(f'--examples: {error}; write a JSON list such as [["f(2)", "5"], ["f(3)", "10"]]') from error
    return tuple(
        Example(source=call, want=want if want.endswith("\n") or not want else want + "\n") for call, want in pairs
    )


def _stub(args: argparse.Namespace, path: Path, how: HowTold) -> Stub:
    """What the function is held against: the examples that are given, or else its own and the project's tests.

    Raises:
        UsageError: there is no such function, several of that name have examples, or the examples cannot be read.
    """
    if args.examples:
        return Stub(path=str(path), name=args.function, line=0, header="", examples=_given(args.examples))
    return with_tests(_own(path, args.function), how)


def _own(path: Path, function: str) -> Stub:
    """The function whose examples are meant.

    Raises:
        UsageError: there is no such function, or several of that name have examples.
    """
    from ...engine.sources import NEIGHBOUR_TOKENS
    from ..common.targets import function_of, functions_of

    found = functions_of(str(path), function, NEIGHBOUR_TOKENS)
    spoken_of = [one for one in found if one.examples]
    if len(found) > 1 and len(spoken_of) == 1:
        others = ", ".join(str(one.line) for one in found if one is not spoken_of[0])
        say(f"{path}: {function} is also at line {others}; only that of line {spoken_of[0].line} has examples")
        return spoken_of[0]
    return function_of(f"{path}::{function}", NEIGHBOUR_TOKENS)


def _program(stub: Stub, text: str) -> str:
    """The file, without tests that stand in it when those are run."""
    inside = any(example.test is not None and example.test.inside for example in stub.tests)
    return stub.program(stub.body) if inside else text


async def _strength(
    args: argparse.Namespace, sandbox: Sandbox, limits: Limits, stub: Stub, report: Report
) -> Strength | None:
    """How strong the function's own examples are; None where it was not asked.

    Raises:
        UsageError: it was asked of examples that are no function's own.
    """
    if not args.strength:
        return None
    if args.examples:
        raise UsageError("--strength: it is told of the examples in the file; leave out --examples")
    if not report.judged_examples:
        return Strength(why_none="there are no examples to tell it of")
    return await strength(sandbox, limits, stub, stub.body)


def _strength_lines(strong: Strength, first: int, colours: Paint) -> list[str]:
    """What the examples catch, miss, and what would catch most; `first` is the function's line in the file."""
    missed = [mistake for mistake in strong.mistakes if not mistake.caught]
    ink = "green" if strong.mistakes and not missed else "yellow"
    lines = [colours(ink, harmless(strong.told))]
    lines += [f"  missed: line {first + m.line - 1}: {harmless(m.what)}" for m in missed]
    if strong.offer is not None:
        lines += [
            "  as it does it now, to be checked by you:",
            *(f"    {harmless(t)}" for t in doctest_of(strong.offer)),
        ]
    return lines


def _print(args: argparse.Namespace, report: Report, strong: Strength | None, first: int) -> None:
    if args.json:
        out_json(report if strong is None else {**to_builtins(report), "strength": strength_facts(strong)})
        return
    colours = paint(plain=args.plain)
    if report.examples or report.problem or not report.tests:
        out("\n".join(report_lines(report, colours)))
    if own := lines_of_tests(report, (), colours):
        out("\n".join([colours("bold", "your tests"), *own]))
    out(_summary(report, colours))
    if strong is not None:
        out("\n".join(_strength_lines(strong, first, colours)))
    out(colours("dim", f"tier {report.tier} · {report.interpreter} · {report.seconds:.2f} s"))


def _summary(report: Report, colours: Paint) -> str:
    waits = harmless(waiting_words(report))
    if not report.judged:
        return colours("yellow", f"nothing was verified: {waits}") if waits else "nothing was verified"
    held = harmless(standing(report))
    return colours("green" if report.all_passed else "red", held) + (f"; {waits}" if waits else "")


def _code(report: Report, done: Execution) -> int:
    if report.all_passed:
        return 0
    timed_out = any(check.verdict == "timeout" for check in report.checks)
    return TIMED_OUT if timed_out or done.timed_out else 1
