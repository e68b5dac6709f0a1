"""The one module that imports `openai` (0.4 to 0.8 s) and its `httpx2`; loaded in a thread before the first request."""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx2
import openai

from ...errors import ModelError
from ..answer import Chunk
from ..endpoint import Endpoint
from ..refusals import (
    RefusedError,
    error,
    explain,
    quoted,
    read_refusal,
)
from .bounded import bound_body
from .chunks import ErrorEventError, NotAChunkError, read_chunks
from .sse import TooMuchError, read_events, read_whole

FAILURES = (openai.APIError, httpx2.HTTPError, httpx2.InvalidURL, ErrorEventError, NotAChunkError, TooMuchError)
"""All that a request or a stream raises when the world is to blame."""

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
            verify=not endpoint.url.startswith("http:") and _certificates(endpoint),
            # A proxy from the environment must not stand between us and a server on this machine.
            trust_env=not endpoint.is_local,
            # llama.cpp closes the connection after a streamed answer although it promises to keep it: the next request
            # on it would fail. On this machine a new one costs nothing.
            limits=httpx2.Limits(max_keepalive_connections=0) if endpoint.is_local else httpx2.Limits(),
            event_hooks={"request": [self._keep_our_headers], "response": [bound_body]},
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
        stream = await self._completions.create(
            model=model, messages=cast("Any", messages), stream=True, extra_body=fields
        )
        return Chunks(stream.response)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def _keep_our_headers(self, request: httpx2.Request) -> None:
        """Drop what the SDK adds from variables meant for OpenAI, and all that counts or describes its user."""
        kept = _OURS | (_OPENAI_HEADERS if self._endpoint.host == _OPENAI_HOST else frozenset[str]())
        for name in set(request.headers) - kept:
            del request.headers[name]
        request.headers["user-agent"] = "redraft"
        request.headers["accept-encoding"] = "identity"
        if self._endpoint.api_key:
            request.headers["authorization"] = f"Bearer {self._endpoint.api_key.reveal()}"


class Chunks:
    """The chunks of one answer, as they come. Raises one of the FAILURES."""

    def __init__(self, answer: httpx2.Response) -> None:
        self._answer = answer
        self.content_type = answer.headers.get("content-type", "text/event-stream")
        """What the server says it sends."""
        self._chunks = self._read()

    async def next(self) -> Chunk | None:
        """The next chunk, None when the stream has ended."""
        return await anext(self._chunks, None)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._answer.aclose()

    async def _read(self) -> AsyncIterator[Chunk]:
        pieces = self._answer.aiter_bytes()
        if self.content_type.partition(";")[0].strip().lower() == "application/json":
            for chunk in read_chunks(await read_whole(pieces)):
                yield chunk
            return
        async for event in read_events(pieces):
            if event.strip() == b"[DONE]":
                return
            for chunk in read_chunks(event):
                yield chunk


def _certificates(endpoint: Endpoint) -> ssl.SSLContext | bool:
    """What vouches for the server. A server of one's own is found no worse for lying on this machine, where the
    environment, which may name a proxy, is otherwise not asked."""
    own = os.environ.get("SSL_CERT_FILE", "")
    return ssl.create_default_context(cafile=own) if own and endpoint.is_local else True


def trouble(failure: Exception, endpoint: Endpoint, model: str, models: tuple[str, ...], *, now: float) -> ModelError:
    """What one of the FAILURES means to a person. `now` is seconds since the epoch, for dates in Retry-After."""
    if isinstance(failure, openai.APIStatusError):
        refusal = read_refusal(failure.status_code, failure.response.headers, failure.body, now=now)
        return explain(refusal, endpoint, model, models)
    if isinstance(failure, (openai.APIConnectionError, httpx2.HTTPError, httpx2.InvalidURL)):
        cause = failure.__cause__ if isinstance(failure, openai.APIConnectionError) else failure
        return _connection_trouble(cause or failure, endpoint, model)
    if isinstance(failure, ErrorEventError):
        return explain(read_refusal(None, {}, failure.said, now=now), endpoint, model, models)
    if isinstance(failure, TooMuchError):
        return error("nonsense", f"{endpoint.shown_url} sent {failure}: it is no model server; check `base_url`")
    return error("nonsense", f"{endpoint.shown_url} does not speak the OpenAI API as we know it; check `base_url`")


def refused(answer: httpx2.Response, endpoint: Endpoint, model: str, *, now: float) -> RefusedError:
    """What an answer with an error status means to a person."""
    try:
        said: object = answer.json()
    except ValueError:
        said = answer.text
    return explain(read_refusal(answer.status_code, answer.headers, said, now=now), endpoint, model)


def _connection_trouble(cause: BaseException, endpoint: Endpoint, model: str) -> ModelError:
    where, reason = endpoint.shown_url, quoted(str(cause))
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
    if (failure := _ssl_failure(cause)) is not None:
        return error("refused", _untrusted(failure, where))
    if isinstance(cause, httpx2.ConnectError):
        hint = "start the server, or set `base_url` (`redraft models` lists what runs here)"
        return error("unreachable", f"nothing answers at {where}{because}; {hint}", retryable=True)
    return error("dropped", f"{where} closed the connection{because}; its log may say why", retryable=True)


def _ssl_failure(error: BaseException | None) -> ssl.SSLError | None:
    """The fault of encryption that a failure comes of, if it is one."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


def _untrusted(failure: ssl.SSLError, where: str) -> str:
    if isinstance(failure, ssl.SSLCertVerificationError):
        return (
            f"{where} shows a certificate that this machine does not trust ({failure.verify_message}); "
            "if it is your own, set SSL_CERT_FILE to the file of its certificate"
        )
    return f"{where} does not speak https ({failure.reason or 'no reason given'}); does its address begin with http://?"
