"""The call that shows a bug: as the reviewer wrote it, or made from a signature and the values it named."""

from __future__ import annotations

import ast
import functools
import re
from typing import NamedTuple

from ...examples import values
from ...examples.doctests import interactive_examples
from ...examples.scan import closing
from ...facts import Example
from ..python import parsed

LONGEST = 500
"""Characters of a call, and of any other part of a finding."""
_CALLS = 40
"""Mentions of the function that are looked at in one text."""
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
    rf"(?:\b(?:for|with|on|given|inputs?|passing|für|bei|pour|avec|para|com|con|при|для)|(?:对于)?(?:输入|当)(?:为|是)?|对于|入力が?)(?: (?:an?|the|input|value|argument|of|wert|la|l'entrée|valeur|el|valor|ввод\w*)){{0,3}}\s*[:=]?\s*{_VALUE}",
    re.IGNORECASE,
)


class Parameter(NamedTuple):
    """A parameter that has to be given."""

    name: str
    annotation: str
    keyword: bool = False


class Signature(NamedTuple):
    """What is known of a function from its source."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    """Those without a default."""
    is_free: bool = True
    """Whether it can be called by its bare name: no method, no `*args` alone."""
    locals: frozenset[str] = frozenset()
    """Parameters and names that are bound inside: a call that needs one of them is no input."""


def signature(source: str) -> Signature:
    """The signature of the last function at the top of a source; one without a name for what does not parse."""
    tree = parsed(source) or parsed(source.partition('"""')[0] + "...")
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)] if tree else []
    if not functions:
        found = re.search(r"\bdef\s+(\w+)\s*\(", source)
        return Signature(found[1] if found else "", is_free=False)
    function = functions[-1]
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    required = plain[: len(plain) - len(given.defaults)]
    named = [arg for arg, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is None]
    bound = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return Signature(
        name=function.name,
        parameters=(
            *(Parameter(arg.arg, _annotation(arg)) for arg in required),
            *(Parameter(arg.arg, _annotation(arg), keyword=True) for arg in named),
        ),
        is_free=not (plain and plain[0].arg in {"self", "cls"}) and isinstance(function, ast.FunctionDef),
        locals=frozenset(bound | {arg.arg for arg in (*plain, *given.kwonlyargs)}),
    )


def parameters(header: str) -> tuple[str, ...]:
    """The names of a function's parameters that may be given by place, in order; `self` is none."""
    tree = parsed(header.rstrip("\n") + "\n    ...")
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)] if tree else []
    plain = [arg.arg for arg in functions[-1].args.args] if functions and not functions[-1].args.posonlyargs else []
    return tuple(plain[1:] if plain[:1] in (["self"], ["cls"]) else plain)


def _annotation(arg: ast.arg) -> str:
    try:
        return ast.unparse(arg.annotation) if arg.annotation else ""
    except RecursionError:
        return ""


# ------------------------------------------------------------------------------------------------- as it is written


def stated(text: str, of: Signature) -> tuple[str, str]:
    """The call of a field that should hold one, and what it is compared with; ("", "") when there is none.

    A field may hold the call, a session, an assert, or only the arguments.
    """
    text = text.strip().strip("`").strip()[: LONGEST + 1]
    if text.startswith(">>>"):
        session, _ = interactive_examples(re.sub(r"\A>>>\s*", ">>> ", text))
        shown = session[0].example(0) if session else Example(source="")
        call, expected = _called(shown.source)
        return (call, expected or shown.raises or shown.want.strip()) if call else ("", "")
    call, expected = _called(text)
    if call:
        return (call, expected) if _stands_alone(call, of) else ("", "")
    mentioned = mentions(text, of)
    return (mentioned[0][0], "") if mentioned else (from_arguments(text, of), "")


def _stands_alone(call: str, of: Signature) -> bool:
    """Whether a call needs no name that only the function knows."""
    tree = values.expression(call)
    return tree is not None and not values.free_names(tree) & (of.locals - {of.name})


def _called(text: str) -> tuple[str, str]:
    tree = parsed(text) if len(text) <= LONGEST else None
    if tree is None or len(tree.body) != 1:
        return "", ""
    statement = tree.body[0]
    claim = getattr(statement, {ast.Expr: "value", ast.Assert: "test"}.get(type(statement), ""), None)
    if not isinstance(claim, ast.expr) or not _calls(claim):
        return "", ""
    if isinstance(claim, ast.Compare) and len(claim.ops) == 1 and isinstance(claim.ops[0], ast.Eq):
        left, right = claim.left, claim.comparators[0]
        return (ast.unparse(left), ast.unparse(right)) if _calls(left) else ("", "")
    return (text if isinstance(statement, ast.Expr) else ast.unparse(claim)), ""


def _calls(tree: ast.expr) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(tree))


@functools.lru_cache(maxsize=64)
def _mention(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w])(?:[A-Za-z_]\w*(?:\([^()\n]{{0,80}}\))?\.){{0,3}}{re.escape(name)}\s?\(")


def mentions(text: str, of: Signature) -> list[tuple[str, int]]:
    """The calls of the function in prose that can be run as they stand, each with the place after it."""
    if not of.name:
        return []
    found: list[tuple[str, int]] = []
    for match in list(_mention(of.name).finditer(text))[:_CALLS]:
        end = closing(text, match.end() - 1)
        call = text[match.start() : end]
        if end and _can_be_run(call, of) and not text[: match.start()].endswith("def "):
            found.append((" ".join(call.split()) if "\n" in call else call, end))
    return found


def _can_be_run(call: str, of: Signature) -> bool:
    tree = values.expression(call) if len(call) <= LONGEST else None
    if not isinstance(tree, ast.Call) or any(
        isinstance(node, ast.Constant) and node.value is ... for node in ast.walk(tree)
    ):
        return False
    modules = {
        node.value.id for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    unknown = values.free_names(tree) - {of.name} - (modules - of.locals)
    if not of.is_free and isinstance(tree.func, ast.Name):
        return False  # A method without its object.
    return all(name[:1].isupper() and name not in of.locals for name in unknown)


# ------------------------------------------------------------------------------------------------- from a signature


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
    empty = re.search(
        rf"(?<![\w.])`?{re.escape(parameter.name)}`? (?:is|ist|est|es|está|é|are) (?:an )?(?:empty|leer|vide|vac[íi]o|vazi[oa])\b",
        text,
    )
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


def _empty(text: str, parameter: Parameter) -> str:
    """The empty value a text speaks of, of the type that it or the annotation names."""
    found = _EMPTY_WORDS.search(text)
    if not found:
        return ""
    after = re.match(r"[\s`]*(\w+)", text[found.end() :])
    word = after[1].lower() if after else ""
    named = _EMPTY.get(word) or _EMPTY.get(word.removesuffix("s"))
    if named is None and (asian := next((v for k, v in _EMPTY.items() if text[found.end() :].startswith(k)), None)):
        named = asian
    if named is None and word not in {
        "input",
        "inputs",
        parameter.name.lower(),
        "case",
        "cases",
        "one",
        "collection",
        "value",
    }:
        return ""
    own = _empty_of(parameter.annotation)
    return "" if named and own and named != own else named or own


def _empty_of(annotation: str) -> str:
    kind = re.match(r"\w+", annotation.rpartition(".")[2] if "[" not in annotation else annotation)
    word = kind[0].lower() if kind else ""
    return _EMPTY.get(word, "[]" if word in {"iterable", "collection"} else "{}" if word == "mapping" else "")
