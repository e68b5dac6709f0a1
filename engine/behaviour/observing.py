"""Candidates run on inputs, in the sandbox: one process for each, within a bound, and once more where they differ."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from ..examples import awaited, values
from ..facts import Behaviours, Draft, Outcome, Stub
from ..sandbox.runner import Limits, Sandbox
from ..sandbox.scripted import ScriptedSandbox
from .calling import calling, is_call_of
from .clustering import clustered, disputed
from .inputs import Inputs, inputs
from .outcomes import Done, same_done

SECONDS = 1.5
"""Wall clock that one candidate may take for all inputs, without importing."""
STEP_SECONDS = 0.4
"""Of one call. Plain functions take a millisecond; what takes so long on small inputs hangs."""
HANGS = 3
"""Calls that may be lost, each with its process; a candidate that loses more is not called any more."""
AT_ONCE = 4
"""Candidates in the sandbox together."""
_NOT_RUN = Outcome(status="not run")
_CHANGEABLE = (ast.List, ast.Dict, ast.Set)


class Watched(NamedTuple):
    """One input as it is run: the call with its changeable arguments kept under names, and those names."""

    call: str
    kept: tuple[tuple[str, str, str], ...] = ()
    """Parameter, the name that its argument is kept under, and the argument as it was."""

    @property
    def steps(self) -> list[str]:
        """The statements to run."""
        return [awaited(self.call), *(name for _, name, _ in self.kept)]


def runs_anything(sandbox: Sandbox) -> bool:
    """Whether a sandbox runs whatever it is given: a scripted one knows only what it was told."""
    return not isinstance(sandbox, ScriptedSandbox)


async def observe(
    sandbox: Sandbox,
    limits: Limits,
    stub: Stub,
    drafts: Sequence[Draft],
    *,
    extra: Iterable[str] = (),
    seed: int = 0,
) -> Behaviours:
    """What the drafts do with the inputs of their stub. Drafts that cannot be used are left out.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    chosen = await asyncio.to_thread(lambda: inputs(stub, extra, seed=seed))
    programs = {draft.id: stub.program(draft.body) for draft in drafts if draft.problem is None}
    return await observe_programs(sandbox, limits, stub, programs, chosen)


async def observe_programs(
    sandbox: Sandbox, limits: Limits, stub: Stub, programs: Mapping[str, str], chosen: Inputs
) -> Behaviours:
    """The same for whole programs by name, which all hold the stub's function, with inputs that are given.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    if not chosen.calls or not programs:
        return Behaviours(why_none=chosen.why_none)
    watched = [watch(stub, call) for call in chosen.calls]
    did = {
        name: done for name, done in (await _all_run(sandbox, limits, stub, programs, watched)).items() if _ran(done)
    }
    asked = disputed(did, len(watched)) if did else []
    if asked:
        # What differs may differ by chance: those calls are made once more, in a process of their own.
        answering = {name: programs[name] for name, done in did.items() if not _hangs(done)}
        again = await _all_run(sandbox, limits, stub, answering, [watched[n] for n in asked])
        did = {name: _steadied(done, again[name], asked) if name in again else done for name, done in did.items()}
    return clustered(chosen.calls, did)


def watch(stub: Stub, call: str) -> Watched:
    """An input as it is run, its changeable arguments kept so that they can be looked at after the call."""
    how = calling(stub)
    tree = values.expression(call)
    inner = next((n for n in ast.walk(tree) if is_call_of(n, stub.entry_point)), None) if tree is not None else None
    if how is None or not isinstance(inner, ast.Call):
        return Watched(call)
    places = [parameter.name for parameter in how.parameters if not parameter.by_name]
    kept: list[tuple[str, str, str]] = []

    def name_of(parameter: str, argument: ast.expr) -> ast.expr:
        if not isinstance(argument, _CHANGEABLE):
            return argument
        name = f"_redraft_{parameter}"
        kept.append((parameter, name, ast.unparse(argument)))
        return ast.NamedExpr(ast.Name(name, ast.Store()), argument)

    inner.args = [name_of(places[n], a) if n < len(places) else a for n, a in enumerate(inner.args)]
    for word in inner.keywords:
        word.value = name_of(word.arg or "", word.value)
    return Watched(ast.unparse(tree), tuple(kept)) if kept and tree is not None else Watched(call)


# ---------------------------------------------------------------------------------------------- in the sandbox


async def _all_run(
    sandbox: Sandbox, limits: Limits, stub: Stub, programs: Mapping[str, str], watched: Sequence[Watched]
) -> dict[str, list[Done]]:
    seats = asyncio.Semaphore(AT_ONCE)

    async def run(program: str) -> list[Done]:
        async with seats:
            return await _run(sandbox, limits, program, watched, stub.path)

    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(run(program)) for name, program in programs.items()}
    return {name: task.result() for name, task in tasks.items()}


async def _run(sandbox: Sandbox, limits: Limits, program: str, watched: Sequence[Watched], path: str) -> list[Done]:
    """What one program did with each input; a call that hangs or ends the process is followed by a fresh process."""
    # The process must come up within its seconds too: no bound that a busy machine takes for a broken sandbox.
    short = replace(limits, seconds=min(limits.seconds, SECONDS), step_seconds=min(limits.step_seconds, STEP_SECONDS))
    done: list[Done] = []
    left, lost = short.seconds, 0
    while len(done) < len(watched):
        waiting = watched[len(done) :]
        steps = [step for input_ in waiting for step in input_.steps]
        came = await sandbox.run(program, steps, replace(short, seconds=left), path=path)
        reached = read_done(waiting, came.outcomes)
        done += reached
        left -= came.seconds
        lost += 1
        if not reached or lost > HANGS or left < STEP_SECONDS:
            # Who was lost more than once hangs, and would again; who was only slow was not run on the rest.
            rest = reached[-1].outcome.status if reached and lost > 1 else "not run"
            done += [Done(Outcome(status=rest))] * (len(watched) - len(done))
    return done


def _hangs(done: Sequence[Done]) -> bool:
    return any(one.outcome.status == "timeout" for one in done)


def _ran(done: Sequence[Done]) -> bool:
    """Whether a candidate could be run at all."""
    return any(one.outcome.status != "not run" for one in done)


def read_done(watched: Sequence[Watched], outcomes: Sequence[Outcome]) -> list[Done]:
    """What was done with each input, as far as the process came."""
    done: list[Done] = []
    at = 0
    for input_ in watched:
        outcome = outcomes[at] if at < len(outcomes) else _NOT_RUN
        if outcome.status == "not run":
            break
        states = outcomes[at + 1 : at + 1 + len(input_.kept)]
        after = tuple(
            (parameter, state)
            for (parameter, _, before), state in zip(input_.kept, states, strict=False)
            if state.status == "returned" and not values.same_text(before, state.value or "")
        )
        done.append(Done(outcome, after))
        at += len(input_.steps)
    return done


def _steadied(done: list[Done], again: list[Done], asked: Sequence[int]) -> list[Done | None]:
    """What was done, None where the second time something else was."""
    steady: list[Done | None] = list(done)
    for n, second in zip(asked, again, strict=True):
        if not same_done(done[n], second) and done[n].outcome.status != "not run":
            steady[n] = None
    return steady
