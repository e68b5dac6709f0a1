"""What `y` copies: the thing in front, as text that is of use elsewhere."""

from __future__ import annotations

from ...engine.state.run import RunState
from ..common.arrangement import Pane


def copied(state: RunState, pane: Pane) -> tuple[str, str]:
    """What it is, in words, and the text; "" when there is nothing."""
    stub, proposal, review, report = state.stub, state.proposal, state.review, state.report
    match pane:
        case "report" if review is not None:
            return "the report", review.text
        case "examples" if report is not None and report.failures:
            check = report.failures[0]
            return "the first failing example", f"{check.example.source}\n# got: {check.got}\n"
        case _ if stub is not None and proposal is not None:
            return "the proposed function", stub.code(proposal.body)
        case _:
            return "nothing", ""
