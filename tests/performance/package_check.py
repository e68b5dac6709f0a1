"""What it costs that a file is part of a package: a warm check there against one of a single file, in one run.

    python tests/performance/package_check.py [ROUNDS]

A made package of ten modules, each of which imports two others, with and without compiled files; the package's own import
is timed in the same interpreter, and what is left of a check is set against the check of a file that imports nothing.
"""

from __future__ import annotations

import asyncio
import compileall
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from redraft.engine.sandbox import open_sandbox
from redraft.engine.sandbox.runner import Sandbox

STEPS = ("total([1, 2])", "total([])")
PROGRAM = "def total(prices):\n    return sum(prices)\n"
OWN_IMPORT = "import sys, time; sys.path.insert(0, {root!r}); began = time.perf_counter(); import shop.pricing; print(time.perf_counter() - began)"


def _package(root: Path) -> Path:
    (root / "shop").mkdir()
    (root / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    (root / "shop" / "__init__.py").write_text(
        "from .pricing import total\n" + "".join(f"from . import m{n}\n" for n in range(8))
    )
    for number in range(8):
        others = "".join(f"from . import m{other}\n" for other in (number - 1, number - 2) if other >= 0)
        functions = "".join(f"def f{n}(x):\n    '''Gives x.'''\n    return x + {n}\n\n\n" for n in range(12))
        (root / "shop" / f"m{number}.py").write_text(others + functions)
    (root / "shop" / "pricing.py").write_text(PROGRAM)
    return root / "shop" / "pricing.py"


async def _median_ms(sandbox: Sandbox, path: Path, rounds: int) -> float:
    times: list[float] = []
    for _ in range(rounds + 3):
        began = time.perf_counter()
        done = await sandbox.run(PROGRAM, STEPS, path=str(path))
        times.append(1000 * (time.perf_counter() - began))
        assert not done.problem, done.problem
    return statistics.median(times[3:])


def _own_import_ms(root: Path, rounds: int) -> float:
    command = [sys.executable, "-I", "-B", "-c", OWN_IMPORT.format(root=str(root))]
    return 1000 * statistics.median(float(subprocess.check_output(command)) for _ in range(rounds))


async def _measure(rounds: int) -> None:
    sandbox = await open_sandbox()
    try:
        with tempfile.TemporaryDirectory() as made:
            single = Path(made) / "single" / "pricing.py"
            single.parent.mkdir()
            single.write_text(PROGRAM)
            root = Path(made) / "package"
            root.mkdir()
            inside = _package(root)
            for compiled in (False, True):
                if compiled:
                    compileall.compile_dir(root, quiet=2)
                alone = await _median_ms(sandbox, single, rounds)
                whole, own = await _median_ms(sandbox, inside, rounds), _own_import_ms(root, max(5, rounds // 4))
                print(
                    f"{'compiled' if compiled else 'sources'}: single file {alone:.1f} ms, in the package {whole:.1f} ms, "
                    f"of which its own import {own:.1f} ms: {(whole - own) / alone:.2f} x (target 2)"
                )
    finally:
        await sandbox.aclose()


if __name__ == "__main__":
    asyncio.run(_measure(int(sys.argv[1]) if len(sys.argv) > 1 else 40))
