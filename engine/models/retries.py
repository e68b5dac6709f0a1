"""Trying again: how often, and how long to wait in between."""

from __future__ import annotations

from ..facts import Fact


class Retries(Fact, frozen=True):
    """Bounded attempts with exponential backoff and jitter, so that many clients do not come back at once."""

    attempts: int = 4
    """Requests in all, the first included."""
    first_wait: float = 0.5
    """Seconds before the second attempt; doubled each time."""
    longest_wait: float = 8.0
    """Seconds one wait lasts at most when the server does not ask for more."""
    patience: float = 30.0
    """Seconds a server may ask us to wait (Retry-After); when it asks for more, the user decides."""

    def wait(self, attempt: int, asked: float | None, luck: float) -> float | None:
        """Seconds until the next attempt, None to give up.

        `attempt` is the number of the one that failed, from 1; `asked` is the server's Retry-After; `luck` is
        in [0, 1).
        """
        if attempt >= self.attempts or (asked is not None and asked > self.patience):
            return None
        backoff = min(self.first_wait * 2 ** (attempt - 1), self.longest_wait) * (0.5 + luck / 2)
        return max(asked or 0.0, backoff)
