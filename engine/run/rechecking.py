"""Running again what a run was about, with the file and its surroundings as they are now. No model is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ..desk.asking import Emit
from ..desk.base import Base
from ..desk.steering import Steering
from ..facts import (
    Draft,
    Example,
    Report,
    Stub,
)
from ..kit import Kit
from ..sources import Source, find_functions, find_stubs
from ..sources.reached import reached


def present(source: Source, stub: Stub, *, tokens: int) -> Stub | None:
    """The function of a stub as its file has it now, its `body` what stands there; None when it is not there."""
    waiting = find_stubs(source, tokens=tokens).stubs
    for found in (*waiting, *find_functions(source, stub.name, tokens=tokens)):
        if found.name == stub.name and found.nth == stub.nth:
            return found
    return None


def fingerprint(stub: Stub, body: str) -> str:
    """Equal for what would come off alike: the program, what it is held against, and the files that it imports."""
    told = (stub.program(body), _asked(stub.examples), _asked(stub.tests), sorted(reached(stub.path).items()))
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


async def recheck(kit: Kit, stub: Stub, draft: Draft, emit: Emit) -> Report:
    """Hold a body against the stub's examples and the project's tests; `emit` is told as by any check.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    return await Base(kit, stub, emit, _goes_on, Steering(emit)).check(stub, draft, to_settle=True)


async def _goes_on(node: str) -> None:
    """Nobody pauses or steers what asks no model."""


def _asked(examples: Sequence[Example]) -> list[tuple[object, ...]]:
    """What decides how examples come off; not the lines that they stand on."""
    return [
        (e.source, e.want, e.compare, e.raises, e.options, e.session, e.before, e.waits_for, e.test and e.test.name)
        for e in examples
    ]
