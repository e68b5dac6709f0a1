"""The format of a prompt file.

    ---
    source: arXiv 2603.03406, section 3.2       where its wording or its rules come from
    parts: context, stub                        the names it may use
    ---
    ## system                                   sections are turns of the conversation: system, user, assistant;
    You write Python functions.                 pairs of user and assistant are worked examples
    ## user
    {{context}}                                 a line that is only an empty part goes, and no double blank line stays

    Write `{{name}}`.

Parts are put in as they are: what they contain is never read as a placeholder, heading or anything else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, cast

from ..errors import SettingsError
from ..facts import Fact
from ..models.chat import Message
from ..system.nearest import nearest

TurnRole = Literal["system", "user", "assistant"]

_HEADING = re.compile(r"## (system|user|assistant)[ \t]*")
_PART = re.compile(r"\{\{([A-Za-z_][A-Za-z0-9_]*)\}\}")
_KEYS = ("source", "parts")


class Section(Fact, frozen=True):
    """One turn, with its placeholders."""

    role: TurnRole
    text: str


class Prompt(Fact, frozen=True):
    """One prompt file."""

    name: str
    """Its path without the ending, as in `coder/draft`."""
    file: str
    """Where it was read from, for errors."""
    source: str
    parts: tuple[str, ...]
    """The names it may use; a caller may give these and no others."""
    sections: tuple[Section, ...]

    @property
    def used(self) -> frozenset[str]:
        """The parts its text really has."""
        return frozenset(part for section in self.sections for part in _PART.findall(section.text))

    def render(self, given: Mapping[str, str]) -> tuple[Message, ...]:
        """The conversation with every part in its place; a turn that comes out empty is left out.

        Raises:
            SettingsError: a part is given that the prompt does not know, or one it uses is not given.
        """
        for part in given:
            _known(part, self.parts, self.file, "is given a part")
        for part in sorted(self.used - given.keys()):
            got = ", ".join(sorted(given)) or "nothing"
            raise SettingsError(f"{self.file}: nothing was given for {{{{{part}}}}}; given: {got}")
        turns = (Message(role=section.role, content=filled(section.text, given)) for section in self.sections)
        return tuple(turn for turn in turns if turn.content)


def parsed(name: str, file: str, text: str, allowed: Sequence[str] | None = None) -> Prompt:
    """The prompt that a file's text describes. `allowed`: the parts callers give, when another file declared them.

    Raises:
        SettingsError: the text has not the form above; it names the file, and the nearest known word.
    """
    front, body = _front_matter(file, text.replace("\r\n", "\n").removeprefix("\ufeff"))
    parts = tuple(word for word in re.split(r"[,\s\[\]]+", front.get("parts", "")) if word)
    if allowed is not None:
        for part in parts:
            _known(part, allowed, file, "declares the part")
        parts = tuple(allowed)
    prompt = Prompt(name=name, file=file, source=front.get("source", ""), parts=parts, sections=_sections(file, body))
    for part in sorted(prompt.used):
        _known(part, parts, file, "uses the part")
    return prompt


def filled(text: str, given: Mapping[str, str]) -> str:
    """A section's text with its parts in place.

    A part alone on its line brings its own lines: its last newline is the line's, and when it is empty the line goes.
    """
    lines: list[str] = []
    left_out = False
    for line in text.split("\n"):
        alone = _PART.fullmatch(line.strip())
        if alone and not given[alone[1]].strip():
            left_out = True
            continue
        if left_out and not line.strip() and (not lines or not lines[-1].strip()):
            continue
        left_out = False
        lines.append(_replaced(line, given).rstrip("\n") if alone else _replaced(line, given))
    return "\n".join(lines).strip("\n")


def _replaced(line: str, given: Mapping[str, str]) -> str:
    return _PART.sub(lambda match: given[match[1]], line)


def _front_matter(file: str, text: str) -> tuple[dict[str, str], str]:
    match = re.match(r"---[ \t]*\n(.*?)^---[ \t]*\n", text, re.DOTALL | re.MULTILINE)
    if match is None:
        raise SettingsError(f"{file}: begin it with the lines: ---, source: …, parts: …, ---")
    front: dict[str, str] = {}
    for line in filter(str.strip, match[1].split("\n")):
        key, colon, value = (piece.strip() for piece in line.partition(":"))
        if not colon:
            raise SettingsError(f"{file}: {line.strip()!r} in the front matter has no colon")
        _known(key, _KEYS, file, "has the front matter key")
        front[key] = value
    return front, text[match.end() :]


def _sections(file: str, body: str) -> tuple[Section, ...]:
    sections: list[tuple[str, list[str]]] = []
    for line in body.split("\n"):
        if heading := _HEADING.fullmatch(line):
            sections.append((heading[1], []))
        elif sections:
            sections[-1][1].append(line)
        elif line.strip():
            raise SettingsError(f"{file}: {line.strip()!r} stands before the first ## system, ## user or ## assistant")
    if not sections:
        raise SettingsError(f"{file}: it has no ## user section, so there is nothing to send")
    if any(role == "system" for role, _ in sections[1:]):
        raise SettingsError(f"{file}: ## system may only come first; servers refuse it elsewhere")
    return tuple(Section(role=cast("TurnRole", role), text="\n".join(lines).strip("\n")) for role, lines in sections)


def _known(word: str, known: Collection[str], file: str, what: str) -> None:
    if word not in known:
        raise SettingsError(f"{file}: it {what} {word!r}, which is not known{nearest(word, known)}")
