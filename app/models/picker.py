"""Choosing a model, for the coder and those who follow it, or for one role alone."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding
from textual.content import Content

from ...engine.facts import ROLES, Role
from ...engine.settings import Settings
from ..common.key_names import keys_of
from ..common.picker import Offer, Picker
from .choice import ModelChoice, asks, following
from .offers import ModelOffer


class ModelPicker(Picker):
    """Gives the number of the offer chosen, or None; `roles` are those that it is for."""

    BINDINGS = [
        Binding("tab", "turn(1)", "another role", id="picker.role", priority=True),
        Binding("shift+tab", "turn(-1)", "the role before", show=False, id="picker.role_before", priority=True),
    ]

    def __init__(self, offers: Sequence[ModelOffer], settings: Settings, note: str = "") -> None:
        self._models = tuple(offers)
        self._settings = settings
        together = following(settings)
        alone: tuple[tuple[Role, ...], ...] = tuple((role,) for role in ROLES)
        self._scopes = (together, *(scope for scope in alone if scope != together))
        self._at = 0
        kept = "for this session; your redraft.toml keeps a choice, under [roles]"
        super().__init__("model", self._marked(), f"{note}\n{kept}" if note else kept)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that are chosen for."""
        return self._scopes[self._at]

    @property
    def _head(self) -> Content:
        more = f"   {keys_of(self)('picker.role')} chooses for another role"
        return Content.assemble("for ", (", ".join(self.roles), "bold $primary"), (f"{more}\n", "$text-muted"))

    def action_turn(self, steps: int) -> None:
        """Choose for other roles."""
        self._at = (self._at + steps) % len(self._scopes)
        self.offer(self._marked())

    def _marked(self) -> list[Offer]:
        now = asks(self._settings, self.roles[0])
        return [
            Offer(str(n), one.title, self._detail(one), chosen=one.line_up is None and _same(one.choice, now))
            for n, one in enumerate(self._models)
        ]

    def _detail(self, one: ModelOffer) -> str:
        """Where it is, and who is asked by it now."""
        if one.line_up is not None:
            return one.detail
        users = [role for role in ROLES if _same(one.choice, asks(self._settings, role))]
        return f"{one.detail}; now {', '.join(users)}" if users else one.detail


def _same(one: ModelChoice, other: ModelChoice) -> bool:
    return (one.base_url, one.model) == (other.base_url, other.model)
