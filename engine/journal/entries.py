"""The entries of the undo journal: what was written where, when, by whom and for what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from ..facts import Fact
from ..sources.writes.scratch import lives, this_process

_DIGEST = re.compile(r"[0-9a-f]{64}")
_BEGINNING = re.compile(rb'(?=\{\s*"id":)')
"""Where an entry begins: the same bytes inside of a string have backslashes before the quotes."""
_LARGEST = 16_000_000
"""Bytes that are read, the last ones."""
_LONGEST = 100_000
"""Bytes of an entry. Longer ones are damage: a path has 4,096 at most."""


class Purpose(Fact, frozen=True):
    """What a write is for."""

    function: str = ""
    """The function's name, "" when it is not about one."""
    part: Literal["body", "docstring"] = "body"
    pipeline: str = ""
    draft: str = ""
    """Id of the draft that was accepted."""


class Kept(Fact, frozen=True):
    """One write; or, with `found`, something that was found beside a file or in its place."""

    id: str
    path: str
    """Absolute, links resolved."""
    before: str
    """SHA-256 of the content that was replaced."""
    after: str
    """SHA-256 of the content that was written. The same as `before` if there is nothing to undo."""
    at: str
    """Wall-clock time, ISO 8601, UTC."""
    undone: bool = False
    purpose: Purpose = Purpose()
    by: str = ""
    """The process that wrote, as `sources.scratch.Writer` spells it."""
    found: bool = False
    """Whether `before` is a save of the user that came in between, and was found."""

    @property
    def sound(self) -> bool:
        """Whether it can be what we wrote; msgspec has seen to the types."""
        digests = (self.before, self.after)
        return self.id.isdecimal() and len(self.id) < 16 and all(map(_DIGEST.fullmatch, digests))

    @property
    def leads_back(self) -> bool:
        """Whether it can be undone or redone."""
        return self.before != self.after


class Line(Fact, frozen=True):
    """One entry as it stands in the file; a damaged one is carried along, with the contents that it names."""

    raw: bytes
    kept: Kept | None = None

    @property
    def digests(self) -> tuple[str, ...]:
        """The contents it names."""
        if self.kept is not None:
            return (self.kept.before, self.kept.after)
        return tuple(_DIGEST.findall(self.raw.decode("ascii", "replace")))


def done_last(entries: Sequence[Kept], present: str) -> tuple[Kept | None, frozenset[str]]:
    """The write to take back next, and the names of those to pass over.

    A crash between the record and the write leaves an entry whose write never happened: the file still is as before it.
    """
    done = [kept for kept in entries if kept.leads_back and not kept.undone]
    passed = set[str]()
    while done and present == done[-1].before and present != done[-1].after:
        passed.add(done.pop().id)
    return (done[-1] if done else None), frozenset(passed)


def undone_last(entries: Sequence[Kept]) -> Kept | None:
    """The write to make again next."""
    return next((kept for kept in entries if kept.undone), None)


def line_of(kept: Kept) -> Line:
    """An entry as it is written."""
    return Line(raw=msgspec.json.encode(kept), kept=kept)


def written(lines: Iterable[Line]) -> bytes:
    """A whole journal: a JSON list with an entry on each line."""
    return b"[\n" + b",\n".join(line.raw for line in lines) + b"\n]\n"


def lines_in(raw: bytes) -> list[Line]:
    """The entries of a journal, oldest first. Each is read by itself: damage to one costs no other."""
    found: list[Line] = []
    seen: set[str] = set()
    for part in _BEGINNING.split(raw[-_LARGEST:]):
        kept, rest = _first(part[:_LONGEST])
        if kept is not None and kept.id not in seen:
            seen.add(kept.id)
            found.append(line_of(kept))
        if rest := b" ".join(rest.strip(b"[], \r\n\t").split(b"\n")):
            found.append(Line(raw=rest))
    return found


def _first(part: bytes) -> tuple[Kept | None, bytes]:
    """The entry that a piece of the file begins with, and what stands behind it."""
    text = part.decode("utf-8", "surrogateescape")
    try:
        value, end = json.JSONDecoder().raw_decode(text)
        kept = msgspec.convert(value, Kept)
    except (ValueError, msgspec.ValidationError, RecursionError):
        return None, part
    return (kept, text[end:].encode("utf-8", "surrogateescape")) if kept.sound else (None, part)


# ---------------------------------------------------------------------------------------------- in words


def took_back(kept: Kept, now: datetime) -> str:
    """What undoing an entry came to: whose write it was."""
    if kept.found:
        return "put back the save of yours that was found beside the file"
    if kept.by == str(this_process()):
        return f"{_what(kept)} was taken back"
    return f"took back {_what(kept)} {_whose(kept, now)}"


def made_again(kept: Kept, now: datetime) -> str:
    """What redoing it came to."""
    if kept.found:
        return "written again, in the place of your save"
    if kept.by == str(this_process()):
        return f"{_what(kept)} was written again".replace("the write of ", "")
    return f"made {_what(kept)} {_whose(kept, now)} again"


def _what(kept: Kept) -> str:
    name = kept.purpose.function
    if not name:
        return "the last write"
    return f"the docstring of `{name}`" if kept.purpose.part == "docstring" else f"the write of `{name}`"


def _whose(kept: Kept, now: datetime) -> str:
    """By which redraft it was, and when."""
    session = "another session, which still runs" if lives(kept.by) else "an earlier session"
    return f"by redraft{_when(kept.at, now)} ({session})"


def _when(at: str, now: datetime) -> str:
    try:
        moment = datetime.fromisoformat(at).astimezone(now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return ""
    return f" at {moment:%H:%M}" if now.date() == moment.date() else f" on {moment:%d %B %Y} at {moment:%H:%M}"
