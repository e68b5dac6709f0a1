"""The verbs of *Review Beats Planning* (arXiv 2603.03406), from draft to synthesis."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from .. import replies
from ..errors import ModelError
from ..events import Drafted, Enriched, Planned, Reviewed
from ..facts import Draft, Enrichment, Plan, Report, Review, Role, Stub
from ..models.chat import Reply
from .base import Base
from .prompting import Messages
from .questions import Question
from .wording import fenced

REVIEW_TOKENS = 240
"""Enough for two or three findings: a small model that does not think, and does not stop, is stopped here."""
SILENT = frozenset({"empty", "timeout"})
"""Kinds of `ModelError` with which a reviewer that is there says nothing; the draft is worth showing all the same."""
MOST_LOGPROBS = 20
"""More than that no server tells."""
AFRESH = 0.8
"""Temperature of a body that should be another one than the draft."""


class Reviewing(Base):
    """Drafts, and what is said of them."""

    async def draft(self, stub: Stub, plan: Plan | None = None, *, role: Role = "coder") -> Draft:
        """A first body, from the stub alone or from a plan (arXiv 2603.03406, 3.1 and 3.2)."""
        prefill = "" if plan is not None else self._turns.begun(stub)
        question = self._coding(role, "draft", self._turns.draft(stub, plan), prefill)
        # A planner that drafts is a coder: the paper's raw-planner and its debate do not think (2.1, 3.3).
        return await self._write(stub, replace(question, thinking="no" if role == "coder" else "never"))

    def adopt(self, stub: Stub) -> Draft:
        """The body that is already in the file, as a draft."""
        draft = Draft(id=self._named(), body=stub.body, purpose="yours", model="you")
        self._emit(Drafted(draft=draft))
        return draft

    async def plan(self, stub: Stub) -> Plan:
        """Algorithm, edge cases and complexity from signature and docstring (arXiv 2603.03406, 3.1)."""
        plan = Plan(text=await self._say("planner", "plan", self._turns.plan(stub)))
        self._emit(Planned(plan=plan))
        return plan

    async def enrich(self, stub: Stub) -> Enrichment:
        """More examples, types and edge cases for a specification (arXiv 2603.03406, 4.2)."""
        enrichment = Enrichment(text=await self._say("planner", "enrich", self._turns.enrich(stub)))
        self._emit(Enriched(enrichment=enrichment))
        return enrichment

    async def review(
        self, stub: Stub, draft: Draft, evidence: Report | None = None, *, enrichment: Enrichment | None = None
    ) -> Review:
        """A report on a draft: blind as in the paper, against an enriched stub, or with what failed in hand."""
        failed = evidence is not None and bool(evidence.problem or evidence.told.failures)
        schema = replies.REVIEW_SCHEMA_FAILED if failed else replies.REVIEW_SCHEMA
        question = Question(
            role="reviewer",
            purpose="review",
            messages=self._turns.review(stub, draft, evidence, enrichment),
            schema=None if evidence is None else schema,
            max_tokens=None if evidence is None else REVIEW_TOKENS,
            thinking="yes",
        )
        review = await self._reviewed(question, stub, draft)
        self._emit(Reviewed(review=review))
        if not review.happened:
            self.decide(f"not reviewed: {review.why_not}")
        return review

    def offered(self, stub: Stub, draft: Draft, review: Review) -> Draft | None:
        """The function that a reviewer wrote in place of a report, as a draft; None when it wrote none, or a report."""
        if not review.candidate or review.findings:
            return None
        body, problem = replies.body(stub, Reply(text=fenced(review.candidate)))
        offered = Draft(
            id=self._named(),
            body=body,
            purpose="fix",
            role="reviewer",
            model=review.model,
            parent=draft.id,
            problem=problem,
        )
        return self._told(stub, offered)

    async def _reviewed(self, question: Question, stub: Stub, draft: Draft) -> Review:
        model = self.kit.voices["reviewer"].model.name

        def read(reply: Reply) -> Review:
            review = replies.review(reply.text, draft.id, stub.code(draft.body), model)
            half = reply.finish == "length" and replies.breaks_off(reply.text)
            return replace(review, candidate="") if half else review

        try:
            # What was told of bugs before the limit can be held against runs; an all-clear may have had a "but".
            _, reply = await self._asker.ask(
                question, is_half=lambda reply: replies.breaks_off(reply.text) and read(reply).verdict == "clean"
            )
        except ModelError as error:
            if error.kind not in SILENT:
                raise
            return Review(draft=draft.id, verdict="not reviewed", problem=str(error), model=model)
        if reply.problem:
            problem = f"the reviewer {reply.problem}"
            return Review(draft=draft.id, verdict="not reviewed", problem=problem, text=reply.text, model=model)
        return read(reply)

    async def fix(
        self, stub: Stub, draft: Draft, review: Review, evidence: Report | None = None, *, how: str = ""
    ) -> Draft:
        """A repaired body from the report, and from the failing examples if they may be seen."""
        messages = self._turns.fix(stub, draft, review, evidence)
        question = self._coding("coder", "fix", messages, self._turns.begun(stub))
        return await self._write(stub, question, parent=draft, how=how)

    async def fix_again(self, stub: Stub, draft: Draft, report: Report, *, nth: int, how: str = "") -> Draft:
        """Another body, with the failing examples in hand and none of the draft; greedy at first, then drawn. Ours.

        `nth`, from 0, counts the times that it is asked for, and picks the seed.
        """
        question = self._coding("coder", "fix", self._turns.again(stub, report), self._turns.begun(stub))
        return await self._write(stub, self._drawn(question, nth) if nth else question, parent=draft, how=how)

    async def fix_afresh(self, stub: Stub, draft: Draft, *, nth: int | None = None, how: str = "") -> Draft:
        """Another body from the stub alone, for a coder that copies its draft when it is asked to repair it. Ours."""
        question = self._coding("coder", "fix", self._turns.draft(stub), self._turns.begun(stub))
        return await self._write(stub, self._drawn(question, nth), parent=draft, how=how)

    async def doubt(self, stub: Stub, draft: Draft) -> float | None:
        """The reviewer's log-odds of No against Yes on "Is this code correct?"; None when its server tells none. Ours.

        One token is asked for, and of that the probability is read. Compare bodies of one stub: alone it says nothing.
        """
        question = Question(
            role="reviewer",
            purpose="preference",
            messages=self._turns.correct(stub, draft),
            temperature=0.0,
            thinking="never",
            top_logprobs=MOST_LOGPROBS,
        )
        try:
            _, reply = await self._asker.ask(question)
        except ModelError:
            return None  # The log has it; there are bodies to keep, with a preference or without.
        return replies.log_odds(reply.logprobs, "no", "yes")

    async def retry(self, stub: Stub, draft: Draft, report: Report) -> Draft:
        """A body repaired after an error of execution (arXiv 2603.03406, 3.2).

        What no model may know cannot be told: then it is written afresh.
        """
        if not report.problem and not report.told.failures:
            return await self.fix_afresh(stub, draft)
        messages = self._turns.retry(stub, draft, report)
        return await self._write(stub, self._coding("coder", "retry", messages, self._turns.begun(stub)), parent=draft)

    async def choose(self, stub: Stub, first: Draft, second: Draft) -> Draft:
        """The draft the reviewer prefers. The order it sees them in is drawn from the run's seed.

        An answer that names neither chooses the coder's (our choice; the paper is silent).
        """
        shown = [first, second]
        self._luck.shuffle(shown)
        messages = self._turns.choose(stub, shown[0], shown[1])
        answer = await self._say("reviewer", "choose", messages, lambda reply: replies.choice(reply.text) is None)
        letter = replies.choice(answer)
        if letter is None:
            self.decide("the reviewer named neither draft: the coder's is taken")
            return first if first.role == "coder" else second
        chosen = shown["AB".index(letter)]
        self.decide(f"the reviewer chose the {chosen.role}'s draft (shown as {letter})")
        return chosen

    async def synthesise(
        self, stub: Stub, drafts: tuple[Draft, ...], reports: Mapping[str, Report], reviews: tuple[Review, ...]
    ) -> Draft:
        """A third body, informed by what failed of both candidates and by their reviews (arXiv 2603.03406, 3.3).

        `reports` says by draft id what came of each.
        """
        messages = self._turns.synthesise(stub, drafts, reports, reviews)
        question = self._coding("coder", "synthesis", messages, self._turns.begun(stub))
        return await self._write(stub, question, parent=drafts[0])

    def _drawn(self, question: Question, nth: int | None) -> Question:
        """The same, drawn at the temperature of another body; `nth` picks the seed, None leaves it to the role."""
        seed = None if nth is None else self._seed(nth)
        return replace(question, temperature=AFRESH, seed=seed)

    @staticmethod
    def _coding(role: Role, purpose: str, messages: Messages, prefill: str) -> Question:
        return Question(role=role, purpose=purpose, messages=messages, prefill=prefill)
