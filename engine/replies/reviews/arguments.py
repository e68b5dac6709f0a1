"""A call made from a signature and the arguments that a reviewer names, where these settle it."""

from __future__ import annotations

import ast
import functools
import re

from ...examples import values
from ...examples.scan import closing
from .called import LONGEST, Parameter, Signature

_EMPTY = {"list": "[]", "str": "''", "string": "''", "dict": "{}", "dictionary": "{}", "tuple": "()", "set": "set()",
          "array": "[]", "sequence": "[]", "text": "''", "列表": "[]", "数组": "[]", "字符串": "''", "字典": "{}",
          "liste": "[]", "lista": "[]", "список": "[]", "строка": "''", "リスト": "[]", "文字列": "''"}  # fmt: skip
_EMPTY_WORDS = re.compile(
    r"(?<!non-)(?<!not )\b(?:empty|leere[nrms]?|vide|vac[íi][oa]|vazi[oa]|пуст\w+)\b|(?<!非)空の?", re.IGNORECASE
)
_VALUE = (
    r"(?:`(?P<code>[^`\n]{1,80})`|(?P<bare>-?\d+(?:\.\d+)?|True|False|None|\"[^\"\n]{0,60}\"|'[^'\n]{0,60}'|[\[({]))"
)
_GIVEN = re.compile(
    r"(?:\b(?:for|with|on|given|inputs?|passing|für|bei|pour|avec|para|com|con|при|для)|(?:对于)?(?:输入|当)(?:为|是)?"
    r"|对于|入力が?)(?: (?:an?|the|input|value|argument|of|wert|la|l'entrée|valeur|el|valor|ввод\w*)){0,3}\s*[:=]?\s*"
    + _VALUE,
    re.IGNORECASE,
)


def from_arguments(text: str, of: Signature) -> str:
    """The call that a list of arguments makes ("n = 0", "3, 4", "[]"), "" when they do not fit."""
    text = text.strip().strip("`").strip()
    if not of.is_free or not of.name or not text or len(text) > LONGEST:
        return ""
    tree = values.expression(f"{of.name}({_inner(text)})")
    if not isinstance(tree, ast.Call) or not _all_plain([*tree.args, *(word.value for word in tree.keywords)]):
        return from_prose(text, of)
    names = [word.arg for word in tree.keywords]
    required = [parameter.name for parameter in of.parameters]
    if tree.args and not names:
        if len(tree.args) != len(required) or any(parameter.keyword for parameter in of.parameters):
            return ""
    elif tree.args or set(names) != set(required):
        return from_prose(text, of)
    return _spelled(of, {n: w.value for n, w in zip(names, tree.keywords, strict=True) if n} if names else tree.args)


def _inner(text: str) -> str:
    """Arguments without what introduces them."""
    return re.sub(r"(?<=[\w\]\)'\"])\s*(?:;|\band\b|\n)\s*(?=\w+\s*=)", ", ", text).rstrip(".;,")


def _all_plain(trees: list[ast.expr]) -> bool:
    try:
        for tree in trees:
            values.literal_of(tree)
    except values.NotPlain:
        return False
    return True


def _spelled(of: Signature, given: list[ast.expr] | dict[str, ast.expr]) -> str:
    if isinstance(given, list):
        return f"{of.name}({', '.join(map(ast.unparse, given))})"
    parts = [
        f"{p.name}={ast.unparse(given[p.name])}" if p.keyword else ast.unparse(given[p.name]) for p in of.parameters
    ]
    return f"{of.name}({', '.join(parts)})"


def from_prose(text: str, of: Signature) -> str:
    """The call that a sentence tells of ("when n is 0", "for an empty list"), "" when any argument is left open."""
    if not of.is_free or not of.name or not of.parameters:
        return ""
    given: dict[str, ast.expr] = {}
    for parameter in of.parameters:
        value = _named(text, parameter)
        if not value and len(of.parameters) == 1:
            value = _empty(text, parameter) or _sole(text)
        tree = values.expression(value) if value else None
        if tree is None or not _all_plain([tree]):
            return ""
        given[parameter.name] = tree
    return _spelled(of, given)


@functools.lru_cache(maxsize=256)
def _naming(name: str) -> re.Pattern[str]:
    said = r"\s*(?:==?|:=|is (?:equal to )?|equals|être|est|es igual a|ist|为|是|が|=)\s*"
    return re.compile(
        rf"(?<![\w.])`?{re.escape(name)}`?{said}{_VALUE}|`{re.escape(name)}\s*==?\s*(?P<within>[^`\n]{{1,80}})`"
    )


def _named(text: str, parameter: Parameter) -> str:
    found = _naming(parameter.name).search(text)
    if found:
        return found["within"] or _value(found, text)
    is_empty = r"`? (?:is|ist|est|es|está|é|are) (?:an )?(?:empty|leer|vide|vac[íi]o|vazi[oa])\b"
    empty = re.search(rf"(?<![\w.])`?{re.escape(parameter.name)}{is_empty}", text)
    return _empty_of(parameter.annotation) if empty else ""


def _value(found: re.Match[str], text: str) -> str:
    if found["code"] is not None:
        return found["code"]
    bare = found["bare"]
    if bare not in {"[", "(", "{"}:
        return bare
    end = closing(text, found.end() - 1)
    return text[found.end() - 1 : end] if end else ""


def _sole(text: str) -> str:
    """The value of the only parameter, where a text names one ("for input 0")."""
    for found in _GIVEN.finditer(text):
        value = _value(found, text)
        tree = values.expression(value) if value else None
        if tree is not None and _all_plain([tree]):
            return value
    return ""


_NO_TYPE = frozenset({"input", "inputs", "case", "cases", "one", "collection", "value"})


def _empty(text: str, parameter: Parameter) -> str:
    """The empty value a text speaks of, of the type that it or the annotation names."""
    own = _empty_of(parameter.annotation)
    for found in _EMPTY_WORDS.finditer(text):
        after = re.match(r"[\s`]*(\w+)", text[found.end() :])
        word = after[1].lower() if after else ""
        named = _EMPTY.get(word) or _EMPTY.get(word.removesuffix("s"))
        named = named or next((value for kind, value in _EMPTY.items() if word.startswith(kind)), None)
        if named and own:
            return named if named == own else ""
        if named or word in _NO_TYPE | {parameter.name.lower()}:
            return named or own
    return ""


def _empty_of(annotation: str) -> str:
    kind = re.match(r"\w+", annotation.rpartition(".")[2] if "[" not in annotation else annotation)
    word = kind[0].lower() if kind else ""
    return _EMPTY.get(word, "[]" if word in {"iterable", "collection"} else "{}" if word == "mapping" else "")
