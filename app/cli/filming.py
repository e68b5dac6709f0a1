"""A recorded run or race filmed as its screen shows it: an asciicast that asciinema plays, or one picture."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from rich.color import ColorSystem
from textual.pilot import Pilot
from textual.strip import Strip

from ...engine.state.run import state_of
from ...widgets.run.timeline import Timeline
from ..application import RedraftApp
from ..common.session import Session
from ..replay.export.about import about, task_of
from ..replay.logs import LaneLog
from ..replay.screen import ReplayScreen

FRAMES_A_SECOND = 4
SIZES = {1: (120, 36), 2: (120, 36), 3: (160, 44)}
"""Columns and lines by number of lanes; more lanes as three."""


async def cast(here: Session, logs: Sequence[LaneLog], seconds: float) -> str:
    """An asciicast of version 2 that lasts so long: only lines that changed are written again."""
    columns, lines = SIZES.get(len(logs), SIZES[3])
    async with _held(here, logs, columns, lines) as (pilot, screen):
        states = [state_of(log.entries) for log in logs]
        when = datetime.fromisoformat(logs[0].began.began_at) if logs[0].began.began_at else None
        head = {
            "version": 2,
            "width": columns,
            "height": lines,
            **({"timestamp": int(when.timestamp())} if when is not None else {}),
            "title": f"{task_of(states)} · {about(states)}",
        }
        written, before = [json.dumps(head)], list[str]()
        frames = max(2, round(seconds * FRAMES_A_SECOND))
        for n in range(frames + 1):
            await _go(pilot, screen, n / frames)
            now = _drawn(screen)
            changed = "".join(
                f"\x1b[{y};1H{line}" for y, line in enumerate(now, start=1) if before[y - 1 : y] != [line]
            )
            if changed:
                first = "\x1b[?25l\x1b[2J" if not n else ""
                written.append(json.dumps([round(n / FRAMES_A_SECOND, 3), "o", f"{first}{changed}\x1b[0m"]))
            before = now
    return "\n".join(written) + "\n"


async def picture(here: Session, logs: Sequence[LaneLog]) -> str:
    """How it ended, as an SVG that needs no font from elsewhere."""
    columns, lines = SIZES.get(len(logs), SIZES[3])
    async with _held(here, logs, columns, lines) as (pilot, screen):
        await _go(pilot, screen, 1.0)
        drawn = pilot.app.export_screenshot(title="redraft")
    states = [state_of(log.entries) for log in logs]
    described = re.sub(r"[<>&\"]", " ", f"{task_of(states)} · {about(states)}")
    drawn = re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
    return re.sub(r"(<svg[^>]*>)", lambda found: f"{found[1]}<title>{described}</title>", drawn, count=1)


@asynccontextmanager
async def _held(
    here: Session, logs: Sequence[LaneLog], columns: int, lines: int
) -> AsyncIterator[tuple[Pilot[int], ReplayScreen]]:
    """The replay's screen of this size in no terminal, held at its beginning."""
    made = RedraftApp.replay(here, logs[0].entries) if len(logs) == 1 else RedraftApp.replay_race(here, logs)
    made.animation_level = "none"
    async with made.run_test(size=(columns, lines), notifications=False) as pilot:
        screen = made.screen
        assert isinstance(screen, ReplayScreen)
        if screen.playing:
            screen.action_play()
        await pilot.pause()
        yield pilot, screen


async def _go(pilot: Pilot[int], screen: ReplayScreen, part: float) -> None:
    """To a part of the replay, and draw it."""
    screen.post_message(Timeline.Seek(screen.query_one(Timeline).duration * part))
    await pilot.pause()


def _drawn(screen: ReplayScreen) -> list[str]:
    """What stands on each line, with its colours as a terminal takes them."""
    size = screen.app.size
    strips = screen.app.screen._compositor.render_strips()  # noqa: SLF001 - Textual has no public way
    return [_line(strip, size.width) for strip in strips[: size.height]]


def _line(strip: Strip, width: int) -> str:
    parts = [
        segment.style.render(segment.text, color_system=ColorSystem.TRUECOLOR) if segment.style else segment.text
        for segment in strip.crop(0, width)
        if segment.text and not segment.control
    ]
    return "".join(parts)
