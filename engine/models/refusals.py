"""What servers say when they do not answer, and what that means for the user or for the next attempt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Literal, cast

from ..errors import ModelError
from ..facts import Fact
from ..redaction import redact
from .dialects import Feature
from .endpoint import Endpoint

Kind = Literal[
    "unreachable", "unauthorized", "no model", "context", "busy", "timeout", "dropped", "refused", "broken", "nonsense",
    "empty", "one each",
]  # fmt: skip
"""What `ModelError.kind` says for a model on a server."""

BUSY = frozenset({408, 409, 425, 429, 503, 529})
QUOTED = 300
"""Most characters of a server's own words in a message."""

_CONTEXT = re.compile(
    r"context (?:length|size|window)|maximum model length|exceed_context|context_length|input is too long", re.I
)
_LIMIT = re.compile(r"(?:context (?:length|size|window)\D{0,24}|maximum model length of )(\d{3,})", re.I)
_SENT = re.compile(
    r"(\d+) (?:input tokens|in the messages|in your prompt)|resulted in (\d+)|\(length (\d+)\)|keep the first (\d+)"
    r"|request \((\d+) tokens|requested (\d+) tokens",
    re.I,
)
_PROMPT = re.compile(
    r"(\d+) (?:input tokens|in the messages|in your prompt)|\(length (\d+)\)|request \((\d+) tokens", re.I
)
"""The same without the room for the answer."""
_HTML = re.compile(r"<(?:!doctype|!--|\?xml|html|head|title|body|div|p|h\d|center)\b", re.I)


class Refusal(Fact, frozen=True):
    """One answer that is no answer."""

    status: int | None = None
    """HTTP status, None when the error came inside the stream or no answer came at all."""
    message: str = ""
    code: str = ""
    param: str = ""
    retry_after: float | None = None
    """Seconds the server asks us to wait, None when it does not say."""
    n_prompt: int | None = None
    n_context: int | None = None


class RefusedError(ModelError):
    """A `ModelError` that still knows what the server said."""

    def __init__(self, message: str, *, kind: Kind, refusal: Refusal, retryable: bool = False) -> None:
        super().__init__(message, kind=kind, retryable=retryable)
        self.refusal = refusal
        self.feature: Feature | None = None
        """The part of the request it is about, when asking again without that part makes sense."""


def read_refusal(status: int | None, headers: Mapping[str, str], error: object, *, now: float) -> Refusal:
    """The refusal in an error body, in any of the shapes servers use. `now` is seconds since the epoch."""
    wait = _wait(headers, now)
    outer = _mapping(error) or {}
    said = _mapping(outer.get("error")) or outer
    if not said or isinstance(outer.get("error"), str):
        return Refusal(status=status, message=_text(outer.get("error", error)), retry_after=wait)
    code = said.get("code")
    return Refusal(
        status=status if status is not None else code if isinstance(code, int) else None,
        message=_text(said.get("message") or said.get("detail")),
        code=" ".join(_text(said[name]) for name in ("code", "type") if said.get(name)),
        param=_text(said.get("param")),
        retry_after=wait,
        n_prompt=_number(said.get("n_prompt_tokens")),
        n_context=_number(said.get("n_ctx")),
    )


_MOST = re.compile(
    r"max_(?:completion_|new_|output_)?tokens|(?:completion|output) tokens|maximum (?:number of )?tokens",
    re.I,
)
_TOO_MUCH = re.compile(
    r"too (?:large|many|big|high)|at most|maximum|exceed|less than|range|greater than|above|up to|larger", re.I
)


