"""What candidates are held against: checks and calls that a tester invents, and how a candidate does on them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from .. import replies
from ..events import ChecksInvented
from ..examples.agreement import sorted_out
from ..facts import Draft, Example, Helper, Outcome, Report, Stub
from ..models.chat import Reply
from ..models.sharing import Share
from ..python.composing import composed
from .drawing import Drawing
from .prompting import Messages
from .questions import Draw, Question

PARSE_RETRIES = 3
"""How often a question is asked again when nothing in the answer can be used (arXiv 2605.07248, App. F)."""
CHECK_DRAW = Draw(temperature=0.2)
"""How tests are drawn, one batch: sampling makes no sense for them (FunCoder; arXiv 2605.07248, App. C)."""


class Inventing(Drawing):
    """Checks, calls, and the verdicts on candidates."""

    async def invent_checks(self, stub: Stub, node: str = "") -> tuple[Example, ...]:
        """Everything a candidate is held against: the visible examples first, then checks a tester wrote from the stub.

        Checks that contradict a visible example are shown and not used.
        """
        question = self._testing(self._turns.tests(stub), CHECK_DRAW, node)
        invented: tuple[Example, ...] = ()
        for nth in range(PARSE_RETRIES + 1):
            if invented := await self._asserts(stub, replace(question, seed=self._seed(nth))):
                break
        new, contradicted = sorted_out(stub.examples, invented)
        checks = (*stub.examples, *new)
        self._emit(ChecksInvented(checks=checks, node=node, contradicted=contradicted))
        return checks

    async def pool_checks(self, stub: Stub, batches: int, each: int, draw: Draw) -> Counter[Example]:
        """Checks of many batches, `each` of one at most, and how often each was written (CodeT, arXiv 2207.10397)."""
        question = self._testing(self._turns.tests(stub), draw, "")
        pool: Counter[Example] = Counter()

        async def batch(nth: int, share: Share | None) -> tuple[Example, ...]:
            return await self._asserts(stub, replace(question, seed=self._seed(nth)), share)

        for checks in await self.at_once("tester", batch, range(batches), "batches of checks"):
            pool.update(checks[:each])
        self._emit(ChecksInvented(checks=tuple(pool)))
        return pool

    async def invent_calls(self, stub: Stub, node: str = "") -> tuple[str, ...]:
        """Calls on which implementations may disagree (FunCoder's consensus); what they should give is not asked."""
        question = self._testing(self._turns.calls(stub), CHECK_DRAW, node)
        for nth in range(PARSE_RETRIES + 1):
            _, reply = await self._asker.ask(replace(question, seed=self._seed(nth)))
            if not reply.problem and (calls := replies.calls(_whole_lines(reply), stub.name)):
                return tuple(_awaited(stub).format(call) for call in calls)
        return ()

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

    async def _asserts(self, stub: Stub, question: Question, share: Share | None = None) -> tuple[Example, ...]:
        begun = self._turns.begun_tests()
        enough = (lambda: replies.Enough().feed) if begun else None
        _, reply = await self._asker.ask(replace(question, prefill=begun), enough, share=share)
        if reply.problem:
            return ()  # The last check of an answer that was broken off may be half of one, and wrong.
        text = begun + _whole_lines(reply) if reply.prefilled else _whole_lines(reply)
        return replies.checks(text, stub.name, awaited=_awaited(stub))

    def _testing(self, messages: Messages, draw: Draw, node: str) -> Question:
        return Question(
            role="tester",
            purpose="tests",
            messages=messages,
            temperature=draw.temperature,
            top_p=draw.top_p,
            max_tokens=draw.max_tokens,
            node=node,
        )


def _whole_lines(reply: Reply) -> str:
    """The answer without the line in which it ran into its limit: half of a check is another check."""
    return reply.text.rpartition("\n")[0] if reply.finish == "length" else reply.text


def _awaited(stub: Stub) -> str:
    """How a call of the function is spelled so that it gives a value, with {} for the call."""
    if not re.search(r"^async[ \t]+def\b", stub.header, re.MULTILINE):
        return "{}"
    imported = re.search(r"^import asyncio$", stub.imports, re.MULTILINE)
    return "asyncio.run({})" if imported else "__import__('asyncio').run({})"
