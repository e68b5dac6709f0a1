"""Answers with an end: no server fills our memory, or keeps us waiting, with a body. Only `wire` imports this."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx2

from .sse import TooMuchError

MOST_BYTES = 8_000_000
"""Of an answer that is no stream. The longest list of models, that of a shop for hundreds of them, has about one."""
MOST_OF_ERROR = 64_000
"""Bytes of an error that are read; its words come first."""
SECONDS = 10.0
"""From the head of an answer that is no stream to its last byte."""


async def bound_body(answer: httpx2.Response) -> None:
    """Give the body of an answer an end; a hook for each answer, called before its body is read.

    An error's body is cut there, for its beginning is all that is told. What is packed is never unpacked: nobody asked
    for it, and a few bytes can come to gigabytes.

    Raises:
        TooMuchError: the answer is packed; while the body is read: it is too long, or takes too long.
    """
    is_error = answer.status_code >= 300
    packed = answer.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}
    if packed and not is_error:
        raise TooMuchError("an answer that is packed, which nobody asked for,")
    if packed:
        del answer.headers["content-encoding"]
        answer.stream = _Body(answer.stream, 0, cut=True)
    elif is_error or answer.request.method != "POST":
        answer.stream = _Body(answer.stream, MOST_OF_ERROR if is_error else MOST_BYTES, cut=is_error)


class _Body(httpx2.AsyncByteStream):
    """A body that ends after so many bytes, and in good time: it is cut there, or raises."""

    def __init__(self, inner: object, most: int, *, cut: bool) -> None:
        assert isinstance(inner, httpx2.AsyncByteStream)
        self._inner = inner
        self._left = most
        self._most = most
        self._cut = cut

    async def __aiter__(self) -> AsyncIterator[bytes]:
        end = asyncio.get_running_loop().time() + SECONDS
        pieces = aiter(self._inner)
        while self._left > 0 or not self._cut:
            try:
                async with asyncio.timeout_at(end):
                    piece = await anext(pieces, None)
            except TimeoutError:
                if self._cut:
                    return
                raise TooMuchError(f"an answer that was not done after {SECONDS:g} s") from None
            if piece is None:
                return
            if len(piece) > self._left and not self._cut:
                raise TooMuchError(f"an answer of more than {self._most:,} bytes")
            yield piece[: self._left]
            self._left -= len(piece)

    async def aclose(self) -> None:
        await self._inner.aclose()
