"""`redraft bench` as a person meets it: a real process, a stand-in server, kills and interrupts."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

BODIES = {
    "has_close_elements": "    return any(abs(a - b) < threshold for n, a in enumerate(numbers) for b in numbers[:n])",
    "truncate_number": "    return number % 1.0",
}


class Server:
    """Answers the two problems it knows, right; others with nothing. `holds` answers are kept back."""

    def __init__(self) -> None:
        self.url = ""
        self.asked = 0
        self.was_asked = asyncio.Event()
        self.holds = asyncio.Event()
        self.holds.set()
        self.dead_after: int | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        size = next((int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:")), 0)
        asked = (await reader.readexactly(size)).decode()
        if b"/chat/completions" in head:
            self.asked += 1
            self.was_asked.set()
            if self.dead_after is not None and self.asked > self.dead_after:
                writer.close()
                return
            await self.holds.wait()
            code = next((f"```python\n{text}\n```" for name, text in BODIES.items() if f"def {name}" in asked), "")
            delta = json.dumps({"choices": [{"index": 0, "delta": {"content": code}, "finish_reason": "stop"}]})
            body, kind = f"data: {delta}\n\ndata: [DONE]\n\n".encode(), b"text/event-stream"
        else:
            body, kind = b'{"data":[{"id":"m","object":"model"}]}', b"application/json"
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            % (kind, len(body))
        )
        writer.write(body)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    one = Server()
    opened = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.url = f"http://127.0.0.1:{opened.sockets[0].getsockname()[1]}/v1"
    async with opened:
        yield one
        one.holds.set()  # From Python 3.12.1 on, leaving waits for all answers that are under way.


class Bench:
    """Runs `redraft bench` with a home of its own."""

    def __init__(self, home: Path, shared: Path, server: Server) -> None:
        self.home, self.data, self.server = home, shared / "data", server

    async def start(self, *words: str, suite: str = "humaneval+") -> asyncio.subprocess.Process:
        command = [sys.executable, "-m", "redraft.app", "bench", suite, *words]
        return await asyncio.create_subprocess_exec(
            *command,
            *(() if "--data" in words else ("--data", str(self.data))),
            "--base-url",
            self.server.url,
            "--model",
            "m",
            "--set",
            "roles.coder.retries=0",
            cwd=self.home,
            env={**os.environ, "REDRAFT_HOME": str(self.home / "home"), "NO_COLOR": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def __call__(self, *words: str, suite: str = "humaneval+") -> tuple[int, str, str]:
        process = await self.start(*words, suite=suite)
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
def bench(tmp_path: Path, shared: Path, server: Server) -> Bench:
    return Bench(tmp_path, shared, server)


async def test_a_benchmark_ends_in_a_table_and_a_file_that_is_not_run_twice(bench: Bench, tmp_path: Path) -> None:
    words = ("--ids", "0,2,4", "--pipeline", "raw-coder", "--out", "out.jsonl", "--json")
    code, out, err = await bench(*words)
    (row,) = json.loads(out)["rows"]
    assert (code, row["base"], row["plus"], row["empty"]) == (0, {"passes": 2, "of": 3}, {"passes": 2, "of": 3}, 1), err
    assert "1 of 3 answers held no code that can be used" in out
    asked = bench.server.asked
    assert (await bench(*words))[1] == out
    assert bench.server.asked == asked
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 4


async def test_what_else_a_file_holds_is_told_below_the_table_of_one_command(bench: Bench) -> None:
    words = ("--ids", "0,2", "--out", "out.jsonl", "--csv", "--pipeline")
    _, _, err = await bench(*words, "raw-coder")
    assert "too;" not in err
    _, out, err = await bench(*words, "raw-planner")
    assert [line.split(",")[0] for line in out.splitlines()[1:]] == ["raw-planner"]
    assert "out.jsonl holds raw-coder too; `redraft bench tables out.jsonl` compares them all" in err


async def test_a_killed_benchmark_goes_on_where_it_was(bench: Bench, tmp_path: Path) -> None:
    words = ("--ids", "0,2,4", "--pipeline", "raw-coder", "--out", "out.jsonl", "--workers", "1", "--csv")
    bench.server.holds.clear()
    process = await bench.start(*words)
    await bench.server.was_asked.wait()
    process.kill()
    await process.communicate()
    bench.server.holds.set()
    code, out, err = await bench(*words)
    assert (code, out.splitlines()[1].split(",")[:4]) == (0, ["raw-coder", "3", "66.7", "66.7"]), err


@pytest.mark.parametrize("presses", [1, 2])
async def test_one_interrupt_finishes_what_is_under_way_and_two_leave_it(
    bench: Bench, tmp_path: Path, presses: int
) -> None:
    bench.server.holds.clear()
    process = await bench.start("--ids", "0,2,4", "--pipeline", "raw-coder", "--out", "out.jsonl", "--workers", "1")
    await bench.server.was_asked.wait()
    assert process.stderr is not None
    process.send_signal(signal.SIGINT)
    while b"press Ctrl-C again" not in await process.stderr.readline():
        pass
    if presses == 2:
        process.send_signal(signal.SIGINT)
    else:
        bench.server.holds.set()
    await process.communicate()
    assert process.returncode == 130
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == {1: 2, 2: 1}[presses]


async def test_a_server_that_dies_is_told_with_what_was_reached(bench: Bench) -> None:
    bench.server.dead_after = 2
    words = ("--limit", "9", "--pipeline", "raw-coder", "--out", "out.jsonl", "--workers", "1", "--plain")
    code, out, err = await bench(*words)
    assert code == 3
    assert "problems in a row could not be run" in err
    assert "n" in out
    assert "5 problems could not be run" in out


async def test_a_reviewer_that_says_nothing_breaks_nothing(bench: Bench) -> None:
    words = ("--limit", "2", "--pipeline", "blind", "--out", "out.jsonl", "--json")
    code, out, err = await bench(*words, suite="reviewers")
    (mark,) = json.loads(out)["marks"]
    assert code == 0, err
    assert (mark["recall"]["of"], mark["alarms"]["of"], mark["broken"]["passes"], mark["unreadable"]) == (2, 2, 0, 4)
    assert mark["silent"] == 4


async def test_tables_are_made_of_files_that_are_there(bench: Bench, tmp_path: Path) -> None:
    await bench("--ids", "0,4", "--pipeline", "raw-coder", "--out", "out.jsonl", "--json")
    code, out, _ = await bench("out.jsonl", "--table", "A2", "--markdown", "--svg", "pictures", suite="tables")
    assert code == 0
    assert "| raw\\-coder |" in out or "| raw-coder |" in out
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {"bars.svg", "plane.svg"}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--ids", "999"), 2, "has no problem '999'"),
        (("--pipeline", "guess"), 2, "there is no pipeline 'guess'"),
        (("--workers", "none"), 2, "write a number from 1 on"),
        (("--seeds", "one"), 2, "write whole numbers"),
        (("--data", "nowhere"), 3, r"there is no HumanEvalPlus-OriginFmt.jsonl"),
    ],
)
async def test_what_is_wrong_is_told_before_anything_runs(
    bench: Bench, words: tuple[str, ...], code: int, says: str
) -> None:
    found, _, err = await bench(*words, "--out", "out.jsonl")
    assert (found, bench.server.asked) == (code, 0), err
    assert says in err
