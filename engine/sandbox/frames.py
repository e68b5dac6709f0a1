"""Reading what the sandboxed process writes, believing nothing: the one place where its bytes become facts."""

from __future__ import annotations

import struct
from typing import NamedTuple

from .child import child_frames as wire

TEXTS = {wire.LAYERS: 2, wire.LOADED: 6, wire.OUTCOME: 7, wire.CALL: 2}
"""How many texts each kind of record has."""


class Malformed(ValueError):
    """The stream is not what an honest child writes; its text says how."""


class Record(NamedTuple):
    """One record that has the right shape; whether it is the right one at this time is for the conversation to say."""

    kind: int
    number: int
    texts: tuple[str, ...]


class RecordReader:
    """Cuts a byte stream into records. Feed it bytes; take records; everything else is `Malformed`."""

    def __init__(self, *, largest: int = wire.LARGEST) -> None:
        self._waiting = bytearray()
        self._largest = largest

    @property
    def has_surplus(self) -> bool:
        """Whether there are bytes that nobody asked for yet."""
        return bool(self._waiting)

    def feed(self, some: bytes) -> None:
        """Take more bytes of the stream.

        Raises:
            Malformed: the next record would be larger than any may be.
        """
        self._waiting += some
        self._expected()

    def take(self) -> Record | None:
        """The next complete record, or None when more bytes are needed.

        Raises:
            Malformed: its kind is unknown or its lengths do not add up.
        """
        size = self._expected()
        if size is None or len(self._waiting) < size + 4:
            return None
        body = bytes(self._waiting[4 : size + 4])
        del self._waiting[: size + 4]
        try:
            kind, index, texts = wire.unpacked(body)
        except ValueError as error:
            raise Malformed(str(error)) from None
        if TEXTS.get(kind) != len(texts):
            raise Malformed(f"a record of kind {kind} with {len(texts)} texts")
        return Record(kind, index, tuple(texts))

    def _expected(self) -> int | None:
        if len(self._waiting) < 4:
            return None
        (size,) = struct.unpack_from(">I", self._waiting)
        if size > self._largest:
            raise Malformed(f"a record of {size} bytes")
        return int(size)
