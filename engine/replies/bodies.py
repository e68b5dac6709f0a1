"""One body out of a reply (arXiv 2603.03406, 2.3): no fences, no second signature, indentation fixed, the rest cut off.

Ways to read the reply are tried in order, each is compiled under the stub, and the first that compiles is the body.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator

from ..facts import Stub
from ..indent import dedented, indented
from ..models.chat import Reply
from . import fences
from .ending import BodyEnd
from .objects import unwrapped
from .outside import Written, definitions, needed
from .python import fault, has_code, is_placeholder, is_prose, parsed, reads_as_prose
from .signatures import fitted

_THOUGHT = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
_DOCSTRING = re.compile(
    r"(?:[ \t]*\n)*[ \t]*[rRuU]?(?:(\"\"\"|''')(?:\\.|[^\\])*?\1|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')"
    r"[ \t]*;?[ \t]*(?:#[^\n]*)?(?:\n|\Z)",
    re.DOTALL,
)


@dataclasses.dataclass(frozen=True)
class _Reading:
    """One way to read a reply."""

    body: str
    problem: str | None = None
    is_code: bool = True
    """Whether somebody would call it code although it does not compile."""
    goes_on: bool = False
    """Whether it reaches the end of the reply: in an answer that was cut there, nobody knows how much is missing."""


def body(stub: Stub, reply: Reply) -> tuple[str, str | None]:
    """The one body a reply holds (dedented, LF), and why it cannot be used, or None.

    Imports and helpers that the model wrote outside the function come first in the body, unless the stub's file has
    them. The stub's signature and docstring win. A body that does not compile is returned as it came.
    """
    text, is_cut = unwrapped(stub, _THOUGHT.sub("", _clean(reply.text))), reply.finish == "length"
    if not text.strip():
        return "", CUT if is_cut else "the reply is empty"
    first: tuple[str, str] | None = None
    tried: set[str] = set()
    for reading in _readings(stub, text, prefilled=reply.prefilled):
        if reading.body in tried:
            continue
        tried.add(reading.body)
        problem = reading.problem or _problem(stub, reading)
        if problem is None and is_cut and reading.goes_on and not _leaves_at_the_end(text, reading.body):
            problem = CUT
        if problem is None:
            return _tidy(reading.body), None
        if reading.is_code and (first is None or first[1] == _NO_CODE):
            first = _tidy(reading.body), problem
    found, problem = first or ("", _NO_CODE)
    if problem == _NO_CODE:
        found, problem = "", _no_code(text)
    return found, CUT if is_cut and not _compiles(stub, found) else problem


def only_announces(reply: Reply) -> bool:
    """Whether an answer that was begun holds words alone: it began again, and was ended at the fence of its code."""
    text = _THOUGHT.sub("", _clean(reply.text))
    return reply.prefilled and reply.finish == "stop" and not fences.blocks(text) and reads_as_prose(text)


CUT = "cut by length"
"""What is wrong with the body of an answer that ran into its limit before the body was over."""
_NO_CODE = "the reply has no code"
_FIRST_WORDS = 60
"""Characters of a reply without code that are told."""
_MOST_LINES = 2000
"""Python takes seconds to compile thousands of nested functions, and a model that writes them is repeating itself."""
_BLOCKS = 12
"""Blocks, and definitions, of one reply that are read; a reply that repeats itself without end is no better for it."""


def _compiles(stub: Stub, code: str) -> bool:
    return bool(code) and fault(stub, code) is None


def _leaves_at_the_end(text: str, code: str) -> bool:
    """Whether nothing can come after this body: its last line is whole, and always leaves the function."""
    tree = parsed(code) if text.endswith("\n") else None
    return tree is not None and bool(tree.body) and isinstance(tree.body[-1], ast.Return | ast.Raise)


def _problem(stub: Stub, reading: _Reading) -> str | None:
    lines = reading.body.count("\n")
    if lines > _MOST_LINES:
        return f"the body has {lines} lines, no more than {_MOST_LINES} are read"
    if not reading.body.strip() or is_placeholder(reading.body):
        return "the reply leaves the function empty"
    if is_prose(reading.body):
        return _NO_CODE
    problem = fault(stub, reading.body)
    return _NO_CODE if problem and reads_as_prose(reading.body) else problem


def _no_code(text: str) -> str:
    """That there is none, with the first words of what came in its place."""
    said = " ".join(text.replace("`", "").split())
    if not re.search(r"\w", said):
        return _NO_CODE
    first = said[:_FIRST_WORDS]
    if len(said) > _FIRST_WORDS:
        first = (first.rpartition(" ")[0] or first).rstrip(" ,;:.") + "…"
    return f"the model answered in prose, without code: “{first}”"


def _clean(text: str) -> str:
    """LF newlines, no byte order mark, no lone surrogates, no NUL: what a compiler can be given."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "").removeprefix("\ufeff")
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _tidy(code: str) -> str:
    lines = code.rstrip().split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    return "\n".join(lines)


# ------------------------------------------------------------------------------------------------- ways to read


def _readings(stub: Stub, text: str, *, prefilled: bool) -> Iterator[_Reading]:
    if prefilled and not _restarts(stub, text):
        yield from _continued(stub, text)
    blocks, is_open = fences.blocks(text), fences.is_open(text)
    sources = blocks or [text]
    found = [written for block in sources[-_BLOCKS:] for written in definitions(block, stub.entry_point)][-_BLOCKS:]
    # A reply that quotes the old code and then the new one means the last; a reply cut off means the last whole one.
    found.reverse()
    for written in sorted(found, key=lambda one: not _suits(stub, one)):
        yield _defined(stub, written, sources, is_open=is_open)
    if not found:
        for block in blocks[:_BLOCKS]:
            yield from _bare(stub, block, is_open=is_open and block is blocks[-1])
        if not blocks:
            yield from _bare(stub, text, is_code=has_code(text), is_open=True)
            yield _Reading(_indented_lines(text), is_code=False, goes_on=True)


