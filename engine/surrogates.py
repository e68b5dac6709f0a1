r"""Halves of UTF-16 characters: JSON and docstrings can spell one alone ("\ud800"), no file and no server takes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast


def whole(text: str) -> str:
    r"""The text with pairs joined, and a half that is alone replaced by U+FFFD, as decoders do.

    >>> ascii(whole("\ud83d\ude00 \ud800"))
    "'\\U0001f600 \\ufffd'"
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def whole_within(value: object) -> object:
    """The same for all texts in lists, tuples and dictionaries, such as msgspec makes of structs."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, dict):
        return {key: whole_within(item) for key, item in cast("dict[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [whole_within(item) for item in cast("Sequence[object]", value)]
    return value
