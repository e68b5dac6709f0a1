"""Measures what questions are worth: pass@1 after 0, 1, 2 and 3 of them, the user simulated by the canonical solution.

    python tests/performance/asking.py run --suite humaneval+ --ids 0-156 --every 4 --out answers.jsonl
    python tests/performance/asking.py run --suite mbpp+ --limit 40 --out mbpp.jsonl
    python tests/performance/asking.py show answers.jsonl mbpp.jsonl

One run of `ask-by-example` a problem: after each answer the body that would be kept then is judged by the hidden tests.
The baseline is its first draft, which is what raw-coder gives. Goes on where it was; asks the embedded model unless
`--base-url` names a server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from redraft.engine.behaviour.questions import AT_MOST
from redraft.engine.behaviour.simulated import Simulated
from redraft.engine.bench.court import Court, court_of
from redraft.engine.bench.statistics import Share, paired
from redraft.engine.bench.suites.datasets import ids_in, load_suite
from redraft.engine.bench.suites.problems import Problem
from redraft.engine.bench.suites.releases import Shelf
from redraft.engine.desk import Desk
from redraft.engine.facts import Draft, Solution, Stub
from redraft.engine.kit import Kit
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.pipelines.consulting import Consulting
from redraft.engine.run.log import running
from redraft.engine.run.opening import opened
from redraft.engine.settings import load
from redraft.engine.state.run import state_of
from redraft.engine.system.paths import Places

Row = dict[str, Any]


class Watched:
    """One run of the pipeline, with what would be kept after each answer."""

    def __init__(self) -> None:
        self.kept: list[Draft] = []
        """After 0, 1, … answers."""
        self.drafts: list[Draft] = []
        self.answers: list[str] = []
        self.waits: list[float] = []
        """Seconds from each answer, and from the last draft, to the next question."""

    async def run(self, desk: Desk, stub: Stub) -> Solution:
        consulting = Consulting(desk, stub)
        await consulting.draw()
        self.kept.append(consulting.best())
        for _ in range(AT_MOST):
            began = time.perf_counter()
            if not await consulting.ask():
                break
            self.waits.append(round(time.perf_counter() - began, 2))
            self.kept.append(consulting.best())
        self.drafts, self.answers = consulting.drafts, [answer.told for answer in consulting.answers]
        return await consulting.settle()


async def one(kit: Kit, court: Court, problem: Problem) -> Row:
    """One problem: what is kept after each number of questions, judged."""
    watched = Watched()
    pattern = replace(CATALOGUE["ask-by-example"], name="asking", run=watched.run)
    person = Simulated(kit.sandbox, kit.limits, problem.canonical, AT_MOST)
    began = time.perf_counter()
    async with running(pattern, replace(kit, from_tests="off", person=person), problem.stub) as log:
        state = state_of([entry async for entry in log])
    row: Row = {"id": problem.id, "problem": state.problem, "seconds": round(time.perf_counter() - began, 1)}
    if state.problem:
        return row
    known: dict[str, bool] = {}

    async def plus(draft: Draft) -> bool:
        if draft.id not in known:
            known[draft.id] = (await court.verdict(problem, Solution(draft=draft))).plus
        return known[draft.id]

    kept = [await plus(draft) for draft in watched.kept]
    return row | {
        "draft": await plus(watched.drafts[0]),
        "kept": kept + [kept[-1]] * (AT_MOST + 1 - len(kept)),
        "any": any([await plus(draft) for draft in watched.drafts]),
        "asked": len(watched.kept) - 1,
        "answers": watched.answers,
        "drafts": len(watched.drafts),
        "waits": watched.waits,
    }


async def measure(args: argparse.Namespace) -> None:
    """Run what is not in the file yet, one problem after the other."""
    out = Path(args.out)
    done = {row["id"] for row in read(out)}
    with tempfile.TemporaryDirectory() as home:
        places = Places.under(Path(home))
        given: dict[str, object] = {"mode": "evidence"}
        given |= {"roles.coder.base_url": args.base_url, "roles.coder.model": args.model} if args.base_url else {}
        settings = load(given, {}, Path.cwd(), places).settings
        problems = load_suite(args.suite, Shelf(places.cache, Path(args.data)), ids=ids_in(args.ids)).problems
        async with opened(settings, places, dict(os.environ), print) as kit:
            court = court_of(kit.sandbox)
            for problem in problems[:: args.every][: args.limit]:
                if problem.id in done:
                    continue
                row = await one(kit, court, problem)
                keep(out, row)
                print(problem.id, row.get("draft"), row.get("kept"), *row.get("answers", ()), sep="  ", flush=True)


def keep(file: Path, row: Row) -> None:
    with file.open("a") as lines:
        lines.write(json.dumps(row) + "\n")


def read(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def show(file: Path) -> None:
    """The table: after how many questions what share passes, what was fixed and broken, and how likely that is by chance."""
    rows = [row for row in read(file) if "kept" in row]
    raw = {row["id"]: row["draft"] for row in rows}
    print(f"{file}: {len(rows)} problems; the user is simulated by the canonical solution")
    told("the first draft (raw-coder)", raw, raw)
    for number in range(AT_MOST + 1):
        told(f"after {number} questions", raw, {row["id"]: row["kept"][number] for row in rows})
    told("a perfect choice of all drafts", raw, {row["id"]: row["any"] for row in rows})
    waits = sorted(wait for row in rows for wait in row["waits"])
    asked = sum(row["asked"] for row in rows)
    print(f"questions: {asked}; drafts: {sum(row['drafts'] for row in rows)}")
    if waits:
        print(
            f"seconds of one question with its answer, and repairs after it: {waits[len(waits) // 2]} in the median, {waits[-1]} at most"
        )


def told(name: str, raw: dict[str, bool], other: dict[str, bool]) -> None:
    share, pair = Share(passes=sum(other.values()), of=len(other)), paired(raw, other)
    low, high = share.interval
    print(
        f"  {name}: {share.passes} of {share.of} ({100 * share.value:.0f} %, {100 * low:.0f} to {100 * high:.0f}), "
        f"fixed {pair.fixed}, broken {pair.broken}, p = {pair.p:.3g}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    running_ = commands.add_parser("run")
    running_.add_argument("--suite", default="humaneval+")
    running_.add_argument("--ids", default="")
    running_.add_argument("--every", type=int, default=1)
    running_.add_argument("--limit", type=int)
    running_.add_argument("--out", required=True)
    running_.add_argument("--data", default="../shared/data")
    running_.add_argument("--base-url", default="")
    running_.add_argument("--model", default="")
    shown = commands.add_parser("show")
    shown.add_argument("files", nargs="+")
    given_ = parser.parse_args()
    if given_.command == "show":
        for name in given_.files:
            show(Path(name))
        sys.exit(0)
    asyncio.run(measure(given_))
