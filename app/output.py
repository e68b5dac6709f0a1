"""What the command line prints: results on standard output, everything else on standard error."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

import msgspec

from ..engine.errors import RedraftError
from ..engine.facts import Check, Draft, Report, Review, Solution, UnusedTest
from ..engine.state import Meter, RunState
from ..widgets.tally import also_by_tests, expectation, only_tests, standing

SIGNS = {"passed": "✓", "failed": "✗", "raised": "✗", "timeout": "✗", "crashed": "✗", "not run": "·"}
_NOTHING = {
    "passed": "nothing",
    "failed": "nothing",
    "raised": "an exception",
    "timeout": "no answer in time",
    "crashed": "a crash",
    "not run": "it was not reached",
}
_COLOURS = {"green": "32", "red": "31", "yellow": "33", "dim": "2", "bold": "1"}


def wants_colour(stream: TextIO, environ: Mapping[str, str], *, plain: bool) -> bool:
    """Whether to colour: a terminal, no `--plain`, and no `NO_COLOR` that is not empty (https://no-color.org)."""
    return not plain and stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


class Paint:
    """Colours text, or leaves it as it is."""

    def __init__(self, *, on: bool) -> None:
        self._on = on

    def __call__(self, colour: str, text: str) -> str:
        """`text` in `colour` ("green", "red", "yellow", "dim" or "bold")."""
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self._on else text


def paint(*, plain: bool, stream: TextIO | None = None) -> Paint:
    """A paint for standard output, or for `stream`."""
    return Paint(on=wants_colour(stream or sys.stdout, os.environ, plain=plain))


def say(text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(harmless(text) + "\n")
    sys.stderr.flush()


def out(text: str) -> None:
    """Text on standard output, a newline added."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def columns() -> int | None:
    """Cells of a line of the terminal that results go to; None where they go elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def out_json(value: object) -> None:
    """One line of JSON on standard output."""
    out(msgspec.json.encode(value).decode())


def print_error(error: RedraftError, *, as_json: bool) -> None:
    """An error for people on standard error, or as JSON on standard output."""
    if as_json:
        out_json({"error": type(error).__name__, "message": str(error), "exit": error.exit_code})
    else:
        say(f"redraft: {error}")


def harmless(text: str) -> str:
    """Text from models, files and programs without the characters that a terminal obeys."""
    return "".join(c if c == "\n" or (c.isprintable() and not "\ud800" <= c <= "\udfff") else _spelt(c) for c in text)


def _spelt(char: str) -> str:
    return "    " if char == "\t" else char.encode("unicode_escape").decode()


# -------------------------------------------------------------------------------------------------- facts in words


def report_lines(report: Report | None, paint: Paint) -> list[str]:
    """The examples of a draft, one a line, and what failed below it."""
    if report is None:
        return []
    if report.problem:
        return [paint("red", f"  ✗ {harmless(report.problem)}")]
    if not report.checks:
        return [paint("yellow", "  no examples: nothing was verified")]
    return [line for check in report.examples for line in _check_lines(check, paint)]


MOST_HOLDING = 20
"""Tests that hold of which each is told; those that fail are told all."""


def lines_of_tests(report: Report | None, unused: Sequence[UnusedTest], paint: Paint) -> list[str]:
    """The project's tests of a draft, one assertion a line, and those that cannot be used."""
    checks = only_tests(report) if report is not None else ()
    holding = [check for check in checks if check.passed]
    kept = set(map(id, holding[:MOST_HOLDING]))
    lines = [
        line
        for check in checks
        if not check.passed or id(check) in kept
        for line in _check_lines(check, paint, f"{check.example.where} ")
    ]
    if len(holding) > MOST_HOLDING:
        lines.append(paint("green", f"  … and {len(holding) - MOST_HOLDING} more that hold"))
    every = (*unused, *(report.unused if report is not None else ()))
    return [*lines, *(paint("dim", f"  not used: {harmless(f'{test.where} {test.why}'.strip())}") for test in every)]


def _check_lines(check: Check, paint: Paint, place: str = "") -> list[str]:
    colour = "green" if check.passed else "red"
    source = harmless(check.example.source.strip()).replace("\n", " ⏎ ")
    head = paint(colour, f"  {SIGNS[check.verdict]} {harmless(place)}{source}")
    if check.passed:
        return [head]
    if check.example.test is not None:
        expected = expectation(check.example)
    else:
        expected = (
            check.example.raises
            or check.example.want.strip()
            or ("true" if check.example.compare == "truth" else "nothing")
        )
    return [
        head,
        f"      expected {_hanging(expected)}",
        f"      got      {_hanging(check.got.strip() or _NOTHING[check.verdict])}",
    ]


def _hanging(text: str) -> str:
    """Harmless text whose further lines stand below the first, behind "expected" and "got"."""
    return harmless(text).replace("\n", "\n" + " " * 15)


def review_lines(review: Review | None, paint: Paint) -> list[str]:
    """A reviewer's report: verdict, then each finding with what execution showed."""
    if review is None:
        return []
    if review.verdict == "unreadable":
        return [
            paint("yellow", "  the reply is no review:"),
            *(f"    {line}" for line in harmless(review.text).splitlines()[:8]),
        ]
    if not review.findings:
        return ["  the reviewer found nothing"]
    lines: list[str] = []
    for finding in review.findings:
        colour = {"reproduced": "red", "refuted": "dim"}.get(finding.status, "yellow")
        lines.append(paint(colour, f"  [{finding.status}] {harmless(finding.claim)}"))
        if finding.quote:
            lines.append(f"      line {finding.line or '?'}: {harmless(finding.quote.strip())}")
        if finding.call:
            fixed = f"; with the fix {harmless(finding.got_fixed)}" if finding.got_fixed else ""
            shown = f"gives {harmless(finding.got)}{fixed}" if finding.got else "was not run"
            lines.append(f"      {harmless(finding.call)} {shown}")
        if finding.expected:
            lines.append(f"      expected {harmless(finding.should_be)}, which gives {harmless(finding.expected)}")
    return lines


def meter_line(meter: Meter, seconds: float) -> str:
    """Calls, tokens, seconds and cost in one line."""
    about = "~" if meter.estimated else ""
    cost = "cost n/a" if meter.cost is None else f"${meter.cost:.4f}"
    tokens = f"{about}{meter.prompt_tokens:,} tokens in, {about}{meter.completion_tokens:,} out"
    return f"{meter.calls} call{'s' if meter.calls != 1 else ''} · {tokens} · {seconds:.1f} s · {cost}"


def verdict_line(solution: Solution | None, state: RunState, paint: Paint) -> str:
    """How a run ended, in one line."""
    if solution is None:
        over = state.status == "cancelled"
        return paint("red", harmless(state.problem or ("cancelled" if over else "the log ends before its run does")))
    report = solution.report
    match solution.verdict:
        case "verified":
            held = f": {_holding(report)}" if report is None or report.examples else ""
            return paint("green", f"verified{also_by_tests(report)}{held} ({solution.why})")
        case "unverified":
            return paint("yellow", f"unverified: no examples, nothing was verified ({solution.why})")
        case "fails":
            return paint("red", f"{_failing(solution.draft, report)} ({solution.why})")


def _holding(report: Report | None) -> str:
    total = len(report.examples) if report else 0
    return "the example holds" if total == 1 else f"all {total} examples hold"


def _failing(draft: Draft, report: Report | None) -> str:
    if draft.problem or report is None or report.problem:
        return harmless(draft.problem or (report.problem if report else "") or "it did not run")
    if report.tests:
        return harmless(standing(report))
    return f"{len(report.failures)} of {len(report.checks)} examples fail"
