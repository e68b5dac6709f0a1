"""The models that can be run here by name: a data file of ours, the user's own, the hub, and any GGUF file."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import cast

import msgspec
from msgspec.structs import fields

from ...errors import SettingsError, UsageError
from ...system.nearest import nearest
from ...system.paths import Places
from ...system.regular import read_regular
from .gguf import header_of
from .hub import Hub
from .known import Known
from .weights import Packages, Weights

USERS_FILE = "models.toml"
LARGEST = 1_000_000
DEFAULT = "qwen2.5-coder-1.5b"
"""The model that is taken when nobody names one."""
HUB = "hub:"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_FILE = re.compile(r"(?:[A-Za-z0-9][\w.+-]{0,95}/){0,4}[A-Za-z0-9][\w.+-]{0,190}\.gguf")
_REVISION = re.compile(r"[A-Za-z0-9][\w.-]{0,95}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
LARGEST_FILE = 2**44


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[model]]`; the shipped file says what each key means."""

    name: str
    repo: str
    file: str
    bytes: int
    licence: str
    sha256: str = ""
    revision: str = "main"
    family: str = ""
    thinks: bool = False
    good_for: str = ""
    context: int = 0
    layers: int = 0
    cache: int = 0
    seconds: float | None = None
    packages: Packages | None = None

    @property
    def weights(self) -> Weights:
        """The file that it describes."""
        return Weights(
            called=self.name,
            repository=self.repo,
            size=self.bytes,
            **{name: getattr(self, name) for name in self.__struct_fields__ if name not in {"name", "repo", "bytes"}},
        )


class Catalogue:
    """The models that can be named, ours first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises: SettingsError: the user's file has a mistake."""
        self._known = Known(environ)
        own = _users(Places.of(environ).config / USERS_FILE)
        self._by_name = {one.called: one for one in (*shipped(), *own)}

    @property
    def models(self) -> tuple[Weights, ...]:
        """All that the files describe."""
        return tuple(self._known.described(one) for one in self._by_name.values())

    def named(self, text: str) -> Weights:
        """What a name means: one of the catalogue, `hub:OWNER/REPO:FILE`, or a `.gguf` file; "" the default.

        Raises:
            UsageError: it names nothing, or a file that is no model.
        """
        text = text.strip()
        if text.startswith(HUB):
            return self._known.described(_on_the_hub(text))
        if text.lower().endswith(".gguf"):
            return self._own_file(Path(text).expanduser().absolute())
        if (found := self._by_name.get(text.lower() or DEFAULT)) is None:
            raise UsageError(
                f"{text!r} is no model that runs here{nearest(text.lower(), self._by_name)}; `redraft model list` "
                "shows them, hub:OWNER/REPO:FILE.gguf and the path of a .gguf file are taken too, and a server's model "
                "is named with its server: --base-url, or NAME@http://HOST/v1 in a race"
            )
        return self._known.described(found)

    async def with_digest(self, weights: Weights, hub: Hub) -> Weights:
        """The same with size and digest, asked of the hub where they are not known yet, and kept.

        Raises:
            EnvironmentFault: the hub cannot be asked, or does not have it.
        """
        if weights.sha256 or weights.place:
            return weights
        told = await hub.describe(weights)
        self._known.keep_description(weights.typed, told)
        return told

    def _own_file(self, path: Path) -> Weights:
        header = header_of(path)
        return Weights(
            file=path.name,
            size=path.stat().st_size,
            sha256=self._known.hash_of(path),
            place=str(path),
            licence=header.licence,
            family=header.architecture,
            thinks=header.thinks,
            context=header.context,
            layers=header.layers,
            cache=header.cache,
        )


@functools.cache
def shipped() -> tuple[Weights, ...]:
    """The models of the file that comes with redraft."""
    raw = files(__package__ or "").joinpath("catalogue.toml").read_bytes()
    return tuple(entry.weights for entry in _entries(raw, "the shipped catalogue"))


