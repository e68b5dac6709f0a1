"""The program as it is sent into the sandbox: bounded, and without the expected outputs of its examples."""

from __future__ import annotations

import re

from ..facts import Fact
from ..project import NOWHERE, Location

LARGEST = 256 * 1024
"""Most bytes of a program that is run; larger ones are not even parsed."""
_EXAMPLE = re.compile(r"(?:.*(?:\"\"\"|'''))?\s*>>>(?: |$)")
_OPENING = re.compile(r"#[^\n]*|\"\"\"|'''|[\"']")
_CLOSING = {
    quote: re.compile(rf"\\.|{quote}" + ("" if len(quote) == 3 else r"|\n"), re.S) for quote in ('"""', "'''", '"', "'")
}


class Job(Fact, frozen=True):
    """One program and where it stands."""

    program: str
    location: Location = NOWHERE
    linked: tuple[str, ...] = ()
    """Folders of other projects that the environment links to, as editable installs do; they may be read."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The user's folders that the program may read, but for what is private in them."""
        return (*self.location.reads, *self.linked)


def job_for(program: str, location: Location, linked: tuple[str, ...] = ()) -> Job:
    """The job for a program, without what its examples expect."""
    return Job(program=without_expected(program), location=location, linked=linked)


def without_expected(program: str) -> str:
    """The program with the lines that examples expect made empty; line numbers stay.

    It goes by lines, as doctest does, and parses nothing: a hostile source must not get to upset a parser here.
    """
    lines, texts = program.split("\n"), _texts(program)
    begins, place, wants, in_source = 0, 0, False, False
    for number, line in enumerate(lines):
        ends = begins + len(line)
        while place < len(texts) and texts[place][1] < begins:
            place += 1
        # Where the literal that was open when the line began is closed, and whether one is open when it ends.
        closing = next((end - begins for start, end in texts[place : place + 1] if start <= begins), -1)
        goes_on = _is_inside(ends, texts, place)
        stripped = line.strip()
        if _EXAMPLE.match(line):
            wants, in_source = goes_on, True
        elif wants and in_source and (stripped == "..." or stripped.startswith("... ")):
            wants = goes_on
        elif wants and stripped:
            in_source = False
            if goes_on and closing > len(line):
                lines[number] = "\\" if line.endswith("\\") else ""
            elif closing >= 0 and line[:closing].strip():
                lines[number] = line[closing:]
            wants = goes_on and closing > len(line)
        else:
            wants = in_source = False
        begins = ends + 1
    return "\n".join(lines)


def _is_inside(offset: int, texts: list[tuple[int, int]], place: int) -> bool:
    """Whether a newline at `offset` belongs to a string literal; those before `place` are known to have ended."""
    while place < len(texts) and texts[place][0] <= offset:
        if offset < texts[place][1]:
            return True
        place += 1
    return False


def _texts(program: str) -> list[tuple[int, int]]:
    """Where the string literals lie: the first character of each and the one behind its last, without the quotes.

    One pass over quotes and comments. One that is never closed goes on to its line's end, or the program's.
    """
    found: list[tuple[int, int]] = []
    at = 0
    while opening := _OPENING.search(program, at):
        start = at = opening.end()
        if opening[0][0] == "#":
            continue
        closing = _CLOSING[opening[0]].search(program, at)
        while closing and closing[0][0] == "\\":
            closing = _CLOSING[opening[0]].search(program, closing.end())
        found.append((start, closing.start() if closing else len(program)))
        at = closing.end() if closing else len(program)
    return found
