"""What a run works with: a voice for every role, the prompts, the sandbox and the limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from .facts import Price, Role
from .models.chat import ChatModel, Sampling
from .models.queueing import Room
from .project_tests import HowTold
from .prompts import Prompts
from .sandbox.runner import Limits, Sandbox

Mode = Literal["paper", "evidence"]


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A role's model, and how it is asked."""

    model: ChatModel
    sampling: Sampling = Sampling()
    price: Price | None = None
    """None when it is unknown; then costs are "n/a"."""
    thinking: bool = False
    room: Room | None = None
    """Where calls stand in line for a model that answers one at a time; None when it answers all at once."""


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """What one run may use; it stops between calls. None: no limit."""

    calls: int | None = None
    tokens: int | None = None
    """Prompt and completion together."""
    seconds: float | None = None
    usd: float | None = None
    """Calls whose price is unknown do not count."""


class Kit(msgspec.Struct, frozen=True, kw_only=True):
    """Everything from outside that pipelines use. One kit serves many runs, also at once."""

    voices: Mapping[Role, Voice]
    prompts: Prompts
    sandbox: Sandbox
    limits: Limits = Limits()
    mode: Mode = "evidence"
    """paper: send what the papers send and nothing else. evidence: our own prompts, answers begun for the model."""
    seed: int = 0
    budget: Budget = Budget()
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
