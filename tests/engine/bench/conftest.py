"""Problems, kits and sandboxes that the tests of the benchmark share."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio
from redraft.engine.bench.suites.problems import Problem
from redraft.engine.bench.suites.releases import Shelf
from redraft.engine.facts import Example, Stub
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.chat import Ask
from redraft.engine.models.scripted import Line as Spoken
from redraft.engine.models.scripted import Scripted
from redraft.engine.prompts import Prompts
from redraft.engine.sandbox import open_sandbox
from redraft.engine.sandbox.asserts import SessionSandbox
from redraft.engine.sandbox.scripted import ScriptedSandbox

Told = Callable[[Ask], str | Spoken]


def problem_of(
    name: str = "Own/1",
    *,
    body: str = "return x + 1",
    calls: str = "[[1], [2], [5]]",
    results: str = "[2, 3, 6]",
    base: int = 2,
    loop: str = "",
    more: str = "",
) -> Problem:
    """A problem with a test as EvalPlus writes them."""
    loop = loop or "assertion(f(*inp), exp, 0)"
    results_line = f"results = {results}\n" if results else ""
    return Problem(
        id=name,
        stub=Stub(
            path="",
            name="f",
            line=1,
            header='def f(x):\n    """One more."""\n',
            body="...",
            before='def f(x):\n    """One more."""\n',
            examples=(Example(source="f(1)", want="2\n"),),
        ),
        canonical=f"def f(x):\n    {body}\n",
        test=f"{more}\ninputs = {calls}\n{results_line}for i, (inp, exp) in enumerate(zip(inputs, results)):\n    {loop}\n",
        base=base,
    )


def kit_of(told: Told | list[str | Spoken]) -> Kit:
    """A kit whose every role is the same scripted model, and whose sandbox runs nothing."""
    model = Scripted(told)
    voices = {role: Voice(model=model) for role in ("coder", "reviewer", "planner", "tester")}
    return Kit(voices=voices, prompts=Prompts(None), sandbox=ScriptedSandbox({"def f": {"f(1)": "2"}}))  # type: ignore[arg-type]


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[SessionSandbox]:
    opened = await open_sandbox()
    yield cast("SessionSandbox", opened)
    await opened.aclose()


@pytest.fixture
def shelf(shared: Path, tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "cache", shared / "data")
