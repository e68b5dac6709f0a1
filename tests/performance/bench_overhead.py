"""What the harness itself costs: problems a second with a model that answers at once and without running anything.

    python tests/performance/bench_overhead.py [--problems 400] [--pipeline raw-coder]

The target is 20 problems a second on two cores.
"""

import argparse
import asyncio
import tempfile
import time
from functools import partial
from pathlib import Path

from redraft.engine.bench.harness import Contender, Harness, solved
from redraft.engine.bench.ledger import Ledger
from redraft.engine.bench.lines import Header
from redraft.engine.bench.suites.problems import Problem
from redraft.engine.facts import Execution, Outcome, Stub
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import pipeline
from redraft.engine.prompts import Prompts

BODY = "".join(f"    value_{n} = x + {n}\n" for n in range(30)) + "    return x + 1\n"


class Nothing:
    """A sandbox that says that everything went well."""

    tier = "A"

    async def run(self, program: str, steps: list[str], limits: object = None, *, path: str = "") -> Execution:
        return Execution(outcomes=tuple(Outcome(status="returned", printed="2\n", value="2") for _ in steps), tier="A")

    async def aclose(self) -> None:
        pass


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--problems", type=int, default=400)
    parser.add_argument("--pipeline", default="raw-coder")
    args = parser.parse_args()
    header = 'def f(x):\n    """One more.\n\n    >>> f(1)\n    2\n    """\n'
    stub = Stub(path="", name="f", line=1, header=header, before=header, body="...")
    problems = [Problem(id=f"Own/{n}", stub=stub, canonical="") for n in range(args.problems)]
    model = Scripted(lambda ask: "[]" if ask.schema else BODY)
    voices = {role: Voice(model=model) for role in ("coder", "reviewer", "planner", "tester")}
    kit = Kit(voices=voices, prompts=Prompts(None), sandbox=Nothing())  # type: ignore[arg-type]
    contender = Contender(pipeline=pipeline(args.pipeline), kit=kit)
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger(Path(folder) / "o.jsonl", Header(suite="o", versions=())) as ledger,
    ):
        began, used = time.perf_counter(), time.process_time()
        await Harness(ledger, partial(solved, judge=None), workers=8).run([contender], problems)
        wall, used = time.perf_counter() - began, time.process_time() - used
    print(f"{args.pipeline}: {args.problems / wall:.0f} problems/s ({args.problems / used:.0f} by processor time)")


asyncio.run(main())
