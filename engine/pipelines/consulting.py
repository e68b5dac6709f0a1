"""Ask by example: several bodies, and the user says what should come out where they part ways. Ours.

After TiCoder (arXiv 2208.05950): each question is an input with two or more results, and each answer an example. Theirs
ranks candidates by generated tests; here the candidates themselves say which inputs are worth a question, and an answer
that none of them obeys is an example of the next repair.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..behaviour.answers import contradicted, example_of, with_example
from ..behaviour.questions import AT_MOST, leading, question, remaining
from ..desk import Desk
from ..desk.questions import Draw
from ..errors import BudgetSpent
from ..facts import Answer, Behaviours, Draft, Report, Solution, Stub
from ..models.sharing import Share
from ..python.shape import same_program
from ..replies.python import is_placeholder

SAMPLES = 5
"""Bodies drawn beside the first draft."""
SAMPLES_DRAW = Draw(temperature=0.8)
REPAIRS = 4
"""Bodies that are asked for when no candidate holds the examples, or none obeys an answer."""


async def ask_by_example(desk: Desk, stub: Stub) -> Solution:
    """Draft several bodies, ask where they part ways, keep what obeys; repair with the answers where nothing does."""
    consulting = Consulting(desk, stub)
    await consulting.draw()
    for _ in range(AT_MOST):
        if not await consulting.ask():
            break
    return await consulting.settle()


class Consulting:
    """One stub, its candidates, and what the user said of it."""

    def __init__(self, desk: Desk, stub: Stub) -> None:
        self._desk = desk
        self._stub = stub
        """With the answers in its docstring."""
        self._asked = stub
        self.drafts: list[Draft] = []
        self._reports: dict[str, Report] = {}
        self.answers: list[Answer] = []
        self._behaviours = Behaviours()
        self._repairs = 0

    async def draw(self) -> None:
        """The first draft and the samples, each run on the examples; what the user has said already counts."""
        for answer in self._desk.kit.known:
            self._desk.take(answer)
            self._take(answer)
        if not is_placeholder(self._asked.body):
            await self._add(self._desk.adopt(self._asked))
        await self._add(await self._desk.draft(self._stub))

        async def sample(nth: int, share: Share | None) -> Draft:
            return await self._desk.sample(self._stub, {}, nth=nth, draw=SAMPLES_DRAW, share=share)

        try:
            await self._desk.at_once("coder", sample, range(SAMPLES), "samples", each=self._add)
        except BudgetSpent as spent:
            self._desk.decide(f"no further sample: {spent}")
        await self._repair()
        await self._compare()

    async def ask(self) -> bool:
        """Put the best question; whether it was answered. An answer that nobody obeys is followed by repairs."""
        choice = question(self._behaviours, self.answers, leading(self.drafts, self._reports))
        answer = await self._desk.consult(self._stub, choice) if choice is not None else None
        if answer is None:
            return False
        if own := contradicted(self._asked, answer):
            self._desk.decide(f"{answer.told}: your example {own.source.strip()} says otherwise, and it counts")
            answer = Answer(call=answer.call)
        self._take(answer)
        if not answer.open:
            await self._recheck()
            await self._repair()
        return True

    def best(self) -> Draft:
        """The first of the candidates that do what most of those do that pass most and obey every answer."""
        leaders = leading(self.drafts, self._reports)
        groups = remaining(self._behaviours, self.answers, leaders)
        obeying = groups[0].drafts if groups else leaders
        return next((draft for draft in self.drafts if draft.id in obeying), self.drafts[0])

    async def settle(self) -> Solution:
        """Keep the best."""
        kept = self.best()
        group = self._behaviours.group_of(kept.id)
        said = sum(not answer.open for answer in self.answers)
        obeys = group is not None and group in remaining(self._behaviours, self.answers)
        alike = f"it does what {group.weight} of {len(self.drafts)} candidates do" if group is not None else ""
        why = alike if obeys or not said else "no candidate does all that was answered"
        told = f"{said} answer{'' if said == 1 else 's'} kept" if said and obeys else ""
        self._desk.specify(self._stub)
        return await self._desk.settle(kept, "; ".join(filter(None, (why or "the first draft", told))))

    # ------------------------------------------------------------------------------------------------ inside

    def _take(self, answer: Answer) -> None:
        self.answers.append(answer)
        if not answer.open:
            self._stub = with_example(self._stub, example_of(answer))

    async def _add(self, draft: Draft) -> None:
        """Take a candidate in, and run it on the examples unless it is one once more."""
        code = self._stub.code
        same = next((d for d in self.drafts if same_program(code(d.body), code(draft.body))), None)
        if same is not None and draft.problem is None and same.problem is None:
            self._desk.decide(f"{draft.id} is {same.id} once more: it is not run again")
            self._reports[draft.id] = self._reports[same.id]
        else:
            self._reports[draft.id] = await self._desk.check(self._stub, draft)
        self.drafts.append(draft)

    async def _recheck(self) -> None:
        """Hold every candidate against the examples with the answers among them."""
        for draft in self.drafts:
            self._reports[draft.id] = await self._desk.check(self._stub, draft)

    async def _repair(self) -> None:
        """Ask for other bodies while none holds every example, in turns from what fails and from the stub alone."""
        before = len(self.drafts)
        while self._repairs < REPAIRS * (1 + len(self.answers)) and not self._holds():
            first = max(self.drafts, key=lambda draft: self._reports[draft.id].passes)
            report, nth = self._reports[first.id], self._repairs
            self._repairs += 1
            try:
                if nth % 2 == 0 and report.told.failures:
                    draft = await self._desk.fix_again(
                        self._stub, first, report, nth=nth // 2, how="the failing examples"
                    )
                else:
                    draft = await self._desk.fix_afresh(self._stub, first, nth=SAMPLES + nth, how="the stub alone")
            except BudgetSpent as spent:
                self._desk.decide(f"no further attempt: {spent}")
                break
            await self._add(draft)
        if len(self.drafts) > before and self._behaviours.groups:
            await self._compare()

    def _holds(self) -> bool:
        return any(_holds(draft, self._reports[draft.id]) for draft in self.drafts)

    async def _compare(self) -> None:
        usable: Sequence[Draft] = [draft for draft in self.drafts if draft.problem is None]
        calls = [answer.call for answer in self.answers]
        self._behaviours = await self._desk.compare(self._stub, usable, calls)


def _holds(draft: Draft, report: Report) -> bool:
    return draft.problem is None and not report.problem and not report.failures and not draft.recites
