"""The order of the layers: what is put in force before a program is loaded, and what is really in force.

Standard library only, Python 3.6 and up.
"""

import child_limits as limits


class Request:
    """What the application asks of one run; everything in it is trusted."""

    def __init__(self, texts: "list[str]") -> None:
        self.scratch, memory, processor, self.path, roots, self.home, subprocess = texts
        self.memory_mb = int(memory)
        self.processor_seconds = int(processor)
        self.roots = [root for root in roots.split("\0") if root]
        self.may_start_programs = subprocess == "1"


class Protection:
    """What this machine can do and what was asked for, found once when the zygote starts."""

    def __init__(self) -> None:
        self.namespaces = False
        self.landlock = 0
        self.seccomp = False
        self.tasks = 0


def lock_down(request: Request, protection: Protection) -> "list[str]":
    """Put every layer in force, in the order that works, and name those that held in the self-test."""
    limits.set_limits(request.memory_mb, request.processor_seconds, 0)
    return ["rlimits"]
