"""A decomposition tree as far as it has grown: the fold of the events that have a node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec.structs import replace

from .. import events as ev
from ..facts import (
    Behaviours,
    Draft,
    Example,
    Fact,
    Helper,
    Report,
    Stub,
)
from ..python.composing import composed, unwritten
from .cost import Spending, total

Status = Literal["trying", "planning", "waiting", "solved", "unverified", "abandoned"]
_TRYING, _PLANNING = frozenset({"trial", "conquer"}), frozenset({"plan", "divide"})


class Candidate(Fact, frozen=True):
    """A draft of a node, and how it did; `report` is None before it was run."""

    draft: Draft
    report: Report | None = None

    def passed(self, origin: Literal["visible", "generated"]) -> tuple[int, int]:
        """How many checks of that origin hold, of how many; (0, 0) before it was run."""
        checks = [c for c in (self.report.judged if self.report else ()) if c.example.origin == origin]
        return sum(check.passed for check in checks), len(checks)

    @property
    def visible(self) -> tuple[int, int]:
        """Examples of the user: those that hold, of how many. They can be trusted."""
        return self.passed("visible")

    @property
    def generated(self) -> tuple[int, int]:
        """Checks that a model wrote: those that hold, of how many. They may be wrong."""
        return self.passed("generated")


def _passes(candidate: Candidate) -> int:
    """Checks passed; -1 when it did not even run, as the pipeline counts too."""
    report = candidate.report
    return report.passes if report and any(check.verdict != "not run" for check in report.checks) else -1


class NodeState(Fact, frozen=True):
    """One function of the tree."""

    path: str
    """"" is the root, "2" its second helper, "2.1" that one's first."""
    stub: Stub
    depth: int
    parent: str | None = None
    status: Status = "trying"
    why: str = ""
    """Why it is closed; "" while it is open."""
    trials: int = 0
    tried: int = 0
    """Trials of the present attempt."""
    attempts: int = 1
    candidates: tuple[Candidate, ...] = ()
    """Of all attempts, in order, plans included."""
    chosen: str = ""
    """Id of the draft it was closed with."""
    checks: tuple[Example, ...] = ()
    contradicted: tuple[Example, ...] = ()
    """Invented checks that say otherwise than the user: not used."""
    plans: tuple[ev.Decomposed, ...] = ()
    ranking: ev.Scored | None = None
    behaviours: Behaviours | None = None
    """What its trials do with the same inputs; None before they were run on any."""
    wishes: tuple[ev.Steered, ...] = ()
    above: str = ""
    spent: Spending = Spending()
    """Calls made for this very function."""
    began: float = 0.0
    """Seconds since the run began."""
    ended: float | None = None

    @property
    def word(self) -> str:
        """Its state as people read it: "trying 2/5", "waiting", "abandoned: plateau"."""
        if self.status == "trying" and self.trials:
            return f"trying {min(self.tried, self.trials)}/{self.trials}"
        return f"abandoned: {self.why}" if self.status == "abandoned" else self.status

    @property
    def open(self) -> bool:
        """Whether it is still being solved."""
        return self.ended is None

    @property
    def best(self) -> Candidate | None:
        """The candidate it was closed with; while it is open the one that passes most, the first of equals."""
        if self.chosen:
            return self.candidate(self.chosen)
        return max((c for c in self.candidates if c.report is not None), key=_passes, default=None)

    def candidate(self, draft: str) -> Candidate | None:
        """The candidate of that id."""
        return next((c for c in self.candidates if c.draft.id == draft), None)

    def seconds(self, now: float) -> float:
        """How long it has been worked on, those below it included."""
        return (now if self.ended is None else self.ended) - self.began


