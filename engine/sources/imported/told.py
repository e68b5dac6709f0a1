"""What a prompt tells of the names that a file takes from its own project, within the room there is."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ...project import locate
from ..functions import Function
from ..outline import Outline
from ..packing import Entry, Priority, packed
from .mentions import IN_TURN, NEARBY, PROSE, Mention, Mentions
from .resolving import Definition

MOST = 30
"""Definitions that are considered for one stub."""
_DEEPEST_BASES = 3

_STAGES = {"direct": (0, 1, 2, 4, 6), "indirect": (3, 5, 7, 9, 9), "nearby": (8, 9, 9, 9, 9)}
"""When each form of a definition is given room: what the stub itself names soon gets its methods, what only its
neighbours use comes after the types that the former mention."""
_SURE = 3
"""The last stage that has a claim on part of the room, see `Surroundings.told`."""


class ProjectNames:
    """The project's part in the prompts of one file. What it reads of other files is read once."""

    def __init__(self, path: str, outline: Outline) -> None:
        """`path` is that of the file; one that is not on the disk has no project."""
        there = bool(path) and os.path.isfile(path)  # noqa: PTH113 - "" and NUL are no errors here
        self._mentions = Mentions(outline, locate(path)) if there and outline.imports else None

    def entries(self, function: Function, room: int) -> list[Entry]:
        """What could be told for a function in so many characters; what comes too late for them has no forms."""
        if self._mentions is None or not self._mentions.any or room <= 0:
            return []
        found: list[Entry] = []
        size = 0
        for number, mention in enumerate(self._ranked(self._mentions, function)):
            entry = _entry(self._mentions, mention, number, is_late=size > room)
            if entry is not None:
                found.append(entry)
                size += len(entry.forms[0]) if entry.forms else 0
        return found

    def _ranked(self, mentions: Mentions, function: Function) -> list[Mention]:
        """The names in use and what those mention in turn, the most telling first."""
        found: dict[tuple[str, str], Mention] = {}
        for mention in mentions.of(function):
            _add(found, mention)
            if len(found) >= MOST:
                break
        for mention in sorted(found.values(), key=lambda mention: mention.rank):
            for further in _in_turn(mentions, mention) if mention.rank < IN_TURN else ():
                if len(found) >= MOST:
                    break
                found.setdefault(further.definition.key, further)
        return sorted(found.values(), key=lambda mention: mention.rank)


def _add(found: dict[tuple[str, str], Mention], mention: Mention) -> None:
    """Keep of two mentions of one definition the better rank, and that a class derives from it."""
    known = found.get(mention.definition.key, mention)
    inside = known.inside or mention.inside
    found[mention.definition.key] = Mention(min(known.rank, mention.rank), mention.definition, inside)


def _entry(mentions: Mentions, mention: Mention, number: int, *, is_late: bool) -> Entry | None:
    definition = mention.definition
    if is_late:
        return Entry(definition.name, (), (), (_priorities(mention, number)[0],))
    text = definition.file.described(definition.name, inside=mention.inside)
    if text is None or not text.forms:
        return None
    at_hand = mention.rank != IN_TURN or _is_imported(mentions, definition)
    return Entry(
        name=definition.name,
        place=(definition.file.name, not at_hand, definition.file.position(definition.name)),
        forms=text.forms,
        priorities=_priorities(mention, number)[: len(text.forms)],
        head=f"# From {definition.file.name}{'' if at_hand else ', not imported here'}:",
    )


def sure_of(entries: list[Entry], room: int) -> int:
    """Characters that the entries need which a stub itself names, with what those mention, up to `room`."""
    sure = [
        Entry(entry.name, entry.place, entry.forms[: len(kept)], kept, entry.head)
        for entry in entries
        if (kept := tuple(priority for priority in entry.priorities if priority[0] <= _SURE))
    ]
    return len(packed(sure, room).text)


def _priorities(mention: Mention, number: int) -> tuple[Priority, ...]:
    kind = "direct" if mention.rank <= PROSE else "nearby" if mention.rank == NEARBY else "indirect"
    return tuple((stage, number) for stage in _STAGES[kind])


def _in_turn(mentions: Mentions, mention: Mention, depth: int = 1) -> Iterator[Mention]:
    """The bases of a class, and theirs; then the types in the definition."""
    definition = mention.definition
    text = definition.file.described(definition.name, inside=mention.inside)
    if text is None:
        return
    bases = [found for name in text.bases if (found := _elsewhere(mentions, definition, name))]
    for base in bases:
        # What is private in a base of the stub's own class may be used in it too.
        further = Mention(IN_TURN, base, inside=mention.inside)
        yield further
        if depth < _DEEPEST_BASES:
            yield from _in_turn(mentions, further, depth + 1)
    if depth == 1:
        for name in text.types:
            if found := _elsewhere(mentions, definition, name):
                yield Mention(IN_TURN, found)


def _elsewhere(mentions: Mentions, definition: Definition, name: str) -> Definition | None:
    """What a name means in the file of a definition, unless it is the definition or stands in the stub's own file."""
    found = mentions.resolver.in_file(definition.file, name)
    return found if found and found.key != definition.key and not mentions.is_own(found) else None


def _is_imported(mentions: Mentions, definition: Definition) -> bool:
    found = mentions.definition(definition.name)
    return found is not None and found.key == definition.key
