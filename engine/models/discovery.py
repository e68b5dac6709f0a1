"""Which model servers answer on this machine. Plain sockets: nothing heavy is imported for half a second of looking."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from ..facts import Fact
from .endpoint import ServerKind
from .servers import SIGNS, Models, context_in_props, decode_models, recognise, shows

DEFAULT: tuple[str, ...] = (
    "http://127.0.0.1:11434/v1",  # Ollama
    "http://127.0.0.1:1234/v1",  # LM Studio
    "http://127.0.0.1:8080/v1",  # llama.cpp
    "http://127.0.0.1:8000/v1",  # vLLM
)
"""Where these servers listen when nobody told them otherwise."""

MOST_BYTES = 1_000_000
"""A list of models is shorter than this; whoever sends more is no model server."""


_NUMBER = re.compile(r"[0-9]{1,12}")


class Found(Fact, frozen=True):
    """A server that answered."""

    url: str
    """Base URL for an `Endpoint`."""
    kind: ServerKind = ""
    models: tuple[str, ...] = ()
    contexts: dict[str, int] = {}
    """Tokens that a model reads and writes in all, by model, where the server tells."""
    needs_key: bool = False
    """Whether it wants an API key before it lists its models."""


async def discover(timeout: float = 0.5, urls: Sequence[str] = DEFAULT) -> tuple[Found, ...]:  # noqa: ASYNC109
    """The servers that answer within `timeout` seconds in all, in the order of `urls`. Sends no key."""
    looks = [asyncio.create_task(_look(url)) for url in urls]
    if not looks:
        return ()
    done, late = await asyncio.wait(looks, timeout=timeout)
    for look in late:
        look.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return tuple(found for look in looks if look in done and (found := look.result()) is not None)


async def _look(url: str) -> Found | None:
    status, headers, body = await _get(url, "/models")
    if status in {401, 403}:
        return Found(url=url, needs_key=True) if shows("error", body) else None
    models = decode_models(body) if status == 200 else None
    if models is None:
        return None
    kind = recognise(headers, models) or await _kind_beside(url)
    names = tuple(model.id for model in models.data)
    return Found(url=url, kind=kind, models=names, contexts=await _contexts(url, kind, models))


async def _contexts(url: str, kind: ServerKind, models: Models) -> dict[str, int]:
    """What is told in the list of models, or beside it."""
    root = url.removesuffix("/v1")
    if kind == "llama.cpp":
        _, _, body = await _get(root, "/props")
        if (context := context_in_props(body)) is not None:
            return {model.id: context for model in models.data}
    if kind == "lmstudio":
        _, _, body = await _get(root, "/api/v0/models")
        models = decode_models(body) or models
    return {model.id: model.max_model_len for model in models.data if model.max_model_len}


async def _kind_beside(url: str) -> ServerKind:
    """What the paths beside `/v1` give away, all asked at once."""
    root = url.removesuffix("/v1")
    answers = await asyncio.gather(*(_get(root, path) for _, path, _ in SIGNS))
    for (kind, _, sign), (status, _, body) in zip(SIGNS, answers, strict=True):
        if status == 200 and shows(sign, body):
            return kind
    return ""


async def _get(url: str, path: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in lower case) and body; status 0 when nothing sensible answers.

    HTTP/1.0, so that a body without a length simply ends where the connection does.
    """
    parts = urlsplit(url)
    try:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80, limit=MOST_BYTES)
    except OSError:
        return 0, {}, b""
    try:
        request = f"GET {parts.path}{path} HTTP/1.0\r\nHost: {parts.netloc}\r\nAccept: application/json\r\n\r\n"
        writer.write(request.encode())
        status, headers = _head(await reader.readuntil(b"\r\n\r\n"))
        return status, headers, await _body(reader, headers) if status else b""
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return 0, {}, b""
    finally:
        writer.close()


def _head(raw: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = raw.decode("latin-1").strip().split("\r\n")
    words = first.split()
    if len(words) < 2 or not words[0].startswith("HTTP/") or not _NUMBER.fullmatch(words[1]):
        return 0, {}
    pairs = (line.partition(":") for line in lines)
    return int(words[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    """As many bytes as were announced, or all until the server closes; never more than MOST_BYTES."""
    announced = headers.get("content-length", "")
    most = min(int(announced), MOST_BYTES) if _NUMBER.fullmatch(announced) else MOST_BYTES
    raw = b""
    while len(raw) < most and (more := await reader.read(most - len(raw))):
        raw += more
    return raw
