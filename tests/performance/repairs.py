"""What each rung of the repair's ladder gives on the embedded model, one rung after the other whether it mends or not.

    python tests/performance/repairs.py --ids 1,5,9,… --out FILE [--tries 4] [--others 3] [--data ../shared/data]
    python tests/performance/repairs.py --summary FILE…

For each problem of HumanEval+ there is the draft. One that fails a visible example is followed by every rung: the fix from
the report, a body asked for with the failing examples in hand (greedy, then drawn), and bodies from the stub alone. One that
holds its examples is followed by `others` from the stub alone, so that choices among bodies that hold can be compared.
Each is run on the visible examples and judged by the hidden tests, which no rung knows. Of the bodies that hold, what they do
on calls that no example makes and the reviewer's log-odds are written down too. The seconds of the report's fix include
the review before it. Problems that are in FILE are not run again.

For tuning take ids other than 0, 4, …, 156: on those results are told.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from redraft.engine.behaviour.clustering import agreement
from redraft.engine.bench.court import Court, court_of
from redraft.engine.bench.suites.datasets import ids_in, load_suite
from redraft.engine.bench.suites.problems import Problem
from redraft.engine.bench.suites.releases import Shelf
from redraft.engine.desk import Desk
from redraft.engine.facts import Behaviours, Draft, Report, Solution, Stub
from redraft.engine.kit import Kit
from redraft.engine.pipelines.catalogue import CATALOGUE, Pipeline
from redraft.engine.python.shape import same_program
from redraft.engine.run.log import running
from redraft.engine.run.opening import opened
from redraft.engine.settings import load
from redraft.engine.state.run import state_of
from redraft.engine.system.paths import Places

Row = dict[str, Any]


class Explorer:
    """One problem's bodies and what is known of them."""

    def __init__(self, desk: Desk, stub: Stub) -> None:
        self._desk, self._stub = desk, stub
        self.rows: list[Row] = []
        self.drafts: list[Draft] = []

    async def take(self, rung: str, draft: Draft, began: float) -> Report:
        """Run a body on the examples; `began` is when it was asked for, in seconds of `time.perf_counter`."""
        asked = time.perf_counter() - began
        stub = self._stub
        same = next(
            (n for n, d in enumerate(self.drafts) if same_program(stub.code(d.body), stub.code(draft.body))), None
        )
        report = await self._desk.check(stub, draft)
        self.rows.append(
            {
                "rung": rung,
                "seconds": round(asked, 2),
                "holds": report.all_passed,
                "passes": -1 if report.problem else report.passes,
                "same_as": same,
                "remark": draft.remark,
                "body": draft.body,
            }
        )
        self.drafts.append(draft)
        return report


def pattern(tries: int, others: int, explored: Callable[[Explorer], None]) -> Pipeline:
    """A pipeline that asks for every rung and settles on the draft."""

    async def explore(desk: Desk, stub: Stub) -> Solution:
        explorer = Explorer(desk, stub)
        began = time.perf_counter()
        draft = await desk.draft(stub)
        report = await explorer.take("draft", draft, began)
        if not report.judged or report.all_passed:
            for nth in range(others if report.judged else 0):
                began = time.perf_counter()
                await explorer.take("afresh", await desk.fix_afresh(stub, draft, nth=nth), began)
        else:
            began = time.perf_counter()
            review = await desk.prove(stub, draft, await desk.review(stub, draft, report))
            explorer.rows[0]["review"] = [finding.status for finding in review.findings]
            await explorer.take("report", await desk.fix(stub, draft, review, report), began)
            for nth in range(tries):
                began = time.perf_counter()
                await explorer.take(
                    "again" if nth else "again greedy", await desk.fix_again(stub, draft, report, nth=nth), began
                )
                began = time.perf_counter()
                await explorer.take("afresh", await desk.fix_afresh(stub, draft, nth=nth), began)
        await _compare(desk, stub, explorer)
        explored(explorer)
        return await desk.settle(draft)

    return replace(CATALOGUE["review-with-evidence"], name="repairs", run=explore, bound=None)


