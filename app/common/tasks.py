"""The tasks that ship with redraft."""

from __future__ import annotations

from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"
TASKS = EXAMPLES / "tasks"
"""A folder for `engine.tasks`."""
RECORDINGS = EXAMPLES / "recordings"
"""A folder of recorded races, one folder each with a run log for every lane."""
PREFIX = "task:"
"""How the command line tells a task from a path: `redraft race task:merge_ranges`."""
