"""The one seam to untrusted code: `Sandbox.run`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..facts import Execution, Fact


class Limits(Fact, frozen=True):
    """What one run may use."""

    seconds: float = 5.0
    """Wall clock of the whole run, without the time that importing takes."""
    import_seconds: float = 10.0
    """Wall clock of importing the program and all that it imports."""
    step_seconds: float = 2.0
    """Wall clock of one statement."""
    memory_mb: int = 512


DEFAULT = Limits()


class Sandbox(Protocol):
    """Runs a module and then statements in its namespace, in a process that can harm nobody."""

    @property
    def tier(self) -> str:
        """Letter of the protection in force (A to E)."""
        ...

    async def run(self, program: str, steps: Sequence[str], limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        """Import `program` as the module that stands at `path` and run `steps` in its namespace in order.

        Each step is one interactive statement. `path` is the user's file: it decides the module's name, its package and
        the project the code may import from; "" is nowhere. One outcome a step is returned.
        Cancelling kills the process before the cancellation goes on.

        Raises:
            SandboxError: the protection promised cannot be had; nothing was run.
        """
        ...

    async def load(self, program: str, limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        """Import `program` as the module that stands at `path`, and nothing else; see `run`.

        Raises:
            SandboxError: the protection promised cannot be had; nothing was run.
        """
        ...

    async def aclose(self) -> None:
        """End every process and remove all scratch."""
        ...
