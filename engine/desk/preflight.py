"""Before any model is asked: can the file be imported at all, with its function still unwritten?"""

from __future__ import annotations

import os
import re

from ..errors import ProjectError, SourceError
from ..examples import is_python, visible
from ..facts import UNWRITTEN, Execution, LoadFailure, Stub
from ..kit import Kit
from ..project import locate
from ..python.leaving import leaves_at
from ..sandbox.runner import Limits, Sandbox
from ..sources import (
    find_stubs,
    is_newer_syntax,
    problem_of,
    read,
)

_TOO_NEW = "does not know this syntax; choose a newer Python with --interpreter"
_MOST_NAMES = 6
_MISSING = re.compile(r"ModuleNotFoundError: No module named '(\w+)\.")
_UNINSTALLED = re.compile(r"PackageNotFoundError: No package metadata was found for ([\w.-]+)")
_VARIABLE = re.compile(r"KeyError: '[A-Z][A-Z0-9_]*'$")


async def check_imports(kit: Kit, stub: Stub) -> str:
    """Make sure that the stub's file can be imported; why no draft can be run although it is a whole program.

    It is "" but for a file with syntax that its interpreter does not know: that can still be drafted, once.

    Raises:
        ProjectError: the project cannot be imported; the text says which file and line, why, and what to do.
        SandboxError: code cannot be run here as safely as was promised.
    """
    fault = await find_fault(kit.sandbox, kit.limits, stub) or await find_broken_example(kit.sandbox, kit.limits, stub)
    if fault and _TOO_NEW not in fault:
        raise ProjectError(fault)
    return fault


async def find_broken_example(sandbox: Sandbox, limits: Limits, stub: Stub) -> str:
    """Which example of a file no draft can hold: it is no Python, or doctest refuses its docstring; "" for none.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    for example in stub.examples if is_there(stub.path) else ():
        if example.refused:
            place = f"{os.path.basename(stub.path)} {example.refused}"  # noqa: PTH119 - as below
            return _in_a_line(f"{place}, and so doctest reads no example of this docstring; mend it")
        if not is_python(example):
            # The interpreter that runs the examples may know newer syntax than ours does.
            step = f"compile({example.source + chr(10)!r}, 'example', 'single') and None"
            outcome = (await sandbox.run("", [step], limits)).outcomes[0]
            if outcome.status == "raised":
                why = outcome.raised.removeprefix("SyntaxError: ")
                place = f"{os.path.basename(stub.path)} line {example.line}"  # noqa: PTH119 - no path is needed
                remedy = "mend it, or skip it with `# doctest: +SKIP`"
                return _in_a_line(f"{place}: the example is no Python ({why}), so that no draft can hold it; {remedy}")
    return ""


async def find_fault(sandbox: Sandbox, limits: Limits, stub: Stub) -> str:
    """Why a stub's file cannot be imported, with a body that only raises in the place of any other; "" when it can.

    A file that calls the function while it is imported says nothing by failing; neither does one that is not whole.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    if not is_there(stub.path):
        return ""
    if line := leaves_at(_text_of(stub.path)):
        shown = locate(stub.path).shown(locate(stub.path).path)
        return f'{shown} line {line} exits when imported; put it under `if __name__ == "__main__":`'
    done = await sandbox.load(stub.unwritten, limits, path=stub.path)
    if not done.problem or UNWRITTEN in done.problem:
        return ""
    failure = done.failure
    if failure is not None and not failure.elsewhere and not _is_whole(stub.path):
        return ""
    return project_fault(stub.path, done)


def outgrown(program: str, done: Execution) -> str:
    """That a program which cannot be imported is in newer syntax than its interpreter knows, and what to do; or ""."""
    failure = done.failure
    if failure is None or failure.elsewhere or not failure.raised.startswith("SyntaxError"):
        return ""
    told = f"{failure.raised}; {done.interpreter} {_TOO_NEW}"
    return _in_a_line(told) if is_newer_syntax(program) else ""


