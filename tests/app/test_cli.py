"""The command line as a person or a script meets it: a real process, a stand-in server, exit codes."""

import asyncio
import json
import os
import subprocess
import sys
import types
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from redraft.app.cli.main import main

STUB = '''\
import math


def area(r: float) -> float:
    """Area of a circle.

    >>> round(area(1), 2)
    3.14
    """
    ...


def double(x):
    """Twice x.

    >>> double(2)
    4
    """
    ...
'''


class Told(subprocess.CompletedProcess[str]):
    """What a command answered."""

    @property
    def events(self) -> list[dict[str, object]]:
        return [json.loads(line)["event"] for line in self.stdout.splitlines()]


class Shell:
    """Runs redraft with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {**os.environ, "REDRAFT_HOME": str(folder / "home")}

    async def __call__(self, *words: str) -> Told:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "redraft.app",
            *words,
            cwd=self.folder,
            env=self.env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return Told(words, process.returncode or 0, out.decode(), err.decode())


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "shapes.py").write_text(STUB)
    return Shell(tmp_path)


class Server:
    """Says whatever it is told, as an OpenAI-compatible server would, once for each line."""

    def __init__(self) -> None:
        self.says: list[str] = []
        self.finish = "stop"
        self.url = ""
        self.meanwhile: Callable[[], object] = lambda: None
        """What happens elsewhere while it answers."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next((int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length")), 0)
        await reader.readexactly(size)
        if b"/chat/completions" not in head:
            body = json.dumps({"data": [{"id": "stand-in", "object": "model"}], "object": "list"}).encode()
            kind = b"application/json"
        else:
            self.meanwhile()
            text = self.says.pop(0) if self.says else "nothing more"
            piece = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "stand-in"}
            said = {**piece, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": self.finish}]}
            used = {**piece, "choices": [], "usage": {"prompt_tokens": 50, "completion_tokens": 7, "total_tokens": 57}}
            body = b"".join(b"data: %s\n\n" % json.dumps(p).encode() for p in (said, used)) + b"data: [DONE]\n\n"
            kind = b"text/event-stream"
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            % (kind, len(body))
        )
        writer.write(body)
        await writer.drain()
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    stand_in = Server()
    listening = await asyncio.start_server(stand_in.serve, "127.0.0.1", 0)
    stand_in.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    async with listening:
        yield stand_in


def written(name: str, body: str) -> str:
    return f"```python\ndef {name}(x):\n    {body}\n```"


AREA = "```python\ndef area(r: float) -> float:\n    return math.pi * r**2\n```"


async def test_a_run_prints_the_function_its_examples_and_ends_with_0(shell: Shell, server: Server):
    server.says = [AREA, '{"findings": [], "verdict": "clean"}']
    told = await shell("run", "shapes.py::area", "--base-url", server.url)
    assert told.returncode == 0, told.stderr
    assert "return math.pi * r**2" in told.stdout
    assert "verified: the example holds" in told.stdout
    assert (shell.folder / "shapes.py").read_text() == STUB


async def test_a_run_tells_what_a_person_should_know_of_its_calls_and_which_model_answered(
    shell: Shell, server: Server
):
    server.says, server.finish = [AREA, AREA], "network_error"
    told = await shell("run", "shapes.py::area", "--base-url", server.url, "-m", "asked", "--pipeline", "raw-coder")
    assert told.stderr.count("warning: the server broke the answer off (network_error); it is incomplete") == 1
    assert "asked (answered: stand-in)" in told.stdout
    assert told.returncode == 1 and "verified" not in told.stdout


async def test_a_fault_of_ours_has_an_exit_code_of_its_own_and_keeps_its_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def crash(args: object) -> int:
        raise ZeroDivisionError("7 / 0")

    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "redraft.app.commands.config", types.SimpleNamespace(run=crash))
    assert main(["config", "show"]) == 70
    (kept,) = (tmp_path / "state" / "faults").iterdir()
    assert "ZeroDivisionError: 7 / 0" in kept.read_text()
    told = capsys.readouterr().err
    assert str(kept) in told and "Traceback" not in told


async def test_a_run_whose_examples_fail_ends_with_1(shell: Shell, server: Server):
    server.says = [written("double", "return x")] * 3
    told = await shell("run", "shapes.py::double", "--base-url", server.url, "--pipeline", "raw-coder")
    assert told.returncode == 1
    assert "expected 4" in told.stdout


