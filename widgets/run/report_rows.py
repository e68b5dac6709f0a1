"""A reviewer's report as rows: the verdict, the findings and what running them showed. Pure functions from facts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...engine.facts import Finding, Review
from ...engine.state.run import CallState, RunState
from ..highlighting import python_lines
from ..rows import Row
from ..signs import counted, sign_of_finding
from ..text import (
    Run,
    folded,
    paragraphs,
    shown_line,
)

_NAME_CELLS = 13
_WORD = re.compile(r"\w+")


def verdict(state: RunState) -> list[Run]:
    """The first line."""
    review = state.review
    call = next((c for c in reversed(state.calls) if c.role == "reviewer"), None)
    if call is not None and call is state.live_call:
        return [("▸ the reviewer is reading", "bold $state-run")] if call.first is None else _writing(call)
    if review is None:
        return [("no report yet", "bold $muted")]
    if review.verdict == "unreadable":
        return [("? the reply is no review", "bold $state-warn")]
    if review.verdict == "not reviewed":
        return [("? not reviewed", "bold $state-warn")]
    if not review.findings:
        if review.verdict == "clean":
            return [("✓ the reviewer found nothing", "bold $state-pass")]
        if review.candidate:
            return [("! the reviewer wrote the function anew in place of a report", "bold $state-warn")]
        return [("! the reviewer says there are bugs, but names none", "bold $state-warn")]
    more = f", {review.left_out} more left out" if review.left_out else ""
    return [(f"! {counted(len(review.findings), 'finding')}{_tested(review)}{more}", "bold $state-warn")]


def _writing(call: CallState) -> list[Run]:
    words = len(_WORD.findall(call.text)) + len(_WORD.findall(call.thinking))  # JSON may come without a blank.
    return [("▸ the reviewer is writing", "bold $state-run"), (f"  {counted(words, 'word')}", "$muted")]


def _tested(review: Review) -> str:
    """How many of the findings stood the test: ", 1 reproduced, 1 refuted"."""
    counts = {
        status: sum(finding.status == status for finding in review.findings)
        for status in ("reproduced", "refuted", "not shown")
    }
    return "".join(f", {count} {status}" for status, count in counts.items() if count)


def under(state: RunState) -> str:
    """What stands below the verdict: the raw reply if it is no review, advice if there is none."""
    review = state.review
    if review is not None and review.verdict == "unreadable":
        return f"\n{review.text.strip() or '(the reply is empty)'}"
    if review is not None:
        return f"\n{review.problem}" if review.problem else ""
    if state.status == "idle":
        return "\nthe reviewer reads each draft and says where it goes wrong; every finding is run before you see it"
    if state.live_call is not None and state.live_call.role == "reviewer":
        return ""
    if state.status == "running":
        return "\nit comes after the draft and its examples"
    return "\nthis run had no review"


def card(finding: Finding, width: int) -> Iterator[list[Run]]:
    """One finding: what is claimed, where, and what running it showed."""
    sign = sign_of_finding(finding)
    dim = finding.status == "refuted"
    place = f"  line {finding.line}" if finding.line is not None else ""
    yield from folded([(f" {sign.mark} {sign.word}", f"bold {sign.ink}"), (place, "$muted")], width, words=True)
    for line in paragraphs(finding.claim.strip() or "(no words)", width - 3, "$muted" if dim else ""):
        yield [("   ", ""), *line]
    if finding.quote.strip():
        code = python_lines(shown_line(finding.quote.strip()))[0]
        for piece in folded(code, width - 5):
            yield [("   │ ", "$muted"), *([(text, "$muted") for text, _ in piece] if dim else piece)]
    for name, text, ink in _evidence(finding):
        for number, piece in enumerate(folded([(shown_line(text.strip()), ink)], width - 3 - _NAME_CELLS)):
            yield [("   ", ""), ((name if not number else "").ljust(_NAME_CELLS), "$muted"), *piece]


def _evidence(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """Name, text and ink of each thing said or seen."""
    if not finding.call:
        yield "shown by", "nothing: the reviewer gave no input", "$muted"
        return
    yield "shown by", finding.call, ""
    if finding.should_be:
        yield "should be", finding.should_be, ""
    if finding.expected:
        yield "which gives", finding.expected, ""
    if finding.comes_out.strip() and finding.comes_out.strip() != finding.got.strip():
        yield "said to be", finding.comes_out, "$muted"
    if finding.got:
        yield "draft gives", finding.got, "$state-fail" if finding.status == "reproduced" else ""
    if finding.got_fixed:
        mended = finding.got_fixed.strip() == (finding.expected or finding.should_be).strip()
        yield "fix gives", finding.got_fixed, "$state-pass" if mended else ""


def turns(state: RunState, width: int) -> Iterator[Row]:
    """What a person should know of the calls; what the pipeline decided, and why."""
    why = [state.solution.why] if state.solution and state.solution.why else []
    told = [turn for turn in (*state.decisions, *why) if turn]
    if told or state.problem or state.warnings:
        yield Row()
    for warning in state.warnings:
        for line in paragraphs(f"! {warning}", width, "$state-warn"):
            yield Row(line)
    for turn in dict.fromkeys(told):
        for number, line in enumerate(paragraphs(turn, width - 2, "$muted")):
            yield Row([("→ " if not number else "  ", "$muted"), *line])
    for line in paragraphs(state.problem, width, "$state-fail") if state.problem else ():
        yield Row(line)
