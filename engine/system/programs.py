"""Programs of the user's machine, found on the path."""

from __future__ import annotations

import os
import shutil


def find_program(name: str, path: str | None = None) -> str | None:
    """Where a program is, None when it is nowhere; `path` as in PATH, which None takes.

    Entries of the path that are not absolute do not count: they mean the folder one is in, which may be anybody's. A
    name with a folder in it is taken as it stands.
    """
    every = os.environ.get("PATH", os.defpath) if path is None else path
    trusted = [entry for entry in every.split(os.pathsep) if os.path.isabs(entry)]  # noqa: PTH117 - no Path of an entry
    return shutil.which(name, path=os.pathsep.join(trusted) or os.devnull)
