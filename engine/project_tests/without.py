"""What a test comes to while its function is not written: one that holds all the same says nothing of it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ..facts import UNWRITTEN, WAS_CALLED, Outcome, Stub
from ..sandbox.runner import Limits, Sandbox
from ..sources.reached import reached

_MOST_KNOWN = 1024


class Subject(NamedTuple):
    """What is held against tests: a body in the module that it stands in."""

    program: str
    path: str
    name: str
    """Qualified name of the function."""
    unwritten: str = ""
    """The module while the function is not written, "" where nobody can tell."""
    body: str = ""

    @classmethod
    def of(cls, stub: Stub, body: str, program: str = "") -> Subject:
        """A body of this stub; `program` where the module that is run is another than the stub's own."""
        return cls(program or stub.program(body), stub.path, stub.name, stub.unwritten, body)


class Unwritten(NamedTuple):
    """What came of a test's steps without the function."""

    outcomes: tuple[Outcome, ...]
    called: bool
    """Whether the function was called at all."""


_known: WeakKeyDictionary[Sandbox, OrderedDict[bytes, Unwritten | None]] = WeakKeyDictionary()


class Without:
    """Runs tests of a subject that is not written; what came of one holds until a file that it reaches changes."""

    def __init__(self, sandbox: Sandbox, limits: Limits, subject: Subject) -> None:
        self._sandbox, self._limits, self._subject = sandbox, limits, subject
        self._known = _known.setdefault(sandbox, OrderedDict())
        self._of = repr((subject.unwritten, subject.path, sorted(reached(subject.path).items()), limits))

    async def ran(self, steps: Sequence[str]) -> Unwritten | None:
        """What came of these steps; None where the module cannot be loaded without the function.

        Raises:
            SandboxError: code cannot be run here as safely as was promised.
        """
        if not self._subject.unwritten:
            return None
        key = hashlib.sha256(repr((self._of, *steps)).encode("utf-8", "backslashreplace")).digest()
        if key not in self._known:
            subject = self._subject
            done = await self._sandbox.run(subject.unwritten, [*steps, WAS_CALLED], self._limits, path=subject.path)
            *outcomes, called = done.outcomes
            # A process that ended before it could say so had been called, or could not be loaded.
            told = called.value == "True" if called.status == "returned" else True
            self._known[key] = None if done.problem else Unwritten(tuple(outcomes), told)
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return self._known[key]


def is_for_want_of_it(outcome: Outcome) -> bool:
    """Whether something went wrong because the function is not written."""
    return UNWRITTEN in outcome.raised
