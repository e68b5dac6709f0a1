"""Finding out, once, what serves a model; and what is imported for it."""

import subprocess
import sys

import msgspec
import pytest
from fake_server import MODELS, Said, answer, refusal, serving
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.models.chat import Ask, Message
from redraft.engine.models.openai import Endpoint, OpenAIChat, Secret, Server

ASK = Ask(messages=(Message(role="user", content="hello"),))


def test_nothing_imports_openai_or_its_http_client_before_the_first_ask():
    code = (
        "import sys, redraft.engine.models.openai as o, redraft.engine.models.scripted, redraft.engine.models.cassette\n"
        "import redraft.engine.models.discovery\n"
        "o.OpenAIChat(o.Endpoint(base_url='http://127.0.0.1:1/v1'))\n"
        "print(sorted({'openai', 'httpx2', 'pydantic'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("kind", ["llama.cpp", "vllm", "ollama", "lmstudio", ""])
async def test_the_server_is_recognised_by_what_it_lists_and_asked_only_once(kind: str):
    async with serving([answer("a"), answer("b")], kind) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        found = await model.ready()
        assert await model.ready() is found
        await model.aclose()
    listed = MODELS[kind]["data"][0]["id"]
    assert (found.kind, found.models, model.name) == (kind, (listed,), listed)
    assert server.paths.count("/v1/models") == 1


async def test_a_llama_cpp_that_hides_its_owner_is_recognised_by_its_header():
    async with serving([], "llama.cpp", models={"data": [{"id": "m", "owned_by": "acme"}]}) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        assert (await model.ready()).kind == "llama.cpp"
        await model.aclose()


async def test_a_vllm_behind_other_owners_is_recognised_by_its_version_page():
    async with serving([], "vllm", models={"data": [{"id": "m", "owned_by": "acme"}]}) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        assert (await model.ready()).kind == "vllm"
        await model.aclose()


async def test_a_known_server_and_model_are_not_asked_for():
    async with serving([]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url, model="m", kind="ollama"))
        assert await model.ready() == Server(kind="ollama")
        await model.aclose()
    assert server.seen == []


@pytest.mark.parametrize("listing", [refusal(404, "no list here"), Said(body={"object": "something else"})])
async def test_a_server_without_a_list_of_models_serves_the_one_that_was_named(listing: Said):
    async with serving([answer("ok")], "", models=listing) as server:
        model = OpenAIChat(Endpoint(base_url=server.url, model="m"))
        assert await model.ready() == Server()
        async with model.stream(ASK) as stream:
            _ = [piece async for piece in stream]
        await model.aclose()
    assert server.asked[0]["model"] == "m"


@pytest.mark.parametrize(
    ("given_url", "used"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("http://localhost:11434/", "http://localhost:11434/v1"),
        ("http://localhost:8080/v1/", "http://localhost:8080/v1"),
        ("https://host.example/api/openai", "https://host.example/api/openai"),
    ],
)
def test_a_base_url_without_a_path_means_v1(given_url: str, used: str):
    assert Endpoint(base_url=given_url).url == used


@given(st.text(min_size=24).filter(lambda text: len(text.strip()) >= 24))
def test_a_key_shows_itself_only_when_asked_by_name(text: str):
    secret = Secret(text)
    endpoint = Endpoint(base_url="http://localhost/v1", api_key=secret)
    assert secret.reveal() == text.strip()
    assert str(secret) == repr(secret) == f"{secret}" == "Secret(set)" and "Secret(set)" in repr(endpoint)
    with pytest.raises(TypeError):
        msgspec.json.encode(endpoint)
