"""A source file as it lies on the disk: text to work on, and all that is needed to give back its bytes."""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import re
import stat
import tokenize
from collections import Counter
from itertools import pairwise
from pathlib import Path

from ..diff import matching_lines
from ..errors import SourceError
from ..facts import Fact
from ..system.regular import read_regular

LARGEST = 8_000_000
"""Bytes. Python files beyond this are generated, and nobody drafts functions in them by hand."""

_NO_SOURCE = frozenset({"punycode", "idna", "undefined"})
"""Codecs that are no encodings of files: all raise errors of their own, and the first takes minutes for 200 kB."""
_NEWLINE = re.compile(r"\r\n|\r|\n")


class Source(Fact, frozen=True):
    """A file as it was read. `encoded(source, source.text)` gives its very bytes; `read` has made sure of that."""

    path: str
    """As the user named it."""
    text: str
    """Newlines are LF, there is no byte order mark."""
    digest: str
    """SHA-256 of the bytes, in hexadecimal."""
    encoding: str = "utf-8"
    bom: bool = False
    newline: str = "\n"
    """The ending most lines have; new lines get it."""
    endings: tuple[str, ...] = ()
    """The ending of each line, only when they differ."""


def read(path: str | os.PathLike[str]) -> Source:
    """Read a Python file.

    Raises:
        SourceError: there is no such file, or it is no text we could write back byte for byte.
    """
    raw = _bytes_of(Path(path))
    return decoded(os.fspath(path), raw)


def decoded(path: str, raw: bytes) -> Source:
    """The source that these bytes spell.

    Raises:
        SourceError: they are no Python text, or could not be written back byte for byte.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourceError(f"{path}: this file is UTF-16, which Python cannot run; save it as UTF-8")
    if b"\0" in raw:
        raise SourceError(f"{path}: this is a binary file, not Python source; name a .py file")
    encoding, bom = _declared_encoding(path, raw)
    written = _decode(path, raw.removeprefix(codecs.BOM_UTF8) if bom else raw, encoding)
    endings: tuple[str, ...] = tuple(_NEWLINE.findall(written))
    newline = Counter(endings).most_common(1)[0][0] if endings else "\n"
    source = Source(
        path=path,
        text=_NEWLINE.sub("\n", written),
        digest=digest_of(raw),
        encoding=encoding,
        bom=bom,
        newline=newline,
        endings=endings if any(ending != newline for ending in endings) else (),
    )
    if encoded(source, source.text) != raw:
        raise SourceError(
            f"{path}: its bytes cannot be written back exactly in its encoding ({encoding}); save it as UTF-8"
        )
    return source


def encoded(source: Source, text: str) -> bytes:
    """The bytes of `text` in the manner of `source`: encoding, byte order mark, and the ending each kept line had.

    Raises:
        SourceError: the file's encoding has no room for a character of `text`.
    """
    text = _NEWLINE.sub("\n", text)
    written = _with_endings(source, text) if source.endings else text.replace("\n", source.newline)
    try:
        return (codecs.BOM_UTF8 if source.bom else b"") + written.encode(source.encoding)
    except UnicodeEncodeError as error:
        raise SourceError(
            f"{source.path}: its encoding ({source.encoding}) has no {written[error.start]!r}; nothing was written. "
            "Save the file as UTF-8 and accept again"
        ) from None


def digest_of(raw: bytes) -> str:
    """SHA-256 in hexadecimal, the name of a content everywhere in redraft."""
    return hashlib.sha256(raw).hexdigest()


def _bytes_of(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise SourceError(f"{path}: this is a folder; name a Python file, or open the folder with `redraft {path}`")
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(f"{path}: this is no regular file; name a Python file")
        if status.st_size > LARGEST:
            raise SourceError(
                f"{path}: {status.st_size / 1e6:.1f} MB is too large, the limit is {LARGEST / 1e6:.0f} MB; "
                "move the stub to a file of its own"
            )
        return read_regular(path, LARGEST)
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file; was it moved or deleted?") from None
    except PermissionError:
        raise SourceError(f"{path}: you may not read this file; change its permissions") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error}); try again") from None


def _declared_encoding(path: str, raw: bytes) -> tuple[str, bool]:
    # Only the first two lines count, and a lone CR ends a line for Python though not for BytesIO.
    top = b"\n".join(re.split(rb"\r\n|\r|\n", raw, maxsplit=2)[:2])
    try:
        name, _ = tokenize.detect_encoding(io.BytesIO(top).readline)
    except SyntaxError as error:
        raise SourceError(f"{path}: {error.msg}; correct the coding line or save the file as UTF-8") from None
    if codecs.lookup(name).name in _NO_SOURCE:
        raise SourceError(f"{path}: {name!r} is no text encoding; correct the coding line")
    return ("utf-8", True) if name == "utf-8-sig" else (name, False)


def _decode(path: str, raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SourceError(
            f"{path}: line {line} is not {encoding} text; save the file as UTF-8 or declare its encoding on top"
        ) from None
    except LookupError:
        raise SourceError(f"{path}: {encoding!r} is no text encoding; correct the coding line") from None


def _with_endings(source: Source, text: str) -> str:
    old, new = source.text.split("\n"), text.split("\n")
    # What follows the last newline has no ending; pairing it must not lend one.
    known = [*source.endings, source.newline]
    endings = [source.newline] * len(new)
    runs = [(0, 0, 0), *matching_lines(old, new), (len(old), len(new), 0)]
    for (at_old, at_new, size), (next_old, next_new, _) in pairwise(runs):
        endings[at_new : at_new + size] = known[at_old : at_old + size]
        # The newline after changed lines lies outside the change.
        if next_old > at_old + size and next_new > at_new + size:
            endings[next_new - 1] = known[next_old - 1]
    endings[-1] = ""
    return "".join(line + ending for line, ending in zip(new, endings, strict=True))
