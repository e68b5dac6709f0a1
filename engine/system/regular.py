"""Reading files whose places others may choose: regular files alone, and with a bound.

A pipe would never end or never begin, a device has side effects, and a link may lead to either.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

MOST_NAMES = 100


def read_regular(path: str | os.PathLike[str], most: int, start: int = 0) -> bytes:
    """The bytes of a regular file of at most `most` bytes, from byte `start` on; waits for nobody.

    Raises:
        OSError: it cannot be read, is no regular file, or is larger; `strerror` says which.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 (to open a device may do something)
        _refuse(path, errno.EISDIR if Path(path).is_dir() else errno.EINVAL, "it is no regular file")
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            _refuse(path, errno.EINVAL, "it is no regular file")
        file.seek(start)
        raw = b"" if status.st_size > most else file.read(most + 1)
    if status.st_size > most or start + len(raw) > most:
        _refuse(path, errno.EFBIG, f"it has more than {most / 1e6:g} MB")
    return raw


def open_to_write(path: Path) -> BinaryIO:
    """The file, emptied, or made; a pipe only if somebody reads it, for nobody else is waited for.

    Raises:
        OSError: it cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o666)
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "wb")


def write_new(path: Path, text: str) -> Path:
    """Write a file that is not there yet: where its name is taken, a number goes behind it. Gives where it is.

    Raises:
        OSError: it cannot be written, or a hundred such names are taken.
    """
    for number in range(1, MOST_NAMES + 1):
        place = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            with place.open("xb") as file:
                file.write(text.encode())
        except FileExistsError:
            continue
        return place
    raise FileExistsError(errno.EEXIST, "every name for it is taken", os.fspath(path))


def _refuse(path: str | os.PathLike[str], number: int, why: str) -> None:
    raise OSError(number, why, os.fspath(path))
