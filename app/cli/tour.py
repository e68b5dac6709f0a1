"""The tour's files: bundled stubs, copied to where they may be edited, and never over what somebody wrote."""

from __future__ import annotations

import itertools
from importlib import resources
from pathlib import Path

from ...engine.errors import SourceError
from ...engine.system.paths import make_folder


def laid_out(folder: Path) -> tuple[Path, ...]:
    """Copies of the tour's files, in order, in `folder`, or beside it ("tour-2") where the user has been before."""
    bundled = {
        item.name: item.read_bytes()
        for item in (resources.files("redraft.app") / "examples" / "tour").iterdir()
        if item.name.endswith(".py")
    }
    for place in _places(folder):
        if _untouched(place, bundled):
            return tuple(_write(make_folder(place) / name, text) for name, text in sorted(bundled.items()))
    raise AssertionError("there is always another folder")


def _places(folder: Path) -> itertools.chain[Path]:
    return itertools.chain([folder], (folder.with_name(f"{folder.name}-{n}") for n in itertools.count(2)))


def _untouched(place: Path, bundled: dict[str, bytes]) -> bool:
    """Whether nothing would be lost: no such folder, or nothing in it but our own files as they came."""
    if not place.exists():
        return True
    if not place.is_dir():
        return False
    return all(item.name in bundled and item.read_bytes() == bundled[item.name] for item in place.iterdir())


def _write(path: Path, content: bytes) -> Path:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise SourceError(
            f"{path}: the tour cannot be laid out ({error.strerror}); name a folder with --folder"
        ) from error
    return path
