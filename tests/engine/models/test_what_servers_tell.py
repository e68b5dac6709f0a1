"""What servers tell of themselves: context, cost and kind; nothing is believed that cannot be."""

import pytest
from fake_server import Said, answer, serving
from redraft.engine.facts import Price, Usage
from redraft.engine.models.chat import Ask, Message
from redraft.engine.models.discovery import discover
from redraft.engine.models.endpoint import Endpoint
from redraft.engine.models.http.chunks import read_chunks
from redraft.engine.models.offered import offered
from redraft.engine.models.openai import OpenAIChat
from redraft.engine.models.servers import context_in_props, decode_models
from redraft.engine.state.cost import charged, cost


@pytest.mark.parametrize(
    ("fields", "context"),
    [
        ('"max_model_len": 32768', 32768),
        ('"context_length": 131072', 131072),
        ('"max_context_length": 8192', 8192),
        ('"max_context_length": 8192, "loaded_context_length": 4096', 4096),
        ('"context_window": 131072', 131072),
        ('"meta": {"n_ctx": 16384, "n_ctx_train": 32768}', 16384),
        ('"meta": {"n_ctx_train": 32768}', None),
        ('"meta": 7', None),
        ('"context_length": "8192"', None),
        ('"context_length": true', None),
        ('"context_length": -1', None),
        ('"context_length": 1e300', None),
        ('"context_length": [8192]', None),
        ('"max_model_len": 0, "context_length": 4096', 4096),
    ],
)
def test_the_context_is_read_by_each_servers_name_for_it(fields: str, context: int | None):
    models = decode_models(f'{{"data": [{{"id": "m", {fields}}}]}}'.encode())
    assert models is not None
    assert models.data[0].max_model_len == context


@pytest.mark.parametrize(
    ("body", "context"),
    [
        (b'{"default_generation_settings": {"n_ctx": 4096}}', 4096),
        (b'{"default_generation_settings": {"n_ctx": "4096"}}', None),
        (b'{"default_generation_settings": 3}', None),
        (b"[]", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_llama_cpp_tells_the_context_of_an_answer(body: bytes, context: int | None):
    assert context_in_props(body) == context


async def test_what_is_found_comes_with_its_context():
    listed = Said(
        body={"data": [{"id": "a", "owned_by": "vllm", "max_model_len": 4096}, {"id": "b", "owned_by": "vllm"}]}
    )
    async with serving([], "vllm", models=listed) as server:
        (found,) = await discover(5, [server.url])
    assert (found.models, found.contexts) == (("a", "b"), {"a": 4096})


@pytest.mark.parametrize("owner", ["openai", "system", "openai-internal", "litellm", ""])
async def test_a_gateway_that_lists_models_as_openais_is_not_taken_for_it(owner: str):
    listed = Said(body={"data": [{"id": "gpt-4o", "object": "model", "owned_by": owner}]})
    async with serving([], "", models=listed) as server:
        (found,) = await discover(5, [server.url])
        model = OpenAIChat(Endpoint(base_url=server.url, model="gpt-4o"))
        try:
            assert ((await model.ready()).kind, found.kind) == ("", "")
        finally:
            await model.aclose()


@pytest.mark.parametrize(
    ("told", "billed"),
    [
        ("0.00014", 0.00014), ("0", 0.0), ("3", 3.0), ("-1", None), ("1e9", None), ("true", None), ('"0.1"', None),
        ('{"total": 1}', None), ("null", None), ("NaN", None), ("1e999", None),
    ],
)  # fmt: skip
def test_the_cost_that_a_server_tells_is_read_where_it_can_be_one(told: str, billed: float | None):
    event = f'{{"choices": [], "usage": {{"prompt_tokens": 5, "completion_tokens": 3, "cost": {told}}}}}'
    (chunk,) = read_chunks(event.encode())
    assert chunk.counts is not None
    assert (chunk.counts.prompt, chunk.counts.billed) == (5, billed)


async def test_openrouters_own_bill_reaches_the_reply():
    said = answer("hi", prompt=5)
    counts = said.events[-1]
    assert isinstance(counts, dict)
    counts["usage"]["cost"] = 0.002
    async with serving([said], "") as server:
        model = OpenAIChat(Endpoint(base_url=server.url, kind="openrouter", model="m"))
        try:
            async with model.stream(Ask(messages=(Message(role="user", content="hello"),))) as stream:
                async for _ in stream:
                    pass
        finally:
            await model.aclose()
        assert server.asked[0]["usage"] == {"include": True}
    assert stream.reply.usage.billed == 0.002


def test_a_price_that_was_set_counts_before_a_bill_and_a_bill_before_nothing():
    usage = Usage(prompt_tokens=1_000_000, billed=0.5)
    assert charged(usage, None) == 0.5
    assert charged(usage, Price(input=2.0, output=0.0)) == 2.0
    assert charged(Usage(prompt_tokens=9), None) is None
    assert cost(usage, Price(input=3.0, output=0.0)) == 3.0


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:11434/v1"),
        ("0.0.0.0:9999", "http://127.0.0.1:9999/v1"),
        ("[::1]:80", "http://[::1]:80/v1"),
        ("box", "http://box:11434/v1"),
        (":7000", "http://127.0.0.1:7000/v1"),
        ("https://box.example", "https://box.example:443/v1"),
        ("http://box:1234", "http://box:1234/v1"),
        ("", None),
        ("box:many", None),
        ("http://[", None),
        ("a b", None),
        ("\x1b[31mbox", None),
        ("ftp://box", None),
    ],
)
def test_ollamas_variable_is_read_as_ollama_reads_it(value: str, url: str | None):
    assert [one.url for one in offered({"OLLAMA_HOST": value})] == ([url] if url else [])
