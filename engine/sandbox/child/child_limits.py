"""Limits of one run: memory, processor time, files, processes.

Standard library only, Python 3.6 and up.
"""

import os
import resource

MEGABYTE = 1 << 20
TASKS = 128
"""Threads and processes one run may add."""
ADDRESSES = 256 * MEGABYTE
"""Address space beyond the memory limit: libraries, thread stacks, arenas."""


def set_limits(memory_mb: int, processor_seconds: int, tasks: int, file_mb: int = 64) -> None:
    """Lower the limits of this process for good; `tasks` is the most the user may have in all, 0 for no limit."""
    memory = memory_mb * MEGABYTE
    wanted = [
        ("RLIMIT_DATA", memory),
        ("RLIMIT_AS", memory + ADDRESSES),
        ("RLIMIT_CPU", processor_seconds),
        ("RLIMIT_FSIZE", file_mb * MEGABYTE),
        ("RLIMIT_NOFILE", 256),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_MEMLOCK", 0),
        ("RLIMIT_MSGQUEUE", 0),
        ("RLIMIT_STACK", 16 * MEGABYTE),
    ]
    if tasks:
        wanted.append(("RLIMIT_NPROC", tasks))
    for name, most in wanted:
        number = getattr(resource, name, None)
        if number is None:
            continue
        hard = resource.getrlimit(number)[1]
        lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(number, (lowest, lowest))
        except (OSError, ValueError):
            # macOS refuses some of them; what was set is reported as it is.
            continue


def tasks_of_user() -> int:
    """How many tasks (threads count) the user has now; 0 where that cannot be told."""
    mine, tasks = os.getuid(), 0
    try:
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    if os.stat("/proc/" + name).st_uid == mine:
                        tasks += len(os.listdir("/proc/" + name + "/task"))
                except OSError:
                    continue
    except OSError:
        return 0
    return tasks
