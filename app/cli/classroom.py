"""What `redraft lesson make | check | mark | report` do: for whoever teaches."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from ...engine.errors import EnvironmentFault, UsageError
from ...engine.lessons.files import SUFFIX, written
from ...engine.lessons.lesson import Lesson
from ...engine.lessons.making import make_lessons
from ...engine.lessons.marking import Marked, mark_claims
from ...engine.lessons.records import handed_in
from ...engine.lessons.reporting import csv_of_class, page_of_class, table_of_class
from ...engine.lessons.weighing import weaknesses
from ...engine.run.opening import limits, sandbox_choice
from ...engine.sandbox import open_sandbox
from ...engine.sandbox.runner import Sandbox
from ...engine.tables.rendering import as_plain
from ..common.output import columns, harmless, out, out_exact, out_json, paint, say
from ..common.session import Session
from ..common.targets import function_of
from ..lesson.shipped import lessons_in

VERBS = ("make", "check", "mark", "report")
FOLDER = "lessons"
"""Where lessons are made if nobody says where."""


@asynccontextmanager
async def sandbox_of(here: Session) -> AsyncIterator[Sandbox]:
    """The sandbox that the settings ask for, one for all that a command runs."""
    sandbox = await open_sandbox(sandbox_choice(here.settings, here.environ))
    try:
        yield sandbox
    finally:
        await sandbox.aclose()


async def teach(args: argparse.Namespace, here: Session) -> int:
    """Do what the verb says with what is named after it.

    Raises:
        UsageError: nothing is named, or nothing of that name is there.
    """
    verb, *named = args.lessons
    if not named:
        raise UsageError(f"redraft lesson {verb}: name what to {verb}; `redraft lesson --help` shows how")
    match verb:
        case "make":
            return await _make(args, here, named)
        case "check":
            return await _check(args, here, named)
        case "mark":
            return await _mark(args, here, named)
        case _:
            return await _report(args, here, named)


async def _make(args: argparse.Namespace, here: Session, targets: Sequence[str]) -> int:
    """0 when a lesson was made of each function, else 1."""
    folder, bare = Path(args.out or FOLDER), 0
    async with sandbox_of(here) as sandbox:
        for target in targets:
            stub = function_of(target, here.settings.context_tokens)
            made = await make_lessons(sandbox, limits(here.settings.sandbox), stub, level=args.level or 0)
            bare += not made.lessons
            if made.why_none:
                say(f"{target}: {made.why_none}")
            for number, lesson in enumerate(made.lessons, start=1):
                path = folder / f"{stub.name.replace('.', '-')}-{number}{SUFFIX}"
                _write(path, written(lesson))
                out(f"{path}: level {lesson.level}, {lesson.about}")
    return 1 if bare else 0


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path}: is there already; name another folder with --out") from error
    except OSError as error:
        raise EnvironmentFault(f"{path}: cannot be written ({error.strerror})") from error


async def _check(args: argparse.Namespace, here: Session, named: Sequence[str]) -> int:
    """0 when every lesson can be used as it is, else 1."""
    colours, grave = paint(plain=args.plain), 0
    async with sandbox_of(here) as sandbox:
        for lesson in lessons_in(named):
            found = await weaknesses(sandbox, limits(here.settings.sandbox), lesson)
            grave += any(weakness.grave for weakness in found)
            if args.json:
                out_json({"lesson": lesson.name, "weaknesses": found})
                continue
            out(colours("bold", harmless(lesson.name)) + ("" if found else colours("green", "  nothing is weak in it")))
            for weakness in found:
                sign = colours("red", "✗") if weakness.grave else colours("yellow", "!")
                out(f"  {sign} {harmless(weakness.what)}")
    return 1 if grave else 0


async def _marked(args: argparse.Namespace, here: Session, named: Sequence[str]) -> tuple[Marked, tuple[Lesson, ...]]:
    if len(named) != 1:
        raise UsageError("name one folder or file of claims; --lessons names lessons that do not ship")
    lessons = lessons_in([*(args.with_lessons or ())]) if args.with_lessons else lessons_in(())
    found = handed_in(Path(named[0]))
    async with sandbox_of(here) as sandbox:
        done = await mark_claims(sandbox, limits(here.settings.sandbox), lessons, found.records)
    return replace(done, troubles=(*done.troubles, *found.troubles[:20])), lessons


async def _mark(args: argparse.Namespace, here: Session, named: Sequence[str]) -> int:
    done, _ = await _marked(args, here, named)
    if args.json:
        out_json(done)
    else:  # One line a student and lesson is what a mark is; --csv says so, and nothing else is printed without it.
        out_exact(csv_of_class(done.marks).rstrip())
    for trouble in done.troubles:
        say(harmless(trouble))
    return 0


async def _report(args: argparse.Namespace, here: Session, named: Sequence[str]) -> int:
    done, lessons = await _marked(args, here, named)
    if args.html:
        _write(Path(args.html), page_of_class(done, lessons))
        out(f"{args.html}: written")
    elif args.csv:
        out_exact(csv_of_class(done.marks).rstrip())
    elif args.json:
        out_json(done)
    else:
        out(as_plain(table_of_class(done), columns()).rstrip())
    return 0
