"""Finding out what serves a model: asked once, from what the server says about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import msgspec

from ..facts import Fact
from ..surrogates import whole
from .endpoint import Endpoint, ServerKind
from .http.chunks import tokens_in

if TYPE_CHECKING:
    import httpx2

OWNERS: dict[str, ServerKind] = {
    "llamacpp": "llama.cpp",
    "vllm": "vllm",
    "sglang": "sglang",
    "library": "ollama",
    "organization_owner": "lmstudio",
}
"""`owned_by` in the list of models, as each server fills it in. "openai" tells nothing: gateways such as LiteLLM write
it at whatever they lead to, and what OpenAI's own server takes they may refuse."""

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


class Listed(Fact, frozen=True):
    """One model as a server lists it."""

    id: str
    owned_by: str = ""
    max_model_len: int | None = None
    """Tokens that it reads and writes in all, under whichever name its server tells that."""


CONTEXTS = ("max_model_len", "loaded_context_length", "context_length", "context_window", "max_context_length", "n_ctx")
"""Names that servers have for it: vLLM and SGLang, LM Studio, OpenRouter, Groq, LM Studio again, llama.cpp."""


class Models(Fact, frozen=True):
    """The answer to GET `/models`."""

    data: tuple[Listed, ...] = ()


MOST_MODELS, LONGEST_NAME = 5_000, 300
"""Models of a list that are read, and characters of a name: what is longer is no name of a model."""


class Server(Fact, frozen=True):
    """What is known of a server."""

    kind: ServerKind = ""
    models: tuple[str, ...] = ()
    context: int | None = None
    """Tokens the model in use reads and writes in all, None when the server does not say."""


def decode_models(body: bytes) -> Models | None:
    """The list of models, or None when this is no such list.

    Servers send it as {"data": [...]}, as {"models": [...]} or bare; of texts, or of objects with an `id` or a `name`,
    whose other fields are hints. What is odd in one model costs that model, not the list.
    """
    answer = _decoded(body)
    if isinstance(answer, dict):
        fields = cast("dict[str, Any]", answer)
        answer = fields.get("data", fields.get("models"))
    if not isinstance(answer, list):
        return None
    listed = (_listed(model) for model in cast("list[Any]", answer)[:MOST_MODELS])
    return Models(data=tuple(model for model in listed if model is not None))


def _listed(model: object) -> Listed | None:
    fields = cast("dict[str, Any]", model) if isinstance(model, dict) else {"id": model}
    names = (fields.get(key) for key in ("id", "name", "model"))
    name = next((name for name in names if isinstance(name, str) and name.strip()), "")
    if not name or len(name) > LONGEST_NAME:
        return None
    owner = fields.get("owned_by")
    return Listed(
        id=whole(name),
        owned_by=owner if isinstance(owner, str) else "",
        max_model_len=_context(fields),
    )


def _context(fields: dict[str, Any]) -> int | None:
    meta = fields.get("meta")
    told = [fields.get(name) for name in CONTEXTS]
    told += [cast("dict[str, Any]", meta).get("n_ctx")] if isinstance(meta, dict) else []
    return next((tokens for each in told if (tokens := tokens_in(each))), None)


def context_in_props(body: bytes) -> int | None:
    """Tokens of one answer, as llama.cpp's `/props` tells; None when it does not."""
    answer = _decoded(body)
    settings = cast("dict[str, Any]", answer).get("default_generation_settings") if isinstance(answer, dict) else None
    return tokens_in(cast("dict[str, Any]", settings).get("n_ctx")) or None if isinstance(settings, dict) else None


def _decoded(body: bytes) -> object:
    """The JSON in a body; None when there is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def recognise(headers: Mapping[str, str], models: Models) -> ServerKind:
    """What the answer to GET `/models` gives away about the server, "" for nothing."""
    if "llama.cpp" in headers.get("server", ""):
        return "llama.cpp"
    owners = {model.owned_by for model in models.data}
    kinds: set[ServerKind] = {OWNERS[owner] for owner in owners if owner in OWNERS}
    return kinds.pop() if len(kinds) == 1 else ""


def shows(sign: str, body: bytes) -> bool:
    """Whether this JSON object has the key that gives a server away."""
    answer = _decoded(body)
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
