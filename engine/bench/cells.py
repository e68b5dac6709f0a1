"""What stands in the cells of every table."""

from __future__ import annotations

from ..state.cost import shown
from .standing import Row
from .statistics import Paired, Share

NONE = "—"


def percent(share: Share | None) -> str:
    """A share in percent, or a dash."""
    return NONE if share is None or not share.of else f"{100 * share.value:.1f}"


def interval(share: Share) -> str:
    """Its 95 % interval in percent."""
    low, high = share.interval
    return f"{100 * low:.0f}–{100 * high:.0f}" if share.of else NONE


def p_value(change: Paired | None) -> str:
    """McNemar's exact p."""
    if change is None:
        return NONE
    return "<0.001" if change.p < 0.001 else f"{change.p:.3f}"


def change_cells(change: Paired | None) -> tuple[str, str, str]:
    """Fixed, broken, and McNemar's exact p."""
    return (f"+{change.fixed}", f"-{change.broken}", p_value(change)) if change else (NONE, NONE, NONE)


def points_of(row: Row, *, plus: bool) -> str:
    """Percentage points against the baseline, on the problems that both were run on."""
    change = row.change if plus else row.change_base
    return NONE if change is None or not change.n else f"{100 * (change.fixed - change.broken) / change.n:+.1f}"


def usd_of(row: Row) -> str:
    """What all its problems cost together."""
    return shown(row.spent) if row.spent.calls else "n/a"


def tokens_of(number: int, *, estimated: bool) -> str:
    """A number of tokens, "~" before it when some are our estimate."""
    return f"{'~' if estimated else ''}{number:,}"
