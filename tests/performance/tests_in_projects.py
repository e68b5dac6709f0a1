"""How much processor time looking for a stub's tests takes. Run it: `python tests/performance/tests_in_projects.py`.

Targets for a project of 300 files: 150 ms the first time, 5 ms again; and again after one test file was saved.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from redraft.engine.facts import Stub
from redraft.engine.project_tests import tests_of
from redraft.engine.project_tests.files import index_of
from redraft.engine.sources import find_function, read

MODULE = '''
"""Module {n} of a shop."""


def total(items: list[float], rate: float = 0.0) -> float:
    """The sum of items, tax included."""
    ...


def helper_{n}(values: list[int]) -> list[int]:
    """Every second one."""
    return values[::2]
'''
TEST = """
import pytest

from shop.part_{n} import helper_{n}, total


def test_total():
    assert total([1, 2]) == 3
    assert total([]) == 0


@pytest.mark.parametrize("items, want", [([1], 1), ([1, 2], 3), ([5, 5], 10)])
def test_table(items, want):
    assert total(items) == want


def test_raises():
    with pytest.raises(TypeError):
        total(None)


def test_fixture(tmp_path):
    assert total([]) == 0


def test_helper():
    assert helper_{n}([1, 2, 3]) == [1, 3]
""" + "\n".join(
    f"\n\ndef test_other_{m}():\n    values = list(range({m}))\n    assert helper_{{n}}(values) == values[::2]\n"
    for m in range(12)
)


def project(root: Path, files: int) -> None:
    """A package of so many modules and test files, half and half."""
    (root / "src" / "shop").mkdir(parents=True)
    (root / "tests" / "parts").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    (root / "src" / "shop" / "__init__.py").write_text("from .part_0 import total\n")
    for n in range(files // 2):
        (root / "src" / "shop" / f"part_{n}.py").write_text(MODULE.replace("{n}", str(n)))
        (root / "tests" / ("parts" if n % 2 else ".") / f"test_part_{n}.py").write_text(TEST.replace("{n}", str(n)))


def timed(stub: Stub) -> tuple[float, int]:
    """Milliseconds of one look, and how many tests it found."""
    began = time.process_time()
    found = tests_of(stub)
    return (time.process_time() - began) * 1000, len(found.names)


def stub_of(root: Path, number: int) -> Stub:
    """The stub in one of the modules."""
    found = find_function(read(root / "src" / "shop" / f"part_{number}.py"), "total")
    assert found is not None
    return found


def main() -> None:
    """Print a table."""
    print(f"{'files':>6} {'first ms':>9} {'again ms':>9} {'other stub ms':>14} {'after a save ms':>16} {'tests':>6}")
    for files in (30, 300, 3000):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            project(root, files)
            stub, other = stub_of(root, 3), stub_of(root, 5)
            index_of("/nonexistent")  # What is imported on first use is no part of it.
            first, tests = timed(stub)
            again = statistics.median(timed(stub)[0] for _ in range(9))
            another = timed(other)[0]
            saved = root / "tests" / "parts" / "test_part_7.py"
            saved.write_text(saved.read_text() + "\n")
            os.utime(saved)
            after = timed(stub)[0]
            print(f"{files:>6} {first:>9.1f} {again:>9.2f} {another:>14.1f} {after:>16.1f} {tests:>6}")


if __name__ == "__main__":
    main()
