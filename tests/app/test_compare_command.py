"""`redraft compare` and `redraft check --strength` as a person or a script meets them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = 'def median(xs: list[int]) -> float:\n    """The middle one.\n\n    >>> median([1, 3, 2])\n    2\n    """\n    return sorted(xs)[len(xs) // 2]\n'


def main(words: list[str]) -> int:
    """The exit code; what was printed goes where this process prints."""
    done = subprocess.run([sys.executable, "-m", "redraft.app", *words], capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.py").write_text(TEXT)
    return tmp_path


def test_a_changed_result_is_told_and_the_exit_code_says_so(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "old.py").write_text(TEXT.replace("return ", "return xs and "))
    assert main(["compare", "m.py::median", "--with", "old.py"]) == 1
    assert "median([]): [] → IndexError" in capsys.readouterr().out
    assert main(["compare", "m.py::median", "--with", "old.py", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["inputs"] > 10 and [change["call"] for change in told["changes"]] == ["median([])"]
    assert main(["compare", "m.py::median", "--with", "m.py"]) == 0
    assert "the same as m.py" in capsys.readouterr().out


def test_a_revision_of_git_is_read_without_a_checkout(folder: Path, capsys: pytest.CaptureFixture[str]):
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "m.py"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True, cwd=folder)
    (folder / "m.py").write_text(TEXT.replace("return ", "return xs and "))
    assert main(["compare", "m.py::median"]) == 1
    assert "1 of" in capsys.readouterr().out
    assert main(["compare", "m.py::median", "--with", "nowhere"]) == 2
    assert "no such file, and git says" in capsys.readouterr().err


@pytest.mark.parametrize("wanted", ["--with=--output=x", "--with=a b", "--with="])
def test_what_is_neither_file_nor_revision_is_a_mistake_of_usage(folder: Path, wanted: str):
    assert main(["compare", "m.py::median", wanted]) == 2
    assert not (folder / "x").exists()


def test_what_cannot_be_called_is_said_not_to_be_comparable(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "n.py").write_text("def f(a, b):\n    return a\n")
    assert main(["compare", "n.py::f", "--with", "n.py"]) == 2
    assert "no input can be made" in capsys.readouterr().err
    (folder / "o.py").write_text("def g(a, b):\n    return a\n")
    assert main(["compare", "n.py::f", "--with", "o.py"]) == 2
    assert "f is not in o.py" in capsys.readouterr().err


def test_the_strength_of_examples_is_told_with_the_one_that_would_catch_most(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["check", "m.py", "--function", "median", "--strength"]) == 0
    told = capsys.readouterr().out
    assert "the examples catch" in told and "missed: line 7" in told and "to be checked by you" in told
    assert main(["check", "m.py", "--function", "median", "--strength", "--json"]) == 0
    strong = json.loads(capsys.readouterr().out)["strength"]
    assert strong["caught"] < strong["of"] == len(strong["mistakes"])
    assert strong["offer"]["doctest"].startswith(">>> median(")


def test_strength_is_of_examples_in_the_file(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", "m.py", "--function", "median", "--strength", "--examples", "[]"]) == 2
    (folder / "m.py").write_text("def f(x: int) -> int:\n    return x\n")
    assert main(["check", "m.py", "--function", "f", "--strength"]) == 1
    assert "no examples to tell it of" in capsys.readouterr().out
