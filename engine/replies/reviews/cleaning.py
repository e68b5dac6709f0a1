"""A reply without the model's thoughts, its wrappers and the characters that no reader needs."""

from __future__ import annotations

import re

HEAD, TAIL = 60_000, 30_000
"""Characters that are read of a reply: a verdict may come first or last."""
_NAME = (
    r"(?:[a-z]{1,12}[:_])?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflect(?:ion)?|scratch_?pad|analysis|monologue|cot"
    r"|begin_of_thought|chain_of_thought)"
)
_OPENS = re.compile(rf"(?<![`'\"\w])(?:<\|?{_NAME}\|?>|\[{_NAME}\]|◁{_NAME}▷)", re.IGNORECASE)
_CLOSES = re.compile(
    rf"(?<![`'\"])(?:</\|?{_NAME}\|?>|<\|/{_NAME}\|>|<\|end_of_thought\|>|\[/{_NAME}\]|◁/{_NAME}▷)", re.IGNORECASE
)
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w{1,12})[^<]{0,40}<\|message\|>")
_WRAPPERS = re.compile(
    r"</?(?:answer|final_?answer|final|output|response|review|report|result|verdict|solution)>"
    r"|<\|(?:end|im_end|return|start|im_start|eot_id|begin_of_solution|end_of_solution)\|>(?:assistant)?",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\ufe0f\u00ad]")


def answered(text: str) -> str:
    """What a reply says once its thoughts are gone; "" when it is nothing but thoughts."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("’", "'")
    return _WRAPPERS.sub("\n", _thoughtless(_last_channel(_INVISIBLE.sub("", text)))).strip("\n")


def bounded(text: str) -> str:
    """The beginning and the end of a text that is too long to be read whole; no lone surrogates."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n…\n{text[-TAIL:]}"
    return text.encode("utf-8", "replace").decode()


def _last_channel(text: str) -> str:
    """What a model that writes in channels says in its final one; a text without channels as it is."""
    channels = list(_CHANNEL.finditer(text))
    if not channels:
        return text
    last = channels[-1]
    return text[last.end() :] if last[1].lower() not in {"analysis", "commentary"} else ""


def _thoughtless(text: str) -> str:
    """Without what stands between tags of thought, before one that closes, and after one that opens at the start."""
    kept: list[str] = []
    at = 0
    depth_open: int | None = None
    marks = sorted(
        [(m.start(), m.end(), True) for m in _OPENS.finditer(text)]
        + [(m.start(), m.end(), False) for m in _CLOSES.finditer(text)]
    )
    for start, end, opens in marks:
        if opens and depth_open is None:
            kept.append(text[at:start])
            depth_open, at = end, end
        elif not opens:
            if depth_open is None:
                kept.clear()  # A lone closing tag: what came before it was thought.
            depth_open, at = None, end
    if depth_open is None:
        kept.append(text[at:])
    return "\n".join(part for part in kept if part.strip())
