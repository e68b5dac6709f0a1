"""An example and where in the docstring it stands."""

from __future__ import annotations

import dataclasses

from ..facts import Example


@dataclasses.dataclass(frozen=True)
class Placed:
    """What was read at one place of a docstring."""

    offset: int
    """0-based line within the docstring."""
    found: Example
    refused: tuple[int, str] = (0, "")
    """0-based line within the docstring for which doctest refuses the whole docstring, and why; "" when it does not."""

    def example(self, first_line: int, session: str = "") -> Example:
        """The example, with its line in the file if the docstring's `first_line` (1-based, 0 for none) is known.

        `session` says whose docstring it is, "" for the function's own.
        """
        found, (offset, why) = self.found, self.refused
        return Example(
            source=found.source,
            want=found.want,
            compare=found.compare,
            raises=found.raises,
            options=found.options,
            line=first_line + self.offset if first_line else 0,
            session=session,
            refused=f"line {first_line + offset if first_line else offset + 1} {why}" if why else "",
        )