class Tree(Fact, frozen=True):
    """All nodes by path, in the order in which they were first opened; none for a pipeline that grows no tree."""

    nodes: dict[str, NodeState] = {}
    helpers: dict[str, Helper] = {}
    """Functions that are done with, by name, in the order in which they were."""
    asking: dict[str, str] = {}
    """The node of each call under way, by call id."""

    @property
    def root(self) -> NodeState | None:
        """The user's own stub."""
        return self.nodes.get("")

    @property
    def now(self) -> NodeState | None:
        """The deepest node that is still open, where the work goes on."""
        return max((n for n in self.nodes.values() if n.open), key=lambda n: n.depth, default=None)

    def children(self, path: str) -> tuple[NodeState, ...]:
        """The functions that plans for a node asked for, in order."""
        return tuple(node for node in self.nodes.values() if node.parent == path)

    def walk(self) -> Iterator[NodeState]:
        """Every node, each before those below it."""
        below: dict[str | None, list[NodeState]] = {}
        for node in self.nodes.values():
            below.setdefault(node.parent, []).append(node)
        waiting = list(reversed(below.get(None, [])))
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(below.get(node.path, []))

    def spent(self) -> dict[str, Spending]:
        """What each node and all below it have used, by path."""
        sums: dict[str, list[Spending]] = {path: [node.spent] for path, node in self.nodes.items()}
        for path in sorted(self.nodes, key=lambda p: -self.nodes[p].depth):
            parent = self.nodes[path].parent
            if parent in sums:
                sums[parent].append(total(sums[path]))
        return {path: total(parts) for path, parts in sums.items()}

    @property
    def whole(self) -> Draft | None:
        """The best of the root with the helpers it needs inside: what can be accepted of a run that did not settle."""
        best = self.root.best if self.root else None
        if best is None or best.draft.problem:
            return None
        return replace(best.draft, body=composed(best.draft.body, self.helpers))

    def program(self, path: str) -> str:
        """The function of a node with all it needs inside, at column 0; "" while nothing was written for it."""
        node = self.nodes.get(path)
        best = node.best if node else None
        if node is None or best is None:
            return ""
        helpers = {name: helper for name, helper in self.helpers.items() if name != node.stub.entry_point}
        body = best.draft.body if best.draft.problem else composed(best.draft.body, helpers)
        return node.stub.code(body)

    def after(self, event: ev.AnyEvent, at: float) -> Tree:
        """The tree once this has happened, `at` seconds after the run began."""
        if isinstance(event, ev.NodeOpened):
            return _opened(self, event, at)
        if not self.nodes:
            return self
        match event:
            case ev.CallStarted():
                return _asked(self, event)
            case ev.CallEnded() | ev.CallFailed():
                return _answered(self, event)
            case (
                ev.Checked()
                | ev.Drafted()
                | ev.ChecksInvented()
                | ev.Decomposed()
                | ev.Scored()
                | ev.Steered()
                | ev.Compared()
            ):
                node = self.nodes.get(event.node)
                return self if node is None else _with(self, _known(node, event))
            case ev.NodeClosed():
                return _closed(self, event, at)
            case _:
                return self


def _with(tree: Tree, *changed: NodeState) -> Tree:
    return replace(tree, nodes={**tree.nodes, **{node.path: node for node in changed}})


def _opened(tree: Tree, event: ev.NodeOpened, at: float) -> Tree:
    before = tree.nodes.get(event.node)
    if before is None:
        fresh = NodeState(path=event.node, stub=event.stub, depth=event.depth, parent=event.parent, began=at)
        node = replace(fresh, trials=event.trials, above=event.above)
    else:
        again = replace(before, stub=event.stub, attempts=before.attempts + 1, tried=0, ended=None)
        node = replace(again, status="trying", why="", chosen="")
    above = tree.nodes.get(event.parent) if event.parent is not None else None
    return _with(tree, node) if above is None or not above.open else _with(tree, replace(above, status="waiting"), node)


def _asked(tree: Tree, event: ev.CallStarted) -> Tree:
    node = tree.nodes.get(event.node)
    if node is None:
        return tree
    status: Status = "planning" if event.purpose in _PLANNING else "trying" if event.purpose in _TRYING else node.status
    moved = tree if status == node.status else _with(tree, replace(node, status=status))
    return replace(moved, asking={**tree.asking, event.call: event.node})


def _answered(tree: Tree, event: ev.CallEnded | ev.CallFailed) -> Tree:
    if event.call not in tree.asking:
        return tree
    node = tree.nodes[tree.asking[event.call]]
    spent = node.spent
    spent = (
        spent.plus(event.usage, event.cost)
        if isinstance(event, ev.CallEnded)
        else replace(spent, calls=spent.calls + 1)
    )
    left = {call: path for call, path in tree.asking.items() if call != event.call}
    return replace(_with(tree, replace(node, spent=spent)), asking=left)


def _known(
    node: NodeState,
    event: ev.Checked | ev.Drafted | ev.ChecksInvented | ev.Decomposed | ev.Scored | ev.Steered | ev.Compared,
) -> NodeState:
    match event:
        case ev.Drafted(draft=draft):
            if draft.purpose == "composed":
                return node  # The whole: `Tree.program` gives it for every node.
            tried = node.tried + (draft.purpose in _TRYING)
            return replace(node, candidates=(*node.candidates, Candidate(draft=draft)), tried=tried)
        case ev.Checked(report=report):
            judged = (replace(c, report=report) if c.draft.id == report.draft else c for c in node.candidates)
            return replace(node, candidates=tuple(judged))
        case ev.ChecksInvented(checks=checks, contradicted=contradicted):
            return replace(node, checks=checks, contradicted=contradicted)
        case ev.Decomposed():
            return replace(node, plans=(*node.plans, event))
        case ev.Scored():
            return replace(node, ranking=event)
        case ev.Compared(behaviours=behaviours):
            return replace(node, behaviours=behaviours)
        case ev.Steered():
            return replace(node, wishes=(*node.wishes, event))


def _closed(tree: Tree, event: ev.NodeClosed, at: float) -> Tree:
    node = tree.nodes.get(event.node)
    if node is None:
        return tree
    node = replace(node, status=event.outcome, why=event.why, chosen=event.draft or "", ended=at)
    best = node.best
    if not node.path or best is None or event.why == "dropped":
        return _with(tree, node)
    name = node.stub.entry_point
    body = unwritten(name) if best.draft.problem else best.draft.body
    verified = event.outcome == "solved"
    helper = Helper(stub=node.stub, body=body, verified=verified, node=node.path, above=node.above)
    return replace(_with(tree, node), helpers={**tree.helpers, name: helper})
