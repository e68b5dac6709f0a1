"""Opening a sandbox: find out what this machine can do, and refuse what nobody agreed to."""

from __future__ import annotations

import os
import sys

from ..errors import ConsentNeeded, SandboxError
from ..facts import Fact
from ..project import choose_environment, locate
from .linux import LinuxSandbox
from .runner import Sandbox
from .scratch import ScratchRoom
from .solo import SoloSandbox, best_tier
from .talking import child_environment
from .tiers import EXPLAINED, REQUIRED, Tier, tier_of
from .zygote import Wanted, Zygote


class SandboxChoice(Fact, frozen=True):
    """What the user chose about running code."""

    interpreter: str | None = None
    """Path of a Python or its environment; None looks at VIRTUAL_ENV, then beside `pyproject.toml`, then takes ours."""
    tier: str | None = None
    """A lower tier that is forced, for tests; None takes the best there is."""
    trusted: frozenset[str] = frozenset()
    """SHA-256 of interpreters that came with a project and may be started all the same."""
    variables: tuple[str, ...] = ()
    """Environment variables that programs get, as `NAME=value`."""
    readable: tuple[str, ...] = ()
    """Folders outside the project that programs may read."""
    path: str = ""
    """A file whose project decides the interpreter that is started first; "" for nowhere."""
    unsafe_run: bool = False
    """Run even where nothing is contained (tier E)."""
    allow_subprocess: bool = False
    """Let programs start programs; needs a process namespace (tiers A and C)."""
    allow_limited: bool = False
    """The user agreed, for this project, that programs can read and change files (tier D)."""


BEST = SandboxChoice()


async def open_sandbox(choice: SandboxChoice = BEST) -> Sandbox:
    """A sandbox with the best protection this machine has, or the forced tier.

    Raises:
        SandboxError: the protection is below what the user agreed to, or the interpreter does not start.
    """
    environ = dict(os.environ)
    environment = choose_environment(choice.interpreter, locate(choice.path), environ, choice.trusted)
    wanted = wanted_layers(choice)
    if not sys.platform.startswith("linux"):
        return _open_solo(choice, environ)
    room = ScratchRoom(environ)
    wanted = wanted._replace(room=room.folder)
    try:
        zygote = await Zygote.start(environment, child_environment(), wanted)
    except BaseException:  # Cancelled, too: nothing may be left behind. It goes on as it came.
        room.close()
        raise
    try:
        tier = choice.tier or tier_of(zygote.layers)
        agree(choice, tier, zygote.layers, zygote.problem)
    except BaseException:  # As above.
        await zygote.aclose()
        room.close()
        raise
    sandbox = LinuxSandbox(tier, wanted, choice.interpreter, environ, room, choice.trusted)
    sandbox.adopt(environment, zygote)
    return sandbox


def wanted_layers(choice: SandboxChoice) -> Wanted:
    """Which layers to try: all, or those of the forced tier."""
    wanted = Wanted(subprocess=choice.allow_subprocess, variables=choice.variables, readable=choice.readable)
    if choice.tier is None:
        return wanted
    layers = REQUIRED.get(choice.tier)
    if layers is None:
        raise SandboxError(f"there is no tier {choice.tier!r}; choose one of {', '.join(REQUIRED)}")
    has = {layer: layer in layers for layer in ("namespaces", "landlock", "seccomp")}
    return wanted._replace(**has)


def _open_solo(choice: SandboxChoice, environ: dict[str, str]) -> Sandbox:
    """The sandbox of macOS and Windows. Its self-test is part of each run: there is no zygote to ask beforehand."""
    best = best_tier()
    tier = choice.tier or best
    agree(choice, tier, REQUIRED[best], "")
    return SoloSandbox(tier, choice.interpreter, environ, ScratchRoom(environ), choice.trusted)


def agree(choice: SandboxChoice, tier: str, layers: frozenset[str], problem: str) -> None:
    """Nothing, when the user agreed to this tier.

    Raises:
        ConsentNeeded: they were not asked yet.
        SandboxError: they would have to say so in a stronger way, or the machine cannot keep it.
    """
    missing = REQUIRED[tier] - layers
    if missing:
        raise SandboxError(
            f"tier {tier} cannot be had here: no {', '.join(sorted(missing))} ({problem or sys.platform})"
        )
    if tier == "E" and not choice.unsafe_run:
        raise SandboxError(
            f"nothing is run: this machine cannot contain programs ({EXPLAINED['E']}); "
            '--unsafe-run, or sandbox.lowest_tier = "E", runs them anyway'
        )
    if tier == "D" and not (choice.allow_limited or choice.unsafe_run):
        raise ConsentNeeded(
            f"nothing is run without your consent: {EXPLAINED['D']}; "
            "`redraft trust --limited` agrees, once for this project"
        )
    if choice.allow_subprocess and tier not in ("A", "C"):
        raise SandboxError(f"--allow-subprocess needs a process namespace, which tier {tier} has not; leave it out")


__all__ = ["SandboxChoice", "Tier", "agree", "open_sandbox", "wanted_layers"]
