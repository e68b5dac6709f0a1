"""Keeping keys out of every text that leaves the process: what is printed, logged, exported, shown, told in an error.

Whoever comes to hold a key (`Secret`, an address with a password in it) protects it here; from then on `redact` knows
it in every spelling that libraries and servers give it. It stays known as long as the process lives.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlsplit

MASK = "***"
SHORTEST = 6
"""Characters of the shortest key that is kept secret: what is shorter stands in any text, and guards nothing."""
NO_KEYS = frozenset(
    {"ollama", "lm-studio", "not-needed", "not-used", "no-key", "no-key-required", "sk-no-key-required"}
)
"""What people give to servers on their own machine that want some key; these words stand in ordinary texts."""
_TELLING = ("key", "token", "secret", "auth", "pass", "pwd", "sig", "credential", "jwt", "sas", "code")
"""Parts of a query's names whose values are keys."""

_spellings: list[str] = []
"""All spellings of all keys, the longest first."""


def protect(key: str) -> None:
    """Have `redact` know this key from now on."""
    if len(key) < SHORTEST or key.lower() in NO_KEYS or key in _spellings:
        return
    _spellings[:] = sorted({*_spellings, *_spellings_of(key)}, key=len, reverse=True)


def protect_url(url: str) -> None:
    """The same for the name with its password, and for the keys in the query, of an address."""
    try:
        parts = urlsplit(url)
        user, colon, password = parts.netloc.rpartition("@")[0].partition(":")
        query = [part.partition("=") for part in parts.query.split("&")]
    except ValueError:
        return  # No request can be made of it, and no text of ours shows it as an address.
    if colon:
        protect(f"{user}:{password}")
        protect(password)
        protect(unquote(password))
    elif user:
        protect(unquote(user))
    for name, _, value in query:
        if any(word in unquote(name).lower() for word in _TELLING):
            protect(value)  # As it is spelt there, which may encode any letter.
            protect(unquote_plus(value))


def protects_anything() -> bool:
    """Whether there are keys to look for."""
    return bool(_spellings)


def forget_all() -> None:
    """Know no key any more, as a new process does; tests that share one process begin so."""
    _spellings.clear()


def redact(text: str) -> str:
    """The text with `***` in place of every key."""
    for spelling in _spellings:
        if spelling in text:
            text = text.replace(spelling, MASK)
    return text


def redact_bytes(raw: bytes) -> bytes:
    """The same for UTF-8, such as a line of JSON."""
    return redact(raw.decode()).encode() if _spellings else raw


class StreamRedactor:
    """Redacts a text that comes in pieces, between any two of which a key may be cut."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """What is certain to hold no part of a key; the rest waits for the next piece."""
        if not _spellings:
            return piece
        text = redact(self._held + piece)
        longest = min(len(text), len(_spellings[0]) - 1)
        held = next((n for n in range(longest, 0, -1) if _begins_a_key(text[-n:])), 0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def end(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return held


def _begins_a_key(text: str) -> bool:
    return any(spelling.startswith(text) for spelling in _spellings)


def _spellings_of(key: str) -> Iterator[str]:
    yield from (key, repr(key)[1:-1], repr(repr(key))[2:-2])
    yield from (json.dumps(key)[1:-1], json.dumps(key, ensure_ascii=False)[1:-1])
    yield from (json.dumps(key)[1:-1].replace("/", "\\/"), html.escape(key), html.escape(key, quote=False))
    yield from (quote_plus(key, errors="surrogatepass"), quote(quote(key, safe="", errors="surrogatepass"), safe=""))
    yield from (key.encode("utf-8", "surrogatepass").hex(), key.encode("utf-8", "surrogatepass").hex().upper())
    for safe in ("", "/", ":/@"):
        encoded = quote(key, safe=safe, errors="surrogatepass")
        yield from (encoded, re.sub(r"%..", lambda found: found[0].lower(), encoded))
    raw = key.encode("utf-8", "surrogatepass")
    for before in range(3):
        # "user:key" in base64 (RFC 7617): the characters that hold the key alone, wherever among threes it begins.
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            told = encode(bytes(before) + raw).decode()
            core = told[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
            if len(core) >= SHORTEST:
                yield core
