"""A tree without a screen: lines for people and screen readers, facts for programs."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.facts import Fact
from ...engine.state.cost import shown
from ...engine.state.run import RunState


class Function(Fact, frozen=True):
    """One function of a tree. Tokens and cost are of it and all below it, `own` is of itself."""

    node: str
    name: str
    depth: int
    state: str
    why: str
    visible: tuple[int, int]
    """Your examples: those that hold, of how many."""
    generated: tuple[int, int]
    """The tester's checks: those that hold, of how many."""
    calls: int
    tokens: int
    own_tokens: int
    usd: float | None
    """None when the price of any call is unknown."""
    seconds: float


def as_facts(state: RunState) -> tuple[Function, ...]:
    """The functions of a tree, each before those below it."""
    spent = state.tree.spent()
    found: list[Function] = []
    for node in state.tree.walk():
        best, sums = node.best, spent[node.path]
        found.append(
            Function(
                node=node.path,
                name=node.stub.entry_point,
                depth=node.depth,
                state=node.status,
                why=node.why,
                visible=best.visible if best else (0, 0),
                generated=best.generated if best else (0, 0),
                calls=sums.calls,
                tokens=sums.prompt_tokens + sums.completion_tokens,
                own_tokens=node.spent.prompt_tokens + node.spent.completion_tokens,
                usd=sums.usd,
                seconds=round(node.seconds(state.now), 3),
            )
        )
    return tuple(found)


def tree_lines(state: RunState) -> Iterator[str]:
    """A line for every function, indented by its depth; first what was run."""
    models = ", ".join(dict.fromkeys(state.models.values()))
    yield f"{state.stub.key if state.stub else '?'}: {state.pipeline}, {models}"
    spent = state.tree.spent()
    for node, fact in zip(state.tree.walk(), as_facts(state), strict=True):
        scores = [
            f"{name} {held} of {total}"
            for name, (held, total) in (("yours", fact.visible), ("the tester's", fact.generated))
            if total
        ]
        told = [node.word, *scores, f"{fact.calls} calls", f"{fact.tokens} tokens", shown(spent[node.path])]
        yield f"{'  ' * node.depth}{fact.name}: {', '.join(told)}"
