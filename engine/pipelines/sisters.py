"""The functions of one plan: which needs which, and solving at the same time those that need none of the others.

Each is solved as if it were alone with those that it needs: what a sister finds out meanwhile is not shown to it, so
that no prompt depends on who was faster.
"""

from __future__ import annotations

import asyncio
import re
from collections import ChainMap
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from ..facts import Helper, Stub
from ..python.composing import names_in

MOST_TOGETHER = 4
"""Functions of one plan that are solved at a time: their candidates share the processors of this machine."""
_WORD = re.compile(r"[A-Za-z_]\w*")


def needs_of(stubs: Sequence[Stub], offered: Mapping[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """The sisters that each function needs, by name: those that its own text, or the body `offered` for it, names.

    Of two that need each other, through others or not, the one that was written first goes first.
    """
    names = [stub.entry_point for stub in stubs]
    named = {
        stub.entry_point: {*_WORD.findall(stub.header), *names_in((offered or {}).get(stub.entry_point, ""))}
        for stub in stubs
    }
    direct = {name: [other for other in names if other != name and other in named[name]] for name in names}
    return {
        name: tuple(
            other
            for other in direct[name]
            if names.index(other) < names.index(name) or not _reaches(other, name, direct)
        )
        for name in names
    }


def _reaches(start: str, end: str, direct: Mapping[str, Sequence[str]]) -> bool:
    seen, front = {start}, [start]
    while front:
        front = [other for name in front for other in direct[name] if other not in seen]
        seen.update(front)
    return end in seen


def told(needs: Mapping[str, Sequence[str]]) -> str:
    """What is solved together, in words.

    >>> told({"parse": (), "check": (), "emit": ("parse", "check")})
    'parse, check, emit (after parse and check) are solved together'
    """
    named = [f"{name} (after {' and '.join(others)})" if others else name for name, others in needs.items()]
    return f"{', '.join(named)} are solved together"


async def together(needs: Mapping[str, Sequence[str]], solve: Callable[[str], Awaitable[None]]) -> None:
    """Solve all at the same time, but each after those that it needs.

    Raises:
        Exception: the first that `solve` raises; what else was being solved is cancelled.
    """
    done = {name: asyncio.Event() for name in needs}
    seats = asyncio.Semaphore(MOST_TOGETHER)

    async def solved(name: str) -> None:
        for other in needs[name]:
            await done[other].wait()
        async with seats:
            await solve(name)
        done[name].set()

    try:
        async with asyncio.TaskGroup() as group:
            for name in needs:
                group.create_task(solved(name))
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None


class Scopes:
    """What each branch of a tree knows: of branches that grow at the same time, what was there before, and its own."""

    def __init__(self) -> None:
        self._of: dict[str, ChainMap[str, Helper]] = {"": ChainMap()}

    def at(self, path: str) -> ChainMap[str, Helper]:
        """What is known at a node."""
        while path not in self._of:
            path = path.rpartition(".")[0]
        return self._of[path]

    def branch(self, parent: str, path: str, needed: Sequence[str]) -> None:
        """Let a node know what its parent knows, and the sisters at the paths `needed`; what it adds is its own."""
        chain = [known for other in reversed([parent, *needed]) for known in self.at(other).maps]
        # What several of them know stands once, behind what they have found out.
        distinct = {id(known): known for known in reversed(chain)}
        self._of[path] = ChainMap({}, *reversed(distinct.values()))

    def join(self, paths: Iterable[str]) -> list[Helper]:
        """What branches have added, in their order: they are branches no longer. One that never began has none."""
        return [helper for path in paths if path in self._of for helper in self._of.pop(path).maps[0].values()]
