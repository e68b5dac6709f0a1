"""What a student claims, kept in a folder of the class."""

from __future__ import annotations

import argparse
import uuid
from datetime import UTC, datetime
from pathlib import Path

from ...engine.errors import EnvironmentFault, UsageError
from ...engine.lessons.claims import Verdict
from ...engine.lessons.lesson import Lesson
from ...engine.lessons.records import Notebook, Record
from ...engine.system.paths import Places, write_private
from ...engine.system.regular import read_regular
from ..common.session import Session


def notebook_of(args: argparse.Namespace, here: Session) -> Notebook | None:
    """The file that a command line asks to keep claims in; None where it asks for none.

    Raises:
        UsageError: one of --student and --record is missing, or another student of that name has the file.
    """
    if args.student is None and args.record is None:
        return None
    if args.student is None or args.record is None:
        raise UsageError("a student's work is kept with both --student NAME and --record FOLDER")
    return Notebook(Path(args.record), args.student, _who(here.places))


def recorded(lesson: Lesson, verdict: Verdict, *, hints: int = 0, seconds: float = 0.0) -> Record:
    """A claim as it is kept."""
    return Record(
        student="",
        lesson=lesson.name,
        call=verdict.claim.call,
        should_be=verdict.claim.should_be,
        hints=hints,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 1),
        result=verdict.result,
    )


def _who(places: Places) -> str:
    """A number that tells this user from others of the same name; made up the first time, and kept."""
    path = places.state / "student"
    try:
        return read_regular(path, 100).decode("ascii", "replace").strip()
    except FileNotFoundError:
        made = uuid.uuid4().hex[:12]
    except OSError as error:
        raise EnvironmentFault(f"{path}: cannot be read ({error.strerror})") from error
    write_private(path, made.encode())
    return made
