"""What students claimed, one JSON line each: written as they work, and read from whatever was handed in."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from ..errors import EnvironmentFault, SourceError, UsageError
from ..facts import Fact
from ..system.regular import read_regular
from .claims import Claim, Result

SUFFIX = ".jsonl"
LARGEST = 20_000_000
"""Bytes of one file of claims."""
MOST_FILES, MOST_CLAIMS = 2_000, 200_000
LONGEST = 2_000
"""Characters of an input, and of what should come out of it."""


class Record(Fact, frozen=True):
    """One claim of one student."""

    student: str
    lesson: str
    call: str = ""
    """"" for a line that tells of hints alone."""
    should_be: str = ""
    hints: int = 0
    """How many hints of the lesson had been taken by then."""
    at: str = ""
    """Wall clock, ISO 8601, UTC."""
    seconds: float = 0.0
    """Since the lesson was shown."""
    result: Result | None = None
    """What the student was told; whoever marks runs it again."""
    who: str = ""
    """Tells students of one name apart."""
    line: int = 0
    """1-based line of the draft where the mistake is, as the student says; 0 when they did not."""
    kind: str = ""
    """What kind of mistake it is, as the student says."""

    @property
    def claim(self) -> Claim:
        """What is claimed."""
        return Claim(call=self.call, should_be=self.should_be)


class HandedIn(NamedTuple):
    """All that was read."""

    records: tuple[Record, ...]
    troubles: tuple[str, ...]
    """Lines and files that could not be read, in words."""


class Notebook:
    """One student's file in a folder; lines are only added."""

    def __init__(self, folder: Path, student: str, who: str) -> None:
        """`who` tells this student from others of the name.

        Raises:
            UsageError: the name is empty, or the folder holds the work of another of that name.
            EnvironmentFault: the folder cannot be written.
        """
        self.student = " ".join(student.split())[:100]
        if not self.student:
            raise UsageError("--student needs a name")
        self._who = who
        self.path = folder / f"{_slug(self.student)}{SUFFIX}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentFault(f"{folder}: cannot be made ({error.strerror})") from error
        self.records = self._before()

    def add(self, record: Record) -> None:
        """Write one line at the end, whole or not at all.

        Raises:
            EnvironmentFault: it cannot be written.
        """
        whole = msgspec.structs.replace(record, student=self.student, who=self._who)
        try:
            number = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                os.write(number, msgspec.json.encode(whole) + b"\n")
            finally:
                os.close(number)
        except OSError as error:
            raise EnvironmentFault(f"{self.path}: cannot be written ({error.strerror})") from error
        self.records = (*self.records, whole)

    def _before(self) -> tuple[Record, ...]:
        if not self.path.exists():
            return ()
        found = handed_in(self.path).records
        if any(record.who not in {"", self._who} for record in found):
            raise UsageError(
                f"{self.path.parent}: holds the work of another {self.student}; "
                f"say who you are so that the two can be told apart, such as --student '{self.student} 2'"
            )
        return found


def handed_in(path: Path) -> HandedIn:
    """All claims of a file, or of the files of a folder; what cannot be read is told and left out.

    Raises:
        UsageError: there is nothing of that name, or too much in it.
        SourceError: it holds not one claim.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder")
    files = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]
    if len(files) > MOST_FILES:
        raise UsageError(f"{path}: {len(files)} files of claims; {MOST_FILES} are marked at once")
    records, troubles = list[Record](), list[str]()
    for file in files:
        try:
            raw = read_regular(file, LARGEST)
        except OSError as error:
            troubles.append(f"{file.name}: cannot be read ({error.strerror})")
            continue
        for number, found in enumerate(_read(raw), start=1):
            if isinstance(found, Record):
                records.append(found)
            elif found:
                troubles.append(f"{file.name} line {number}: {found}")
        if len(records) > MOST_CLAIMS:
            raise UsageError(f"{path}: more than {MOST_CLAIMS:,} claims; mark it in parts")
    if not records:
        more = f" ({troubles[0]})" if troubles else ""
        raise SourceError(
            f"{path}: there is no claim in it{more}; docs/lessons.md tells what a line of claims looks like"
        )
    return HandedIn(tuple(_told_apart(records)), tuple(troubles))


def _told_apart(records: Sequence[Record]) -> Iterator[Record]:
    """The same, in which students of one name are called by a number too."""
    known: dict[str, list[str]] = {}
    for record in records:
        if record.who not in known.setdefault(record.student, []):
            known[record.student].append(record.who)
    for record in records:
        several = known[record.student]
        number = several.index(record.who) + 1
        yield msgspec.structs.replace(record, student=f"{record.student} ({number})") if len(several) > 1 else record


def _read(raw: bytes) -> Iterator[Record | str]:
    """Each line as a claim, or why it is none; "" for an empty one."""
    for line in raw.split(b"\n"):
        if not line.strip():
            yield ""
            continue
        try:
            record = msgspec.json.decode(line, type=Record)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            yield str(error)
            continue
        name = " ".join(record.student.split())[:100]
        long = max(len(record.call), len(record.should_be)) > LONGEST
        if not name:
            yield "it names no student"
        elif long:
            yield f"a claim of more than {LONGEST:,} characters"
        else:
            yield msgspec.structs.replace(record, student=name)


def _slug(name: str) -> str:
    """A file's name that is a person's as far as a file may be called so, and no other person's."""
    plain = "".join(c if c.isalnum() else "-" for c in name)[:40].strip("-")
    return f"{plain}-{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:6]}"
