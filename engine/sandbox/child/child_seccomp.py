"""A seccomp filter, assembled by hand: what is denied is listed, everything else is allowed.

Standard library only, Python 3.6 and up. Linux on x86_64 and aarch64.
"""

import ctypes
import errno
import struct
import sys

import child_kernel as kernel
from child_numbers import GROUPS, HIGHEST

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _ABOVE, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_X32 = 0x40000000
_DENY = _ERROR | errno.EPERM
_THREAD, _NEW_NAMESPACES = 0x00010000, 0x7E020000
# Terminal settings, injected keystrokes, controlling terminal, console, who gets signals.
# fmt: off
_TERMINAL = (
    0x5402, 0x5403, 0x5404, 0x5406, 0x5407, 0x5408, 0x402C542B, 0x402C542C, 0x402C542D,
    0x5412, 0x541C, 0x540E, 0x5410, 0x5414, 0x541D, 0x5423, 0x540C, 0x5437,
    0x40045436, 0x8901, 0x8902, 0x5409, 0x540A, 0x540B, 0x40086602, 0x401C5820,
)
# fmt: on
_OWNER_OF_SIGNALS = (8, 10, 15)
_LEASES_AND_NOTICES = (1024, 1026)
"""Both hold up whoever opens or writes a file that a program may only read."""
_RECORD_LOCKS = (6, 7, 37, 38)
"""Said to succeed and not made: in a scratch of its own nobody else is kept out, on other files nobody may be."""


def deny(run: "int | None", programs: bool, alone: bool, sizes: bool = False) -> None:
    """Install the filter, for good. `run` is the process id of a run, None for the zygote, which must fork and mount.

    `programs` lets programs be started. `alone` says that namespaces hide other processes and make the tree read-only;
    else changing modes, owners and times is denied too. `sizes` denies what an old Landlock does not see.

    Raises:
        OSError: the kernel has no seccomp filters, or the machine is unknown.
    """
    if kernel.MACHINE not in _ARCHITECTURES or sys.maxsize < 1 << 32:
        raise OSError(errno.ENOSYS, "no filter for " + kernel.MACHINE)
    code = _assemble(_rules(run, programs, alone, sizes))
    filters = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(filters))
    holder = ctypes.create_string_buffer(program, len(program))
    kernel.prctl(kernel.PR_SET_SECCOMP, 2, ctypes.addressof(holder))


def _rules(run: "int | None", programs: bool, alone: bool, sizes: bool) -> "list[list[tuple[int, int, int, int]]]":
    denied = ["network", "others", "namespaces", "kernel", "shared", "mounts", "locks"]
    denied += ["programs"] if run is not None and not programs else []
    # The zygote gives scratch folders to those whom runs of root become.
    denied += ["metadata"] if run is not None and not alone else []
    denied += ["sizes"] if sizes else []
    rules = [
        _whole(name, group, _DENY)
        for group in denied
        for name in GROUPS[group]
        if run is not None or name != "pidfd_open"
    ]
    if run is None and not programs:
        rules += [_whole("execve", "programs", _DENY), _whole("execveat", "programs", _DENY)]
    rules += [_whole(name, "absent", _ERROR | errno.ENOSYS) for name in GROUPS["absent"]]
    rules += [_whole(name, "attributes", _ERROR | errno.EOPNOTSUPP) for name in GROUPS["attributes"]]
    return rules + _looked_at(run, programs, alone, sizes)


