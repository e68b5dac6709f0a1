"""Namespaces: a file tree that cannot be written, no network, no other processes in sight, a scratch folder in memory.

Standard library only, Python 3.6 and up. The zygote enters all of them once; every run gets its own processes and
mounts.
"""

import ctypes
import os
import struct

import child_kernel as kernel

ALL = (
    kernel.CLONE_NEWUSER
    | kernel.CLONE_NEWNS
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
)
OF_A_RUN = kernel.CLONE_NEWPID | kernel.CLONE_NEWNS
SCRATCH = "/dev/shm"
SCRATCH_OPTIONS = "size=64m,nr_inodes=4096,mode=0700"
MOST_TASKS = 400
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_O_PATH = 0o10000000
COVERED = ("/home", "/root", "/run", "/mnt", "/media", "/srv", "/var", "/tmp", "/etc/ssh", "/boot", "/dev")
"""Where people and services keep things."""
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID = 1, 2


def become_alone(user: int, group: int) -> None:
    """In a process just forked into `ALL`: keep the same user and make the whole tree read-only.

    Raises:
        OSError: the kernel lets namespaces be made but not be used, as Ubuntu 24.04 does.
    """
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")
    kernel.mount("", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    attributes = struct.pack("QQQQ", _ATTR_RDONLY | _ATTR_NOSUID, 0, 0, 0)
    holder = ctypes.create_string_buffer(attributes, len(attributes))
    where = ctypes.c_void_p(ctypes.addressof(holder))
    kernel.syscall("mount_setattr", _AT_FDCWD, ctypes.c_char_p(b"/"), _AT_RECURSIVE, where, len(attributes))
    kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    kernel.mount("tmpfs", SCRATCH, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m,nr_inodes=256,mode=0700")


def furnish_run(hidden: "list[str]", kept: "list[str]", covers: bool) -> None:
    """In a process just forked into `OF_A_RUN`: its own /proc and scratch.

    Where Landlock is missing, files are `hidden` under the null device and folders under an empty one, and `covers`
    puts empty folders over the places of people, in which only the `kept` folders remain to be seen.
    """
    plain = kernel.MS_NOSUID | kernel.MS_NODEV
    for path in hidden:
        _hide(path)
    if covers:
        _cover(kept)
    kernel.mount("tmpfs", SCRATCH, "tmpfs", plain, SCRATCH_OPTIONS)
    kernel.mount("proc", "/proc", "proc", plain | kernel.MS_NOEXEC)
    # Since Linux 6.14 the number is the namespace's own; before, only the user's limit counts.
    _try_to_write("/proc/sys/kernel/pid_max", str(MOST_TASKS))
    kernel.mount("proc", "/proc", "", plain | kernel.MS_NOEXEC | kernel.MS_REMOUNT | kernel.MS_RDONLY)


def _hide(path: str) -> None:
    try:
        if os.path.isdir(path):
            kernel.mount("tmpfs", path, "tmpfs", kernel.MS_RDONLY | kernel.MS_NOSUID | kernel.MS_NODEV, "size=4k")
        else:
            kernel.mount(os.devnull, path, "", kernel.MS_BIND)
    except FileNotFoundError:
        # It was removed since it was found.
        return


def _cover(kept: "list[str]") -> None:
    plain = kernel.MS_NOSUID | kernel.MS_NODEV
    # Held open, they can be mounted again after what they lie in has been covered.
    held = {path: os.open(path, _O_PATH) for path in kept if os.path.isdir(path)}
    devices = {path: os.open(path, _O_PATH) for path in _DEVICES if os.path.exists(path)}
    for place in COVERED:
        if not os.path.isdir(place) or os.path.islink(place):
            continue
        kernel.mount("tmpfs", place, "tmpfs", plain & ~kernel.MS_NODEV, "size=64k,mode=0755")
        for path, opened in sorted(held.items()):
            if path.startswith(place + "/"):
                os.makedirs(path, exist_ok=True)
                kernel.mount(f"/proc/self/fd/{opened}", path, "", kernel.MS_BIND | kernel.MS_REC)
        if place == "/dev":
            _furnish_devices(devices)
        kernel.mount("tmpfs", place, "", plain | kernel.MS_REMOUNT | kernel.MS_RDONLY)
    for opened in [*held.values(), *devices.values()]:
        os.close(opened)


def _furnish_devices(devices: "dict[str, int]") -> None:
    os.mkdir(SCRATCH)
    for path, opened in devices.items():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
        kernel.mount(f"/proc/self/fd/{opened}", path, "", kernel.MS_BIND)


def watch_over(worker: int) -> int:
    """As the first process of a run's namespace: wait for the worker and give its end as an exit status."""
    while True:
        try:
            child, status = os.wait()
        except ChildProcessError:
            return 1
        if child == worker:
            return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _try_to_write(path: str, text: str) -> bool:
    try:
        _write(path, text)
    except OSError:
        return False
    return True


def _write(path: str, text: str) -> None:
    opened = os.open(path, os.O_WRONLY)
    try:
        os.write(opened, text.encode())
    finally:
        os.close(opened)