def default() -> Weights:
    """The model that is taken when nobody names one."""
    return next(one for one in shipped() if one.called == DEFAULT)


def _users(path: Path) -> tuple[Weights, ...]:
    try:
        raw = read_regular(path, LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}); make it readable or move it away") from error
    own = _entries(raw, str(path))
    taken = {one.file: one.called for one in shipped()}
    for one in (entry.weights for entry in own):
        if taken.setdefault(one.file, one.called) != one.called:
            raise SettingsError(f"{path}: {one.called!r} and {taken[one.file]!r} name the same file, {one.file}")
    return tuple(entry.weights for entry in own)


def _entries(raw: bytes, where: str) -> tuple[Entry, ...]:
    """What a catalogue's bytes describe. Raises: SettingsError."""
    try:
        table = tomllib.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{where}: this is not TOML: {error}; mend it, or move it away") from None
    listed = table.get("model", [])
    strange = sorted(set(table) - {"model"})
    if strange or not isinstance(listed, list):
        raise SettingsError(f"{where}: it takes tables [[model]] and nothing else; {strange[:1] or ['model']} is none")
    entries = [_entry(one, f"{where}: model {nth}") for nth, one in enumerate(cast("list[object]", listed), 1)]
    names = [entry.name for entry in entries]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SettingsError(f"{where}: {twice!r} is there twice")
    return tuple(entries)


def _entry(given: object, where: str) -> Entry:
    if isinstance(given, dict):
        table = cast("dict[str, object]", given)
        where += f" ({str(table['name'])[:64]!r})" if "name" in table else ""
        known = [field.name for field in fields(Entry)]
        if strange := [key for key in table if key not in known]:
            raise SettingsError(f"{where}: unknown key {strange[0]!r}{nearest(strange[0], known)}")
    try:
        entry = msgspec.convert(given, Entry)
    except msgspec.ValidationError as error:
        plain = str(error).replace("`", "").replace("$.", "")
        raise SettingsError(f"{where}: {plain[0].lower()}{plain[1:]}") from None
    _check(entry, where)
    return entry


def _check(entry: Entry, where: str) -> None:
    """Refuse what no file can be fetched by, or no arithmetic done with. Raises: SettingsError."""
    packages = entry.packages
    mistakes: Sequence[tuple[bool, str]] = (
        (bool(_NAME.fullmatch(entry.name)), "name takes small letters, digits, dots and dashes"),
        (bool(_REPOSITORY.fullmatch(entry.repo)), "repo is written OWNER/NAME"),
        (bool(_FILE.fullmatch(entry.file)), "file is the path of a .gguf file in the repository"),
        (bool(_REVISION.fullmatch(entry.revision)), "revision is a branch, a tag or a commit"),
        (not entry.sha256 or bool(_SHA256.fullmatch(entry.sha256)), "sha256 has 64 digits 0-9a-f"),
        (0 < entry.bytes < LARGEST_FILE, "bytes is the size of the file"),
        (all(0 <= n < 2**31 for n in (entry.context, entry.layers, entry.cache)), "a number of things is below 0"),
        (entry.seconds is None or 0 < entry.seconds < 1e6, "seconds is a time above 0"),
        (packages is None or packages.part_bytes > 0, "part_bytes is the size of a part"),
    )
    for holds, told in mistakes:
        if not holds:
            raise SettingsError(f"{where}: {told}")


def _on_the_hub(text: str) -> Weights:
    """`hub:OWNER/REPO:FILE`, with `@REVISION` behind it where one is meant."""
    repository, colon, rest = text.removeprefix(HUB).partition(":")
    file, at, revision = rest.partition("@")
    written = _REPOSITORY.fullmatch(repository) and _FILE.fullmatch(file) and colon
    if not written or (at and not _REVISION.fullmatch(revision)):
        raise UsageError(f"{text!r}: write hub:OWNER/REPO:FILE.gguf, with @REVISION behind it if you mean one")
    return Weights(file=file, size=0, sha256="", repository=repository, revision=revision or "main")
