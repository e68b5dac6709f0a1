"""Where redraft keeps its own files: four folders, none of which is made before the first write."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from ..errors import EnvironmentFault

APP = "redraft"
HOME_VARIABLE = "REDRAFT_HOME"
"""Names one folder that holds all four, for a portable installation and for tests."""
PRIVATE = 0o700

_XDG = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", ".local/share"),
    "state": ("XDG_STATE_HOME", ".local/state"),
    "cache": ("XDG_CACHE_HOME", ".cache"),
}


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The folders of one user. None of them need exist."""

    config: Path
    """What a person writes: `redraft.toml`, `prompts/`, `themes/`."""
    data: Path
    """What was fetched and is worth keeping: model weights."""
    state: Path
    """What redraft remembers: run logs, the undo journal, trusted folders, server logs."""
    cache: Path
    """What can be lost without harm."""

    @property
    def settings_file(self) -> Path:
        """The user's settings file."""
        return self.config / "redraft.toml"

    @property
    def prompts(self) -> Path:
        """The user's own prompts, which take the place of the shipped ones."""
        return self.config / "prompts"

    @property
    def themes(self) -> Path:
        """The user's own themes."""
        return self.config / "themes"

    @classmethod
    def under(cls, home: Path) -> Places:
        """All four folders inside one."""
        return cls(config=home / "config", data=home / "data", state=home / "state", cache=home / "cache")

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Places:
        """The folders this environment asks for: `REDRAFT_HOME`, else the XDG variables, else the platform's own."""
        if home := environ.get(HOME_VARIABLE):
            return cls.under(Path(home).expanduser().absolute())
        return cls(**{kind: _folder(kind, environ) for kind in _XDG})


def _folder(kind: str, environ: Mapping[str, str]) -> Path:
    variable, below_home = _XDG[kind]
    # The XDG specification says that a relative path there is to be ignored.
    if (named := environ.get(variable)) and Path(named).is_absolute():
        return Path(named) / APP
    if sys.platform in {"darwin", "win32"}:
        import platformdirs

        native = platformdirs.PlatformDirs(APP, appauthor=False)
        return {
            "config": native.user_config_path,
            "data": native.user_data_path,
            "state": native.user_state_path,
            "cache": native.user_cache_path,
        }[kind]
    home = environ.get("HOME")
    return (Path(home) if home else Path.home()) / below_home / APP


def make_folder(folder: Path) -> Path:
    """`folder`, which now exists; whatever of it had to be made is open to its owner only.

    Raises:
        EnvironmentFault: it cannot be made.
    """
    missing: list[Path] = []
    place = folder
    while not place.exists() and place != place.parent:
        missing.append(place)
        place = place.parent
    try:
        for place in reversed(missing):
            place.mkdir(mode=PRIVATE, exist_ok=True)
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise EnvironmentFault(
            f"{folder}: the folder cannot be made ({error.strerror}); "
            f"free the way, or set {HOME_VARIABLE} to a folder you own"
        ) from error
    return folder


def write_private(path: Path, content: bytes) -> None:
    """Replace one of our own files in one step, readable by its owner only.

    Raises:
        EnvironmentFault: it cannot be written; the old content is still there.
    """
    import tempfile

    make_folder(path.parent)
    try:
        descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(scratch).replace(path)
        except OSError:
            Path(scratch).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise EnvironmentFault(f"{path}: cannot be written ({error.strerror}); nothing was changed") from error