def _looked_at(run: "int | None", programs: bool, alone: bool, sizes: bool) -> "list[list[tuple[int, int, int, int]]]":
    rules = [
        _call("socketpair", [*_unless(0, 1), _load(1), (_AND, 0, 0, 0xF), (_EQUAL, 1, 0, 1), _deny()]),
        _call("ioctl", _if(1, _TERMINAL)),
        _call("fcntl", _if(1, _OWNER_OF_SIGNALS + _LEASES_AND_NOTICES) + _pretend(_RECORD_LOCKS)),
        _call("personality", _unless(0, 0xFFFFFFFF)),
    ]
    if sizes:
        # A file opened for reading may still be cut: O_TRUNC without the right to write.
        for name, place in (("open", 1), ("openat", 2)):
            rules.append(_call(name, [_load(place), (_AND, 0, 0, 0x203), (_EQUAL, 0, 1, 0x200), _deny()]))
        rules.append(_whole("openat2", "looked at", _ERROR | errno.ENOSYS))
    if run is None:
        # Nothing that was made read-only becomes writable again.
        rules.append(_call("mount", [_load(3), (_AND, 0, 0, 33), (_EQUAL, 0, 1, 32), _deny()]))
        # A filter is never widened again: where others could be hit, runs cannot even signal themselves by number.
        return rules if alone else [*rules, _whole("kill", "looked at", _DENY)]
    rules.append(_whole("mount", "looked at", _DENY))
    # Who may trace us, what happens when our parent ends, and whether our descriptors can be counted.
    rules.append(_call("prctl", _if(0, (1, 4, 0x59616D61))))
    rules.append(_call("prlimit64", _unless(0, 0, run)))
    rules.append(_call("setpriority", _unless(0, 0) + _unless(1, 0, run)))
    rules += [
        _call(name, _unless(0, 0, run))
        for name in ("sched_setaffinity", "sched_setparam", "sched_setscheduler", "sched_setattr")
    ]
    rules.append(_call("ioprio_set", _unless(0, 1) + _unless(1, 0, run)))
    same_thread = [_load(0), (_AND, 0, 0, _THREAD), (_EQUAL, 1, 0, _THREAD), _deny()]
    same_space = [_load(0), (_AND, 0, 0, _NEW_NAMESPACES), (_EQUAL, 1, 0, 0), _deny()]
    rules.append(_call("clone", ([] if programs else same_thread) + same_space))
    if not programs:
        rules += [_call("kill", _unless(0, run)), _call("tgkill", _unless(0, run))]
    return rules


def _load(argument: int) -> "tuple[int, int, int, int]":
    """The lower half of an argument; both machines are little-endian, and the kernel reads no more of these."""
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * argument)


def _deny() -> "tuple[int, int, int, int]":
    return (_RETURN, 0, 0, _DENY)


def _if(argument: int, values: "tuple[int, ...]") -> "list[tuple[int, int, int, int]]":
    code = [_load(argument)]
    for value in values:
        code += [(_EQUAL, 0, 1, value), _deny()]
    return code


def _pretend(values: "tuple[int, ...]") -> "list[tuple[int, int, int, int]]":
    """Say that a call with one of these values succeeded, for the argument that was looked at last."""
    return [line for value in values for line in ((_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ERROR))]


def _unless(argument: int, *values: int) -> "list[tuple[int, int, int, int]]":
    """Deny unless the argument is one of the values."""
    last = len(values)
    return [_load(argument), *[(_EQUAL, last - place, 0, value) for place, value in enumerate(values)], _deny()]


def _whole(name: str, group: str, action: int) -> "list[tuple[int, int, int, int]]":
    number = GROUPS[group][name][list(_ARCHITECTURES).index(kernel.MACHINE)]
    return [] if number < 0 else [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, action)]


def _call(name: str, code: "list[tuple[int, int, int, int]]") -> "list[tuple[int, int, int, int]]":
    number = GROUPS["looked at"][name][list(_ARCHITECTURES).index(kernel.MACHINE)]
    return [] if number < 0 else [(_EQUAL, 0, len(code) + 1, number), *code, (_RETURN, 0, 0, _ALLOW)]


def _assemble(rules: "list[list[tuple[int, int, int, int]]]") -> bytes:
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, _ARCHITECTURES[kernel.MACHINE]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _KILL),
        (_ABOVE, 0, 1, HIGHEST),
        (_RETURN, 0, 0, _ERROR | errno.ENOSYS),
    ]
    for rule in rules:
        code += rule
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in code)
