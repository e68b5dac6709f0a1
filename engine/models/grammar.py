"""A JSON schema as a llama.cpp grammar (GBNF) that allows no blanks between its tokens.

The grammar llama.cpp makes of a schema lets a model indent its JSON, and a small one does: a third of the tokens of
a review were line breaks and blanks (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

_CHAR = r'char ::= [^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})'


def compact_grammar(schema: Mapping[str, object]) -> str | None:
    """GBNF for closed objects, arrays, strings and enumerations of strings; None for a schema with anything else.

    >>> (compact_grammar({"type": "string", "maxLength": 8}) or "").splitlines()[0]
    'root ::= "\\\\"" char{0,8} "\\\\""'
    >>> compact_grammar({"type": "number"}) is None
    True
    """
    rule = _rule(cast("Mapping[str, Any]", schema))
    return None if rule is None else f"root ::= {rule}\n{_CHAR}"


def _rule(schema: Mapping[str, Any]) -> str | None:
    if "enum" in schema:
        words = schema["enum"]
        return f"({' | '.join(map(_literal, words))})" if all(isinstance(word, str) for word in words) else None
    make = _KINDS.get(schema.get("type", ""))
    return make(schema) if make else None


def _string(schema: Mapping[str, Any]) -> str:
    most = schema.get("maxLength", "")
    return f'"\\"" char{{0,{most}}} "\\""'


def _array(schema: Mapping[str, Any]) -> str | None:
    item = _rule(schema["items"])
    if item is None:
        return None
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    if most == 0:
        return '"[]"'
    more = f"{{{max(least - 1, 0)},{'' if most is None else most - 1}}}"
    return f'"[" ({item} ("," {item}){more}){"" if least else "?"} "]"'


def _object(schema: Mapping[str, Any]) -> str | None:
    """All keys in the order they are named in."""
    if schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(schema["properties"]):
        return None
    parts: list[str] = []
    for key, value in schema["properties"].items():
        rule = _rule(value)
        if rule is None:
            return None
        parts.append(f'{_literal(key)} ":" {rule}')
    keys = ' "," '.join(parts)
    return f'"{{" {keys} "}}"'


def _literal(word: str) -> str:
    """A GBNF literal that matches a JSON string."""
    return msgspec.json.encode(msgspec.json.encode(word).decode()).decode()


_KINDS: dict[str, Callable[[Mapping[str, Any]], str | None]] = {"string": _string, "array": _array, "object": _object}
