"""Reading Python that may be wrong, without a warning or an exception getting out."""

from __future__ import annotations

import ast
import keyword
import re

from msgspec.structs import replace

from ..facts import Stub
from ..python.parsing import UNREADABLE, compiles, parsed
from ..sources import in_older_syntax

_CODE_LINE = re.compile(
    r"^[ \t]*(?:return\b|raise\b|(?:for|while|if|with|elif|except)\b.*:|(?:else|try):|(?:async )?def \w+\(|import \w"
    r"|from [\w.]+ import|[A-Za-z_][\w.]*(?:\[[^\]\n]*\])?(?:, *\w+)*[ \t]*[-+*/|&%]?=(?!=)|yield\b|[A-Za-z_][\w.]*\()",
    re.MULTILINE,
)
_TEXTS = re.compile(r"(?<!\w)[bfruBFRU]{0,2}(?:\"(?:\\.|[^\"\\])*(?:\"|$)|'(?:\\.|[^'\\])*(?:'|$))|#.*")
"""Strings, closed or not, and comments of one line; an apostrophe follows a letter and begins no string."""
_WORDS = re.compile(r"(?<![\w.])([^\W\d_]+(?:'\w+)?)(?=,? +([^\W\d_]+(?:'\w+)?)\b)")


def fault(stub: Stub, body: str) -> str | None:
    """Why the stub with this body does not compile ("line 3: invalid syntax", from its top), None if it does."""
    code = stub.code(body)
    if parsed(stub.code("pass")) is None:
        # The user's header may be newer than our Python (`def f[T](x: T)`); it is not the model's fault.
        code = replace(stub, header=_plain_header(stub.header)).code(body)
    if parsed(code) is None:
        # So may be the body: the interpreter that runs it has the last word.
        code = in_older_syntax(code)
    try:
        compiles(code)
    except SyntaxError as error:
        if "nonlocal" in (error.msg or "") and parsed(code) is not None:
            return None  # The name is bound in the function around the stub.
        return f"line {error.lineno or 1}: {error.msg}"
    except UNREADABLE as error:
        return f"it cannot be compiled: {type(error).__name__}"
    return None


def _plain_header(header: str) -> str:
    """A header of as many lines that every Python reads."""
    starts_async = re.search(r"^\s*async\s+def\b", header, re.MULTILINE)
    return ("async " if starts_async else "") + "def _(*_args, **_kwargs):" + "\n" * max(header.count("\n"), 1)


def names_used(code: str) -> set[str]:
    """Names a piece of code mentions; every word of it when it does not parse."""
    tree = parsed(code)
    if tree is None:
        return set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", code))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def is_placeholder(body: str) -> bool:
    """Whether a body does nothing: a docstring, `pass`, `...`, `raise NotImplementedError`."""
    tree = parsed(body)
    return tree is not None and all(_does_nothing(statement) for statement in tree.body)


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
        case _:
            return False


def has_code(text: str) -> bool:
    """Whether any line of a text looks like Python."""
    return bool(_CODE_LINE.search(text))


def reads_as_prose(text: str) -> bool:
    """Whether a text that does not parse is a person's language: lines of words, and not one line of code."""
    if '"""' in text or "'''" in text:
        return False  # Words inside a string that was never closed.
    lines = [_TEXTS.sub("", line) for line in text.split("\n")]
    wordy = [_has_two_words(line) for line in lines]
    return any(wordy) and not any(
        _CODE_LINE.match(line) for line, is_wordy in zip(lines, wordy, strict=True) if not is_wordy
    )


def _has_two_words(line: str) -> bool:
    """Whether two names follow each other as they never do in Python."""
    return any(not keyword.iskeyword(one) and not keyword.iskeyword(two) for one, two in _WORDS.findall(line))


def is_prose(body: str) -> bool:
    """Whether text that parses is no code all the same: words, numbers and comments only ("Yes")."""
    tree = parsed(body)
    if tree is None:
        return False
    plain = ast.Name | ast.Constant | ast.Tuple | ast.Compare | ast.BinOp | ast.Attribute | ast.BoolOp
    return all(isinstance(node, ast.Expr) and isinstance(node.value, plain) for node in tree.body)
