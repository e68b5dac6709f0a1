"""The packages of an environment, taken in by an interpreter that is locked down already.

Standard library only, Python 3.6 and up. Start-up files in an environment are code: they run here and not before.
"""

import os
import sys

NONE = "-"
"""In place of an executable: no packages at all, not even the interpreter's own."""


def take_in(executable: str) -> None:
    """Find the installed packages: of the environment that `executable` stands in, "" for the interpreter's own."""
    if executable == NONE:
        return
    if executable:
        sys.executable = executable
        if sys.version_info >= (3, 14):
            # Since then the interpreter itself sets them at its start, and `site` only compares.
            sys.prefix = sys.exec_prefix = os.path.dirname(os.path.dirname(executable))
    import site

    try:
        site.main()
    except BaseException as problem:  # A start-up file may raise anything, SystemExit too; our work goes on.
        sys.stderr.write(f"site: {problem}\n")
