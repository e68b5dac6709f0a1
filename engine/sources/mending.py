"""A file that does not parse, with what is broken blanked out: the rest can then be read as if it were whole.

tree-sitter recovers from many errors by itself, but one unclosed bracket turns the rest of the file into arguments.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable

from .syntax import PARSED_WHOLE, decode, parse, problem_in

Lines = list[bytes]
Parses = Callable[[bytes], bool]

_CONTINUES = re.compile(rb"(?:else|elif|except|finally)\b|[)\]}#]|\"\"\"|'''")
"""How a line begins that is no statement of its own, though it is not indented further."""
_MOST_JOINED = 8
"""Pieces. A string or bracket whose lines are not indented looks like several statements; few are longer than this."""


def mended(raw: bytes) -> bytes:
    """The text with the smallest statements that do not parse replaced by spaces; every offset stays what it was."""
    parses = _python_takes if len(raw) <= PARSED_WHOLE else _grammar_takes
    return b"".join(_mended(re.findall(rb"[^\n]*\n|[^\n]+", raw), b"", parses))


def _mended(lines: Lines, margin: bytes, parses: Parses) -> Lines:
    pieces = _pieces(lines, margin)
    out: Lines = []
    while pieces:
        joined = next((n for n in range(1, _MOST_JOINED + 1) if _sound(pieces[:n], margin, parses)), 0)
        if joined:
            out.extend(line for piece in pieces[:joined] for line in piece)
        else:
            out.extend(_mended_inside(pieces[0], margin, parses))
        pieces = pieces[joined or 1 :]
    return out


def _mended_inside(piece: Lines, margin: bytes, parses: Parses) -> Lines:
    """A broken statement: its head and what is sound in its block, or nothing when the head itself is broken."""
    for number, line in enumerate(piece[1:], start=1):
        deeper = _indentation(line)
        if line.strip() and len(deeper) > len(margin) and deeper.startswith(margin):
            if _sound([[*piece[:number], deeper + b"pass\n"]], margin, parses):
                return piece[:number] + _mended(piece[number:], deeper, parses)
            if piece[number - 1].rstrip().endswith(b":"):
                break
    return [_blank(line) for line in piece]


def _pieces(lines: Lines, margin: bytes) -> list[Lines]:
    """The lines cut before each that begins a statement at this margin."""
    pieces: list[Lines] = [[]]
    for line in lines:
        rest = line[len(margin) :]
        begins = line.startswith(margin) and rest[:1].strip() and not _CONTINUES.match(rest)
        if begins and pieces[-1]:
            pieces.append([])
        pieces[-1].append(line)
    return [piece for piece in pieces if piece]


def _sound(pieces: list[Lines], margin: bytes, parses: Parses) -> bool:
    text = b"".join(line for piece in pieces for line in piece)
    return parses(b"if 1:\n" + text if margin else text)


def _python_takes(text: bytes) -> bool:
    # A piece may hold `nonlocal` or `return` out of its function: only the grammar is asked, not the compiler.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(decode(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return not problem_in(decode(text), None)
    return True


def _grammar_takes(text: bytes) -> bool:
    return not parse(text).root_node.has_error


def _indentation(line: bytes) -> bytes:
    return line[: len(line) - len(line.lstrip(b" \t"))]


def _blank(line: bytes) -> bytes:
    return b" " * (len(line) - 1) + b"\n" if line.endswith(b"\n") else b" " * len(line)
