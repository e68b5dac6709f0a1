"""What a page shows of a lane at one moment, section by section, as harmless HTML. Pure functions from a state."""

from __future__ import annotations

import html
from collections.abc import Iterator

from ....engine.diff import hunks
from ....engine.examples import visible
from ....engine.facts import Finding, Report
from ....engine.state.run import RunState
from ....widgets.run.draft_text import view_of
from ....widgets.signs import CHECKS, FINDINGS, STUBS, by_weight, counted

SECTIONS: tuple[str, ...] = ("plan", "draft", "report", "repair", "tree", "examples", "outcome")
LONGEST = 20_000
"""Characters of one text."""
_REPAIRS = frozenset({"fix", "retry", "synthesis"})
_CLASSES = {"same": "", "added": "add", "removed": "del"}


def sections(state: RunState) -> dict[str, str]:
    """HTML by section; "" for those that there is nothing to say in."""
    return {
        "plan": _plan(state),
        "draft": _draft(state),
        "report": _report(state),
        "repair": _repair(state),
        "tree": _tree(state),
        "examples": _examples(state),
        "outcome": _outcome(state),
    }


def text(said: str) -> str:
    """Text of strangers as a page shows it and nothing more."""
    return html.escape(visible(said, LONGEST), quote=True)


def _plan(state: RunState) -> str:
    call = state.live_call
    writes = call is not None and call.role == "planner"
    plan = call.text if writes and call is not None else state.plans[-1].text if state.plans else ""
    return f"<pre>{text(plan)}</pre>" if plan.strip() else ""


def _draft(state: RunState) -> str:
    call, first = state.live_call, state.first_draft
    if call is not None and call.role == "coder" and call.purpose not in _REPAIRS:
        return f"<pre>{text(view_of(state).body)}</pre>"
    chosen = first if first is not None and not state.tree.nodes else state.proposal
    return f"<pre>{text(chosen.body)}</pre>" if chosen is not None else ""


def _report(state: RunState) -> str:
    call, review = state.live_call, state.review
    if call is not None and call.role == "reviewer":
        return "<p>the reviewer reads</p>" if call.first is None else "<p>the reviewer writes</p>"
    if review is None:
        return ""
    if not review.happened:
        return f"<p>not reviewed: {text(review.why_not)}</p>"
    if not review.findings:
        return "<p>✓ the reviewer found nothing</p>" if review.verdict == "clean" else "<p>bugs, but none is named</p>"
    found = "".join(f"<li>{''.join(_finding(finding))}</li>" for finding in by_weight(review.findings))
    return f"<p>{counted(len(review.findings), 'finding')}</p><ul>{found}</ul>"


def _finding(finding: Finding) -> Iterator[str]:
    sign = FINDINGS[finding.status]
    yield f'<b class="{finding.status.replace(" ", "-")}">{sign.mark} {sign.word}</b> {text(finding.claim)}'
    pairs = (
        ("shown by", finding.call),
        ("should be", finding.should_be),
        ("draft gives", finding.got),
        ("fix gives", finding.got_fixed),
    )
    told = "".join(f"<dt>{name}</dt><dd><code>{text(said)}</code></dd>" for name, said in pairs if said)
    if told:
        yield f"<dl>{told}</dl>"


def _repair(state: RunState) -> str:
    call, stub, first, fix = state.live_call, state.stub, state.first_draft, state.last_fix
    if call is not None and call.purpose in _REPAIRS:
        return f"<pre>{text(view_of(state).body)}</pre>"
    if stub is None or first is None or fix is None or first.id == fix.id:
        return ""
    lines = [line for hunk in hunks(first.body, fix.body, context=2) for line in hunk.lines]
    if not lines:
        return "<p>the same body again</p>"
    signs = {"same": " ", "added": "+", "removed": "-"}
    shown = "".join(
        f'<span class="{_CLASSES[line.kind]}">{signs[line.kind]} {text(line.text)}</span>\n' for line in lines
    )
    return f"<pre>{shown}</pre>"


def _tree(state: RunState) -> str:
    if not state.tree.nodes:
        return ""
    items = "".join(f"<li>{text(node.stub.entry_point)}: {text(node.word)}</li>" for node in state.tree.walk())
    return f"<ul>{items}</ul>"


def _examples(state: RunState) -> str:
    lines = [("examples", state.report), ("hidden tests", state.hidden)]
    return "".join(f"<p>{name}: {_scored(report)}</p>" for name, report in lines if report is not None)


def _scored(report: Report) -> str:
    if report.problem:
        return f"✗ {text(report.problem)}"
    marks = "".join(CHECKS[check.verdict].mark for check in report.checks[:24])
    first = next(iter(report.failures), None)
    failing = (
        f"; {text(first.example.source.strip())} gives {text(first.got.strip() or first.verdict)}" if first else ""
    )
    return f'<span aria-hidden="true">{marks}</span> {report.passes} of {len(report.judged)}{failing}'


def _outcome(state: RunState) -> str:
    if state.solution is not None:
        sign = STUBS[state.solution.verdict]
        return f'<p class="{state.solution.verdict}">{sign.mark} {sign.word}: {text(state.solution.why)}</p>'
    if state.status == "failed":
        return f'<p class="fails">! {text(state.problem)}</p>'
    return f"<p>{text(state.status)}</p>" if state.status in {"cancelled", "idle"} else ""
