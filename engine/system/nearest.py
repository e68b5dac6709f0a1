"""Offering the known word that a person most likely meant."""

from __future__ import annotations

from collections.abc import Iterable

FEW = 30
"""So many known words can still be listed in an error."""


def nearest(word: str, known: Iterable[str]) -> str:
    """A phrase to end an error with: the known word most like this one, else all of them when few, else "".

    >>> nearest("modl", ["model", "seed"])
    "; did you mean 'model'?"
    """
    import difflib

    words = sorted(known)
    if alike := difflib.get_close_matches(word, words, n=1, cutoff=0.5):
        return f"; did you mean {alike[0]!r}?"
    return f"; known here: {', '.join(words)}" if 0 < len(words) <= FEW else ""
