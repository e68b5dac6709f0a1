"""Two versions of a function: with which inputs they do something else."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from ..facts import Behaviours, Fact, Result, Stub
from ..sandbox.runner import Limits, Sandbox
from .clustering import differing
from .inputs import Inputs, inputs
from .observing import observe_programs

OLD, NEW = "before", "now"


class Change(Fact, frozen=True):
    """A call that gives something else now."""

    call: str
    before: Result
    now: Result


class VersionDiff(Fact, frozen=True):
    """What changed in what a function does."""

    inputs: int = 0
    """With how many calls both were run."""
    changes: tuple[Change, ...] = ()
    why_none: str = ""
    """Why they could not be compared, "" when they were."""


async def compare_versions(sandbox: Sandbox, limits: Limits, old: Stub, new: Stub, *, seed: int = 0) -> VersionDiff:
    """What the function does otherwise now; each version with its own body, in the file that it stands in.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    chosen = await asyncio.to_thread(_inputs_of_both, old, new, seed)
    programs = {OLD: old.program(old.body), NEW: new.program(new.body)}
    behaviours = await observe_programs(sandbox, limits, new, programs, chosen)
    missing = next((name for name in programs if behaviours.group_of(name) is None), None)
    if not behaviours.inputs or missing is not None:
        why = behaviours.why_none or (
            f"the version {missing} cannot be run" if missing else "no call was answered by both versions in time"
        )
        return VersionDiff(why_none=why)
    return VersionDiff(inputs=len(behaviours.inputs), changes=changes(behaviours, OLD, NEW))


def changes(behaviours: Behaviours, before: str, now: str) -> tuple[Change, ...]:
    """The calls on which two candidates differ, with what each does."""
    one, other = behaviours.group_of(before), behaviours.group_of(now)
    if one is None or other is None:
        return ()
    return tuple(
        Change(call=behaviours.inputs[n], before=behaviours.result(one, n), now=behaviours.result(other, n))
        for n in differing(behaviours, before, now)
    )


def _inputs_of_both(old: Stub, new: Stub, seed: int) -> Inputs:
    """Inputs by the new header, the old version's examples among them."""
    both = replace(new, examples=tuple(dict.fromkeys((*new.examples, *old.examples))))
    return inputs(both, seed=seed)
