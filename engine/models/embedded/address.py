"""Where an embedded server listens: asked whether it is there, and kept in a file for other redrafts."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ...errors import ModelError
from ...facts import Fact
from .server import Tuning

if TYPE_CHECKING:
    import httpx2

PROBE_SECONDS = 2.0
"""Longest wait for a sign of life from a server that should be up."""


class Address(Fact, frozen=True):
    """Where an embedded server listens and the key to it; stored in a file only its owner can read."""

    port: int
    key: str
    model: str
    """Path of the file it serves."""
    pid: int
    tuning: Tuning = Tuning()

    @property
    def url(self) -> str:
        """Its root, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"


def stored(path: Path) -> Address | None:
    """The address in a file, None when there is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Address)
    except (OSError, msgspec.DecodeError, RecursionError):
        return None


def store(path: Path, address: Address) -> None:
    """Keep an address for others of this user."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(msgspec.json.encode(address))
    fresh.replace(path)


async def accepts_key(address: Address) -> bool:
    """Whether a server is there that knows us; unlike `/health`, `/props` wants the key."""
    import httpx2

    async with _calling(address) as client:
        try:
            return (await client.get("/props")).status_code == 200
        except httpx2.HTTPError:
            return False


async def say_one_token(address: Address, seconds: float) -> None:
    """Return when the model has written a token: a server that reports good health may not be able to yet.

    Raises:
        ModelError: it refuses or goes away.
    """
    import httpx2

    question = {"prompt": "def", "n_predict": 1, "temperature": 0.0, "cache_prompt": False}
    async with _calling(address) as client:
        try:
            answer = await client.post("/completion", json=question, timeout=seconds)
        except httpx2.HTTPError as error:
            raise ModelError(f"{type(error).__name__} {error}") from error
    if answer.status_code != 200:
        raise ModelError(f"it answered {answer.status_code} to its first question")


@asynccontextmanager
async def _calling(address: Address) -> AsyncGenerator[httpx2.AsyncClient, None]:
    import httpx2  # 0.13 s, and not before a model is needed

    # No proxy and no certificates stand between us and a plain server on this machine.
    async with httpx2.AsyncClient(
        base_url=address.url,
        headers={"Authorization": f"Bearer {address.key}"},
        timeout=PROBE_SECONDS,
        trust_env=False,
        verify=False,
    ) as client:
        yield client
