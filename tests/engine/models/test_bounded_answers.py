"""Servers that send without end: each answer becomes one clear line, and the memory it takes has a bound."""

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from redraft.engine.errors import ModelError
from redraft.engine.models.chat import Ask, Message
from redraft.engine.models.discovery import discover
from redraft.engine.models.http import bounded
from redraft.engine.models.http.sse import TooMuchError, read_events
from redraft.engine.models.openai import Endpoint, OpenAIChat, Retries

ASK = Ask(messages=(Message(role="user", content="hello"),))
MEGABYTE = b"x" * 1_000_000
MOST_MEGABYTES = 60
"""Of memory that an answer may take; what is read of a stream is 4 MB, of a list 8 MB, and it is copied a few times."""


class Flood:
    """What a server does with each connection, and how many bytes of it were taken."""

    def __init__(self, head: str, piece: bytes, pause: float = 0.0) -> None:
        self.head = head.replace("\n", "\r\n").encode()
        self.piece, self.pause = piece, pause
        self.sent = 0
        self.connections = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            writer.write(self.head)
            while True:
                writer.write(self.piece)
                await writer.drain()
                self.sent += len(self.piece)
                await asyncio.sleep(self.pause)
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """The URL of a server that treats each connection so."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()


async def problem_of(url: str, *, model: str = "", longest: float = 900.0) -> str:
    """What a person is told who asks this server; the memory that takes is measured."""
    chat = OpenAIChat(
        Endpoint(base_url=url, model=model, kind="openai" if model else "", longest=longest),
        retries=Retries(attempts=1),
    )
    tracemalloc.start()
    try:
        with pytest.raises(ModelError) as caught:
            async with chat.stream(ASK) as stream:
                _ = [piece async for piece in stream]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        await chat.aclose()
    assert peak < MOST_MEGABYTES * 1_000_000
    told = str(caught.value)
    assert len(told) < 500 and "\n" not in told
    return told


OK, STREAM = "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n"


async def test_a_list_of_models_without_end_is_left():
    flood = Flood(OK, MEGABYTE)
    async with listening(flood) as url:
        told = await problem_of(url)
    assert "sent an answer of more than 8,000,000 bytes" in told and flood.sent < 30_000_000


async def test_an_error_page_without_end_is_cut_and_its_first_words_are_told():
    flood = Flood("HTTP/1.1 500 Broken\n\nout of order ", MEGABYTE)
    async with listening(flood) as url:
        told = await problem_of(url, model="m")
    assert "failed (500): out of order xxx" in told and flood.sent < 30_000_000


async def test_a_line_without_end_is_left():
    flood = Flood(STREAM, MEGABYTE)
    async with listening(flood) as url:
        told = await problem_of(url, model="m")
    assert "sent a line of more than 4,000,000 bytes" in told and flood.sent < 30_000_000


async def test_an_event_without_end_is_left():
    flood = Flood(STREAM, b"data: " + MEGABYTE[:100_000] + b"\n")
    async with listening(flood) as url:
        assert "sent an event of more than 4,000,000 bytes" in await problem_of(url, model="m")


async def test_a_whole_answer_without_end_is_left():
    flood = Flood("HTTP/1.1 200 OK\nContent-Type: application/json\n\n", MEGABYTE)
    async with listening(flood) as url:
        assert "sent an answer of more than 4,000,000 bytes" in await problem_of(url, model="m")


async def test_a_head_without_end_is_left():
    flood = Flood("HTTP/1.1 200 OK\nX-Long: ", MEGABYTE)
    async with listening(flood) as url:
        await problem_of(url, model="m")
    assert flood.sent < 30_000_000


@pytest.mark.parametrize(("status", "told"), [("200 OK", "an answer that is packed"), ("500 Broken", "failed (500)")])
async def test_what_is_packed_is_never_unpacked(status: str, told: str):
    bomb = gzip.compress(bytes(100_000_000), compresslevel=9)
    flood = Flood(f"HTTP/1.1 {status}\nContent-Encoding: gzip\nContent-Length: {len(bomb)}\n\n", bomb)
    async with listening(flood) as url:
        assert told in await problem_of(url, model="m")
        assert told in await problem_of(url)


async def test_a_list_of_models_that_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bounded, "SECONDS", 0.2)
    async with listening(Flood(OK, b" ", pause=0.02)) as url:
        assert "sent an answer that was not done after 0.2 s" in await problem_of(url)


async def test_an_error_that_drips_is_told_as_far_as_it_came(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bounded, "SECONDS", 0.2)
    async with listening(Flood("HTTP/1.1 500 Broken\n\nzebra", b" ", pause=0.02)) as url:
        assert "failed (500): zebra" in await problem_of(url, model="m")


async def test_an_answer_that_drips_ends_when_it_has_taken_too_long():
    async with listening(Flood(STREAM, b": ping\n\n", pause=0.02)) as url:
        assert "was not done after 0.3 s" in await problem_of(url, model="m", longest=0.3)


async def test_a_server_that_speaks_no_https_is_told_as_such():
    async with listening(Flood("HTTP/1.1 400 Bad Request\n\n", b"https?")) as url:
        assert "does not speak https" in await problem_of(url.replace("http:", "https:"), model="m")


@pytest.mark.parametrize("head", ["HTTP/1.1 \u00b2 OK\n\n", f"HTTP/1.1 200 OK\nContent-Length: {'9' * 5000}\n\n", OK])
async def test_servers_that_flood_are_no_find_and_spoil_no_other(head: str):
    async with listening(Flood(head, MEGABYTE)) as url:
        assert await discover(urls=[url], timeout=2.0) == ()


# ---------------------------------------------------------------------------------------------- events


async def events(*pieces: bytes, most: int = 1000) -> list[bytes]:
    async def come() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return [event async for event in read_events(come(), most)]


async def test_events_are_the_same_however_they_are_cut():
    raw = b": hi\r\nevent: ping\r\n\r\ndata:\r\n\r\ndata: a\ndata:b\n\nid: 3\ndata: c\r\n\r\ndata: never ended\n"
    assert await events(raw) == [b"a\nb", b"c"]
    assert await events(*(raw[at : at + 1] for at in range(len(raw)))) == [b"a\nb", b"c"]


async def test_a_line_that_is_too_long_is_known_before_its_end():
    with pytest.raises(TooMuchError, match="line"):
        await events(b"data: ", *[b"x" * 100] * 20)
