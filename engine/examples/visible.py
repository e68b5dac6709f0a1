"""Making text from a model or an untrusted process harmless to look at."""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff]"
    "|[\U000e0000-\U000e007f]"
)


def visible(text: str, most: int = 2000) -> str:
    """`text` with control, escape, bidirectional and lone surrogate characters spelled out, at most `most` characters.

    Newlines and tabs stay. What was cut away is said at the end.
    """
    shown = _HIDDEN.sub(_spelled, text[:most])
    return f"{shown}… ({len(text) - most} more characters)" if len(text) > most else shown


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
