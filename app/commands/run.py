"""`redraft run PATH[::NAME]`: draft without a screen."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...engine.errors import StaleSource
from ...engine.events import Entry, Written
from ...engine.facts import Draft, Stub
from ...engine.journal import Journal
from ...engine.recording import line_of
from ...engine.sources import read, relocate, splice, write
from ...engine.state import RunState
from ..fetching import ensure_model
from ..headless import exit_code, print_state, run_once
from ..output import out, say
from ..session import Session, open_kit, session
from ..targets import stubs_of, unified


async def run(args: argparse.Namespace) -> int:
    """Draft the stubs the target names, one after another; the worst exit code wins."""
    path = Path(args.target.partition("::")[0])
    here = session(args, path)
    await ensure_model(here.settings, here.environ)
    stubs = stubs_of(args.target, here.settings.context_tokens)
    codes: list[int] = []
    async with open_kit(here) as kit:
        for stub in stubs:
            state = await run_once(here, kit, here.pipeline, stub, args)
            codes.append(exit_code(state))
            proposal = state.proposal
            if not args.json:
                _show(args, stub, proposal) if args.diff else print_state(state, plain=args.plain)
            if args.write and proposal is not None and codes[-1] == 0:
                _accept(args, here, state, proposal)
            if codes[-1] not in {0, 1}:
                break
    return max(codes)


def _show(args: argparse.Namespace, stub: Stub, proposal: Draft | None) -> None:
    if proposal is not None:
        source = read(stub.path)
        out(unified(stub.path, source.text, splice(source, stub, proposal.body)).rstrip("\n"))


def _accept(args: argparse.Namespace, here: Session, state: RunState, proposal: Draft) -> None:
    """Write the body into the file as it is now: an earlier stub of the same file may have been written since."""
    if state.stub is None:
        return
    source = read(state.stub.path)
    stub = relocate(source, state.stub)
    if stub is None:
        raise StaleSource(f"{state.stub.key}: the function is no longer in the file; nothing was written")
    write(source, splice(source, stub, proposal.body), Journal(here.places.state / "journal"))
    if args.json:
        out(line_of(Entry(at=state.now, event=Written(path=stub.path, draft=proposal.id))).decode().rstrip())
    else:
        say(f"written: {stub.key}; `redraft undo {stub.path}` takes it back")
