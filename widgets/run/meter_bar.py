"""What a run uses, and how well one is protected while it runs."""

from __future__ import annotations

from collections.abc import Sequence

from textual.reactive import reactive
from textual.timer import Timer

from ...engine.state.run import RunState
from ..bar import Bar, joined
from ..signs import counted
from ..text import Run, length, shown_line
from .clock import RunClock

Part = tuple[int, list[Run]]
"""How important (0 the most), and what."""


class MeterBar(Bar):
    """Calls, tokens, seconds and cost of `state`, and the `protection` in force; drops the least when it is narrow."""

    state: reactive[RunState] = reactive(RunState, repaint=False)
    protection: reactive[str] = reactive("")
    """"isolated", "limited" or "NOT isolated", and more words if need be; "" when it is not known."""
    live: reactive[bool] = reactive(True)
    """Whether seconds pass; in a replay they come from the log alone."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._clock = RunClock()
        self._timer: Timer | None = None
        self._shown: object = None

    def on_mount(self) -> None:
        """Prepare a clock that goes only while a run goes on."""
        self._timer = self.set_interval(1.0, self._tick, pause=True)
        self._pace()

    def watch_state(self, state: RunState) -> None:
        """Repaint when a figure changed."""
        self._clock.see(state)
        self._pace()
        self._tick()

    def watch_live(self) -> None:
        """Stop or go on."""
        self._pace()

    def runs(self, width: int) -> Sequence[Run]:
        """The parts, in order, as many as fit."""
        parts = _parts(self.state, self._clock.now(live=self.live), self.protection)
        while len(parts) > 1 and length(_line(parts)) > width:
            parts.remove(max(parts, key=lambda part: part[0]))
        return _line(parts)

    def _tick(self) -> None:
        shown = _parts(self.state, self._clock.now(live=self.live), self.protection)
        if shown != self._shown:
            self._shown = shown
            self.refresh()

    def _pace(self) -> None:
        if self._timer is None:
            return
        if self.live and self.state.status == "running":
            self._timer.resume()
        else:
            self._timer.pause()


def _line(parts: Sequence[Part]) -> list[Run]:
    return joined([runs for _, runs in parts], (" · ", "$muted"))


def _parts(state: RunState, now: float, protection: str) -> list[Part]:
    guard: list[Part] = [(0, [(shown_line(protection), _guard_ink(protection))])] if protection else []
    label: list[Part] = [(1, [("scripted", "bold $state-warn")])] if state.scripted else []
    if state.status == "idle":
        return [*guard, (2, [("no run yet", "$muted")])]
    meter = state.meter
    about = "~" if meter.estimated else ""
    rate = tokens_per_second(state, now)
    cost = "n/a" if meter.cost is None else dollars(meter.cost)
    used = f"{about}{counted(meter.prompt_tokens + meter.completion_tokens, 'token')}"
    parts: list[Part] = [
        (2, [(counted(meter.calls, "call"), "")]),
        (3, [(used, "")]),
        (8, [(f"{meter.prompt_tokens:,} in, {meter.completion_tokens:,} out", "$muted")]),
        (4, [(f"{now:.1f} s" if state.status != "running" else f"{int(now)} s", "")]),
    ]
    if any(call.ended is not None for call in state.calls) or state.status != "running":
        parts.append((5, [("cost ", "$muted"), (cost, "")]))  # Before, nothing is known of a price.
    if rate is not None:
        parts.insert(4, (7, [(f"{about}{rate:.0f} tokens/s", "")]))
    model = shown_line(", ".join(dict.fromkeys(state.models.values())))
    named: list[Part] = [(6, [(model, "$muted")])] if model else []
    return [*guard, *label, *parts, *named]


def _guard_ink(protection: str) -> str:
    if protection.startswith("NOT"):
        return "bold $state-fail"
    return "$state-warn" if protection.startswith("limited") else "$state-pass"


def tokens_per_second(state: RunState, now: float) -> float | None:
    """How fast the newest call that has begun to answer answers; None before there is one."""
    call = next((c for c in reversed(state.calls) if c.first is not None), None)
    if call is None or call.first is None:
        return None
    seconds = (now if call.ended is None else call.ended) - call.first
    return call.tokens.completion_tokens / seconds if seconds >= 0.1 else None


def dollars(cost: float) -> str:
    """USD, with as many digits as tell something.

    >>> dollars(0.0), dollars(0.00042), dollars(1.5)
    ('$0', '$0.00042', '$1.50')
    """
    return "$0" if cost == 0 else f"${cost:.2f}" if cost >= 0.1 else f"${cost:.2g}"
