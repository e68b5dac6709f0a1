"""Judges the canonical solutions of HumanEval+ or MBPP+: the ceiling reached here, and how long judging takes.

    python tests/performance/bench_canonical.py humaneval+ --data ../shared/data

The first pass measures each solution (and runs the references of the few problems that need one), the second judges it as
any draft is judged. Only the second is compared with EvalPlus, which keeps what its first pass found too.
"""

import argparse
import asyncio
import time
from pathlib import Path
from typing import cast

from redraft.engine.bench.oracle import judge, measure
from redraft.engine.bench.suites.datasets import ids_in, load_suite
from redraft.engine.bench.suites.releases import Shelf
from redraft.engine.sandbox import open_sandbox
from redraft.engine.sandbox.asserts import SessionSandbox

AT_ONCE = 2


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("suite")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("/tmp/redraft-bench"))
    parser.add_argument("--ids", default="")
    args = parser.parse_args()
    problems = load_suite(args.suite, Shelf(args.cache, args.data), ids=ids_in(args.ids)).problems
    sandbox = await open_sandbox()
    try:
        began = time.perf_counter()
        known = [await measure(cast("SessionSandbox", sandbox), problem) for problem in problems]
        print(f"measured in {time.perf_counter() - began:.1f} s")
        for problem, one in zip(problems, known, strict=True):
            if not one.verdict.plus:
                print(f"  {problem.id}: {one.verdict.status}, {one.verdict.why}")
        print(
            f"ceiling: base {sum(k.verdict.base for k in known)}, plus {sum(k.verdict.plus for k in known)} of {len(known)}"
        )
        places = asyncio.Semaphore(AT_ONCE)

        async def again(number: int) -> bool:
            async with places:
                problem = problems[number]
                verdict = await judge(cast("SessionSandbox", sandbox), problem, problem.canonical, known[number])
                if not verdict.plus:
                    print(f"  again {problem.id}: {verdict.status}, {verdict.why}")
                return verdict.plus

        began = time.perf_counter()
        passed = sum(await asyncio.gather(*map(again, range(len(problems)))))
        print(f"judged {len(problems)} in {time.perf_counter() - began:.1f} s: {passed} pass")
        slowest = sorted(((k.total, p.id) for k, p in zip(known, problems, strict=True)), reverse=True)[:5]
        print("slowest:", ", ".join(f"{name} {seconds:.1f} s" for seconds, name in slowest))
    finally:
        await sandbox.aclose()


asyncio.run(main())
