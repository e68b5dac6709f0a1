"""System calls that Python has no name for, made through ctypes. Linux on x86_64 and aarch64 only.

Standard library only, Python 3.6 and up.
"""

import ctypes
import errno
import os

MACHINE = os.uname().machine
_NUMBERS = {
    "x86_64": {"clone": 56, "capset": 126, "pidfd_open": 434, "mount_setattr": 442, "getrandom": 318},
    "aarch64": {"clone": 220, "capset": 91, "pidfd_open": 434, "mount_setattr": 442, "getrandom": 278},
}
NUMBERS = dict(
    _NUMBERS.get(MACHINE, {}), landlock_create_ruleset=444, landlock_add_rule=445, landlock_restrict_self=446
)

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    1,
    2,
    4,
    8,
    32,
    4096,
    16384,
    1 << 18,
)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_SET_KEEPCAPS = 28, 38, 47, 8
_SIGCHLD = 17
# PyDLL keeps the interpreter's lock: between a bare clone and the repair of the interpreter's state nothing may run.
_held = ctypes.PyDLL(None, use_errno=True)
_held.syscall.restype = ctypes.c_long


def syscall(name: str, *arguments: object) -> int:
    """Make a system call.

    Raises:
        OSError: the kernel refuses, or has no such call on this machine.
    """
    number = NUMBERS.get(name)
    if number is None:
        raise OSError(errno.ENOSYS, f"no {name} on {MACHINE}")
    result = _held.syscall(ctypes.c_long(number), *[_argument(given) for given in arguments])
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return int(result)


def _argument(given: object) -> object:
    return ctypes.c_long(given) if isinstance(given, int) else given


def prctl(option: int, second: int = 0, third: int = 0) -> None:
    """Set a property of this process."""
    if _held.prctl(
        ctypes.c_int(option), ctypes.c_ulong(second), ctypes.c_ulong(third), ctypes.c_ulong(0), ctypes.c_ulong(0)
    ):
        code = ctypes.get_errno()
        raise OSError(code, f"prctl {option}: {os.strerror(code)}")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount something."""
    arguments = [ctypes.c_char_p(os.fsencode(text) if text else None) for text in (source, target, kind)]
    if _held.mount(*arguments, ctypes.c_ulong(flags), ctypes.c_char_p(os.fsencode(options) if options else None)):
        code = ctypes.get_errno()
        raise OSError(code, f"mount on {target}: {os.strerror(code)}")


def fork_into(namespaces: int) -> int:
    """Fork with the child in new namespaces; 0 in the child.

    `os.fork` cannot do it, and `unshare` would change the parent, which must stay outside.
    """
    before = getattr(ctypes.pythonapi, "PyOS_BeforeFork", None)
    if before is not None:
        before()
    child = _held.syscall(
        ctypes.c_long(NUMBERS["clone"]), ctypes.c_long(namespaces | _SIGCHLD), *[ctypes.c_long(0)] * 4
    )
    code = ctypes.get_errno()
    if before is not None:
        (ctypes.pythonapi.PyOS_AfterFork_Parent if child else ctypes.pythonapi.PyOS_AfterFork_Child)()
    if child < 0:
        raise OSError(code, f"clone: {os.strerror(code)}")
    return int(child)


def die_with(parent: int) -> None:
    """Be killed when the parent ends, at once if it has ended already. Changing credentials undoes it: call it last."""
    prctl(PR_SET_PDEATHSIG, 9)
    if os.getppid() != parent:
        os._exit(1)
