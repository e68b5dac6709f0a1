"""One event of a stream in our words, whichever server's spelling it has. No type that a server sends is believed.

The fields that text comes in are few and read loosely (`content`); whatever has an unexpected type counts as absent,
for a number that only feeds a meter, or a name that only stands in a log, must not end an answer.
"""

from __future__ import annotations

import json
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from ...surrogates import whole
from ..answer import Chunk, Counts
from . import content

MOST_CHOICES = 64
"""Choices of an event that are read; nobody asks for more."""
MOST_TOKENS = 1_000_000_000
"""No call has more tokens; a server that says so counts wrongly."""
MOST_DOLLARS = 10_000.0
"""No call costs more."""
IMPOSSIBLE = -9999.0
"""Natural log-probability of a token that cannot come."""
LONGEST_NAME = 200
"""Characters of a model's name that are kept."""


class _Event(msgspec.Struct):
    """What is looked for in an event."""

    choices: Any = None
    model: Any = None
    usage: Any = None
    timings: Any = None
    error: Any = None
    object: Any = None
    message: Any = None
    detail: Any = None
    type: Any = None
    code: Any = None
    param: Any = None

    @property
    def said(self) -> dict[str, object]:
        """The fields of an error that stand in the event itself, as older vLLM and SGLang send them."""
        return {name: getattr(self, name) for name in ("message", "detail", "type", "code", "param")}


class ErrorEventError(Exception):
    """A server told of an error in place of an answer."""

    def __init__(self, said: object) -> None:
        super().__init__("an error event")
        self.said = said
        """What it told, as decoded JSON."""


class NotAChunkError(Exception):
    """An event that no chat completion has."""


def read_chunks(data: bytes) -> list[Chunk]:
    """The chunks in the data of an event: one for each of its choices, and one for a count of several together.

    Raises:
        ErrorEventError: it tells of an error, in any of the shapes that servers use.
        NotAChunkError: it is no JSON object.
    """
    event = _decode(data)
    if event.error:
        raise ErrorEventError({"error": event.error})
    choices = _choices(event.choices)
    if not choices and (event.object == "error" or isinstance(event.message or event.detail, str)):
        raise ErrorEventError(event.said)
    model = _name(event.model)
    counts = _counts(_mapping(event.usage)) or _counts_of_timings(_mapping(event.timings))
    chunks = [_chunk(choice, model) for choice in choices]
    if len(chunks) == 1:
        return [replace(chunks[0], counts=counts)]
    return [*chunks, Chunk(model=model, counts=counts)]


def _chunk(choice: dict[str, Any], model: str) -> Chunk:
    # A server that does not stream sends the whole answer as one message.
    delta = _mapping(choice.get("delta")) or _mapping(choice.get("message"))
    text, thinking = content.spoken(delta.get("content"))
    finish, refusal, index = choice.get("finish_reason"), delta.get("refusal"), choice.get("index")
    return Chunk(
        text=whole(text),
        thinking=whole(content.thought(delta) + thinking),
        refusal=whole(refusal) if isinstance(refusal, str) else "",
        finish=_name(finish),
        model=model,
        logprobs=_first_logprobs(choice.get("logprobs")),
        choice=index if isinstance(index, int) else 0,
    )


def _choices(told: object) -> list[dict[str, Any]]:
    """The choices of an event that say anything."""
    listed = cast("list[Any]", told)[:MOST_CHOICES] if isinstance(told, list) else []
    return [choice for choice in map(_mapping, listed) if choice]


def _decode(data: bytes) -> _Event:
    try:
        return msgspec.json.decode(data, type=_Event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        # What the standard forbids, servers in Python send: NaN, a number beyond all bounds, half a character.
        return msgspec.convert(json.loads(data), _Event)
    except (msgspec.ValidationError, ValueError, RecursionError):
        raise NotAChunkError from None


def _name(value: object) -> str:
    """A word or a name that a server sends, on one line, shortened; "" where it sends something else."""
    if not isinstance(value, str):
        return ""
    return "".join(char for char in whole(value[:LONGEST_NAME]) if char.isprintable()).strip()


def _first_logprobs(told: object) -> dict[str, float]:
    """The likeliest tokens in the place of an event's first, {} when the server tells none."""
    likeliest = _first(_mapping(told).get("content")).get("top_logprobs")
    found: dict[str, float] = {}
    for each in map(_mapping, cast("list[Any]", likeliest) if isinstance(likeliest, list) else ()):
        token, logprob = each.get("token"), each.get("logprob")
        if isinstance(token, str) and isinstance(logprob, (int, float)) and not isinstance(logprob, bool):
            # JSON has no infinity: what cannot come at all is as unlikely as vLLM calls it.
            found[whole(token)] = min(max(float(logprob), IMPOSSIBLE), 0.0)
    return found


def _counts(usage: dict[str, Any]) -> Counts | None:
    if not usage:
        return None
    details = _mapping(usage.get("prompt_tokens_details"))
    return Counts(
        prompt=tokens_in(usage.get("prompt_tokens")),
        completion=tokens_in(usage.get("completion_tokens")),
        cached=tokens_in(details.get("cached_tokens")) or 0,
        billed=_dollars(usage.get("cost")),
    )


def _counts_of_timings(timings: dict[str, Any]) -> Counts | None:
    """llama.cpp's own count, which it can send with every piece: prompt_n leaves out what the cache had."""
    read, cached, said = (tokens_in(timings.get(name)) for name in ("prompt_n", "cache_n", "predicted_n"))
    if read is None or cached is None or said is None:
        return None
    return Counts(prompt=read + cached, completion=said, cached=cached)


def tokens_in(value: object) -> int | None:
    """A number of tokens; None when this is none that can be.

    >>> [tokens_in(value) for value in (12, 12.0, True, -5, 1e308, "12", None)]
    [12, 12, None, None, None, None, None]
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= MOST_TOKENS:
        return None
    return int(value)


def _dollars(value: object) -> float | None:
    """What OpenRouter says that a call cost, in USD; None when this is no sum that can be."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= MOST_DOLLARS:
        return None
    return float(value)


def _first(choices: object) -> dict[str, Any]:
    return _mapping(cast("list[Any]", choices)[0]) if isinstance(choices, list) and choices else {}


def _mapping(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
