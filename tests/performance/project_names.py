"""What it costs to tell a stub of the names of its project. Run it: `python tests/performance/project_names.py`.

Targets, for a file of a package with 300 modules: 20 ms of CPU at the first look, 3 ms at every other. The first line is
that package; in the second it passes on everything by `import *`; the others are files of real packages, as far as they are installed: behind `import networkx as nx` lie 180
modules, one `import *` after another.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from pathlib import Path

from redraft.engine.sources.functions import Function
from redraft.engine.sources.imported import ProjectNames
from redraft.engine.sources.imported.modules import forget
from redraft.engine.sources.module import Module, module_of
from redraft.engine.sources.outline import Outline
from redraft.engine.sources.packing import Entry

MODULES = 300
ROOM = 1600

SISTER = '''\
"""Module {n}."""

from dataclasses import dataclass

from .part_{next} import Thing{next}


@dataclass(frozen=True)
class Thing{n}:
    """The {n}th thing."""

    name: str
    size: int = {n}
    inner: "Thing{next} | None" = None

    def weight(self, factor: float = 1.0) -> float:
        """How heavy it is."""
        return self.size * factor


def make_{n}(name: str, *, size: int = {n}) -> Thing{n}:
    """Make the {n}th thing."""
    return Thing{n}(name, size)


''' + "\n\n".join(f"def helper_{k}(values):\n    return [value * {k} for value in values if value]" for k in range(30))
STUB = '''\
from .part_3 import Thing3, make_3
from .part_77 import Thing77 as Other
from . import part_120 as parts, part_200
from package import Thing250, make_299

def heaviest(things: list[Thing3], other: Other, more: parts.Thing120) -> Thing250:
    """The heaviest of all things; see `make_299`.

    >>> heaviest([make_3("a")], Other("b"), parts.make_120("c"))
    """
    ...

def lightest(things: list[part_200.Thing200]) -> Thing3: return min(things)
'''
REAL = (
    ("networkx", "algorithms/shortest_paths/generic.py", "shortest_path"),
    ("httpx2", "_client.py", "Client.send"),
    ("boltons", "socketutils.py", "BufferedSocket.recv"),
    ("markdown_it", "parser_block.py", "ParserBlock.tokenize"),
)


def package(folder: Path, exports: str) -> Path:
    """A package of so many modules with one stub in it; `exports` is how its `__init__.py` takes from each."""
    inside = folder / "package"
    inside.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "package"\n')
    (inside / "__init__.py").write_text("".join(exports.format(n=n) for n in range(MODULES)))
    for n in range(MODULES):
        (inside / f"part_{n}.py").write_text(SISTER.format(n=n, next=(n + 1) % MODULES))
    (inside / "orders.py").write_text(STUB)
    return inside / "orders.py"


def look(path: Path, module: Module, function: Function) -> tuple[float, list[Entry]]:
    """Milliseconds of CPU of one look, without parsing the stub's own file, and what it found."""
    outline = Outline(module.sound, module.root)
    assert outline.imports
    assert outline.binders is not None
    began = time.process_time()
    found = ProjectNames(str(path), outline).entries(function, ROOM)
    return (time.process_time() - began) * 1000, found


def line(path: Path, name: str) -> str:
    """One row of the table."""
    module = module_of(path.read_text())
    function = next(function for function in module.functions() if function.name == name)
    look(path, module, function)
    first: list[float] = []
    for _ in range(3):
        forget()
        first.append(look(path, module, function)[0])
    again = [look(path, module, function) for _ in range(5)]
    shown = f"{path.parent.name}/{path.name}::{name}"
    return f"{shown[-44:]:44} {len(again[0][1]):>6} {min(first):>8.1f} {min(took for took, _ in again):>8.1f}"


def main() -> None:
    """Print a table."""
    print(f"{'stub':44} {'names':>6} {'first ms':>8} {'again ms':>8}")
    for exports in ("from .part_{n} import Thing{n}, make_{n}\n", "from .part_{n} import *\n"):
        with tempfile.TemporaryDirectory() as folder:
            print(line(package(Path(folder), exports), "heaviest"))
    for name, file, function in REAL:
        found = importlib.util.find_spec(name)
        if found is not None and found.origin is not None:
            print(line(Path(found.origin).parent / file, function))


if __name__ == "__main__":
    main()
