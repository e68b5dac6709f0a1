"""How well a run is protected, in five letters, and what each of them rests on."""

from __future__ import annotations

from typing import Literal

Tier = Literal["A", "B", "C", "D", "E"]

REQUIRED: dict[str, frozenset[str]] = {
    "A": frozenset({"rlimits", "privileges", "namespaces", "landlock", "seccomp"}),
    "B": frozenset({"rlimits", "privileges", "landlock", "seccomp"}),
    "C": frozenset({"rlimits", "privileges", "namespaces", "seccomp"}),
    "D": frozenset({"rlimits", "privileges", "seccomp"}),
    "E": frozenset({"rlimits"}),
}
"""Layers that must hold in the self-test of every run at a tier."""
SHOWN = {
    "A": "isolated",
    "B": "isolated",
    "C": "can read your files",
    "D": "limited",
    "E": "NOT isolated",
}
"""What the status line says."""
EXPLAINED = {
    "A": "all layers: own namespaces, Landlock, seccomp, limits",
    "B": "Landlock, seccomp and limits; no namespaces",
    "C": "namespaces, seccomp and limits, no Landlock: programs can read files outside your home folder",
    "D": "seccomp and limits only: programs can read and change your files; no network, no programs",
    "E": "limits at most: programs can do whatever you can do",
}


def tier_of(layers: frozenset[str]) -> Tier:
    """The best tier that these layers make."""
    letters: tuple[Tier, ...] = ("A", "B", "C", "D")
    for letter in letters:
        if REQUIRED[letter] <= layers:
            return letter
    return "E"
