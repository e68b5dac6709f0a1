"""Privileges: none are kept, none can be gained.

Standard library only, Python 3.6 and up. Linux.
"""

import ctypes
import os
import struct

import child_kernel as kernel

_SECURE_BITS = 0x2F
_CAP_DAC_READ_SEARCH = 2
_FIRST_USER = 0x70000000
_HEADER = struct.pack("II", 0x20080522, 0)


def drop(keep_reading: bool) -> None:
    """Give up every capability and the ways to regain them; `keep_reading` keeps the one that `leave_root` kept."""
    for number in range(64):
        try:
            kernel.prctl(kernel.PR_CAPBSET_DROP, number)
        except OSError:
            # Not there, or not ours to drop: then no_new_privs is what holds.
            continue
    for option, second, third in ((kernel.PR_SET_SECUREBITS, _SECURE_BITS, 0), (kernel.PR_CAP_AMBIENT, 4, 0)):
        try:
            kernel.prctl(option, second, third)
        except OSError:
            continue
    _set_capabilities(1 << _CAP_DAC_READ_SEARCH if keep_reading else 0)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def leave_root(scratch: str) -> bool:
    """As root outside a user namespace: become a user that nobody is, who may read what root may; whether it worked.

    A root without capabilities still owns root's files and is exempt from the limit on processes.
    """
    if os.getuid() or not _has(_CAP_DAC_READ_SEARCH):
        return False
    user = _FIRST_USER + os.getpid()
    try:
        os.chown(scratch, user, user)
        kernel.prctl(kernel.PR_SET_KEEPCAPS, 1)
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        _set_capabilities(1 << _CAP_DAC_READ_SEARCH)
    except OSError:
        return os.getuid() != 0
    return True


def are_gone() -> bool:
    """Whether this process has no capability that lets it change anything, and cannot gain one."""
    held: dict[str, str] = {}
    with open("/proc/self/status") as lines:
        for line in lines:
            name, _, value = line.partition(":")
            held[name] = value.strip()
    # DAC_READ_SEARCH only reads, and Landlock has the say about that.
    effective = int(held.get("CapEff", "1"), 16) & ~(1 << _CAP_DAC_READ_SEARCH)
    return not effective and held.get("NoNewPrivs", "0") == "1"


def _has(number: int) -> bool:
    with open("/proc/self/status") as lines:
        permitted = [line for line in lines if line.startswith("CapPrm:")]
    return bool(permitted) and bool(int(permitted[0].split()[1], 16) >> number & 1)


def _set_capabilities(kept: int) -> None:
    header = ctypes.create_string_buffer(_HEADER, len(_HEADER))
    sets = struct.pack("6I", kept, kept, 0, 0, 0, 0)
    holder = ctypes.create_string_buffer(sets, len(sets))
    kernel.syscall("capset", ctypes.c_void_p(ctypes.addressof(header)), ctypes.c_void_p(ctypes.addressof(holder)))
