"""The order of the layers: what is put in force before a program is loaded, and what is really in force.

Standard library only, Python 3.6 and up.
"""

import os
import sys

import child_kernel as kernel
import child_landlock as landlock
import child_limits as limits
import child_privileges as privileges
import child_reading as reading
import child_seccomp as seccomp
import child_selftest as selftest

_TASKS_IN_NAMESPACE = 256


class Request:
    """What the application asks of one run; everything in it is trusted."""

    def __init__(self, texts: "list[str]") -> None:
        self.scratch, memory, processor, self.path, self.module, reads, self.home, subprocess, self.executable = texts
        self.memory_mb = int(memory)
        self.processor_seconds = int(processor)
        self.reads = [folder for folder in reads.split("\0") if folder]
        self.may_start_programs = subprocess == "1"
        self.installed = self._installed()

    def readable(self, system: "reading.Reading") -> "reading.Reading":
        """What this run may read, given what its zygote found of the system. Call it before the lock-down."""
        found = reading.Reading(self.path, self.home, self.module)
        found.whole, found.listed = list(system.whole), list(system.listed)
        for folder in self.reads:
            found.add_project(folder)
        if self.executable:
            found.add_environment(os.path.dirname(os.path.dirname(self.executable)))
        for folder in self.installed:
            found.add_project(folder)
        return found

    def _installed(self) -> "list[str]":
        """Where a copy of the program's own package is installed, which holds what the examples expect."""
        top = self.module.partition("/")[0]
        if not top or self.module.startswith(".."):
            return []
        places = list(reading.sites(sys.path))
        if self.executable:
            places += reading.sites_of(os.path.dirname(os.path.dirname(self.executable)))
        found = [os.path.join(place, top) for place in places if os.path.exists(os.path.join(place, self.module))]
        return [folder for folder in found if folder not in self.reads]


class Protection:
    """What this machine can do and what was asked for, found once when the zygote starts."""

    def __init__(self, readable: "list[str]") -> None:
        self.readable = readable
        self.outer: dict[str, str] = {}
        """Namespaces of the application when runs have their own, else empty."""
        self.landlock = 0
        self.seccomp = False
        self.tasks = 0
        """Tasks the user had already."""
        self._system: dict[tuple[str, ...], reading.Reading] = {}

    def system_for(self, request: Request) -> "reading.Reading":
        """What of the system may be read by this request; found once for each project, in the zygote."""
        private = (*request.reads, *request.installed, request.home)
        found = self._system.get(private)
        if found is None:
            found = self._system[private] = reading.Reading("", "")
            found.add_system([*reading.system_paths(), *self.readable], list(private))
        return found


def lock_down(request: Request, protection: Protection, readable: "reading.Reading") -> "list[str]":
    """Put every layer in force, in the order that works, and name those that held in the self-test."""
    if not sys.platform.startswith("linux"):
        limits.set_limits(request.memory_mb, request.processor_seconds, 0)
        return ["rlimits"] if selftest.limits_hold(request.memory_mb) else []
    fenced = bool(protection.outer)
    nobody = not fenced and protection.seccomp and privileges.leave_root(request.scratch)
    tasks = _TASKS_IN_NAMESPACE if fenced else limits.TASKS + (0 if nobody else protection.tasks)
    limits.set_limits(request.memory_mb, request.processor_seconds, tasks, 64 if fenced else 32)
    privileges.drop(nobody)
    # Changing credentials hid our own /proc/self from us.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    if protection.landlock:
        _restrict_files(request, protection.landlock, readable)
    kernel.die_with(os.getppid())
    if protection.seccomp:
        seccomp.deny(os.getpid(), request.may_start_programs, fenced, protection.landlock < 3 and not fenced)
    return _held(request, protection)


def _restrict_files(request: Request, abi: int, readable: "reading.Reading") -> None:
    rules = landlock.Rules(abi)
    rules.give_scratch(request.scratch)
    for path in readable.whole:
        rules.give_reading(path, request.may_start_programs)
    for path in readable.listed:
        rules.give_listing(path)
    for path in reading.DEVICES:
        rules.give_device(path)
    rules.put_in_force()


def _held(request: Request, protection: Protection) -> "list[str]":
    tried = [
        ("rlimits", lambda: selftest.limits_hold(request.memory_mb)),
        ("privileges", selftest.privileges_hold),
        ("namespaces", lambda: bool(protection.outer) and selftest.namespaces_hold(protection.outer, request.scratch)),
        ("landlock", lambda: protection.landlock and selftest.landlock_holds(request.path, request.scratch)),
        ("seccomp", lambda: protection.seccomp and selftest.seccomp_holds(request.may_start_programs)),
    ]
    return [name for name, holds in tried if holds()]
