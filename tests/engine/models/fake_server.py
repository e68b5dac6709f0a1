"""An OpenAI-compatible server for tests: real sockets on 127.0.0.1, scripted answers, and a record of what it saw."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext, SSLError
from typing import Any

MODELS = {
    "llama.cpp": {"data": [{"id": "/models/qwen.gguf", "owned_by": "llamacpp"}]},
    "vllm": {"data": [{"id": "Qwen/Qwen3-8B", "owned_by": "vllm", "max_model_len": 4096}]},
    "ollama": {"data": [{"id": "qwen2.5-coder:7b", "owned_by": "library"}]},
    "lmstudio": {"data": [{"id": "qwen2.5-coder-7b", "owned_by": "organization_owner"}]},
    "": {"data": [{"id": "some-model", "owned_by": "me"}]},
}


def delta(text: str = "", **extra: str | None) -> dict[str, Any]:
    """An event with some text of the answer, or with other fields in its delta."""
    return {"choices": [{"index": 0, "delta": {"content": text} | extra, "finish_reason": None}]}


def finish(reason: str = "stop") -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}


def usage(prompt: int, completion: int, cached: int = 0) -> dict[str, Any]:
    counted = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    return {"choices": [], "usage": counted | {"prompt_tokens_details": {"cached_tokens": cached}}}


def answer(*texts: str, reason: str = "stop", prompt: int = 20) -> Said:
    """A whole streamed answer with its usage."""
    return Said([*map(delta, texts), finish(reason), usage(prompt, len(texts))])


STALL = "stall"
"""In place of an event: say nothing more until the client goes away."""
DROP = "drop"
"""In place of an event: break the connection off."""
ENDLESS = "endless"
"""In place of an event: repeat the event before it until the client goes away."""


@dataclass
class Said:
    """What the server answers to one request."""

    events: Sequence[dict[str, Any] | str] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: object = None
    """JSON of an answer that is no stream; text is sent as it is."""


def refusal(status: int, message: str = "", headers: dict[str, str] | None = None, **more: object) -> Said:
    return Said(status=status, headers=headers or {}, body={"error": {"message": message, **more}})


@dataclass
class Seen:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


Script = Callable[[dict[str, Any]], Said] | list[Said]


class FakeServer:
    """Answers chat completions from a script, in order or by a function of the request's body."""

    def __init__(self, script: Script, kind: str = "llama.cpp", key: str = "", models: object = None) -> None:
        self.script, self.kind, self.key = script, kind, key
        self.models = models if models is not None else MODELS[kind]
        self.url = ""
        self.seen: list[Seen] = []
        self.open_streams = 0
        self.client_waits = asyncio.Event()
        """Set when an answer has begun to stall."""
        self.client_left = asyncio.Event()
        """Set when the client has closed a connection before the server was done with its answer."""

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Bodies of the chat requests, in order."""
        return [request.body for request in self.seen if request.path.endswith("/chat/completions")]

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.seen]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await self._request(reader)) is not None:
                self.seen.append(request)
                if not await self._answer(request, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, SSLError):
            self.client_left.set()
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> Seen | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as end:
            if end.partial.strip():
                raise
            return None  # Between two requests a client may go: it has left nothing.
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Seen(first.split()[1], headers, json.loads(body) if body else {})

    async def _answer(self, request: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection stays open."""
        said = self._says(request)
        head = {"Content-Type": "text/event-stream" if said.body is None else "application/json", **said.headers}
        if self.kind == "llama.cpp":
            head["Server"] = "llama.cpp"
        if said.body is not None:
            raw = said.body.encode() if isinstance(said.body, str) else json.dumps(said.body).encode()
            await self._head(writer, said.status, head | {"Content-Length": str(len(raw))})
            writer.write(raw)
            await writer.drain()
            return True
        await self._head(writer, said.status, head | {"Transfer-Encoding": "chunked"})
        return await self._stream(said.events, reader, writer)

    def _says(self, request: Seen) -> Said:
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return refusal(401, f"Incorrect API key provided: {request.headers.get('authorization')}")
        if request.path.endswith("/chat/completions"):
            return self.script(request.body) if callable(self.script) else self.script.pop(0)
        if request.path == "/v1/models":
            return self.models if isinstance(self.models, Said) else Said(body=self.models)
        if self.kind == "vllm" and request.path == "/version":
            return Said(body={"version": "0.11.0"})
        return refusal(404, "not found")

    async def _head(self, writer: asyncio.StreamWriter, status: int, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await writer.drain()

    async def _stream(
        self, events: list[dict[str, Any] | str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        self.open_streams += 1
        last: dict[str, Any] = {}
        try:
            for event in events:
                if event == DROP:
                    writer.transport.abort()
                    return False
                if event in (STALL, ENDLESS):
                    await self._until_client_leaves(reader, writer, last if event == ENDLESS else None)
                    return False
                if isinstance(event, dict):
                    last = event
                await self._event(writer, event)
            await self._event(writer, "[DONE]")
            writer.write(b"0\r\n\r\n")
            await writer.drain()
            return True
        finally:
            self.open_streams -= 1

    async def _event(self, writer: asyncio.StreamWriter, event: dict[str, Any] | str) -> None:
        if isinstance(event, dict):
            event = json.dumps({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"} | event)
        raw = f"data: {event}\n\n".encode()
        writer.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")
        await writer.drain()

    async def _until_client_leaves(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, repeated: dict[str, Any] | None
    ) -> None:
        self.client_waits.set()
        gone = asyncio.ensure_future(reader.read(1))
        while not gone.done():
            if repeated is None:
                await gone
            else:
                await self._event(writer, repeated)
                await asyncio.sleep(0)
        self.client_left.set()


@asynccontextmanager
async def serving(
    script: Script, kind: str = "llama.cpp", *, ssl: SSLContext | None = None, **how: Any
) -> AsyncIterator[FakeServer]:
    """A fake server on a free port of this machine, closed at the end."""
    fake = FakeServer(script, kind, **how)
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            await fake.serve(reader, writer)
        except asyncio.CancelledError:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=ssl)
    fake.url = f"http{'s' if ssl else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield fake
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await server.wait_closed()
