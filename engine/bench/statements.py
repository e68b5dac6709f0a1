"""Judging by tests that are statements: split where they can be, else run beside the function."""

from __future__ import annotations

import asyncio
from typing import cast

from ..sandbox.asserts import SessionSandbox, run_asserts
from ..sandbox.conversation import Ended
from ..sandbox.runner import Limits
from .suites.problems import Asserts, Problem
from .verdicts import FEWEST_SECONDS, MEMORY_MB, WHOLE_SECONDS, Status, Verdict


async def asserted(sandbox: SessionSandbox, problem: Problem, program: str, asserts: Asserts) -> Verdict:
    """Hold a program against tests that are statements. Raises: SandboxError."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    limits = Limits(seconds=WHOLE_SECONDS, step_seconds=FEWEST_SECONDS, memory_mb=MEMORY_MB)
    if asserts.beside:
        number, status, why = await _beside(sandbox, program, asserts, limits)
    else:
        report = await run_asserts(sandbox, program, problem.stub.entry_point, asserts.tests, limits)
        failing = next((n for n, check in enumerate(report.checks) if not check.passed), None)
        number, status, why = len(asserts.tests), cast("Status", "passed"), ""
        if report.problem or failing is not None:
            number = failing or 0
            check = report.checks[number]
            status = _STATUS.get(check.verdict, "crashed")
            why = report.problem or f"test {number}: {check.verdict} ({check.got[:200]})"
    passed = status == "passed"
    return Verdict(
        base=passed,
        plus=passed,
        status=status,
        why=why,
        tests=min(number + 1, len(asserts.tests)),
        seconds=round(loop.time() - began, 3),
        weak=asserts.beside,
    )


_STATUS: dict[str, Status] = {"failed": "wrong", "raised": "raised", "timeout": "timeout", "crashed": "crashed"}


async def _beside(sandbox: SessionSandbox, program: str, asserts: Asserts, limits: Limits) -> tuple[int, Status, str]:
    """Run the tests in the program's own process; the first that fails, how, and why."""
    number = 0
    try:
        async with sandbox.session(program, limits) as process:
            for number, source in enumerate((f"exec({asserts.setup!r}, globals())", *asserts.tests), -1):
                outcome = await process.step(source)
                if outcome.status != "returned":
                    wrong = outcome.raised.startswith("AssertionError")
                    return max(number, 0), "wrong" if wrong else "raised", f"{source[:60]}: {outcome.raised[:200]}"
    except Ended as ended:
        return max(number, 0), "timeout" if ended.status == "timeout" else "crashed", str(ended)
    return len(asserts.tests), "passed", ""
