"""What the papers print, shown beside what was measured and never mixed into it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from ..facts import Fact
from ..tables.rendering import Table


class PublishedTable(Fact, frozen=True):
    """The rows of one table as its paper prints them."""

    source: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@cache
def published_tables() -> dict[str, PublishedTable]:
    """By our name of the table; of a table that is not here nothing can be quoted."""
    text = (files(__package__ or "") / "published_rows.toml").read_text(encoding="utf-8")
    return {
        name: PublishedTable(
            source=said["source"], heads=tuple(said["heads"]), rows=tuple(tuple(row) for row in said["rows"])
        )
        for name, said in tomllib.loads(text).items()
    }


def published_table(name: str) -> Table | None:
    """The published rows of a table, as a table of its own; None where we have none."""
    found = published_tables().get(name)
    if found is None:
        return None
    words = 2 if found.heads[1] in {"method"} else 1
    title = f"as published, not measured here ({found.source})"
    return Table(name=f"{name} published", title=title, heads=found.heads, rows=found.rows, words=words)
