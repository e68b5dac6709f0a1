"""The shipped recording of PaT is a real run: five direct samples do not solve its task, the tree does."""

import sys

import pytest
from redraft.app.common.tasks import RECORDINGS, TASKS
from redraft.engine import examples
from redraft.engine.events import Judged
from redraft.engine.lessons.tasks import load_task
from redraft.engine.run.recording import read_log
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.state.run import RunState, state_of

ENTRIES = read_log(RECORDINGS / "add_roman" / "2-pat.jsonl")


@pytest.fixture(scope="module")
def state() -> RunState:
    return state_of(ENTRIES)


def test_no_model_of_the_recording_is_scripted_and_all_are_named(state: RunState):
    assert state.scripted is False
    assert all("qwen2.5-coder-1.5b" in name for name in state.models.values())


def test_what_the_tree_composed_passes_every_hidden_test():
    (judged,) = [entry.event.report for entry in ENTRIES if isinstance(entry.event, Judged)]
    assert judged.all_passed


def test_the_root_was_solved_by_a_plan_after_five_trials(state: RunState):
    root = state.tree.root
    assert root is not None
    assert (root.word, root.tried, len(root.plans)) == ("solved", 5, 1)
    assert [node.word for node in state.tree.walk()] == ["solved"] * 3


async def test_none_of_the_five_direct_samples_passes_the_hidden_tests(state: RunState):
    if not sys.platform.startswith("linux"):
        pytest.skip("the sandbox's layers are Linux's")
    task = load_task(TASKS, "add_roman")
    trials = [c.draft for c in state.tree.nodes[""].candidates if c.draft.purpose == "trial"]
    sandbox = await open_sandbox(SandboxChoice(allow_limited=True))
    reports = []
    for draft in trials:
        if draft.problem is None:
            done = await sandbox.run(task.stub.program(draft.body), [test.source for test in task.hidden])
            reports.append(examples.report(draft.id, task.hidden, done))
    await sandbox.aclose()
    assert len(trials) == 5
    assert not any(report.all_passed for report in reports)
