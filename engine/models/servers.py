"""Finding out what serves a model: asked once, from what the server says about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ..facts import Fact
from .endpoint import Endpoint, ServerKind

if TYPE_CHECKING:
    import httpx2

OWNERS: dict[str, ServerKind] = {
    "llamacpp": "llama.cpp",
    "vllm": "vllm",
    "sglang": "sglang",
    "library": "ollama",
    "organization_owner": "lmstudio",
    "openai": "openai",
    "system": "openai",
}
"""`owned_by` in the list of models, as each server fills it in."""

HOSTS: dict[str, ServerKind] = {"api.openai.com": "openai", "openrouter.ai": "openrouter"}
"""Servers that are known by their address."""

SIGNS: tuple[tuple[ServerKind, str, str], ...] = (
    ("llama.cpp", "/props", "default_generation_settings"),
    ("ollama", "/api/version", "version"),
    ("lmstudio", "/api/v0/models", "data"),
    ("vllm", "/version", "version"),
)
"""Where to look when the list of models gives nothing away: kind, path beside "/v1", key the answer must have.
vLLM comes last, because any program may have a `/version`."""


class Listed(msgspec.Struct):
    """One model as a server lists it. What else is there is ignored."""

    id: str
    owned_by: str | None = None
    max_model_len: int | None = None


class Models(msgspec.Struct):
    """The answer to GET `/models`."""

    data: list[Listed]


class Server(Fact, frozen=True):
    """What is known of a server."""

    kind: ServerKind = ""
    models: tuple[str, ...] = ()
    context: int | None = None
    """Tokens the model in use reads and writes in all, None when the server does not say."""


def decode_models(body: bytes) -> Models | None:
    """The list of models, or None when this is no such list."""
    try:
        return msgspec.json.decode(body, type=Models)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def recognise(headers: Mapping[str, str], models: Models) -> ServerKind:
    """What the answer to GET `/models` gives away about the server, "" for nothing."""
    if "llama.cpp" in headers.get("server", ""):
        return "llama.cpp"
    owners = {model.owned_by or "" for model in models.data}
    kinds: set[ServerKind] = {OWNERS[owner] for owner in owners if owner in OWNERS}
    return kinds.pop() if len(kinds) == 1 else ""


def shows(sign: str, body: bytes) -> bool:
    """Whether this JSON object has the key that gives a server away."""
    try:
        answer: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return isinstance(answer, dict) and sign in answer


async def look_closer(http: httpx2.AsyncClient, url: str) -> ServerKind:
    """What the paths beside `/v1` give away, "" for nothing. Raises: httpx2.HTTPError when the server is gone."""
    root = re.sub(r"/v1/?$", "", url)
    for kind, path, sign in SIGNS:
        answer = await http.get(root + path)
        if answer.status_code == 200 and shows(sign, answer.content):
            return kind
    return ""


async def identify(http: httpx2.AsyncClient, endpoint: Endpoint, answer: httpx2.Response) -> Server:
    """The server that gave this answer (of status 200) to GET `/models`."""
    models = decode_models(answer.content)
    if models is None:
        return Server(kind=endpoint.kind)
    kind = (
        endpoint.kind
        or HOSTS.get(endpoint.host)
        or recognise(answer.headers, models)
        or await look_closer(http, endpoint.url)
    )
    first = next((model for model in models.data if model.id == endpoint.model), *models.data[:1] or [None])
    return Server(
        kind=kind,
        models=tuple(model.id for model in models.data),
        context=first.max_model_len if first else None,
    )