async def test_json_is_the_log_itself_from_its_start_to_its_end(shell: Shell, server: Server):
    server.says = [AREA]
    words = ("--base-url", server.url, "-m", "stand-in", "--pipeline", "raw-coder", "--json")
    told = await shell("run", "shapes.py::area", *words)
    names = [event["event"] for event in told.events]
    assert (names[0], names[-1]) == ("RunStarted", "RunEnded")
    assert told.events[0]["models"] == {"coder": "stand-in"}


async def test_write_puts_the_body_into_the_file_and_undo_takes_it_back(shell: Shell, server: Server):
    server.says = [AREA]
    told = await shell("run", "shapes.py::area", "--base-url", server.url, "--pipeline", "raw-coder", "--write")
    assert told.returncode == 0, told.stderr
    assert (shell.folder / "shapes.py").read_text() == STUB.replace("    ...\n", "    return math.pi * r**2\n", 1)
    assert (await shell("undo", "shapes.py")).returncode == 0
    assert (shell.folder / "shapes.py").read_text() == STUB
    assert (await shell("redo", "shapes.py")).returncode == 0
    assert "math.pi * r**2" in (shell.folder / "shapes.py").read_text()


async def test_write_ends_by_what_stands_in_the_file_and_not_by_what_was_drafted(shell: Shell, server: Server):
    file = shell.folder / "shapes.py"
    server.says = [AREA]
    server.meanwhile = lambda: file.write_text(STUB.replace("import math", "import cmath"))
    told = await shell("run", "shapes.py::area", "--base-url", server.url, "--pipeline", "raw-coder", "--write")
    assert "verified: the example holds" in told.stdout
    assert "shapes.py::area as it stands: 0 of 1 example hold" in told.stderr
    assert told.returncode == 1


async def test_what_is_not_written_is_told_as_well(shell: Shell, server: Server):
    server.says = ["```python\ndef area(r):\n    return 3\n```"]
    told = await shell("run", "shapes.py::area", "--base-url", server.url, "--pipeline", "raw-coder", "--write")
    assert told.returncode == 1
    assert "not written: shapes.py::area; what came of it fails" in told.stderr
    assert (shell.folder / "shapes.py").read_text() == STUB


async def test_the_log_of_a_run_that_writes_ends_with_what_stands(shell: Shell, server: Server):
    server.says = [AREA]
    words = ("run", "shapes.py::area", "--base-url", server.url, "--pipeline", "raw-coder", "--write", "--json")
    told = await shell(*words)
    names = [event["event"] for event in told.events]
    assert names[-4:] == ["Written", "RecheckStarted", "CheckStarted", "Checked"]
    [log] = (shell.folder / "home").rglob("*area*.jsonl")
    assert log.read_text().splitlines()[-1] == told.stdout.splitlines()[-1]


async def test_both_stubs_of_a_file_can_be_written_one_after_the_other(shell: Shell, server: Server):
    server.says = [AREA, written("double", "return 2 * x")]
    told = await shell("run", "shapes.py", "--base-url", server.url, "--pipeline", "raw-coder", "--write")
    assert told.returncode == 0, told.stderr
    text = (shell.folder / "shapes.py").read_text()
    assert ("math.pi * r**2" in text, "return 2 * x" in text) == (True, True)


async def test_a_diff_can_be_applied_by_others(shell: Shell, server: Server):
    server.says = [AREA]
    told = await shell("run", "shapes.py::area", "--base-url", server.url, "--pipeline", "raw-coder", "--diff")
    assert "-    ...\n+    return math.pi * r**2" in told.stdout


async def test_a_recorded_run_is_replayed_without_a_model(shell: Shell, server: Server):
    server.says = [AREA]
    words = ("run", "shapes.py::area", "--base-url", server.url, "--pipeline", "raw-coder", "--record", "log.jsonl")
    assert (await shell(*words)).returncode == 0
    told = await shell("replay", "log.jsonl", "--plain")
    assert "return math.pi * r**2" in told.stdout
    again = await shell("replay", "log.jsonl", "--json")
    assert again.stdout == (shell.folder / "log.jsonl").read_text()


