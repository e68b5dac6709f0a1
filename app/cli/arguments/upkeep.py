"""What the commands take that look after a project, its files and the shell."""

from __future__ import annotations

from argparse import ArgumentParser

from .shared import Commands

UPKEEP = Commands()


@UPKEEP.add("trust", "let a project's [tool.redraft] set servers, commands and interpreter")
def _trust(parser: ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", default=".", metavar="FOLDER")
    parser.add_argument(
        "--limited", action="store_true", help="let drafts of this project run where files cannot be protected (tier D)"
    )
    parser.add_argument("--yes", action="store_true", help="agree without being asked")
    parser.add_argument("--no", action="store_true", help="take the trust back")


@UPKEEP.add("undo", "take the last write to a file back")
def _undo(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH")


@UPKEEP.add("redo", "make it again")
def _redo(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH")


@UPKEEP.add("completion", "print a completion script for your shell")
def _completion(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=["bash", "zsh", "fish"])
