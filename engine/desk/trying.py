"""The verbs of PaT and its baselines (arXiv 2605.07248), from a sample to a closed node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from .. import replies
from ..events import Decomposed, Drafted, NodeClosed, NodeOpened, Scored
from ..facts import Draft, Helper, Report, Role, Split, Stub
from ..models.chat import Reply
from ..models.sharing import Share
from ..python.composing import composed, unwritten
from .inventing import PARSE_RETRIES, Inventing
from .prompting import Messages
from .questions import Question

PLAN_TEMPERATURE = 0.2
"""Plans are drawn at this temperature, one at a time (arXiv 2605.07248, App. F)."""


class Trying(Inventing):
    """Candidates, plans, and the tree they grow on."""

    async def sample(
        self,
        stub: Stub,
        helpers: Mapping[str, Helper],
        *,
        nth: int,
        temperature: float,
        node: str = "",
        purpose: str = "trial",
        share: Share | None = None,
    ) -> Draft:
        """One candidate, written with the helpers that are verified; `nth` picks its seed."""
        question = Question(
            role="coder",
            purpose=purpose,
            messages=self._turns.trial(stub, helpers),
            prefill=self._turns.begun(stub),
            temperature=temperature,
            seed=self._seed(nth) if temperature else None,
            node=node,
        )
        return await self._write(stub, question, share=share)

    async def split(
        self,
        stub: Stub,
        tried: Draft,
        report: Report,
        helpers: Mapping[str, Helper],
        *,
        node: str,
        parents: Mapping[str, str],
        turn: int,
        nth: int = 0,
    ) -> Split | None:
        """A decomposition of a function that could not be written at once; None when no answer can be used.

        `parents` is the code of the functions above it in the tree, by name. `turn` counts the plans of its node;
        `nth` picks the seed.
        """
        messages = self._turns.split(stub, tried, report, helpers, parents)
        return await self._split("plan", "planner", messages, stub, helpers, node, list(parents), turn, nth)

    async def divide(
        self, stub: Stub, helpers: Mapping[str, Helper], *, node: str, ancestors: Sequence[str]
    ) -> Split | None:
        """FunCoder's first step: write the function, and leave what deserves a function of its own unwritten."""
        messages = self._turns.divide(stub, helpers)
        return await self._split("divide", "coder", messages, stub, helpers, node, ancestors, 1, 0)

    def compose(self, best: Draft, helpers: Mapping[str, Helper]) -> Draft:
        """The candidate together with the helpers it needs, as one draft that can be accepted."""
        body = best.body if best.problem else composed(best.body, helpers)
        whole = replace(best, id=self._named(), body=body, purpose="composed", parent=None)
        self._emit(Drafted(draft=whole))
        return whole

    def by_hand(self, stub: Stub, text: str, node: str) -> Draft:
        """What the person wrote while the pipeline ran: a body, or the whole function."""
        body, problem = replies.body(stub, Reply(text=text))
        return self._new(Draft(id=self._named(), body=body, purpose="by hand", model="you", problem=problem), node)

    def offer(self, body: str, node: str) -> Draft:
        """A body the planner wrote for a helper although it was not asked to."""
        model = self.kit.voices["planner"].model.name
        return self._new(Draft(id=self._named(), body=body, purpose="offered", role="planner", model=model), node)

    def unwritten(self, stub: Stub, node: str) -> Draft:
        """The placeholder for a function that nobody wrote."""
        body = unwritten(stub.entry_point)
        return self._new(Draft(id=self._named(), body=body, purpose="given up", problem="nothing was written"), node)

    def rank(self, scores: dict[str, float], chosen: str, by: str, node: str = "") -> None:
        """Tell the log the numbers that decided."""
        self._emit(Scored(scores=scores, chosen=chosen, by=by, node=node))

    def open_node(self, node: str, stub: Stub, depth: int, *, trials: int = 0, above: str = "") -> None:
        """A function is to be solved, after that many `trials` by a plan."""
        parent = None if not node else node.rpartition(".")[0]
        self._emit(NodeOpened(node=node, stub=stub, depth=depth, parent=parent, trials=trials, above=above))

    def close_node(self, event: NodeClosed) -> None:
        """A function is done with."""
        self._emit(event)

    def _new(self, draft: Draft, node: str) -> Draft:
        self._emit(Drafted(draft=draft, node=node))
        return draft

    async def _split(
        self,
        purpose: str,
        role: Role,
        messages: Messages,
        stub: Stub,
        helpers: Mapping[str, Helper],
        node: str,
        ancestors: Sequence[str],
        turn: int,
        nth: int,
    ) -> Split | None:
        question = Question(
            role=role,
            purpose=purpose,
            messages=messages,
            temperature=PLAN_TEMPERATURE,
            thinking="yes" if role == "planner" else "no",
            node=node,
        )
        for attempt in range(PARSE_RETRIES + 1):
            name = self._named()
            call, reply = await self._asker.ask(replace(question, seed=self._seed(nth + attempt)))
            parts = replies.split(reply.text, stub, self.stub, tuple(helpers), ancestors)
            half = reply.finish == "length" and replies.is_open(reply.text)
            problem = reply.problem or ("the plan is cut by length" if half else parts.problem)
            model = self.kit.voices[role].model.name
            draft = Draft(id=name, body=parts.body, purpose=purpose, role=role, model=model, problem=problem or None)
            self._emit(Drafted(draft=draft, call=call, node=node))
            if problem:
                self.decide(f"{stub.entry_point}: {problem}", node)
                again = self._turns.replan(stub, messages, reply.text, problem)
                question = replace(question, messages=again)
                continue
            wanted = tuple(s.entry_point for s in parts.wanted)
            self._emit(Decomposed(draft=name, helpers=wanted, node=node, reused=parts.reused, turn=turn))
            return Split(
                draft=draft, wanted=parts.wanted, offered=parts.offered, reused=parts.reused, above=parts.above
            )
        return None
