"""Judging solutions, with the canonical solutions measured on this machine once and kept."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections import defaultdict
from pathlib import Path
from typing import Protocol, cast

import msgspec

from ..errors import EnvironmentFault, SandboxError
from ..facts import Solution
from ..sandbox.asserts import SessionSandbox
from ..sandbox.runner import Sandbox
from ..system.paths import make_folder
from .oracle import judge, measure
from .suites.problems import Problem
from .verdicts import Measured, Verdict, no_code

_FORM = 1
"""Raised when what is kept changes its meaning."""


class Judge(Protocol):
    """Says what a solution is worth."""

    async def verdict(self, problem: Problem, solution: Solution) -> Verdict:
        """Hold a solution against the hidden tests. Raises: SandboxError."""
        ...

    async def measured(self, problem: Problem) -> Measured | None:
        """What the canonical solution did here, None when nothing is run. Raises: SandboxError."""
        ...


class Court:
    """Judges in a sandbox."""

    def __init__(self, sandbox: SessionSandbox, cache: Path | None = None) -> None:
        self._sandbox = sandbox
        self._cache = cache
        self._known: dict[str, Measured] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def verdict(self, problem: Problem, solution: Solution) -> Verdict:
        """Hold a solution against the hidden tests; a draft that cannot be used fails without running."""
        draft = solution.draft
        if draft.problem is not None:
            return no_code(draft.problem)
        measured = await self.measured(problem)
        return await judge(self._sandbox, problem, problem.stub.program(draft.body), measured)

    async def measured(self, problem: Problem) -> Measured:
        """What the canonical solution did, measured now unless this machine has done so before."""
        key = _key(problem)
        async with self._locks[key]:
            if key not in self._known:
                found = self._kept(key)
                if found is None:
                    found = await measure(self._sandbox, problem)
                    self._keep(key, found)
                self._known[key] = found
            return self._known[key]

    def _kept(self, key: str) -> Measured | None:
        if self._cache is None:
            return None
        try:
            return msgspec.json.decode((self._cache / f"{key}.json").read_bytes(), type=Measured)
        except (OSError, msgspec.MsgspecError, RecursionError):
            return None

    def _keep(self, key: str, found: Measured) -> None:
        """A canonical solution that fails, as one does that was out of time on a busy machine, is measured again."""
        if self._cache is None or not found.verdict.plus:
            return
        try:
            make_folder(self._cache)
            scratch = self._cache / f".{key}.new"
            scratch.write_bytes(msgspec.json.encode(found))
            scratch.replace(self._cache / f"{key}.json")
        except (OSError, EnvironmentFault):
            return


def _key(problem: Problem) -> str:
    asserts = msgspec.json.encode(problem.asserts).decode()
    parts = (problem.id, problem.canonical, problem.test, asserts, *problem.kept, sys.version, str(_FORM))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def court_of(sandbox: Sandbox, cache: Path | None = None) -> Court:
    """A court in this sandbox.

    Raises:
        SandboxError: it cannot keep a process for statements that are not known beforehand.
    """
    if not hasattr(sandbox, "session"):
        raise SandboxError(f"tests need a sandbox that keeps processes, which {type(sandbox).__name__} does not")
    return Court(cast("SessionSandbox", sandbox), cache)
