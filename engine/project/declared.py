"""The package folders that a project's build settings declare. They are data from outside: bounded, and believed only
about folders inside the project."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from ..facts import Fact
from .files import small_text

LARGEST = 1 << 20
"""Bytes of a settings file that is read."""
_MOST = 64
"""Declarations of one kind that are looked at."""
_SETUP_ROOT = re.compile(r"package_dir\s*=\s*\{\s*(?:\"\"|'')\s*:\s*[\"']([\w./-]{1,200})[\"']")
_PYTEST = frozenset(
    {"pythonpath", "testpaths", "doctest_optionflags", "addopts", "norecursedirs"}
    | {"python_files", "python_functions", "python_classes"}
)
_LINES = frozenset({"filterwarnings", "markers"})
"""Settings of which each line is one entry."""
_PLUGIN = re.compile(r"(?:^|\s)-p\s*(?!no:)(\S+)")
_FILTER = re.compile(r"(?:^|\s)-W\s*(\S+)")
_IMPORTLIB = re.compile(r"--import-mode[=\s]+importlib\b")
_STRICT = re.compile(r"(?:^|\s)--strict(?:-markers)?(?:\s|$)")
_LEFT_OUT = re.compile(r"--(?:ignore|ignore-glob|deselect)(?:=|\s+)(\S+)")
_CHOSEN = re.compile(r"(?:^|\s)(-[km])\b")
# Written out, because importing doctest for its table takes 50 ms.
_OPTIONS = frozenset({
    "DONT_ACCEPT_BLANKLINE", "DONT_ACCEPT_TRUE_FOR_1", "ELLIPSIS", "IGNORE_EXCEPTION_DETAIL", "NORMALIZE_WHITESPACE",
})  # fmt: skip
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z")

Table = dict[str, object]


class Declared(Fact, frozen=True):
    """What the build settings of a project say. Folders are absolute and inside the project."""

    roots: tuple[str, ...] = ()
    """Folders that hold top-level packages, such as `src`."""
    packages: tuple[tuple[str, str], ...] = ()
    """Packages that lie in folders of another name: dotted name and folder."""
    search: tuple[str, ...] = ()
    """Folders that the project's tests put on the search path."""
    tests: tuple[str, ...] = ()
    """Folders in which pytest is told to look for tests."""
    test_functions: tuple[str, ...] = ()
    """Beginnings, or patterns, of the names that pytest takes for tests; () for "test"."""
    test_classes: tuple[str, ...] = ()
    """The same of classes; () for "Test"."""
    test_files: tuple[str, ...] = ()
    """Patterns of the names of files that pytest collects tests from; () for its own two."""
    no_tests: tuple[str, ...] = ()
    """Patterns of folders and files below the project from which pytest is told to collect nothing."""
    chosen: str = ""
    """The option with which pytest is told to leave out some tests ("-k", "-m"), "" for none."""
    plugins: tuple[str, ...] = ()
    """Plugins that pytest is told to load."""
    filters: tuple[str, ...] = ()
    """Its filters for warnings, as it spells them ("error::DeprecationWarning")."""
    markers: tuple[str, ...] = ()
    """Marks that it is told of."""
    strict_markers: bool = False
    """Whether it refuses files with other marks."""
    importlib: bool = False
    """Whether it imports test files by their paths, so that two may have one name."""
    options: tuple[str, ...] = ()
    """Names of doctest's flags that are on for all examples, as pytest's settings have it."""


def declared_folders(project: Path) -> Declared:
    """What `pyproject.toml`, `setup.cfg` and `setup.py` of a project folder say; nothing in them is executed."""
    settings = _toml(project / "pyproject.toml")
    roots, packages = _from_tools(_table(settings, "tool"))
    pytest = _from_pytest(_settings_of_pytest(project, _table(settings, "tool", "pytest")))
    told = " ".join(pytest["addopts"])
    chosen = _CHOSEN.search(told)
    more_roots, more_packages = _from_setup(project)
    return Declared(
        roots=tuple(_inside(project, [*roots, *more_roots])),
        packages=tuple(
            (name, folder)
            for name, place in [*packages, *more_packages]
            if _NAME.match(name)
            for folder in _inside(project, [place])
        ),
        search=tuple(_inside(project, pytest["pythonpath"])),
        tests=tuple(_inside(project, pytest["testpaths"])),
        test_functions=tuple(pytest["python_functions"][:_MOST]),
        test_classes=tuple(pytest["python_classes"][:_MOST]),
        test_files=tuple(pytest["python_files"][:_MOST]),
        no_tests=tuple([*pytest["norecursedirs"], *_LEFT_OUT.findall(told)][:_MOST]),
        chosen=chosen[1] if chosen else "",
        plugins=tuple(_PLUGIN.findall(told)[:_MOST]),
        filters=tuple([*pytest["filterwarnings"], *_FILTER.findall(told)][:_MOST]),
        markers=tuple(re.split(r"[:(\s]", line)[0] for line in pytest["markers"][:_MOST]),
        strict_markers=bool(_STRICT.search(told)) or "true" in pytest["strict_markers"] + pytest["strict"],
        importlib=bool(_IMPORTLIB.search(told)),
        options=tuple(name for name in dict.fromkeys(pytest["doctest_optionflags"]) if name in _OPTIONS),
    )


