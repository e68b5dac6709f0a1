"""xCodeEval as problems, for those who have its data; it is CC BY-NC 4.0 and never fetched by us.

The folder given by `--data` holds `problem_descriptions.jsonl` and `unittest_db.json` as published. The selection
is FunCoder's (arXiv 2605.07248 ran its 500): no text half Cyrillic, no test that is cut off ("..."), 500 drawn with
seed 42. Where *PaT* and FunCoder set the limits of their four levels is not known; ours are the usual of Codeforces.
A program is a function from the whole input to the whole output; outputs are compared token by token.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import msgspec
from msgspec.structs import replace

from ...errors import SourceError
from ...facts import Example
from ...system.regular import read_regular
from .humaneval import decode_lines, stub_of
from .problems import Inputs, Problem

SAMPLE, SEED = 500, 42
LEVELS = ((1200, "easy"), (1600, "mid"), (2000, "hard"))
"""Ratings below these; everything above is "expert"."""
LARGEST, LARGEST_TESTS = 500_000_000, 20_000_000_000
"""Bytes of the descriptions, and of the tests of all problems, which are several GB."""
USUAL_SECONDS = 2.0
"""Where a problem states no time limit."""
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LETTER = re.compile(r"[^\W\d_]")


class Description(msgspec.Struct, frozen=True):
    """What we take from a line of `problem_descriptions.jsonl`."""

    src_uid: str
    description: str
    input_spec: str | None = ""
    output_spec: str | None = ""
    sample_inputs: list[str] = []
    sample_outputs: list[str] = []
    difficulty: int | None = None
    time_limit: str | None = ""


class Unit(msgspec.Struct, frozen=True):
    """One hidden test: an input, and the outputs that are accepted."""

    input: str
    output: list[str]


def xcodeeval(folder: Path | None) -> tuple[Problem, ...]:
    """The sampled problems. Raises: SourceError when the files are not there, or are not what they should be."""
    if folder is None:
        raise SourceError("xCodeEval's data cannot be fetched by us; name its folder with --data")
    described = decode_lines(
        _bytes_of(folder / "problem_descriptions.jsonl", LARGEST), Description, "problem_descriptions.jsonl"
    )
    try:
        units = msgspec.json.decode(_bytes_of(folder / "unittest_db.json", LARGEST_TESTS), type=dict[str, list[Unit]])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise SourceError(f"unittest_db.json: {error}; the file is another version") from error
    usable = [one for one in described if _is_usable(one, units.get(one.src_uid, []))]
    usable.sort(key=lambda one: one.src_uid)
    drawn = random.Random(SEED).sample(usable, min(SAMPLE, len(usable)))  # noqa: S311 - a sample that can be repeated
    return tuple(_problem(one, units[one.src_uid]) for one in drawn)


def level_of(rating: int | None) -> str:
    """The level of a rating, "" without one."""
    return "" if rating is None else next((name for below, name in LEVELS if rating < below), "expert")


def _is_usable(one: Description, units: list[Unit]) -> bool:
    letters = len(_LETTER.findall(one.description))
    whole = all("..." not in text for unit in units for text in (unit.input, *unit.output))
    return bool(units) and whole and len(_CYRILLIC.findall(one.description)) <= letters / 2


def _problem(one: Description, units: list[Unit]) -> Problem:
    parts = [one.description, f"Input: {one.input_spec or ''}", f"Output: {one.output_spec or ''}"]
    said = "\n\n".join(part.strip() for part in parts).replace("\\", "\\\\").replace('"""', "'''")
    body = said.replace("\n", "\n    ")
    header = f'def solve(text: str) -> str:\n    """From the whole input to the whole output.\n\n    {body}\n    """'
    examples = tuple(
        Example(source=f"solve({given!r}).split() == {wanted!r}.split()", compare="truth")
        for given, wanted in zip(one.sample_inputs, one.sample_outputs, strict=False)
    )
    limit = re.match(r"\s*([\d.]+)", one.time_limit or "")
    return Problem(
        id=f"xCodeEval/{one.src_uid}",
        stub=replace(stub_of(header, "solve"), examples=examples),
        canonical="",
        inputs=Inputs(
            calls=tuple(repr([unit.input]) for unit in units),
            expected=tuple(repr(unit.output) for unit in units),
            base=len(units),
            rule="tokens",
        ),
        level=level_of(one.difficulty),
        limit=float(limit[1]) if limit else USUAL_SECONDS,
    )


def _bytes_of(path: Path, most: int) -> bytes:
    try:
        return read_regular(path, most)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}); it is part of xCodeEval's data") from error
