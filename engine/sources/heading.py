"""Putting another header (signature and docstring) over a stub's body."""

from __future__ import annotations

from msgspec.structs import replace

from ..errors import SourceError, StaleSource
from ..facts import Stub
from ..indent import indented
from .module import module_of
from .reading import Source
from .splicing import locate, splice
from .syntax import decode, encode


def with_header(source: Source, stub: Stub, header: str) -> str:
    """The file's text with `header` (at column 0, LF, ending in a newline) in the place of the stub's own.

    Raises:
        StaleSource: the function is not there any more as it was read.
        SourceError: its header shares lines with other code, so that it cannot be replaced by itself.
    """
    module = module_of(source.text)
    place = locate(module, stub)
    if place is None or place.header(module.raw) != stub.header:
        raise StaleSource(
            f"{source.path}: {stub.name} was changed since it was read; nothing was written. Save it again"
        )
    raw = module.raw
    if place.opening or decode(raw[place.top : place.start]) != indented(stub.header, place.margin):
        raise SourceError(
            f"{source.path}: the body of {stub.name} shares a line with its header; give it one of its own"
        )
    return decode(raw[: place.top] + encode(indented(header, place.margin)) + raw[place.start :])


def with_header_and_body(source: Source, stub: Stub, header: str, body: str) -> str:
    """The file's text with another header (at column 0, LF, ending in a newline) over another body.

    Raises:
        StaleSource: the function is not there any more as it was read.
        SourceError: its header shares lines with other code, so that it cannot be replaced by itself.
    """
    if header == stub.header:
        return splice(source, stub, body)
    headed = replace(source, text=with_header(source, stub, header))
    return splice(headed, replace(stub, header=header), body)
