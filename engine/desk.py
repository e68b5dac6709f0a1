"""The verbs of a pipeline. Each renders a prompt, asks a model, reads the reply, tells the log, and returns a fact."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable

from . import examples, findings, replies, wording
from .asking import Asker, Emit, Question
from .events import Checked, CheckStarted, Decided, Drafted, FindingsTested, Planned, Reviewed, Settled
from .facts import Draft, Plan, Report, Review, Role, Solution, Stub
from .kit import Kit
from .models.chat import Message

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
        self._ids = (f"d{n}" for n in itertools.count(1))
        self._reports: dict[str, Report] = {}

    # ------------------------------------------------------------------------------------------------- models

    async def draft(self, stub: Stub, plan: Plan | None = None, *, role: Role = "coder") -> Draft:
        """A first body, from the stub alone or from a plan (arXiv 2603.03406, 3.1 and 3.2)."""
        if plan is not None:
            parts = {"context": wording.context(stub), "stub": stub.code(stub.body), "plan": plan.text}
            return await self._write(stub, role, "draft", self.kit.prompts.render("coder/draft_from_plan", **parts))
        return await self._write(stub, role, "draft", self._opening_turns(stub), prefill=self._begun(stub))

    def adopt(self, stub: Stub) -> Draft:
        """The body that is already in the file, as a draft."""
        draft = Draft(id=next(self._ids), body=stub.body, purpose="yours", model="you")
        self._emit(Drafted(draft=draft))
        return draft

    async def plan(self, stub: Stub) -> Plan:
        """Algorithm, edge cases and complexity from signature and docstring (arXiv 2603.03406, 3.1)."""
        messages = self.kit.prompts.render("planner/plan", context=wording.context(stub), stub=stub.code(stub.body))
        _, reply = await self._asker.ask(Question(role="planner", purpose="plan", messages=messages))
        plan = Plan(text=reply.text.strip())
        self._emit(Planned(plan=plan))
        return plan

    async def review(self, stub: Stub, draft: Draft, evidence: Report | None = None) -> Review:
        """A report on a draft: blind as in the paper, or with the failing examples in hand."""
        question = Question(
            role="reviewer",
            purpose="review",
            messages=self._review_turns(stub, draft, evidence),
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
        if evidence is None:
            messages = self.kit.prompts.render("coder/fix", **self._case(stub, draft), report=review.text.strip())
            return await self._write(stub, "coder", "fix", messages, parent=draft, prefill=self._begun(stub))
        turn = self.kit.prompts.render(
            "loop/fix",
            name=stub.entry_point,
            failures=wording.failures(evidence),
            findings=wording.findings(review),
        )
        messages = (*self._draft_turns(stub, draft), *turn)
        return await self._write(stub, "coder", "fix", messages, parent=draft, prefill=self._begun(stub))

    async def retry(self, stub: Stub, draft: Draft, report: Report) -> Draft:
        """A body repaired after an error of execution (arXiv 2603.03406, 3.3)."""
        error = wording.failures(report)
        messages = self.kit.prompts.render("coder/retry", **self._case(stub, draft), error=error)
        return await self._write(stub, "coder", "retry", messages, parent=draft, prefill=self._begun(stub))

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

    # ------------------------------------------------------------------------------------------------- wording

    def _begun(self, stub: Stub) -> str:
        return wording.opening(stub) if self.kit.mode == "evidence" else ""

    def _case(self, stub: Stub, draft: Draft) -> dict[str, str]:
        return {
            "stub": stub.code(stub.body),
            "code": stub.code(draft.body),
            "imports": wording.imports(stub),
            "context": wording.context(stub),
        }

    def _opening_turns(self, stub: Stub) -> tuple[Message, ...]:
        context = wording.context(stub)
        if self.kit.mode == "evidence":
            return self.kit.prompts.render("loop/draft", context=context, name=stub.entry_point)
        return self.kit.prompts.render("coder/draft", context=context, stub=stub.code(stub.body))

    def _draft_turns(self, stub: Stub, draft: Draft) -> tuple[Message, ...]:
        """The conversation up to a draft. Review and fix begin with it, so that a server has it in its cache."""
        said = Message(role="assistant", content=wording.fenced(stub.code(draft.body)))
        return (*self._opening_turns(stub), said)

    def _review_turns(self, stub: Stub, draft: Draft, evidence: Report | None) -> tuple[Message, ...]:
        if evidence is None:
            case = {"stub": stub.code(stub.body), "code": stub.code(draft.body)}
            return self.kit.prompts.render("reviewer/review", **case)
        parts = {"name": stub.entry_point, "failures": wording.failures(evidence)}
        if self.kit.voices["reviewer"].model is self.kit.voices["coder"].model:
            return (*self._draft_turns(stub, draft), *self.kit.prompts.render("loop/review", **parts))
        # Another model did not write the draft: it gets the case afresh, not words put into its mouth.
        case = {"context": wording.context(stub), "code": stub.code(draft.body)}
        return self.kit.prompts.render("loop/review_afresh", **parts, **case)

    async def _write(
        self,
        stub: Stub,
        role: Role,
        purpose: str,
        messages: tuple[Message, ...],
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
        call, reply = await self._asker.ask(question, replies.BodyEnd(stub).feed if prefill else None)
        body, problem = replies.body(stub, reply)
        draft = Draft(
            id=next(self._ids),
            body=body,
            purpose=purpose,
            role=role,
            model=self.kit.voices[role].model.name,
            parent=parent.id if parent else None,
            problem=problem,
        )
        self._emit(Drafted(draft=draft, call=call))
        return draft