async def _compare(desk: Desk, stub: Stub, explorer: Explorer) -> None:
    """Of the bodies that hold: how many of the others do the same on each call, and how sure the reviewer is."""
    held = [n for n, row in enumerate(explorer.rows) if row["holds"] and row["same_as"] is None]
    found = await desk.compare(stub, [explorer.drafts[n] for n in held]) if len(held) > 1 else Behaviours()
    alike = agreement(found)
    for n in held if len(held) > 1 else ():
        began = time.perf_counter()
        explorer.rows[n]["doubt"] = await desk.doubt(stub, explorer.drafts[n])
        explorer.rows[n]["doubt_seconds"] = round(time.perf_counter() - began, 2)
        explorer.rows[n]["alike"] = alike.get(explorer.drafts[n].id, 0)
        explorer.rows[n]["calls"] = len(found.inputs)


async def one(kit: Kit, court: Court, problem: Problem, tries: int, others: int) -> Row:
    """All rungs of one problem, judged."""
    found: list[Explorer] = []
    async with running(pattern(tries, others, found.append), replace(kit, from_tests="off"), problem.stub) as log:
        state = state_of([entry async for entry in log])
    if not found:
        return {"id": problem.id, "problem": state.problem}
    rows = found[0].rows
    for row, draft in zip(rows, found[0].drafts, strict=True):
        known = row["same_as"]
        row["plus"] = (
            rows[known]["plus"] if known is not None else (await court.verdict(problem, Solution(draft=draft))).plus
        )
    return {"id": problem.id, "rows": rows}


async def measure(ids: str, out: Path, tries: int, others: int, data: Path) -> None:
    """Run what is not in the file yet, one problem after the other."""
    done = {row["id"] for row in _read(out)}
    with tempfile.TemporaryDirectory() as home:
        places = Places.under(Path(home))
        settings = load({"mode": "evidence"}, {}, Path.cwd(), places).settings
        problems = load_suite("humaneval+", Shelf(places.cache, data), ids=ids_in(ids)).problems
        async with opened(settings, places, dict(os.environ), print) as kit:
            court = court_of(kit.sandbox)
            for problem in problems:
                if problem.id in done:
                    continue
                row = await one(kit, court, problem, tries, others)
                with out.open("a") as file:
                    file.write(json.dumps(row) + "\n")
                print(
                    problem.id,
                    *(f"{r['rung']}:{'+' if r['plus'] else 'h' if r['holds'] else '-'}" for r in row.get("rows", ())),
                    flush=True,
                )


