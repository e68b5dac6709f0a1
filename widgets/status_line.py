"""One line at the bottom: what the watcher saw, and what the user should know now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from textual.reactive import reactive

from .bar import Bar
from .text import Run, clipped, length, shown_line

Tone = Literal["calm", "good", "warning", "error"]

_TONES: dict[Tone, tuple[str, str]] = {
    "calm": ("", "$foreground"),
    "good": ("✓ ", "$state-pass"),
    "warning": ("! ", "$state-warn"),
    "error": ("✗ ", "$state-fail"),
}


class StatusLine(Bar):
    """Shows a `notice` at the left, if there is one, and what was `seen` last."""

    seen: reactive[str] = reactive("")
    """The watcher's last message ("own write", "3 stubs")."""
    notice: reactive[str] = reactive("")
    tone: reactive[Tone] = reactive[Tone]("calm")

    def say(self, notice: str, tone: Tone = "calm") -> None:
        """Show a notice; "" takes it away."""
        self.tone = tone
        self.notice = notice

    def runs(self, width: int) -> Sequence[Run]:
        """The notice, and what was seen where there is room left for it."""
        sign, ink = _TONES[self.tone]
        if not self.notice:
            return [(clipped(shown_line(self.seen), width), "$muted")]
        line: list[Run] = [(clipped(sign + shown_line(self.notice), width), ink)]
        seen = shown_line(self.seen)
        room = width - length(line) - 3
        return [*line, ("   ", ""), (clipped(seen, room), "$muted")] if seen and room > 8 else line
