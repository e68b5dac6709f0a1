"""PaT with scripted models and the real sandbox: methods, async functions and files with other things in them."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from grove import Stage, code
from redraft.engine.events import ChecksInvented, NodeClosed
from redraft.engine.facts import Stub
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Limits, Sandbox
from redraft.engine.sources import find_stubs, read, splice


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    if not sys.platform.startswith("linux"):
        pytest.skip("the sandbox's layers are Linux's")
    opened = await open_sandbox(SandboxChoice(allow_limited=True))
    yield opened
    await opened.aclose()


def stub_of(tmp_path: Path, text: str) -> Stub:
    path = tmp_path / "mine.py"
    path.write_text(text, encoding="utf-8")
    (stub,) = find_stubs(read(path)).stubs
    return stub


def answer(code: str) -> str:
    return f"```python\n{code}\n```"


async def test_a_method_is_solved_by_helpers_and_its_file_runs_afterwards(tmp_path: Path, sandbox: Sandbox):
    text = 'class Box:\n    def __init__(self, n):\n        self.n = n\n\n    def twice(self):\n        """Twice its number.\n\n        >>> Box(2).twice()\n        4\n        """\n        ...\n\n    def size(self):\n        return 1\n'
    stub = stub_of(tmp_path, text)
    plan = answer(
        "def plus(a, b):\n    raise NotImplementedError\n\n\ndef twice(self):\n    return plus(self.n, self.n)"
    )
    stage = Stage(
        {"twice": answer("def twice(self):\n    return self.n"), "plus": answer("def plus(a, b):\n    return a + b")},
        {"twice": plan},
        {"Box.twice": "assert Box(5).twice() == 10", "plus": "assert plus(1, 2) == 3"},
        stub=stub,
        sandbox=sandbox,
    )
    grown = await stage.run()
    assert {event.node: event.outcome for event in grown.events(NodeClosed)} == {"1": "solved", "": "solved"}
    written = splice(read(stub.path), stub, grown.state.solution.draft.body)  # type: ignore[union-attr]
    done = await sandbox.run(written, ["Box(8).twice() + Box(1).size()"])
    assert [outcome.value for outcome in done.outcomes] == ["17"]


async def test_an_async_function_is_checked_by_awaiting_it(tmp_path: Path, sandbox: Sandbox):
    stub = stub_of(tmp_path, 'async def f(x):\n    """Twice x."""\n    ...\n')
    plan = answer(
        "async def one(x):\n    raise NotImplementedError\n\n\nasync def f(x):\n    return await one(x) + await one(x)"
    )
    stage = Stage(
        {"f": answer("async def f(x):\n    return x"), "one": answer("async def one(x):\n    return x")},
        {"f": plan},
        {"f": "assert await f(2) == 4\nassert f(3) == 6", "one": "assert await one(2) == 2"},
        stub=stub,
        sandbox=sandbox,
    )
    grown = await stage.run()
    assert [check.source for check in grown.events(ChecksInvented)[0].checks] == [
        "__import__('asyncio').run(f(2))",
        "__import__('asyncio').run(f(3))",
    ]
    assert {event.node: event.outcome for event in grown.events(NodeClosed)} == {"1": "solved", "": "solved"}


async def test_a_check_that_loops_leaves_the_others_their_say(tmp_path: Path, sandbox: Sandbox):
    stub = stub_of(
        tmp_path, 'def f(x):\n    """Count down to 0, and give twice x.\n\n    >>> f(1)\n    2\n    """\n    ...\n'
    )
    body = "n = x\n    while n != 0:\n        n -= 1\n    return 2 * x"
    stage = Stage({"f": code(body)}, {}, {"f": "assert f(-1) == -2\nassert f(3) == 6"}, stub=stub, sandbox=sandbox)
    stage.kit = _with_limits(stage.kit)
    grown = await stage.run()
    best = grown.state.tree.root.best  # type: ignore[union-attr]
    assert (best.visible, best.generated) == ((1, 1), (1, 2))  # type: ignore[union-attr]
    assert grown.state.tree.root.word == "unverified"  # type: ignore[union-attr]


def _with_limits(kit):
    from msgspec.structs import replace

    return replace(kit, limits=Limits(seconds=2.0, step_seconds=0.2))
