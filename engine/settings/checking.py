"""Holding what a person wrote against what can be set, and saying what is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import msgspec

from ..errors import SettingsError
from ..system.nearest import nearest
from .secret import Secret
from .tree import Path, Values, choices, dotted, is_of_role, leaf_type, leaves, sections


def checked(given: Iterable[tuple[Path, object]], *, where: str, strict: bool = True) -> Values:
    """The leaves with values of the right type; text is read as the type asks for unless `strict`.

    Raises:
        SettingsError: a key is not known or its value cannot stand there; the text names `where`, key and remedy.
    """
    return {path: _value(path, value, where, strict) for path, value in given}


_THINKING = {"true": "on", "1": "on", "false": "off", "0": "off"}
"""What `thinking` was before it had three values."""


def without_password(address: str) -> str:
    """An address as it may be shown."""
    return re.sub(r"(?<=://)[^/@]*@", "…@", address)


def _value(path: Path, value: object, where: str, strict: bool) -> object:
    kind = leaf_type(path)
    if kind is None:
        raise SettingsError(f"{where}: {_unknown(path)}")
    if is_of_role(path, "api_key"):
        if not isinstance(value, str):
            raise SettingsError(f"{where}: {dotted(path)} must be text")
        return Secret.of(value, f"from {where}")
    if is_of_role(path, "thinking") and (isinstance(value, bool) or not strict):
        value = _THINKING.get(str(value).lower(), value)
    if kind == tuple[str, ...] and isinstance(value, str) and not strict:
        # Flags and variables are text: a list in them is written with commas.
        value = [
            part
            for each in value.strip().removeprefix("[").removesuffix("]").split(",")
            if (part := each.strip(" \"'"))
        ]
    try:
        value = msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{where}: {dotted(path)}: {_complaint(kind, value, str(error))}") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise SettingsError(f"{where}: {dotted(path)}: {value} is no number to work with")
    if is_of_role(path, "base_url"):
        return _addresses(path, str(value), where)
    if is_of_role(path, "api_key_env") and value and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", str(value)):
        # Most likely the key itself, so it is not repeated here.
        raise SettingsError(
            f"{where}: {dotted(path)} takes the name of an environment variable, such as OPENAI_API_KEY; "
            "a key itself goes into api_key in your own redraft.toml"
        )
    return value


def _unknown(path: Path) -> str:
    if path in sections():
        return f"[{dotted(path)}] is a table; write the settings under that heading"
    table, name = path[:-1], path[-1]
    known = {leaf[len(table)] for leaf in leaves() if leaf[: len(table)] == table and len(leaf) > len(table)}
    inside = f" in [{dotted(table)}]" if table else ""
    hint = nearest(name, known)
    if "did you mean" not in hint and (homes := [leaf for leaf in leaves() if leaf[-1] == name]):
        hint = f"; did you mean {dotted(homes[0])!r}?"
    return f"unknown key {name!r}{inside}{hint}"


def _complaint(kind: object, value: object, message: str) -> str:
    if words := choices(kind):
        return (
            f"{value!r} is not one of {', '.join(words)}{nearest(str(value), words).partition(' known')[0].rstrip(';')}"
        )
    plain = message.partition(" - at `$")[0].replace("`", "")
    for technical, common in _COMMON:
        plain = re.sub(technical, common, plain)
    return f"{plain[0].lower()}{plain[1:]}; it is {_shown(value)}"


_COMMON = (
    (r"\bfloat\b", "a number"),
    (r"\bint\b", "a whole number"),
    (r"\bstr\b", "text"),
    (r"\bbool\b", "true or false"),
    (r" \| null\b", ""),
    (r"\barray\b", "a list"),
    (r", got .*", ""),
)
"""msgspec's words for types, and a person's."""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _addresses(path: Path, value: str, where: str) -> str:
    """One address, or several with commas between them; "embedded" stands alone."""
    if value == "embedded":
        return value
    return ",".join(_address(path, each.strip(), where) for each in value.split(","))


def _address(path: Path, value: str, where: str) -> str:
    from urllib.parse import urlsplit

    problem = ""
    try:
        parts = urlsplit(value)
        if not value.isprintable() or " " in value:
            problem = "it has spaces or control characters"
        elif parts.scheme not in {"http", "https"} or not parts.hostname:
            problem = "it must begin with http:// or https:// and name a host, or be embedded"
        _ = parts.port
    except ValueError as error:
        problem = str(error)
    if problem:
        raise SettingsError(
            f"{where}: {dotted(path)}: {without_password(value)!r} is no address; {problem}, as in http://localhost:8000/v1"
        )
    return value.rstrip("/")
