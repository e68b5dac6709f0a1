"""A file that does not parse, with what is broken blanked out: the rest can then be read as if it were whole.

tree-sitter recovers from many errors by itself, but one unclosed bracket turns the rest of the file into arguments.
"""

from __future__ import annotations

import re

from ..python.parsing import parsed
from .syntax import PARSED_WHOLE, decode, in_older_syntax, parse

Lines = list[bytes]

_CONTINUES = re.compile(rb"(?:else|elif|except|finally)\b|[)\]}#]|\"\"\"|'''")
"""How a line begins that is no statement of its own, though it is not indented further."""
_MOST_JOINED = 8
"""Pieces. A string or bracket whose lines are not indented looks like several statements; few are longer than this."""
_MOST_FAILURES = 2000
"""Attempts. A person breaks one or two statements at a time; prose that is called Python is not worth more."""
_NEWER = re.compile(rb"\btype\s+\w|\b(?:def|class)\s+\w+\s*\[")
"""What may be syntax that the parser of our own Python does not know, though the grammar does."""


def mended(raw: bytes) -> bytes:
    """The text with the smallest statements that do not parse replaced by spaces; every offset stays what it was."""
    return b"".join(_Mender(grammar_only=len(raw) > PARSED_WHOLE).mended(re.findall(rb"[^\n]*\n|[^\n]+", raw), b""))


class _Mender:
    """One mending, which ends when too much has failed; what then remains is left as it is."""

    def __init__(self, *, grammar_only: bool) -> None:
        self._grammar_only = grammar_only
        self._failures = 0

    def mended(self, lines: Lines, margin: bytes) -> Lines:
        """The lines of a block, or of the module, without the statements that do not parse."""
        pieces = _pieces(lines, margin)
        out: Lines = []
        at = 0
        while at < len(pieces) and self._failures < _MOST_FAILURES:
            ends = range(at + 1, min(at + _MOST_JOINED, len(pieces)) + 1)
            end = next((end for end in ends if self._is_sound(pieces[at:end], margin)), 0)
            kept = [line for piece in pieces[at:end] for line in piece] if end else self._inside(pieces[at], margin)
            out.extend(kept)
            at = end or at + 1
        return out + [line for piece in pieces[at:] for line in piece]

    def _inside(self, piece: Lines, margin: bytes) -> Lines:
        """A broken statement: its head and what is sound in its block, or nothing when the head itself is broken."""
        for number, line in enumerate(piece[1:], start=1):
            deeper = _indentation(line)
            if line.strip() and len(deeper) > len(margin) and deeper.startswith(margin):
                if self._is_sound([[*piece[:number], deeper + b"pass\n"]], margin):
                    return piece[:number] + self.mended(piece[number:], deeper)
                if piece[number - 1].rstrip().endswith(b":"):
                    break
        return [_blank(line) for line in piece]

    def _is_sound(self, pieces: list[Lines], margin: bytes) -> bool:
        text = b"".join(line for piece in pieces for line in piece)
        if margin:
            text = b"if 1:\n" + text
        sound = (not self._grammar_only and _python_takes(text)) or (
            (self._grammar_only or _NEWER.search(text) is not None) and not parse(text).root_node.has_error
        )
        self._failures += not sound
        return sound


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


def _python_takes(text: bytes) -> bool:
    # A piece may hold `nonlocal` or `return` out of its function: only the grammar is asked, not the compiler.
    program = decode(text)
    return _parses(program) or _parses(in_older_syntax(program))


def _parses(program: str) -> bool:
    return parsed(program) is not None


def _indentation(line: bytes) -> bytes:
    return line[: len(line) - len(line.lstrip(b" \t"))]


def _blank(line: bytes) -> bytes:
    return b" " * (len(line) - 1) + b"\n" if line.endswith(b"\n") else b" " * len(line)
