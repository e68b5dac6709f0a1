"""Problems distributed with a local Ray; skipped where Ray is not installed."""

import asyncio
import sys
from functools import partial
from pathlib import Path

import pytest
from redraft.engine.bench.court import court_of
from redraft.engine.bench.harness import Contender, Harness, solved
from redraft.engine.bench.ledger import Ledger
from redraft.engine.bench.lines import Header, Line
from redraft.engine.bench.spread import spread
from redraft.engine.errors import EnvironmentFault, UsageError
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.run.opening import opened
from redraft.engine.settings import RoleSettings, RolesSettings, Settings
from redraft.engine.settings.secret import Secret
from redraft.engine.system.paths import Places

from .conftest import problem_of

HEADER = Header(suite="own", versions=("v1",))
PROBLEMS = [problem_of(f"Own/{n}") for n in range(6)]


def settings_of(url: str, **more: object) -> Settings:
    coder = RoleSettings(base_url=url, model="m", **more)  # type: ignore[arg-type]
    return Settings(roles=RolesSettings(coder=coder, reviewer=coder, planner=coder, tester=coder))


async def answering() -> tuple[asyncio.Server, str]:
    """A server that says the right body to everybody."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next((int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:")), 0)
        await reader.readexactly(size)
        if b"/chat/completions" in head:
            said = '{"choices":[{"index":0,"delta":{"content":"```python\\ndef f(x):\\n    return x + 1\\n```"},"finish_reason":"stop"}]}'
            body, kind = f"data: {said}\n\ndata: [DONE]\n\n".encode(), b"text/event-stream"
        else:
            body, kind = b'{"data":[{"id":"m","object":"model"}]}', b"application/json"
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            % (kind, len(body))
        )
        writer.write(body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


def told(lines: tuple[Line, ...]) -> set[tuple[object, ...]]:
    return {
        (line.key, line.status, line.base, line.plus, line.judged, line.body, line.canonical_plus) for line in lines
    }


@pytest.mark.timeout(300)
async def test_with_ray_the_same_lines_come_out_as_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray", reason="needs the extra redraft[ray]")
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", ":".join(sys.path))
    server, url = await answering()
    settings = settings_of(url)
    async with server, opened(settings, Places.under(tmp_path / "home"), {}, lambda _: None) as kit:
        contenders = [Contender(pipeline=CATALOGUE["raw-coder"], kit=kit)]
        with Ledger(tmp_path / "near.jsonl", HEADER) as ledger:
            near = await Harness(ledger, partial(solved, judge=court_of(kit.sandbox))).run(contenders, PROBLEMS)
        async with spread("ray://local", [settings], contenders) as (slots, solve):
            with Ledger(tmp_path / "far.jsonl", HEADER) as ledger:
                far = await Harness(ledger, solve, workers=slots).run(contenders, PROBLEMS)
    assert told(far) == told(near)
    assert all(line.plus for line in far)


async def test_without_ray_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(EnvironmentFault, match=r"redraft\[ray\]"):
        async with spread("ray", [Settings()], []):
            pass


async def test_a_key_from_a_file_is_not_sent_to_other_machines() -> None:
    keyed = settings_of("http://x/v1", api_key=Secret.of("sk-1", "from a file"))
    with pytest.raises(UsageError, match=r"roles\.coder\.api_key does not travel"):
        async with spread("ray", [keyed], []):
            pass
