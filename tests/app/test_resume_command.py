"""`redraft run --resume LOG` goes on with a run; what its log answers needs no model at all."""

import json
from pathlib import Path

import pytest
from redraft.app.cli.parser import build
from redraft.app.commands.run import run
from redraft.engine.errors import UsageError
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.run.recording import Recording
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.sources import find_stubs, read

NOBODY = ["--base-url", "http://127.0.0.1:9/v1", "--model", "m"]
"""A server that no one runs (port 9 is discard's)."""


def append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


def first_event(log: Path) -> dict[str, str]:
    return json.loads(log.read_text(encoding="utf-8").splitlines()[0])["event"]


@pytest.fixture
async def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log of a run with the model "m", in the folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    append(Path("mine.py"), 'def f(x):\n    """Twice x.\n\n    >>> f(2)\n    4\n    """\n    ...\n')
    (stub,) = find_stubs(read("mine.py")).stubs
    model = Scripted(["```python\ndef f(x):\n    return 2 * x\n```"], name="m", prefill=False)
    voices = dict.fromkeys(("coder", "reviewer", "planner", "tester"), Voice(model=model))
    kit = Kit(voices=voices, prompts=Prompts(None), sandbox=ScriptedSandbox({"": {}}))
    record = Recording(tmp_path / "before.jsonl")
    async with running(CATALOGUE["standard"], kit, stub, record=record) as log:
        _ = [entry async for entry in log]
    record.close()
    return record.path


async def test_a_resumed_run_asks_nobody_what_its_log_answers(recorded: Path, capsys: pytest.CaptureFixture[str]):
    args = build().parse_args(["run", "mine.py::f", "--resume", str(recorded), "--json", *NOBODY])
    assert await run(args) == 0
    events = [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()]
    assert [event["recalled"] for event in events if event["event"] == "CallStarted"] == [True]
    assert (events[0]["pipeline"], events[0]["resumed"]) == (
        "standard",
        first_event(recorded)["run"],
    )


async def test_a_log_of_one_function_is_not_used_for_several(recorded: Path):
    append(Path("mine.py"), "\n\ndef g(x):\n    ...\n")
    with pytest.raises(UsageError, match="a log is about one function"):
        await run(build().parse_args(["run", "mine.py", "--resume", str(recorded), *NOBODY]))


async def test_a_task_is_run_like_a_file_and_judged_by_its_hidden_tests_but_never_written(recorded: Path):
    with pytest.raises(UsageError, match="a task has no file to write to"):
        await run(build().parse_args(["run", "task:merge_ranges", "--write", *NOBODY]))
