"""A lesson on the screen: the draft, what the user claims of it, and at last what was wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.worker import Worker

from ...engine.errors import EnvironmentFault
from ...engine.lessons.claims import Claim, tried
from ...engine.lessons.lesson import Lesson, held
from ...engine.lessons.records import Notebook
from ...engine.run.opening import limits, sandbox_choice
from ...engine.sandbox import open_sandbox
from ...engine.sandbox.runner import Sandbox
from ...widgets.run.claim_line import ClaimLine
from ...widgets.run.timeline import clock
from ...widgets.signs import counted
from ...widgets.status_line import StatusLine, Tone
from ..common.faults import tell, tell_of
from ..common.key_bar import KeyBar
from ..common.key_names import keys_of
from ..common.keys import LEARNING, bindings
from ..common.session import Session
from ..common.title_bar import TitleBar
from .attempts import Attempt
from .predicting import ask_prediction, judged, side_by_side
from .progress import Progress
from .view import LessonView


class LessonScreen(Screen[None]):
    """Goes through `lessons`; nothing is written anywhere."""

    AUTO_FOCUS = ""
    TOPICS = (LEARNING,)
    BINDINGS = bindings((LEARNING,))

    def __init__(
        self,
        session: Session,
        lessons: Sequence[Lesson],
        sandbox: Sandbox | None = None,
        *,
        notebook: Notebook | None = None,
        exam: float | None = None,
        ticking: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sandbox`: one that is open already, and stays so. `notebook`: where claims are kept, to go on from.

        `exam`: seconds for all lessons together, without hints and answers; None for no exam.
        """
        super().__init__()
        self.session = session
        self._lessons = tuple(lessons)
        self._progress = Progress(lessons, notebook, self._tell_fault, ticking, exam)
        self._at = self._progress.first
        self._given = sandbox
        self._sandbox: Sandbox | None = sandbox

    def compose(self) -> ComposeResult:
        """Draft and reports, the line to claim in, status and keys."""
        yield TitleBar(id="title")
        yield LessonView(id="lesson")
        yield ClaimLine(id="claim")
        yield StatusLine(id="status")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Show the first lesson."""
        self._begin()
        if self._progress.exam:
            self.set_interval(1.0, self._look_at_clock)

    async def close(self) -> None:
        """End what runs."""
        for worker in self._at_work:
            worker.cancel()
        if self._sandbox is not None and self._given is None:
            sandbox, self._sandbox = self._sandbox, None
            await sandbox.aclose()

    # ------------------------------------------------------------------------------------ what is shown

    @property
    def lesson(self) -> Lesson:
        """The lesson in front."""
        return self._lessons[self._at]

    @property
    def attempt(self) -> Attempt:
        """How far the user is with it."""
        return self._progress.attempts[self._at]

    @property
    def view(self) -> LessonView:
        """The panes."""
        return self.query_one(LessonView)

    def say(self, notice: str, tone: Tone = "calm") -> None:
        """Tell the user something that matters now."""
        self.query_one(StatusLine).say(notice, tone)

    def _begin(self) -> None:
        """Show the lesson in front from its beginning, or as it was left."""
        lesson, key = self.lesson, keys_of(self)
        self._progress.show()
        line = self.query_one(ClaimLine)
        line.show(self.attempt.typed)
        line.example = f"{lesson.stub.entry_point}(…)"
        self._show()
        if not line.typing:  # Who is quick types before the first picture.
            self.view.take_keys()
        claim, answer = key("lesson.claim"), key("lesson.answer")
        self.say(f"this draft has a bug: {claim} claims an input that shows it, {answer} shows the answer")

    def _show(self) -> None:
        self._show_title()
        self.query_one(ClaimLine).display = self.attempt.answer is None and not self._progress.over
        self.view.show(self.lesson, self.attempt)
        self.refresh_bindings()

    def _show_title(self) -> None:
        title, progress = self.query_one(TitleBar), self._progress
        title.place = f"lesson › {self.lesson.title or self.lesson.name}"
        title.position = f"{self._at + 1} of {len(self._lessons)}"
        left = f"{clock(progress.left).partition('.')[0]} left" if progress.exam else ""
        title.means = " · ".join(filter(None, (progress.student, f"{counted(progress.found, 'bug')} found", left)))

    # ------------------------------------------------------------------------------------ what the user does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys do something now."""
        if action == "deed":
            return self._busy or self.query_one(ClaimLine).typing
        if action != "lesson":
            return True
        typing, told = self.query_one(ClaimLine).typing, self.attempt.answer is not None
        match parameters[0]:
            case "claim":
                return not typing and not told and not self._progress.over
            case "answer":
                return not typing and not told and not self._busy and not self._progress.exam
            case "hint":
                return not typing and not told and bool(self.lesson.hints) and not self._progress.exam
            case "predict":
                return not typing and not told and not self._progress.over
            case "diff":
                return told
            case "stop":
                return self._busy and not typing
            case "turn" | "turn_back" | "fold":
                return not typing
            case "next":
                return self._at + 1 < len(self._lessons)
            case "previous":
                return self._at > 0
            case _:
                return True

    def action_lesson(self, what: str) -> None:
        """Do what a key asks for."""
        match what:
            case "claim":
                self.query_one(ClaimLine).begin()
                self.say("first an input, then what should come out of it")
            case "answer":
                self.say("running all examples on the draft…")
                self.run_worker(self._tell(), group="lesson", exit_on_error=False)
            case "hint":
                self.say(self._progress.hint(self._at))
            case "predict":
                self.run_worker(self._predict(), group="predict", exit_on_error=False)
            case "fold":
                self.view.fold()
            case "stop":
                for worker in self._at_work:
                    worker.cancel()
                self.say("stopped")
            case "diff":
                self.view.turn_text()
            case "next" | "previous":
                self._progress.count(self._at)
                self.attempt.typed = self.query_one(ClaimLine).typed
                self._at += 1 if what == "next" else -1
                self._begin()
            case "turn":
                self.view.turn(1)
            case _:
                self.view.turn(-1)

    async def _predict(self) -> None:
        """Have the user say where it is and of what kind; whether that is so is told with the answer."""
        said = await ask_prediction(self, self.lesson, self.attempt.prediction)
        if said is not None:
            self._progress.predict(self._at, said)
            self.say(f"you say line {said.line}, {said.kind}; now claim an input that shows it")

    def _look_at_clock(self) -> None:
        """Tell how much time an exam leaves, and end it."""
        self._show_title()
        line = self.query_one(ClaimLine)
        if self._progress.over and line.display:
            line.display = False
            self.view.take_keys()
            self.say(
                f"the time is over: {self._progress.found} of {counted(len(self._lessons), 'lesson')} found", "warning"
            )
            self.refresh_bindings()

    def _tell_fault(self, fault: EnvironmentFault) -> None:
        tell(self, fault, self.session.places)

    def action_deed(self, name: str) -> None:
        """Ctrl+c without a selection stops what runs here as on the main screen, or else the typing of a claim."""
        if self._busy:
            self.action_lesson("stop")
        else:
            self.view.take_keys()

    # ------------------------------------------------------------------------------------ running

    @property
    def _at_work(self) -> list[Worker[None]]:
        return [w for w in self.workers if w.group == "lesson" and w.node is self and not w.is_finished]

    @property
    def _busy(self) -> bool:
        return bool(self._at_work)

    async def _open(self) -> Sandbox:
        if self._sandbox is None:
            self._sandbox = await open_sandbox(sandbox_choice(self.session.settings, self.session.environ))
        return self._sandbox

    async def _try(self, at: int, claim: Claim) -> None:
        bounds = limits(self.session.settings.sandbox)
        verdict = await tried(await self._open(), bounds, self._lessons[at], claim)
        attempt = self._progress.attempts[at]
        if at == self._at:
            self._progress.count(at)
        self._progress.claim(at, verdict)
        if at != self._at:
            return
        self._show()
        if verdict.result == "bug":
            key, count = keys_of(self), counted(len(attempt.verdicts), "claim")
            last = at + 1 == len(self._lessons)
            more = "; this is the last lesson" if last else f", {key('lesson.next')} goes on"
            if self.query_one(ClaimLine).typed == (claim.call, claim.should_be):  # Else the next one is being typed.
                self.view.take_keys()
            self.say(f"found, with {count}. {key('lesson.answer')} shows the answer{more}", "good")
        else:
            self.say(verdict.why, "warning")

    async def _tell(self) -> None:
        at, bounds = self._at, limits(self.session.settings.sandbox)
        lesson = self._lessons[at]
        self._progress.count(at)
        self._progress.attempts[at].answer = await held(await self._open(), bounds, lesson, lesson.wrong.body)
        if at == self._at:
            self._show()
            self.view.take_keys()
            about = lesson.about or f"this is {lesson.standard}, and what the draft made of each example"
            attempt = self._progress.attempts[at]
            told = (about, judged(attempt.prediction, lesson), side_by_side(attempt, lesson))
            self.say(" · ".join(filter(None, told)))

    # ------------------------------------------------------------------------------------ messages

    def on_claim_line_claimed(self, event: ClaimLine.Claimed) -> None:
        """Run it."""
        if self._busy:
            self.say(f"what was claimed before is still running; {keys_of(self)('lesson.stop')} stops it", "warning")
            return
        self.say(f"running it on the draft and on {self.lesson.standard}…")
        claim = Claim(call=event.call, should_be=event.wanted)
        self.run_worker(self._try(self._at, claim), group="lesson", exit_on_error=False)

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted outside the fields is meant for them."""
        if self.attempt.answer is None and not self._progress.over:
            self.query_one(ClaimLine).take(event.text)

    def on_claim_line_left(self) -> None:
        """Give the keys back."""
        self.view.take_keys()

    def on_descendant_focus(self) -> None:
        """Other keys do something now."""
        self.refresh_bindings()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell why a worker failed."""
        tell_of(self, event, self.session.places)
        if event.worker.is_finished:
            self.refresh_bindings()
