"""What every verb is made of: asking, reading code, running examples, deciding."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from .. import examples, replies
from ..errors import ProjectError
from ..events import (
    AttemptStarted,
    Checked,
    CheckStarted,
    Decided,
    Drafted,
    Dropped,
    FindingsTested,
    Settled,
)
from ..examples import findings
from ..examples.reciting import recited
from ..facts import Draft, Example, Execution, Outcome, Report, Review, Role, Solution, Stub
from ..kit import Kit
from ..models.chat import Reply
from ..models.sharing import Share
from ..project_tests import Subject, tested
from ..python.missing import unknown_names
from ..sandbox.timed import Timed
from ..sources import blocked_by
from .asking import (
    Asker,
    Emit,
    IsHalf,
    Turn,
)
from .executing import executed, heeded, let_wait, shadowed
from .preflight import is_there, moved
from .prompting import Messages, Turns
from .questions import Question
from .resume import Recall
from .steering import Steering

CODE_STOPS = ("\n```", "\nif __name__", "\nassert ", "\nprint(")
"""Safe ends of a prefilled function (measured; "\\n#" and "\\nif" are not)."""


class Base:
    """One run's common ground."""

    def __init__(
        self,
        kit: Kit,
        stub: Stub,
        emit: Emit,
        turn: Turn,
        steering: Steering,
        recall: Recall | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` gives seconds since any fixed moment."""
        self.kit = kit
        self.stub = stub
        self.steering = steering
        self.cannot_run = ""
        """Why no draft can be run, "" when they can."""
        self._emit = emit
        self._clock = clock
        self._asker = Asker(kit, emit, turn, recall)
        self._turns = Turns(kit)
        self._luck = random.Random(kit.seed)  # noqa: S311 - an order that can be repeated
        self._ids = (f"d{n}" for n in itertools.count(1))
        self._reports: dict[str, Report] = {}
        self._stood = is_there(stub.path)
        self._tested: set[str] = set()
        """Drafts that were held against the project's tests."""
        self._talkers: set[str] = set()
        """Models that begin an answer anew although it was begun for them: a stop would end it before its code."""

    # ------------------------------------------------------------------------------------------------- execution

    async def check(self, stub: Stub, draft: Draft, node: str = "", *, to_settle: bool = False) -> Report:
        """The stub's examples, then the project's tests, run in the sandbox. An unusable draft fails without running.

        The papers' patterns decide nothing by tests that the papers do not know: there they run only `to_settle`.

        Raises:
            ProjectError: none can be run, whatever a model writes: no further one is asked for.
        """
        tests = stub.tests if to_settle else self.deciding_tests(stub)
        if draft.problem is not None:
            report = Report(draft=draft.id, problem=draft.problem, tier=self.kit.sandbox.tier)
        else:
            missing = unknown_names(stub, draft.body)
            self._emit(CheckStarted(draft=draft.id, examples=len(stub.examples), node=node, undefined=missing))
            box, limits, program = Timed(self.kit.sandbox), self.kit.limits, stub.program(draft.body)
            shadow = await shadowed(box, limits, stub, draft.body)
            done = await executed(box, limits, program, stub.examples, stub.path)
            report = await heeded(box, limits, stub, examples.report(draft.id, stub.examples, done), shadow)
            if tests and not shadow:
                report = await tested(box, limits, Subject.of(stub, draft.body), tests, report)
            report = let_wait(report, stub, draft.body)
            if report.imported_slowly:
                report = replace(report, imports=box.imports, all_import_seconds=round(box.import_seconds, 4))
        self._tested.update({draft.id} if tests == stub.tests or draft.problem else ())
        self._reports[draft.id] = report
        self._emit(Checked(report=report, node=node))
        if report.problem and draft.problem is None and self._stood and (gone := moved(stub.path)):
            raise ProjectError(gone)
        if self.cannot_run:
            raise ProjectError(self.cannot_run)
        return report

    def deciding_tests(self, stub: Stub) -> tuple[Example, ...]:
        """The project's tests, where they may decide between drafts."""
        return () if self.kit.mode == "paper" else stub.tests

    async def prove(self, stub: Stub, draft: Draft, review: Review, fix: Draft | None = None) -> Review:
        """The review with every finding that has an input executed against the draft, and against the fix if given."""
        calls = [finding.call for finding in review.findings if finding.call]
        target = draft if fix is None else fix
        if not calls or target.problem is not None:
            return review
        program = stub.program(target.body)
        done = await self.kit.sandbox.run(program, calls, self.kit.limits, path=stub.path)
        done = _without_waiting(done, stub, target.body, calls)
        names = replies.parameters(stub.header)
        alone = tuple(e for e in stub.judged if not (e.session or e.before))
        wanted = findings.expectations(review, done, alone, names)
        expected = await self._evaluated(program, wanted, stub.path)
        tested = findings.tested(review, done, alone, expected, names)
        if fix is not None:
            tested = findings.retested(review, done, tested)
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

    def go_on(self, drafts: int, calls: int) -> None:
        """Count drafts and calls on from those that a run has already."""
        self._ids = (f"d{n}" for n in itertools.count(drafts + 1))
        self._asker.go_on(calls)

    def now(self) -> float:
        """Seconds of the run's clock."""
        return self._clock()

    def begin_attempt(self, attempt: int, most: int, how: str) -> None:
        """Tell the log that another body is asked for, and with what."""
        self._emit(AttemptStarted(attempt=attempt, most=most, seconds=self.kit.repair.seconds, how=how))

    def drop(self, draft: Draft, why: str) -> None:
        """Tell the log that a candidate is not kept, and why."""
        self._emit(Dropped(draft=draft.id, why=why))

    def decide(self, what: str, node: str = "") -> None:
        """Tell the log which way the pipeline goes, and why."""
        self._emit(Decided(what=what, node=node))

    async def settle(self, draft: Draft, why: str = "") -> Solution:
        """End with this draft. It is checked if it was not yet: for the user to see, never for a model."""
        report = self._reports.get(draft.id)
        if report is None or not self._is_on_the_stub(draft, report):
            report = await self.check(self.stub, draft, to_settle=True)
        solution = Solution(draft=draft, report=report, why=why)
        self._emit(Settled(solution=solution))
        return solution

    def _is_on_the_stub(self, draft: Draft, report: Report) -> bool:
        """Whether a report is on the stub's examples and tests, and on no checks of a model."""
        if not report.checks:
            return draft.id in self._tested or not self.stub.tests
        examples = tuple(check.example for check in report.examples)
        return examples == self.stub.examples and (draft.id in self._tested or not self.stub.tests)

    # ------------------------------------------------------------------------------------------------- asking

    async def _say(self, role: Role, purpose: str, messages: Messages, is_half: IsHalf = lambda _: True) -> str:
        """What a role says to a question that is thought about; "" with a line in the log when it says no whole thing.

        `is_half` is told an answer that ran into its limit.
        """
        question = Question(role=role, purpose=purpose, messages=messages, thinking="yes")
        _, reply = await self._asker.ask(question, is_half=is_half)
        if reply.problem:
            self.decide(f"no answer to the {purpose}: the {role} {reply.problem}")
        return "" if reply.problem else reply.text.strip()

    def _seed(self, nth: int) -> int:
        """The seed of the how-manieth question of its kind: samples differ, runs do not."""
        return self.kit.seed * 1000 + nth

    def _named(self) -> str:
        return next(self._ids)

    async def _write(
        self,
        stub: Stub,
        question: Question,
        *,
        parent: Draft | None = None,
        how: str = "",
        share: Share | None = None,
    ) -> Draft:
        """A draft from an answer that should be code; `share` is its place in a request for several."""
        name = self._named()
        begun = bool(question.prefill)
        model = self.kit.voices[question.role].model.name
        asked = replace(question, stop=CODE_STOPS if begun and model not in self._talkers else ())
        listener = (lambda: replies.BodyEnd(stub).feed) if begun else None

        def is_half(reply: Reply) -> bool:
            return replies.body(stub, reply)[1] == replies.CUT

        call, reply = await self._asker.ask(asked, listener, is_half, share)
        if asked.stop and replies.only_announces(reply):
            self._talkers.add(model)
            what = f"the {question.role} began its answer anew, and was stopped before its code"
            self.decide(f"{what}: the {question.purpose} is asked once more without stops", question.node)
            call, reply = await self._asker.ask(question, listener, is_half)
        body, problem = replies.body(stub, reply)
        draft = Draft(
            id=name,
            body=body,
            purpose=question.purpose,
            role=question.role,
            model=model,
            parent=parent.id if parent else None,
            problem=reply.problem or problem,
            how=how,
            # Of a repair it is told what it would have taken away; a first draft is read as it always was.
            remark=replies.departure(stub, reply.text) if parent and not problem else "",
        )
        return self._told(stub, draft, call, question.node)

    def _told(self, stub: Stub, draft: Draft, call: str = "", node: str = "") -> Draft:
        """The draft as the log is told of it: of one that only recites the examples it is said."""
        remark = "" if draft.problem else recited(stub, draft.body) or draft.remark
        draft = replace(draft, remark=remark, recites=bool(remark) and remark != draft.remark)
        self._emit(Drafted(draft=draft, call=call, node=node))
        if remark:
            self.decide(f"{draft.purpose} {draft.id}: {remark}", node)
        return draft


def _without_waiting(done: Execution, stub: Stub, body: str, calls: Sequence[str]) -> Execution:
    """The execution as if what leads to functions that are not written yet had not been run: it shows nothing."""
    waits = blocked_by(stub, body, [Example(source=call) for call in calls])
    pairs = zip(done.outcomes, waits, strict=False)
    return replace(done, outcomes=tuple(Outcome(status="not run") if names else outcome for outcome, names in pairs))
