"""Examples written as interactive sessions (`>>>`), read as Python's doctest reads them, and a little more kindly."""

from __future__ import annotations

import ast
import dataclasses
import doctest
import re
from typing import NamedTuple

from ..facts import Example
from ..python.parsing import parsed
from .placed import Placed

_PROMPT = re.compile(r"^([ \t]*)>>>[ ]?(.*)$")
_TRACEBACK = re.compile(r"^Traceback \((?:most recent call last|innermost last)\):[ \t]*$")
_CHAIN = (
    "(During handling of the above exception, another exception occurred:"
    "|The above exception was the direct cause of the following exception:)"
)
_BETWEEN = re.compile(rf"(\n)[ \t]*\n([ \t]*){_CHAIN}[ \t]*\n[ \t]*\n[ \t]*(Traceback \(most recent call last\):)")
_CHAINED = re.compile(rf"\n<BLANKLINE>\n{_CHAIN}\n<BLANKLINE>\n")
_GROUP = re.compile(r"  \+ Exception Group Traceback \(most recent call last\):\n(?:  \|  .*\n)*  \| (\w.*)")
"""A printed group: its frames, and the line of the group itself."""
_REFUSAL = re.compile(r"line (\d+) of the \w+ for <string> (.*)", re.DOTALL)
"""What doctest raises for a docstring that it does not read."""
_OPTION = re.compile(r"#\s*doctest:\s*([^\n'\"]*)$", re.MULTILINE)


class Interactive(NamedTuple):
    """What stands behind prompts in a docstring."""

    examples: list[Placed]
    """All that are not skipped."""
    unread: list[Placed]
    """Those of which the statement is no Python that is known here: `f(2) -> 5`, `print "a"`, newer syntax."""
    rest: str
    """The docstring with the lines of `examples` blanked."""


def interactive_examples(text: str) -> Interactive:
    """The `>>>` examples of a docstring.

    Statements that are not Python stay in the rest: prose may be read there. What is marked `# doctest: +SKIP` is no
    example, as for doctest.
    """
    text = _with_whole_tracebacks(text)
    try:
        parsed = doctest.DocTestParser().get_examples(text)
    except ValueError as error:
        # One bad indentation, or a string broken over two lines, would cost all examples of the docstring.
        return _refused(_kindly_read(text), text.split("\n"), str(error))
    lines = text.split("\n")
    found: list[Placed] = []
    unread: list[Placed] = []
    for example in parsed:
        placed = _placed(example)
        if placed is None:
            continue
        is_read = is_python(placed.found)
        if "SKIP" not in placed.found.options:
            (found if is_read else unread).append(placed)
        if is_read:
            size = example.source.count("\n") + example.want.count("\n")
            lines[example.lineno : example.lineno + size] = [""] * size
    return Interactive(found, unread, "\n".join(lines))


def is_python(example: Example) -> bool:
    """Whether an example's statement is Python as it is known here, or a SyntaxError is just what it shows."""
    return example.raises is not None or _statement(example.source) is not None


def _placed(example: doctest.Example) -> Placed | None:
    source = example.source.rstrip("\n")
    raises = _exception_of(example)
    flags = doctest.OPTIONFLAGS_BY_NAME.items()
    options = tuple(name for name, flag in flags if example.options.get(flag))
    options += tuple(f"-{name}" for name, flag in flags if example.options.get(flag) is False)
    return _example(source, example.want, raises, options, example.lineno)


def _with_whole_tracebacks(text: str) -> str:
    """A docstring in which the blank lines between chained tracebacks are spelled, so that they end no example."""
    return _BETWEEN.sub(r"\1\2<BLANKLINE>\n\2\3\n\2<BLANKLINE>\n\2\4", text)


def _exception_of(example: doctest.Example) -> str | None:
    """What an example says is raised: as doctest reads it; of chained tracebacks the last, of a group the group."""
    if example.exc_msg is None:
        group = _GROUP.match(example.want)
        return group[1] if group else None
    *_, last = _CHAINED.split(example.exc_msg)
    if last == example.exc_msg:
        return example.exc_msg.rstrip("\n")
    return _exception_line(last) or example.exc_msg.rstrip("\n")


def _example(source: str, want: str, raises: str | None, options: tuple[str, ...], offset: int) -> Placed | None:
    """None when there is no statement, nor anything expected."""
    tree = _statement(source)
    if tree is not None and not tree.body and not want:
        return None
    compare = "truth" if not want and raises is None and _claims(tree) else "output"
    return Placed(offset, Example(source=source, want=want, compare=compare, raises=raises, options=options))


