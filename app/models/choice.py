"""Models as people name them on the command line and choose them on a screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from ...engine.errors import UsageError
from ...engine.facts import ROLES, Role
from ...engine.settings import EMBEDDED, RoleSettings, Settings


class ModelChoice(NamedTuple):
    """A model, and the server that has it."""

    base_url: str
    model: str
    found: bool = False
    """Whether the server was found on this machine and named by nobody: no key is sent to it."""

    @property
    def label(self) -> str:
        """Short, for lanes and tables."""
        return self.model or ("embedded" if self.base_url == EMBEDDED else self.base_url)


def in_force(settings: Settings) -> ModelChoice:
    """The coder's model."""
    return asks(settings, "coder")


def parsed(text: str, settings: Settings) -> ModelChoice:
    """`embedded`, `NAME@URL`, `NAME@embedded`, or `NAME` at the coder's server.

    Raises:
        UsageError: it names no model.
    """
    if text == EMBEDDED:
        return ModelChoice(EMBEDDED, "")
    name, at, url = text.partition("@http")
    if at:
        return ModelChoice(f"http{url}", name)
    if name.endswith(f"@{EMBEDDED}"):
        return ModelChoice(EMBEDDED, name.removesuffix(f"@{EMBEDDED}"))
    if not name:
        raise UsageError(f"--models {text!r}: write `embedded`, or the model and its server as NAME@http://HOST/v1")
    return ModelChoice(in_force(settings).base_url, name)


def asks(settings: Settings, role: Role) -> ModelChoice:
    """The model of a role."""
    return ModelChoice(settings.role(role).base_url, settings.role(role).model)


def following(settings: Settings) -> tuple[Role, ...]:
    """The coder, and the roles that have its model."""
    return tuple(role for role in ROLES if asks(settings, role) == asks(settings, "coder"))


def applied(settings: Settings, choice: ModelChoice) -> Settings:
    """The settings with this model in every role that followed the coder."""
    return given(settings, choice, following(settings), settings)


def given(settings: Settings, choice: ModelChoice, roles: Sequence[Role], known: Settings) -> Settings:
    """The settings with this model in these roles; `known` are those with the servers that the user has set.

    A key belongs to the server that it was set for, and a price to the model.
    """
    changed = {role: _asking(settings.role(role), choice, known) for role in roles}
    return replace(settings, roles=replace(settings.roles, **changed))


def _asking(mine: RoleSettings, choice: ModelChoice, known: Settings) -> RoleSettings:
    if (mine.base_url, mine.model) == choice[:2]:
        return mine
    asked = replace(mine, base_url=choice.base_url, model=choice.model, price_in=None, price_out=None)
    here = [one for one in (mine, *map(known.role, ROLES)) if one.base_url == choice.base_url]
    if here:
        key = here[0]
        asked = replace(asked, api_key=key.api_key, api_key_env=key.api_key_env, api_key_command=key.api_key_command)
    elif choice.found:
        asked = replace(asked, api_key=None, api_key_env="", api_key_command="")
    same = next((one for one in here if one.model == choice.model), None)
    return asked if same is None else replace(asked, price_in=same.price_in, price_out=same.price_out)
