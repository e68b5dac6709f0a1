"""The verbs of a pipeline. Each renders a prompt, asks a model, reads the reply, tells the log, and returns a fact."""

from __future__ import annotations

import itertools
import random
from collections.abc import Awaitable, Callable

from . import examples, findings, replies
from .asking import Asker, Emit, Question
from .events import Checked, CheckStarted, Decided, Drafted, Enriched, FindingsTested, Planned, Reviewed, Settled
from .facts import Draft, Enrichment, Plan, Report, Review, Role, Solution, Stub
from .kit import Kit
from .turns import Messages, Turns

CODE_STOPS = ("\n```", "\nif __name__", "\nassert ", "\nprint(")
"""Safe ends of a prefilled function (measured; "\\n#" and "\\nif" are not)."""
REVIEW_TOKENS = 320
"""Enough for three findings; a small model that does not stop is stopped here."""


class Desk:
    """One run's verbs. A pipeline uses nothing else."""

    def __init__(self, kit: Kit, stub: Stub, emit: Emit, turn: Callable[[], Awaitable[None]]) -> None:
        self.kit = kit
        self.stub = stub
        self._emit = emit
        self._asker = Asker(kit, emit, turn)
        self._turns = Turns(kit)
        self._luck = random.Random(kit.seed)  # noqa: S311 - an order that can be repeated
        self._ids = (f"d{n}" for n in itertools.count(1))
        self._reports: dict[str, Report] = {}

    # ------------------------------------------------------------------------------------------------- models

    async def draft(self, stub: Stub, plan: Plan | None = None, *, role: Role = "coder") -> Draft:
        """A first body, from the stub alone or from a plan (arXiv 2603.03406, 3.1 and 3.2)."""
        prefill = "" if plan is not None else self._turns.begun(stub)
        return await self._write(stub, role, "draft", self._turns.draft(stub, plan), prefill=prefill)

    def adopt(self, stub: Stub) -> Draft:
        """The body that is already in the file, as a draft."""
        draft = Draft(id=next(self._ids), body=stub.body, purpose="yours", model="you")
        self._emit(Drafted(draft=draft))
        return draft

    async def plan(self, stub: Stub) -> Plan:
        """Algorithm, edge cases and complexity from signature and docstring (arXiv 2603.03406, 3.1)."""
        plan = Plan(text=await self._say("planner", "plan", self._turns.plan(stub)))
        self._emit(Planned(plan=plan))
        return plan

    async def enrich(self, stub: Stub) -> Enrichment:
        """More examples, types and edge cases for a specification (arXiv 2603.03406, 3.5)."""
        enrichment = Enrichment(text=await self._say("planner", "enrich", self._turns.enrich(stub)))
        self._emit(Enriched(enrichment=enrichment))
        return enrichment

    async def review(
        self, stub: Stub, draft: Draft, evidence: Report | None = None, *, enrichment: Enrichment | None = None
    ) -> Review:
        """A report on a draft: blind as in the paper, against an enriched stub, or with what failed in hand."""
        question = Question(
            role="reviewer",
            purpose="review",
            messages=self._turns.review(stub, draft, evidence, enrichment),
            schema=None if evidence is None else replies.REVIEW_SCHEMA,
            max_tokens=None if evidence is None else REVIEW_TOKENS,
        )
        _, reply = await self._asker.ask(question)
        model = self.kit.voices["reviewer"].model.name
        review = replies.review(reply.text, draft.id, stub.code(draft.body), model)
        self._emit(Reviewed(review=review))
        return review

    async def fix(self, stub: Stub, draft: Draft, review: Review, evidence: Report | None = None) -> Draft:
        """A repaired body from the report, and from the failing examples if they may be seen."""
        messages = self._turns.fix(stub, draft, review, evidence)
        return await self._write(stub, "coder", "fix", messages, parent=draft, prefill=self._turns.begun(stub))

    async def retry(self, stub: Stub, draft: Draft, report: Report) -> Draft:
        """A body repaired after an error of execution (arXiv 2603.03406, 3.3)."""
        messages = self._turns.retry(stub, draft, report)
        return await self._write(stub, "coder", "retry", messages, parent=draft, prefill=self._turns.begun(stub))

    async def choose(self, stub: Stub, first: Draft, second: Draft) -> Draft:
        """The draft the reviewer prefers. The order it sees them in is drawn from the run's seed.

        An answer that names neither chooses the coder's (our choice; the paper is silent).
        """
        shown = [first, second]
        self._luck.shuffle(shown)
        answer = await self._say("reviewer", "choose", self._turns.choose(stub, shown[0], shown[1]))
        letter = replies.choice(answer)
        if letter is None:
            self.decide("the reviewer named neither draft: the coder's is taken")
            return first if first.role == "coder" else second
        chosen = shown["AB".index(letter)]
        self.decide(f"the reviewer chose the {chosen.role}'s draft (shown as {letter})")
        return chosen

    async def synthesise(self, stub: Stub, drafts: tuple[Draft, ...], reviews: tuple[Review, ...]) -> Draft:
        """A third body from candidates and their reviews (arXiv 2603.03406, 3.4)."""
        messages = self._turns.synthesise(stub, drafts, reviews)
        prefill = self._turns.begun(stub)
        return await self._write(stub, "coder", "synthesis", messages, parent=drafts[0], prefill=prefill)

    # ------------------------------------------------------------------------------------------------- execution

    async def check(self, stub: Stub, draft: Draft) -> Report:
        """The draft's examples, run in the sandbox. A draft that cannot be used fails without running."""
        if draft.problem is not None:
            report = Report(draft=draft.id, problem=draft.problem, tier=self.kit.sandbox.tier)
        else:
            self._emit(CheckStarted(draft=draft.id, examples=len(stub.examples)))
            steps = [example.source for example in stub.examples]
            done = await self.kit.sandbox.run(stub.program(draft.body), steps, self.kit.limits, path=stub.path)
            report = examples.report(draft.id, stub.examples, done)
        self._reports[draft.id] = report
        self._emit(Checked(report=report))
        return report

    async def prove(self, stub: Stub, draft: Draft, review: Review, fix: Draft | None = None) -> Review:
        """The review with every finding that has an input executed against the draft, and against the fix if given."""
        calls = [finding.call for finding in review.findings if finding.call]
        target = draft if fix is None else fix
        if not calls or target.problem is not None:
            return review
        done = await self.kit.sandbox.run(stub.program(target.body), calls, self.kit.limits, path=stub.path)
        tested = findings.tested(review, done, stub.examples) if fix is None else findings.retested(review, done)
        self._emit(FindingsTested(review=tested, against="" if fix is None else fix.id))
        return tested

    # ------------------------------------------------------------------------------------------------- deciding

    def decide(self, what: str) -> None:
        """Tell the log which way the pipeline goes, and why."""
        self._emit(Decided(what=what))

    async def settle(self, draft: Draft, why: str = "") -> Solution:
        """End with this draft. It is checked if it was not yet: for the person to see, never for a model."""
        report = self._reports.get(draft.id) or await self.check(self.stub, draft)
        solution = Solution(draft=draft, report=report, why=why)
        self._emit(Settled(solution=solution))
        return solution

    # ------------------------------------------------------------------------------------------------- asking

    async def _say(self, role: Role, purpose: str, messages: Messages) -> str:
        _, reply = await self._asker.ask(Question(role=role, purpose=purpose, messages=messages))
        return reply.text.strip()

    async def _write(
        self,
        stub: Stub,
        role: Role,
        purpose: str,
        messages: Messages,
        *,
        parent: Draft | None = None,
        prefill: str = "",
    ) -> Draft:
        question = Question(
            role=role,
            purpose=purpose,
            messages=messages,
            prefill=prefill if self.kit.voices[role].prefill else "",
            stop=CODE_STOPS if prefill else (),
        )
        name = next(self._ids)
        call, reply = await self._asker.ask(question, replies.BodyEnd(stub).feed if prefill else None)
        body, problem = replies.body(stub, reply)
        draft = Draft(
            id=name,
            body=body,
            purpose=purpose,
            role=role,
            model=self.kit.voices[role].model.name,
            parent=parent.id if parent else None,
            problem=problem,
        )
        self._emit(Drafted(draft=draft, call=call))
        return draft
