"""What follows a draft that fails an example: a ladder of attempts, each executed on arrival. Ours.

A small model that is shown its draft repeats it; asked again without it, it writes something else (docs/results.md). So
the report's own fix comes first where the report has something, and then bodies in whose prompt no draft stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from ..behaviour.clustering import agreement
from ..desk import Desk
from ..desk.reviewing import AFRESH
from ..diff import hunks
from ..errors import BudgetSpent
from ..examples.calls import spelling
from ..facts import Draft, Report, Review, Solution, Stub
from ..python.shape import same_program
from ..replies import parameters

Rung = Literal["report", "examples", "stub"]
"""With what a body is asked for: the report in the conversation of the draft; the failing examples; the stub alone."""
PAPER_ATTEMPTS = 2
"""In paper mode the report's fix and one body from the stub alone, as before there was a ladder."""
SAME_AGAIN = 2
"""Bodies in a row that were there before, after which nothing new is expected of one way of asking."""
COMPARED = 3
"""Most candidates about which the reviewer is asked, one token each."""


class Candidate(NamedTuple):
    """A body and what the examples say of it."""

    draft: Draft
    report: Report

    @property
    def holds(self) -> bool:
        """Whether nothing is left to repair: every example holds, by work and not by heart."""
        return not fails(self.report) and not self.draft.recites

    @property
    def runs(self) -> bool:
        """Whether it can be used at all."""
        return self.draft.problem is None and not self.report.problem

    @property
    def worth(self) -> tuple[bool, bool, int, bool]:
        """Higher is better: it runs; it works for its results; how many checks it passes; nothing speaks against it."""
        return (*self.use, not self.draft.remark)

    @property
    def use(self) -> tuple[bool, bool, int]:
        """The same of what stands in the file in the end: a docstring that it left out is yours, and stays."""
        return self.runs, not self.draft.recites, rank(self.report)


async def repair(
    desk: Desk, stub: Stub, draft: Candidate, review: Review, others: Iterable[Candidate] = ()
) -> Solution:
    """Climb the ladder until a body holds every example, and settle on the best of all, `others` included."""
    ladder = Ladder(desk, stub, draft, review, others)
    await ladder.climb()
    return await ladder.settle()


