"""Under which name Python imports a file, found by looking at folders and settings; nothing is imported or executed."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from itertools import islice
from pathlib import Path

from ..facts import Fact
from .declared import Declared, declared_folders

_MARKS = ("pyproject.toml", "setup.py", "setup.cfg")
_OF_PYTEST = ("pytest.ini", "tox.ini")
_REPOSITORIES = (".git", ".hg", ".jj")
_INSTALLED = frozenset({"site-packages", "dist-packages"})
_RELATIVE = re.compile(rb"^[ \t]*from[ \t]+(\.+)", re.M)
_MOST_FILES = 60
"""Files that are looked through for how they name a folder when they import from it."""
_READ = 1 << 16
"""Bytes of each of them: imports stand at the top."""


class Location(Fact, frozen=True):
    """A file as the import system sees it."""

    path: str
    """Absolute, links resolved; "" for a program that stands nowhere."""
    name: str
    """Dotted name that the file is imported by; of an `__init__.py` its package's."""
    is_package: bool = False
    """Whether it is an `__init__.py`."""
    project: str = ""
    """The project's folder, "" for a file outside any."""
    root: str = ""
    """The folder that holds the file's top-level package, or the file itself when it is in none."""
    search: tuple[str, ...] = ()
    """Folders to import from, the root first; after the standard library and before installed packages."""
    reads: tuple[str, ...] = ()
    """Folders whose files belong to the user's project and may be read, but for what is private in them."""
    packages: tuple[tuple[str, str], ...] = ()
    """Packages whose folder has another name: dotted name and folder."""
    options: tuple[str, ...] = ()
    """Names of doctest's flags that the project has on for all examples."""

    @property
    def top(self) -> str:
        """The first part of the name."""
        return self.name.partition(".")[0]

    @property
    def module(self) -> str:
        """The file as seen from its root: `shop/pricing.py`."""
        return os.path.relpath(self.path, self.root) if self.path and self.root else ""

    def shown(self, path: str) -> str:
        """A path as the user knows it: relative to the project when it lies inside."""
        base = self.project or self.root
        return os.path.relpath(path, base) if base and Path(path).is_relative_to(base) else path


NOWHERE = Location(path="", name="draft")


def locate(path: str) -> Location:
    """Where a file stands. It need not exist; what it would be is told from the folders above it."""
    if not path:
        return NOWHERE
    # The file itself may be a link into another tree: Python imports it by where the link stands.
    file = Path(path).absolute()
    file = file.parent.resolve() / file.name
    project = project_folder(file)
    return _located(file, project, _ages(file, project))


def project_folder(file: Path) -> Path | None:
    """The nearest folder above a file with build settings, else with pytest's, or its repository; None without any.

    Installed packages are projects of their own: looking upwards ends at the folder they are installed in.
    """
    above = list(file.parents)
    installed = next((number for number, folder in enumerate(above) if folder.name in _INSTALLED), len(above))
    if installed < len(above):
        return above[installed - 1] if installed else None
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
    above = [folder for folder in above if folder != home and folder.parent != folder]
    for marks in (_MARKS, (*_OF_PYTEST, *_REPOSITORIES)):
        for folder in above:
            if any((folder / mark).exists() for mark in marks):
                return folder
    return None


def outermost_folder(location: Location) -> str:
    """The outermost folder around a file that has build settings or is a repository, up to the user's home folder.

    What lies in it may have come with the file; without any such folder it is the root that the file is imported from.
    """
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home() raises where there is none
    found = location.project or location.root
    for folder in Path(found).parents:
        if str(folder) == home or folder.parent == folder:
            break
        if any((folder / mark).exists() for mark in (*_MARKS, *_REPOSITORIES)):
            found = str(folder)
    return found


def _ages(file: Path, project: Path | None) -> tuple[int, ...]:
    """When the folders that decide were last changed: what was found holds as long as they stay the same."""
    folders = [folder for folder in file.parents if project is None or folder.is_relative_to(project)][:12]
    settings = [] if project is None else [project / name for name in (*_MARKS, *_OF_PYTEST, "src")]
    return tuple(_age(place) for place in [*folders, *settings])


def _age(place: Path) -> int:
    try:
        return place.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=64)
def _located(file: Path, project: Path | None, ages: tuple[int, ...]) -> Location:
    installed = next((folder for folder in file.parents if folder.name in _INSTALLED), None)
    if installed is not None:
        return _installed(file, installed)
    declared = declared_folders(project) if project else Declared()
    named = _in_named_package(file, declared)
    root, name = named or _in_declared_root(file, project, declared) or _by_folders(file, project)
    is_package = file.name == "__init__.py" and bool(name)
    in_package = is_package or "." in name
    places = [root] if named is None else []
    places += [] if in_package and _is_package(file.parent) else [file.parent]
    places += [Path(place) for place in (*declared.roots, *declared.search)]
    packages = declared.packages
    if project is not None:
        places += [project, *([project / "src"] if _is_source_root(project / "src") else [])]
        if not root.is_relative_to(project):
            # The project's folder is itself the package: what lies beside it is nobody's business.
            top = name.partition(".")[0]
            packages, places = (*packages, (top, str(root / top))), places[1:]
    return Location(
        path=str(file),
        name=name or file.stem,
        is_package=is_package,
        project=str(project) if project else "",
        root=str(root),
        search=tuple(dict.fromkeys(str(place) for place in places)),
        reads=(str(project),) if project else (str(root),),
        packages=packages,
        options=declared.options,
    )


