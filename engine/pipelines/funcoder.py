"""FunCoder as the paper runs it: divide, conquer each part, agree (arXiv 2605.07248, 4.1 and App. F).

Its consensus compares results as JSON, where 1 is not 1.0, the order of keys counts and sets have none. Here values are
compared by value, everything is seeded, and ties go to the earliest.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ..behaviour.outcomes import same_outcome
from ..desk import Desk
from ..desk.questions import Draw
from ..events import NodeClosed
from ..facts import Draft, Helper, Outcome, Solution, Split, Stub
from ..models.sharing import Share
from ..python.composing import unwritten
from .sisters import Scopes, needs_of, together, told

SAMPLES = 10
"""Bodies drawn for each function after its parts are there; with the divide draft there are eleven candidates."""
SAMPLES_DRAW = Draw(temperature=0.8)
ENOUGH = 5
"""Of a round of samples so many must be code, or another round is drawn."""
ROUNDS = 3
DEPTH = 6
CRASH = -100.0
FAILS_SPECIFICATION = -10_000.0
"""Once, for the root, when a visible example fails."""


async def funcoder(desk: Desk, stub: Stub) -> Solution:
    """Divide first, always; then write each function again with its parts in place, and let the candidates vote."""
    builder = Builder(desk)
    best = await builder.build(stub, "", ())
    return await desk.settle(desk.compose(best, builder.scopes.at("")), "the candidates agree on it most")


class Builder:
    """One tree, depth first; the parts of one function at the same time where the models have room."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.scopes = Scopes()
        self._closings: dict[str, NodeClosed] = {}

    async def build(self, stub: Stub, path: str, ancestors: tuple[str, ...], above: str = "") -> Draft:
        """Divide, build the parts, conquer, and choose by consensus."""
        self._desk.open_node(path, stub, len(ancestors), trials=SAMPLES, above=above)
        drafts: list[Draft] = []
        split = None
        known = self.scopes.at(path)
        # At the limit FunCoder returns nothing and leaves the stub unwritten; here it is only not divided any more.
        if len(ancestors) < DEPTH:
            split = await self._desk.divide(stub, known, node=path, ancestors=ancestors)
        if split is not None:
            await self._build_parts(path, split, (*ancestors, stub.entry_point))
            drafts.append(split.draft)
        drafts += await self._conquered(stub, path)
        best = await self._agreed(stub, [d for d in drafts if d.problem is None] or drafts, path)
        closed = NodeClosed(outcome="unverified", why="consensus", node=path, draft=best.id)
        self._closings[path] = closed
        self._desk.close_node(closed)
        return best

    async def _conquered(self, stub: Stub, path: str) -> list[Draft]:
        """Ten samples with the parts in place, and ten more while too few of them are code."""
        drafts: list[Draft] = []

        async def sample(nth: int, share: Share | None) -> Draft:
            return await self._desk.sample(
                stub, self.scopes.at(path), nth=nth, draw=SAMPLES_DRAW, node=path, purpose="conquer", share=share
            )

        for first in range(0, ROUNDS * SAMPLES, SAMPLES):
            if sum(draft.problem is None for draft in drafts) >= ENOUGH:
                break
            drafts += await self._desk.at_once("coder", sample, range(first, first + SAMPLES), "samples", node=path)
        return drafts

    async def _build_parts(self, parent: str, split: Split, ancestors: tuple[str, ...]) -> None:
        """Build what a function was divided into and nobody has built yet."""
        known = self.scopes.at(parent)
        paths = {part.entry_point: f"{parent}.{nth}".lstrip(".") for nth, part in enumerate(split.wanted, 1)}
        parts = {part.entry_point: part for part in split.wanted if part.entry_point not in known}

        async def add(name: str) -> None:
            part, path = parts[name], paths[name]
            best = await self.build(part, path, ancestors, split.above)
            body = unwritten(name) if best.problem else best.body
            # FunCoder verifies nothing and shows every part to the next prompt.
            self.scopes.at(path)[name] = Helper(stub=part, body=body, verified=True, node=path, above=split.above)

        if len(parts) > 1 and self._desk.has_room("coder", "tester"):
            needs = needs_of(list(parts.values()))

            async def branch(name: str) -> None:
                self.scopes.branch(parent, paths[name], [paths[other] for other in needs[name]])
                await add(name)

            self._desk.decide(told(needs), parent)
            await together(needs, branch)
            for helper in self.scopes.join(paths[name] for name in parts):
                kept = known.setdefault(helper.stub.entry_point, helper)
                if kept is not helper:  # Nothing is verified: of two of one name the first stays.
                    self._desk.close_node(replace(self._closings[helper.node], outcome="abandoned", why="dropped"))
                    self._desk.close_node(self._closings[kept.node])
            return
        for name in parts:
            if name not in known:
                await add(name)

    async def _agreed(self, stub: Stub, drafts: list[Draft], path: str) -> Draft:
        known = self.scopes.at(path)
        calls = await self._desk.invent_calls(stub, path)
        given = {d.id: await self._desk.outcomes(stub, d, known, calls) for d in drafts if d.problem is None}
        scores = {draft.id: _score(given.get(draft.id, ()), list(given.values())) for draft in drafts}
        if not path and stub.judged:
            for draft in drafts:
                report = await self._desk.judge(stub, draft, known, stub.examples, path)
                if report.problem or report.failures:
                    scores[draft.id] += FAILS_SPECIFICATION
        chosen = max(drafts, key=lambda draft: scores[draft.id])
        self._desk.rank(scores, chosen.id, "candidates that give the same results", path)
        return chosen


def _score(own: Sequence[Outcome], everyone: list[tuple[Outcome, ...]]) -> float:
    """For each call, how many others give the same result; a crash costs 100."""
    return sum(
        sum(same_outcome(outcome, theirs[nth]) for theirs in everyone if nth < len(theirs)) - 1.0
        if outcome.status == "returned"
        else CRASH
        for nth, outcome in enumerate(own)
    )
