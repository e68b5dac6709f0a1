"""A Seatbelt profile for macOS: everything is denied but reading what a program needs and writing its scratch.

UNTESTED: written from the documentation and from how published profiles behave; nobody has run it on macOS yet. The
self-test in `child_solo` refuses the run when it does not hold.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ..project import Environment

LAUNCHER = "/usr/bin/sandbox-exec"
_SYSTEM = ("/usr/lib", "/usr/share", "/System/Library", "/Library/Apple", "/Library/Frameworks/Python.framework")
_SINGLE = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/etc/localtime", "/private/etc/localtime")
_PRIVATE_NAMES = r"/(\.[^/]*|[^/]*~|__pycache__|[^/]*\.(bak|orig|swp|pyc|pem|key|env))(/|$)"


def profile(environment: Environment, scratch: str, roots: Sequence[str], user_file: str) -> str:
    """The profile for one run. Later rules win over earlier ones, as Seatbelt has it."""
    python = Path(environment.python).resolve()
    prefixes = {str(python.parent.parent), str(Path(environment.shown).absolute().parent.parent)}
    readable = [*_SYSTEM, *sorted(prefixes), str(Path(__file__).parent)]
    lines = [
        "(version 1)",
        "(deny default)",
        "(allow file-read-metadata)",
        "(allow sysctl-read)",
        "(allow signal (target self))",
        "(allow process-info* (target self))",
        f"(allow process-exec {_subpaths(sorted(prefixes))})",
        f"(allow file-read* {_subpaths([*readable, *roots])})",
        f"(allow file-read* {' '.join(f'(literal {_quoted(path)})' for path in _SINGLE)})",
        *(f"(deny file-read-data (regex #{_quoted(_escaped(root) + _PRIVATE_NAMES)}))" for root in roots),
        *([f"(deny file-read-data (literal {_quoted(user_file)}))"] if user_file else []),
        f"(allow file-read* {_subpaths(sorted(prefixes))})",
        f"(allow file-read* file-write* {_subpaths([scratch, str(Path(scratch).resolve())])})",
        '(allow file-write-data (literal "/dev/null") (literal "/dev/zero"))',
        "(deny network*)",
        "(deny process-fork)",
    ]
    return "\n".join(lines) + "\n"


def command(environment: Environment, scratch: str, roots: Sequence[str], user_file: str) -> tuple[str, ...]:
    """The words to put in front of the interpreter."""
    return LAUNCHER, "-p", profile(environment, scratch, roots, user_file)


def _subpaths(paths: Sequence[str]) -> str:
    return " ".join(f"(subpath {_quoted(path)})" for path in paths)


def _quoted(text: str) -> str:
    # Seatbelt's strings are written as JSON's are, as far as paths go.
    return json.dumps(text, ensure_ascii=False)


def _escaped(path: str) -> str:
    return "".join(char if char.isalnum() or char in "/_-" else f"[{char}]" for char in path)
