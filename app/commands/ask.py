"""`redraft ask PATH::NAME`: draft a function several times, and ask what it should do where the drafts part ways."""

from __future__ import annotations

import argparse
from pathlib import Path

from msgspec.structs import replace

from ...engine.behaviour.answers import answered, doctest_of, told_result
from ...engine.facts import Choice, Stub
from ...engine.journal.journal import Journal, Purpose
from ...engine.pipelines.catalogue import CATALOGUE
from ...engine.sources import read, write
from ...engine.sources.heading import with_header_and_body
from ...engine.state.run import RunState
from ..cli.asking import Listed, Terminal, given_answers
from ..cli.fetching import ensure_models
from ..common.headless import exit_code, print_state, run_once
from ..common.output import out_exact, out_json, say
from ..common.session import (
    Session,
    beside,
    open_kit,
    session,
)
from ..common.targets import function_of, unified


async def run(args: argparse.Namespace) -> int:
    """Exit code 0 when what came of it holds the examples, answers among them; 1 when not."""
    path = Path(args.target.partition("::")[0])
    here = session(args, path)
    beside(path, Journal(here.places.state / "journal"))
    stub = function_of(args.target, here.settings.context_tokens)
    known = given_answers(stub, args.answer)
    listed = Listed()
    await ensure_models([here.settings], here.environ)
    as_json, args.json = args.json, False
    async with open_kit(here) as kit:
        kit = replace(kit, person=listed if as_json else Terminal(), known=known)
        state = await run_once(here, kit, CATALOGUE["ask-by-example"], stub, args)
    told = specified(state)
    if as_json:
        out_json(_facts(state, listed.choices))
    else:
        print_state(state if told is None else replace(state, stub=told), plain=args.plain)
    code = exit_code(state)
    if told is not None and state.proposal is not None:
        _put(args, here, stub, told, state, code)
    return code


def specified(state: RunState) -> Stub | None:
    """The stub with the answers in its docstring; None before a run has begun."""
    if state.stub is None:
        return None
    return answered(state.stub, state.answers)


def _facts(state: RunState, choices: list[Choice]) -> dict[str, object]:
    """What a script needs to answer, or to go on."""
    return {
        "function": state.stub.key if state.stub is not None else "",
        "questions": [_question(choice) for choice in choices],
        "answers": state.answers,
        "doctest": [line for answer in state.answers if not answer.open for line in doctest_of(answer)],
        "body": state.proposal.body if state.proposal is not None else "",
        "verdict": state.verdict,
        "problem": state.problem,
        "run": state.run,
    }


def _question(choice: Choice) -> dict[str, object]:
    options = [
        {"answer": told_result(option.result).removeprefix("raise "), "drafts": option.weight}
        for option in choice.options
    ]
    return {"call": choice.call, "told": choice.told, "options": options, "of": choice.of}


def _put(args: argparse.Namespace, here: Session, stub: Stub, told: Stub, state: RunState, code: int) -> None:
    """Write function and docstring into the file, or print the change as a diff, as the flags ask."""
    proposal = state.proposal
    assert proposal is not None
    if not (args.write or args.diff):
        return
    source = read(stub.path)
    text = with_header_and_body(source, stub, told.header, proposal.body)
    if args.diff:
        out_exact(unified(stub.path, source.text, text).rstrip("\n"))
    if args.write and code == 0:
        purpose = Purpose(function=stub.name, pipeline=state.pipeline, draft=proposal.id)
        write(source, text, Journal(here.places.state / "journal").labelled(purpose))
        say(f"written: {stub.key}; `redraft undo {stub.path}` takes it back")
    elif args.write:
        say(f"not written: {stub.key}; what came of it fails")
