"""Replays and lessons in a browser: behind a token, one process a visitor, within a limit, and nothing is left."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSServerHandshakeError
from aiohttp.test_utils import TestServer
from redraft.app.cli.main import main
from redraft.app.cli.visiting import Visitors, command_for
from redraft.app.common.terminal import can_show


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Visitors, str]]:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    visitors = Visitors(command_for(["replay", "swap_pairs", "--in", "30s"]), host="127.0.0.1", port=0, most=1)
    async with TestServer(await visitors._make_app()) as server:
        yield visitors, str(server.make_url("/"))


async def heard(client: ClientSession, url: str, wanted: bytes, *, size: str = "width=120&height=40") -> bytes:
    """What a visitor is sent until it holds this."""
    said = b""
    async with client.ws_connect(f"{url}ws?{size}") as socket, asyncio.timeout(60):
        async for message in socket:
            said += message.data if isinstance(message.data, bytes) else b""
            if wanted in said:
                return said
    return said


async def test_without_the_token_there_is_nothing(served: tuple[Visitors, str]) -> None:
    visitors, url = served
    async with ClientSession() as client:
        for path in ("", "ws", "static/", "wrong/", f"{visitors.token[:-1]}/"):
            async with client.get(url + path) as answer:
                assert answer.status == 404, path
        async with client.get(f"{url}{visitors.token}/") as answer:
            assert answer.status == 200
            assert f"/{visitors.token}/ws" in await answer.text()
    assert len(visitors.token) >= 20
    assert visitors.token != Visitors("x", host="h", port=1).token


@pytest.mark.parametrize("size", ["width=160&height=50", "width=80&height=24"])
async def test_a_visitor_sees_the_race_and_leaves_nothing_behind(
    served: tuple[Visitors, str], size: str, tmp_path: Path
) -> None:
    visitors, url = served
    async with ClientSession() as client:
        said = await heard(client, f"{url}{visitors.token}/", b"raw-coder", size=size)
        assert b"raw-coder" in said
        deadline = asyncio.get_running_loop().time() + 20
        while visitors.here or any(tmp_path.glob("redraft-visitor-*")):  # noqa: ASYNC240
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.1)


async def test_more_visitors_than_there_is_room_for_are_told_so(served: tuple[Visitors, str]) -> None:
    visitors, url = served
    async with ClientSession() as client:
        address = f"{url}{visitors.token}/ws?width=80&height=24"
        async with client.ws_connect(address) as first:
            assert visitors.here == 1
            with pytest.raises(WSServerHandshakeError) as refused:
                await client.ws_connect(address)
            assert refused.value.status == 503
            await first.close()
        deadline = asyncio.get_running_loop().time() + 20
        while visitors.here:
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "words", [["run", "x.py"], ["bench"], ["replay", "--set", "a=b"], ["lesson", "--record", "x"], ["tour"]]
)
def test_nothing_but_replays_and_lessons_is_shown_and_nothing_that_writes(words: list[str]) -> None:
    assert main(["web", *words]) == 2


def test_a_screen_needs_a_terminal_or_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    assert not can_show()
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    assert can_show()
