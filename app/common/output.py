"""What the command line prints: results on standard output, everything else on standard error.

This is the one place that writes to a terminal. Texts from models, files, servers and logs may be part of whatever is
printed: no character that a terminal obeys goes through, but for the colours that `Paint` marked, and no key.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

import msgspec

from ...engine.errors import RedraftError
from ...engine.facts import (
    Check,
    Report,
    Review,
    Solution,
    UnusedTest,
)
from ...engine.redaction import redact
from ...engine.state.run import Meter, RunState
from ...engine.waits import waiting_words
from ...widgets.run.tally import (
    also_by_tests,
    expectation,
    only_tests,
    standing,
)

SIGNS = {"passed": "✓", "failed": "✗", "raised": "✗", "timeout": "✗", "crashed": "✗", "not run": "·", "waits": "·"}
_NOTHING = {
    "passed": "nothing",
    "failed": "nothing",
    "raised": "an exception",
    "timeout": "no answer in time",
    "crashed": "a crash",
    "not run": "it was not reached",
    "waits": "nothing yet",
}
_MARK = f"\x1b{secrets.token_hex(8)}:"
"""Begins a colour. Nobody outside this process knows it, so no text can ask for one."""
_MARKED = re.compile(rf"{_MARK}(\d+);")
_UNPRINTABLE = re.compile(r"[^ -~\n]")
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
        return f"{_MARK}{_COLOURS[colour]};{text}{_MARK}0;" if self._on else text


def paint(*, plain: bool, stream: TextIO | None = None) -> Paint:
    """A paint for standard output, or for `stream`."""
    return Paint(on=wants_colour(stream or sys.stdout, os.environ, plain=plain))


def say(text: str, end: str = "\n") -> None:
    """One line on standard error."""
    sys.stderr.write(_coloured(text) + end)
    sys.stderr.flush()


def say_over(text: str) -> None:
    """Text on standard error in the place of the line that stands there, on a terminal; "" clears it."""
    sys.stderr.write("\r\x1b[K" + _coloured(text))
    sys.stderr.flush()


def say_block(lines: Sequence[str], *, again: bool) -> None:
    """Lines on standard error, on a terminal; `again` puts them in the place of as many that stand there."""
    wide = shutil.get_terminal_size().columns - 1  # a line that is wrapped would be two of them
    lines = [line[:wide] for line in lines]
    up = f"\x1b[{len(lines) - 1}A" if again and len(lines) > 1 else ""
    sys.stderr.write(up + "\n".join("\r\x1b[K" + _coloured(line) for line in lines))
    sys.stderr.flush()


def out(text: str) -> None:
    """Text on standard output, a newline added."""
    sys.stdout.write(_coloured(text) + "\n")
    sys.stdout.flush()


def out_exact(text: str) -> None:
    """A text that is meant for a file or another program, such as a diff: exact there, harmless on a terminal."""
    sys.stdout.write((_coloured(text) if sys.stdout.isatty() else redact(text)) + "\n")
    sys.stdout.flush()


def columns() -> int | None:
    """Cells of a line of the terminal that results go to; None where they go elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def out_json(value: object) -> None:
    """One line of JSON on standard output."""
    out_json_line(msgspec.json.encode(value))


def out_json_line(line: bytes) -> None:
    """JSON that is encoded already; what a terminal would obey is spelled as JSON spells it."""
    sys.stdout.write(_UNPRINTABLE.sub(_escaped, redact(line.decode()).rstrip("\n")) + "\n")
    sys.stdout.flush()


def print_error(error: RedraftError, *, as_json: bool) -> None:
    """An error for people on standard error, or as JSON on standard output."""
    if as_json:
        out_json({"error": type(error).__name__, "message": str(error), "exit": error.exit_code})
    else:
        say(f"redraft: {error}")


def print_fault(told: str, code: int, *, as_json: bool) -> None:
    """A fault of redraft's own, as errors are printed; `code` is the exit code."""
    if as_json:
        out_json({"error": "Fault", "message": told, "exit": code})
    else:
        say(f"redraft: {told}")


def _coloured(text: str) -> str:
    """A harmless text, with the colours that were marked in it."""
    pieces = _MARKED.split(redact(text))
    return "".join(f"\x1b[{piece}m" if number % 2 else harmless(piece) for number, piece in enumerate(pieces))


def _escaped(found: re.Match[str]) -> str:
    if found[0].isprintable():
        return found[0]
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join("\\u" + units[at : at + 4] for at in range(0, len(units), 4))


def harmless(text: str) -> str:
    """Text from models, files and programs without the characters that a terminal obeys, and without keys."""
    told = redact(text)
    return "".join(c if c == "\n" or (c.isprintable() and not "\ud800" <= c <= "\udfff") else _spelt(c) for c in told)


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
    slow = [paint("dim", f"  {report.import_words}")] if report.import_words else []
    return [line for check in report.examples for line in _check_lines(check, paint)] + slow


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


