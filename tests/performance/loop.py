"""Time to a verified function on the embedded model: redraft's way against plain whole-function prompting, in one run.

    python tests/performance/loop.py [--only N] [--ways plain,ours] [--json FILE]

Plain: the coder is asked for the whole function, the reviewer for a report in prose, the coder for the whole function
again; nothing is begun for the model, nothing shared, no answer cut. Ours: `review-with-evidence`, as shipped. Both work
on the same eight stubs, in turns, each warmed by one run that does not count; before each of ours the stub's prompt is
read ahead, as the screen does when it sees a stub, and that time does not count. Prints seconds and verified functions of
the first draft alone and of the whole loop.
"""

import argparse
import asyncio
import json
import os
import tempfile
from pathlib import Path

import msgspec
from redraft.engine.facts import Stub
from redraft.engine.kit import Kit
from redraft.engine.pipelines.catalogue import pipeline
from redraft.engine.run.log import running
from redraft.engine.run.opening import opened
from redraft.engine.run.reading_ahead import read_ahead
from redraft.engine.settings import load
from redraft.engine.sources import find_stubs, read
from redraft.engine.state.run import RunState, state_of
from redraft.engine.system.paths import Places

STUBS = Path(__file__).with_name("loop_stubs.py")
WAYS = {"plain": ("review-then-fix-retry", "paper"), "ours": ("review-with-evidence", "evidence")}


async def one(kit: Kit, name: str, stub: Stub) -> RunState:
    """One run, folded."""
    async with running(pipeline(name), kit, stub) as log:
        return state_of([entry async for entry in log])


def first_draft(state: RunState) -> tuple[float, bool]:
    """Seconds until the first draft was there, and whether it passes its examples."""
    call = next(c for c in state.calls if c.purpose == "draft")
    draft = state.drafts[0]
    report = state.reports.get(draft.id)
    return (call.ended or 0.0), report is not None and report.all_passed


async def measure(only: int | None, ways: list[str]) -> dict[str, list[dict[str, object]]]:
    """Both ways over all stubs, in turns."""
    rows: dict[str, list[dict[str, object]]] = {way: [] for way in ways}
    # Each as though it were alone in its file: a small model asked for a whole function writes its neighbours too.
    stubs = [msgspec.structs.replace(stub, neighbours="") for stub in find_stubs(read(str(STUBS))).stubs[:only]]
    with tempfile.TemporaryDirectory() as home:
        places = Places.under(Path(home))
        kits = {}
        for mode in ("paper", "evidence"):
            settings = load({"mode": mode}, {}, Path.cwd(), places).settings
            kits[mode] = opened(settings, places, dict(os.environ), print)
        async with kits["paper"] as paper, kits["evidence"] as evidence:
            by_mode = {"paper": paper, "evidence": evidence}
            for way in ways:
                name, mode = WAYS[way]
                await one(by_mode[mode], name, stubs[0])
            for stub in stubs:
                for way in ways:
                    name, mode = WAYS[way]
                    if way == "ours":
                        await read_ahead(by_mode[mode], stub)
                    state = await one(by_mode[mode], name, stub)
                    drafted, good = first_draft(state)
                    verified = state.solution is not None and state.solution.verdict == "verified"
                    tokens = state.meter
                    rows[way].append(
                        {
                            "stub": stub.name,
                            "draft_s": round(drafted, 2),
                            "draft_verified": good,
                            "loop_s": round(state.now, 2),
                            "verified": verified,
                            "calls": tokens.calls,
                            "tokens_in": tokens.prompt_tokens,
                            "tokens_out": tokens.completion_tokens,
                        }
                    )
                    print(way, rows[way][-1], flush=True)
    return rows


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--only", type=int)
    words.add_argument("--ways", default=",".join(WAYS))
    words.add_argument("--json")
    args = words.parse_args()
    rows = asyncio.run(measure(args.only, args.ways.split(",")))
    sums = {
        way: {key: sum(float(row[key]) for row in found) for key in ("draft_s", "draft_verified", "loop_s", "verified")}  # type: ignore[arg-type]
        for way, found in rows.items()
    }
    if args.json:
        Path(args.json).write_text(json.dumps({"rows": rows, "sums": sums}, indent=1))
    if len(rows) == 1:
        print(sums)
        return
    for key, what in (("draft_s", "draft alone"), ("loop_s", "whole loop")):
        plain, ours = sums["plain"][key], sums["ours"][key]
        print(f"{what}: plain {plain:.1f} s, ours {ours:.1f} s, {plain / ours:.2f} times as fast (target: 2)")
    for key, what in (("draft_verified", "first drafts"), ("verified", "loops")):
        print(f"verified {what}: plain {sums['plain'][key]:.0f}, ours {sums['ours'][key]:.0f} of {len(rows['ours'])}")


if __name__ == "__main__":
    main()
