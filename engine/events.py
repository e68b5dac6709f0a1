"""The verbs of redraft, in the past tense. A log is a list of entries; screens, files and tables are made from one."""

from __future__ import annotations

from typing import Literal

from .facts import (
    Answer,
    Behaviours,
    Draft,
    Enrichment,
    Example,
    Fact,
    Plan,
    Report,
    Review,
    Role,
    Solution,
    Stub,
    Undefined,
    Usage,
)


class Event(Fact, frozen=True, tag=True, tag_field="event"):
    """Base of all events. `node` names the place in a decomposition tree; "" is the root."""


class RunStarted(Event, frozen=True):
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
    resumed: str = ""
    """Name of the run that it goes on with, "" for a run of its own."""
    folder: str = ""
    """The folder that the stub's path begins at, where that does not say so itself."""


class CallStarted(Event, frozen=True):
    """A model was asked something."""

    call: str
    role: Role
    purpose: str
    model: str
    node: str = ""
    prompt_tokens: int = 0
    """Our own estimate."""
    asked: str = ""
    """Fingerprint of everything that was sent: equal for equal questions."""
    recalled: bool = False
    """Whether the answer was read from the log of an earlier run, and nobody was asked."""


class CallQueued(Event, frozen=True):
    """A model is busy with another answer: the call `call` stands in line for it, and starts when it is its turn."""

    call: str
    role: Role
    purpose: str
    model: str
    node: str = ""
    ahead: int = 0
    """How many stand before it, the one that is answered now included."""


class TextStreamed(Event, frozen=True):
    """Some of an answer arrived."""

    call: str
    text: str
    thinking: bool = False
    taken_back: bool = False
    """Whether all that came before as answer turned out to be a thought; the event has no text then."""


class CallEnded(Event, frozen=True):
    """An answer is complete, or we stopped listening because it had said enough ("cut"), or it is "broken off"."""

    call: str
    finish: Literal["stop", "length", "cut", "broken off"]
    usage: Usage
    seconds: float
    first_seconds: float | None = None
    cost: float | None = None
    """USD, None when the price is unknown."""
    prefilled: bool = False
    warning: str = ""
    full: bool = False
    """Whether the model's context left less room than was asked for."""
    logprobs: dict[str, float] = {}
    """Natural log-probability of the likeliest first tokens, where they were asked for and told."""
    answered: str = ""
    """What the server calls the model that answered, where that is not the name of the model that was asked."""
    request: str = ""
    """Id of the first call of the request that brought this answer with others; "" for a request of its own."""


class CallFailed(Event, frozen=True):
    """A call gave no answer."""

    call: str
    problem: str
    cancelled: bool = False


class Planned(Event, frozen=True):
    """A planner's text is there."""

    plan: Plan
    node: str = ""


class Enriched(Event, frozen=True):
    """A planner added to the specification."""

    enrichment: Enrichment


class Drafted(Event, frozen=True):
    """There is a new candidate, whoever made it."""

    draft: Draft
    call: str = ""
    node: str = ""


class AttemptStarted(Event, frozen=True):
    """A draft does not hold its examples, and another body is asked for."""

    attempt: int
    """From 1."""
    most: int
    """How many there may be, `repair.attempts`."""
    seconds: float
    """How long after the first one the last may begin, `repair.seconds`."""
    how: str
    """What it is asked with, see `Draft.how`."""


class Dropped(Event, frozen=True):
    """A candidate is not what the pipeline settles on."""

    draft: str
    why: str
    """How it compares with what is kept: "passes 2 of 4 examples; kept passes 4"."""


class CheckStarted(Event, frozen=True):
    """A draft went into the sandbox."""

    draft: str
    examples: int
    node: str = ""
    undefined: tuple[Undefined, ...] = ()
    """Names it uses that nothing defines: found by reading, so known before it runs."""


class Checked(Event, frozen=True):
    """A draft came out of the sandbox."""

    report: Report
    node: str = ""


class Reviewed(Event, frozen=True):
    """There is a report on a draft."""

    review: Review
    node: str = ""


class FindingsTested(Event, frozen=True):
    """The same report, its findings held against what draft and fix really do."""

    review: Review
    against: str = ""
    """Id of the fix they were also run on, "" for the draft alone."""


class NodeOpened(Event, frozen=True):
    """A function of the decomposition tree is to be solved; the root opens first."""

    node: str
    """Its path: "" is the root, "2" its second helper, "2.1" that one's first."""
    stub: Stub
    depth: int
    parent: str | None = None
    trials: int = 0
    """How many candidates are drawn before anything else is done, 0 when nobody said."""
    above: str = ""
    """What the plan that asked for it wrote beside its functions, see `Helper.above`."""


