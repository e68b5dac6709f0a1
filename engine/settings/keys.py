"""Finding an API key where the settings say it is."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from ..errors import ModelError
from ..facts import ROLES
from .merging import Placed, Placings
from .secret import Secret
from .shape import RoleSettings

COMMAND_SECONDS = 30.0
"""A password store may ask for a finger first."""


def with_environment_keys(placed: Placings, environ: Mapping[str, str]) -> tuple[Placings, tuple[str, ...]]:
    """The same, with each `api_key_env` read into an `api_key`; and a warning for each variable that is not set."""
    full = dict(placed)
    missing: dict[str, str] = {}
    for role in ROLES:
        named = full.get(("roles", role, "api_key_env"))
        if named is None or not named.value:
            continue
        variable = str(named.value)
        if value := environ.get(variable, "").strip():
            key = Secret.of(value, f"from ${variable}")
            full["roles", role, "api_key"] = Placed(key, named.source, named.kind)
        else:
            missing.setdefault(variable, role)
    return full, tuple(
        f"roles.{role}.api_key_env names ${variable}, which is not set; export it, or unset api_key_env"
        for variable, role in missing.items()
    )


def key_of(role: RoleSettings) -> Secret | None:
    """The key for a role's endpoint, or None when it needs none. Runs `api_key_command` when there is one: blocks.

    Raises:
        ModelError: the command fails, takes too long or prints nothing; or the key cannot be sent in a header.
    """
    if role.api_key is not None or not role.api_key_command:
        return _sendable(role.api_key)
    command = role.api_key_command
    words = shlex.split(command) if isinstance(command, str) else list(command)
    return _sendable(Secret.of(_first_line(words), f"from the command {words[0]}"))


def _sendable(key: Secret | None) -> Secret | None:
    """The key, if a header can hold it: else whoever fails to send it would show it in an error."""
    text = key.reveal() if key else ""
    if text.isascii() and all(char.isprintable() and char != " " for char in text):
        return key
    raise ModelError(
        f"the API key ({key}) holds a character that no key has, such as a line break, a space or a typographic dash; "
        "copy it again (it is not shown)",
        kind="unauthorized",
    )


def _first_line(words: list[str]) -> str:
    import subprocess

    def failed(what: str) -> ModelError:
        return ModelError(f"api_key_command: {words[0]} {what}; run it by hand to see why", kind="unauthorized")

    try:
        # Its standard error goes to nobody: it may hold the key.
        ran = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS, check=False, text=True
        )
    except subprocess.TimeoutExpired:
        raise failed(f"gave no key within {COMMAND_SECONDS:g} seconds") from None
    except (OSError, UnicodeDecodeError) as error:
        raise failed(f"cannot be run ({error})") from None
    if ran.returncode != 0:
        raise failed(f"ended with exit status {ran.returncode}")
    if not (lines := ran.stdout.split("\n", 1)) or not lines[0].strip():
        raise failed("printed nothing")
    return lines[0].strip()
