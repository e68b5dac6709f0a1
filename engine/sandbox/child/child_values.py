"""Spelling values so that they can leave the sandbox: plain built-in types only, to a bounded depth and size.

Standard library only, Python 3.6 and up.
"""

DEEPEST = 100
LARGEST = 400_000
"""Most characters of one value's spelling."""


class Unspeakable(Exception):
    """The value is not made of plain built-in types, or is too deep or too large."""


_PLAIN: "tuple[type[object], ...]" = (
    bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict, type(None), type(Ellipsis),
)  # fmt: skip


def spelled(value: object, strange: "list[type] | None" = None) -> "str | None":
    """The value as a literal that `literals.parsed` reads back, or None.

    Types are looked at, never asked: `type(x)` and the methods of the built-in base, so that no class poses as another.
    An instance of a subclass counts as its base's value; `strange` is given each such class, and those that have no
    literal, from the outside in.
    """
    parts: list[str] = []
    try:
        _spell(value, parts, _Spelling(strange if strange is not None else []), 0)
    except Unspeakable:
        return None
    return "".join(parts)


def type_name(value: object) -> str:
    """The real type of a value as "module.Name"."""
    return class_name(type(value))


def class_name(kind: type) -> str:
    """The real name of a class as "module.Name"."""
    module, name = type.__dict__["__module__"].__get__(kind), type.__dict__["__qualname__"].__get__(kind)
    return f"{module}.{name}"[:200]


class _Spelling:
    """How much was spelled, and which classes were met that are not plain."""

    def __init__(self, strange: "list[type]") -> None:
        self.size = 0
        self.strange = strange


def _spell(value: object, parts: "list[str]", size: "_Spelling", depth: int) -> None:
    if depth > DEEPEST:
        raise Unspeakable
    kind = type(value)
    if kind not in _PLAIN and len(size.strange) < 9:
        size.strange.append(kind)
    if value is None or kind is bool:
        return _add(repr(value), parts, size)
    if value is Ellipsis:
        return _add("...", parts, size)
    if issubclass(kind, int):
        return _add(_whole_number(value), parts, size)  # type: ignore[arg-type]
    for base in (float, complex, str, bytes):
        if issubclass(kind, base):
            if base in (str, bytes) and base.__len__(value) > LARGEST:  # type: ignore[arg-type]
                raise Unspeakable
            return _add(base.__repr__(value), parts, size)  # type: ignore[arg-type]
    if issubclass(kind, bytearray):
        return _add("bytearray(" + repr(bytes(bytearray.__getitem__(value, slice(None)))) + ")", parts, size)  # type: ignore[arg-type]
    return _spell_container(value, kind, parts, size, depth)  # type: ignore[arg-type]


def _spell_container(value: object, kind: type, parts: "list[str]", size: "_Spelling", depth: int) -> None:
    for base, opening, closing in (
        (list, "[", "]"),
        (tuple, "(", ")"),
        (set, "{", "}"),
        (frozenset, "frozenset({", "})"),
    ):
        if issubclass(kind, base):
            members: list[object] = list(base.__iter__(value))  # type: ignore[arg-type]
            if not members and base in (set, frozenset):
                return _add(base.__name__ + "()", parts, size)
            _add(opening, parts, size)
            for place, member in enumerate(members):
                if place:
                    _add(", ", parts, size)
                _spell(member, parts, size, depth + 1)
            return _add(",)" if base is tuple and len(members) == 1 else closing, parts, size)
    if issubclass(kind, dict):
        _add("{", parts, size)
        pairs: list[tuple[object, object]] = list(dict.items(value))  # type: ignore[arg-type]
        for place, (key, member) in enumerate(pairs):
            if place:
                _add(", ", parts, size)
            _spell(key, parts, size, depth + 1)
            _add(": ", parts, size)
            _spell(member, parts, size, depth + 1)
        return _add("}", parts, size)
    raise Unspeakable


def _whole_number(value: int) -> str:
    # Python 3.11 refuses to write more than 4,300 decimal digits; hexadecimal has no such limit and reads back as well.
    bits = int.bit_length(value)
    if bits > 4 * LARGEST:
        raise Unspeakable
    return int.__repr__(value) if bits < 12_000 else hex(int.__index__(value))


def _add(text: str, parts: "list[str]", size: "_Spelling") -> None:
    # What is not ASCII may take four bytes a character on the pipe.
    size.size += len(text.encode("utf-8", "replace"))
    if size.size > LARGEST:
        raise Unspeakable
    parts.append(text)
