"""PaT: planning after trial (arXiv 2605.07248). Try first; decompose only what cannot be written at once.

Algorithm 1 itself is in `attempting`; here is the tree it grows. Where the paper is silent: trials are allowed at
depths 0 to 3 and plans at depths 0 to 2; the program is composed with all helpers, but only verified ones are shown to
the next prompt; without any check the first candidate is returned, unverified. In evidence mode trials stop at the
first that passes; in paper mode all five are drawn up front. The functions of one plan are solved at the same time
where the models have room (`sisters`).
"""

from __future__ import annotations

from collections import Counter

from msgspec.structs import replace

from ..desk import Desk
from ..desk.steering import SteeredError, line_to
from ..errors import BudgetSpent
from ..events import Steered
from ..facts import Example, Helper, Solution, Split, Stub
from ..python.composing import unwritten
from ..replies.splitting import restated
from .attempting import TRIALS, Attempt
from .nodes import Candidate, Node, Outcome
from .sisters import Scopes, needs_of, together, told


async def pat(desk: Desk, stub: Stub) -> Solution:
    """Try, plan on failure, compose, and settle on the whole."""
    grower = Grower(desk)
    outcome = await grower.grow_all(Node(path="", stub=stub, depth=0))
    whole = desk.compose(outcome.best.draft, grower.scopes.at(""))
    return await desk.settle(whole, f"{outcome.closed.outcome}: {outcome.closed.why}")


