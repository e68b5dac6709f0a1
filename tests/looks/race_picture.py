"""The README's picture of a race, from a recorded one: `python tests/looks/race_picture.py NAME OUT.svg [PART]`.

PART is how far the replay has come, 0 to 1 (default: 1, the end).
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

from redraft.app.application import RedraftApp
from redraft.app.race.replay import RaceReplayScreen
from redraft.app.replay.logs import lane_logs
from redraft.widgets.run.timeline import Timeline
from scenes import session

SIZE = (160, 50)


async def picture(name: str, part: float) -> str:
    """The replay of a race as SVG, with no font from elsewhere."""
    with tempfile.TemporaryDirectory() as home:
        app = RedraftApp(session(Path(home)), RaceReplayScreen(lane_logs([name]), ticking=lambda: 0.0))
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            await pilot.press("space")
            timeline = app.screen.query_one(Timeline)
            timeline.post_message(Timeline.Seek(timeline.duration * part))
            await pilot.pause(0.5)
            drawn = app.export_screenshot(title="redraft")
    return re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)


if __name__ == "__main__":
    name, out, *part = sys.argv[1:]
    Path(out).write_text(asyncio.run(picture(name, float(part[0]) if part else 1.0)), encoding="utf-8")
