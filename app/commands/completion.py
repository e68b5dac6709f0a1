"""`redraft completion SHELL`: a completion script made from the parser itself."""

from __future__ import annotations

import argparse
from typing import cast

from ...engine.pipelines.names import NAMES
from ..cli.parser import build
from ..common.output import out_exact

PATTERNS = ("--pipeline", "--pipelines", "-p")
"""Options whose value is the name of a pattern, or several with commas between."""


def run(args: argparse.Namespace) -> int:
    """Print the script; `eval "$(redraft completion bash)"` installs it."""
    out_exact({"bash": _bash, "zsh": _zsh, "fish": _fish}[args.shell](_words()))
    return 0


def _words() -> dict[str, tuple[str, list[str]]]:
    """Help and options of every command."""
    parser = build()
    commands = cast("argparse._SubParsersAction[argparse.ArgumentParser]", parser._subparsers._group_actions[0])  # pyright: ignore
    parsers = commands.choices
    helps = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    return {name: (helps.get(name, ""), _options(one)) for name, one in parsers.items()}


def _options(parser: argparse.ArgumentParser) -> list[str]:
    flags = [flag for action in parser._actions for flag in action.option_strings]
    return flags + [str(c) for action in parser._actions if not action.option_strings for c in action.choices or ()]


def _bash(words: dict[str, tuple[str, list[str]]]) -> str:
    cases = "\n".join(f'    {name}) words="{" ".join(options)}" ;;' for name, (_, options) in words.items())
    return f"""\
_redraft() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" words="" before=""
  case "${{COMP_WORDS[COMP_CWORD-1]}} ${{COMP_WORDS[1]}}" in
    --pipeline\\ *|--pipelines\\ *|-p\\ *|pipelines\\ pipelines)
      if [[ "$word" == *,* ]]; then before="${{word%,*}},"; fi
      COMPREPLY=($(compgen -P "$before" -W "{" ".join(NAMES)}" -- "${{word##*,}}"))
      return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="{" ".join(words)}"; else case "${{COMP_WORDS[1]}}" in
{cases}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word"))
}}
complete -o filenames -F _redraft redraft"""


def _zsh(words: dict[str, tuple[str, list[str]]]) -> str:
    return "autoload -U +X bashcompinit && bashcompinit\n" + _bash(words)


def _fish(words: dict[str, tuple[str, list[str]]]) -> str:
    lines = [
        f"complete -c redraft -n __fish_use_subcommand -a {name} -d '{help_.replace(chr(39), '')}'"
        for name, (help_, _) in words.items()
    ]
    lines.append(f"complete -c redraft -n '__fish_seen_subcommand_from pipelines' -f -a '{' '.join(NAMES)}'")
    for name, (_, options) in words.items():
        for option in options:
            kind = (
                f"-l {option[2:]}"
                if option.startswith("--")
                else f"-s {option[1:]}"
                if option[0] == "-"
                else f"-a {option}"
            )
            takes = f" -x -a '{' '.join(NAMES)}'" if option in PATTERNS else ""
            lines.append(f"complete -c redraft -n '__fish_seen_subcommand_from {name}' {kind}{takes}")
    return "\n".join(lines)
