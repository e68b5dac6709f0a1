"""`redraft lesson [NAME | LOG | FOLDER …]`: a draft with a bug, to be found by a person. Asks no model."""

from __future__ import annotations

import argparse

from ...engine.errors import UsageError
from ...engine.lessons.claims import Claim, Verdict, tried
from ...engine.lessons.lesson import Lesson
from ...engine.run.opening import limits
from ..cli.classroom import VERBS, sandbox_of, teach
from ..common.output import (
    harmless,
    out,
    out_json,
    paint,
)
from ..common.session import Session, session
from ..common.terminal import can_show
from ..lesson.recording import notebook_of, recorded
from ..lesson.shipped import lessons_in


async def run(args: argparse.Namespace) -> int:
    """0 for a bug that was found (and for screens and lists), 1 for a claim that is none."""
    here = session(args)
    if args.lessons and args.lessons[0] in VERBS:
        return await teach(args, here)
    lessons = lessons_in(args.lessons)
    if args.level is not None:
        lessons = tuple(lesson for lesson in lessons if lesson.level == args.level)
        if not lessons:
            raise UsageError(f"none of these lessons is of level {args.level}")
    if args.call is not None or args.should_be is not None:
        return await _claimed(args, here, lessons)
    if args.list or args.json or args.plain or not can_show():
        _list(args, lessons)
        return 0
    from ..application import RedraftApp

    return await RedraftApp.learn(here, lessons, notebook_of(args, here), args.exam).run_async() or 0


async def _claimed(args: argparse.Namespace, here: Session, lessons: tuple[Lesson, ...]) -> int:
    if args.call is None or args.should_be is None:
        raise UsageError("a claim is an input and what should come out: give both --call and --should-be")
    if len(lessons) != 1:
        raise UsageError(f"a claim is about one lesson; here are {len(lessons)}, so name one of them")
    notebook, claim = notebook_of(args, here), Claim(call=args.call, should_be=args.should_be)
    async with sandbox_of(here) as sandbox:
        verdict = await tried(sandbox, limits(here.settings.sandbox), lessons[0], claim)
    if notebook is not None:
        notebook.add(recorded(lessons[0], verdict))
    _print(args, verdict)
    return 0 if verdict.result == "bug" else 1


def _print(args: argparse.Namespace, verdict: Verdict) -> None:
    if args.json:
        out_json(verdict)
        return
    colour = "green" if verdict.result == "bug" else "yellow"
    out(paint(plain=args.plain)(colour, f"{verdict.result}: {harmless(verdict.why)}"))
    if verdict.got:
        out(f"  the draft gives {harmless(verdict.got)}")


def made_by(lesson: Lesson) -> str:
    """Whose the draft is: a model's, or a mistake that was made on purpose."""
    on_purpose = lesson.scripted and lesson.level == 0
    return f"{lesson.wrong.model}, scripted" if on_purpose else lesson.wrong.model


def _list(args: argparse.Namespace, lessons: tuple[Lesson, ...]) -> None:
    """Each lesson with its draft, which is all that may be told."""
    if args.json:
        for lesson in lessons:
            code = lesson.stub.code(lesson.wrong.body)
            facts = {"lesson": lesson.name, "code": code, "model": lesson.wrong.model, "scripted": lesson.scripted}
            out_json(facts | {"title": lesson.title, "level": lesson.level})
        return
    colours = paint(plain=args.plain)
    for lesson in lessons:
        level = f"level {lesson.level}, " if lesson.level else ""
        out(colours("bold", f"{lesson.name}  ") + colours("dim", harmless(f"{level}{made_by(lesson)}")))
        if len(lessons) == 1:
            out(f"\n{harmless(lesson.stub.code(lesson.wrong.body))}")
