"""The tasks that ship: right solutions, hidden tests that stay hidden, and files that are as the docs say."""

from __future__ import annotations

from pathlib import Path

import pytest
from redraft.app.common.tasks import TASKS
from redraft.engine import examples
from redraft.engine.errors import SourceError, UsageError
from redraft.engine.lessons.tasks import load_task, task_names
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Limits

NAMES = task_names(TASKS)
STUB = 'def f(x: int) -> int:\n    """Double.\n\n    >>> f(1)\n    2\n    """\n    ...\n'
HIDDEN = '{"level": "easy", "about": "a", "tests": [{"call": "f(2)", "gives": "4"}], "solution": ["return 2 * x"]}'


def test_at_least_eight_tasks_ship() -> None:
    assert len(NAMES) >= 8


async def test_every_solution_that_ships_passes_the_visible_examples_and_the_hidden_tests() -> None:
    sandbox = await open_sandbox(SandboxChoice(unsafe_run=True))
    failing: list[str] = []
    try:
        for name in NAMES:
            task = load_task(TASKS, name)
            wanted = (*task.stub.examples, *task.hidden)
            steps = [example.source for example in wanted]
            done = await sandbox.run(task.stub.program(task.solution), steps, Limits(seconds=20, step_seconds=10))
            report = examples.report("d1", wanted, done)
            failing += [f"{name}: {check.example.source} gives {check.got}" for check in report.failures]
            failing += [f"{name}: {report.problem}"] * bool(report.problem)
    finally:
        await sandbox.aclose()
    assert failing == []


@pytest.mark.parametrize("name", NAMES)
def test_no_hidden_test_of_a_task_stands_in_its_stub(name: str) -> None:
    task = load_task(TASKS, name)
    assert [test.source for test in task.hidden if test.source in task.stub.code("")] == []
    assert len(task.stub.examples) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_a_tasks_stub_says_nothing_of_the_machine_it_was_read_on(name: str) -> None:
    assert load_task(TASKS, name).stub.path == f"{name}.py"


def folder_with(tmp_path: Path, stub: str, hidden: str) -> Path:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "f.py").write_text(stub)
    (tmp_path / "hidden" / "f.json").write_text(hidden)
    return tmp_path


def test_a_hidden_test_becomes_an_example_that_is_compared_by_value(tmp_path: Path) -> None:
    (hidden,) = load_task(folder_with(tmp_path, STUB, HIDDEN), "f").hidden
    assert (hidden.source, hidden.want, hidden.compare, hidden.origin) == ("f(2)", "4", "value", "hidden")


def test_an_unknown_task_is_refused_with_the_nearest_known_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'merge_ranges'"):
        load_task(TASKS, "merge_range")


@pytest.mark.parametrize(
    "hidden",
    [
        "{}",
        HIDDEN.replace('"gives": "4"', '"gives": "4", "raises": "ValueError"'),
        HIDDEN.replace('[{"call": "f(2)", "gives": "4"}]', "[]"),
        HIDDEN.replace('"about"', '"abuot"'),
    ],
)
def test_a_hidden_file_that_is_wrong_is_refused_with_its_name(tmp_path: Path, hidden: str) -> None:
    with pytest.raises(SourceError, match=r"f\.json"):
        load_task(folder_with(tmp_path, STUB, hidden), "f")


def test_a_task_with_two_stubs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="has 2"):
        load_task(folder_with(tmp_path, STUB + STUB.replace("def f", "def g"), HIDDEN), "f")