class Ladder:
    """The attempts after one draft."""

    def __init__(
        self, desk: Desk, stub: Stub, first: Candidate, review: Review, others: Iterable[Candidate] = ()
    ) -> None:
        self._desk, self._stub, self._first, self._review = desk, stub, first, review
        self._candidates = [first, *others]
        """Different programs only, in the order in which they came."""
        self._repeats: list[tuple[Draft, Draft]] = []
        """Bodies that came once more, each with the one that it is."""
        self._reported = ""
        """Id of the report's own fix."""
        self._in_a_row: Counter[Rung] = Counter()
        """By way of asking: how many bodies in a row have been there before."""
        self._ended = ""
        """Why fewer were asked for than might have been, "" for no such reason."""

    async def climb(self) -> None:
        """Ask for one body after another, as many and as long as the settings allow."""
        desk, bound = self._desk, self._desk.kit.repair
        most = PAPER_ATTEMPTS if desk.kit.mode == "paper" else bound.attempts
        most = min(most, 1) if not fails(self._first.report) else most
        began = desk.now()
        times: Counter[Rung] = Counter()
        for attempt, rung in zip(range(1, most + 1), self._rungs(), strict=False):
            if attempt > 1 and desk.now() - began >= bound.seconds:
                desk.decide(f"no further attempt: {bound.seconds:g} s are over (repair.seconds)")
                return
            how = _how(rung, times[rung])
            desk.begin_attempt(attempt, most, how)
            try:
                draft = await self._ask(rung, times[rung], how)
            except BudgetSpent as spent:
                desk.decide(f"no further attempt: {spent}")
                return
            times[rung] += 1
            before = len(self._candidates)
            if await self._is_right(draft):
                return
            self._in_a_row[rung] = self._in_a_row[rung] + 1 if len(self._candidates) == before else 0
            if not self._ways and attempt < most:
                self._ended = f"asked {attempt} of at most {most} times: the model only repeats itself"
                desk.decide(f"no further attempt: {self._ended}")

    def _rungs(self) -> Iterator[Rung]:
        """With what is asked, in order, as long as something new is to be expected.

        A report comes first where it says more than the failing examples do. One that repeats them leads a small model
        to its draft once more (docs/results.md): it comes after a body of either other kind.
        What only the project's hidden tests have shown no model is told: then another body is all that can be had.
        """
        report = self._first.report
        late = shown(self._review)
        if self._desk.kit.mode == "paper" or report.problem or self._says_more():
            yield "report"
            late = False
        while ways := self._ways:
            yield from ways
            if late:
                yield "report"
                late = False

    @property
    def _ways(self) -> list[Rung]:
        """The ways of asking that may be used as often as one likes, and of which something new is to be expected.

        A server that takes no temperature, or a model that is sure of its body, writes the same one again and again.
        """
        with_examples = self._first.report.told.failures and self._desk.kit.mode == "evidence"
        ways: list[Rung] = ["examples", "stub"] if with_examples else ["stub"]
        return [way for way in ways if self._in_a_row[way] < SAME_AGAIN]

    def _says_more(self) -> bool:
        """Whether a finding was reproduced whose input is none of the examples that fail."""
        names = parameters(self._stub.header)
        failing = {spelling(check.example.source, names) for check in self._first.report.failures}
        return any(
            finding.status == "reproduced" and spelling(finding.call, names) not in failing
            for finding in self._review.findings
        )

    async def _ask(self, rung: Rung, nth: int, how: str) -> Draft:
        desk, stub, (draft, report) = self._desk, self._stub, self._first
        match rung:
            case "report":
                fix = await desk.fix(stub, draft, self._review, report, how=how)
                self._reported = fix.id
                return fix
            case "examples":
                return await desk.fix_again(stub, draft, report, nth=nth, how=how)
            case "stub":
                return await desk.fix_afresh(stub, draft, nth=None if desk.kit.mode == "paper" else nth, how=how)

    async def _is_right(self, draft: Draft) -> bool:
        """Run a body, unless it is one that was run before; whether nothing is left to repair."""
        same = next((c.draft for c in self._candidates if self._are_alike(c.draft, draft)), None)
        if same is not None:
            self._desk.decide(f"{draft.id} is {same.id} once more: it is not run again")
            self._repeats.append((draft, same))
            return False
        candidate = Candidate(draft, await self._desk.check(self._stub, draft))
        self._candidates.append(candidate)
        if draft.id == self._reported:
            self._review = await self._desk.prove(self._stub, self._first.draft, self._review, draft)
        return candidate.holds

    def _are_alike(self, one: Draft, other: Draft) -> bool:
        """Whether two drafts are the same program, or cannot be used for the same reason."""
        if one.problem is not None or other.problem is not None:
            return (one.problem, one.body) == (other.problem, other.body)
        return same_program(self._stub.code(one.body), self._stub.code(other.body))

    # ------------------------------------------------------------------------------------------ what is kept

    async def settle(self) -> Solution:
        """Keep what passes most, and of equals what measurement prefers; say of the others why not."""
        best, by = await self._best()
        draft, first = best.draft, self._first
        if best is not first and draft.id != self._reported:
            await self._desk.prove(self._stub, first.draft, self._review, draft)
        for other in self._candidates:
            if other is not best:
                self._desk.drop(other.draft, _why_dropped(other, best, by))
        for repeat, same in self._repeats:
            self._desk.drop(repeat, same.problem or f"the same program as {same.id}")
        if best is not first:
            name = "the fix" if draft.id == self._reported else f"{draft.id} (from {draft.how})"
            why = f"{name}: {tally(first.report)} before, {tally(best.report)} now"
            return await self._desk.settle(draft, "; ".join(filter(None, (why, by, self._ended))))
        most = max(self._candidates[1:], key=lambda candidate: candidate.worth, default=None)
        what = f"{tally(most.report)} with the best of them" if most else "nothing but the draft came"
        self._desk.decide(f"the attempts are not kept: {tally(first.report)} before, {what}")
        ended = f" ({self._ended})" if self._ended else ""
        return await self._desk.settle(draft, f"the draft: no attempt was better{ended}")

    async def _best(self) -> tuple[Candidate, str]:
        """What is kept, and by what it was told from others that are worth as much ("" when there are none)."""
        most = max(candidate.worth for candidate in self._candidates)
        equal = [candidate for candidate in self._candidates if candidate.worth == most]
        if not equal[0].runs:
            return self._first, ""
        if self._first in equal and not fails(self._first.report):
            # A draft that holds every example makes way for nothing but a body that mends what was shown.
            mending = [c for c in self._candidates if c.use == self._first.use and self._mends(c)]
            return (mending[0], "it mends what the reviewer has shown") if mending else (self._first, "")
        if len(equal) == 1:
            return equal[0], ""
        if self._desk.kit.mode == "paper":
            return self._among(equal)[0], ""
        return await self._preferred(equal)

    def _mends(self, candidate: Candidate) -> bool:
        return candidate.draft.id == self._reported and any(
            finding.mended for finding in self._review.findings if finding.status == "reproduced"
        )

    async def _preferred(self, equal: list[Candidate]) -> tuple[Candidate, str]:
        """Of equals the one that behaves as most others do; then the one that the reviewer doubts least."""
        alike = await self._alike(equal)
        equal, before = [c for c in equal if alike[c.draft.id] == max(alike[c.draft.id] for c in equal)], len(equal)
        if len(equal) < before:
            self._desk.rank(alike, equal[0].draft.id, "inputs with which another candidate does the same")
        if len(equal) == 1:
            return equal[0], "it behaves as most of the others do"
        compared = self._among(equal)[:COMPARED]
        trust = await self._trust(compared)
        if len(set(trust.values())) > 1:
            chosen = max(compared, key=lambda c: trust[c.draft.id])
            self._desk.rank(trust, chosen.draft.id, "the reviewer's log-odds that it is correct")
            return chosen, "the reviewer prefers this one"
        chosen = compared[0]
        return chosen, "the report's own fix" if chosen.draft.id == self._reported else "it changes the fewest lines"

    async def _trust(self, compared: Sequence[Candidate]) -> dict[str, float]:
        """By draft id the reviewer's log-odds of Yes against No; {} unless they are known of all."""
        known: dict[str, float] = {}
        for candidate in compared:
            try:
                doubt = await self._desk.doubt(self._stub, candidate.draft)
            except BudgetSpent:
                return {}
            if doubt is None:
                return {}
            known[candidate.draft.id] = -doubt
        return known

    async def _alike(self, equal: Sequence[Candidate]) -> dict[str, float]:
        """By draft id: how often another candidate does the same with one input."""
        drafts = [candidate.draft for candidate in equal]
        alike = agreement(await self._desk.compare(self._stub, drafts)) if len(drafts) > 2 else {}
        return {draft.id: alike.get(draft.id, 0.0) for draft in drafts}

    def _among(self, equal: Sequence[Candidate]) -> list[Candidate]:
        """The report's own fix first, then what changes the fewest lines of the draft; the draft itself comes last."""
        old = self._stub.code(self._first.draft.body)

        def order(candidate: Candidate) -> tuple[bool, bool, int]:
            changes = hunks(old, self._stub.code(candidate.draft.body))
            lines = sum(hunk.old_count + hunk.new_count for hunk in changes)
            return candidate is self._first, candidate.draft.id != self._reported, lines

        return sorted(equal, key=order)


