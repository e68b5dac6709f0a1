"""Models as people name them on the command line and choose them on a screen."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from ..engine.errors import UsageError
from ..engine.facts import ROLES
from ..engine.settings import EMBEDDED, Settings


class ModelChoice(NamedTuple):
    """A model, and the server that has it."""

    base_url: str
    model: str

    @property
    def label(self) -> str:
        """Short, for lanes and tables."""
        return self.model or ("embedded" if self.base_url == EMBEDDED else self.base_url)


def in_force(settings: Settings) -> ModelChoice:
    """The coder's model."""
    return ModelChoice(settings.roles.coder.base_url, settings.roles.coder.model)


def parsed(text: str, settings: Settings) -> ModelChoice:
    """`embedded`, `NAME@URL`, or `NAME` at the coder's server.

    Raises:
        UsageError: it names no model.
    """
    if text == EMBEDDED:
        return ModelChoice(EMBEDDED, "")
    name, at, url = text.partition("@http")
    if at:
        return ModelChoice(f"http{url}", name)
    here = in_force(settings)
    if not name or here.base_url == EMBEDDED:
        raise UsageError(f"--models {text!r}: write `embedded`, or the model and its server as NAME@http://HOST/v1")
    return ModelChoice(here.base_url, name)


def applied(settings: Settings, choice: ModelChoice) -> Settings:
    """The settings with this model in every role that followed the coder."""
    old = in_force(settings)
    changed = {
        role: replace(mine, base_url=choice.base_url, model=choice.model)
        for role in ROLES
        if ((mine := settings.role(role)).base_url, mine.model) == old
    }
    return replace(settings, roles=replace(settings.roles, **changed))
