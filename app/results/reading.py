"""What a results screen reads: the file as it grows, the benchmark's own files, and the logs of runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...engine.bench.browsing import Results, results_of
from ...engine.bench.growing import GrowingLedger
from ...engine.bench.lines import Line
from ...engine.bench.reviewers import load_specimens
from ...engine.bench.suites.datasets import load_suite
from ...engine.bench.suites.releases import Shelf
from ...engine.errors import EnvironmentFault, RedraftError, UsageError
from ...engine.events import Entry
from ...engine.facts import Review, Stub
from ...engine.run.recording import SUFFIX, read_log
from ...engine.state.run import state_of

KEPT = 64
"""Reviews that are kept in memory."""


class Reading:
    """One file of results and all that belongs to it. Nothing is fetched, written or run."""

    def __init__(self, path: Path, shelf: Shelf | None = None, logs: Path | None = None) -> None:
        self.path = path
        self._shelf = shelf
        self._logs = logs
        self._growing = GrowingLedger(path)
        self._stubs: Mapping[str, Stub] = {}
        self._reviews: dict[str, Review | None] = {}

    @property
    def stubs(self) -> Mapping[str, Stub]:
        """The stubs by problem, as far as the benchmark's files are here."""
        return self._stubs

    def look(self) -> Results | None:
        """The results, None when nothing is new.

        Raises:
            SourceError: the file cannot be read, or it holds no results.
        """
        return self.results() if self._growing.look() else None

    def results(self) -> Results | None:
        """The results as they were last read, None before there are any."""
        header = self._growing.header
        return None if header is None else results_of(header, self._growing.lines, self._stubs)

    def read_stubs(self) -> str:
        """Read the benchmark's files; why that is not possible, "" when it was."""
        header = self._growing.header
        if header is None or self._shelf is None:
            return ""
        mend = "unpatched" not in header.options
        try:
            if header.suite.startswith("reviewers:"):
                suite = load_specimens(header.suite.partition(":")[2], self._shelf, mend=mend)
            else:
                suite = load_suite(header.suite, self._shelf, mend=mend)
        except RedraftError as error:
            return str(error)
        self._stubs = {problem.id: problem.stub for problem in suite.problems}
        return ""

    # ------------------------------------------------------------------------------------ logs

    def log(self, line: Line) -> tuple[Entry, ...]:
        """The log of the run behind a line.

        Raises:
            UsageError: it was not kept, or nobody said where.
            SourceError: it cannot be read.
        """
        path = self._log_path(line)
        if path is None:
            why = "the line names no run" if self._logs is not None else "name the folder with --logs"
            raise UsageError(f"there is no log to replay: {why}")
        if not path.is_file():
            raise UsageError(f"{self._logs} holds no log of this run ({path.name}); `redraft bench --logs` keeps them")
        return read_log(path)

    def review(self, line: Line) -> Review | None:
        """The reviewer's report, with what became of its findings; None where no log tells of it."""
        path = self._log_path(line)
        if path is None or not line.review:
            return None
        if line.run not in self._reviews:
            while len(self._reviews) >= KEPT:
                del self._reviews[next(iter(self._reviews))]
            try:
                self._reviews[line.run] = state_of(read_log(path)).review
            except RedraftError:
                self._reviews[line.run] = None
        return self._reviews[line.run]

    def _log_path(self, line: Line) -> Path | None:
        """Where the log would be; a file of results may come from a stranger, so its names lead nowhere else."""
        strange = not line.run or Path(line.run).name != line.run or "\0" in line.run or "\\" in line.run
        return None if self._logs is None or strange else self._logs / f"{line.run}{SUFFIX}"


def local_shelf(cache: Path, folder: Path | None) -> Shelf:
    """The benchmark's files as far as they are on this machine: looking at results fetches nothing."""

    def refuse(url: str) -> bytes:
        raise EnvironmentFault(f"the benchmark's files are not here; name their folder with --data ({url})")

    return Shelf(cache, folder, refuse)
