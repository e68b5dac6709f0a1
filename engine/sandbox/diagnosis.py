"""How well this machine can contain programs, layer by layer, for `redraft doctor`."""

from __future__ import annotations

import os
import platform
import sys

from ..errors import SandboxError
from ..facts import Fact
from ..project import Environment, choose_environment, locate
from .conversation import Conversation, NotProtected, protected
from .opening import BEST, SandboxChoice, wanted_layers
from .program import Job
from .runner import Limits
from .scratch import ScratchRoom
from .solo import best_tier
from .talking import child_environment
from .tiers import EXPLAINED, REQUIRED, SHOWN, Tier, tier_of
from .zygote import Zygote

LAYERS = {
    "rlimits": "memory, processor time, file sizes and processes are bounded",
    "privileges": "no capabilities, and none to be gained",
    "namespaces": "a read-only file tree, no network, no other processes in sight",
    "landlock": "only the project's modules can be read, only the scratch folder written",
    "seccomp": "no sockets, no programs, no signals to other processes",
}


class Layer(Fact, frozen=True):
    """One layer and whether it held in the self-test."""

    name: str
    holds: bool
    what: str
    """What it keeps programs from."""


class Diagnosis(Fact, frozen=True):
    """All that `redraft doctor` says about the sandbox."""

    tier: Tier
    shown: str
    """What the status line says."""
    explained: str
    interpreter: str
    """The environment's Python, whose packages programs get."""
    chosen_by: str = ""
    """Where that choice comes from."""
    started: str = ""
    """The interpreter that is started; an environment's own is never, when it lies in a project."""
    version: str = ""
    """Version of the interpreter, "" when it does not start."""
    layers: tuple[Layer, ...] = ()
    problem: str = ""
    """Why a layer is not there, in the kernel's words, "" when all are."""
    advice: str = ""
    """One command or step that would raise the tier, "" when there is none."""


async def diagnose(choice: SandboxChoice = BEST, path: str = "") -> Diagnosis:
    """Start the interpreter for `path`, lock a process down, and say which layers held. Nothing is refused here.

    Raises:
        SandboxError: the interpreter that was asked for does not exist.
    """
    environ = dict(os.environ)
    environment = choose_environment(choice.interpreter, locate(path), environ, choice.trusted)
    if not sys.platform.startswith("linux"):
        # Told from the platform alone: whether Seatbelt holds is found out by each run.
        return _diagnosis(environment, "", REQUIRED[best_tier()], f"{platform.system()}: untested")
    room = ScratchRoom(environ)
    try:
        wanted = wanted_layers(choice)._replace(room=room.folder)
        zygote = await Zygote.start(environment, child_environment(), wanted)
        try:
            held, problem = await _held(zygote, room)
            return _diagnosis(environment, zygote.version, held, problem or zygote.problem)
        finally:
            await zygote.aclose()
    except SandboxError as error:
        return _diagnosis(environment, "", frozenset(), str(error))
    finally:
        room.close()


async def _held(zygote: Zygote, room: ScratchRoom) -> tuple[frozenset[str], str]:
    job, limits = Job(program=""), Limits()
    with room.scratch() as scratch:
        try:
            run, link = await zygote.begin(job, limits, scratch, "")
        except BrokenPipeError:
            return frozenset(), "the zygote ended"
        try:
            conversation = Conversation(link, limits)
            await protected(conversation, frozenset())
            return conversation.in_force, ""
        except NotProtected as error:
            return frozenset(), f"{error}{link.last_words()}"
        finally:
            await zygote.finish(run, link)


def _diagnosis(environment: Environment, version: str, held: frozenset[str], problem: str) -> Diagnosis:
    tier = tier_of(held)
    return Diagnosis(
        tier=tier,
        shown=SHOWN[tier],
        explained=EXPLAINED[tier],
        interpreter=environment.shown,
        chosen_by=environment.why,
        started=environment.python,
        version=version,
        layers=tuple(Layer(name=name, holds=name in held, what=what) for name, what in LAYERS.items()),
        problem="" if REQUIRED["A"] <= held else problem,
        advice=_advice(held),
    )


def _advice(held: frozenset[str]) -> str:
    if sys.platform == "win32":
        return "wsl --install, and run redraft there"
    if not sys.platform.startswith("linux"):
        return "run redraft in a Linux container or virtual machine"
    if REQUIRED["A"] <= held:
        return ""
    if "namespaces" not in held:
        if _says("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"):
            return "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
        if _says("/proc/sys/kernel/unprivileged_userns_clone", "0"):
            return "sudo sysctl kernel.unprivileged_userns_clone=1"
        if _says("/proc/sys/user/max_user_namespaces", "0"):
            return "sudo sysctl user.max_user_namespaces=10000"
    if "landlock" not in held:
        return "boot a kernel of 5.13 or later with landlock in lsm=, such as lsm=landlock,lockdown,yama,apparmor,bpf"
    return "run redraft outside the container, or give the container namespaces of its own"


def _says(path: str, value: str) -> bool:
    try:
        with open(path, encoding="ascii") as file:  # noqa: PTH123
            return file.read().strip() == value
    except OSError:
        return False
