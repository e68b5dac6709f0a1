"""What examples wait for, in words."""

from __future__ import annotations

from collections.abc import Sequence

from .facts import Report


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


def waiting_words(report: Report | None) -> str:
    """What the examples of a draft that cannot be judged yet wait for, or why they say nothing; "" when none waits.

    "its examples wait for camelize" when that is all of them, else "2 wait for camelize".
    """
    waits = len(report.checks) - len(report.judged) if report is not None else 0
    if report is None or not waits:
        return ""
    if report.says_nothing:
        return report.says_nothing
    awaits = f"wait{'s' if waits == 1 else ''} for {listed(report.waiting)}" if report.waiting else ""
    verb = awaits or "cannot be run here"
    if report.judged:
        return f"{waits} {verb}"
    return f"its example{'s' if waits > 1 else ''} {verb}"
