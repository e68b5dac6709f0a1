"""An API key that no log, trace or file can show."""

from __future__ import annotations

import msgspec

from ..redaction import protect


class Secret(msgspec.Struct, frozen=True, dict=True, eq=False):
    """A key and where it came from. Its text, repr, JSON and pickle name the place only."""

    # The value lives in the instance's __dict__, which msgspec neither prints nor encodes.
    origin: str
    """As a person would say it: "from $OPENAI_API_KEY"."""

    @classmethod
    def of(cls, value: str, origin: str) -> Secret:
        """A secret with this value."""
        protect(value)
        secret = cls(origin)
        msgspec.structs.force_setattr(secret, "_value", value)
        return secret

    def reveal(self) -> str:
        """The key itself; only for the header of a request."""
        return str(self.__dict__["_value"])

    def __copy__(self) -> Secret:
        """Itself: it never changes."""
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        """Itself: it never changes."""
        return self

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same key."""
        if not isinstance(other, Secret):
            return NotImplemented
        return self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash((Secret, self.reveal()))

    def __str__(self) -> str:
        return f"set, {self.origin}"

    def __repr__(self) -> str:
        return f"Secret({self})"
