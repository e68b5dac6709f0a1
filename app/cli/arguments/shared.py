"""How commands are collected, and the options that several of them take."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from textwrap import fill

from ....engine.pipelines.names import NAMES

PIPELINES = f"pipelines ({len(NAMES)}, `redraft pipelines` explains):\n" + fill(
    ", ".join(NAMES), 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
)
"""Every pattern by name, for the foot of a command's help."""

Take = Callable[[ArgumentParser], None]
"""Adds to a command's parser what the command takes."""


class Command:
    """One command: what it does in a few words, its arguments, and what stands below its help (None: nothing)."""

    def __init__(self, what: str, take: Take, below: str | None) -> None:
        self.what = what
        self.take = take
        self.below = below


class Commands(dict[str, Command]):
    """A group of commands by name, in the order of `redraft --help`."""

    def add(self, name: str, what: str, *, below: str | None = None) -> Callable[[Take], Take]:
        """Let the function below be what the command of this name takes."""

        def added(take: Take) -> Take:
            self[name] = Command(what, take, below)
            return take

        return added


def seconds(text: str) -> float:
    """The seconds that a text such as "30s", "2m" or "45" spells.

    Raises:
        ArgumentTypeError: it spells none, or no time that one could watch.
    """
    number, unit = (text[:-1], text[-1]) if text[-1:] in {"s", "m"} else (text, "s")
    try:
        found = float(number) * (60 if unit == "m" else 1)
    except ValueError:
        found = 0.0
    if not 1 <= found <= 24 * 60 * 60:
        raise ArgumentTypeError(f"{text!r} is no time to play it in; say it as 30s or 2m")
    return found


def output(parser: ArgumentParser) -> None:
    """How it is printed."""
    parser.add_argument("--json", action="store_true", help="JSON on standard output, errors too")
    parser.add_argument("--plain", action="store_true", help="no colours, no redrawing: for screen readers and pipes")


def settings(parser: ArgumentParser) -> None:
    """What is set for this once."""
    parser.add_argument("--interpreter", metavar="PYTHON", help="Python that runs the drafts")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting, as config show")


def models(parser: ArgumentParser) -> None:
    """Who is asked and how, and the settings."""
    parser.add_argument("--mode", choices=["paper", "evidence"], help="ask as the papers do, or as we found better")
    parser.add_argument("--base-url", metavar="URL", help="an OpenAI-compatible server, or `embedded`")
    parser.add_argument("--model", "-m", metavar="NAME")
    parser.add_argument("--seed", type=int, metavar="N")
    settings(parser)


def pattern(parser: ArgumentParser) -> None:
    """The pipeline, its models, and the settings."""
    parser.add_argument(
        "--pipeline", "-p", metavar="NAME", help="the pattern to work by (default: review-with-evidence)"
    )
    models(parser)
