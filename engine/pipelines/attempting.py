"""Algorithm 1 of arXiv 2605.07248 on one function: trial, then plans while each passes more checks than the last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from ..behaviour.observing import runs_anything
from ..desk import Desk
from ..desk.inventing import PARSE_RETRIES
from ..desk.questions import Draw
from ..desk.steering import SteeredError
from ..events import NodeClosed
from ..facts import Draft, Example, Helper, Report
from ..models.sharing import Share
from ..python.composing import composed
from .nodes import Candidate, Ending, Node, Outcome

if TYPE_CHECKING:
    from .pat import Grower

TRIALS = 5
SAMPLES_DRAW = Draw(temperature=0.8)
DEPTH = 3
"""Deepest level of the tree; the root is level 0 (arXiv 2605.07248, 4.1)."""

_T = TypeVar("_T")


class Attempt:
    """One pass over one node. `nth` counts the passes, so that a second one does not draw the same samples again."""

    def __init__(self, grower: Grower, desk: Desk, node: Node, nth: int) -> None:
        self._grower, self._desk, self.node, self._nth = grower, desk, node, nth
        self._checks: tuple[Example, ...] = node.stub.examples
        self._candidates: dict[str, Candidate] = {}

    async def run(self) -> Outcome:
        """Solve the function, or come as near as the algorithm does (lines 3 to 20).

        The passes rise strictly from plan to plan, so there are at most |T| - p + 1 plans.
        """
        self._checks = await self._undisturbed(lambda: self._grower.checks(self.node))
        if not self._number:
            return self._closed(await self._first_usable(), "unverified", "no checks")
        best = await self._trial()
        turn = 0
        while not best.solves:
            if self.node.depth >= DEPTH:
                return self._fallen_short(best, "depth")
            turn += 1
            planned = await self._plan(best, turn)
            best = self._candidates[best.draft.id]  # A helper may have become another meanwhile, at the user's wish.
            if planned is None:
                return self._fallen_short(best, "no usable plan")
            if planned.passes <= best.passes:
                return self._fallen_short(best, "plateau")
            best = planned
        return self._closed(best, "solved", "all checks pass")

    async def _trial(self) -> Candidate:
        """The best of the planner's own offer and five samples, drawn again while nothing parses."""
        if self.node.offered:
            offered = await self._judged(self._desk.offer(self.node.offered, self.node.path))
            if offered.solves:
                return offered
        if self._desk.kit.mode == "paper":
            await self._desk.at_once(
                "coder", self._sample, range(TRIALS), "trials", node=self.node.path, each=self._judged
            )
        else:
            for nth in range(TRIALS):
                if (await self._judged(await self._sample(nth))).solves:
                    break
        for nth in range(TRIALS, TRIALS + PARSE_RETRIES):
            if any(candidate.draft.problem is None for candidate in self._candidates.values()):
                break
            await self._judged(await self._sample(nth))
        await self._compare()
        return self._ranked()

    async def _plan(self, best: Candidate, turn: int) -> Candidate | None:
        """Split, solve what is new, and judge the composed whole; None when no plan can be used."""
        split = await self._undisturbed(
            lambda: self._desk.split(
                self.node.stub,
                best.draft,
                best.report,
                self._helpers,
                node=self.node.path,
                parents=self.node.parents,
                turn=turn,
                nth=(PARSE_RETRIES + 1) * (turn - 1 + self._number * self._nth),
            )
        )
        if split is None:
            return None
        await self._grower.grow_helpers(self.node, split)
        return await self._judged(split.draft)

    async def _first_usable(self) -> Candidate:
        """Nothing can be told apart without checks: the first sample that is code."""
        first = await self._judged(await self._sample(0))
        for nth in range(1, PARSE_RETRIES + 1):
            if first.draft.problem is None:
                break
            first = await self._judged(await self._sample(nth))
        return first

    async def _sample(self, nth: int, share: Share | None = None) -> Draft:
        seed, path = nth + self._nth * (TRIALS + PARSE_RETRIES), self.node.path
        return await self._undisturbed(
            lambda: self._desk.sample(
                self.node.stub, self._helpers, nth=seed, draw=SAMPLES_DRAW, node=path, share=share
            )
        )

    async def _judged(self, draft: Draft) -> Candidate:
        report = await self._desk.judge(self.node.stub, draft, self._helpers, self._checks, self.node.path)
        candidate = Candidate(draft=draft, report=report, node=self.node.path)
        self._candidates[draft.id] = self._grower.candidates[draft.id] = candidate
        return candidate

    async def _undisturbed(self, ask: Callable[[], Awaitable[_T]]) -> _T:
        """What `ask` gives, once wishes for functions that are done with have been obeyed.

        Raises:
            SteeredError: the user wants something else of this node, or of one above it.
        """
        while True:
            try:
                return await ask()
            except SteeredError as steered:
                if not await self._grower.obeys_elsewhere(steered.wish):
                    raise

    @property
    def _number(self) -> int:
        """How many checks a candidate is held against, the project's tests included."""
        judged = sum(not check.waits_for for check in self._checks)
        return judged + len(self._desk.deciding_tests(self.node.stub))

    @property
    def _helpers(self) -> dict[str, Helper]:
        own = self.node.stub.entry_point
        return {name: helper for name, helper in self._grower.scopes.at(self.node.path).items() if name != own}

    async def _compare(self) -> None:
        """Tell which of the trials do the same. Nothing is decided by it, and in paper mode nothing is run for it."""
        kit, node = self._desk.kit, self.node
        usable = [candidate.draft for candidate in self._candidates.values() if candidate.draft.problem is None]
        if kit.mode == "paper" or len(usable) < 2 or not runs_anything(kit.sandbox):
            return
        whole = [replace(draft, body=composed(draft.body, self._helpers)) for draft in usable]
        await self._desk.compare(node.stub, whole, node=node.path)

    def _ranked(self) -> Candidate:
        best = self._best()
        assert best is not None
        scores = {name: float(candidate.passes) for name, candidate in self._candidates.items()}
        self._desk.rank(scores, best.draft.id, f"of {self._number} checks passed", self.node.path)
        return best

    def _best(self) -> Candidate | None:
        """The candidate that passes most, the first of equals; None before there is one."""
        return max(self._candidates.values(), key=lambda c: c.passes, default=None)

    # ------------------------------------------------------------------------------------------ endings

    def _closed(self, best: Candidate, outcome: Ending, why: str) -> Outcome:
        closed = NodeClosed(outcome=outcome, why=why, node=self.node.path, draft=best.draft.id)
        return Outcome(best=best, closed=closed)

    def _fallen_short(self, best: Candidate, why: str) -> Outcome:
        """Not all checks pass; when the user's own do, what fails are a model's guesses."""
        if best.solves:
            return self._closed(best, "solved", "all checks pass")
        return self._closed(best, "unverified" if best.pleases else "abandoned", why)

    def given_up(self, why: str) -> Outcome:
        """End with the best there is; a function nobody wrote stays a placeholder that says so when it is called."""
        best = self._best()
        if best is None:
            draft = self._desk.unwritten(self.node.stub, self.node.path)
            report = Report(draft=draft.id, problem=draft.problem or "")
            best = Candidate(draft=draft, report=report, node=self.node.path)
        return self._closed(best, "abandoned", why) if why in {"you", "dropped"} else self._fallen_short(best, why)

    async def chosen(self, draft: Draft, why: str) -> Outcome:
        """End with a draft that the user wrote or picked."""
        candidate = await self._judged(draft)
        return self._closed(candidate, "solved" if candidate.solves else "unverified", why)

    async def judge_again(self) -> None:
        """Judge all candidates with the helpers as they are now."""
        for candidate in list(self._candidates.values()):
            if candidate.draft.problem is None:
                await self._judged(candidate.draft)

    def judged_anew(self, before: Outcome) -> Outcome:
        """End as before, or with a candidate that a changed helper made the best; what a person chose stays."""
        if before.closed.why.endswith("by you"):
            best = self._candidates[before.best.draft.id]
            return self._closed(best, "solved" if best.solves else "unverified", before.closed.why)
        return self.given_up("a helper changed")
