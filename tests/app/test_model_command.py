"""`redraft model …` as a user types it: pairs, files of one's own, what is missing, and what is wrong."""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from pathlib import Path

import pytest
from made_gguf import ARCHITECTURE, SIZES, gguf, whole, written
from redraft.app.cli.main import main
from redraft.engine.models.embedded.catalogue import default


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "OLLAMA_HOST",
        "OLLAMA_MODELS",
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "HF_HOME",
        "HF_HUB_CACHE",
        "HF_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REDRAFT_MODEL_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def roles(home: Path) -> dict[str, dict[str, str]]:
    return tomllib.loads((home / "home/config/redraft.toml").read_text())["roles"]


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    capsys.readouterr()
    assert main([*words, "--json"]) in {0, 3}
    return json.loads(capsys.readouterr().out)


def test_a_pair_is_written_and_read_back_with_those_who_follow(home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["model", "use", "coder=qwen2.5-coder-0.5b", "reviewer=Qwen2.5-Coder-1.5B"]) == 0
    assert "the next run fetches" in capsys.readouterr().out
    assert roles(home) == {
        "coder": {"base_url": "embedded", "model": "qwen2.5-coder-0.5b"},
        "reviewer": {"base_url": "embedded", "model": "qwen2.5-coder-1.5b"},
    }
    rows = told(capsys, "model", "list")["models"]
    assert isinstance(rows, list)
    playing = {row["name"]: row["roles"] for row in rows if row.get("roles")}
    assert playing == {"qwen2.5-coder-0.5b": ["coder", "tester"], "qwen2.5-coder-1.5b": ["reviewer", "planner"]}


def test_one_name_is_for_all_and_takes_back_what_others_had(home: Path):
    main(["model", "use", "coder=qwen2.5-coder-7b", "reviewer=qwen3-4b", "planner=qwen3-8b"])
    assert main(["model", "use", "qwen2.5-coder-1.5b"]) == 0
    assert roles(home)["coder"] == {"base_url": "embedded", "model": "qwen2.5-coder-1.5b"}
    assert (roles(home)["reviewer"], roles(home)["planner"]) == ({}, {})


def test_what_is_recommended_can_be_taken_as_it_is(home: Path, capsys: pytest.CaptureFixture[str]):
    line_up = told(capsys, "model", "recommend")["use"]
    assert main(["model", "use", "recommended"]) == 0
    assert [f"{role}={one['model']}" for role, one in roles(home).items()] == line_up


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["gpt-5"],
        ["coder="],
        ["writer=qwen3-4b"],
        ["coder=qwen3-4b", "coder=qwen3-8b"],
        ["qwen3-4b", "qwen3-8b"],
        ["coder=qwen3-4b", "qwen3-8b"],
        ["coder=none.gguf"],
        ["hub:me/mine"],
        ["."],
    ],
)
def test_what_cannot_be_meant_changes_nothing(home: Path, words: list[str]):
    assert main(["model", "use", *words]) == 2
    assert not (home / "home/config/redraft.toml").exists()


def test_a_hub_out_of_reach_changes_nothing(home: Path):
    assert main(["model", "use", "hub:me/mine:x.gguf"]) == 3
    assert not (home / "home/config/redraft.toml").exists()


def test_a_file_of_ones_own_is_checked_noted_and_written_with_its_whole_path(
    home: Path, capsys: pytest.CaptureFixture[str]
):
    path = written(home / "mine.gguf", whole())
    assert main(["model", "use", "mine.gguf"]) == 0
    assert roles(home)["coder"]["model"] == str(path)
    assert "2,048 tokens" in capsys.readouterr().err
    assert told(capsys, "model", "check") == {"models": {str(path): ""}}
    written(path, whole(**{"general.name": "swapped"}))
    assert "not the file that was used before" in str(told(capsys, "model", "check"))
    assert main(["model", "use", "mine.gguf"]) == 0
    assert told(capsys, "model", "check") == {"models": {str(path): ""}}


