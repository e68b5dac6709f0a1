"""Real packages and their own tests: what is used of them, and whether pytest says the same of it.

With `--from-disk` the module is imported from its file, with the bodies it has there: that tells what is read and
judged rightly apart from whether a single module of the package can be run as a draft.

Unpack source archives that bring tests (inflection, toolz, more-itertools, boltons), and run it:
`python tests/performance/tests_of_packages.py FOLDER PACKAGE`. Every function is held, with the body it has, against
the tests that were found for it; a test that is used must come out as in pytest.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from redraft.engine.facts import Report, Stub
from redraft.engine.project import locate
from redraft.engine.project_tests import Subject, tested, with_tests
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Limits, Sandbox
from redraft.engine.sources import find_function, read
from redraft.engine.sources.module import module_of

LIMITS = Limits(seconds=20, step_seconds=10)


def verdicts_of_pytest(root: Path) -> dict[str, str]:
    """What pytest says of each test, by its name."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "--tb=no", "-p", "no:cacheprovider", "-c", "/dev/null",
         "--rootdir", str(root), str(root)],
        cwd=root, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    lines = (
        re.match(r"(PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS) (\S.*?)(?: - .*)?$", x) for x in done.stdout.splitlines()
    )
    return {found[2]: found[1] for found in lines if found}


def functions(root: Path, package: str) -> list[Stub]:
    """Every function of the package as a stub with the body that it has."""
    place = root / package
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    found: list[Stub] = []
    for file in files:
        if "tests" not in file.parts:
            source = read(file)
            stubs = (find_function(source, function.name) for function in module_of(source.text).functions())
            found += [stub for stub in stubs if stub is not None and "def " not in stub.class_header]
    return found


def _from_disk(root: Path, stub: Stub) -> Subject:
    """A program with the names of the function's module in it, and a place for it in the same project."""
    name = locate(stub.path).name
    names = "{name: value for name, value in vars(module).items() if not name.startswith('__')}"
    program = f"import importlib\nmodule = importlib.import_module({name!r})\nglobals().update({names})\n"
    return Subject(program, str(root / "zz.py"), stub.name)


async def compare(sandbox: Sandbox, root: Path, real: dict[str, str], package: str, *, from_disk: bool) -> None:
    """Print what was found, run and said."""
    stubs = functions(root, package)
    why, used, wrong, slowest, holding = Counter[str](), set[str](), list[str](), 0.0, 0
    for stub in stubs:
        began = time.perf_counter()
        found = with_tests(stub, "hidden")
        slowest = max(slowest, time.perf_counter() - began)
        subject = _from_disk(root, stub) if from_disk else Subject.of(found, stub.body)
        loading = (await sandbox.run(subject.program, [], LIMITS, path=subject.path)).problem if found.tests else ""
        why.update(re.sub(r"\(.*|[:{].*|self\.\w+|\d+", "…", unused.why) for unused in found.unused)
        if loading:
            why[f"(the module cannot be loaded alone: {loading[:60]})"] += 1
        if not found.tests or loading:
            continue
        report = await tested(sandbox, LIMITS, subject, found.tests, Report(draft=""))
        why.update(unused.why[:100] for unused in report.unused)
        holding += 1
        for name, holds in report.tests.items():
            used.add(name)
            said = real.get(name) or next((v for k, v in real.items() if k.startswith(name.split("[")[0] + "[")), None)
            if said is not None and (said == "PASSED") != holds:
                failing = [(c.verdict, c.example.source, c.example.want, c.got) for c in report.failures]
                wrong.append(f"{stub.name}: {name}: pytest {said}; {str(failing[:1])[:300]}")
    print(f"{len(stubs)} functions, {holding} with tests that can be used; slowest look {slowest * 1000:.0f} ms")
    print(f"{len(used)} of {len(real)} tests used; {len(wrong)} come out otherwise than in pytest")
    print("\n".join(wrong[:30]))
    print("not used, by reason (a test counts for each function that it calls):")
    print("\n".join(f"{number:>6} {reason}" for reason, number in why.most_common(30)))


async def main(root: Path, package: str) -> None:
    """One package."""
    sandbox = await open_sandbox(SandboxChoice(interpreter=sys.executable))
    try:
        await compare(sandbox, root, verdicts_of_pytest(root), package, from_disk="--from-disk" in sys.argv)
    finally:
        await sandbox.aclose()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).resolve(), sys.argv[2]))