async def test_a_log_that_was_cut_off_is_replayed_as_far_as_it_goes_and_says_so(shell: Shell, server: Server):
    server.says = [AREA]
    words = ("run", "shapes.py::area", "--base-url", server.url, "--pipeline", "raw-coder", "--record", "log.jsonl")
    assert (await shell(*words)).returncode == 0
    whole = (shell.folder / "log.jsonl").read_bytes()
    (shell.folder / "log.jsonl").write_bytes(whole[: whole.index(b'"Drafted"') + 5])
    told = await shell("replay", "log.jsonl", "--plain")
    assert (told.returncode, "the log ends before its run does" in told.stdout) == (0, True)


async def test_a_function_that_is_there_is_reviewed_and_what_is_reproduced_ends_with_1(shell: Shell, server: Server):
    (shell.folder / "wrong.py").write_text("def double(x):\n    return x + 2\n")
    finding = {"quote": "return x + 2", "call": "double(5)", "comes_out": "7", "claim": "adds two"}
    finding["should_be"] = "sum([5] * 2)"  # no literal: what it gives is found out in the sandbox
    server.says = [json.dumps({"findings": [finding], "verdict": "bugs"})]
    told = await shell("review", "wrong.py::double", "--base-url", server.url)
    assert told.returncode == 1, told.stderr
    assert "[reproduced] adds two" in told.stdout
    assert "double(5) gives 7" in told.stdout
    assert "expected sum([5] * 2), which gives 10" in told.stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["run", "absent.py"], 2, "absent.py"),
        (["run", "shapes.py::nothing"], 2, "area, double"),
        (["run", "shapes.py", "--pipeline", "magic"], 2, "magic"),
        (["run", "shapes.py", "--set", "roles.coder.modle=x"], 2, "model"),
        (["run", "absent.py::f"], 2, "absent.py"),
        (["review", "absent.py::f"], 2, "absent.py"),
        (["race", "absent.py::f"], 2, "absent.py"),
        (["tree", "absent.jsonl"], 2, "absent.jsonl"),
        (["check", "absent.py", "--function", "f"], 2, "absent.py"),
        (["run", "shapes.py", "--resume", "absent.jsonl"], 2, "absent.jsonl"),
        (["absent.py"], 2, "absent.py"),
        (["shapes.py"], 2, "terminal"),
        (["replay", "shapes.py"], 3, "no run log"),
        (["check", "shapes.py", "--function", "f", "--examples", "no"], 2, "--examples"),
        (["undo", "shapes.py"], 3, "shapes.py"),
        (["undo", "absent.py"], 2, "absent.py"),
        (["redo", "absent.py"], 2, "absent.py"),
    ],
)
async def test_an_error_says_what_to_do_and_its_exit_code_says_what_kind_it_is(
    shell: Shell, words: list[str], code: int, says: str
):
    told = await shell(*words)
    assert says in told.stderr
    assert "Traceback" not in told.stderr
    assert told.returncode == code


async def test_errors_are_json_too(shell: Shell):
    told = await shell("run", "shapes.py::nothing", "--json")
    assert json.loads(told.stdout)["exit"] == told.returncode == 2


@pytest.mark.parametrize(
    "words", [["run"], ["check", "shapes.py"], ["run", "shapes.py", "--colour"], ["replay", "--speed", "x"]]
)
async def test_a_command_line_that_cannot_be_read_is_a_json_error_too_when_json_is_asked_for(
    shell: Shell, words: list[str]
):
    told = await shell(*words, "--json")
    error = json.loads(told.stdout)
    assert (error["error"], error["exit"], told.returncode) == ("UsageError", 2, 2)
    assert "--help" in error["message"]


async def test_a_failure_is_told_once(shell: Shell):
    told = await shell(
        "run", "shapes.py::area", "--base-url", "http://127.0.0.1:9/v1", "--set", "roles.coder.retries=0"
    )
    assert (told.stdout + told.stderr).count("nothing answers") == 1


async def test_what_an_example_printed_stays_below_its_got(shell: Shell):
    (shell.folder / "f.py").write_text("def f(x):\n    print(1)\n    return 2\n")
    told = await shell("check", "f.py", "--function", "f", "--examples", '[["f(2)", "5"]]')
    assert "      got      1\n               2\n" in told.stdout


async def test_a_server_that_is_not_there_ends_with_3_and_its_address(shell: Shell):
    told = await shell(
        "run", "shapes.py::area", "--base-url", "http://127.0.0.1:9/v1", "--set", "roles.coder.retries=0"
    )
    assert told.returncode == 3
    assert "127.0.0.1:9" in told.stdout + told.stderr


