"""Fitting into a prompt what does not fit: the most useful first, each in the fullest form there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Priority = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that may be shown."""

    name: str
    place: tuple[str | int, ...]
    """Where it stands in the text: comparable with the places of the other entries."""
    forms: tuple[str, ...]
    """Texts of which one is shown, the shortest first; none for what is only known to be left out."""
    priorities: tuple[Priority, ...]
    """For each form when it is given room; smaller is earlier."""
    head: str = ""
    """A line that stands above all neighbouring entries which share it, "" for none."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What was given room."""

    text: str = ""
    left_out: tuple[str, ...] = ()
    """Names of the entries that found none, in the order in which they were to."""


def packed(entries: Sequence[Entry], room: int) -> Packed:
    """The entries that fit into `room` characters, in the order of their places."""
    steps = sorted(
        (priority, number, form)
        for number, entry in enumerate(entries)
        for form, priority in enumerate(entry.priorities)
    )
    chosen: dict[int, str] = {}
    heads: set[str] = set()
    for _, number, form in steps:
        entry = entries[number]
        if not entry.forms:
            continue
        size = len(entry.forms[form]) + 1
        size += len(entry.head) + 1 if entry.head and entry.head not in heads else 0
        size -= len(chosen[number]) + 1 if number in chosen else 0
        if size <= room:
            room -= size
            chosen[number] = entry.forms[form]
            heads.add(entry.head)
    missing = dict.fromkeys(number for _, number, _ in steps if number not in chosen)
    order = sorted(chosen, key=lambda number: entries[number].place)
    return Packed(
        text=_laid_out([entries[number] for number in order], [chosen[number] for number in order]),
        left_out=tuple(dict.fromkeys(entries[number].name for number in missing)),
    )


def _laid_out(entries: list[Entry], texts: list[str]) -> str:
    parts: list[str] = []
    for number, (entry, text) in enumerate(zip(entries, texts, strict=True)):
        if entry.head and (number == 0 or entries[number - 1].head != entry.head):
            parts.append(entry.head)
        parts.append(text)
    return "".join(f"{part}\n" for part in parts)
