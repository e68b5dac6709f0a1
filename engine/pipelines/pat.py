"""PaT: planning after trial (arXiv 2605.07248, Algorithm 1). Try first; decompose only what cannot be written at once.

Where the paper is silent: trials are allowed at depths 0 to 3 and plans at depths 0 to 2; the program is composed with
all helpers, but only verified ones are shown to the next prompt; without any check the first candidate is returned,
unverified. In evidence mode trials stop at the first that passes; in paper mode all five are drawn up front.
"""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from ..desk import Desk
from ..desk.trying import PARSE_RETRIES
from ..errors import BudgetSpent
from ..events import NodeClosed
from ..facts import Draft, Example, Fact, Helper, Report, Solution, Stub
from ..steering import SteeredError

TRIALS = 5
TEMPERATURE = 0.8
DEPTH = 3
"""Deepest level of the tree; the root is level 0 (arXiv 2605.07248, 4.1)."""


Ending = Literal["solved", "unverified", "abandoned"]


class Node(Fact, frozen=True):
    """One function to solve, and where it stands."""

    path: str
    stub: Stub
    depth: int
    ancestors: tuple[str, ...] = ()
    """Names of the functions above it."""
    offered: str = ""
    """A body the planner wrote for it unasked."""


class Candidate(Fact, frozen=True):
    """A draft and how it did."""

    draft: Draft
    report: Report

    @property
    def passes(self) -> int:
        """Checks passed; -1 when it did not even run, so that any candidate that runs is better."""
        return -1 if self.report.problem else self.report.passes

    @property
    def solves(self) -> bool:
        """Whether all checks pass, and there is at least one."""
        return self.report.all_passed


class Outcome(Fact, frozen=True):
    """How a node ended."""

    best: Candidate
    closed: NodeClosed


async def pat(desk: Desk, stub: Stub) -> Solution:
    """Try, plan on failure, compose, and settle on the whole."""
    grower = Grower(desk)
    outcome = await grower.solve(Node(path="", stub=stub, depth=0))
    whole = desk.compose(outcome.best.draft, grower.helpers)
    return await desk.settle(whole, f"{outcome.closed.outcome}: {outcome.closed.why}")


