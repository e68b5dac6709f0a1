"""The verbs of redraft, in the past tense. A log is a list of entries; every screen, file and table is made from one."""

from __future__ import annotations

from .facts import Draft, Fact, Plan, Price, Report, Review, Role, Solution, Stub, Usage


class Event(Fact, tag=True, tag_field="event"):
    """Base of all events. `node` names the place in a decomposition tree; "" is the root."""


class RunStarted(Event):
    """A pipeline began to work on a stub."""

    run: str
    """Name of the run, unique on this machine."""
    pipeline: str
    stub: Stub
    models: dict[str, str] = {}
    """Model name by role."""
    scripted: bool = False
    """Whether any of the models is scripted."""
    seed: int = 0
    began_at: str = ""
    """Wall-clock time, ISO 8601, UTC."""
    version: str = ""
    """Version of redraft that recorded it."""
    mode: str = ""
    """"paper" or "evidence"."""
    bound: int | None = None
    """Most model calls the pipeline may make, None when it has no bound."""


class CallStarted(Event):
    """A model was asked something."""

    call: str
    role: Role
    purpose: str
    model: str
    node: str = ""
    prompt_tokens: int = 0
    """Our own estimate."""


class TextStreamed(Event):
    """Some of an answer arrived."""

    call: str
    text: str
    thinking: bool = False


class CallEnded(Event):
    """An answer is complete, or we stopped listening because it had said enough ("cut")."""

    call: str
    finish: str
    usage: Usage
    seconds: float
    first_seconds: float | None = None
    cost: float | None = None
    """USD, None when the price is unknown."""
    prefilled: bool = False
    warning: str = ""


class CallFailed(Event):
    """A call gave no answer."""

    call: str
    problem: str
    cancelled: bool = False


class Planned(Event):
    """A planner's text is there."""

    plan: Plan
    node: str = ""


class Drafted(Event):
    """There is a new candidate, whoever made it."""

    draft: Draft
    call: str = ""
    node: str = ""


class CheckStarted(Event):
    """A draft went into the sandbox."""

    draft: str
    examples: int
    node: str = ""


class Checked(Event):
    """A draft came out of the sandbox."""

    report: Report
    node: str = ""


class Reviewed(Event):
    """There is a report on a draft."""

    review: Review
    node: str = ""


class FindingsTested(Event):
    """The same report, its findings held against what draft and fix really do."""

    review: Review
    against: str = ""
    """Id of the fix they were also run on, "" for the draft alone."""


class Decided(Event):
    """The pipeline took a turn; the sentence says which and why."""

    what: str
    node: str = ""


class Settled(Event):
    """The pipeline has its answer."""

    solution: Solution


class RunFailed(Event):
    """The run ended without an answer."""

    problem: str
    kind: str = "failed"


class RunCancelled(Event):
    """The run was cancelled; streams are closed and processes gone."""

    by: str = "you"
    """"you", or "save" when a newer save of the file took its place."""


class RunEnded(Event):
    """The last entry of every log."""

    seconds: float


class Written(Event):
    """The person accepted something and the file was written."""

    path: str
    draft: str
    hunks: str = "all"


class Undone(Event):
    """The person took the last write back, or (`again`) made it again."""

    path: str
    again: bool = False


AnyEvent = (
    RunStarted | CallStarted | TextStreamed | CallEnded | CallFailed | Planned | Drafted | CheckStarted | Checked | Reviewed
    | FindingsTested | Decided | Settled | RunFailed | RunCancelled | RunEnded | Written | Undone
)  # fmt: skip


class Entry(Fact):
    """One line of a log: when, in seconds since the run began, and what."""

    at: float
    event: AnyEvent