def _installed(file: Path, folder: Path) -> Location:
    parts = _dotted(file, folder)
    home = folder / file.relative_to(folder).parts[0]
    return Location(
        path=str(file),
        name=parts or file.stem,
        is_package=file.name == "__init__.py",
        project=str(home) if home != file else "",
        root=str(folder),
        search=(str(folder),),
        reads=(str(home),),
    )


def _in_named_package(file: Path, declared: Declared) -> tuple[Path, str] | None:
    """The name that settings give to the folder a file lies in, as `package-dir = {"shop" = "lib"}` does."""
    below = [(name, Path(folder)) for name, folder in declared.packages if file.is_relative_to(folder)]
    if not below:
        return None
    name, folder = max(below, key=lambda pair: len(pair[1].parts))
    return folder, ".".join(filter(None, (name, _dotted(file, folder))))


def _in_declared_root(file: Path, project: Path | None, declared: Declared) -> tuple[Path, str] | None:
    """The place of a file below a folder that holds top-level packages, as `src` does."""
    if project is None:
        return None
    roots = [Path(root) for root in declared.roots if Path(root) != project]
    roots += [project / "src"] if _is_source_root(project / "src") else []
    below = [root for root in roots if file.is_relative_to(root)]
    root = max(below, key=lambda place: len(place.parts), default=None)
    name = "" if root is None else _dotted(file, root)
    return (root, name) if root is not None and name else None


def _by_folders(file: Path, project: Path | None) -> tuple[Path, str]:
    """The root and the name that follow from the `__init__.py` above a file and from how it is imported."""
    root = file.parent
    while _is_package(root) and root.parent != root and "." not in root.name:
        root = root.parent
    least = root
    if not _is_package(file.parent):
        dots = max((len(found) for found in _RELATIVE.findall(_top_of(file))), default=0)
        least = file.parents[min(dots, len(file.parents) - 1)]
    root = min(root, least, key=lambda place: len(place.parts))
    outer = _namespace_root(file, root, project)
    return outer, _dotted(file, outer)


def _namespace_root(file: Path, root: Path, project: Path | None) -> Path:
    """A folder further up, when imports in the project name the folders between as a package without `__init__.py`."""
    if project is None or not root.is_relative_to(project) or root == project:
        return root
    # Asked for the outermost first: `a.b.shop` is also spelled by whoever imports `b.shop` somewhere else.
    above = [folder for folder in root.parents if folder.is_relative_to(project)]
    names = {folder: _dotted(file, folder).split(".") for folder in reversed(above)}
    texts = _neighbouring_texts(file, project)
    for folder, parts in names.items():
        between = len(root.relative_to(folder).parts)
        if len(parts) <= between:
            continue
        spelled = ".".join(parts[: between + 1])
        package, _, last = spelled.rpartition(".")
        pattern = (
            rf"^[ \t]*(?:from|import)[ \t]+(?:{re.escape(spelled)}\b|{re.escape(package)}[ \t]+import\b.*\b{last}\b)"
        )
        wanted = re.compile(pattern.encode(), re.M)
        if any(wanted.search(text) for text in texts):
            return folder
    return root


def _neighbouring_texts(file: Path, project: Path) -> list[bytes]:
    """The beginnings of Python files that are likely to import this one: itself, beside it, above it, and tests."""
    folders = [folder for folder in file.parents if folder.is_relative_to(project)] + [project / "tests"]
    found = [file]
    for folder in folders:
        try:
            beside = sorted(entry.path for entry in islice(os.scandir(folder), 2000) if entry.name.endswith(".py"))
        except OSError:
            continue
        found += [Path(path) for path in beside[:_MOST_FILES]]
    return [_top_of(path) for path in list(dict.fromkeys(found))[: 2 * _MOST_FILES]]


def _top_of(file: Path) -> bytes:
    try:
        if not file.is_file():
            return b""
        with file.open("rb") as opened:
            return opened.read(_READ)
    except OSError:
        return b""


def _dotted(file: Path, root: Path) -> str:
    """The dotted name of a file below a root; "" for an `__init__.py` in the root itself, or when a part has a dot."""
    parts = [*file.relative_to(root).parts[:-1], *([] if file.name == "__init__.py" else [file.stem])]
    return "" if any("." in part for part in parts) else ".".join(parts)


def _is_package(folder: Path) -> bool:
    return (folder / "__init__.py").is_file()


def _is_source_root(folder: Path) -> bool:
    return folder.is_dir() and not _is_package(folder)
