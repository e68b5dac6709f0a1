"""The model calls of a run as far as they have come: how they are folded, and what they come to together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from .. import events as ev
from ..facts import Fact, Role, Usage
from .cost import Spending


class CallState(Fact, frozen=True):
    """One model call, as far as it has come."""

    id: str
    role: Role
    purpose: str
    model: str
    node: str = ""
    status: Literal["reading prompt", "streaming", "done", "cut", "broken off", "failed", "cancelled"] = (
        "reading prompt"
    )
    text: str = ""
    thinking: str = ""
    began: float = 0.0
    """Seconds since the run began."""
    first: float | None = None
    """When the first piece came, seconds since the run began."""
    ended: float | None = None
    prompt_estimate: int = 0
    usage: Usage | None = None
    """None until the call has ended."""
    cost: float | None = None
    finish: str = ""
    prefilled: bool = False
    problem: str = ""
    warning: str = ""
    answered: str = ""
    """What the server calls the model that answered, where it is not called as it was asked for."""
    request: str = ""
    """Id of the first call of the request that it shares with others, "" for a request of its own."""

    @property
    def tokens(self) -> Usage:
        """Tokens reported, or our estimate of them while none are."""
        if self.usage is not None:
            return self.usage
        heard = (len(self.text) + len(self.thinking) + 3) // 4
        return Usage(prompt_tokens=self.prompt_estimate, completion_tokens=heard, estimated=True)


class Meter(Fact, frozen=True):
    """What a run has used so far."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False
    """Whether any of the tokens are our estimate: shown with a "~"."""
    cost: float | None = None
    """USD; None when the price of any call is unknown: shown as "n/a"."""


# ---------------------------------------------------------------------------------------------- the fold


def begun(event: ev.CallStarted, at: float) -> CallState:
    """A call that nothing has come of so far."""
    return CallState(
        id=event.call,
        role=event.role,
        purpose=event.purpose,
        model=event.model,
        node=event.node,
        began=at,
        prompt_estimate=event.prompt_tokens,
    )


def heard(calls: tuple[CallState, ...], event: ev.TextStreamed, at: float) -> tuple[CallState, ...]:
    """The calls once another piece of one has come."""
    # From the end, for the call that speaks is nearly always the newest.
    for index in range(len(calls) - 1, -1, -1):
        call = calls[index]
        if call.id == event.call:
            first = at if call.first is None else call.first
            if event.taken_back:
                thinking = call.thinking + call.text + event.text
                longer = replace(call, status="streaming", first=first, thinking=thinking, text="")
            elif event.thinking:
                longer = replace(call, status="streaming", first=first, thinking=call.thinking + event.text)
            else:
                longer = replace(call, status="streaming", first=first, text=call.text + event.text)
            return (*calls[:index], longer, *calls[index + 1 :])
    return calls


def ended(calls: tuple[CallState, ...], event: ev.CallEnded | ev.CallFailed, at: float) -> tuple[CallState, ...]:
    """The calls once one has come to its end, good or bad."""
    return tuple(_ended(call, event, at) if call.id == event.call else call for call in calls)


def _ended(call: CallState, event: ev.CallEnded | ev.CallFailed, at: float) -> CallState:
    if isinstance(event, ev.CallFailed):
        return replace(call, status="cancelled" if event.cancelled else "failed", ended=at, problem=event.problem)
    return replace(
        call,
        status=event.finish if event.finish in {"cut", "broken off"} else "done",
        ended=at,
        usage=event.usage,
        cost=event.cost,
        finish=event.finish,
        prefilled=event.prefilled,
        warning=event.warning,
        answered=event.answered,
        request=event.request,
    )


# ---------------------------------------------------------------------------------------------- what they come to


def meter_of(calls: Sequence[CallState]) -> Meter:
    """Calls, tokens and cost so far."""
    tokens = [call.tokens for call in calls]
    costs = [call.cost for call in calls if call.usage is not None]
    return Meter(
        calls=len(calls),
        prompt_tokens=sum(t.prompt_tokens for t in tokens),
        completion_tokens=sum(t.completion_tokens for t in tokens),
        estimated=any(t.estimated for t in tokens),
        cost=None if not costs or None in costs else sum(c for c in costs if c is not None),
    )


def spent_of(calls: Sequence[CallState]) -> dict[Role, Spending]:
    """Calls that have ended, added up for each role."""
    spent: dict[Role, Spending] = {}
    for call in calls:
        before = spent.get(call.role, Spending())
        if call.usage is not None:
            spent[call.role] = before.plus(call.usage, call.cost)
        elif call.ended is not None:
            spent[call.role] = replace(before, calls=before.calls + 1)
    return spent
