"""A sandbox at a wanted tier, or a skip that says why this machine has none."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

import pytest
from redraft.engine.errors import SandboxError
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.linux import LinuxSandbox

Opening = Callable[[str | None], contextlib.AbstractAsyncContextManager[LinuxSandbox]]


@contextlib.asynccontextmanager
async def opened(tier: str | None = None) -> AsyncIterator[LinuxSandbox]:
    try:
        sandbox = await open_sandbox(SandboxChoice(tier=tier, unsafe_run=True, allow_limited=True))
    except SandboxError as error:
        pytest.skip(f"this machine has no tier {tier}: {error}")
    assert isinstance(sandbox, LinuxSandbox)
    try:
        yield sandbox
    finally:
        await sandbox.aclose()


@pytest.fixture
def opening() -> Opening:
    return opened


@pytest.fixture
async def sandbox() -> AsyncIterator[LinuxSandbox]:
    async with opened() as sandbox:
        yield sandbox


@pytest.fixture(params=["A", "B"])
async def strong(request: pytest.FixtureRequest) -> AsyncIterator[LinuxSandbox]:
    async with opened(request.param) as sandbox:
        yield sandbox
