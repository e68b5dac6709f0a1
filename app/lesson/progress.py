"""How far the user is with all lessons: attempts, the time each was in front, and the file where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...engine.errors import EnvironmentFault
from ...engine.lessons.claims import Verdict
from ...engine.lessons.lesson import Lesson
from ...engine.lessons.records import Notebook, Record
from .attempts import Prediction, attempts_of
from .recording import recorded


class Progress:
    """Keeps an attempt for each of `lessons`, and writes down what happens where there is a notebook."""

    def __init__(
        self,
        lessons: Sequence[Lesson],
        notebook: Notebook | None,
        complain: Callable[[EnvironmentFault], None],
        ticking: Callable[[], float],
        exam: float | None,
    ) -> None:
        """`exam`: seconds for all lessons together; None for no exam."""
        self._lessons = tuple(lessons)
        self._notebook = notebook
        self._complain = complain
        self._ticking, self._shown_at = ticking, ticking()
        self._ends_at = None if exam is None else ticking() + exam
        self.attempts = attempts_of(lessons, notebook.records if notebook is not None else ())

    @property
    def first(self) -> int:
        """Number, from 0, of the lesson to begin with: the first whose bug was not found."""
        return next((n for n, attempt in enumerate(self.attempts) if not attempt.found), 0)

    @property
    def found(self) -> int:
        """How many bugs were found."""
        return sum(attempt.found for attempt in self.attempts)

    @property
    def student(self) -> str:
        """Whose it is, "" where nothing is kept."""
        return self._notebook.student if self._notebook is not None else ""

    @property
    def exam(self) -> bool:
        """Whether it is an exam."""
        return self._ends_at is not None

    @property
    def left(self) -> float:
        """Seconds that an exam leaves; 0 where there is none."""
        return 0.0 if self._ends_at is None else max(0.0, self._ends_at - self._ticking())

    @property
    def over(self) -> bool:
        """Whether the time of an exam is over."""
        return self.exam and not self.left

    def show(self) -> None:
        """Begin to count the time of the lesson that came in front."""
        self._shown_at = self._ticking()

    def count(self, at: int) -> None:
        """Add the time since then to this lesson's."""
        now = self._ticking()
        self.attempts[at].seconds += now - self._shown_at
        self._shown_at = now

    def claim(self, at: int, verdict: Verdict) -> None:
        """Take in what came of a claim. Of an input that is outside nothing was learnt, and it is no claim."""
        attempt = self.attempts[at]
        self._keep(recorded(self._lessons[at], verdict, hints=attempt.hints, seconds=attempt.seconds))
        if verdict.result != "outside":
            attempt.verdicts.append(verdict)

    def hint(self, at: int) -> str:
        """One hint more in words, or the last again; each is counted."""
        attempt, hints = self.attempts[at], self._lessons[at].hints
        if attempt.hints < len(hints):
            attempt.hints += 1
            self._keep(Record(student="", lesson=self._lessons[at].name, hints=attempt.hints))
        taken = min(attempt.hints, len(hints))
        return f"hint {taken} of {len(hints)}: {hints[taken - 1]}"

    def predict(self, at: int, said: Prediction) -> None:
        """Take in where the user says that it is."""
        attempt = self.attempts[at]
        attempt.prediction = said
        line, kind = said
        self._keep(Record(student="", lesson=self._lessons[at].name, hints=attempt.hints, line=line, kind=kind))

    def _keep(self, record: Record) -> None:
        if self._notebook is None:
            return
        try:
            self._notebook.add(record)
        except EnvironmentFault as error:
            self._complain(error)
