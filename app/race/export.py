"""Keeping what came of a race: the table in every format, and the log of every lane."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ...engine.errors import EnvironmentFault
from ...engine.tables.race_table import Row
from ...engine.tables.race_text import (
    Outcome,
    as_csv,
    as_json,
    table_of,
)
from ...engine.tables.rendering import as_markdown, as_plain


def exported(
    title: str, rows: Sequence[Row], began_at: str, logs: Sequence[Path], where: Path, alike: Sequence[str] = ()
) -> Path:
    """A new folder below `where` with the table as text, Markdown, CSV and JSON, and the logs there are.

    Raises:
        EnvironmentFault: it cannot be written.
    """
    named = "".join(c if c.isalnum() else "-" for c in title.removeprefix("task:"))[-40:].strip("-")
    folder = where / f"race-{named}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    texts = {
        "table.txt": as_plain(table_of(f"race: {title}", rows, alike)),
        "table.md": as_markdown(table_of(f"Race: {title}", rows, alike)),
        "table.csv": as_csv(rows),
        "table.json": as_json(Outcome(task=title, began_at=began_at, rows=tuple(rows), alike=tuple(alike))),
    }
    try:
        folder.mkdir(parents=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        for number, log in enumerate(logs, start=1):
            if log.is_file():
                shutil.copyfile(log, folder / f"{number}-{rows[number - 1].pipeline}.jsonl")
    except OSError as error:
        raise EnvironmentFault(
            f"{folder}: the race cannot be written there ({error.strerror}); start redraft in a folder you may write to"
        ) from error
    return folder
