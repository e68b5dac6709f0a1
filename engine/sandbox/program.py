"""The program as it is sent into the sandbox: bounded, and without the expected outputs of its examples."""

from __future__ import annotations

import re
from pathlib import Path

from ..facts import Fact

LARGEST = 256 * 1024
"""Most bytes of a program that is run; larger ones are not even parsed."""
_EXAMPLE = re.compile(r"(?:.*(?:\"\"\"|'''))?\s*>>>(?: |$)")
_QUOTES = re.compile(r"\"\"\"|'''")


class Job(Fact, frozen=True):
    """One program and where it lives."""

    program: str
    name: str
    """Module name: the file's stem."""
    path: str = ""
    package: str = ""
    """Dotted name of the package the file lies in, "" when in none."""
    roots: tuple[str, ...] = ()
    """Folders the program may import from, after the standard library and before installed packages."""


def job_for(program: str, path: str) -> Job:
    """The job for a program that stands, or would stand, at `path` ("" for nowhere)."""
    if not path:
        return Job(program=without_expected(program), name="draft")
    file = Path(path).absolute()
    root, package = file.parent, list[str]()
    while (root / "__init__.py").is_file() and root.parent != root:
        package.insert(0, root.name)
        root = root.parent
    roots = [root]
    project = project_root(file)
    if project is not None:
        roots += [folder for folder in (project, project / "src") if folder not in roots and folder.is_dir()]
    return Job(
        program=without_expected(program),
        name=file.stem,
        path=str(file),
        package=".".join(package),
        roots=tuple(map(str, roots)),
    )


def project_root(file: Path) -> Path | None:
    """The nearest folder above the file with a `pyproject.toml`, or None."""
    return next((folder for folder in file.parents if (folder / "pyproject.toml").is_file()), None)


def without_expected(program: str) -> str:
    """The program with the lines that examples expect made empty; line numbers stay.

    It goes by lines, as doctest does, and parses nothing: a hostile source must not get to upset a parser here.
    """
    lines = program.split("\n")
    quote, wants, in_source = "", False, False
    for number, line in enumerate(lines):
        stripped = line.strip()
        if example := _EXAMPLE.match(line):
            in_source = True
            wants = not (quote and quote in line[example.end() :])
        elif wants and in_source and (stripped == "..." or stripped.startswith("... ")):
            wants = not (quote and quote in line)
        elif wants and stripped:
            in_source = False
            closing = line.find(quote) if quote else -1
            if closing < 0 or line[:closing].strip():
                lines[number] = "" if closing < 0 else line[closing:]
            wants = closing < 0
        else:
            wants = in_source = False
        for found in _QUOTES.findall(line):
            quote = "" if found == quote else quote or found
    return "\n".join(lines)
