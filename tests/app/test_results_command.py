"""`redraft bench show` where there is no terminal, and what it refuses."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import msgspec
import pytest
from results_scenes import HEADER, result, results_file, written


async def show(home: Path, *words: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "redraft.app", "bench", "show", *words),
        cwd=home,
        env={**os.environ, "REDRAFT_HOME": str(home / "home"), "NO_COLOR": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_without_a_terminal_the_table_and_every_problem_are_printed(tmp_path: Path) -> None:
    path, _ = results_file(tmp_path)
    code, out, err = await show(tmp_path, str(path))
    assert code == 0, err
    assert "humaneval+: 12 problems (fixed 3, broken 3, false alarm 10, failed 7)" in out
    assert "HumanEval/9   rolling_max              ✗ fail     ✓ pass +        ✓ pass +r" in out
    assert "review-with-evidence  11  81.8  72.7" in out
    assert "name their folder with --data" in err
    code, out, _ = await show(tmp_path, str(path), "--json")
    told = json.loads(out)
    assert (code, told["counts"]) == (0, {"fixed": 3, "broken": 3, "false alarm": 10, "failed": 7})
    assert told["problems"][7]["cells"][2]["kinds"] == ["broken", "false alarm", "failed"]


async def test_problems_get_the_names_of_their_functions_from_the_benchmarks_files(
    tmp_path: Path, shared: Path
) -> None:
    path = tmp_path / "results.jsonl"
    written(path, HEADER, msgspec.structs.replace(result(0, "raw-coder", "p"), run=""))
    code, out, err = await show(tmp_path, str(path), "--csv", "--data", str(shared / "data"))
    assert (code, out.splitlines()[1], err) == (0, "HumanEval/0,has_close_elements,✓ pass", "")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "name one file of results: redraft bench show FILE"),
        (("none.jsonl",), 2, "none.jsonl: there is no such file"),
        (("a.jsonl", "b.jsonl"), 2, "name one file of results"),
        (("other.jsonl",), 3, "no result of redraft's benchmark"),
        (("empty.jsonl",), 3, "the file is empty"),
        (("results.jsonl", "--logs", "nowhere"), 2, "nowhere: there is no such folder of logs"),
    ],
)
async def test_what_cannot_be_shown_is_said_in_a_sentence(
    tmp_path: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    results_file(tmp_path)
    (tmp_path / "other.jsonl").write_text("hello\n")
    (tmp_path / "empty.jsonl").write_text("")
    found, out, err = await show(tmp_path, *words)
    assert (found, out) == (code, "")
    assert told in err
    assert "Traceback" not in err