def _from_tools(tool: Table) -> tuple[list[str], list[tuple[str, str]]]:
    """Roots and packages as setuptools, hatch, poetry, pdm, uv, maturin and scikit-build spell them."""
    packages = [(name, place) for name, place in _table(tool, "setuptools", "package-dir").items()]
    roots = _texts(_table(tool, "setuptools", "packages", "find").get("where"))
    roots += _texts(_table(tool, "pdm", "build").get("package-dir"))
    roots += _texts(_table(tool, "uv", "build-backend").get("module-root"))
    roots += _texts(_table(tool, "maturin").get("python-source"))
    for entry in _list(_table(tool, "poetry").get("packages")):
        roots += _texts(_table(entry).get("from"))
    wheel = _table(tool, "hatch", "build", "targets", "wheel")
    named = _texts(wheel.get("packages")) + _texts(_table(tool, "scikit-build", "wheel").get("packages"))
    roots += [str(Path(place).parent) for place in named]
    roots += _texts(wheel.get("sources"))
    texts = [(name, place) for name, place in packages if isinstance(place, str)]
    return roots + [place for name, place in texts if not name], [pair for pair in texts if pair[0]]


def _from_setup(project: Path) -> tuple[list[str], list[tuple[str, str]]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(small_text(project / "setup.cfg", LARGEST))
    except configparser.Error:
        parser.clear()
    said = parser.get("options", "package_dir", fallback="")[:4096]
    pairs = [(name.strip(), place.strip()) for line in said.splitlines() for name, _, place in [line.partition("=")]]
    where = parser.get("options.packages.find", "where", fallback="").split()[:_MOST]
    roots = [place for name, place in pairs if not name and place] + where
    roots += _SETUP_ROOT.findall(small_text(project / "setup.py", LARGEST))[:1]
    return roots, [(name, place) for name, place in pairs if name and place]


def _from_pytest(table: Table) -> dict[str, list[str]]:
    """Some of pytest's settings, by word or by line."""
    said = {key: _texts(table.get(key)) for key in _PYTEST | _LINES}
    said |= {key: [str(table.get(key, "")).lower()] for key in ("strict", "strict_markers")}
    lines = {key: [line.strip() for text in said[key] for line in text.splitlines() if line.strip()] for key in _LINES}
    words = {key: [word for text in texts for word in text.split()][: 4 * _MOST] for key, texts in said.items()}
    return {**words, **lines}


def _settings_of_pytest(project: Path, table: Table) -> Table:
    """The one place of pytest's settings that counts, by its own order: a `pytest.ini` does, also an empty one."""
    for name in ("pytest.ini", ".pytest.ini"):
        if (project / name).is_file():
            return _section(project / name, "pytest") or {}
    if table:
        return _table(table, "ini_options") or table
    for name, section in (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        if (found := _section(project / name, section)) is not None:
            return found
    return {}


def _section(path: Path, section: str) -> Table | None:
    """A section of a file in the form of Windows' settings, None when it has no such."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(small_text(path, LARGEST))
        return dict(parser.items(section)) if parser.has_section(section) else None
    except configparser.Error:
        return None


def _toml(path: Path) -> Table:
    try:
        return tomllib.loads(small_text(path, LARGEST))
    except (ValueError, RecursionError):  # TOMLDecodeError is one; so is a number of too many digits.
        return {}


def _table(found: object, *names: str) -> Table:
    for name in names:
        found = cast("Table", found).get(name) if isinstance(found, dict) else None
    return cast("Table", found) if isinstance(found, dict) else {}


def _list(found: object) -> list[object]:
    return cast("list[object]", found)[:_MOST] if isinstance(found, list) else []


def _texts(found: object) -> list[str]:
    return [found] if isinstance(found, str) else [text for text in _list(found) if isinstance(text, str)]


def _inside(project: Path, places: Iterable[str]) -> list[str]:
    """Those that are folders of the project, without repetition."""
    found: list[str] = []
    for place in list(places)[:_MOST]:
        try:
            folder = (project / place).resolve()
            if folder.is_relative_to(project.resolve()) and folder.is_dir():
                found.append(str(folder))
        except (OSError, ValueError):
            continue
    return list(dict.fromkeys(found))
