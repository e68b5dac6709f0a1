"""The calls of a run in time, a row for each role."""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip

from ...engine.facts import ROLES, Role
from ...engine.state.run import RunState
from ..bar import Bar
from ..text import Run
from .timeline import ROLE_INKS

_NAME_CELLS = 10


class CallStrip(Bar):
    """Bars for the calls of `state`, as wide as they took long; `duration` 0 means up to now."""

    DEFAULT_CSS = """
    CallStrip { height: auto; }
    """

    state: reactive[RunState] = reactive(RunState, repaint=False)
    duration: reactive[float] = reactive(0.0)

    def watch_state(self, old: RunState, state: RunState) -> None:
        """Draw the calls as they are now; only another role needs another line."""
        self.refresh(layout={call.role for call in old.calls} != {call.role for call in state.calls})

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A row for each role that was asked, one at least."""
        return max(1, len(self._roles()))

    def render_line(self, y: int) -> Strip:
        """The calls of one role."""
        roles, ground = self._roles(), self.rich_style_of("")
        width = self.size.width
        line: list[Run] = [("no calls yet", "$muted")] if not roles and not y else []
        if y < len(roles):
            line = self.line_of(roles[y], width)
        return Strip([Segment(text, self.rich_style_of(ink)) for text, ink in line]).crop_extend(0, width, ground)

    def line_of(self, role: Role, width: int) -> list[Run]:
        """Name and bars of one role."""
        cells = max(1, width - _NAME_CELLS)
        total = max(self.duration or self.state.now, 1e-9)
        track = [" "] * cells
        for call in self.state.calls:
            if call.role == role:
                ended = self.state.now if call.ended is None else call.ended
                first, last = (max(0, min(cells - 1, int(at / total * cells))) for at in (call.began, ended))
                reading = ended if call.first is None else call.first
                read = max(first, min(last, int(reading / total * cells)))
                track[first:read] = "░" * (read - first)
                track[read : last + 1] = "█" * (last + 1 - read)
        return [(role.ljust(_NAME_CELLS), "$muted"), ("".join(track), ROLE_INKS[role])]

    def _roles(self) -> list[Role]:
        asked = {call.role for call in self.state.calls}
        return [role for role in ROLES if role in asked]
