"""Cards as the stub list shows them."""

from __future__ import annotations

from ...engine.facts import Report
from ...widgets.run.tally import failing_score
from ...widgets.stub_list import StubRow, StubStatus
from .stubs import Card, CardStatus, Shelf

_SHOWN: dict[CardStatus, StubStatus] = {
    "new": "new",
    "waiting": "queued",
    "running": "drafting",
    "verified": "verified",
    "fails": "fails",
    "unverified": "unverified",
    "checking": "checking",
    "outdated": "outdated",
    "failed": "problem",
    "cancelled": "cancelled",
    "written": "written",
}


def rows_of(shelf: Shelf) -> tuple[StubRow, ...]:
    """One row a card."""
    return tuple(_row(card) for card in shelf.cards)


def _row(card: Card) -> StubRow:
    stub = card.stub
    return StubRow(
        key=stub.key,
        name=stub.label,
        path=stub.path,
        line=stub.line,
        status=_SHOWN[card.status],
        note=_note(card),
    )


def _note(card: Card) -> str:
    report = card.state.result if card.state is not None else None
    if card.status == "fails" and report is not None and report.judged:
        return failing_score(report)
    return _waits(report) if card.status in {"verified", "unverified", "written"} else ""


def _waits(report: Report | None) -> str:
    """What some examples wait for, in a word or two."""
    number = len(report.checks) - len(report.judged) if report is not None else 0
    if report is None or not number:
        return ""
    if report.judged or not report.waiting:
        return f"{number} wait{'s' if number == 1 else ''}" if report.judged else "not reached"
    return f"waits for {report.waiting[0]}"