def _statement(source: str) -> ast.Module | None:
    return parsed(source + "\n")


def _claims(tree: ast.Module | None) -> bool:
    """Whether a statement without output is a claim such as `f(2) == 4`: doctest would print True against nothing."""
    if tree is None or len(tree.body) != 1 or not isinstance(statement := tree.body[0], ast.Expr):
        return False
    return _is_comparison(statement.value)


def _is_comparison(expression: ast.expr) -> bool:
    match expression:
        case ast.Compare():
            return True
        case ast.BoolOp(values=values):
            return all(_is_comparison(value) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _is_comparison(operand)
        case _:
            return False


# ------------------------------------------------------------------- where doctest's parser refuses the whole docstring


def _refused(read: Interactive, lines: list[str], error: str) -> Interactive:
    """The examples with the line for which doctest refuses them all; where there are none, that line is one."""
    told = _REFUSAL.match(error)
    number, why = (int(told[1]), told[2]) if told else (1, error)
    # Of a directive without an example doctest counts the lines from 0, of everything else from 1.
    at = min(max(number - (0 if "on a line with no example" in why else 1), 0), len(lines) - 1)
    if not read.examples and not read.unread:
        read.unread.append(Placed(at, Example(source=lines[at].strip())))
    found, unread = (
        [dataclasses.replace(placed, refused=(at, why)) for placed in some] for some in (read.examples, read.unread)
    )
    return Interactive(found, unread, read.rest)


def _kindly_read(text: str) -> Interactive:
    lines = text.split("\n")
    found: list[Placed] = []
    unread: list[Placed] = []
    at = 0
    while at < len(lines):
        end = _read_one(lines, at, found, unread)
        if end:
            lines[at:end] = [""] * (end - at)
        at = end or at + 1
    return Interactive(found, unread, "\n".join(lines))


def _read_one(lines: list[str], at: int, found: list[Placed], unread: list[Placed]) -> int:
    """Reads the example that starts at a line, if one does: the line after it, else 0."""
    prompt = _PROMPT.match(lines[at])
    if not prompt or not prompt[2].strip():
        return 0
    source, after = _source(lines, at, len(prompt[1]), prompt[2])
    end = after
    while end < len(lines) and lines[end].strip() and not _PROMPT.match(lines[end]):
        end += 1
    want = _joined_literal([line.strip() for line in lines[after:end]], len(prompt[1]), lines[after:end])
    raises = _exception_line(want)
    options = _options(source)
    placed = _example(source, want, raises, options, at)
    if placed is None:
        return 0
    is_read = is_python(placed.found)
    if "SKIP" not in options:
        (found if is_read else unread).append(placed)
    return end if is_read else 0


def _source(lines: list[str], at: int, margin: int, first: str) -> tuple[str, int]:
    """The statement at a prompt and the line after it; a string that a real newline broke is joined again."""
    source, end = first, at + 1
    while end < len(lines) and re.match(r"[ \t]*\.\.\.(?: |$)", lines[end]):
        source += "\n" + lines[end].lstrip()[4:]
        end += 1
    if _statement(source) is not None:
        return source, end
    joined = source
    for number in range(end, min(end + 3, len(lines))):
        joined += "\\n" + lines[number][margin if not lines[number][:margin].strip() else 0 :]
        if _statement(joined) is not None:
            return joined, number + 1
    return source, end


def _joined_literal(stripped: list[str], margin: int, lines: list[str]) -> str:
    joined = "\\n".join(stripped)
    if len(stripped) > 1 and joined[:1] in "'\"" and _statement(joined) is not None:
        return joined + "\n"
    return "".join((line[margin:] if not line[:margin].strip() else line.lstrip()) + "\n" for line in lines)


def _exception_line(want: str) -> str | None:
    lines = want.split("\n")
    if not _TRACEBACK.match(lines[0]):
        return None
    return next((line for line in lines[1:] if re.match(r"\w", line)), None)


def _options(source: str) -> tuple[str, ...]:
    names = [name for found in _OPTION.findall(source) for name in found.replace(",", " ").split()]
    return tuple(name[1:] for name in names if name.startswith("+") and name[1:] in doctest.OPTIONFLAGS_BY_NAME)
