"""What can be typed after `redraft`. Imports argparse and nothing else, so that `--help` is quick."""

from __future__ import annotations

import argparse

from .arguments.drafting import DRAFTING
from .arguments.looking import LOOKING
from .arguments.measuring import MEASURING
from .arguments.shared import Command
from .arguments.upkeep import UPKEEP

COMMANDS: dict[str, Command] = {**DRAFTING, **LOOKING, **MEASURING, **UPKEEP}
"""By name, in the order of `--help`."""

EXAMPLES = """\
examples:
  redraft shapes.py                watch the file; draft each stub as you save it
  redraft tour                     three stubs to try it on, with the embedded model
  redraft run shapes.py::area      draft one function without a screen
  redraft doctor                   how well untrusted code is contained here, and why
"""


class UnreadableError(Exception):
    """A command line that no command can be made of; `usage` is how it should look."""

    def __init__(self, usage: str, message: str) -> None:
        super().__init__(message)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """Raises where argparse would print and exit, so that a script that asked for JSON gets it."""

    def error(self, message: str):  # NoReturn, which would cost the import of typing
        """Raise it, with where to look next.

        Raises:
            UnreadableError: always.
        """
        raise UnreadableError(self.format_usage(), f"{message}; `{self.prog} --help` explains")


def build() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    # What stands below the options has its lines already.
    as_written = argparse.RawDescriptionHelpFormatter
    parser = Parser(
        prog="redraft",
        description="Drafts Python functions beside your editor: a coder writes, your examples judge, "
        "a reviewer reports, you accept.",
        epilog=EXAMPLES,
        formatter_class=as_written,
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, command in COMMANDS.items():
        command.take(commands.add_parser(name, help=command.what, epilog=command.below, formatter_class=as_written))
    return parser