class Grower:
    """One tree: its nodes, its helpers, and what the user wants of them."""

    def __init__(self, desk: Desk) -> None:
        desk.steering.heeded = True
        self._desk = desk
        self.scopes = Scopes()
        """All functions solved so far, by name; each is solved once."""
        self.candidates: dict[str, Candidate] = {}
        """Of all nodes, by draft id: the user may pin one of an attempt that is over."""
        self._checks: dict[tuple[str, str], tuple[Example, ...]] = {}
        self._attempts: dict[str, Attempt] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._passes: Counter[str] = Counter()
        self._children: Counter[str] = Counter()
        self._at_work = desk.steering.at_work
        self._open: dict[str, Attempt] = {}
        """Attempts that are not closed, by path."""

    async def grow_all(self, root: Node) -> Outcome:
        """Solve the root, then obey what the user wished for while its last candidate was judged."""
        await self.grow(root)
        while (wish := self._desk.steering.next()) is not None:
            await self.obeys_elsewhere(wish)
        return self._outcomes[root.path]

    async def grow(self, node: Node) -> None:
        """Solve one function, again and again while the user steers, and close its node."""
        self._at_work.append(node.path)
        try:
            again: Node | None = node
            while again is not None:
                again = await self._tried(again)
        finally:
            self._at_work.remove(node.path)

    async def _tried(self, node: Node) -> Node | None:
        """One pass over a node; the node to solve anew when the user wants that, None when it is closed."""
        self._desk.open_node(node.path, node.stub, node.depth, trials=TRIALS, above=node.above)
        attempt = Attempt(self, self._desk, node, self._passes[node.path])
        self._attempts[node.path] = self._open[node.path] = attempt
        self._passes[node.path] += 1
        self._outcomes.pop(node.path, None)
        try:
            outcome = await attempt.run()
        except SteeredError as steered:
            if steered.wish.node != node.path:
                self._drop(node.path)
                raise
            obeyed = await self._obeyed(steered.wish, attempt)
            if isinstance(obeyed, Node):
                return obeyed
            outcome = obeyed
        except BudgetSpent as spent:
            self._desk.decide(str(spent), node.path)
            outcome = attempt.given_up("budget")
        self._close(node, outcome)
        return None

    async def grow_helpers(self, parent: Node, split: Split) -> None:
        """Solve the functions of a plan that nobody has solved yet: at the same time where the models have room.

        On a model that answers one question at a time they are solved in the order they were written.
        """
        known = self.scopes.at(parent.path)
        new = [stub for stub in split.wanted if stub.entry_point not in known]
        if len(new) > 1 and self._desk.has_room("coder", "planner", "tester"):
            await self._grow_together([self._below(parent, split, stub) for stub in new], split)
            return
        for stub in new:
            if stub.entry_point not in known:  # A sister's subtree may have solved it meanwhile.
                await self.grow(self._below(parent, split, stub))

    def _below(self, parent: Node, split: Split, stub: Stub) -> Node:
        self._children[parent.path] += 1
        return Node(
            path=f"{parent.path}.{self._children[parent.path]}".lstrip("."),
            stub=stub,
            depth=parent.depth + 1,
            parents={**parent.parents, parent.stub.entry_point: parent.stub.code(split.draft.body)},
            offered=split.offered.get(stub.entry_point, ""),
            above=split.above,
        )

    async def _grow_together(self, sisters: list[Node], split: Split) -> None:
        parent = sisters[0].path.rpartition(".")[0]
        needs = needs_of([node.stub for node in sisters], split.offered)
        named = {node.stub.entry_point: node for node in sisters}

        async def solve(name: str) -> None:
            self.scopes.branch(parent, named[name].path, [named[other].path for other in needs[name]])
            await self.grow(named[name])

        self._desk.decide(told(needs), parent)
        try:
            await together(needs, solve)
        except Exception:
            for path in sorted((path for path in self._open if parent in line_to(path)[:-1]), reverse=True):
                self._drop(path)  # It was cancelled, whatever it was at.
            for helper in self.scopes.join(node.path for node in sisters):
                self.scopes.at(parent).setdefault(helper.stub.entry_point, helper)
            raise
        for helper in self.scopes.join(node.path for node in sisters):
            await self._settle_name(parent, helper)

    async def _settle_name(self, parent: str, helper: Helper) -> None:
        """Add a function that a branch has solved; of two of one name the verified one stays, the first of equals."""
        known, name = self.scopes.at(parent), helper.stub.entry_point
        other = known.get(name)
        if other is None or other.node == helper.node:
            known[name] = helper
            return
        kept, lost = (helper, other) if helper.verified and not other.verified else (other, helper)
        known[name] = kept
        self._desk.decide(f"{name} was solved twice: what calls it is judged again with the one of {kept.node}", parent)
        self._drop(lost.node)
        self._close(self._attempts[kept.node].node, self._outcomes[kept.node])
        for path in reversed(line_to(lost.node)[:-1]):
            if parent in line_to(path)[:-1]:
                await self._judge_again(path)

    def _drop(self, path: str) -> None:
        """Close a node whose work is not wanted any longer."""
        self._open.pop(path, None)
        self._desk.close_node(self._attempts[path].given_up("dropped").closed)

    async def checks(self, node: Node) -> tuple[Example, ...]:
        """What all candidates of a function are held against: invented once for each specification."""
        key = (node.path, node.stub.header)
        if key not in self._checks:
            self._checks[key] = await self._desk.invent_checks(node.stub, node.path)
        return self._checks[key]

    def _close(self, node: Node, outcome: Outcome) -> None:
        self._open.pop(node.path, None)
        self._outcomes[node.path] = outcome
        best = outcome.best.draft
        if node.path:
            self.scopes.at(node.path)[node.stub.entry_point] = Helper(
                stub=node.stub,
                body=unwritten(node.stub.entry_point) if best.problem else best.body,
                verified=outcome.closed.outcome == "solved",
                node=node.path,
                above=node.above,
            )
        self._desk.close_node(outcome.closed)

    # ------------------------------------------------------------------------------------------ the user

    async def obeys_elsewhere(self, wish: Steered) -> bool:
        """Obey a wish for a node that is done with; false when it is being solved, as those above it are.

        What was composed with the function is judged again.
        """
        attempt = self._attempts.get(wish.node)
        if attempt is None or (wish.what == "pin" and not self._may_pin(wish)):
            self._desk.decide(f"{wish.what} {wish.text}: there is no such thing here", wish.node)
            return True
        if wish.node in self._at_work:
            return False
        obeyed = await self._obeyed(wish, attempt)
        if isinstance(obeyed, Node):
            await self.grow(obeyed)
        else:
            self._close(attempt.node, obeyed)
        for path in reversed(line_to(wish.node)[:-1]):
            await self._judge_again(path)
        return True

    def _may_pin(self, wish: Steered) -> bool:
        return wish.text in self.candidates and self.candidates[wish.text].node == wish.node

    async def _judge_again(self, path: str) -> None:
        """Hold a node's candidates against its checks with the helpers as they are now; close it anew if it is done."""
        attempt, before = self._attempts[path], self._outcomes.get(path)
        await attempt.judge_again()
        if before is not None:
            self._close(attempt.node, attempt.judged_anew(before))

    async def _obeyed(self, wish: Steered, attempt: Attempt) -> Node | Outcome:
        """How the node ends as the user wants it, or the node to solve anew."""
        node = attempt.node
        match wish.what:
            case "retry":
                return node
            case "stub":
                return replace(node, stub=restated(wish.text, node.stub, self._desk.stub), offered="")
            case "body":
                return await attempt.chosen(self._desk.by_hand(node.stub, wish.text, node.path), "written by you")
            case "pin":
                return await attempt.chosen(self.candidates[wish.text].draft, "pinned by you")
            case "abandon":
                return attempt.given_up("you")