def _restarts(stub: Stub, text: str) -> bool:
    ending = BodyEnd(stub)
    ending.feed(text)
    return ending.restarted


def _suits(stub: Stub, written: Written) -> bool:
    """Whether a definition stands where the stub's stands: in the class of that name, or in none."""
    classes = tuple(stub.name.split(".")[:-1])
    return written.classes[-1:] == classes[-1:] or not written.classes


def _defined(stub: Stub, written: Written, sources: list[str], *, is_open: bool) -> _Reading:
    """The body under a signature, with what it needs from around it; `is_open`: the last of the sources may go on."""
    inner, ended = _under(stub, written)
    code, problem = fitted(stub, written, inner)
    others = [source for source in sources if source is not written.block and source != written.block]
    before = needed([written.block, *others], code, stub)
    goes_on = is_open and (
        before != needed([_but_the_last(s) if s is sources[-1] else s for s in (written.block, *others)], code, stub)
        if ended
        else written.block is sources[-1]
    )
    if problem is None:
        problem = _lost_methods(stub, written, inner)
    if inner.count("\n") < _MOST_LINES and is_placeholder(inner):
        problem = "the reply leaves the function empty"
    return _Reading(before + code, problem, goes_on=goes_on)


def _but_the_last(block: str) -> str:
    """A block without its last statement, which may be half of one where the block is cut."""
    starts = [match.start() for match in re.finditer(r"^[^\s#)\]}]", block, re.MULTILINE)]
    return block[: starts[-1]] if starts else ""


def _under(stub: Stub, written: Written) -> tuple[str, bool]:
    """The body under a signature, and whether it ended before its block did."""
    line, newline, rest = written.block[written.at :].partition("\n")
    if line.strip() and not line.lstrip().startswith("#"):
        # `def f(x): return x`: what is left on the line, and the lines its brackets go on to.
        ending = BodyEnd(stub, column=written.column)
        ending.feed(" " * (written.column + 1) + line.lstrip() + newline + rest)
    else:
        ending = BodyEnd(stub, column=written.column)
        ending.feed(rest)
    ended = ending.ended
    return _without_docstring(stub, dedented(_without_margin_comments(ending.finish(), written.column))), ended


def _without_margin_comments(text: str, column: int) -> str:
    """Comments that follow the body at the function's own column speak of what comes next."""
    lines = text.rstrip().split("\n")
    while lines and (not lines[-1].strip() or (lines[-1].lstrip()[:1] == "#" and _margin(lines[-1]) <= column)):
        del lines[-1]
    return "\n".join(
        " " * (column + 4) + line.lstrip() if line.lstrip()[:1] == "#" and _margin(line) <= column else line
        for line in lines
    )


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _without_docstring(stub: Stub, code: str) -> str:
    if not stub.docstring:
        return code
    found = _DOCSTRING.match(code)
    return code[found.end() :] if found else code


def _lost_methods(stub: Stub, written: Written, inner: str) -> str | None:
    """A method cannot bring other methods with it."""
    if not written.classes:
        return None
    known = stub.before + stub.after + stub.class_header + stub.neighbours + stub.project
    for name in dict.fromkeys(re.findall(r"\b(?:self|cls)\.(\w+)\(", inner)):
        added = re.search(rf"def[ \t]+{re.escape(name)}[ \t]*\(", written.block)
        if added and name != stub.entry_point and not re.search(rf"def[ \t]+{re.escape(name)}[ \t]*\(", known):
            return f"the reply needs a method {name} that the class does not have"
    return None


def _bare(stub: Stub, block: str, *, is_code: bool = True, is_open: bool) -> Iterator[_Reading]:
    """A body without its signature, whatever its indentation."""
    yield _Reading(_without_docstring(stub, dedented(block)), is_code=is_code, goes_on=is_open)
    yield from _continued(stub, block, is_code=is_code, is_open=is_open)


def _indented_lines(text: str) -> str:
    """Code that prose holds as an indented paragraph."""
    return dedented("\n".join(line for line in text.split("\n") if line.startswith(("    ", "\t")) or not line.strip()))


def _continued(stub: Stub, text: str, *, is_code: bool = True, is_open: bool = True) -> Iterator[_Reading]:
    """Text that goes on right after the header: up to the body's end, its first line moved to where the others are."""
    ending = BodyEnd(stub)
    ending.feed(text)
    goes_on = is_open and not ending.ended
    lines = _without_margin_comments(ending.finish(), 0).split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    if not lines:
        yield _Reading("", is_code=is_code, goes_on=goes_on)
        return
    for margin in _margins(lines):
        code = dedented("\n".join([margin + lines[0].lstrip(), *lines[1:]]))
        yield _Reading(_without_docstring(stub, code), is_code=is_code, goes_on=goes_on)
    # Every logical line moved by hand: `indented` leaves the insides of strings where they are.
    code = dedented(indented("\n".join(lines), " "))
    yield _Reading(_without_docstring(stub, code), is_code=is_code, goes_on=goes_on)


def _margins(lines: list[str]) -> list[str]:
    """Indentations that the first line may have had, the likeliest first."""
    own = lines[0][: _margin(lines[0])]
    rest = [line[: _margin(line)] for line in lines[1:] if line.strip() and line.lstrip()[0] not in "#)]}"]
    least = min(rest, key=len, default=own)
    return list(dict.fromkeys([own, least, least[4:] if least.startswith("    ") else least[1:]]))
