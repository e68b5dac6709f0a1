"""The verbs of PaT and its baselines (arXiv 2605.07248), from a sample to a closed node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from .. import replies
from ..asking import Question
from ..composing import composed
from ..events import ChecksInvented, Decomposed, Drafted, NodeClosed, NodeOpened, Scored
from ..examples import judge
from ..facts import Draft, Example, Helper, Outcome, Report, Role, Split, Stub
from ..turns import Messages
from .base import Base

PARSE_RETRIES = 3
"""How often a question is asked again when nothing in the answer can be used (arXiv 2605.07248, App. F)."""
CHECK_TEMPERATURE = 0.2
PLAN_TEMPERATURE = 0.2
"""Tests and plans are drawn at this temperature, one each: sampling makes no sense for them (FunCoder)."""


class Trying(Base):
    """Candidates, what they are held against, and the tree they grow on."""

    async def sample(
        self,
        stub: Stub,
        helpers: Mapping[str, Helper],
        *,
        nth: int,
        temperature: float,
        node: str = "",
        purpose: str = "trial",
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
        return await self._write(stub, question)

    async def invent_checks(self, stub: Stub, node: str = "") -> tuple[Example, ...]:
        """Everything a candidate is held against: the visible examples first, then checks a tester wrote from the stub.

        Checks that contradict a visible example are shown and not used.
        """
        question = Question(
            role="tester",
            purpose="tests",
            messages=self._turns.tests(stub),
            temperature=CHECK_TEMPERATURE,
            node=node,
        )
        invented: tuple[Example, ...] = ()
        for nth in range(PARSE_RETRIES + 1):
            _, reply = await self._asker.ask(replace(question, seed=self._seed(nth)))
            if invented := replies.checks(reply.text, stub.entry_point):
                break
        visible = {" ".join(e.source.split()): e for e in stub.examples}
        known = [c for c in invented if " ".join(c.source.split()) in visible]
        contradicted = tuple(c for c in known if not _agree(visible[" ".join(c.source.split())], c))
        checks = (*stub.examples, *(c for c in invented if c not in known))
        self._emit(ChecksInvented(checks=checks, node=node, contradicted=contradicted))
        return checks

    async def split(
        self,
        stub: Stub,
        tried: Draft,
        report: Report,
        helpers: Mapping[str, Helper],
        *,
        node: str,
        ancestors: Sequence[str],
        turn: int,
    ) -> Split | None:
        """A decomposition of a function that could not be written at once; None when no answer can be used."""
        messages = self._turns.split(stub, tried, report, helpers)
        return await self._split("plan", "planner", messages, stub, helpers, node, ancestors, turn)

    async def divide(
        self, stub: Stub, helpers: Mapping[str, Helper], *, node: str, ancestors: Sequence[str]
    ) -> Split | None:
        """FunCoder's first step: write the function, and leave what deserves a function of its own unwritten."""
        messages = self._turns.divide(stub, helpers)
        return await self._split("divide", "coder", messages, stub, helpers, node, ancestors, 1)

    async def judge(
        self, stub: Stub, draft: Draft, helpers: Mapping[str, Helper], checks: tuple[Example, ...], node: str = ""
    ) -> Report:
        """The candidate with its helpers, held against all checks."""
        whole = draft if draft.problem else replace(draft, body=composed(draft.body, helpers))
        return await self.check(replace(stub, examples=checks), whole, node)

    async def outcomes(
        self, stub: Stub, draft: Draft, helpers: Mapping[str, Helper], calls: Sequence[str]
    ) -> tuple[Outcome, ...]:
        """What each call gives with this candidate."""
        program = stub.program(composed(draft.body, helpers))
        done = await self.kit.sandbox.run(program, list(calls), self.kit.limits, path=stub.path)
        return done.outcomes

    async def invent_calls(self, stub: Stub, node: str = "") -> tuple[str, ...]:
        """Calls on which implementations may disagree (FunCoder's consensus); what they should give is not asked."""
        question = Question(
            role="tester", purpose="tests", messages=self._turns.calls(stub), temperature=CHECK_TEMPERATURE, node=node
        )
        for nth in range(PARSE_RETRIES + 1):
            _, reply = await self._asker.ask(replace(question, seed=self._seed(nth)))
            if calls := replies.calls(reply.text, stub.entry_point):
                return calls
        return ()

    def compose(self, best: Draft, helpers: Mapping[str, Helper]) -> Draft:
        """The candidate together with the helpers it needs, as one draft that can be accepted."""
        whole = replace(best, id=self._named(), body=composed(best.body, helpers), purpose="composed", parent=None)
        self._emit(Drafted(draft=whole))
        return whole

    def by_hand(self, stub: Stub, body: str, node: str) -> Draft:
        """A body the person wrote while the pipeline ran."""
        draft = Draft(id=self._named(), body=body, purpose="by hand", model="you")
        self._emit(Drafted(draft=draft, node=node))
        return draft

    def offer(self, body: str, node: str) -> Draft:
        """A body the planner wrote for a helper although it was not asked to."""
        model = self.kit.voices["planner"].model.name
        draft = Draft(id=self._named(), body=body, purpose="offered", role="planner", model=model)
        self._emit(Drafted(draft=draft, node=node))
        return draft

    def rank(self, scores: dict[str, float], chosen: str, by: str, node: str = "") -> None:
        """Tell the log the numbers that decided."""
        self._emit(Scored(scores=scores, chosen=chosen, by=by, node=node))

    def open_node(self, node: str, stub: Stub, depth: int) -> None:
        """A function is to be solved."""
        parent = None if not node else node.rpartition(".")[0]
        self._emit(NodeOpened(node=node, stub=stub, depth=depth, parent=parent))

    def close_node(self, event: NodeClosed) -> None:
        """A function is done with."""
        self._emit(event)

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
    ) -> Split | None:
        question = Question(role=role, purpose=purpose, messages=messages, temperature=PLAN_TEMPERATURE, node=node)
        for nth in range(PARSE_RETRIES + 1):
            name = self._named()
            call, reply = await self._asker.ask(replace(question, seed=self._seed(nth)))
            parts = replies.split(reply.text, stub, self.stub, tuple(helpers), ancestors)
            model = self.kit.voices[role].model.name
            draft = Draft(
                id=name, body=parts.body, purpose=purpose, role=role, model=model, problem=parts.problem or None
            )
            self._emit(Drafted(draft=draft, call=call, node=node))
            if parts.problem:
                self.decide(f"{stub.entry_point}: {parts.problem}", node)
                continue
            wanted = tuple(s.entry_point for s in parts.wanted)
            self._emit(Decomposed(draft=name, helpers=wanted, node=node, reused=parts.reused, turn=turn))
            return Split(draft=draft, wanted=parts.wanted, offered=parts.offered, reused=parts.reused)
        return None

    def _seed(self, nth: int) -> int:
        return self.kit.seed * 1000 + nth


def _agree(visible: Example, check: Example) -> bool:
    """Whether a generated check expects what the person's own example expects."""
    return judge(visible, Outcome(status="returned", printed=check.want + "\n", value=check.want)).passed
