"""Takes the picture of docs/pat.md from the real screen: `python tests/looks/picture_of_tree.py`."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from pathlib import Path

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

from redraft.app.application import RedraftApp
from redraft.app.tasks import RECORDINGS
from redraft.engine.recording import read_log
from scenes import session

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "tree.svg"
_FONTS = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)
"""They would be fetched from elsewhere by whoever looks at the picture."""


async def main() -> None:
    """The recorded run at its end."""
    entries = read_log(RECORDINGS / "add_roman" / "2-pat.jsonl")
    with tempfile.TemporaryDirectory() as home:
        app = RedraftApp.replay(session(Path(home)), entries)
        async with app.run_test(size=(160, 44)) as pilot:
            await pilot.press("space", "end")
            await pilot.pause()
            PICTURE.write_text(_FONTS.sub("", app.export_screenshot(title="redraft")), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
