"""`redraft run PATH[::NAME]`: draft without a screen, also on from where an earlier run ended."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from ...engine.behaviour.standing import compare_candidates, open_question
from ...engine.desk.resume import Recall
from ...engine.errors import StaleSource, UsageError
from ...engine.events import AnyEvent, Compared, Entry, Outdated, RecheckStarted, RunStarted, Written
from ...engine.facts import Draft, Example, Stub
from ...engine.journal.journal import Journal, Purpose
from ...engine.kit import Kit
from ...engine.lessons.tasks import load_task
from ...engine.project_tests import with_tests
from ...engine.run.rechecking import present, recheck
from ...engine.run.recording import line_of, read_log
from ...engine.sources import read, relocate, splice, write
from ...engine.state.run import IN_FILE, RunState
from ...widgets.run.tally import held
from ..cli.fetching import ensure_models
from ..common.headless import exit_code, print_state, run_once
from ..common.output import (
    harmless,
    out_exact,
    out_json_line,
    say,
)
from ..common.session import (
    Session,
    beside,
    existing,
    open_kit,
    session,
)
from ..common.targets import stubs_of, unified
from ..common.tasks import PREFIX, TASKS


async def run(args: argparse.Namespace) -> int:
    """Draft the stubs the target names, one after another; the worst exit code wins."""
    before = read_log(existing(Path(args.resume))) if args.resume else ()
    if before:
        _as_before(args, before)
    is_task = args.target.startswith(PREFIX)
    here = session(args, None if is_task else Path(args.target.partition("::")[0]))
    if not is_task:
        beside(Path(args.target.partition("::")[0]), Journal(here.places.state / "journal"))
    stubs, hidden = _named(args.target, here)
    if is_task and (args.write or args.diff):
        raise UsageError(f"{args.target}: a task has no file to write to; leave out --write and --diff")
    if before and len(stubs) != 1:
        raise UsageError(f"{args.target}: a log is about one function; name it as PATH::NAME")
    await ensure_models([here.settings], here.environ)
    codes: list[int] = []
    written: list[tuple[int, RunState]] = []
    async with open_kit(here) as kit:
        for met in stubs:
            stub = met if is_task else _as_it_stands(met, here.settings.context_tokens)
            recall = Recall(before) if before else None
            state = await run_once(here, kit, here.pipeline, stub, args, hidden=hidden, recall=recall)
            codes.append(exit_code(state))
            state, undecided = await _compared(args, here, kit, state)
            proposal = state.proposal
            if not args.json:
                _show(args, stub, proposal) if args.diff else print_state(state, plain=args.plain)
                if undecided:
                    say(harmless(undecided))
            if args.write and proposal is not None and codes[-1] == 0 and state.stub is not None:
                written.append((len(codes) - 1, _accept(args, here, state, state.stub, proposal)))
            elif args.write and not args.json:
                say(f"not written: {stub.key}; {_why_not(state)}")
            if codes[-1] not in {0, 1}:
                break
        for place, state in written:
            # Only now does everything stand that one may wait for, or break.
            codes[place] = exit_code(await _rechecked(args, here, kit, state))
    return max(codes)


async def _compared(args: argparse.Namespace, here: Session, kit: Kit, state: RunState) -> tuple[RunState, str]:
    """The run with what its candidates do, and what is undecided between them; "" for nothing.

    The papers decide nothing by it, so in paper mode nothing is run for it.
    """
    compares = state.status == "settled" and kit.mode == "evidence" and state.behaviours is None
    behaviours = await compare_candidates(kit, state) if compares and not state.tree.nodes else None
    if behaviours is not None:
        state = _after(args, here, state, Compared(behaviours=behaviours))
    choice = open_question(state)
    if choice is None or state.stub is None:
        return state, ""
    asks = "" if args.target.startswith(PREFIX) else f"; `redraft ask {state.stub.key}` asks you"
    return state, f"undecided: {choice.told}{asks}"


def _why_not(state: RunState) -> str:
    if state.status != "settled":
        return "the run did not come to its end"
    return "no body came that could be used" if state.proposal is None else "what came of it fails"


def _named(target: str, here: Session) -> tuple[tuple[Stub, ...], tuple[Example, ...]]:
    """The stubs of a target, and the hidden tests of a task."""
    tokens = here.settings.context_tokens
    if not target.startswith(PREFIX):
        return stubs_of(target, tokens), ()
    task = load_task(TASKS, target.removeprefix(PREFIX), tokens=tokens)
    return (task.stub,), task.hidden


def _as_it_stands(stub: Stub, tokens: int) -> Stub:
    """The stub as its file has it now: an earlier one may have been written, and what waited for that waits no more."""
    source = read(stub.path)
    return stub if source.digest == stub.digest else relocate(source, stub, tokens=tokens) or stub


def _as_before(args: argparse.Namespace, before: Sequence[Entry]) -> None:
    """Let flags that were not given follow the earlier run: its answers are good for its own questions only."""
    began = before[0].event
    assert isinstance(began, RunStarted)
    args.pipeline = args.pipeline or began.pipeline
    args.mode = args.mode or began.mode or None
    if args.seed is None and began.seed:
        args.seed = began.seed


def _show(args: argparse.Namespace, stub: Stub, proposal: Draft | None) -> None:
    if proposal is not None:
        source = read(stub.path)
        out_exact(unified(stub.path, source.text, splice(source, stub, proposal.body)).rstrip("\n"))


def _accept(args: argparse.Namespace, here: Session, state: RunState, begun_from: Stub, proposal: Draft) -> RunState:
    """Write the body into the file as it is now: an earlier stub of the same file may have been written since."""
    source = read(begun_from.path)
    stub = relocate(source, begun_from)
    if stub is None:
        raise StaleSource(f"{begun_from.key}: the function is no longer in the file; nothing was written")
    journal = Journal(here.places.state / "journal")
    beside(Path(stub.path), journal)
    purpose = Purpose(function=stub.name, pipeline=state.pipeline, draft=proposal.id)
    write(source, splice(source, stub, proposal.body), journal.labelled(purpose))
    if not args.json:
        say(f"written: {stub.key}; `redraft undo {stub.path}` takes it back")
    return _after(args, here, state, Written(path=stub.path, draft=proposal.id))


async def _rechecked(args: argparse.Namespace, here: Session, kit: Kit, state: RunState) -> RunState:
    """Run the examples of what stands in the file now, and say how it comes off."""
    assert state.stub is not None
    source = read(state.stub.path)
    there = present(source, state.stub, tokens=here.settings.context_tokens)
    if there is None:
        return _after(args, here, state, Outdated(why=f"{state.stub.name} is no longer in {source.path}", absent=True))
    there = await asyncio.to_thread(with_tests, there, kit.tests_told)
    draft = Draft(id=IN_FILE, body=there.body, purpose="written")
    happened: list[AnyEvent] = [RecheckStarted(draft=draft)]
    await recheck(kit, there, draft, happened.append)
    state = _after(args, here, state, *happened)
    if not args.json and state.standing is not None and state.standing.report is not None:
        say(f"{there.key} as it stands: {harmless(held(state.standing.report))}")
    return state


def _after(args: argparse.Namespace, here: Session, state: RunState, *happened: AnyEvent) -> RunState:
    """The run with what happened after it, which is put at the end of its log."""
    for event in happened:
        entry = Entry(at=state.now, event=event)
        state = state.after(entry)
        here.runs.add(state.run, entry)
        if args.json:
            out_json_line(line_of(entry))
    return state
