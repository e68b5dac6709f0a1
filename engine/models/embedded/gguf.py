"""The header of a GGUF file, read without belief and with bounds: which model it holds, and whether it is whole.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Nothing of the weights themselves is read.
"""

from __future__ import annotations

import functools
import os
import stat
import struct
from pathlib import Path
from typing import BinaryIO

from ...errors import UsageError
from ...facts import Fact
from ...surrogates import whole

MAGIC = b"GGUF"
VERSIONS = frozenset({2, 3})
MOST_BYTES = 256 * 2**20
"""Longest header: a vocabulary of a million words takes a tenth of it."""
MOST_KEYS, MOST_ITEMS, MOST_TENSORS = 10_000, 4_000_000, 100_000
LONGEST_TEXT = 4 * 2**20
"""Bytes of one text; a chat template has some thousand."""
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""Number of a type, and how `struct` reads it."""
TEXT, ARRAY = 8, 9
BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 30: (1, 2), 39: (32, 17),
}  # fmt: skip
"""Numbers in a block of each type of tensor, and its bytes (ggml.h); what is missing here is not measured."""


class Header(Fact, frozen=True):
    """What the header says of the model."""

    architecture: str
    name: str = ""
    context: int = 0
    """Most tokens; 0: it does not say."""
    layers: int = 0
    cache: int = 0
    """Bytes of memory that a token of context takes, with 16 bits a number; 0: it does not say enough."""
    template: bool = False
    """Whether it says how a conversation is written."""
    thinks: bool = False
    """Whether that has a place for thoughts."""
    licence: str = ""


def header_of(path: Path) -> Header:
    """The header of a file of the user's own.

    Raises:
        UsageError: there is no such file, it is no GGUF file, is cut short, or holds no model that can talk.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name a .gguf file, or see `redraft model list`") from None
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{path} is no regular file; name a .gguf file, or see `redraft model list`")
    return _header(path, status.st_size, status.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _header(path: Path, size: int, _age: int) -> Header:
    try:
        with path.open("rb") as file:
            return _checked(path, _Reader(file, min(size, MOST_BYTES)), size)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except (_Unreadable, struct.error, OverflowError) as error:
        raise UsageError(f"{path} is no model that can be used: {error}; fetch it again, or name another") from None


class _Unreadable(Exception):
    """What stands in the file is no header."""


class _Reader:
    """Reads forward, never behind `most` bytes."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._most = most
        self.at = 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        self._go(count)
        raw = self._file.read(count)
        if len(raw) != count:
            raise _Unreadable("it ends within its header")
        return raw

    def skip(self, count: int) -> None:
        """Leave bytes out."""
        self._go(count)
        self._file.seek(count, os.SEEK_CUR)

    def _go(self, count: int) -> None:
        self.at += count
        if self.at > self._most:
            raise _Unreadable("it ends within its header" if self._most < MOST_BYTES else "its header has no end")

    def number(self, code: str) -> int | float | bool:
        """A number of the type that `struct` calls so."""
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]

    def count(self, most: int, what: str) -> int:
        """A number of things, refused when nobody has so many."""
        count = struct.unpack("<Q", self.take(8))[0]
        if count > most:
            raise _Unreadable(f"it claims to have {count} {what}")
        return count

    def text(self) -> str:
        """A text with its length before it."""
        return whole(self.take(self.count(LONGEST_TEXT, "characters in one text")).decode(errors="replace"))

    def value(self) -> str | float | None:
        """A value; None for a list, which is passed over."""
        kind = int(self.number("I"))
        if kind == TEXT:
            return self.text()
        if kind == ARRAY:
            return self._pass_over_list()
        if kind not in SCALARS:
            raise _Unreadable(f"it has a value of the unknown type {kind}")
        return self.number(SCALARS[kind])

    def _pass_over_list(self) -> None:
        kind, items = int(self.number("I")), self.count(MOST_ITEMS, "items in one list")
        if kind == TEXT:
            for _ in range(items):
                self.skip(self.count(LONGEST_TEXT, "characters in one text"))
        elif kind in SCALARS:
            self.skip(items * struct.calcsize("<" + SCALARS[kind]))
        else:
            raise _Unreadable(f"it has a list of the unknown type {kind}")


def _checked(path: Path, reader: _Reader, size: int) -> Header:
    if size < 24 or reader.take(4) != MAGIC:
        raise _Unreadable("it does not begin as a GGUF file does")
    version = int(reader.number("I"))
    if version not in VERSIONS:
        raise _Unreadable(f"it is of version {version} of the format; {', '.join(map(str, sorted(VERSIONS)))} are read")
    tensors, keys = reader.count(MOST_TENSORS, "tensors"), reader.count(MOST_KEYS, "keys")
    said: dict[str, str | float] = {}
    for _ in range(keys):
        key, value = reader.text(), reader.value()
        if value is not None:
            said[key] = value
    _refuse_what_cannot_talk(said)
    needed = _end_of_tensors(reader, tensors, _whole_number(said.get("general.alignment")) or 32)
    if size < needed:
        raise _Unreadable(f"it is cut short: {size} bytes of at least {needed}")
    return _told(said)


def _refuse_what_cannot_talk(said: dict[str, str | float]) -> None:
    kind = said.get("general.type", "model")
    if kind != "model":
        raise _Unreadable(f"it is no model by itself but of the type {str(kind)[:40]!r}")
    if not isinstance(said.get("general.architecture"), str):
        raise _Unreadable("it names no architecture")
    if (parts := _whole_number(said.get("split.count"))) > 1:
        raise _Unreadable(f"it is one of {parts} parts; take a model that is one file, or join them")
    if not any(key.startswith("tokenizer.ggml.") for key in said):
        raise _Unreadable("it has no vocabulary")


def _end_of_tensors(reader: _Reader, tensors: int, alignment: int) -> int:
    """How long the file must be at least, by what is said of its tensors."""
    longest = 0
    for _ in range(tensors):
        reader.skip(reader.count(LONGEST_TEXT, "characters in one text"))
        dimensions = int(reader.number("I"))
        if dimensions > 8:
            raise _Unreadable(f"it has a tensor of {dimensions} dimensions")
        numbers = 1
        for _ in range(dimensions):
            numbers *= int(reader.number("Q"))
        kind, offset = int(reader.number("I")), int(reader.number("Q"))
        block, length = BLOCKS.get(kind, (1, 0))
        longest = max(longest, offset + numbers // block * length)
    return -(-reader.at // alignment) * alignment + longest


def _told(said: dict[str, str | float]) -> Header:
    architecture = str(said["general.architecture"])[:60]

    def number(key: str) -> int:
        return _whole_number(said.get(f"{architecture}.{key}"))

    heads = number("attention.head_count")
    length = number("embedding_length") // heads if heads else 0
    keys, values = number("attention.key_length") or length, number("attention.value_length") or length
    layers, sharing = number("block_count"), number("attention.head_count_kv") or heads
    template = said.get("tokenizer.chat_template")
    return Header(
        architecture=architecture,
        name=str(said.get("general.name", ""))[:120],
        context=number("context_length"),
        layers=layers,
        cache=layers * sharing * (keys + values) * 2,
        template=isinstance(template, str) and bool(template.strip()),
        thinks=isinstance(template, str) and ("enable_thinking" in template or "<think>" in template),
        licence=str(said.get("general.license", ""))[:60],
    )


def _whole_number(value: str | float | None) -> int:
    """0 for what is no sensible number of things."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else 0
