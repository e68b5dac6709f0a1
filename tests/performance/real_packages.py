"""Whether the verdict on each function of installed packages is the one that Python's doctest gives.

    python tests/performance/real_packages.py [PACKAGE …] [--tier B] [--verbose]

The installed copy of a package is the user's project here: every function with `>>>` examples is found, and its examples
are run in the sandbox with the body that stands there. Doctest runs the same docstrings, each in a process of its own module,
by the same interpreter. Printed are the functions on which the two differ, and why.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from redraft.engine import examples
from redraft.engine.errors import SourceError
from redraft.engine.facts import Report, Stub
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Limits, Sandbox
from redraft.engine.sources import find_function, read
from redraft.engine.sources.module import module_of

USUAL = ("more_itertools", "toolz", "boltons", "networkx", "inflection")
DOCTEST = """
import contextlib, doctest, importlib, io, json, sys
name, wanted = sys.argv[1], json.loads(sys.argv[2])
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    module = importlib.import_module(name)
    found = {test.name: test for test in doctest.DocTestFinder(exclude_empty=True).find(module, name)}
    said = {}
    for function in wanted:
        test = found.get(name + "." + function)
        if test is not None and test.examples:
            result = doctest.DocTestRunner(verbose=False).run(test, out=lambda text: None, clear_globs=False)
            said[function] = [result.attempted, result.failed]
print(json.dumps(said))
"""


def _modules(package: str) -> list[tuple[str, Path]]:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed here; install it into this environment and run again")
    top = Path(spec.origin)
    if top.name != "__init__.py":
        return [(package, top)]
    files = [file for file in sorted(top.parent.rglob("*.py")) if not {"tests", "test"} & set(file.parts)]
    named: list[tuple[str, Path]] = []
    for file in files:
        parts = list(file.relative_to(top.parent.parent).with_suffix("").parts)
        named.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), file))
    return named


def _stubs(file: Path) -> list[Stub]:
    """Each function of a file that has `>>>` examples, as it stands; of two with one name the first."""
    try:
        source = read(file)
    except SourceError:
        return []
    names = dict.fromkeys(function.name for function in module_of(source.text).functions())
    stubs = [find_function(source, name) for name in names if ">>>" in source.text]
    return [stub for stub in stubs if stub and stub.name in names and ">>>" in stub.docstring and stub.examples]


def _doctest_says(name: str, functions: list[str]) -> dict[str, tuple[int, int]]:
    """Examples that were tried and that failed, by function; {} when the module cannot be imported."""
    command = [sys.executable, "-c", DOCTEST, name, json.dumps(functions)]
    with tempfile.TemporaryDirectory() as scratch:  # some of these examples write files
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=scratch)
    return {} if done.returncode else {key: tuple(pair) for key, pair in json.loads(done.stdout).items()}


async def _report(sandbox: Sandbox, stub: Stub, limits: Limits) -> Report:
    steps = [examples.asked(example).source for example in stub.examples]
    done = await sandbox.run(stub.program(stub.body), steps, limits, path=stub.path)
    return examples.report("", stub.examples, done)


async def _compare(package: str, sandbox: Sandbox, verbose: bool) -> tuple[int, int, int]:
    agree = values = functions = 0
    imported = 0.0
    limits = Limits(seconds=30, step_seconds=20, memory_mb=2048)
    for name, file in _modules(package):
        stubs = _stubs(file)
        truth = _doctest_says(name, [stub.name for stub in stubs]) if stubs else {}
        for stub in stubs:
            if stub.name not in truth:
                if verbose:
                    print(f"  {name}.{stub.name}: doctest does not find it")
                continue
            tried, failed = truth[stub.name]
            report = await _report(sandbox, stub, limits)
            imported += report.import_seconds
            functions += 1
            if report.all_passed == (failed == 0):
                agree += 1
                continue
            by_value = [check for check in report.checks if check.by_value]
            if report.all_passed and len(by_value) >= failed:
                values += 1
                check = by_value[0]
                print(f"  {name}.{stub.name}: by value: {check.got[:60]!r} for {check.example.want.strip()[:60]!r}")
                continue
            bad = next((check for check in report.checks if not check.passed), None)
            why = report.problem or (f"{bad.example.source.strip()!r} {bad.verdict}: {bad.got[:100]!r}" if bad else "")
            print(
                f"  {name}.{stub.name}: doctest {tried - failed} of {tried}, here {report.passes} of {len(report.checks)}; {why}"
            )
    print(f"{package}: {agree} of {functions} verdicts agree, {values} differ by value; imports took {imported:.1f} s")
    return agree, values, functions


async def _all(packages: list[str], tier: str | None, verbose: bool) -> None:
    began = time.monotonic()
    sandbox = await open_sandbox(SandboxChoice(tier=tier))
    try:
        counts = [await _compare(package, sandbox, verbose) for package in packages]
    finally:
        await sandbox.aclose()
    agree, values, functions = (sum(column) for column in zip(*counts, strict=True))
    print(
        f"together: {agree} of {functions} agree, {values} differ by value ({time.monotonic() - began:.0f} s, tier {sandbox.tier})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("packages", nargs="*", default=list(USUAL))
    parser.add_argument("--tier", choices=("A", "B"))
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    asyncio.run(_all(given.packages, given.tier, given.verbose))


if __name__ == "__main__":
    main()
