"""What a command reads of its arguments is what its parser takes."""

from __future__ import annotations

import argparse
import ast
from pathlib import Path

import pytest
from redraft.app.cli.parser import COMMANDS

COMMANDS_FOLDER = Path(__file__).parents[2] / "app" / "commands"


def taken(name: str) -> set[str]:
    parser = argparse.ArgumentParser()
    COMMANDS[name].take(parser)
    return {action.dest for action in parser._actions} | {"command", "version"}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_argument_that_a_command_reads_is_one_that_it_takes(name: str) -> None:
    tree = ast.parse((COMMANDS_FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    read = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "args"
    }
    assert read - taken(name) == set()