class ChecksInvented(Event, frozen=True):
    """A tester wrote checks for a function; they are used for all its candidates."""

    checks: tuple[Example, ...]
    node: str = ""
    contradicted: tuple[Example, ...] = ()
    """Those that say otherwise than an example of the user: shown, not used."""


class Decomposed(Event, frozen=True):
    """A planner split a function."""

    draft: str
    helpers: tuple[str, ...]
    """Names of the functions it introduced."""
    node: str = ""
    reused: tuple[str, ...] = ()
    turn: int = 1
    """The how-manieth plan of this node it is."""


class Scored(Event, frozen=True):
    """Candidates were ranked; the numbers are what decided."""

    scores: dict[str, float]
    """By draft id."""
    chosen: str
    by: str
    """What the numbers count."""
    node: str = ""


class NodeClosed(Event, frozen=True):
    """A function of the tree is done with."""

    outcome: Literal["solved", "unverified", "abandoned"]
    why: str
    """"all checks pass", "no checks", "plateau", "depth", "budget", "you", "dropped" with what is above it, …"""
    node: str = ""
    draft: str | None = None


class Steered(Event, frozen=True):
    """The user took the wheel."""

    what: Literal["abandon", "retry", "pin", "stub", "body"]
    node: str
    text: str = ""
    """The draft's id, the new stub, or the body written by hand."""


class Paused(Event, frozen=True):
    """The user held the run before its next call, or (`again`) let it go on."""

    again: bool = False


class Decided(Event, frozen=True):
    """The pipeline took a turn; the sentence says which and why."""

    what: str
    node: str = ""


class Settled(Event, frozen=True):
    """The pipeline has its answer."""

    solution: Solution


class Judged(Event, frozen=True):
    """What the pipeline settled on was held against hidden tests, after `Settled`: no pipeline ever sees it."""

    report: Report


class RunFailed(Event, frozen=True):
    """The run ended without an answer."""

    problem: str
    kind: str = "failed"
    """Name of the error's class."""
    cause: str = ""
    """What was wrong with a model ("empty", "unreachable", …), "" for everything else."""


class RunCancelled(Event, frozen=True):
    """The run was cancelled; streams are closed and processes gone."""

    by: str = "you"
    """"you", or "save" when a newer save of the file took its place."""


class RunEnded(Event, frozen=True):
    """The last entry of every log."""

    seconds: float


class Written(Event, frozen=True):
    """The user accepted something and the file was written."""

    path: str
    draft: str
    hunks: str = "all"


class Undone(Event, frozen=True):
    """The user took the last write back, or (`again`) made it again."""

    path: str
    again: bool = False
    hunks: str = ""
    """What is written now, as in `Written`; "" for nothing, or all if it was made `again`."""


class RecheckStarted(Event, frozen=True):
    """After the run: the body that stands in the file, or would, went into the sandbox as the file is now."""

    draft: Draft
    """With the id "file" it is what the file holds, whoever wrote it; else it is what the run proposes."""


class Outdated(Event, frozen=True):
    """What was found out no longer speaks of what the file holds, and nothing else could be found out."""

    why: str
    """"" when the file holds again what the run began with, and the run found nothing out of that."""
    absent: bool = False
    """Whether the file, or the function in it, is not there, or cannot be read."""


class Compared(Event, frozen=True):
    """Candidates were run on the same inputs: which of them do the same."""

    behaviours: Behaviours
    node: str = ""


class Answered(Event, frozen=True):
    """The user said what a call should do, or that it does not matter."""

    answer: Answer
    by: str = "you"
    """"you", or who stands for you: "the canonical solution" in a benchmark."""


AnyEvent = (
    RunStarted | CallQueued | CallStarted | TextStreamed | CallEnded | CallFailed | Planned | Enriched | Drafted
    | AttemptStarted | Dropped | CheckStarted | Checked | Reviewed | FindingsTested | NodeOpened | ChecksInvented
    | Decomposed | Scored | NodeClosed | Steered | Paused | Decided | Settled | Judged | RunFailed | RunCancelled
    | RunEnded | Written | Undone | RecheckStarted | Outdated | Compared | Answered
)  # fmt: skip


class Entry(Fact, frozen=True):
    """One line of a log: when, in seconds since the run began, and what."""

    at: float
    event: AnyEvent
