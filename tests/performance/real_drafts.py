"""Real functions of installed packages with their bodies taken out, drafted with the embedded model.

    python tests/performance/real_drafts.py [--functions 20] [--pipeline raw-coder] [--packages a,b,…]

A copy of each package is the project, and one function at a time is unwritten. Printed is how each draft fares, and for one
that fails the first thing that went wrong: an import that fails outside of the draft would be redraft's fault or the
project's, and is counted apart.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

from redraft.engine.facts import Stub
from redraft.engine.kit import Kit
from redraft.engine.pipelines.catalogue import pipeline
from redraft.engine.run.log import running
from redraft.engine.run.opening import opened
from redraft.engine.settings import Settings
from redraft.engine.sources import find_function, read
from redraft.engine.sources.module import module_of
from redraft.engine.state.run import RunState
from redraft.engine.system.paths import Places

USUAL = "more_itertools,toolz,boltons,networkx,inflection"
MOST_LINES = 14


def _copied(package: str, into: Path) -> list[Path]:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None or not spec.origin.endswith("__init__.py"):
        raise SystemExit(f"{package} is not installed here as a package")
    project = into / f"project-{package}"
    unneeded = shutil.ignore_patterns("tests", "__pycache__")
    shutil.copytree(Path(spec.origin).parent, project / package, ignore=unneeded)
    (project / "pyproject.toml").write_text(f"[project]\nname = '{package}'\n")
    return sorted((project / package).rglob("*.py"))


def _candidates(file: Path) -> list[Stub]:
    source = read(file)
    names = dict.fromkeys(function.name for function in module_of(source.text).functions())
    stubs = [find_function(source, name) for name in names if ">>>" in source.text]
    return [
        stub
        for stub in stubs
        if stub
        and 2 <= len(stub.examples) <= 8
        and 1 < stub.body.count("\n") + 1 <= MOST_LINES
        and ">>>" in stub.docstring
    ]


def _chosen(packages: list[str], into: Path, wanted: int) -> list[Stub]:
    """As many of each package, spread evenly over its functions."""
    chosen: list[Stub] = []
    for number, package in enumerate(packages):
        stubs = [stub for file in _copied(package, into) for stub in _candidates(file)]
        share = (wanted - len(chosen)) // (len(packages) - number)
        step = max(1, len(stubs) // max(1, share))
        chosen += stubs[::step][:share]
    return chosen


async def _draft(kit: Kit, name: str, stub: Stub) -> RunState:
    original = Path(stub.path).read_bytes()  # noqa: ASYNC240 - nothing else runs meanwhile
    Path(stub.path).write_text(stub.program("..."))  # noqa: ASYNC240
    state = RunState()
    try:
        unwritten = find_function(read(stub.path), stub.name)
        assert unwritten is not None
        async with running(pipeline(name), kit, unwritten) as log:
            async for entry in log:
                state = state.after(entry)
    finally:
        Path(stub.path).write_bytes(original)  # noqa: ASYNC240
    return state


def _what_went_wrong(state: RunState) -> str:
    if state.problem:
        return state.problem
    report = state.report
    if report is None:
        return "no report"
    if report.problem:
        return report.problem
    bad = next((check for check in report.checks if not check.passed), None)
    return "" if bad is None else f"{bad.example.source.strip()[:50]!r} {bad.verdict}: {bad.got[:70]!r}"


async def _all(packages: list[str], wanted: int, name: str) -> None:
    places = Places.of(dict(os.environ))
    verified = strange = 0
    with tempfile.TemporaryDirectory() as into:
        stubs = _chosen(packages, Path(into), wanted)
        async with opened(Settings(), places, dict(os.environ), print) as kit:
            for stub in stubs:
                state = await _draft(kit, name, stub)
                wrong = _what_went_wrong(state)
                good = state.report is not None and state.report.all_passed
                verified += good
                elsewhere = bool(state.problem) or (" line " in wrong and wrong.partition(" line ")[0].endswith(".py"))
                strange += elsewhere
                print(f"{Path(stub.path).relative_to(into)}::{stub.name}: {'verified' if good else wrong}", flush=True)
    print(f"{verified} of {len(stubs)} verified; {strange} failed outside of the draft")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--functions", type=int, default=20)
    parser.add_argument("--pipeline", default="raw-coder")
    parser.add_argument("--packages", default=USUAL)
    given = parser.parse_args()
    asyncio.run(_all(given.packages.split(","), given.functions, given.pipeline))


if __name__ == "__main__":
    sys.exit(main())