_MOST_LINES = 2
"""Further lines of a statement that are told in one line with its first."""


def _check_lines(check: Check, paint: Paint, place: str = "") -> list[str]:
    colour = "green" if check.passed else "yellow" if check.verdict == "waits" else "red"
    first, *more = check.example.source.strip().split("\n")
    few = more if len(more) <= _MOST_LINES else [f"… {len(more)} more lines"]
    source = harmless(" ⏎ ".join([first, *few]))
    head = paint(colour, f"  {SIGNS[check.verdict]} {harmless(place)}{source}")
    if check.example.session:
        head += paint("dim", f"  ({harmless(check.example.session)}, line {check.example.line})")
    if check.passed:
        note = harmless(check.against_doctest)
        return [head, paint("dim", f"      {note}")] if note else [head]
    if check.verdict == "waits":
        return [head, f"      {harmless(check.got)}"]
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
    if review.verdict == "not reviewed":
        return [paint("yellow", f"  not reviewed: {harmless(review.why_not)}")]
    if review.verdict == "unreadable":
        return [
            paint("yellow", "  the reply is no review:"),
            *(f"    {line}" for line in harmless(review.text).splitlines()[:8]),
        ]
    if not review.findings:
        return [f"  {_without_findings(review)}"]
    lines: list[str] = []
    for finding in review.findings:
        colour = {"reproduced": "red", "refuted": "dim"}.get(finding.status, "yellow")
        lines.append(paint(colour, f"  [{finding.status}] {harmless(finding.claim)}"))
        if finding.quote or finding.line is not None:
            place = f"line {finding.line}" if finding.line is not None else "no such line"
            quote = harmless(finding.quote.strip())
            lines.append(f"      {place}: {quote}" if quote else f"      {place}")
        if finding.call:
            fixed = f"; with the fix {harmless(finding.got_fixed)}" if finding.got_fixed else ""
            shown = f"gives {harmless(finding.got)}{fixed}" if finding.got else "was not run"
            lines.append(f"      {harmless(finding.call)} {shown}")
        if finding.expected:
            lines.append(f"      expected {harmless(finding.should_be)}, which gives {harmless(finding.expected)}")
    if review.left_out:
        lines.append(paint("dim", f"  {review.left_out} more findings are left out"))
    return lines


def _without_findings(review: Review) -> str:
    if review.verdict == "clean":
        return "the reviewer found nothing"
    if review.candidate:
        return "the reviewer wrote the function anew in place of a report"
    return "the reviewer says there are bugs, but names none"


def candidate_lines(state: RunState, paint: Paint) -> list[str]:
    """Each candidate of a run that made several, with what it was asked for and why it was kept or dropped."""
    if not state.dropped:
        return []
    lines: list[str] = []
    for draft in state.drafts:
        asked = f" (with {draft.how})" if draft.how else ""
        why = state.dropped.get(draft.id, "")
        line = harmless(f"  {draft.id} {draft.purpose}{asked}: {why or 'kept'}")
        lines.append(paint("dim" if why else "green", line))
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
    report, waits = solution.report, waiting_words(solution.report)
    # What the verdict says itself is not told again as its reason.
    why = harmless("; ".join(part for part in solution.why.split("; ") if part != waits))
    why = f" ({why})" if why else ""
    reviewed = ", not reviewed" if state.unreviewed else ""
    match solution.verdict:
        case "verified":
            held = f": {_holding(report)}" if report is None or report.judged_examples else ""
            verified = f"verified{also_by_tests(report)}{reviewed}{held}{why}"
            return paint("yellow" if reviewed else "green", verified)
        case "unverified":
            nothing = harmless(waiting_words(report)) or "no examples, nothing was verified"
            return paint("yellow", f"unverified{reviewed}: {nothing}{why}")
        case "fails":
            if solution.draft.problem:
                return paint("red", harmless(f"no usable body: {solution.draft.problem}"))
            return paint("red", f"{_failing(report)}{reviewed}{why}")


def _holding(report: Report | None) -> str:
    total = len(report.judged_examples) if report else 0
    waits = harmless(waiting_words(report))
    return ("the example holds" if total == 1 else f"all {total} examples hold") + (f"; {waits}" if waits else "")


def _failing(report: Report | None) -> str:
    if report is None or report.problem:
        return harmless((report.problem if report else "") or "it did not run")
    waits = harmless(waiting_words(report))
    if report.tests:
        return harmless(standing(report)) + (f"; {waits}" if waits else "")
    failing, total = len(report.failures), len(report.judged)
    words = "the example fails" if total == 1 else f"{failing} of {total} examples fail{'s' if failing == 1 else ''}"
    return words + (f"; {waits}" if waits else "")
