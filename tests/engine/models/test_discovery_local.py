"""Which servers on this machine are listed."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from fake_server import Said, refusal, serving
from redraft.engine.models.discovery import DEFAULT, Found, discover


def test_the_default_ports_are_those_of_the_four_servers():
    assert [url.rsplit(":", 1)[1] for url in DEFAULT] == ["11434/v1", "1234/v1", "8080/v1", "8000/v1"]


async def test_all_servers_that_answer_are_listed_with_kind_and_models_in_order():
    kinds = ["ollama", "lmstudio", "llama.cpp", "vllm", ""]
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(serving([], kind)) for kind in kinds]
        found = await discover(5, [server.url for server in servers])
    assert [server.kind for server in found] == kinds
    assert [server.models for server in found][:2] == [("qwen2.5-coder:7b",), ("qwen2.5-coder-7b",)]


async def test_a_port_nobody_listens_on_is_not_listed():
    async with serving([]) as server:
        closed = server.url
    assert await discover(5, [closed]) == ()
    assert await discover(5, []) == ()


@pytest.mark.parametrize(
    "other",
    [
        Said(body="<html>my web app</html>"),
        Said(body={"hello": "world"}),
        Said(body="[" * 100_000),
        refusal(404, "no such page"),
        Said(body="<html>log in</html>", status=401),
    ],
)
async def test_a_web_server_that_is_no_model_server_is_not_listed(other: Said):
    async with serving([], "", models=other) as server:
        assert await discover(5, [server.url]) == ()


async def test_a_server_that_wants_a_key_is_listed_without_models():
    async with serving([], "vllm", key="secret") as server:
        assert await discover(5, [server.url]) == (Found(url=server.url, needs_key=True),)


async def test_a_server_that_does_not_answer_in_time_holds_nobody_up():
    silent = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        silent.set()

    async with serving([], "ollama") as server:
        mute = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{mute.sockets[0].getsockname()[1]}/v1"
        loop = asyncio.get_running_loop()
        began = loop.time()
        found = await discover(0.3, [url, server.url])
        assert loop.time() - began < 2
        await asyncio.wait_for(silent.wait(), 5)
        mute.close()
        await mute.wait_closed()
    assert [each.kind for each in found] == ["ollama"]


async def speaking(raw: bytes) -> tuple[Found, ...]:
    """What is found where a server says just this, whatever it is asked."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as other:
        return await discover(5, [f"http://127.0.0.1:{other.sockets[0].getsockname()[1]}/v1"])


async def test_a_list_without_a_length_ends_where_the_connection_does():
    (found,) = await speaking(b'HTTP/1.0 200 OK\r\n\r\n{"data": [{"id": "m", "owned_by": "vllm"}]}')
    assert (found.kind, found.models) == ("vllm", ("m",))


@pytest.mark.parametrize("raw", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1\r\n\r\n", b"\xff" * 64])
async def test_a_server_that_speaks_something_else_is_not_listed(raw: bytes):
    assert await speaking(raw) == ()
