"""`redraft ask`: questions in a terminal, through a pipe, as JSON, and answers given beforehand."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

STUB = 'def middle(xs: list[int]) -> float:\n    """The median.\n\n    >>> middle([1, 3, 2])\n    2\n    """\n    ...\n'
LOW = "return sorted(xs)[len(xs) // 2]"
MEAN = "xs = sorted(xs)\n    n = len(xs)\n    return xs[n // 2] if n % 2 else (xs[n // 2 - 1] + xs[n // 2]) / 2"
ZERO = "if not xs:\n        return 0\n    " + MEAN
BODIES = [LOW, MEAN, ZERO, MEAN + "  # again", LOW, ZERO]


class Told(NamedTuple):
    code: int
    out: str
    err: str


class Shell:
    """Runs `redraft` beside a server that drafts the same bodies in the same order."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.url, self.asked = folder, "", 0
        self.bodies = list(BODIES)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next((int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length")), 0)
        await reader.readexactly(size)
        kind, body = b"application/json", json.dumps({"data": [{"id": "stand-in", "object": "model"}]}).encode()
        if b"/chat/completions" in head:
            code = self.bodies[self.asked % len(self.bodies)]
            self.asked += 1
            delta = {"content": f"```python\ndef middle(xs):\n    {code}\n```"}
            piece = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "stand-in"}
            said = {**piece, "choices": [{"index": 0, "delta": delta, "finish_reason": "stop"}]}
            kind, body = b"text/event-stream", b"data: %s\n\ndata: [DONE]\n\n" % json.dumps(said).encode()
        length = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
        writer.write(length % (kind, len(body)) + body)
        await writer.drain()
        writer.close()

    async def __call__(self, command: str, *words: str, typed: str = "") -> Told:
        self.asked = 0
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "redraft.app", command, "m.py::middle", "--base-url", self.url, *words),
            cwd=self.folder,
            env={**os.environ, "REDRAFT_HOME": str(self.folder / "home")},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(typed.encode())
        return Told(process.returncode or 0, out.decode(), err.decode())

    @property
    def text(self) -> str:
        return (self.folder / "m.py").read_text()


@pytest.fixture
async def shell(tmp_path: Path) -> AsyncIterator[Shell]:
    (tmp_path / "m.py").write_text(STUB)
    found = Shell(tmp_path)
    listening = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    async with listening:
        yield found


async def test_two_numbers_make_a_specified_and_verified_function(shell: Shell):
    told = await shell("ask", "--write", typed="1\n0\n")
    assert told.code == 0, told.err
    assert "what should middle([3, 2]) do?" in told.err and "what should middle([]) do?" in told.err
    assert ">>> middle([3, 2])\n    2.5\n    >>> middle([])\n    0\n" in shell.text and "if not xs:" in shell.text
    undone = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "redraft.app", "undo", "m.py"),
        cwd=shell.folder,
        env={**os.environ, "REDRAFT_HOME": str(shell.folder / "home")},
    )
    assert await undone.wait() == 0 and shell.text == STUB, "docstring and body go back together"


async def test_what_is_no_answer_is_told_and_asked_again(shell: Shell):
    told = await shell("ask", typed="hello\n[1,\n?\nq\n")
    assert "hello has no meaning here" in told.err and "is no Python value" in told.err
    assert told.code == 0 and shell.text == STUB, "nothing is written unasked"
    assert ">>> middle([3, 2])" not in told.out, "what does not matter is no example"


async def test_an_answer_that_no_draft_obeys_is_an_example_of_the_next_repair(shell: Shell):
    shell.bodies = [*BODIES, "if not xs:\n        raise ValueError('nothing')\n    " + MEAN]
    told = await shell("ask", "--write", typed="1\nValueError\n")
    assert told.code == 0, told.err
    assert "raise ValueError" in shell.text and "+IGNORE_EXCEPTION_DETAIL" in shell.text and shell.asked == 7


async def test_the_question_is_printed_as_json_and_an_answer_decides_it(shell: Shell):
    told = json.loads((await shell("ask", "--json")).out)
    (asked,) = told["questions"]
    assert (asked["call"], asked["of"]) == ("middle([3, 2])", 6)
    assert [option["answer"] for option in asked["options"]] == ["2.5", "3"]
    words = ("--answer", "middle( [3,2] )=2.5", "--answer", "middle([])=0", "--answer", "middle([7])=?")
    decided = json.loads((await shell("ask", "--json", *words)).out)
    assert decided["questions"] == [] and decided["verdict"] == "verified" and "if not xs" in decided["body"]
    assert decided["doctest"] == [">>> middle([3, 2])", "2.5", ">>> middle([])", "0"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("middle([1, 3, 2])=7", "your example at line 4 says otherwise"),
        ("middle([])", "write it as CALL=VALUE"),
        ("middle([])=nothing", "has no meaning here"),
    ],
)
async def test_an_answer_that_is_none_or_contradicts_an_example_is_refused(shell: Shell, answer: str, why: str):
    told = await shell("ask", "--answer", answer)
    assert told.code == 2 and why in told.err and shell.asked == 0


async def test_a_run_says_what_is_undecided_between_its_candidates_and_the_log_has_it(shell: Shell):
    told = await shell("run", "-p", "best-of-n")
    assert "undecided: middle([3, 2]): 3 of 5 give 2.5, 2 give 3; `redraft ask m.py::middle` asks you" in told.err
    (log,) = (shell.folder / "home").rglob("*best-of-n*.jsonl")
    assert json.loads(log.read_text().splitlines()[-1])["event"]["event"] == "Compared"
    shell.bodies = [MEAN]
    assert "undecided" not in (await shell("run", "-p", "best-of-n")).err
    shell.bodies = BODIES
    assert "undecided" not in (await shell("run", "-p", "best-of-n", "--mode", "paper")).err
