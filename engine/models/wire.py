"""The one module that imports `openai` (0.4 to 0.8 s) and its `httpx2`; loaded in a thread before the first request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import httpx2
import openai
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import ChoiceLogprobs

from ..errors import ModelError
from ..facts import Usage
from ..surrogates import whole
from . import content
from .answer import Chunk
from .endpoint import Endpoint
from .refusals import RefusedError, error, explain, quoted, read_refusal

Chunks = openai.AsyncStream[ChatCompletionChunk]

FAILURES = (openai.APIError, httpx2.HTTPError, httpx2.InvalidURL, json.JSONDecodeError, UnicodeDecodeError)
"""All that a request or a stream raises when the world is to blame."""

IMPOSSIBLE = -9999.0
_OURS = frozenset({"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"})
_OPENAI_HOST = "api.openai.com"
_OPENAI_HEADERS = frozenset({"openai-organization", "openai-project"})


class Wire:
    """The connections to one endpoint."""

    def __init__(self, endpoint: Endpoint, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._endpoint = endpoint
        self.http = httpx2.AsyncClient(
            transport=transport,
            timeout=httpx2.Timeout(endpoint.timeout, connect=endpoint.connect_timeout),
            # Loading the certificates takes 50 to 80 ms, and plain HTTP has no use for them.
            verify=not endpoint.url.startswith("http:"),
            # A proxy from the environment must not stand between us and a server on this machine.
            trust_env=not endpoint.is_local,
            # llama.cpp closes the connection after a streamed answer although it promises to keep it: the next request
            # on it would fail. On this machine a new one costs nothing.
            limits=httpx2.Limits(max_keepalive_connections=0) if endpoint.is_local else httpx2.Limits(),
            event_hooks={"request": [self._keep_our_headers]},
        )
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.url,
            # "none" keeps the SDK from taking OPENAI_API_KEY for a server that is not OpenAI; the hook drops it.
            api_key=endpoint.api_key.reveal() or "none",
            max_retries=0,
            timeout=self.http.timeout,
            http_client=self.http,
        )
        self._completions = self._client.chat.completions

    async def get(self, path: str) -> httpx2.Response:
        """The answer to GET on a path beside the base URL, whatever its status."""
        return await self.http.get(self._endpoint.url + path)

    async def ask(self, model: str, messages: list[dict[str, str]], fields: dict[str, object]) -> Chunks:
        """Start a streamed chat completion. What is sent is exactly these fields."""
        return await self._completions.create(
            model=model, messages=cast("Any", messages), stream=True, extra_body=fields
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def _keep_our_headers(self, request: httpx2.Request) -> None:
        """Drop what the SDK adds from variables meant for OpenAI, and all that counts or describes its user."""
        kept = _OURS | (_OPENAI_HEADERS if self._endpoint.host == _OPENAI_HOST else frozenset[str]())
        for name in set(request.headers) - kept:
            del request.headers[name]
        request.headers["user-agent"] = "redraft"
        if self._endpoint.api_key:
            request.headers["authorization"] = f"Bearer {self._endpoint.api_key.reveal()}"


def chunk_of(event: ChatCompletionChunk) -> Chunk:
    """One event of a stream in our words, whichever server's spelling it has."""
    choice = event.choices[0] if event.choices else None
    delta = cast("Any", choice.delta if choice else None)
    extra: dict[str, Any] = (delta.model_extra or {}) if delta else {}
    text, aloud = content.spoken(delta.content if delta else None)
    return Chunk(
        text=whole(text),
        thinking=whole(content.thought(extra) + aloud),
        finish=(choice.finish_reason or "") if choice else "",
        usage=_usage(event),
        logprobs=_first_logprobs(choice.logprobs if choice else None),
    )


def _first_logprobs(told: ChoiceLogprobs | None) -> dict[str, float]:
    """The likeliest tokens in the place of an event's first, {} when the server tells none."""
    content = told.content if told is not None else None
    if not content:
        return {}
    likeliest = content[0].top_logprobs or []
    # JSON has no infinity: what cannot come at all is as unlikely as vLLM calls it.
    return {whole(each.token): max(each.logprob, IMPOSSIBLE) for each in likeliest}


def _usage(event: ChatCompletionChunk) -> Usage | None:
    if event.usage is not None:
        details = event.usage.prompt_tokens_details
        return Usage(
            prompt_tokens=event.usage.prompt_tokens or 0,
            completion_tokens=event.usage.completion_tokens or 0,
            cached_tokens=(details.cached_tokens or 0) if details else 0,
        )
    timings = (event.model_extra or {}).get("timings")
    return _usage_of_timings(cast("dict[str, Any]", timings)) if isinstance(timings, dict) else None


def _usage_of_timings(timings: Mapping[str, Any]) -> Usage | None:
    """llama.cpp's own count, which it can send with every piece: prompt_n leaves out what the cache had."""
    read, cached, said = (timings.get(name) for name in ("prompt_n", "cache_n", "predicted_n"))
    if not (isinstance(read, int) and isinstance(cached, int) and isinstance(said, int)):
        return None
    return Usage(prompt_tokens=read + cached, completion_tokens=said, cached_tokens=cached)


def trouble(failure: Exception, endpoint: Endpoint, model: str, models: tuple[str, ...], *, now: float) -> ModelError:
    """What one of the FAILURES means to a person. `now` is seconds since the epoch, for dates in Retry-After."""
    if isinstance(failure, openai.APIStatusError):
        refusal = read_refusal(failure.status_code, failure.response.headers, failure.body, now=now)
        return explain(refusal, endpoint, model, models)
    if isinstance(failure, (openai.APIConnectionError, httpx2.HTTPError, httpx2.InvalidURL)):
        cause = failure.__cause__ if isinstance(failure, openai.APIConnectionError) else failure
        return _connection_trouble(cause or failure, endpoint, model)
    if isinstance(failure, openai.APIError) and failure.body is not None:
        return explain(read_refusal(None, {}, failure.body, now=now), endpoint, model, models)
    return error("nonsense", f"{endpoint.shown_url} does not speak the OpenAI API as we know it; check `base_url`")


def refused(answer: httpx2.Response, endpoint: Endpoint, model: str, *, now: float) -> RefusedError:
    """What an answer with an error status means to a person."""
    try:
        said: object = answer.json()
    except ValueError:
        said = answer.text
    return explain(read_refusal(answer.status_code, answer.headers, said, now=now), endpoint, model)


def _connection_trouble(cause: BaseException, endpoint: Endpoint, model: str) -> ModelError:
    where, reason = endpoint.shown_url, quoted(str(cause), endpoint)
    if isinstance(cause, (httpx2.UnsupportedProtocol, httpx2.InvalidURL)):
        return error(
            "refused", f"{where!r} is no web address; set `base_url` to one that begins with http:// or https://"
        )
    if isinstance(cause, httpx2.ConnectTimeout):
        return error("unreachable", f"no connection to {where} in {endpoint.connect_timeout:g} s; is its server up?")
    if isinstance(cause, httpx2.TimeoutException):
        silent = f"{model or 'the model'} at {where} sent nothing for {endpoint.timeout:g} s"
        return error("timeout", f"{silent}; its log may say why, or `timeout` is too short for it")
    because = f" ({reason})" if reason else ""
    if isinstance(cause, httpx2.ConnectError):
        hint = "start the server, or set `base_url` (`redraft models` lists what runs here)"
        return error("unreachable", f"nothing answers at {where}{because}; {hint}", retryable=True)
    return error("dropped", f"{where} closed the connection{because}; its log may say why", retryable=True)
