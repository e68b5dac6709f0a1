"""The shipped prompts, and a person's own in their place."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from ..errors import SettingsError
from ..models.chat import Message
from ..system.nearest import nearest
from ..system.regular import read_regular
from .reading import Prompt, parsed

ENDING = ".md"
LARGEST = 1_000_000
"""Bytes of a prompt."""


class Prompts:
    """All prompts by name (`coder/draft`). Files are read when they are first asked for, once."""

    def __init__(self, overrides: Path | None = None) -> None:
        """`overrides`: a folder laid out like ours whose files take the place of ours; it need not exist."""
        self._overrides = overrides
        self._read: dict[str, Prompt] = {}

    def names(self) -> tuple[str, ...]:
        """Every prompt there is, in order."""
        return tuple(sorted({*_shipped(), *self._own()}))

    def render(self, name: str, /, **parts: str) -> tuple[Message, ...]:
        """The conversation to send.

        Raises:
            SettingsError: there is no such prompt, its file is wrong, or the parts are not those it needs.
        """
        return self.prompt(name).render(parts)

    def show(self, name: str) -> str:
        """The text of the file in force, as it stands.

        Raises:
            SettingsError: there is no such prompt, or it cannot be read.
        """
        return _text(self._file(name))

    def overridden(self, name: str) -> bool:
        """Whether a person's own file is in force."""
        return name in self._own()

    def prompt(self, name: str) -> Prompt:
        """The prompt in force, with its source and parts.

        Raises:
            SettingsError: there is no such prompt, or its file is wrong.
        """
        if name not in self._read:
            self._read[name] = self._parsed(name)
        return self._read[name]

    def _parsed(self, name: str) -> Prompt:
        file = self._file(name)
        ours = _shipped().get(name)
        if ours is None or not self.overridden(name):
            return parsed(name, str(file), _text(file))
        # The pipelines give what our file declares, whatever a person's own file says.
        allowed = parsed(name, str(ours), _text(ours)).parts
        return parsed(name, str(file), _text(file), allowed)

    def _file(self, name: str) -> Path | Traversable:
        file = self._own().get(name) or _shipped().get(name)
        if file is None:
            raise SettingsError(f"there is no prompt {name!r}{nearest(name, self.names())}")
        return file

    def _own(self) -> dict[str, Path]:
        folder = self._overrides
        if folder is None:
            return {}
        # An empty file is none: so `redraft prompts NAME > FILE`, whose file is there before we are, prints ours.
        found = sorted(file for file in folder.rglob(f"*{ENDING}") if file.is_file() and file.stat().st_size)
        return {file.relative_to(folder).as_posix().removesuffix(ENDING): file for file in found}


def _shipped() -> dict[str, Traversable]:
    return dict(_below(files(__name__.rpartition(".")[0])))


def _below(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _below(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(ENDING):
            yield prefix + entry.name.removesuffix(ENDING), entry


def _text(file: Path | Traversable) -> str:
    try:
        return read_regular(file, LARGEST).decode() if isinstance(file, Path) else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read as UTF-8 text ({error}); mend it or move it away") from None