def _read(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


# ------------------------------------------------------------------------------------------ what it comes to


def summarise(problems: list[Row]) -> None:
    """Print what each rung gave, what ladders would come to, and what choices among bodies that hold are worth."""
    rows = [problem["rows"] for problem in problems if "rows" in problem]
    failing = [found for found in rows if len(found) > 1 and not found[0]["holds"]]
    holding = [found for found in rows if found[0]["holds"]]
    print(
        f"{len(rows)} problems: {len(failing)} drafts fail an example, {len(holding)} hold all "
        f"({sum(f[0]['plus'] for f in holding)} right), {len(rows) - len(failing) - len(holding)} have none to hold"
    )
    _rungs(failing)
    for name, order in LADDERS.items():
        _ladder(name, order, failing)
    print(
        f"failing drafts with a body that holds: {sum(any(r['holds'] for r in f) for f in failing)}, "
        f"with a right one: {sum(any(r['plus'] for r in f) for f in failing)}"
    )
    _choices("failing drafts", failing)
    _choices("drafts that hold", holding)


LADDERS = {
    "examples and stub in turns": ("again greedy", "afresh", "again", "afresh", "again", "afresh", "again", "afresh"),
    "examples first": ("again greedy", "again", "again", "again", "afresh", "afresh", "afresh", "afresh"),
    "stub first": ("afresh", "afresh", "afresh", "afresh", "again greedy", "again", "again", "again"),
    "stub and examples in turns": ("afresh", "again greedy", "afresh", "again", "afresh", "again", "afresh", "again"),
    "the report, then in turns": ("report", "again greedy", "afresh", "again", "afresh", "again", "afresh", "again", "afresh"),
}  # fmt: skip


def _rungs(failing: list[list[Row]]) -> None:
    print("rung: tries, of these the draft or an earlier body again, hold all examples, right; seconds (median)")
    kinds = list(dict.fromkeys(row["rung"] for found in failing for row in found[1:]))
    for kind in kinds:
        tries = [row for found in failing for row in found[1:] if row["rung"] == kind]
        print(
            f"  {kind}: {len(tries)}, {sum(r['same_as'] is not None for r in tries)} again, "
            f"{sum(r['holds'] for r in tries)} hold, {sum(r['plus'] for r in tries)} right; "
            f"{statistics.median(r['seconds'] for r in tries):.1f} s"
        )


def _ladder(name: str, order: tuple[str, ...], failing: list[list[Row]]) -> None:
    """A ladder that stops at the first body that holds; a repeated one is not run again, but was asked for."""
    held = right = 0
    seconds: list[float] = []
    tries: list[int] = []
    for found in failing:
        left: dict[str, list[Row]] = {}
        for row in found[1:]:
            left.setdefault(row["rung"], []).append(row)
        spent, asked, kept = 0.0, 0, None
        for rung in order:
            if kept is not None or not left.get(rung):
                continue
            row = left[rung].pop(0)
            spent, asked = spent + row["seconds"], asked + 1
            kept = row if row["holds"] and not row["remark"] else None
        held, right = held + (kept is not None), right + (kept is not None and kept["plus"])
        seconds.append(spent)
        tries.append(asked)
    if failing:
        print(
            f"ladder {name!r}: {held} of {len(failing)} hold, {right} right; asked {sum(tries)} times, "
            f"{statistics.median(seconds):.1f} s in the median, {max(seconds):.1f} s at most"
        )


def _choices(name: str, problems: list[list[Row]]) -> None:
    """Among different bodies that hold all examples, which rule takes a right one how often."""
    several = [[row for row in found if "alike" in row] for found in problems]
    several = [found for found in several if len(found) > 1]
    mixed = [found for found in several if len({row["plus"] for row in found}) == 2]
    told = [found for found in mixed if all(row["doubt"] is not None for row in found)]
    rules: dict[str, Callable[[list[Row]], Row]] = {
        "the first": lambda found: found[0],
        "common behaviour, then the first": lambda found: max(found, key=lambda r: r["alike"]),
        "common behaviour, then the reviewer": lambda found: max(found, key=lambda r: (r["alike"], -(r["doubt"] or 0))),
        "the reviewer": lambda found: min(found, key=lambda r: r["doubt"] or 0),
    }
    if not several:
        return
    print(
        f"{name}: {len(several)} with several bodies that hold, {len(mixed)} of them right and wrong ones "
        f"({len(told)} with log-odds; by chance {sum(_share(f) for f in mixed):.1f} right)"
    )
    for rule, choose in rules.items():
        print(f"  {rule}: {sum(choose(found)['plus'] for found in mixed)} right")


def _share(found: list[Row]) -> float:
    return sum(row["plus"] for row in found) / len(found)


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--ids", default="")
    words.add_argument("--out", type=Path)
    words.add_argument("--tries", type=int, default=4)
    words.add_argument("--others", type=int, default=3, help="bodies beside a draft that holds its examples")
    words.add_argument("--data", type=Path, default=Path("../shared/data"))
    words.add_argument("--summary", type=Path, nargs="*", default=[])
    given = words.parse_args()
    if given.out:
        asyncio.run(measure(given.ids, given.out, given.tries, given.others, given.data))
    if files := given.summary or ([given.out] if given.out else []):
        summarise([row for file in files for row in _read(file)])


if __name__ == "__main__":
    sys.exit(main())
