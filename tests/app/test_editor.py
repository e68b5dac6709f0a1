"""The person's own editor opens at the line, however it wants to be told."""

from __future__ import annotations

import pytest
from redraft.app.common.editor import edited, editor_command
from redraft.engine.errors import EnvironmentFault


@pytest.mark.parametrize(
    ("named", "command"),
    [
        ("vim", ["vim", "+7", "a b.py"]),
        ("/usr/bin/nvim -p", ["/usr/bin/nvim", "-p", "+7", "a b.py"]),
        ("emacsclient -t", ["emacsclient", "-t", "+7", "a b.py"]),
        ("hx", ["hx", "a b.py:7"]),
        ("code", ["code", "--wait", "--goto", "a b.py:7"]),
        ("'my editor'", ["my editor", "a b.py"]),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(named: str, command: list[str]) -> None:
    assert editor_command({"EDITOR": named}, "a b.py", 7) == command


def test_visual_goes_before_editor() -> None:
    assert editor_command({"VISUAL": "hx", "EDITOR": "vim"}, "a.py", 1) == ["hx", "a.py:1"]


def test_without_an_editor_the_person_is_told_how_to_name_one() -> None:
    with pytest.raises(EnvironmentFault, match="EDITOR=vim"):
        editor_command({}, "a.py", 1)


@pytest.mark.parametrize(("named", "words"), [("", "no editor"), ("  ", "no editor"), ("vi 'x", "quotation")])
def test_an_editor_that_is_not_named_as_a_shell_would_read_it_is_told(named: str, words: str):
    with pytest.raises(EnvironmentFault, match=words):
        editor_command({"EDITOR": named}, "a.py", 1)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["/no/such/editor", "a.py"], "cannot be started"),
        (["/"], "cannot be started"),
        (["false"], "error (1)"),
        (["true"], ""),
    ],
)
def test_an_editor_that_fails_is_told_in_words_and_raises_nothing(command: list[str], words: str):
    told = edited(command)
    assert words in told
    assert bool(words) == bool(told)
