"""Which model on this machine plays which role, as the settings say, and how it is served."""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import UsageError
from ...facts import ROLES, Role
from ...settings import EmbeddedSettings, Settings
from .catalogue import Catalogue
from .server import USUAL_CONTEXT, Tuning
from .weights import Weights


def played(settings: Settings, catalogue: Catalogue) -> Mapping[Role, Weights]:
    """The model of each role that is played on this machine.

    Raises:
        UsageError: a role names no model that there is.
    """
    cast: dict[Role, Weights] = {}
    for role in ROLES:
        wanted = settings.role(role)
        if wanted.embedded:
            try:
                cast[role] = catalogue.named(wanted.model)
            except UsageError as error:
                raise UsageError(f"roles.{role}.model: {error}") from None
    return cast


def tuning_for(weights: Weights, chosen: EmbeddedSettings) -> Tuning:
    """How a model is served: as the settings say, and with no more context than it has."""
    context = chosen.context or USUAL_CONTEXT
    return Tuning(
        context=min(context, weights.context or context),
        threads=chosen.threads,
        slots=chosen.parallel,
        gpu_layers=chosen.gpu_layers,
    )
