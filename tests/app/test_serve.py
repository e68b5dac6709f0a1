"""`redraft serve` as a person meets it: a real process, a stand-in for vLLM and one for nvidia-smi."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redraft.engine.models.vllm.commands import free_ports

STAND_IN = Path(__file__).parents[1] / "engine" / "models" / "vllm_stand_in.py"
TWO_CARDS = "0, GPU-a, NVIDIA GeForce RTX 4090, 24564, 24111\\n1, GPU-b, NVIDIA GeForce RTX 4090, 24564, 24111\\n"


class Machine:
    """A machine with programs of our making on its path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.environ = {
            **os.environ,
            "REDRAFT_HOME": str(folder / "home"),
            "STAND_IN": str(folder),
            "PATH": str(self.programs),
            "HF_HOME": str(folder),
        }
        self.environ.pop("CUDA_VISIBLE_DEVICES", None)
        self.program("nvidia-smi", f"printf '{TWO_CARDS}'")
        self.program("vllm", f'exec {sys.executable} {STAND_IN} "$@"')

    def program(self, name: str, line: str) -> None:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)

    async def started(self, *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "redraft.app", *words, cwd=self.folder, env=self.environ,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def __call__(self, *words: str) -> tuple[int, str, str]:
        process = await self.started(*words)
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    @asynccontextmanager
    async def serving(self, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """`redraft serve --json …`, ready."""
        process = await self.started("serve", "--json", *words)
        assert process.stdout is not None
        try:
            line = await process.stdout.readline()
            assert line, (await process.communicate())[1].decode()
            self.told = json.loads(line)
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            self.rest = [part.decode() for part in await process.communicate()]

    def pids(self) -> list[int]:
        lines = (self.folder / "seen.log").read_text().splitlines()
        return [int(line.split()[2]) for line in lines if line.split()[1] == "starts"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


async def test_the_papers_pair_is_served_to_other_sessions_until_serve_ends(machine: Machine) -> None:
    async with machine.serving() as process:
        roles = machine.told["roles"]
        assert {role: served["model"] for role, served in roles.items()} == {
            "coder": "Qwen/Qwen2.5-Coder-14B-Instruct-AWQ",
            "reviewer": "Qwen/Qwen3-32B-AWQ",
            "planner": "Qwen/Qwen3-32B-AWQ",
            "tester": "Qwen/Qwen2.5-Coder-14B-Instruct-AWQ",
        }
        _, shown, _ = await machine("config", "show", "--json")
        settings = {entry["key"]: entry for entry in json.loads(shown)}
        assert settings["roles.planner.base_url"]["value"] == roles["planner"]["base_url"]
        assert settings["roles.planner.base_url"]["from"] == f"redraft serve (process {process.pid})"
        code, _, err = await machine("serve")
        assert (code, "is at work; end it first" in err) == (3, True)
        assert not any(gone(pid) for pid in machine.pids())
    assert process.returncode == 130
    assert all(gone(pid) for pid in machine.pids())
    assert "the servers have ended" in machine.rest[1]
    _, shown, _ = await machine("config", "show", "--json")
    assert {entry["key"]: entry["value"] for entry in json.loads(shown)}["roles.coder.base_url"] == "embedded"


async def test_ctrl_c_ends_the_servers_too(machine: Machine) -> None:
    async with machine.serving("coder=org/one-7B") as process:
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 130
    assert all(gone(pid) for pid in machine.pids())


async def test_print_starts_nothing_and_writes_nothing(machine: Machine) -> None:
    code, out, err = await machine("serve", "--print")
    assert (code, err) == (0, "")
    assert out.count("vllm serve Qwen/") == 2
    assert out.count("CUDA_VISIBLE_DEVICES=") == 2
    assert '[roles.planner]\nbase_url = "http://127.0.0.1:' in out
    assert not (machine.folder / "seen.log").exists()
    assert not (machine.folder / "home").exists()


async def test_print_as_json_has_the_numbers(machine: Machine) -> None:
    port = free_ports(1)[0]
    code, out, _ = await machine("serve", "coder=org/one-7B", "--print", "--json", "--port", f"{port}")
    assert (code, json.loads(out)[0]["base_url"]) == (0, f"http://127.0.0.1:{port}/v1")
    _, out, _ = await machine("serve", "--print", "--json")
    (coder, reviewer) = json.loads(out)
    assert (coder["devices"], reviewer["devices"]) == ([1], [0])
    assert reviewer["need_gb"] == 23.6


async def test_print_begins_with_who_plays_which_role_on_what(machine: Machine) -> None:
    _, out, _ = await machine("serve", "--print")
    heads, _, coder, reviewer = out.splitlines()[2:6]
    assert heads.split() == ["#", "role", "model", "parameters", "quantisation", "device", "memory"]
    assert "14.7 B" in coder
    assert "AWQ, 4 bits, float16" in coder
    assert reviewer.startswith("# reviewer, planner  Qwen/Qwen3-32B-AWQ")
    assert reviewer.endswith("23.6 GB")


async def test_a_machine_elsewhere_is_planned_for_where_there_is_neither_gpu_nor_vllm(machine: Machine) -> None:
    for name in ("nvidia-smi", "vllm"):
        (machine.programs / name).unlink()
    code, out, err = await machine("serve", "pat-8b", "--print", "--assume", "3x80GB", "--json")
    assert (code, err) == (0, "")
    coder, planner = json.loads(out)
    assert (len(coder["devices"]), len(planner["devices"])) == (1, 2)
    assert coder["argv"][0] == "vllm"
    code, _, err = await machine("serve", "pat-8b", "--assume", "3x80GB")
    assert (code, "--print" in err) == (2, True)
    code, _, err = await machine("serve", "pat-8b", "--print", "--assume", "1x8GB")
    assert (code, "do not fit" in err) == (3, True)


async def test_without_vllm_uvx_runs_it(machine: Machine) -> None:
    (machine.programs / "vllm").rename(machine.programs / "uvx")
    _, out, _ = await machine("serve", "--print")
    assert out.count(f"{machine.programs}/uvx --from vllm vllm serve") == 2


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("pat-8b",), 3, "Qwen/Qwen3-32B: weights 65.6 + cache of 4,096 tokens 1.1 + working memory 2.0 = 68.7 GB"),
        (("pat-9b",), 2, "is no preset"),
        (("--gpus", "5"), 2, "here are 0, 1"),
        (("--context", "10"), 2, "no conversation fits"),
        (("coder=org/crash-7B",), 3, "torch.OutOfMemoryError: CUDA out of memory"),
        (("coder=org/slow-7B", "--wait", "0.01"), 3, "was not ready after 1 s"),
    ],
)
async def test_what_cannot_be_served_is_told_with_its_reason(
    machine: Machine, words: tuple[str, ...], code: int, told: str
) -> None:
    got, out, err = await machine("serve", *words)
    assert (got, out) == (code, "")
    assert told in err
    assert "Traceback" not in err
    assert not (machine.folder / "home" / "state" / "serving.json").exists()


async def test_no_card_is_a_clear_refusal_also_as_json(machine: Machine) -> None:
    (machine.programs / "nvidia-smi").unlink()
    code, out, _ = await machine("serve", "--json")
    assert code == 3
    assert "no NVIDIA GPU was found" in json.loads(out)["message"]


async def test_ctrl_c_twice_leaves_at_once_and_the_servers_end_behind_us(machine: Machine) -> None:
    async with machine.serving("coder=org/late-7B") as process:
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        while b"once more leaves at once" not in await process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 130
        assert not all(gone(pid) for pid in machine.pids())
        (machine.folder / "release").touch()
        end = time.monotonic() + 20.0
        while not all(gone(pid) for pid in machine.pids()):
            assert time.monotonic() < end, "the servers did not end"
            await asyncio.sleep(0.01)
    assert "Traceback" not in machine.rest[1]
