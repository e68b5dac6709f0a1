"""`redraft prompts --for`: what a model would be told for a function, and what there was no room for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from redraft.app.cli.main import main

ORDERS = '''\
from .models import Item, Rate


def total(items: list[Item], rate: Rate) -> int:
    """Sum."""
    ...
'''
MODELS = "class Item:\n    cents: int\n    note: str = '\x1b[31m'\n\nclass Rate:\n    percent: float\n"
TARGET = "shop/orders.py::total"

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    (tmp_path / "shop").mkdir()
    Path("pyproject.toml").write_text("[project]\nname = 'shop'\n")
    Path("shop/__init__.py").write_text("")
    Path("shop/models.py").write_text(MODELS)
    Path("shop/orders.py").write_text(ORDERS)


def test_the_messages_come_with_the_context_between_two_lines_of_its_own(capsys: Capture) -> None:
    assert main(["prompts", "--for", TARGET]) == 0
    before, _, rest = capsys.readouterr().out.partition("┄┄ context: ")
    context, _, after = rest.partition("┄┄ end of context ┄┄\n")
    assert before.startswith("── system ──\nYou write Python functions")
    assert context == (
        "26 of 400 tokens beside the imports ┄┄\nfrom .models import Item, Rate\n\n# From shop.models:\n"
        "class Item:\n    cents: int\n    note: str = '\\x1b[31m'\nclass Rate:\n    percent: float\n"
    )
    assert after == (
        "Write `total`. Import inside it what is not imported above.\n── assistant, begun for the model ──\n"
        '```python\ndef total(items: list[Item], rate: Rate) -> int:\n    """Sum."""\n\n'
    )


def test_what_there_was_no_room_for_is_named_with_what_to_do(capsys: Capture) -> None:
    assert main(["prompts", "--for", TARGET, "--set", "context_tokens=10"]) == 0
    assert capsys.readouterr().out.endswith(
        "\n2 more names of the project did not fit: Item, Rate\n"
        "to tell more, raise context_tokens (now 10); every token is paid in each prompt\n"
    )


@pytest.mark.parametrize(
    ("verb", "mode"),
    [(verb, mode) for verb in ("draft", "plan", "fix", "enrich", "trial", "tests") for mode in ("paper", "evidence")]
    + [("review", "evidence")],
)
def test_every_verb_tells_of_the_surroundings(verb: str, mode: str, capsys: Capture) -> None:
    assert main(["prompts", "--for", TARGET, "--verb", verb, "--mode", mode, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["verb"], shown["mode"]) == (verb, mode)
    assert any(shown["context"] in message["content"] for message in shown["messages"])


def test_a_reviewer_that_is_another_model_is_shown_what_it_would_get(capsys: Capture) -> None:
    assert main(["prompts", "--for", TARGET, "--verb", "review", "--json"]) == 0
    same = json.loads(capsys.readouterr().out)
    others = ["--set", "roles.reviewer.base_url=http://127.0.0.1:9/v1"]
    assert main(["prompts", "--for", TARGET, "--verb", "review", "--json", *others]) == 0
    other = json.loads(capsys.readouterr().out)
    roles = [[message["role"] for message in shown["messages"]] for shown in (same, other)]
    assert roles == [["system", "user", "assistant", "user"], ["system", "user"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--verb", "plan"], "--for PATH::NAME"),
        (["loop/draft", "--for", TARGET], "not both"),
        (["--for", "shop/orders.py"], "name the function too"),
        (["--for", "shop/orders.py::missing"], "no function named 'missing'"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(words: list[str], said: str, capsys: Capture) -> None:
    assert main(["prompts", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["draft", "plan", "review", "fix", "enrich", "trial", "tests"])
@pytest.mark.parametrize("text", ["def alone(x): ...\n", 'def alone(x):\n    """Say x."""\n    return x\n'])
def test_a_function_alone_in_its_file_is_shown(capsys: Capture, verb: str, text: str) -> None:
    Path("alone.py").write_text(text)
    assert main(["prompts", "--for", "alone.py::alone", "--verb", verb]) == 0
    told = capsys.readouterr().out
    assert "alone" in told and "┄┄ context" not in told
