"""Landlock: which files may be read, and the one folder that may be written.

Standard library only, Python 3.6 and up. Rights and structures: https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import stat
import struct

import child_kernel as kernel

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_MAKE_CHAR, _MAKE_SOCK, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 11
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_PATH_BENEATH = 1
READ = _READ_FILE | _READ_DIR
_O_PATH = 0o10000000


def version() -> int:
    """Version of the kernel's Landlock, 0 when there is none."""
    try:
        return kernel.syscall("landlock_create_ruleset", 0, 0, 1)
    except OSError:
        return 0


class Rules:
    """A set of rules that is being made. Every right the kernel knows is handled, so what no rule gives is denied."""

    def __init__(self, abi: int) -> None:
        self._handled = (1 << 13) - 1
        for since, right in ((2, 13), (3, 14), (5, 15)):
            self._handled |= (1 << right) if abi >= since else 0
        network = 3 if abi >= 4 else 0
        scopes = 3 if abi >= 6 else 0
        attributes = struct.pack("QQQ", self._handled, network, scopes)[: 8 if abi < 4 else 16 if abi < 6 else 24]
        holder = ctypes.create_string_buffer(attributes, len(attributes))
        self._set = kernel.syscall(
            "landlock_create_ruleset", ctypes.c_void_p(ctypes.addressof(holder)), len(attributes), 0
        )

    def give_scratch(self, folder: str) -> None:
        """Let everything be done in a folder but making devices and sockets."""
        self._give(folder, self._handled & ~(_MAKE_CHAR | _MAKE_BLOCK | _MAKE_SOCK | _EXECUTE | _IOCTL_DEV))

    def give_reading(self, path: str, run: bool = False) -> None:
        """Let a file, or a folder and all below it, be read (and programs there be started)."""
        self._give(path, READ | (_EXECUTE if run else 0))

    def give_listing(self, folder: str) -> None:
        """Let a folder and those below it be listed, but nothing be read."""
        self._give(folder, _READ_DIR)

    def give_device(self, path: str) -> None:
        """Let a device such as /dev/null be read and written."""
        self._give(path, READ | _WRITE_FILE | _TRUNCATE)

    def _give(self, path: str, rights: int) -> None:
        try:
            opened = os.open(path, _O_PATH | os.O_CLOEXEC)
        except OSError:
            # What is not there cannot be read either.
            return
        try:
            allowed = rights & self._handled
            if not stat.S_ISDIR(os.fstat(opened).st_mode):
                allowed &= _OF_FILES
            if allowed:
                holder = ctypes.create_string_buffer(struct.pack("=Qi", allowed, opened), 12)
                rule = ctypes.c_void_p(ctypes.addressof(holder))
                kernel.syscall("landlock_add_rule", self._set, _PATH_BENEATH, rule, 0)
        finally:
            os.close(opened)

    def put_in_force(self) -> None:
        """Restrict this process for good; no_new_privs must be set."""
        kernel.syscall("landlock_restrict_self", self._set, 0)
        os.close(self._set)