@pytest.mark.parametrize(("examples", "code"), [('[["f(2)", "5"]]', 0), ('[["f(2)", "6"]]', 1), ("[]", 1)])
async def test_check_holds_a_function_against_the_examples_given(shell: Shell, examples: str, code: int):
    (shell.folder / "f.py").write_text("def f(x):\n    return x * x + 1\n")
    told = await shell("check", "f.py", "--function", "f", "--examples", examples)
    assert told.returncode == code, told.stdout + told.stderr


async def test_check_ends_with_124_when_time_is_up(shell: Shell):
    (shell.folder / "f.py").write_text("def f(x):\n    while True: pass\n")
    told = await shell("check", "f.py", "--function", "f", "--examples", '[["f(2)", "5"]]', "--timeout", "0.5")
    assert told.returncode == 124


async def test_a_file_that_is_too_large_is_not_run(shell: Shell):
    (shell.folder / "big.py").write_text("x = 1\n" * 60_000)
    told = await shell("check", "big.py", "--function", "f", "--examples", '[["f(2)", "5"]]')
    assert told.returncode == 2


async def test_no_examples_are_not_a_pass(shell: Shell):
    (shell.folder / "f.py").write_text("def f(x):\n    return 1\n")
    told = await shell("check", "f.py", "--function", "f")
    assert (told.returncode, "nothing was verified" in told.stdout) == (1, True)


async def test_config_show_says_where_a_value_comes_from(shell: Shell):
    told = await shell("config", "show", "--json", "--set", "sandbox.seconds=9")
    (origin,) = [o for o in json.loads(told.stdout) if o["key"] == "sandbox.seconds"]
    assert (origin["value"], origin["from"]) == ("9", "command line")


async def test_every_prompt_can_be_printed(shell: Shell):
    names = (await shell("prompts")).stdout.split()
    assert "loop/draft" in names
    assert "{{name}}" in (await shell("prompts", "loop/draft")).stdout


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
async def test_a_completion_script_knows_every_command(shell: Shell, name: str):
    told = await shell("completion", name)
    for command in ("run", "check", "doctor", "replay"):
        assert command in told.stdout


async def test_doctor_names_the_tier_and_every_layer(shell: Shell):
    told = await shell("doctor", "--json")
    found = json.loads(told.stdout)
    assert found["sandbox"]["tier"] in "ABCDE"
    assert found["sandbox"]["layers"]


async def test_a_terminal_that_only_knows_ascii_is_answered_too(shell: Shell):
    (shell.folder / "right.py").write_text(STUB.split("\n\n\n")[-1].replace("...", "return 2 * x"))
    shell.env["PYTHONIOENCODING"] = "ascii"
    told = await shell("check", "right.py", "--function", "double")
    assert told.returncode == 0 and "1 of 1 example holds" in told.stdout, told.stderr


async def test_check_runs_the_tests_of_the_project_too_and_says_what_it_does_not_use(shell: Shell):
    (shell.folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (shell.folder / "right.py").write_text(STUB.split("\n\n\n")[-1].replace("...", "return 2 * x"))
    (shell.folder / "tests").mkdir()
    (shell.folder / "tests" / "test_right.py").write_text(
        "from right import double\n\n\ndef test_it():\n    assert double(3) == 7\n\n\ndef test_db(client):\n    assert double(1) == 2\n"
    )
    told = await shell("check", "right.py", "--function", "double")
    assert told.returncode == 1
    assert "✗ tests/test_right.py:5 double(3)" in told.stdout
    assert "not used: tests/test_right.py:8 takes a fixture (client)" in told.stdout
    assert "1 of 1 example holds, 1 of 1 of your tests fails: tests/test_right.py:5" in told.stdout
    report = json.loads((await shell("check", "right.py", "--function", "double", "--json")).stdout)
    assert [check["example"].get("test", {}).get("where") for check in report["checks"]] == [
        None,
        "tests/test_right.py:5",
    ]
    assert report["unused"] == [{"where": "tests/test_right.py:8", "why": "takes a fixture (client)"}]
    told = await shell("check", "right.py", "--function", "double", "--set", "examples.from_tests=off")
    assert told.returncode == 0 and "1 of 1 example holds" in told.stdout
