"""A lesson as one readable TOML file: what is shown, what is right, and what only the judge may see."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Literal

import msgspec

from ..errors import SourceError
from ..facts import Draft, Example, Fact, Stub
from ..sources import find_stubs
from ..sources.reading import decoded
from ..system.regular import read_regular
from .lesson import Lesson
from .tasks import HiddenTest

SUFFIX = ".toml"
LARGEST = 200_000
"""Bytes of a lesson's file."""
MOST_TESTS, MOST_HINTS = 100, 10

Kind = Literal["bound", "missing case", "wrong operator", "wrong order", "mutation", "type", "other"]
"""What sort of mistake it is: the papers' and common classes."""


class LessonFile(Fact, frozen=True, forbid_unknown_fields=True):
    """What a lesson's file holds."""

    title: str
    teaches: str
    """What one learns by it, in a sentence."""
    level: int
    """1 (easy) to 4."""
    kind: Kind
    stub: str
    """A file with the function: its docstring with the examples that are shown, and `...` for a body."""
    wrong: str
    """The body that is shown: it holds every example of the docstring, and is wrong. Dedented."""
    right: str
    """A right body. Dedented."""
    hidden: tuple[HiddenTest, ...]
    """What only the judge may see; the wrong body fails at least one of them."""
    about: str = ""
    """What the mistake is, to be told afterwards."""
    hints: tuple[str, ...] = ()
    """What is told on request, step by step, each worth points."""
    model: str = ""
    """The model that wrote the wrong body in a real run; "" for a mistake made on purpose."""
    function: str = ""
    """Name of the function, where the stub holds several without a body."""


def read_lesson(path: Path) -> Lesson:
    """The lesson in a file.

    Raises:
        SourceError: it cannot be read, or is no lesson; told with what belongs there.
    """
    try:
        found = msgspec.toml.decode(read_regular(path, LARGEST), type=LessonFile)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise SourceError(f"{path}: {error}; docs/lessons.md tells what belongs there") from error
    if trouble := _trouble(found):
        raise SourceError(f"{path}: {trouble}; docs/lessons.md tells what belongs there")
    return Lesson(
        name=path.stem,
        stub=_stub(path, found),
        wrong=Draft(id="d1", body=_body(found.wrong), model=found.model or "a mistake made on purpose"),
        right=_body(found.right),
        proven=True,
        hidden=tuple(test.example for test in found.hidden),
        about=found.about,
        scripted=not found.model,
        title=found.title,
        teaches=found.teaches,
        level=found.level,
        kind=found.kind,
        hints=found.hints,
    )


def is_lesson(path: Path) -> bool:
    """Whether a file is named as lessons are."""
    return path.suffix == SUFFIX


def written(lesson: LessonFile) -> str:
    """The text of a lesson's file."""
    lines = [
        f"title = {_short(lesson.title)}",
        f"teaches = {_short(lesson.teaches)}",
        f"level = {lesson.level}",
        f"kind = {_short(lesson.kind)}",
    ]
    lines += [f"{name} = {_short(text)}" for name in ("model", "function", "about") if (text := getattr(lesson, name))]
    if lesson.hints:
        lines += ["hints = [", *(f"    {_short(hint)}," for hint in lesson.hints), "]"]
    for name in ("stub", "wrong", "right"):
        lines += ["", f"{name} = {_long(getattr(lesson, name))}"]
    for test in lesson.hidden:
        gives = f"raises = {_short(test.raises)}" if test.raises is not None else f"gives = {_short(test.gives or '')}"
        lines += ["", "[[hidden]]", f"call = {_short(test.call)}", gives]
    return "\n".join(lines) + "\n"


def hidden_test(example: Example) -> HiddenTest:
    """An example of the judge's as the file spells it."""
    call = example.source.strip()
    return HiddenTest(call=call, raises=example.raises) if example.raises else HiddenTest(call=call, gives=example.want)


def _trouble(found: LessonFile) -> str:
    """Why a file that has all fields is no lesson all the same, "" when it is one."""
    if not 1 <= found.level <= 4:
        return f"level is {found.level}; it goes from 1 to 4"
    if not found.title.strip() or not found.teaches.strip():
        return "title and teaches must say something"
    if not found.hidden or len(found.hidden) > MOST_TESTS:
        return f"hidden has {len(found.hidden)} tests; it takes 1 to {MOST_TESTS}"
    if any((test.gives is None) == (test.raises is None) for test in found.hidden):
        return 'every hidden test needs either "gives" or "raises"'
    if len(found.hints) > MOST_HINTS:
        return f"there are {len(found.hints)} hints; {MOST_HINTS} are enough"
    return "wrong and right are the same body" if _body(found.wrong) == _body(found.right) else ""


def _stub(path: Path, found: LessonFile) -> Stub:
    # Named by itself alone: what a lesson shows says nothing of the machine it lies on.
    name = f"{path.stem}.py"
    stubs = find_stubs(decoded(name, found.stub.encode(errors="replace"))).stubs
    meant = [stub for stub in stubs if found.function in {"", stub.name}]
    if len(meant) != 1:
        there = ", ".join(stub.name for stub in stubs) or "none"
        raise SourceError(
            f"{path}: stub must hold one function whose body is `...`, or function must name it; it holds {there}"
        )
    return meant[0]


def _body(text: str) -> str:
    return text.strip("\n") + "\n"


def _short(text: str) -> str:
    """A string on one line: JSON's spelling is TOML's too, but for what JSON leaves as it is."""
    spelled = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", spelled)


def _long(text: str) -> str:
    """A string of several lines as it stands, where TOML can hold it so."""
    plain = "'''" not in text and re.search(r"[^\t\n\x20-\x7e\u00a0-\ud7ff\ue000-\U0010ffff]", text) is None
    return f"'''\n{text.strip(chr(10))}\n'''" if plain else _short(text)
