"""One run, one log: its order, its ends, and that nothing is left behind."""

import asyncio
from pathlib import Path

import pytest
from redraft.engine.errors import SourceError
from redraft.engine.events import (
    CallFailed,
    CallStarted,
    Decided,
    Entry,
    RunCancelled,
    RunEnded,
    RunFailed,
    RunStarted,
    Written,
)
from redraft.engine.facts import Example, Stub
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.scripted import Line, Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE, Pipeline
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.run.recording import (
    Recording,
    RunFolder,
    line_of,
    read_log,
)
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.state.run import state_of

STUB = Stub(
    path="a.py",
    name="f",
    line=1,
    header="def f():\n",
    before="def f():\n",
    body="...",
    examples=(Example(source="f()", want="1\n"),),
)
RAW = CATALOGUE["raw-coder"]


def kit(*lines: str | Line) -> tuple[Kit, Scripted]:
    model = Scripted(lines)
    voices = {role: Voice(model=model) for role in ("coder", "reviewer", "planner", "tester")}
    return Kit(voices=voices, prompts=Prompts(None), sandbox=ScriptedSandbox({"return 1": {"f()": "1"}})), model  # type: ignore[arg-type]


async def test_a_log_begins_with_its_start_and_ends_with_its_end():
    work, _ = kit("    return 1\n")
    async with running(RAW, work, STUB) as log:
        events = [entry.event async for entry in log]
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunEnded)
    assert [e for e in events if isinstance(e, RunFailed)] == []


async def test_a_log_says_that_its_model_is_scripted():
    work, _ = kit("    return 1\n")
    async with running(RAW, work, STUB) as log:
        assert state_of([entry async for entry in log]).scripted


async def test_cancel_returns_once_the_stream_is_closed_and_keeps_what_came():
    work, model = kit(Line(text="    return", hangs=True))
    async with running(RAW, work, STUB) as log:
        entries: list[Entry] = []
        async for entry in log:
            entries.append(entry)
            if model.open_streams and state_of(entries).calls and state_of(entries).calls[0].text:
                await log.cancel(by="you")
                assert model.open_streams == 0
    state = state_of(entries)
    assert (state.status, state.cancelled_by, state.calls[0].text) == ("cancelled", "you", "    return")
    assert [e.event.cancelled for e in entries if isinstance(e.event, CallFailed)] == [True]


async def test_leaving_the_block_early_cancels_the_run_and_the_recorder_still_gets_the_end(tmp_path: Path):
    work, model = kit(Line(text="    return", hangs=True))
    recording = Recording(tmp_path / "run.jsonl")
    async with running(RAW, work, STUB, record=recording) as log:
        async for entry in log:
            if isinstance(entry.event, CallStarted):
                break
    assert model.open_streams == 0
    assert [type(e.event) for e in read_log(tmp_path / "run.jsonl")[-2:]] == [RunCancelled, RunEnded]


async def test_cancelling_a_run_that_is_over_changes_nothing():
    work, _ = kit("    return 1\n")
    async with running(RAW, work, STUB) as log:
        entries = [entry async for entry in log]
        await log.cancel()
    assert state_of(entries).status == "settled"


async def test_a_bug_ends_the_log_and_is_raised_when_the_block_is_left():
    async def broken(desk: object, stub: Stub) -> None:
        raise ZeroDivisionError("ours")

    pipeline = Pipeline(name="broken", title="", run=broken, roles=(), bound=None, prompts=(), source="")  # type: ignore[arg-type]
    work, _ = kit()
    entries: list[Entry] = []
    with pytest.raises(ZeroDivisionError):
        async with running(pipeline, work, STUB) as log:
            entries = [entry async for entry in log]
    assert [e.event.kind for e in entries if isinstance(e.event, RunFailed)] == ["bug"]


async def test_a_fault_of_our_world_in_parallel_work_ends_the_log_with_its_text():
    async def parallel(desk: object, stub: Stub) -> None:
        async def fault() -> None:
            raise SourceError("a.py: gone")

        async with asyncio.TaskGroup() as group:
            group.create_task(fault())
            group.create_task(asyncio.Event().wait())

    pipeline = Pipeline(name="parallel", title="", run=parallel, roles=(), bound=None, prompts=(), source="")  # type: ignore[arg-type]
    work, _ = kit()
    async with running(pipeline, work, STUB) as log:
        entries = [entry async for entry in log]
    assert [e.event.problem for e in entries if isinstance(e.event, RunFailed)] == ["a.py: gone"]


