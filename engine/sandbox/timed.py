"""A sandbox that counts what its runs spend on imports: each process imports the program anew."""

from __future__ import annotations

from collections.abc import Sequence

from ..facts import Execution
from .runner import DEFAULT, Limits, Sandbox


class Timed:
    """A `Sandbox` that runs in another one, and remembers how often it imported and how long that took in all."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.imports = 0
        self.import_seconds = 0.0
        """Of all imports together."""

    @property
    def tier(self) -> str:
        """The other one's."""
        return self._sandbox.tier

    async def run(self, program: str, steps: Sequence[str], limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        """What the other one gives."""
        return self._counted(await self._sandbox.run(program, steps, limits, path=path))

    async def load(self, program: str, limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        """What the other one gives."""
        return self._counted(await self._sandbox.load(program, limits, path=path))

    async def aclose(self) -> None:
        """End the other one."""
        await self._sandbox.aclose()

    def _counted(self, done: Execution) -> Execution:
        self.imports += 1
        self.import_seconds += done.import_seconds
        return done
