"""The table of a race, for people and, as CSV and JSON, for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import msgspec

from ..examples import visible
from ..facts import ROLES, Fact
from ..state.cost import Spending, shown
from .race_table import BASELINE, Row, Score
from .rendering import Table, columns_of
from .taxonomy import FailureClass

HEADS = ("lane", "verdict", "visible", "hidden", "calls", "in", "out", "seconds", "cost", "against raw-coder")
_CELL = 200
"""Characters of what a model or a program said that one cell holds."""


_IN_WORDS: dict[FailureClass, str] = {
    "missing import": "it uses a name that no import brings in",
    "identifier": "a parameter's name was changed",
    "over-engineering": "it does far more than it takes",
    "algorithm mismatch": "it computes something else than was asked for",
}


class Outcome(Fact, frozen=True):
    """A race for programs: what was raced, and the rows."""

    task: str
    """Name of the task or `PATH::NAME`."""
    began_at: str
    """Wall-clock time, ISO 8601, UTC."""
    rows: tuple[Row, ...]
    alike: tuple[str, ...] = ()
    """Which lanes do the same, in words; empty where they were not compared."""


def verdict_of(row: Row) -> str:
    """The verdict, and whether a review that was due did not come."""
    return f"{row.verdict}, not reviewed" if row.unreviewed else row.verdict


def cells(row: Row) -> tuple[str, ...]:
    """A row as short texts, in the order of `HEADS`."""
    spent = row.spent
    about = "~" if spent.estimated else ""
    return (
        _line(row.lane),
        verdict_of(row) + (" (scripted)" if row.scripted else ""),
        _score(row.visible),
        _score(row.hidden),
        f"{row.calls} of {row.bound}" if row.bound is not None else str(row.calls),
        f"{about}{spent.prompt_tokens:,}",
        f"{about}{spent.completion_tokens:,}",
        f"{row.seconds:.1f}",
        shown(spent) if row.calls else "n/a",
        f"{row.change.direction}: {row.change.failure.kind}" if row.change else "",
    )


def notes(rows: Iterable[Row]) -> tuple[str, ...]:
    """What does not fit into a cell: evidence of a change, tokens of each role, what the numbers leave out."""
    rows = tuple(rows)
    told = _warnings(rows)
    for row in rows:
        lane = _line(row.lane)
        if row.change is not None:
            evidence = _line(row.change.failure.evidence)
            whose = "raw-coder's " if row.change.direction == "improvement" else ""
            told.append(f"{lane}: {row.change.direction}, {whose}{row.change.failure.kind}: {evidence}")
        elif row.verdict in {"failed", "cancelled"}:
            told.append(f"{lane}: {_line(row.why) or row.verdict}")
        if len(row.roles) > 1:
            told.append(f"{lane}: {', '.join(_spent(role, spent) for role, spent in row.roles.items())}")
        if row.waited >= 0.1:
            told.append(f"{lane}: waited {row.waited:.1f} s for a model that answered others, not counted above")
    return tuple(told)


def against(rows: Sequence[Row]) -> tuple[str, ...]:
    """For each lane how it came off against raw-coder, in words; "" for raw-coder itself, and where one is not over."""
    raw = next((row for row in rows if row.pipeline == BASELINE), None)
    return tuple(_against(row, raw) for row in rows)


def _against(row: Row, raw: Row | None) -> str:
    if raw is None or row is raw or "running" in {row.verdict, raw.verdict}:
        return ""
    if row.change is None:
        same = {"verified": "both hold the examples", "fails": "both fail"}.get(row.verdict, "")
        return f"against raw-coder: {same}" if same and row.verdict == raw.verdict else ""
    kind = row.change.failure.kind
    if row.change.direction == "improvement":
        return f"against raw-coder: better. What raw-coder wrote fails by {kind}: {_IN_WORDS[kind]}"
    return f"against raw-coder: worse. It fails by {kind}: {_IN_WORDS[kind]}"


def winner(rows: Sequence[Row]) -> int:
    """Number of the lane that won, from 1; 0 while one runs, and where no lane's body holds all that it was held
    against. Of several the one that wrote the fewest tokens, of those the first.
    """
    if any(row.verdict == "running" for row in rows):
        return 0
    won = [n for n, row in enumerate(rows, start=1) if row.verdict == "verified" and _holds(row.hidden)]
    return min(won, key=lambda n: rows[n - 1].spent.completion_tokens, default=0)


def _holds(score: Score | None) -> bool:
    return score is None or score.passes == score.of


def _warnings(rows: Sequence[Row]) -> list[str]:
    """Each warning once, with the lanes it is about."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for warning in row.warnings:
            found.setdefault(warning, []).append(_line(row.lane))
    return [
        f"{'all lanes' if len(lanes) == len(rows) > 1 else ', '.join(lanes)}: {_line(warning)}"
        for warning, lanes in found.items()
    ]


def table_of(title: str, rows: Sequence[Row], alike: Sequence[str] = ()) -> Table:
    """The table for people; below it `alike`, which lanes do the same."""
    return Table(
        name="race",
        title=title,
        heads=HEADS,
        rows=columns_of(HEADS, *map(cells, rows)),
        notes=(*map(_line, alike), *notes(rows)),
        words=2,
        ends_in_words=True,
    )


def as_csv(rows: Sequence[Row]) -> str:
    """One line a lane, numbers as numbers, tokens of each role in columns of their own; unknown costs are empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["lane", "pipeline", "models", "verdict", "visible_passes", "visible", "hidden_passes", "hidden", "calls"]
        + ["bound", "prompt_tokens", "completion_tokens", "estimated", "seconds", "waited", "usd", "change", "class"]
        + [f"{role}_{what}" for role in ROLES for what in ("calls", "prompt_tokens", "completion_tokens")]
        + ["not_reviewed"]
    )
    for row in rows:
        spent, seen, hidden = row.spent, row.visible, row.hidden
        change = [row.change.direction, row.change.failure.kind] if row.change else ["", ""]
        models = "; ".join(f"{role}={name}" for role, name in row.models.items())
        line: list[object] = [_inert(_line(row.lane)), row.pipeline, _inert(_line(models)), row.verdict]
        line += [*_pair(seen), *_pair(hidden), row.calls, "" if row.bound is None else row.bound]
        line += [spent.prompt_tokens, spent.completion_tokens, int(spent.estimated), row.seconds, row.waited]
        line += ["" if row.usd is None else row.usd, *change]
        for role in ROLES:
            by_role = row.roles.get(role, Spending())
            line += [by_role.calls, by_role.prompt_tokens, by_role.completion_tokens]
        line.append(_inert(_line(row.unreviewed)))
        writer.writerow(line)
    return out.getvalue()


def as_json(outcome: Outcome) -> str:
    """One line of JSON."""
    return msgspec.json.encode(outcome).decode() + "\n"


def _score(score: Score | None) -> str:
    return "none" if score is None else f"{score.passes}/{score.of}"


def _pair(score: Score | None) -> list[object]:
    return ["", ""] if score is None else [score.passes, score.of]


def _spent(role: str, spent: Spending) -> str:
    about = "~" if spent.estimated else ""
    tokens = f"{about}{spent.prompt_tokens:,} in, {about}{spent.completion_tokens:,} out"
    return f"{role} {spent.calls} call{'' if spent.calls == 1 else 's'} ({tokens})"


def _line(text: str) -> str:
    return " ".join(visible(text, _CELL).split())


def _inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text
