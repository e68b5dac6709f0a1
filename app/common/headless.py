"""One run without a screen: the same log as everywhere, printed as it happens."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ...engine.desk.resume import Recall
from ...engine.errors import RedraftError
from ...engine.events import (
    AttemptStarted,
    Decided,
    Drafted,
    Entry,
    RunFailed,
)
from ...engine.facts import Example, Stub
from ...engine.kit import Kit
from ...engine.pipelines.catalogue import Pipeline
from ...engine.run.log import Log, run_name, running
from ...engine.run.race import Race
from ...engine.run.recording import Recording, line_of
from ...engine.state.run import RunState
from .output import (
    Paint,
    candidate_lines,
    harmless,
    lines_of_tests,
    meter_line,
    out,
    out_json_line,
    paint,
    report_lines,
    review_lines,
    say,
    say_over,
    verdict_line,
)
from .session import Session

STAGE_WORDS = {"plan": "planning", "draft": "drafting", "review": "reviewing", "fix": "fixing", "retry": "retrying"}


class Both:
    """A recorder that keeps every entry in several places."""

    def __init__(self, *recorders: Recording) -> None:
        self._recorders = recorders

    def keep(self, entry: Entry) -> None:
        """Keep it everywhere."""
        for recorder in self._recorders:
            recorder.keep(entry)

    def close(self) -> None:
        """Done writing."""
        for recorder in self._recorders:
            recorder.close()


async def run_once(
    session: Session,
    kit: Kit,
    pipeline: Pipeline,
    stub: Stub,
    args: argparse.Namespace,
    *,
    hidden: Sequence[Example] = (),
    recall: Recall | None = None,
) -> RunState:
    """Run `pipeline` on `stub`, print it as the flags ask, and return its last state.

    `hidden` are tests that only the judge sees; `recall` is an earlier run to go on with.
    """
    name = run_name(stub, pipeline.name, datetime.now(UTC))
    recordings = [session.runs.recording(name, say)]
    if getattr(args, "record", None):
        recordings.append(Recording(Path(args.record), say))
    record = Both(*recordings)
    progress = Progress(paint(plain=args.plain, stream=sys.stderr), live=sys.stderr.isatty() and not args.plain)
    state = RunState()
    try:
        opened = running(pipeline, kit, stub, hidden=hidden, record=record, run=name, recall=recall)
        async with opened as log, interruptible(log):
            async for entry in log:
                state = state.after(entry)
                if args.json:
                    out_json_line(line_of(entry))
                else:
                    progress.show(entry, state)
    finally:
        record.close()
        progress.done()
    return state


@contextlib.asynccontextmanager
async def interruptible(work: Log | Race) -> AsyncIterator[None]:
    """Within the block, Ctrl-C and SIGTERM cancel the run or race, whose logs then end as logs should."""
    loop = asyncio.get_running_loop()
    cancelling: set[asyncio.Task[None]] = set()

    def stop() -> None:
        cancelling.add(loop.create_task(work.cancel()))

    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop)
    try:
        yield
    finally:
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(sign)
        await asyncio.gather(*cancelling)


class Progress:
    """What a person sees on standard error while a run goes on."""

    def __init__(self, colours: Paint, *, live: bool) -> None:
        self._paint = colours
        self._live = live
        self._shown = ""
        self._warned = 0

    def show(self, entry: Entry, state: RunState) -> None:
        """Tell of one entry, if a person wants to know."""
        event = entry.event
        call = state.live_call
        for warning in state.warnings[self._warned :]:
            self._line(self._paint("yellow", f"warning: {warning}"))
        self._warned = len(state.warnings)
        if isinstance(event, Drafted) and event.draft.problem:
            self._line(self._paint("yellow", f"{event.draft.purpose}: {event.draft.problem}"))
        elif isinstance(event, Decided):
            self._line(event.what)
        elif isinstance(event, AttemptStarted):
            bound = f"of {event.most}, begun within {event.seconds:g} s"
            self._line(f"attempt {event.attempt} {bound}: with {event.how}")
        elif isinstance(event, RunFailed):
            self._line(self._paint("red", event.problem))
        elif call is not None and (self._live or not call.text):
            word = STAGE_WORDS.get(call.purpose, call.purpose)
            said = f"{len(call.text)} characters" if call.text else "reading prompt…"
            if call.thinking and not call.text and self._live:
                said = f"thinking, {len(call.thinking)} characters"
            self._over(f"{word} with {call.model}: {said}")

    def done(self) -> None:
        """Clear the line that was being redrawn."""
        if self._live and self._shown:
            say_over("")

    def _over(self, text: str) -> None:
        if text == self._shown:
            return
        self._shown = text
        (say_over if self._live else say)(text)

    def _line(self, text: str) -> None:
        self.done()
        self._shown = ""
        say(text)


def print_state(state: RunState, *, plain: bool) -> None:
    """The end of a run for people: the function, its examples, the report, and what it took."""
    colours = paint(plain=plain)
    proposal = state.proposal
    if state.stub is not None and proposal is not None:
        out(harmless(state.stub.shown(proposal.body).rstrip()) + "\n")
    for title, lines in (
        ("examples", report_lines(state.report, colours)),
        ("your tests", lines_of_tests(state.report, state.stub.unused if state.stub else (), colours)),
        ("review", review_lines(state.review, colours)),
        ("candidates", candidate_lines(state, colours)),
    ):
        if lines:
            out(colours("bold", title))
            out("\n".join(lines))
    if proposal is not None and proposal.remark:
        out(colours("yellow", harmless(f"mind that {proposal.remark}")))
    for name in state.undefined.get(proposal.id, ()) if proposal is not None else ():
        repair = f"; `{name.repair}` would" if name.repair else ""
        out(colours("yellow", harmless(f"line {name.line} uses {name.name}, which nothing defines{repair}")))
    scripted = " · scripted, no model" if state.scripted else ""
    # Why a run failed is a diagnosis, and was told on standard error.
    if state.status != "failed":
        out(verdict_line(state.solution, state, colours))
    out(
        colours(
            "dim", f"{state.pipeline} · {meter_line(state.meter, state.now)} · {harmless(_models(state))}{scripted}"
        )
    )


def exit_code(state: RunState) -> int:
    """0 verified or unverified, 1 examples fail, 3 the run failed, 130 cancelled; of what was written, if any was."""
    if state.status == "cancelled":
        return 130
    if state.solution is None:
        return RedraftError.exit_code
    return 0 if state.verdict in {"verified", "unverified"} else 1


def _models(state: RunState) -> str:
    """The models as they were asked for, and as the server calls what answered."""
    answered = state.answered
    names = dict.fromkeys(state.models.values())
    return ", ".join(f"{name} (answered: {answered[name]})" if name in answered else name for name in names)