def room_left(refusal: Refusal, room: int) -> int | None:
    """How many tokens may come where `room` were too many; None when the refusal is about something else.

    >>> said = "max_tokens is too large: 9216. This model supports at most 4096 completion tokens"
    >>> room_left(Refusal(status=400, message=said), 9216)
    4096
    """
    if refusal.status not in {400, 413, 422}:
        return None
    if is_context_overflow(refusal):
        sent = refusal.n_prompt or _first_number(_PROMPT, refusal.message)
        limit = refusal.n_context or _first_number(_LIMIT, refusal.message)
        left = limit - sent - 1 if sent and limit else room // 4
        return min(left, room // 4) if left >= room else left
    if not (_MOST.search(refusal.message) and _TOO_MUCH.search(refusal.message)):
        return None
    numbers = [int(number) for number in re.findall(r"(?<![\d.])\d{2,9}(?![\d.]\d)", refusal.message.replace(",", ""))]
    return max((number for number in numbers if number < room), default=room // 4)


def is_context_overflow(refusal: Refusal) -> bool:
    """Whether the prompt, with the answer it leaves room for, is longer than the model reads."""
    return refusal.n_context is not None or bool(_CONTEXT.search(f"{refusal.code} {refusal.message}"))


def explain(refusal: Refusal, endpoint: Endpoint, model: str, models: tuple[str, ...] = ()) -> RefusedError:
    """The error a person reads: what happened, with which server, and what to do next. The key is never in it."""
    kind, message = _explained(refusal, endpoint, model, models)
    return RefusedError(message, kind=kind, refusal=refusal, retryable=kind in {"busy", "broken"})


def error(kind: Kind, message: str, *, retryable: bool = False) -> ModelError:
    """A `ModelError` of one of the kinds above, for trouble in which no server said anything."""
    return ModelError(message, kind=kind, retryable=retryable)


def quoted(text: str) -> str:
    """A server's words, on one line, shortened, without control characters, the key, and a proxy's page in HTML."""
    text = redact(_HTML.split(text, maxsplit=1)[0])
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= QUOTED else line[: QUOTED - 1] + "…"


def _explained(refusal: Refusal, endpoint: Endpoint, model: str, models: tuple[str, ...]) -> tuple[Kind, str]:
    where, status = endpoint.shown_url, refusal.status or 0
    said = quoted(refusal.message)
    because = f": {said}" if said else " with a web page" if refusal.message.strip() else ""
    after = _in_words(refusal.retry_after) if refusal.retry_after else ""
    if status in {401, 403}:
        key = "does not accept the API key" if endpoint.api_key else "wants an API key"
        return (
            "unauthorized",
            f"{where} {key} ({status}); set its `api_key` (`redraft config show` says where)",
        )
    if is_context_overflow(refusal):
        return "context", _overflow(refusal, model, where)
    if status == 404:
        return "no model", _no_model(model, models, where, because)
    if "insufficient_quota" in refusal.code:
        return "refused", f"{where} says that the quota of this key is used up{because}" + (after and f"; wait {after}")
    if status in BUSY:
        return "busy", f"{where} is too busy ({status}){because}; try again in {after or 'a while'}"
    if 300 <= status < 400:
        return "refused", f"{where} sends us elsewhere ({status}); set `base_url` to the address it moved to"
    if 400 <= status < 500:
        return "refused", f"{where} refused the request ({status}){because}"
    again = f"; it asks us to try again in {after}" if after else ""
    return "broken", f"{where} failed ({status or 'while answering'}){because}; look at its log{again}"


def _in_words(seconds: float) -> str:
    """A time that a server asks us to wait.

    >>> [_in_words(seconds) for seconds in (0.2, 90, 7200, 86400 * 3, 1e308)]
    ['1 s', '90 s', '2 h', '3 days', 'more than a year']
    """
    if seconds > 365 * 86400:
        return "more than a year"
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}"
    return f"{max(1, round(seconds))} s"


def _overflow(refusal: Refusal, model: str, where: str) -> str:
    sent = refusal.n_prompt or _first_number(_SENT, refusal.message)
    limit = refusal.n_context or _first_number(_LIMIT, refusal.message)
    size = (
        f"{sent} tokens where {limit} fit" if sent and limit else f"it does not fit in {limit or 'its context window'}"
    )
    return (
        f"the prompt is too long for {model} at {where}: {size}; "
        "lower max_tokens or the context budget, or serve the model with a larger context"
    )


def _no_model(model: str, models: tuple[str, ...], where: str, because: str) -> str:
    if models and model not in models:
        return f"{where} has no model {model!r}; it has {listed(models)}"
    return f"{where} has no chat completions for model {model!r} (404){because}; check `base_url` and `model`"


def listed(models: tuple[str, ...], most: int = 8) -> str:
    """Names in a row, the end of a long row as a number."""
    return ", ".join(models[:most]) + (f" and {len(models) - most} more" if len(models) > most else "")


def _wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds in `retry-after-ms` or `Retry-After`, which is a number or a date."""
    try:
        if milliseconds := headers.get("retry-after-ms"):
            return max(0.0, float(milliseconds) / 1000)
        after = headers.get("retry-after", "")
        return max(0.0, float(after)) if re.fullmatch(r"[0-9.]+", after) else _until(after, now)
    except ValueError:
        return None


def _until(date: str, now: float) -> float | None:
    return max(0.0, parsedate_to_datetime(date).timestamp() - now) if date else None


def _first_number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return next((int(group) for group in found.groups() if group), None) if found else None


def _mapping(value: object) -> dict[str, Any] | None:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
