"""The verbs of PaT and its baselines (arXiv 2605.07248), from a sample to a closed node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from .. import replies
from ..events import Decomposed, Drafted, NodeClosed, NodeOpened, Scored
from ..facts import Draft, Helper, Report, Split, Stub
from ..models.chat import Reply
from ..models.sharing import Share
from ..python.composing import composed, unwritten
from .inventing import PARSE_RETRIES, Inventing
from .questions import Draw, Question

PLAN_TEMPERATURE = 0.2
"""Plans are drawn at this temperature, one at a time (arXiv 2605.07248, App. C)."""
DIVIDE_TEMPERATURE = 0.8
"""FunCoder's first step is drawn at that of its samples (arXiv 2605.07248, App. F)."""


class Trying(Inventing):
    """Candidates, plans, and the tree they grow on."""

    async def sample(
        self,
        stub: Stub,
        helpers: Mapping[str, Helper],
        *,
        nth: int,
        draw: Draw,
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
            temperature=draw.temperature,
            top_p=draw.top_p,
            max_tokens=draw.max_tokens,
            seed=self._seed(nth) if draw.temperature else None,
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
        question = Question(
            role="planner",
            purpose="plan",
            messages=messages,
            temperature=PLAN_TEMPERATURE,
            thinking="yes",
            seed=self._seed(nth),
            node=node,
        )
        return await self._split(question, stub, helpers, list(parents), turn)

    async def divide(
        self, stub: Stub, helpers: Mapping[str, Helper], *, node: str, ancestors: Sequence[str]
    ) -> Split | None:
        """FunCoder's first step: write the function, and leave what deserves a function of its own unwritten."""
        messages = self._turns.divide(stub, helpers)
        question = Question(
            role="coder",
            purpose="divide",
            messages=messages,
            temperature=DIVIDE_TEMPERATURE,
            seed=self._seed(0),
            node=node,
        )
        return await self._split(question, stub, helpers, ancestors, 1)

    def compose(self, best: Draft, helpers: Mapping[str, Helper]) -> Draft:
        """The candidate together with the helpers it needs, as one draft that can be accepted."""
        body = best.body if best.problem else composed(best.body, helpers)
        whole = replace(best, id=self._named(), body=body, purpose="composed", parent=None)
        self._emit(Drafted(draft=whole))
        return whole

    def by_hand(self, stub: Stub, text: str, node: str) -> Draft:
        """What the user wrote while the pipeline ran: a body, or the whole function."""
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
        self, question: Question, stub: Stub, helpers: Mapping[str, Helper], ancestors: Sequence[str], turn: int
    ) -> Split | None:
        role, node, messages, first = question.role, question.node, question.messages, question.seed or 0
        for attempt in range(PARSE_RETRIES + 1):
            name = self._named()
            call, reply = await self._asker.ask(replace(question, seed=first + attempt))
            parts = replies.split(reply.text, stub, self.stub, tuple(helpers), ancestors)
            half = reply.finish == "length" and replies.is_open(reply.text)
            problem = reply.problem or ("the plan is cut by length" if half else parts.problem)
            model = self.kit.voices[role].model.name
            draft = Draft(
                id=name, body=parts.body, purpose=question.purpose, role=role, model=model, problem=problem or None
            )
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
