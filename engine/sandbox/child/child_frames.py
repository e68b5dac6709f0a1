"""Records on a pipe, as the sandboxed side writes and reads them: length, kind, index, then texts with their lengths.

Standard library only, Python 3.6 and up: this file also runs in the user's interpreter. The parent reads with `frames`,
which believes nothing.
"""

import os
import struct

LARGEST = 1 << 20
"""Most bytes of one record, in both directions."""

# What the sandboxed process says, in the only order that is accepted: LAYERS, LOADED, then OUTCOME for each STEP.
LAYERS, LOADED, OUTCOME, CALL = 1, 2, 3, 4
TOO_LONG = "(importing took too long)"
"""In place of what an import raised, when its time is nearly over."""
# What it is told.
JOB, STEP, REPLY = 10, 11, 12
# What application and zygote say to each other.
START, READY, RUN, STARTED, ENDED = 20, 21, 22, 23, 24


def packed(kind: int, index: int, *texts: str) -> bytes:
    """One record as bytes, its length in front."""
    body = [struct.pack(">BI", kind, index)]
    for text in texts:
        # Lone surrogates cannot be encoded; nothing that is compared may depend on how they are spelled.
        raw = text.encode("utf-8", "backslashreplace")
        body.append(struct.pack(">I", len(raw)))
        body.append(raw)
    joined = b"".join(body)
    return struct.pack(">I", len(joined)) + joined


def unpacked(body: bytes) -> "tuple[int, int, list[str]]":
    """Kind, index and texts of a record without its length.

    Raises:
        ValueError: the lengths inside do not add up.
    """
    if len(body) < 5:
        raise ValueError(f"a record of {len(body)} bytes")
    kind, index = struct.unpack_from(">BI", body)
    texts: list[str] = []
    at = 5
    while at < len(body):
        if len(body) - at < 4:
            raise ValueError("a record ends inside a length")
        (size,) = struct.unpack_from(">I", body, at)
        at += 4
        if size > len(body) - at:
            raise ValueError("a record ends inside a text")
        texts.append(body[at : at + size].decode("utf-8", "replace"))
        at += size
    return kind, index, texts


def send(descriptor: int, record: bytes) -> None:
    """Write a whole record."""
    view = memoryview(record)
    while view:
        view = view[os.write(descriptor, view) :]


def receive(descriptor: int) -> "tuple[int, int, list[str]]":
    """Read one record.

    Raises:
        EOFError: the other side is gone.
    """
    (size,) = struct.unpack(">I", _exactly(descriptor, 4))
    return unpacked(_exactly(descriptor, size))


def _exactly(descriptor: int, size: int) -> bytes:
    parts: list[bytes] = []
    while size:
        part = os.read(descriptor, min(size, 1 << 16))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
