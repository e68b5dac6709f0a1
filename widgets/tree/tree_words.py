"""What a decomposition tree says of its functions: pure functions from facts to words and runs."""

from __future__ import annotations

from ...engine.facts import Draft
from ...engine.state.cost import Spending
from ...engine.state.cost import shown as money
from ...engine.state.run import CallState, RunState
from ...engine.state.tree import Candidate, NodeState
from ..signs import NODES, Sign

_DOING = {
    "tests": "invents tests",
    "calls": "invents calls",
    "trial": "tries",
    "conquer": "tries",
    "plan": "plans",
    "divide": "divides",
}
WISHES = {
    "abandon": "give it up",
    "retry": "try it again",
    "pin": "take this candidate",
    "stub": "solve it as you wrote it",
    "body": "take the body you wrote",
}
"""What the user wished for, in words."""


def sign_of(node: NodeState, state: RunState) -> Sign:
    """How a function stands; one left open by a run that was cut short is going nowhere."""
    return NODES["stopped" if node.open and state.status in {"failed", "cancelled"} else node.status]


def word_of(node: NodeState, state: RunState) -> str:
    """Its state in words: "trying 2/5", "abandoned: plateau", "solved: pinned by you"."""
    if node.open and state.status in {"failed", "cancelled"}:
        return f"stopped: {node.word}"
    return f"{node.status}: {node.why}" if node.why.endswith("by you") else node.word


def short_word_of(node: NodeState, state: RunState) -> str:
    """The same in a word or two: the sign beside it says the rest."""
    if node.open and state.status in {"failed", "cancelled"}:
        return "stopped"
    return node.why if node.status == "abandoned" else node.word


def score(passed: tuple[int, int]) -> str:
    """Checks that hold of how many; a dash where there are none.

    >>> score((2, 5)), score((0, 0))
    ('2/5', '–')
    """
    held, total = passed
    return f"{held}/{total}" if total else "–"


def score_ink(passed: tuple[int, int]) -> str:
    """The ink of a score."""
    held, total = passed
    return "$muted" if not total else "$state-pass" if held == total else "$state-fail"


def tokens(spent: Spending) -> str:
    """Prompt and completion tokens together, in few cells.

    >>> tokens(Spending(prompt_tokens=900, completion_tokens=99)), tokens(Spending(prompt_tokens=12_345))
    ('999', '12.3k')
    """
    number = spent.prompt_tokens + spent.completion_tokens
    about = "~" if spent.estimated else ""
    if number < 1000:
        return f"{about}{number}"
    return f"{about}{number / 1000:.1f}k" if number < 999_950 else f"{about}{number / 1_000_000:.1f}M"


def cost(spent: Spending) -> str:
    """USD as a person reads it; "n/a" where a price is not known, a dash before the first call."""
    return money(spent) if spent.calls else "–"


def seconds(time: float) -> str:
    """A duration in few cells.

    >>> seconds(0.42), seconds(59.6), seconds(61), seconds(3700)
    ('0 s', '60 s', '1:01', '1:01:40')
    """
    if time < 60:
        return f"{time:.0f} s"
    minutes, rest = divmod(int(time), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def role_of(candidate: Candidate) -> str:
    """Where a candidate comes from, in a word or two."""
    purpose = candidate.draft.purpose
    return {"offered": "the planner's", "by hand": "by you", "given up": "nothing"}.get(purpose, purpose)


def how_of(draft: Draft) -> str:
    """With what a repair was asked for, in words."""
    return f"asked for with {draft.how}"


def live_call(node: NodeState, state: RunState) -> CallState | None:
    """The call that is under way for this very function."""
    live = (call for call in reversed(state.calls) if call.status in {"reading prompt", "streaming"})
    return next((call for call in live if call.node == node.path), None)


def doing(call: CallState) -> str:
    """What a call is about, while it goes on."""
    if call.status == "reading prompt":
        return f"the {call.role} reads the prompt"
    return f"the {call.role} {_DOING.get(call.purpose, call.purpose)}, {call.tokens.completion_tokens} tokens so far"


def work(node: NodeState, state: RunState) -> str:
    """What is being done for this very function at this moment; "" when its helpers are worked on, or nothing is."""
    call, now = live_call(node, state), state.tree.now
    if call is not None:
        return doing(call)
    if state.status != "running" or now is None or now.path != node.path:
        return ""
    if state.checking:
        return "tests run"
    return (
        "held before the next call"
        if state.paused
        else "waits for a busy model"
        if state.queued
        else "between two calls"
    )


def alike(node: NodeState, draft: str) -> str:
    """Which of the compared candidates it does the same as: "does as A", "does as all"; "" where it was not run."""
    found = node.behaviours
    if found is None or len(found.groups) < 2:
        return "does as all" if found is not None and len(found.groups) == 1 and found.group_of(draft) else ""
    group = found.group_of(draft)
    return f"does as {letter(found.groups.index(group))}" if group is not None else ""


def letter(nth: int) -> str:
    """What a behaviour is called, by its place from 0: A, B, …"""
    return chr(ord("A") + nth) if nth < 26 else str(nth + 1)