def _how(rung: Rung, nth: int) -> str:
    """With what an attempt is asked for, in words."""
    match rung:
        case "report":
            return "the report"
        case "examples":
            return f"the failing examples, T={AFRESH:g}" if nth else "the failing examples"
        case "stub":
            return f"the stub alone, T={AFRESH:g}"


def _why_dropped(other: Candidate, kept: Candidate, by: str) -> str:
    """How a candidate compares with what is kept, in words."""
    if other.draft.problem:
        return other.draft.problem
    if other.draft.remark and not kept.draft.remark and other.report.passes >= kept.report.passes:
        return other.draft.remark
    if other.use == kept.use:
        return (
            f"passes as much as {kept.draft.id}, of which is known: {by}" if by else f"no better than {kept.draft.id}"
        )
    return f"{_passes(other.report)}; kept passes {kept.report.passes}"


def _passes(report: Report) -> str:
    if report.problem:
        return f"does not run: {report.problem}"
    return f"passes {report.passes} of {len(report.judged)} {'checks' if report.tests else 'examples'}"


def fails(report: Report) -> bool:
    """Whether a draft does not run, or does not hold what it is held against."""
    return bool(report.problem) or bool(report.failures)


def rank(report: Report) -> int:
    """How many checks a draft passes; -1 for one that does not run."""
    return -1 if report.problem else report.passes


def shown(review: Review) -> bool:
    """Whether execution has shown any of the findings."""
    return any(finding.status == "reproduced" for finding in review.findings)


def tally(report: Report) -> str:
    """How many examples and tests hold, in words."""
    if report.problem:
        return "it did not run"
    tests, checks = report.tests, report.judged_examples
    held = f"{sum(check.passed for check in checks)} of {len(checks)} examples held"
    own = f"{sum(tests.values())} of {len(tests)} of your tests"
    return f"{held}, {own}" if checks and tests else f"{own} held" if tests else held
