"""A run or a race as Markdown for a slide: what was asked, what the reviewer said and proved, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ....engine.diff import hunks
from ....engine.examples import visible
from ....engine.state.run import RunState
from ....engine.tables.race_table import rows
from ....engine.tables.race_text import against, table_of
from ....engine.tables.rendering import as_markdown
from ....widgets.signs import by_weight
from ..logs import LaneLog
from .about import about, task_of

_LONGEST = 4_000


def slide(logs: Sequence[LaneLog], states: Sequence[RunState]) -> str:
    """The Markdown."""
    lanes = [(log.name, state) for log, state in zip(logs, states, strict=True)]
    lines = [f"# {_plain(task_of(states))}", ""]
    if len(lanes) > 1:
        made = rows(lanes)
        lines += [as_markdown(table_of("What came of it", made)), ""]
        lines += [
            f"- {_plain(row.lane)}: {_plain(told)}" for row, told in zip(made, against(made), strict=True) if told
        ]
    for name, state in lanes:
        if told := list(_lane(state)):
            lines += ["", f"## {_plain(name)}", "", *told]
    return "\n".join([*lines, "", f"_{_plain(about(states))}_"]) + "\n"


def _lane(state: RunState) -> Iterator[str]:
    review, stub, first, fix = state.review, state.stub, state.first_draft, state.last_fix
    for finding in by_weight(review.findings) if review is not None else ():
        yield f"- **{finding.status}**: {_plain(finding.claim)}"
        if finding.call:
            call, wanted, got = map(_code, (finding.call, finding.should_be, finding.got))
            yield f"  - {call} should be {wanted}, the draft gives {got}"
    if review is not None and review.verdict == "clean":
        yield "- the reviewer found nothing"
    if stub is not None and first is not None and fix is not None and fix.id != first.id:
        found = hunks(first.body, fix.body, context=2)
        if not found:
            yield "- the fix is the same body again"
            return
        signs = {"same": " ", "added": "+", "removed": "-"}
        yield from ("", *_fenced("diff", [f"{signs[line.kind]}{line.text}" for hunk in found for line in hunk.lines]))
    elif state.solution is not None:
        yield from ("", *_fenced("python", state.solution.draft.body.rstrip("\n").split("\n")))


def _fenced(language: str, lines: Sequence[str]) -> Iterator[str]:
    """Lines in a fence that none of them ends."""
    shown = [visible(line, _LONGEST) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}{language}", *shown, fence)


def _plain(said: str) -> str:
    """Text of strangers as Markdown shows it and nothing more."""
    shown = " ".join(visible(said, _LONGEST).split())
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!~" else c for c in shown)


def _code(said: str) -> str:
    shown = " ".join(visible(said, _LONGEST).split())
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {shown} {fence}" if longest or not shown else f"{fence}{shown}{fence}"
