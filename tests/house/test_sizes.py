"""What can be read in one go: lines of a file and of a class, parameters of a function, files of a folder.

The exceptions are those that are there; none may grow. A list that all read from the top (facts, events), a table (keys),
and a screen with all that it is told are longer than a reader likes, and shorter than their parts would be apart.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "engine", "themes", "widgets")
LINES, CLASS_LINES, PARAMETERS, FOLDER = 300, 220, 6, 30
LONG_FILES = {
    "app/application.py": 347,
    "app/common/keys.py": 316,
    "app/common/output.py": 335,
    "app/draft/actions.py": 308,
    "app/draft/screen.py": 334,
    "app/lesson/screen.py": 301,
    "app/run/view.py": 304,
    "engine/events.py": 370,
    "engine/facts.py": 687,
    "engine/journal/journal.py": 341,
    "engine/models/answer.py": 318,
    "engine/pipelines/repairing.py": 326,
    "engine/sandbox/child/child_reading.py": 367,
    "engine/sources/calls.py": 336,
    "engine/sources/mentions.py": 309,
    "engine/state/run.py": 372,
    "widgets/run/checks_table.py": 389,
    "widgets/sheet.py": 320,
}
"""Lines of the files that have more."""
LONG_CLASSES = {
    "app/application.py::RedraftApp": 275,
    "app/draft/actions.py::Deeds": 273,
    "app/draft/controller.py::Work": 246,
    "app/draft/screen.py::DraftScreen": 285,
    "app/lesson/screen.py::LessonScreen": 266,
    "app/race/screen.py::RaceScreen": 245,
    "app/results/view.py::ResultsView": 258,
    "app/run/view.py::RunView": 249,
    "app/tree/view.py::TreeView": 228,
    "engine/journal/journal.py::Journal": 275,
    "engine/models/answer.py::Answer": 231,
    "engine/models/openai.py::OpenAIChat": 245,
    "engine/project_tests/cases.py::CaseReader": 234,
    "engine/sources/calls.py::Calls": 232,
    "widgets/sheet.py::Sheet": 289,
}
"""Lines of the classes that have more: screens and views with all that they are told, and folds with a case an event."""
MANY_PARAMETERS = {
    "app/common/headless.py::run_once": 7,
    "app/draft/controller.py::__init__": 10,
    "app/draft/queue.py::__init__": 7,
    "engine/bench/oracle.py::__init__": 7,
    "engine/desk/base.py::__init__": 7,
    "engine/desk/trying.py::sample": 7,
    "engine/desk/trying.py::split": 8,
    "engine/models/embedded/model.py::__init__": 7,
    "engine/models/openai.py::__init__": 7,
    "engine/models/vllm/models.py::serving": 7,
    "engine/models/vllm/server.py::__init__": 7,
    "engine/project_tests/cases.py::__init__": 8,
    "engine/run/log.py::running": 9,
    "engine/sandbox/asserts.py::run_asserts": 8,
    "engine/sandbox/child/child_candidate.py::__init__": 7,
    "engine/sources/stubs.py::_stub": 7,
    "widgets/run/diff_rows.py::_pieces": 7,
}
"""Parameters, without `self`: what a run or a server is made of is named one by one."""


def files() -> Iterator[Path]:
    for room in ROOMS:
        yield from (file for file in sorted((ROOT / room).rglob("*.py")) if "examples" not in file.parts[-3:])


def measured() -> dict[str, dict[str, int]]:
    """Everything above a bound: by kind, and by where it stands."""
    found: dict[str, dict[str, int]] = {"file": {}, "class": {}, "function": {}, "folder": {}}
    for file in files():
        where = str(file.relative_to(ROOT))
        if where.startswith("app/examples/"):
            continue
        text = file.read_text(encoding="utf-8")
        if (lines := len(text.splitlines())) > LINES:
            found["file"][where] = lines
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > CLASS_LINES:
                    found["class"][f"{where}::{node.name}"] = lines
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
                named = [one for one in every if one.arg not in {"self", "cls"}]
                if len(named) > PARAMETERS:
                    found["function"][f"{where}::{node.name}"] = len(named)
    for folder in {file.parent for file in files()} - {ROOT / "app/examples/tasks"}:
        if (number := len(list(folder.glob("*.py")))) > FOLDER:
            found["folder"][str(folder.relative_to(ROOT))] = number
    return found


@pytest.mark.parametrize(
    ("kind", "allowed"),
    [("file", LONG_FILES), ("class", LONG_CLASSES), ("function", MANY_PARAMETERS), ("folder", {})],
)
def test_nothing_is_larger_than_one_can_read(kind: str, allowed: dict[str, int]) -> None:
    larger = {where: size for where, size in measured()[kind].items() if size > allowed.get(where, 0)}
    assert larger == {}


@pytest.mark.parametrize(
    ("kind", "allowed"), [("file", LONG_FILES), ("class", LONG_CLASSES), ("function", MANY_PARAMETERS)]
)
def test_no_exception_is_left_that_is_none(kind: str, allowed: dict[str, int]) -> None:
    assert sorted(allowed.keys() - measured()[kind].keys()) == []
