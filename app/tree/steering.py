"""What a person may want of a growing tree, said to its run: each wish becomes an event of the log."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from textual.app import App, SuspendNotSupported

from ...engine.errors import EnvironmentFault
from ...engine.events import Steered
from ...engine.state.run import RunState
from ...engine.state.tree import Candidate, NodeState
from ...widgets.status_line import Tone
from ..common.editor import editor_command

if TYPE_CHECKING:
    from ..run.runner import Drafting

GROWING = frozenset({"pat", "funcoder"})
"""Pipelines that grow a tree."""
Wish = Literal["abandon", "retry", "pin", "stub", "body"]
_TOLD: dict[str, str] = {
    "abandon": "{name} will be given up",
    "retry": "{name} will be tried again",
    "pin": "{name} will be taken as in {draft}",
    "stub": "{name} will be solved as you wrote it",
    "body": "your body of {name} will be taken",
}
_ABOVE = {
    "stub": "# The stub of {name}. Change it, save and leave the editor: it is solved anew as it then stands here.\n"
    "# Examples you write into the docstring are trusted. Left as it is, nothing happens.\n",
    "body": "# Write the body of {name}, save and leave the editor: it is checked, and taken in any case.\n"
    "# Left as it is, nothing happens.\n",
}
_PLACEHOLDER = "..."


def possible(deed: str, state: RunState, node: NodeState | None, candidate: Candidate | None, wheel: Wheel) -> bool:
    """Whether a key would do something now."""
    if deed == "begin":
        return not state.tree.nodes and not (state.status == "running" and state.pipeline in GROWING)
    if not wheel.turns or state.status != "running":
        return False
    match deed:
        case "pause" | "cancel":
            return True
        case "pin":
            return node is not None and candidate is not None and not candidate.draft.problem
        case "stub":
            return node is not None and bool(node.path)
        case _:
            return node is not None


class Wheel:
    """Speaks to the run on the stub of this key, as long as it is the one under way."""

    def __init__(self, drafting: Drafting, key: str, environ: Mapping[str, str]) -> None:
        self._drafting = drafting
        self._key = key
        self._environ = environ

    @property
    def turns(self) -> bool:
        """Whether there is a run to steer."""
        drafting = self._drafting
        return drafting.stub is not None and drafting.stub.key == self._key and drafting.log is not None

    async def cancel(self) -> None:
        """End the run; returns when it has ended."""
        if self.turns:
            await self._drafting.cancel("you")

    def turn(self, deed: str, node: NodeState | None, candidate: Candidate | None, app: App[Any]) -> tuple[str, Tone]:
        """Tell the run what is wanted of a node; gives what to tell the user.

        Raises:
            EnvironmentFault: no editor is named, it cannot be started, or the terminal cannot be lent to it.
        """
        log = self._drafting.log
        if log is None or not self.turns:
            return "the run is over", "warning"
        if deed == "pause":
            (log.resume if log.paused else log.pause)()
            return "", "calm"
        assert node is not None
        text = ""
        if deed == "pin" and candidate is not None:
            text = candidate.draft.id
        elif deed in {"stub", "body"}:
            held = log.paused
            log.pause()
            try:
                text = self._edited(deed, node, app)
            finally:
                if not held:
                    log.resume()
            if not text:
                return "left as it was", "calm"
        log.steer(Steered(what=cast("Wish", deed), node=node.path, text=text))
        told = _TOLD[deed].format(name=node.stub.entry_point, draft=text)
        return f"{told}, once the call under way has ended", "good"

    def _edited(self, deed: str, node: NodeState, app: App[Any]) -> str:
        """What the user made of a stub or a body in their editor, "" when they left it."""
        above = _ABOVE[deed].format(name=node.stub.entry_point)
        body = node.best.draft.body if deed == "body" and node.best and not node.best.draft.problem else _PLACEHOLDER
        before = node.stub.code(body)
        with tempfile.TemporaryDirectory(prefix="redraft-") as folder:
            path = Path(folder) / "function.py"
            path.write_text(above + "\n\n" + before, encoding="utf-8", errors="replace")
            given = path.read_bytes()
            command = editor_command(self._environ, str(path), above.count("\n") + 3)
            try:
                with app.suspend():
                    subprocess.run(command, check=False)
            except SuspendNotSupported:
                raise EnvironmentFault(
                    "this terminal cannot be lent to an editor; start redraft in one that can, to edit a helper"
                ) from None
            except OSError as error:
                raise EnvironmentFault(f"the editor cannot be started ({error.strerror}); set $EDITOR") from error
            return "" if path.read_bytes() == given else _without_comments(path.read_text("utf-8", "replace"), above)


def _without_comments(text: str, above: str) -> str:
    """What was written, less our own lines."""
    ours = set(above.splitlines())
    return "\n".join(line for line in text.splitlines() if line not in ours).strip("\n") + "\n"