class Grower:
    """Algorithm 1 on one tree. `helpers` are all functions solved so far, by name; each is solved once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.helpers: dict[str, Helper] = {}
        self.candidates: dict[str, Candidate] = {}
        """Of all nodes, by draft id: the person may pin one of an attempt that is over."""
        self._nodes: dict[str, Node] = {}

    async def solve(self, node: Node) -> Outcome:
        """Solve one function, again and again while the person steers, and close its node."""
        while True:
            self._nodes[node.path] = node
            self._desk.open_node(node.path, node.stub, node.depth)
            attempt = Attempt(self, self._desk, node)
            try:
                outcome = await attempt.run()
            except SteeredError as steered:
                if steered.wish.node != node.path:
                    raise
                obeyed = await self._obey(node, steered, attempt)
                if isinstance(obeyed, Node):
                    node = obeyed
                    continue
                outcome = obeyed
            except BudgetSpent as spent:
                outcome = attempt.given_up(f"budget: {spent}")
            self._keep(node, outcome)
            return outcome

    async def solve_again(self, path: str) -> None:
        """Solve the children of a node anew for which the person has a wish although they are done."""
        for child in [p for p in self._nodes if p and p.rpartition(".")[0] == path]:
            if self._desk.steering.waits(child):
                await self.solve(self._nodes[child])

    def _keep(self, node: Node, outcome: Outcome) -> None:
        if node.path:
            self.helpers[node.stub.entry_point] = Helper(
                stub=node.stub,
                body=outcome.best.draft.body,
                verified=outcome.closed.outcome == "solved",
                node=node.path,
            )
        self._desk.close_node(outcome.closed)

    async def _obey(self, node: Node, steered: SteeredError, attempt: Attempt) -> Node | Outcome:
        wish = steered.wish
        match wish.what:
            case "retry":
                return node
            case "stub":
                return replace(node, stub=attempt.restated(wish.text))
            case "body":
                return await attempt.adopted(self._desk.by_hand(node.stub, wish.text, node.path))
            case "pin":
                return attempt.pinned(wish.text)
            case "abandon":
                return attempt.given_up("you")


class Attempt:
    """One pass of Algorithm 1 over one node."""

    def __init__(self, grower: Grower, desk: Desk, node: Node) -> None:
        self._grower, self._desk, self._node = grower, desk, node
        self._checks: tuple[Example, ...] = node.stub.examples
        self.candidates: dict[str, Candidate] = {}

    @property
    def best(self) -> Candidate | None:
        """The candidate that passes most, the first of equals; None before there is one."""
        return max(self.candidates.values(), key=lambda c: c.passes) if self.candidates else None

    async def run(self) -> Outcome:
        """Trial, then plans while each passes more than the one before (lines 3 to 20)."""
        node = self._node
        self._checks = await self._desk.invent_checks(node.stub, node.path)
        if not self._checks:
            return self._closed(await self._first(), "unverified", "no checks")
        best = await self._try()
        if best.solves:
            return self._closed(best, "solved", "all checks pass")
        if node.depth >= DEPTH:
            return self._closed(best, "unverified", f"depth: {DEPTH} levels at most")
        return await self._plan(best)

    async def _first(self) -> Candidate:
        return await self._judged(await self._sample(0))

    async def _try(self) -> Candidate:
        """The best of the planner's own offer and five samples."""
        if self._node.offered:
            offered = await self._judged(self._desk.offer(self._node.offered, self._node.path))
            if offered.solves:
                return offered
        if self._desk.kit.mode == "paper":
            for draft in [await self._sample(nth) for nth in range(TRIALS)]:
                await self._judged(draft)
        else:
            for nth in range(TRIALS):
                if (await self._judged(await self._sample(nth))).solves:
                    break
        for nth in range(TRIALS, TRIALS + PARSE_RETRIES):
            if any(c.draft.problem is None for c in self.candidates.values()):
                break
            await self._judged(await self._sample(nth))
        return self._ranked()

    async def _plan(self, best: Candidate) -> Outcome:
        """Plan and compose while it helps; the plateau ends it, so there are at most |T| - p + 1 plans."""
        turn = 0
        while True:
            turn += 1
            split = await self._desk.split(
                self._node.stub,
                best.draft,
                best.report,
                self._grower.helpers,
                node=self._node.path,
                ancestors=(*self._node.ancestors, self._node.stub.entry_point),
                turn=turn,
            )
            if split is None:
                return self._closed(best, "unverified" if best.passes >= 0 else "abandoned", "no usable plan")
            await self._solve_children(split.wanted, split.offered)
            await self._grower.solve_again(self._node.path)
            planned = await self._judged(split.draft)
            if planned.solves:
                return self._closed(planned, "solved", "all checks pass")
            if planned.passes <= best.passes:
                return self._closed(best, "unverified" if best.passes >= 0 else "abandoned", "plateau")
            best = planned

    async def _solve_children(self, wanted: tuple[Stub, ...], offered: dict[str, str]) -> None:
        taken = sum(h.node.rpartition(".")[0] == self._node.path for h in self._grower.helpers.values())
        for nth, stub in enumerate(wanted, taken + 1):
            if stub.entry_point in self._grower.helpers:
                continue  # A sister's subtree has solved it meanwhile.
            await self._grower.solve(
                Node(
                    path=f"{self._node.path}.{nth}".lstrip("."),
                    stub=stub,
                    depth=self._node.depth + 1,
                    ancestors=(*self._node.ancestors, self._node.stub.entry_point),
                    offered=offered.get(stub.entry_point, ""),
                )
            )

    async def _sample(self, nth: int) -> Draft:
        return await self._desk.sample(
            self._node.stub, self._grower.helpers, nth=nth, temperature=TEMPERATURE, node=self._node.path
        )

    async def _judged(self, draft: Draft) -> Candidate:
        report = await self._desk.judge(self._node.stub, draft, self._grower.helpers, self._checks, self._node.path)
        candidate = Candidate(draft=draft, report=report)
        self.candidates[draft.id] = self._grower.candidates[draft.id] = candidate
        return candidate

    def _ranked(self) -> Candidate:
        best = max(self.candidates.values(), key=lambda c: c.passes)
        scores = {name: float(c.passes) for name, c in self.candidates.items()}
        self._desk.rank(scores, best.draft.id, f"of {len(self._checks)} checks passed", self._node.path)
        return best

    # ------------------------------------------------------------------------------------------ endings

    def _closed(self, best: Candidate, outcome: Ending, why: str) -> Outcome:
        closed = NodeClosed(outcome=outcome, why=why, node=self._node.path, draft=best.draft.id)
        return Outcome(best=best, closed=closed)

    def given_up(self, why: str) -> Outcome:
        """End with the best there is; a function nobody wrote stays a placeholder that says so when it is called."""
        best = self.best
        if best is None:
            unwritten = f'raise NotImplementedError("{self._node.stub.entry_point}: abandoned")'
            draft = self._desk.by_hand(self._node.stub, unwritten, self._node.path)
            best = Candidate(draft=draft, report=Report(draft=draft.id, problem="nothing was written"))
        return self._closed(best, "abandoned", why)

    def pinned(self, name: str) -> Outcome:
        """End with the candidate the person picked."""
        chosen = self._grower.candidates.get(name)
        if chosen is None:
            return self.given_up(f"you pinned {name}, which is no candidate here")
        return self._closed(chosen, "solved" if chosen.solves else "unverified", "pinned by you")

    async def adopted(self, draft: Draft) -> Outcome:
        """End with a body the person wrote."""
        chosen = await self._judged(draft)
        return self._closed(chosen, "solved" if chosen.solves else "unverified", "written by you")

    def restated(self, text: str) -> Stub:
        """The node's stub as the person rewrote it; the same stub when what they wrote is none."""
        from ..replies.splitting import restated

        return restated(text, self._node.stub, self._desk.stub)
