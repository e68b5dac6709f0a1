"""After the lock-down: try what must not work, and name the layers that held.

Standard library only, Python 3.6 and up. A layer counts when everything it forbids was refused.
"""

import _socket
import ctypes
import errno
import os
import resource

import child_kernel as kernel
import child_privileges as privileges

TYPE_CHECKING = False  # importing `typing` costs 3 ms
if TYPE_CHECKING:
    from collections.abc import Callable

NAMESPACES = ("user", "mnt", "pid", "net", "ipc", "uts")


def seccomp_holds(programs: bool) -> bool:
    """Whether sockets, mounts, new processes, programs and signals to others are denied."""
    denied = [
        _denied(lambda: _socket.socket(_socket.AF_INET)),
        _denied(lambda: _socket.socket(_socket.AF_UNIX)),
        _denied(lambda: kernel.mount("", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)),
        _denied(lambda: kernel.syscall("mount_setattr", -1, ctypes.c_char_p(b""), 0, 0, 0)),
        _denied(lambda: kernel.syscall("pidfd_open", os.getpid(), 0)),
    ]
    if not programs:
        nowhere = "/nonexistent/program"
        denied.append(_denied(lambda: os.kill(os.getppid(), 0)))
        denied.append(_denied(lambda: os.execv(nowhere, [nowhere])))
        denied.append(_denied(_fork))
    return all(denied)


def landlock_holds(user_file: str, scratch: str) -> bool:
    """Whether the user's own file, passwords and folders outside cannot be read, and only the scratch be written."""
    unreadable = all(_cannot_read(path) for path in ("/etc/passwd", "/proc/1/environ", user_file) if path)
    closed = all(_fails(lambda path=path: os.listdir(path)) for path in ("/", "/etc", "/proc"))
    outside = "/tmp/redraft-self-test"
    sealed = _fails(lambda: os.close(os.open(outside, os.O_WRONLY | os.O_CREAT)))
    return unreadable and closed and sealed and _writes(scratch)


def namespaces_hold(outer: "dict[str, str]", scratch: str) -> bool:
    """Whether all namespaces are others than the application's, the tree is read-only and the scratch is not."""
    others = all(outer.get(name) != there for name, there in identities().items())
    return others and bool(os.statvfs("/").f_flag & os.ST_RDONLY) and _writes(scratch)


def identities() -> "dict[str, str]":
    """Names of the namespaces this process is in."""
    return {name: os.readlink("/proc/self/ns/" + name) for name in NAMESPACES}


def privileges_hold() -> bool:
    """Whether there are no capabilities that change anything, and none to be had."""
    return privileges.are_gone()


def limits_hold(memory_mb: int) -> bool:
    """Whether memory is bounded for good and no core file can be written."""
    memory = resource.getrlimit(resource.RLIMIT_AS)
    bounded = 0 < memory[1] <= (memory_mb + 1024) << 20
    return bounded and resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _denied(attempt: "Callable[[], object]") -> bool:
    """Whether it fails because it is not permitted, and for no other reason."""
    try:
        opened = attempt()
    except OSError as problem:
        return problem.errno in (errno.EPERM, errno.EACCES)
    del opened
    return False


def _fails(attempt: "Callable[[], object]") -> bool:
    try:
        attempt()
    except OSError:
        return True
    return False


def _cannot_read(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            # What is hidden under the null device opens and is empty.
            return not file.read(1)
    except OSError:
        return True


def _writes(scratch: str) -> bool:
    path = scratch + "/.self-test"
    try:
        with open(path, "w") as file:
            file.write("x")
        os.unlink(path)
    except OSError:
        return False
    return True
