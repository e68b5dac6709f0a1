"""What a run works with: a voice for every role, the prompts, the sandbox and the limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from .facts import Answer, Choice, Price, Role, Stub
from .models.chat import ChatModel, Effort, Sampling
from .models.queueing import Room
from .project_tests import HowTold
from .prompts import Prompts
from .sandbox.runner import Limits, Sandbox

Mode = Literal["paper", "evidence"]
Thinking = Literal["auto", "on", "off"]

CARD = Sampling(temperature=0.6, top_p=0.95, top_k=20)
"""How Qwen's model cards say that a model that thinks should be sampled: "DO NOT use greedy decoding"."""
THINKING_TOKENS: Mapping[Effort, int] = {"low": 2048, "medium": 8192, "high": 32768}
"""How many tokens thoughts may take unless a person says otherwise. Hosted models spend 400 to 1,500 on a review."""


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A role's model, and how it is asked."""

    model: ChatModel
    sampling: Sampling = Sampling()
    """For answers without thoughts; also for those with thoughts in paper mode, where everything is greedy."""
    thoughtful: Sampling = CARD
    """For questions that are thought about, in evidence mode."""
    max_tokens: int | None = None
    """What the user set for an answer: no bound of ours is tighter, or wider. None: nothing."""
    thinking: Thinking = "auto"
    """auto: as each question says, where the model can; on: at every question that may be thought about; off: never."""
    effort: Effort | None = None
    thinking_tokens: int | None = None
    """Most tokens of thoughts; None: as the effort says."""
    price: Price | None = None
    """None when it is unknown; then costs are "n/a"."""
    room: Room | None = None
    """Where calls stand in line for a model that answers one at a time; None when it answers all at once."""

    def seeded(self, seed: int) -> Voice:
        """The same with another seed."""
        replace = msgspec.structs.replace
        return replace(self, sampling=replace(self.sampling, seed=seed), thoughtful=replace(self.thoughtful, seed=seed))

    @property
    def thought_room(self) -> int:
        """Most tokens that thoughts may take."""
        return self.thinking_tokens or THINKING_TOKENS[self.effort or "medium"]


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """What one run may use; it stops between calls. None: no limit."""

    calls: int | None = None
    tokens: int | None = None
    """Prompt and completion together."""
    seconds: float | None = None
    usd: float | None = None
    """Calls whose price is unknown do not count."""


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """How far a draft that fails an example is followed by other attempts, in evidence mode."""

    attempts: int = 9
    """Most bodies that are asked for."""
    seconds: float = 60.0
    """No attempt begins later than so many seconds after the first."""


class Person(Protocol):
    """Whoever says what a call should do: the user, or somebody who stands for one."""

    @property
    def name(self) -> str:
        """ "you", or who stands for you."""
        ...

    async def answer(self, stub: Stub, choice: Choice) -> Answer | None:
        """What the call should do; None to be asked nothing more."""
        ...


class Kit(msgspec.Struct, frozen=True, kw_only=True):
    """Everything from outside that pipelines use. One kit serves many runs, also at once."""

    voices: Mapping[Role, Voice]
    prompts: Prompts
    sandbox: Sandbox
    limits: Limits = Limits()
    mode: Mode = "evidence"
    """paper: ask what the papers ask, in our words, no more. evidence: our own prompts, answers begun for the model."""
    seed: int = 0
    budget: Budget = Budget()
    repair: Repair = Repair()
    person: Person | None = None
    """Whom a pipeline may ask what a call should do; None: nobody is there."""
    known: tuple[Answer, ...] = ()
    """What the user has said already."""
    from_tests: HowTold = "off"
    """What is made of tests that a stub's project has already."""

    @property
    def tests_told(self) -> HowTold:
        """The same for the mode that is in force: the papers know of no such tests, so no prompt of theirs does."""
        return "hidden" if self.mode == "paper" and self.from_tests == "shown" else self.from_tests

    @property
    def scripted(self) -> bool:
        """Whether a person wrote the answers of any role."""
        return any(voice.model.scripted for voice in self.voices.values())

    @property
    def models(self) -> dict[str, str]:
        """Model name by role."""
        return {role: voice.model.name for role, voice in self.voices.items()}
