"""The lines of a decomposition tree: who is below whom, what is folded, and which columns there is room for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len

from ...engine.state.cost import Spending
from ...engine.state.run import RunState
from ...engine.state.tree import NodeState, Tree
from ..text import Run, clipped, shown_line
from . import tree_words as words

GAP = 2
LEAST_NAME, MOST_NAME = 14, {False: 30, True: 18}
"""Cells that names keep before another column is shown: as many as the longest takes, within these bounds; fewer where
states are short."""

LONGEST_USUAL = "unverified"
"""States from here on make their column wider; shorter ones leave the others where they are."""

SHORT_BELOW = 60
"""Cells of a line below which states are told in a word."""


class Column(NamedTuple):
    """How a column looks."""

    head: str
    weight: int
    """Of those that do not fit the heaviest goes first; 0 always stays."""
    numbers: bool = True


COLUMNS = (
    Column("state", 0, numbers=False),
    Column("yours", 1),
    Column("tester", 2),
    Column("tokens", 3),
    Column("own", 6),
    Column("cost", 5),
    Column("time", 4),
)
"""`tokens` and `cost` are of a function and all below it, `own` are the tokens of the function itself."""


class Placed(NamedTuple):
    """A node, and where it stands in the picture."""

    node: NodeState
    lead: str
    """The lines that lead to it from those above."""
    hidden: int = 0
    """How many are folded away below it."""


class Planned(NamedTuple):
    """A function that a plan asked for and that nobody has begun to solve."""

    name: str
    lead: str


@dataclass(frozen=True, slots=True)
class Line:
    """One function as the tree shows it; equal lines look equal."""

    path: str
    lead: str
    mark: Run
    name: str
    hidden: int
    wished: bool
    short: Run
    """Its state in a word, where there is no room for more."""
    cells: tuple[Run, ...]


def placed(tree: Tree, folded: Set[str]) -> Iterator[Placed | Planned]:
    """The nodes that are seen, each before those below it, and what is planned to stand there."""
    below: dict[str | None, list[NodeState]] = {}
    for node in tree.nodes.values():
        below.setdefault(node.parent if node.parent in tree.nodes else None, []).append(node)
    stack: list[tuple[NodeState | str, str, str]] = [(node, "", "") for node in reversed(below.get(None, []))]
    while stack:
        node, lead, under = stack.pop()
        if isinstance(node, str):
            yield Planned(shown_line(node), lead)
            continue
        if node.path in folded:
            yield Placed(node, lead, _number_below(below, node))
            continue
        yield Placed(node, lead)
        children: list[NodeState | str] = [*below.get(node.path, ()), *_to_come(node, tree)]
        for number, child in reversed(list(enumerate(children, start=1))):
            last = number == len(children)
            stack.append((child, under + ("└─ " if last else "├─ "), under + ("   " if last else "│  ")))


def _to_come(node: NodeState, tree: Tree) -> list[str]:
    """Names of the functions that the present plan of an open node waits for."""
    if not node.open or not node.plans:
        return []
    there = {child.stub.entry_point for child in tree.children(node.path)} | tree.helpers.keys()
    return [name for name in node.plans[-1].helpers if name not in there]


def _number_below(below: Mapping[str | None, Sequence[NodeState]], node: NodeState) -> int:
    count, waiting = 0, list(below.get(node.path, ()))
    while waiting:
        count += 1
        waiting += below.get(waiting.pop().path, ())
    return count


def line_of(place: Placed, state: RunState, spent: Spending, now: float) -> Line:
    """A node in words. `spent` is of all below it too; `now` are seconds since the run began."""
    node, sign = place.node, words.sign_of(place.node, state)
    best = node.best
    visible, generated = (best.visible, best.generated) if best else ((0, 0), (0, 0))
    return Line(
        path=node.path,
        lead=place.lead,
        mark=(sign.mark, f"bold {sign.ink}"),
        name=shown_line(node.stub.entry_point),
        hidden=place.hidden,
        wished=bool(node.wishes),
        short=(shown_line(words.short_word_of(node, state)), sign.ink),
        cells=(
            (shown_line(words.word_of(node, state)), sign.ink),
            (words.score(visible), words.score_ink(visible)),
            (words.score(generated), words.score_ink(generated)),
            (words.tokens(spent), ""),
            (words.tokens(node.spent), "$muted"),
            (words.cost(spent), "" if spent.known is not None else "$muted"),
            (words.seconds(max(0.0, node.seconds(now))), "$muted"),
        ),
    )


class Fitted(NamedTuple):
    """The columns there is room for, with their cells, and the cells left for the names."""

    kept: tuple[int, ...]
    widths: tuple[int, ...]
    name: int
    short: bool = False
    """Whether states are told in a word."""


def fitted(lines: Sequence[Line], width: int) -> Fitted:
    """Which columns fit into `width` cells."""
    short = width < SHORT_BELOW
    widest = [
        max([cell_len(column.head), *(cell_len(_told(line, n, short=short)[0]) for line in lines)])
        for n, column in enumerate(COLUMNS)
    ]
    widest[0] = min(max(widest[0], len(LONGEST_USUAL)), max(8, width // 3))
    kept = list(range(len(COLUMNS)))
    name = max((cell_len(line.lead) + cell_len(line.name) + 2 + 4 * bool(line.hidden) for line in lines), default=0)
    name = max(LEAST_NAME, min(name, MOST_NAME[short]))
    while len(kept) > 1 and sum(widest[n] + GAP for n in kept) + name > width:
        kept.remove(max(kept, key=lambda n: COLUMNS[n].weight))
    used = sum(widest[n] + GAP for n in kept)
    if used + 6 > width:
        return Fitted((), (), width)
    return Fitted(tuple(kept), tuple(widest[n] for n in kept), width - used, short)


def _told(line: Line, column: int, *, short: bool) -> Run:
    return line.short if short and not column else line.cells[column]


def planned_runs(planned: Planned, fit: Fitted) -> list[Run]:
    """The line of a function that is still to come."""
    lead = clipped(planned.lead, max(0, fit.name - 4))
    name = clipped(f"· {planned.name}", fit.name - cell_len(lead))
    line: list[Run] = [(lead, "$muted"), (name, "$muted"), (" " * (fit.name - cell_len(lead) - cell_len(name)), "")]
    return [*line, (" " * GAP, ""), ("planned", "$muted")] if fit.kept else line


def heads(fit: Fitted) -> list[Run]:
    """The line above all: what the columns are."""
    line: list[Run] = [("function".ljust(fit.name), "$muted")]
    for n, width in zip(fit.kept, fit.widths, strict=True):
        line += _cell((COLUMNS[n].head, "$muted"), width, numbers=COLUMNS[n].numbers)
    return line


def runs_of(line: Line, fit: Fitted) -> list[Run]:
    """One line, its cells under the heads."""
    more = f" +{line.hidden}" if line.hidden else ""
    wished = " ⚑" if line.wished else ""
    lead = clipped(line.lead, max(0, fit.name - 4))
    room = fit.name - cell_len(lead) - 2 - len(more) - len(wished)
    name = clipped(line.name, max(1, room))
    left: list[Run] = [(lead, "$muted"), line.mark, (" ", ""), (name, "bold")]
    left += [(more, "$accent"), (wished, "$state-warn"), (" " * (room - cell_len(name)), "")]
    for n, width in zip(fit.kept, fit.widths, strict=True):
        left += _cell(_told(line, n, short=fit.short), width, numbers=COLUMNS[n].numbers)
    return [run for run in left if run[0]]


def _cell(run: Run, width: int, *, numbers: bool) -> list[Run]:
    text = clipped(run[0], width)
    space = (" " * (width - cell_len(text)), "")
    gap = (" " * GAP, "")
    return [gap, space, (text, run[1])] if numbers else [gap, (text, run[1]), space]