def project_fault(path: str, done: Execution) -> str:
    """Why a file cannot be imported and what to do about it, in one or two sentences."""
    failure = done.failure
    if failure is None:
        what = f"{locate(path).name} cannot be imported: {done.problem}"
        remedy = "raise sandbox.import_seconds, or import less at the top" if done.timed_out else "import it by hand"
        return _in_a_line(f"{what}; {remedy}")
    placed = _placed(failure) if failure.file else f"{locate(path).name} cannot be imported: {failure.text}"
    return _in_a_line(f"{placed}; {_remedy(path, failure, done)}")


def _in_a_line(text: str) -> str:
    """Harmless text on one line: what a project raises may hold line breaks."""
    return visible(" ".join(text.split()))


def _placed(failure: LoadFailure) -> str:
    if failure.elsewhere or not failure.line or failure.raised.startswith("SyntaxError"):
        return failure.text
    return f"{failure.file} line {failure.line}: {failure.text.removeprefix('ModuleNotFoundError: ')}"


def _remedy(path: str, failure: LoadFailure, done: Execution) -> str:
    missing = _MISSING.match(failure.raised)
    if missing and missing[1] == locate(path).top:
        return "the project has no such module: correct the import, or write it"
    if _VARIABLE.match(failure.raised):
        return "if that is an environment variable, set it in your shell and name it in sandbox.environment"
    if uninstalled := _UNINSTALLED.search(failure.raised):
        own = uninstalled[1].lower().replace("-", "_") == locate(path).top.lower()
        return f"{'' if own else 'if it is this project, '}run `pip install -e .` in its folder for {done.interpreter}"
    if failure.raised.startswith("ModuleNotFoundError"):
        return f"install it for {done.interpreter}, or choose another Python with --interpreter"
    if failure.raised.startswith("SyntaxError") and is_newer_syntax(_text_of(_file_of(path, failure))):
        return f"{done.interpreter} {_TOO_NEW}"
    if failure.raised.startswith("SystemExit"):
        return 'it exits when imported: put that under `if __name__ == "__main__":`'
    if failure.raised.startswith("MemoryError"):
        return "raise sandbox.memory_mb, or import less"
    if failure.refused:
        return "docs/projects.md says what a project may do while it is imported"
    if not failure.elsewhere and (others := _unwritten(path)) and len(others) > 1:
        return f"the file may need what is not written yet ({', '.join(others[:_MOST_NAMES])}): draft that first"
    return "no draft can be run before this is mended"


def _file_of(path: str, failure: LoadFailure) -> str:
    """Where the file of a failure lies."""
    location = locate(path)
    return os.path.join(location.project or location.root, failure.file) if failure.elsewhere else path  # noqa: PTH118


def _unwritten(path: str) -> list[str]:
    """Names of the functions of a file that have no body."""
    try:
        return [stub.name for stub in find_stubs(read(path), tokens=0).stubs]
    except SourceError:
        return []


def moved(path: str) -> str:
    """That a file which was there when its work began is there no longer; "" while it is."""
    if is_there(path):
        return ""
    return (
        f"{visible(path)} is no longer there: it, or a folder above it, was moved or deleted meanwhile; nothing was run"
    )


def is_there(path: str) -> bool:
    """Whether there is such a file."""
    return bool(path) and os.path.isfile(path)  # noqa: PTH113 - False, where `Path.is_file` raises


def _is_whole(path: str) -> bool:
    """Whether a file parses: of one that does not, only a part is run."""
    text = _text_of(path)
    return bool(text) and not problem_of(text)


def _text_of(path: str) -> str:
    """What a file holds, "" if it cannot be read."""
    try:
        return read(path).text
    except SourceError:
        return ""


__all__ = ["check_imports", "find_fault", "is_there", "moved", "outgrown", "project_fault"]