def test_a_file_without_a_chat_template_is_told(home: Path, capsys: pytest.CaptureFixture[str]):
    written(home / "mine.gguf", gguf({**ARCHITECTURE, **SIZES}))
    main(["model", "use", "mine.gguf"])
    assert "no chat template" in capsys.readouterr().err


def test_a_role_that_another_source_has_is_told(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("REDRAFT_MODEL", "qwen3-4b")
    main(["model", "use", "qwen2.5-coder-7b"])
    assert "$REDRAFT_MODEL says otherwise for the coder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [["model", "pull"], ["run", "shapes.py::area"], ["review", "shapes.py::area"], ["ask", "shapes.py::area"]],
)
def test_without_an_engine_every_command_says_so_before_anything_is_fetched(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    monkeypatch.setenv("PATH", "/nonexistent")
    (home / "shapes.py").write_text('def area(r):\n    """Area.\n\n    >>> area(0)\n    0\n    """\n    ...\n')
    assert main(command) == 3
    assert "pip install 'redraft[embedded]'" in capsys.readouterr().err
    assert not (home / "models").exists()


def test_a_model_of_no_name_is_told_and_not_ignored(home: Path, capsys: pytest.CaptureFixture[str]):
    (home / "shapes.py").write_text('def area(r):\n    """Area.\n\n    >>> area(0)\n    0\n    """\n    ...\n')
    assert main(["run", "shapes.py::area", "-m", "other.gguf"]) == 2
    assert "other.gguf" in capsys.readouterr().err


def test_what_is_not_here_has_no_path(home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["model", "path"]) == 3
    assert "`redraft model pull qwen2.5-coder-1.5b`" in capsys.readouterr().err


def test_a_file_that_lies_where_ollama_keeps_it_is_used_there_and_never_removed(
    home: Path, capsys: pytest.CaptureFixture[str]
):
    blobs = home / ".ollama/models/blobs"
    blobs.mkdir(parents=True)
    content = b"weights"
    digest = hashlib.sha256(content).hexdigest()
    (blobs / f"sha256-{digest}").write_bytes(content)
    (home / "home/config").mkdir(parents=True)
    (home / "home/config/models.toml").write_text(
        f'[[model]]\nname = "mine"\nrepo = "me/m"\nfile = "m.gguf"\nbytes = 7\nlicence = "MIT"\nsha256 = "{digest}"\n'
    )
    assert told(capsys, "model", "path", "mine") == {"paths": {"mine": str(blobs / f"sha256-{digest}")}}
    assert told(capsys, "model", "remove", "mine") == {"freed": 0}
    assert (blobs / f"sha256-{digest}").exists()


def test_a_mistake_in_ones_own_catalogue_is_told_with_its_file(home: Path, capsys: pytest.CaptureFixture[str]):
    (home / "home/config").mkdir(parents=True)
    (home / "home/config/models.toml").write_text('[[model]]\nname = "mine"\n')
    assert main(["model", "list"]) == 2
    assert "models.toml: model 1 ('mine')" in capsys.readouterr().err


def test_the_environments_servers_are_offered_and_not_taken(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-" + "secret" * 8)
    monkeypatch.setenv("OPENAI_BASE_URL", "https://user:pass@example.org/v1?token=abc")
    monkeypatch.setenv("OLLAMA_HOST", "box:9")
    assert main(["models"]) == 0
    shown = capsys.readouterr().out
    assert "--base-url https://example.org/v1" in shown
    assert "api_key_env=OPENAI_API_KEY" in shown
    assert "http://box:9/v1" in shown
    assert "secret" not in shown and "pass" not in shown and "abc" not in shown
    main(["config", "show", "--json"])
    shown = {one["key"]: one["value"] for one in json.loads(capsys.readouterr().out)}
    assert shown["roles.coder.base_url"] == "embedded"


def test_the_default_is_named_where_nobody_chose(home: Path, capsys: pytest.CaptureFixture[str]):
    rows = told(capsys, "model", "list")["models"]
    assert isinstance(rows, list)
    assert [row["name"] for row in rows if row.get("roles")] == [default().called]