async def test_a_paused_run_makes_no_call_until_it_is_resumed():
    work, model = kit("    return 1\n")
    async with running(RAW, work, STUB) as log:
        log.pause()
        entries = aiter(log)
        await anext(entries)
        await asyncio.sleep(0)
        assert model.asks == []
        log.resume()
        rest = [entry async for entry in entries]
    assert isinstance(rest[-1].event, RunEnded)


async def test_a_recorded_log_reads_back_as_it_was(tmp_path: Path):
    work, _ = kit("    return 1\n")
    recording = RunFolder(tmp_path).recording("a run")
    async with running(RAW, work, STUB, record=recording) as log:
        entries = [entry async for entry in log]
    recording.close()
    assert list(read_log(recording.path)) == entries


def test_a_last_line_cut_by_a_crash_is_left_out(tmp_path: Path):
    path = tmp_path / "cut.jsonl"
    start = Entry(at=0.0, event=RunStarted(run="r", pipeline="p", stub=STUB))
    path.write_bytes(line_of(start) + line_of(Entry(at=1.0, event=Decided(what="so")))[:-9])
    assert read_log(path) == (start,)


@pytest.mark.parametrize(
    "content", [b"", b"not json\n", b'{"at":0,"event":{"event":"Decided","what":"x"}}\n', b"\xff\n{}\n"]
)
def test_a_file_that_is_no_log_is_refused_with_its_name(tmp_path: Path, content: bytes):
    path = tmp_path / "other.jsonl"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"other\.jsonl"):
        read_log(path)


def test_the_oldest_logs_go_when_there_are_too_many(tmp_path: Path):
    for name in "abc":
        (tmp_path / f"{name}.jsonl").write_bytes(b"x")
    RunFolder(tmp_path, runs=3).prune()
    assert [path.name for path in RunFolder(tmp_path).logs()] == ["b.jsonl", "c.jsonl"]


def test_the_oldest_logs_go_when_they_are_too_large(tmp_path: Path):
    for name in "abc":
        (tmp_path / f"{name}.jsonl").write_bytes(b"x" * 600_000)
    RunFolder(tmp_path, megabytes=1).prune()
    assert [path.name for path in RunFolder(tmp_path).logs()] == ["c.jsonl"]


def test_a_disk_that_cannot_be_written_is_told_once_and_does_not_end_the_run(tmp_path: Path):
    (tmp_path / "file").write_text("")
    told: list[str] = []
    recording = Recording(tmp_path / "file" / "run.jsonl", told.append)
    for _ in range(3):
        recording.keep(Entry(at=0.0, event=Decided(what="so")))
    assert len(told) == 1


def test_what_the_person_did_afterwards_is_the_end_of_the_log(tmp_path: Path):
    folder = RunFolder(tmp_path)
    start = Entry(at=0.0, event=RunStarted(run="r", pipeline="p", stub=STUB))
    recording = folder.recording("r")
    recording.keep(start)
    recording.close()
    written = Entry(at=2.0, event=Written(path="a.py", draft="d1"))
    folder.add("r", written)
    folder.add("a log that was pruned", written)
    assert read_log(recording.path) == (start, written)
    assert len(folder.logs()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
async def test_a_disk_that_is_full_ends_the_recording_and_not_the_run():
    complaints: list[str] = []
    recording = Recording(Path("/dev/full"), complaints.append)
    work, _ = kit("    return 1\n")
    async with running(RAW, work, STUB, record=recording) as log:
        state = state_of([entry async for entry in log])
    recording.close()
    assert state.status == "settled"
    assert len(complaints) == 1
    assert "not recorded" in complaints[0]


def test_a_log_nested_without_end_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "deep.jsonl").write_bytes(b'{"at": ' + b"[" * 100_000)
    with pytest.raises(SourceError, match="no run log"):
        read_log(tmp_path / "deep.jsonl")
