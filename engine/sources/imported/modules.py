"""The modules of a project as files: found by the rules of the import system, read within bounds, kept by their age."""

from __future__ import annotations

import os
import re
import stat
import sys
from functools import cached_property, lru_cache

from tree_sitter import Node

from ...errors import SourceError
from ...project import Location
from ..describing import Description, described
from ..mending import mended
from ..reading import decoded
from ..syntax import parse, statements
from .bindings import Binding, Bindings, Defined, Imported, bindings_of
from .occurrences import occurrences

LARGEST = 300_000
"""Bytes of a file that is looked into; larger ones are generated."""
MOST_FILES = 400
"""Files that one look at a stub's file may open."""
_MOST_PARSED = 1_500_000
"""Bytes of files that one look may parse whole."""
_MENDED = 100_000
"""Bytes. A larger file with errors is read by what the grammar makes of it."""
_KEPT = 512
"""Files that are kept between looks."""

_FOREIGN = frozenset({"site-packages", "dist-packages", "node_modules", "__pycache__"})
_STAR = re.compile(rb"^[ \t]*from[ \t]{1,8}(\.{0,20})([\w.]{0,300})[ \t]{1,8}import[ \t]{0,8}\(?[ \t]{0,8}\*", re.M)
_ALL = re.compile(rb"__all__[^\n=+]{0,80}=[ \t]*(\([^)]*\)|\[[^\]]*\])[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_WORD = re.compile(rb"\w+")

Age = tuple[int, int, int, int]


class ModuleFile:
    """One module's text and names. What it costs to know is paid when it is first asked for."""

    def __init__(self, path: str, name: str, raw: bytes, *, is_package: bool) -> None:
        self.path, self.name, self.raw = path, name, raw
        self.package = name if is_package else name.rpartition(".")[0]
        """The package that relative imports count from."""
        self._bound: dict[str, Binding | None] = {}
        self._described: dict[tuple[str, bool], Description | None] = {}

    def binding(self, name: str) -> Binding | None:
        """Where a name comes from, None when the module does not bind it itself."""
        if name not in self._bound:
            self.must_be_parsed(name)
        if name not in self._bound:
            self._bound[name] = self._bindings.names.get(name)
        return self._bound[name]

    def must_be_parsed(self, name: str) -> bool:
        """Whether the whole module has to be parsed to tell where a name comes from, which it was not yet.

        Most modules behind a `*` have not the name at all, and most that have it define it once.
        """
        if name in self._bound:
            return False
        # The text is asked first even where the grammar was, so that the answer never hangs on what was asked before.
        seen = occurrences(self.raw, name)
        if seen.span:
            self._bound[name] = Defined((seen.span,))
        elif not seen.likely:
            self._bound[name] = None
        return seen.likely and not seen.span and "_bindings" not in self.__dict__

    def exports(self, name: str) -> bool:
        """Whether `import *` would take a name, if it is there."""
        said = self._all
        return not name.startswith("_") if said is None else name.encode("utf-8", "replace") in said

    @cached_property
    def stars(self) -> tuple[Imported, ...]:
        """The modules of which everything is imported, the last first: it wins."""
        found = [Imported(match[2].decode(), len(match[1]), "*") for match in _STAR.finditer(self.raw)]
        return tuple(reversed(found))

    def position(self, name: str) -> int:
        """Where a definition begins, to keep the order of the file."""
        binding = self.binding(name)
        return binding.spans[0][0] if isinstance(binding, Defined) else 0

    def described(self, name: str, *, inside: bool = False) -> Description | None:
        """What a prompt says of a definition, None when the module has none of that name."""
        if (name, inside) not in self._described:
            nodes = self._nodes(name)
            self._described[name, inside] = described(nodes, inside=inside) if nodes else None
        return self._described[name, inside]

    def _nodes(self, name: str) -> list[Node]:
        """The statements that define a name. What was told from the text alone is held against the grammar here."""
        binding = self.binding(name)
        spans = binding.spans if isinstance(binding, Defined) else ()
        nodes = [node for span in spans if (node := self._statement(*span)) and not node.has_error]
        if len(nodes) == len(spans) or "_bindings" in self.__dict__ or len(self.raw) > _MENDED:
            return nodes
        binding = self._bound[name] = self._bindings.names.get(name)
        spans = binding.spans if isinstance(binding, Defined) else ()
        return [node for span in spans if (node := self._statement(*span))]

    def _statement(self, start: int, end: int) -> Node | None:
        margin = start - (self.raw.rfind(b"\n", 0, start) + 1)
        text = self.raw[start:end]
        if margin and not self.raw[start - margin : start].strip():
            text = re.sub(rb"\n[ \t]{%d}" % margin, b"\n", text)
        return next(iter(statements(parse(text).root_node)), None)

    @cached_property
    def _bindings(self) -> Bindings:
        root = parse(self.raw).root_node
        if root.has_error and len(self.raw) <= _MENDED:
            self.raw = mended(self.raw)
            root = parse(self.raw).root_node
        return bindings_of(self.raw, root)

    @cached_property
    def _all(self) -> frozenset[bytes] | None:
        """What a literal `__all__` lists; None for any other, or none."""
        at = self.raw.find(b"\n__all__") + 1
        found = _ALL.match(self.raw, at) if at and b"\n__all__" not in self.raw[at:] else None
        return frozenset(_WORD.findall(found[1])) if found else None


class Modules:
    """The modules that one file of a project can import from it, looked up anew for each look."""

    def __init__(self, location: Location) -> None:
        self._location = location
        self._reads = tuple(location.reads)
        self._found: dict[str, ModuleFile | None] = {}
        self._folders: dict[str, bool] = {}
        self._opened = self._parsed = 0

    def find(self, name: str) -> ModuleFile | None:
        """The file of a dotted name; None when the project has none, or none that may be read."""
        if name not in self._found:
            self._found[name] = self._look_for(name)
        return self._found[name]

    def exists(self, name: str) -> bool:
        """Whether a dotted name is a module or a folder of modules."""
        if self.find(name) is not None:
            return True
        if name not in self._folders:
            above = any(known.startswith(f"{name}.") for known, _ in self._location.packages)
            self._folders[name] = above or any(os.path.isdir(base) for base in self._bases(name))  # noqa: PTH112
        return self._folders[name]

    def may_ask(self, file: ModuleFile, name: str) -> bool:
        """Whether there is time left to learn from a module where a name comes from."""
        if not file.must_be_parsed(name):
            return True
        self._parsed += len(file.raw)
        return self._parsed <= _MOST_PARSED

    def _look_for(self, name: str) -> ModuleFile | None:
        for base in self._bases(name):
            for path in (f"{base}/__init__.py", f"{base}.py", f"{base}.pyi"):
                if age := _age(path):
                    self._opened += 1
                    return _read(path, name, self._reads, age) if self._opened <= MOST_FILES else None
        return None

    def _bases(self, name: str) -> list[str]:
        """Where a module would lie, without the ending."""
        parts = name.split(".")
        if not all(part.isidentifier() for part in parts) or len(parts) > 20:
            return []
        if parts[0] in sys.stdlib_module_names and parts[0] != self._location.top:
            return []
        named = [(known, folder) for known, folder in self._location.packages if f"{name}.".startswith(f"{known}.")]
        bases = [folder + "/" + name[len(known) + 1 :].replace(".", "/") for known, folder in sorted(named)[::-1]]
        bases += ["/".join((folder, *parts)) for folder in self._location.search]
        return [base.rstrip("/") for base in bases]


def _age(path: str) -> Age | None:
    """What changes when a file does; None for what is no regular file."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a path object for each of hundreds of looks costs more than the look
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev) if stat.S_ISREG(found.st_mode) else None


@lru_cache(maxsize=_KEPT)
def _read(path: str, name: str, reads: tuple[str, ...], age: Age) -> ModuleFile | None:
    """The module in a file, None for one that is too large, no text, hidden, or not the project's own."""
    real = os.path.realpath(path)
    homes = [os.path.realpath(folder) for folder in reads]
    home = next((home for home in homes if real == home or real.startswith(home.rstrip(os.sep) + os.sep)), None)
    if home is None or age[1] > LARGEST:
        return None
    inside = real[len(home) :].replace(os.sep, "/").split("/")
    if any(part.startswith(".") or part in _FOREIGN for part in inside):
        return None
    raw = _bytes_of(real)
    if raw is None or b"\0" in raw:
        return None
    is_package = path.endswith("/__init__.py")
    return ModuleFile(real, name, _as_utf8(path, raw.removeprefix(b"\xef\xbb\xbf")), is_package=is_package)


def forget() -> None:
    """Let go of every file that is kept, to measure a first look."""
    _read.cache_clear()


def _bytes_of(path: str) -> bytes | None:
    """The bytes of a regular file; a pipe or device that took its place meanwhile is not waited for."""
    try:
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    with open(opened, "rb") as file:  # noqa: PTH123 - a file descriptor
        try:
            return file.read(LARGEST) if stat.S_ISREG(os.fstat(opened).st_mode) else None
        except OSError:
            return None


def _as_utf8(path: str, raw: bytes) -> bytes:
    """The text of a file with newlines LF, out of the encoding it declares; what cannot be decoded is replaced."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        try:
            raw = decoded(path, raw).text.encode("utf-8", "replace")
        except SourceError:
            raw = raw.decode("utf-8", "replace").encode()
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in raw else raw
