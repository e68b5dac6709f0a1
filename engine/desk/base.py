"""What every verb is made of: asking, reading code, running examples, deciding."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from msgspec.structs import replace

from .. import examples, findings, replies
from ..asking import Asker, Emit, Turn
from ..events import Checked, CheckStarted, Decided, Drafted, FindingsTested, Settled
from ..facts import Draft, Example, Outcome, Report, Review, Role, Solution, Stub
from ..kit import Kit
from ..missing import unknown_names
from ..questions import Question
from ..recalling import Recall
from ..steering import Steering
from ..turns import Messages, Turns
from .executing import executed

CODE_STOPS = ("\n```", "\nif __name__", "\nassert ", "\nprint(")
"""Safe ends of a prefilled function (measured; "\\n#" and "\\nif" are not)."""


class Base:
    """One run's common ground."""

    def __init__(
        self, kit: Kit, stub: Stub, emit: Emit, turn: Turn, steering: Steering, recall: Recall | None = None
    ) -> None:
        self.kit = kit
        self.stub = stub
        self.steering = steering
        self._emit = emit
        self._asker = Asker(kit, emit, turn, recall)
        self._turns = Turns(kit)
        self._luck = random.Random(kit.seed)  # noqa: S311 - an order that can be repeated
        self._ids = (f"d{n}" for n in itertools.count(1))
        self._reports: dict[str, Report] = {}

    # ------------------------------------------------------------------------------------------------- execution

    async def check(self, stub: Stub, draft: Draft, node: str = "") -> Report:
        """The stub's examples, run in the sandbox. A draft that cannot be used fails without running."""
        if draft.problem is not None:
            report = Report(draft=draft.id, problem=draft.problem, tier=self.kit.sandbox.tier)
        else:
            missing = unknown_names(stub, draft.body)
            self._emit(CheckStarted(draft=draft.id, examples=len(stub.examples), node=node, undefined=missing))
            done = await executed(self.kit.sandbox, self.kit.limits, stub.program(draft.body), stub.examples, stub.path)
            report = examples.report(draft.id, stub.examples, done)
        self._reports[draft.id] = report
        self._emit(Checked(report=report, node=node))
        return report

    async def prove(self, stub: Stub, draft: Draft, review: Review, fix: Draft | None = None) -> Review:
        """The review with every finding that has an input executed against the draft, and against the fix if given."""
        calls = [finding.call for finding in review.findings if finding.call]
        target = draft if fix is None else fix
        if not calls or target.problem is not None:
            return review
        program = stub.program(target.body)
        done = await self.kit.sandbox.run(program, calls, self.kit.limits, path=stub.path)
        if fix is None:
            wanted = findings.expectations(review, done)
            expected = await self._evaluated(program, wanted, stub.path)
            tested = findings.tested(review, done, stub.examples, expected)
        else:
            tested = findings.retested(review, done)
        self._emit(FindingsTested(review=tested, against="" if fix is None else fix.id))
        return tested

    async def _evaluated(self, program: str, expressions: Sequence[str], path: str) -> dict[str, Outcome]:
        """What a reviewer's expressions come to; in a process of their own, so that no call spoils them."""
        if not expressions:
            return {}
        steps = [Example(source=expression, origin="generated") for expression in expressions]
        done = await executed(self.kit.sandbox, self.kit.limits, program, steps, path)
        return dict(zip(expressions, done.outcomes, strict=True))

    # ------------------------------------------------------------------------------------------------- deciding

    def decide(self, what: str, node: str = "") -> None:
        """Tell the log which way the pipeline goes, and why."""
        self._emit(Decided(what=what, node=node))

    async def settle(self, draft: Draft, why: str = "") -> Solution:
        """End with this draft. It is checked if it was not yet: for the person to see, never for a model."""
        report = self._reports.get(draft.id)
        if report is None or (report.checks and tuple(c.example for c in report.checks) != self.stub.examples):
            report = await self.check(self.stub, draft)  # Not yet, or it was held against a model's checks too.
        solution = Solution(draft=draft, report=report, why=why)
        self._emit(Settled(solution=solution))
        return solution

    # ------------------------------------------------------------------------------------------------- asking

    async def _say(self, role: Role, purpose: str, messages: Messages) -> str:
        """What a role says to a question that is thought about; "" with a line in the log when it says nothing."""
        _, reply = await self._asker.ask(Question(role=role, purpose=purpose, messages=messages, thinking="yes"))
        if reply.problem:
            self.decide(f"no answer to the {purpose}: the {role} {reply.problem}")
        return reply.text.strip()

    def _named(self) -> str:
        return next(self._ids)

    async def _write(
        self,
        stub: Stub,
        question: Question,
        *,
        parent: Draft | None = None,
    ) -> Draft:
        """A draft from an answer that should be code."""
        name = self._named()
        begun = bool(question.prefill)
        asked = replace(question, stop=CODE_STOPS if begun else ())
        call, reply = await self._asker.ask(asked, (lambda: replies.BodyEnd(stub).feed) if begun else None)
        body, problem = replies.body(stub, reply)
        draft = Draft(
            id=name,
            body=body,
            purpose=question.purpose,
            role=question.role,
            model=self.kit.voices[question.role].model.name,
            parent=parent.id if parent else None,
            problem=reply.problem or problem,
        )
        self._emit(Drafted(draft=draft, call=call, node=question.node))
        return draft
