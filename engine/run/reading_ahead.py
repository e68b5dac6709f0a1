"""Having a model read the prompt of a stub before anybody asks for its draft, so that the first token comes at once.

On a CPU a cold prompt takes seconds and a cached one nothing (docs/performance.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from ..desk.prompting import Turns
from ..facts import Stub
from ..kit import Kit
from ..models.chat import Message
from ..project_tests import with_tests


@runtime_checkable
class ReadsAhead(Protocol):
    """A model whose server keeps what it has read; only the embedded one is worth the trouble."""

    async def warm(self, messages: Sequence[Message], prefill: str = "") -> None:
        """Read the beginning of a coming prompt; a real question ends it."""
        ...


async def read_ahead(kit: Kit, stub: Stub) -> None:
    """Have the coder's model read what `Desk.draft` will send for this stub; nothing when it cannot.

    Raises:
        ModelError: the model cannot be started.
    """
    model = kit.voices["coder"].model
    if isinstance(model, ReadsAhead):
        turns = Turns(kit)
        if kit.tests_told == "shown":
            stub = await asyncio.to_thread(with_tests, stub, "shown")
        await model.warm(turns.draft(stub), turns.begun(stub))
