"""Which messages each verb sends: the papers' prompts in paper mode, one growing conversation in evidence mode.

In evidence mode review and fix begin with the very turns of the draft, so that a server finds them in its prompt cache,
and the stub is not sent where the answer is begun with it.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..facts import (
    Draft,
    Enrichment,
    Helper,
    Plan,
    Report,
    Review,
    Stub,
)
from ..kit import Kit
from ..models.chat import Message
from . import wording

Messages = tuple[Message, ...]


class Turns:
    """Renders the prompts of a kit."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._render = kit.prompts.render

    def begun(self, stub: Stub) -> str:
        """How the answer is begun for the model, "" in paper mode."""
        return wording.opening(stub) if self._kit.mode == "evidence" else ""

    def draft(self, stub: Stub, plan: Plan | None = None) -> Messages:
        """For a first body."""
        context = wording.context(stub)
        if plan is not None:
            parts = {"stub": stub.code(stub.body), "plan": wording.closed(plan.text), "imports": wording.imports(stub)}
            return self._render("coder/draft_from_plan", context=context, **parts)
        if self._kit.mode == "evidence":
            return self._render("loop/draft", context=context, name=stub.entry_point)
        return self._render("coder/draft", context=context, stub=stub.code(stub.body))

    def plan(self, stub: Stub) -> Messages:
        """For a plan."""
        return self._render("planner/plan", context=wording.context(stub), stub=stub.code(stub.body))

    def enrich(self, stub: Stub) -> Messages:
        """For more examples, types and edge cases."""
        return self._render("planner/enrich", context=wording.context(stub), stub=stub.code(stub.body))

    def review(self, stub: Stub, draft: Draft, evidence: Report | None, enrichment: Enrichment | None) -> Messages:
        """For a report: blind, against an enriched specification, or with the failing examples in hand.

        Whoever reviews sees what the coder saw: a report on a name that is imported above is no finding.
        """
        case = self._case(stub, draft)
        if enrichment is not None:
            return self._render("reviewer/review_enriched", enrichment=enrichment.text, **case)
        if evidence is None:
            return self._render("reviewer/review", **case)
        parts = {"name": stub.entry_point, "failures": wording.failures(evidence)}
        if self._kit.voices["reviewer"].model is self._kit.voices["coder"].model:
            return (*self._conversation(stub, draft), *self._render("loop/review", **parts))
        # Another model did not write the draft: it gets the case afresh, not words put into its mouth.
        context = wording.context(stub)
        return self._render("loop/review_afresh", context=context, code=stub.code(draft.body), **parts)

    def fix(self, stub: Stub, draft: Draft, review: Review, evidence: Report | None) -> Messages:
        """For a repair from a report."""
        if evidence is None:
            return self._render("coder/fix", **self._case(stub, draft), report=review.text.strip())
        parts = {"failures": wording.failures(evidence), "findings": wording.findings(review, evidence)}
        return (*self._conversation(stub, draft), *self._render("loop/fix", name=stub.entry_point, **parts))

    def again(self, stub: Stub, report: Report) -> Messages:
        """For another body, with the failing examples in hand and without the draft that failed them."""
        parts = {"name": stub.entry_point, "failures": wording.failures(report)}
        return self._render("loop/again", context=wording.context(stub), **parts)

    def correct(self, stub: Stub, draft: Draft) -> Messages:
        """For a Yes or a No on a draft."""
        return self._render("loop/correct", context=wording.context(stub), code=stub.code(draft.body))

    def retry(self, stub: Stub, draft: Draft, report: Report) -> Messages:
        """For a repair from an error of execution."""
        return self._render("coder/retry", **self._case(stub, draft), error=wording.failures(report))

    def choose(self, stub: Stub, first: Draft, second: Draft) -> Messages:
        """For a choice between two drafts, called A and B in the order given."""
        codes = {"a": stub.code(first.body), "b": stub.code(second.body)}
        return self._render("reviewer/choose", stub=stub.code(stub.body), context=wording.context(stub), **codes)

    def synthesise(
        self, stub: Stub, drafts: tuple[Draft, ...], reports: Mapping[str, Report], reviews: tuple[Review, ...]
    ) -> Messages:
        """For a third body from candidates, what failed of each, and their reviews."""
        candidates = "\n\n".join(wording.candidate(stub, draft, reports[draft.id]) for draft in drafts)
        said = "\n\n".join(review.text.strip() for review in reviews if not review.problem) or "(nothing)"
        parts = {"candidates": candidates, "reports": said, "imports": wording.imports(stub)}
        return self._render("coder/synthesise", stub=stub.code(stub.body), context=wording.context(stub), **parts)

    def trial(self, stub: Stub, helpers: Mapping[str, Helper]) -> Messages:
        """For a candidate that may call what is verified."""
        return self._render("pat/trial", stub=stub.code("..."), steps=self._steps, **self._surroundings(stub, helpers))

    def tests(self, stub: Stub) -> Messages:
        """For asserts, from the specification alone."""
        return self._render("pat/tests", context=wording.context(stub), stub=stub.header, name=stub.name)

    def split(
        self, stub: Stub, tried: Draft, report: Report, helpers: Mapping[str, Helper], parents: Mapping[str, str]
    ) -> Messages:
        """For a decomposition, after a direct attempt has failed; `parents` is the code that calls the function.

        The paper's planner sees neither the attempt nor what came out of it; ours does.
        """
        attempt = wording.attempt(stub, tried, report) if self._kit.mode == "evidence" else ""
        parts = {
            "stub": stub.header,
            "name": stub.entry_point,
            "tried": attempt,
            "parents": wording.calling(stub, parents),
            "steps": self._steps,
        }
        return self._render("pat/plan", **parts, **self._surroundings(stub, helpers))

    def replan(self, stub: Stub, messages: Messages, said: str, problem: str) -> Messages:
        """For another decomposition after one that cannot be followed; the paper's is the same question again."""
        if self._kit.mode == "paper" or not said.strip():
            return messages
        answer = Message(role="assistant", content=said.strip())
        return (*messages, answer, *self._render("pat/replan", problem=problem, name=stub.entry_point))

    def begun_tests(self) -> str:
        """How an answer of asserts is begun for the model, "" in paper mode.

        It ends with a whole word: a model that goes on after "f(" has lost its token for `f("`, and writes no strings.
        """
        return "```python\nassert" if self._kit.mode == "evidence" else ""

    def divide(self, stub: Stub, helpers: Mapping[str, Helper]) -> Messages:
        """For FunCoder's first draft, which may leave functions unwritten."""
        parts = {"stub": stub.header, "name": stub.entry_point}
        return self._render("funcoder/divide", **parts, **self._surroundings(stub, helpers))

    def calls(self, stub: Stub) -> Messages:
        """For calls without expected results."""
        return self._render("funcoder/calls", context=wording.context(stub), stub=stub.header, name=stub.name)

    @property
    def _steps(self) -> str:
        """The cue to think step by step, "" where the answer is begun for the model."""
        return wording.STEPS if self._kit.mode == "paper" else ""

    def _surroundings(self, stub: Stub, helpers: Mapping[str, Helper]) -> dict[str, str]:
        return {"context": wording.context(stub), "helpers": wording.existing(helpers, whole=self._kit.mode == "paper")}

    def _case(self, stub: Stub, draft: Draft) -> dict[str, str]:
        return {
            "stub": stub.code(stub.body),
            "code": stub.code(draft.body),
            "imports": wording.imports(stub),
            "context": wording.context(stub),
        }

    def _conversation(self, stub: Stub, draft: Draft) -> Messages:
        said = Message(role="assistant", content=wording.fenced(stub.code(draft.body)))
        return (*self.draft(stub), said)
