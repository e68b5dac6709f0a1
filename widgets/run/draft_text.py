"""What the draft pane shows of a run: which text, whose it is, and how far it has come. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...engine.facts import Draft, Stub
from ...engine.indent import set_left
from ...engine.state.run import CallState, RunState
from ..tree.tree_words import how_of

_FENCE = re.compile(r"^[ \t]*```[^\n]*\n?", re.MULTILINE)


@dataclass(frozen=True)
class DraftView:
    """Code on a page: the stub's header, a body below it, and who wrote it."""

    title: str = "draft"
    author: str = ""
    header: str = ""
    """The stub, as far as the body does not repeat it."""
    body: str = ""
    thinking: str = ""
    plan: str = ""
    reason: str = ""
    """Above all else: why there is no body, or none that can be used."""
    note: str = ""
    """Below the body: what goes on, or what became of it."""
    waiting: CallState | None = None
    """The call whose prompt is still being read."""
    streaming: bool = False
    marks: Mapping[int, str] = field(default_factory=dict[int, str])
    """Status of the heaviest finding by 1-based line within header and body."""


def view_of(state: RunState, wanted: str | None = None) -> DraftView:
    """What to show: the draft with the id `wanted`, or what is being written, or what was written last."""
    stub = state.stub
    if stub is None:
        return DraftView()
    plan = state.plans[-1].text if state.plans else ""
    chosen = next((draft for draft in state.drafts if draft.id == wanted), None)
    if chosen is None:
        call = _written_now(state) or _left_over(state)
        if call is not None:
            node = state.tree.nodes.get(call.node)  # Of a helper, its own header stands above what is written.
            return _of_call(call, node.stub if node else stub, plan)
        chosen = state.first_draft or state.proposal
    if chosen is None:
        header = set_left(stub.header, stub.margin)
        failed = f"✗ {state.problem}" if state.status == "failed" else ""
        cancelled = "■ cancelled before anything came" if state.status == "cancelled" else ""
        return DraftView(header=header, body=_placed(stub, stub.body), plan=plan, reason=failed, note=cancelled)
    return _of_draft(chosen, stub, state, plan)


def streamed_code(text: str, entry_point: str) -> tuple[str, bool]:
    """The code in a reply as far as it came, and whether it brings its own `def`.

    >>> streamed_code("Sure!\\n```python\\n    return 1\\n``", "f")
    ('    return 1\\n', False)
    """
    opened = _FENCE.search(text)
    code = text[opened.end() :] if opened else text
    closed = _FENCE.search(code)
    code = code[: closed.start()] if closed else re.sub(r"^`{1,2}\Z", "", code, flags=re.MULTILINE)
    heads = re.search(rf"^[ \t]*(async[ \t]+)?def[ \t]+{re.escape(entry_point)}\b", code, re.MULTILINE)
    return code, heads is not None


def _written_now(state: RunState) -> CallState | None:
    call = state.live_call
    return call if call is not None and call.role in {"coder", "planner"} else None


def _left_over(state: RunState) -> CallState | None:
    """A call that was cancelled or failed after the last draft, with something to keep."""
    if state.status not in {"cancelled", "failed"}:
        return None
    call = next((c for c in reversed(state.calls) if c.role == "coder"), None)
    return call if call is not None and call.status in {"cancelled", "failed"} and call.text else None


def _of_call(call: CallState, stub: Stub, plan: str) -> DraftView:
    if call.role == "planner":
        note = "the planner writes" if call.status == "streaming" else ""
        waiting = call if call.status == "reading prompt" else None
        return DraftView(
            title="plan",
            author=call.model,
            header=stub.header,
            thinking=call.thinking,
            plan=call.text,
            note=note,
            waiting=waiting,
            streaming=waiting is None,
        )
    code, whole = _without_header(*streamed_code(call.text, stub.entry_point), stub.header)
    live = call.status in {"reading prompt", "streaming"}
    cancelled = "■ cancelled: this is what had come" if call.status == "cancelled" else ""
    return DraftView(
        title="draft" if call.purpose == "draft" else call.purpose,
        author=call.model,
        header="" if whole else set_left(stub.header, stub.margin),
        body=code if whole or _is_indented(code) else _placed(stub, code),
        thinking=call.thinking,
        plan=plan,
        reason="" if live or cancelled else f"✗ {call.problem}",
        note="" if live else cancelled,
        waiting=call if call.status == "reading prompt" else None,
        streaming=live,
    )


def _of_draft(draft: Draft, stub: Stub, state: RunState, plan: str) -> DraftView:
    maker = next((c for c in state.calls if c.role == draft.role and c.model == draft.model and c.thinking), None)
    return DraftView(
        title=f"draft {draft.id}" if draft.purpose == "draft" else f"{draft.purpose} {draft.id}",
        author=draft.model,
        header=set_left(stub.header, stub.margin),
        body=_placed(stub, draft.body),
        thinking=maker.thinking if maker else "",
        plan=plan,
        reason=f"✗ {draft.problem}" if draft.problem else "",
        note="\n".join(_notes(draft, state)),
        marks=_marks(state, draft),
    )


def _notes(draft: Draft, state: RunState) -> list[str]:
    """What to know of a draft, with what it was asked for, and why it was kept or dropped."""
    notes = [f"! {draft.remark}"] if draft.remark and not draft.problem else []
    if draft.how:
        notes.append(how_of(draft))
    if draft.id in state.dropped:
        notes.append(f"dropped: {state.dropped[draft.id]}")
    elif state.dropped and state.solution is not None and state.solution.draft.id == draft.id:
        notes.append(f"kept: {state.solution.why}")
    return notes


def _placed(stub: Stub, body: str) -> str:
    """A dedented body as it stands under the stub's header."""
    return stub.code(body)[len(stub.header) :] if body else ""


def _marks(state: RunState, draft: Draft) -> dict[int, str]:
    weight = ("refuted", "untested", "not shown", "reproduced")
    marks: dict[int, str] = {}
    review = state.reviews.get(draft.id)
    for finding in review.findings if review else ():
        if finding.line is not None:
            known = marks.get(finding.line, "refuted")
            marks[finding.line] = max(known, finding.status, key=weight.index)
    return marks


def _without_header(code: str, whole: bool, header: str) -> tuple[str, bool]:
    """The body of a reply that repeats the stub's header word for word, so that the header looks as it did before."""
    said = code.lstrip("\n")
    if whole and said.startswith(header):
        return said[len(header) :], False
    return ("", False) if whole and header.startswith(said) else (code, whole)


def _is_indented(code: str) -> bool:
    """Whether a reply goes on inside the function, as one to a prefilled stub does."""
    first = next((line for line in code.split("\n") if line.strip()), "")
    return first[:1] in {" ", "\t"}
