"""The five places settings come from, each read into one layer of checked leaves."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast

import msgspec

from ..errors import SettingsError
from ..facts import ROLES
from ..system.nearest import nearest
from ..system.paths import HOME_VARIABLE
from ..system.regular import read_regular
from .checking import checked
from .serving import serving_now
from .tree import KEYS, Values, dotted, flattened, is_of_role, leaves
from .tree import Path as Leaf
from .trust import digest_of

PREFIX = "REDRAFT_"
LARGEST = 4_000_000
"""Bytes of a file with settings."""


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """The leaves one source sets, already checked."""

    kind: Literal["user", "project", "servers", "environment", "flags"]
    values: Values = {}
    names: dict[Leaf, str] = {}
    """Where each came from, as a person would name it; `where` for those that are not listed."""
    where: str = ""

    def source(self, path: Leaf) -> str:
        """Where this leaf's value came from."""
        return self.names.get(path, self.where)


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project's `[tool.redraft]` as it stands in its `pyproject.toml`."""

    file: Path
    values: Values
    digest: str
    """Of the whole table; trust is given to it and to no other."""

    @property
    def folder(self) -> Path:
        """The folder that is trusted or not."""
        return self.file.parent


def from_flags(flags: Mapping[str, object]) -> Layer:
    """What the command line says: values by dotted key (`roles.coder.model`); None is not set.

    Raises:
        SettingsError: a key or value is wrong.
    """
    given = [(_split(key), value) for key, value in flags.items() if value is not None]
    return Layer(kind="flags", values=checked(given, where="command line", strict=False), where="command line")


def from_environment(environ: Mapping[str, str]) -> tuple[Layer, tuple[str, ...]]:
    """What `REDRAFT_…` variables say, and a warning for each that means nothing. An empty one counts as unset.

    Raises:
        SettingsError: a value is wrong.
    """
    values: Values = {}
    names: dict[Leaf, str] = {}
    warnings: list[str] = []
    known = variables()
    # In sorted order REDRAFT_CODER_MODEL comes before REDRAFT_MODEL; the one that names the role wins.
    for name in sorted(environ, key=lambda name: (_names_role(name), name)):
        if not name.startswith(PREFIX) or not environ[name] or name in RESERVED:
            continue
        if (path := known.get(name)) is None:
            warnings.append(f"${name} is not a setting and was not used{nearest(name, known)}")
            continue
        values |= checked([(path, environ[name])], where=f"${name}", strict=False)
        names[path] = f"${name}"
    return Layer(kind="environment", values=values, names=names), tuple(warnings)


RESERVED = frozenset({HOME_VARIABLE, "REDRAFT_MODEL_DIR"})
"""Variables of ours that are read elsewhere."""


@functools.cache
def variables() -> dict[str, Leaf]:
    """Every `REDRAFT_…` variable that sets something, such as `REDRAFT_MODEL` and `REDRAFT_REVIEWER_BASE_URL`."""
    named = {PREFIX + "_".join(path).removeprefix("roles_").upper(): path for path in leaves()}
    of_coder = {PREFIX + path[-1].upper(): path for path in leaves() if path[:2] == ("roles", "coder")}
    return {**of_coder, **named, PREFIX + "THEME": ("interface", "theme")}


def from_servers(state: Path) -> Layer:
    """The servers that a `redraft serve` of this user holds ready at this moment; nothing when none runs."""
    serving = serving_now(state)
    if serving is None:
        return Layer(kind="servers")
    where = f"redraft serve (process {serving.pid})"
    given: list[tuple[Leaf, object]] = []
    for role, served in serving.roles.items():
        given += [(("roles", role, "base_url"), served.base_url), (("roles", role, "model"), served.model)]
        given += [(("roles", role, "api_key"), serving.key)] if serving.key else []
    return Layer(kind="servers", values=checked(given, where=where), where=where)


def from_user(file: Path) -> tuple[Layer, tuple[str, ...]]:
    """What the user's own settings file says, and what is unwise about it; nothing when there is no such file.

    Raises:
        SettingsError: the file cannot be read, is not TOML, or has a wrong key or value.
    """
    content = _read(file)
    if content is None:
        return Layer(kind="user", where=str(file)), ()
    values = checked(flattened(_parsed(file, content)), where=str(file))
    holds_key = any(is_of_role(path, "api_key") for path in values)
    open_to_others = holds_key and bool(file.stat().st_mode & 0o077)
    advice = (f"{file} holds an API key and others on this machine can read it; run: chmod 600 {file}",)
    return Layer(kind="user", values=values, where=str(file)), advice if open_to_others else ()


def project_of(target: Path) -> Project | None:
    """`[tool.redraft]` of the nearest `pyproject.toml` at or above `target`, or None when that has no such table.

    Raises:
        SettingsError: the file is not TOML, or the table has a wrong key or value, or one that a project may never set.
    """
    place = target.resolve()
    file = next(
        (above / "pyproject.toml" for above in (place, *place.parents) if _is_file(above / "pyproject.toml")), None
    )
    content = file and _read(file)
    # Most projects do not speak of redraft: do not parse, nor complain about, a file that is none of our business.
    if file is None or content is None or b"redraft" not in content:
        return None
    tool = _parsed(file, content).get("tool")
    table = cast("dict[str, object]", tool).get("redraft") if isinstance(tool, dict) else None
    if table is None:
        return None
    where = f"{file} [tool.redraft]"
    if not isinstance(table, dict):
        raise SettingsError(f"{where}: it must be a table")
    settings = cast("dict[str, object]", table)
    try:
        values, digest = checked(flattened(settings), where=where), digest_of(settings)
    except RecursionError:
        raise SettingsError(f"{where}: its tables stand in one another too deep to be read") from None
    for path in values:
        if is_of_role(path, "api_key"):
            raise SettingsError(
                f"{where}: {dotted(path)}: a key does not belong in a file that is shared; "
                "write api_key_env with the name of a variable, or put the key into your own redraft.toml"
            )
        if path == ("sandbox", "lowest_tier"):
            raise SettingsError(
                f"{where}: {dotted(path)} is yours to say, not a project's; put it into your own redraft.toml"
            )
    return Project(file=file, values=values, digest=digest)


def _split(key: str) -> Leaf:
    under_keys = dotted(KEYS) + "."
    return (*KEYS, key.removeprefix(under_keys)) if key.startswith(under_keys) else tuple(key.split("."))


def _names_role(variable: str) -> bool:
    return variable.removeprefix(PREFIX).partition("_")[0].lower() in ROLES


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _read(file: Path) -> bytes | None:
    try:
        return read_regular(file, LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}); make it readable or move it away") from error


def _parsed(file: Path, content: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, a number of too many digits
        raise SettingsError(f"{file}: this is not TOML: {error}; mend it, or move it away") from None
