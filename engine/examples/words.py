"""What an example waits for, in words."""

from __future__ import annotations

from collections.abc import Sequence


def waits_for_words(names: Sequence[str]) -> str:
    """Why an example cannot be judged yet.

    >>> waits_for_words(["camelize"])
    'waits for camelize, which is not written yet'
    >>> waits_for_words(["camelize", "Stack.push"])
    'waits for camelize and Stack.push, which are not written yet'
    """
    if len(names) <= 1:
        return f"waits for {''.join(names)}, which is not written yet"
    return f"waits for {listed(names)}, which are not written yet"


def listed(names: Sequence[str], most: int = 4) -> str:
    """Names in a row, the last of many left out.

    >>> listed(["a", "b", "c"]), listed(list("abcdef"))
    ('a, b and c', 'a, b, c, d and 2 more')
    """
    shown = [*names[:most], *([f"{len(names) - most} more"] if len(names) > most else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
