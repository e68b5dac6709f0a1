"""A stub whose drafts part ways: scripted models in front of the real sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from redraft.app.application import RedraftApp
from redraft.app.draft.screen import DraftScreen
from redraft.engine.facts import ROLES
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.chat import Ask
from redraft.engine.models.scripted import Scripted
from redraft.engine.prompts import Prompts
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.settings import Settings
from scenes import session

STUB = 'def median(xs: list[int]) -> float:\n    """The median.\n\n    >>> median([1, 3, 2])\n    2\n    """\n    ...\n'
LOW = "return sorted(xs)[len(xs) // 2]"
MEAN = "xs = sorted(xs)\n    n = len(xs)\n    return xs[n // 2] if n % 2 else (xs[n // 2 - 1] + xs[n // 2]) / 2"
ZERO = "if not xs:\n        return 0\n    " + MEAN
RAISES = "if not xs:\n        raise ValueError('nothing')\n    " + MEAN


def deciding(home: Path, bodies: Iterator[str]) -> RedraftApp:
    """The main screen on the stub; the coder writes these bodies, one after the other."""
    path = home / "shapes.py"
    path.write_text(STUB)

    def answers(ask: Ask) -> str:
        if "Review" in ask.messages[-1].content:
            return '{"findings": [], "verdict": "clean"}'
        return f"```python\ndef median(xs):\n    {next(bodies)}\n```"

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Kit]:
        sandbox = await open_sandbox(SandboxChoice())
        voice = Voice(model=Scripted(answers, name="coder"))
        yield Kit(voices=dict.fromkeys(ROLES, voice), prompts=Prompts(None), sandbox=sandbox, mode=settings.mode)
        await sandbox.aclose()

    here = session(home)
    return RedraftApp(here, DraftScreen(here, [path], open_kit=opened))
