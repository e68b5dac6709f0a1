"""Server-sent events (WHATWG HTML, 9.2), as far as streams of chat completions need them, with bounds."""

from __future__ import annotations

from collections.abc import AsyncIterator

MOST_EVENT = 4_000_000
"""Bytes of one event, or of one line. A whole answer that comes as one event is shorter."""


class TooMuchError(Exception):
    """A server sends more than any honest answer has; the text says what, without its end."""


async def read_events(pieces: AsyncIterator[bytes], most: int = MOST_EVENT) -> AsyncIterator[bytes]:
    """The data of each event, without comments, names and empty events, which some servers send to keep a connection.

    An event that the stream ends in the middle of is left out, as the standard says.

    Raises:
        TooMuchError: a line, or the data of an event, has more than `most` bytes.
    """
    data: list[bytes] = []
    size = 0
    async for line in _lines(pieces, most):
        if not line:
            if event := b"\n".join(data):
                yield event
            data, size = [], 0
            continue
        name, _, value = line.partition(b":")
        if name == b"data":
            data.append(value.removeprefix(b" "))
            size += len(value) + 1
            if size > most:
                raise TooMuchError(f"an event of more than {most:,} bytes")


async def _lines(pieces: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    rest = bytearray()
    async for piece in pieces:
        searched = len(rest)
        rest += piece
        start = 0
        while (end := rest.find(b"\n", max(start, searched))) >= 0:
            yield bytes(rest[start:end]).removesuffix(b"\r")
            start = end + 1
        del rest[:start]
        if len(rest) > most:
            raise TooMuchError(f"a line of more than {most:,} bytes")


async def read_whole(pieces: AsyncIterator[bytes], most: int = MOST_EVENT) -> bytes:
    """A body that is no stream of events. Raises: TooMuchError."""
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > most:
            raise TooMuchError(f"an answer of more than {most:,} bytes")
    return bytes(body)
