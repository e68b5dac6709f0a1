"""What `OpenAIChat` sends to each kind of server, and what it leaves out after a refusal."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from fake_server import Said, answer, refusal, serving
from redraft.engine.errors import ModelError
from redraft.engine.models import dialects
from redraft.engine.models.chat import Ask, Message, Reply, Sampling
from redraft.engine.models.endpoint import ServerKind
from redraft.engine.models.openai import Endpoint, OpenAIChat

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"verdict": {"type": "string"}},
    "required": ["verdict"],
    "additionalProperties": False,
}
MANY_STOPS = ("\n```", "\nif __name__", "\nassert ", "\nprint(", "\nclass ")


def ask(**more: Any) -> Ask:
    return Ask(messages=(Message(role="system", content="be brief"), Message(role="user", content="hello")), **more)


async def reply_of(model: OpenAIChat, question: Ask) -> Reply:
    async with model.stream(question) as stream:
        _ = [piece async for piece in stream]
    return stream.reply


async def sent(kind: str, question: Ask) -> dict[str, Any]:
    """The body that a server of this kind is sent, found out by asking it."""
    async with serving([answer("ok")], kind) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        await reply_of(model, question)
        await model.aclose()
    return server.asked[0]


async def test_every_sampling_parameter_is_sent_explicitly():
    body = await sent("llama.cpp", ask(sampling=Sampling(temperature=0.7, top_p=0.8, top_k=20, min_p=0.1, seed=7)))
    wanted = {"temperature": 0.7, "top_p": 0.8, "top_k": 20, "min_p": 0.1, "seed": 7, "max_tokens": 1024}
    assert {name: body[name] for name in wanted} == wanted
    assert body["stream"] is True and body["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(("kind", "no_limit"), [("llama.cpp", 0), ("vllm", -1)])
async def test_no_limit_in_top_k_is_sent_as_the_server_spells_it(kind: str, no_limit: int):
    body = await sent(kind, ask())
    assert (body["top_k"], body["min_p"]) == (no_limit, 0.0)


@pytest.mark.parametrize("kind", ["ollama", "lmstudio", ""])
async def test_servers_that_do_not_know_top_k_and_min_p_are_not_sent_them(kind: str):
    body = await sent(kind, ask(sampling=Sampling(top_k=20, min_p=0.1)))
    assert not {"top_k", "min_p", "chat_template_kwargs"} & set(body)


@pytest.mark.parametrize(("kind", "most"), [("llama.cpp", 5), ("vllm", 5), ("ollama", 4), ("", 4)])
async def test_more_than_four_stops_go_only_where_they_are_accepted(kind: str, most: int):
    body = await sent(kind, ask(sampling=Sampling(stop=MANY_STOPS)))
    assert body["stop"] == list(MANY_STOPS[:most])


@pytest.mark.parametrize("kind", ["llama.cpp", "ollama", "lmstudio"])
async def test_a_prefill_is_the_last_assistant_message_where_that_is_continued(kind: str):
    body = await sent(kind, ask(prefill="def f():\n"))
    assert body["messages"][-1] == {"role": "assistant", "content": "def f():\n"}
    assert "continue_final_message" not in body


async def test_vllm_is_told_to_continue_the_last_message():
    body = await sent("vllm", ask(prefill="def f():\n"))
    assert body["messages"][-1] == {"role": "assistant", "content": "def f():\n"}
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)
    assert body["chat_template_kwargs"] == {"enable_thinking": False}


async def test_a_server_nobody_knows_is_not_prefilled():
    async with serving([answer("return 1")], "") as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        reply = await reply_of(model, ask(prefill="def f():\n"))
        await model.aclose()
    assert not reply.prefilled and server.asked[0]["messages"][-1]["role"] == "user"


async def test_a_server_that_continues_nothing_is_asked_to_begin_so_and_is_sent_no_stops():
    prefill = "```python\ndef f():\n"
    async with serving([answer("```python\ndef f():\n    return 1\n```")], "") as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        reply = await reply_of(model, ask(prefill=prefill, sampling=Sampling(stop=("\n```",))))
        await model.aclose()
    (body,) = server.asked
    assert body["messages"][-1]["role"] == "user"
    assert body["messages"][-1]["content"].endswith(prefill)
    assert "stop" not in body
    assert not reply.prefilled


@pytest.mark.parametrize(("wish", "kind", "last"), [("off", "llama.cpp", "user"), ("on", "", "assistant")])
async def test_the_person_decides_whether_answers_are_begun(wish: Any, kind: str, last: str):
    async with serving([answer("return 1")], kind) as server:
        model = OpenAIChat(Endpoint(base_url=server.url), prefill=wish)
        await reply_of(model, ask(prefill="def f():\n"))
        await model.aclose()
    assert server.asked[0]["messages"][-1]["role"] == last


async def test_nothing_is_prefilled_while_the_model_thinks_aloud():
    body = await sent("llama.cpp", ask(prefill="def f():\n", thinking=True))
    assert body["messages"][-1]["role"] == "user" and body["chat_template_kwargs"] == {"enable_thinking": True}


async def test_ollama_is_kept_from_thinking_in_its_own_words():
    assert (await sent("ollama", ask()))["reasoning_effort"] == "none"
    assert "reasoning_effort" not in await sent("ollama", ask(thinking=True))


def test_openai_is_sent_its_own_name_for_the_limit_and_no_prefill():
    body = dialects.body(ask(prefill="def f():\n"), "openai")
    assert body["max_completion_tokens"] == 1024 and "max_tokens" not in body
    assert not dialects.prefills(ask(prefill="def f():\n"), "openai", frozenset())


@pytest.mark.parametrize("kind", ["vllm", "ollama", "lmstudio", ""])
async def test_a_schema_goes_as_the_response_format_all_servers_share(kind: str):
    body = await sent(kind, ask(schema=SCHEMA))
    named = {"name": "reply", "schema": SCHEMA, "strict": True}
    assert body["response_format"] == {"type": "json_schema", "json_schema": named}


@pytest.mark.parametrize(
    "loosened",
    [
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": []},
        {"type": "array", "items": {"type": "object", "properties": {}, "required": []}},
    ],
)
def test_a_schema_that_strict_mode_forbids_is_not_called_strict(loosened: dict[str, object]):
    named: Any = dialects.body(ask(schema=loosened), "openai")["response_format"]
    assert named["json_schema"]["strict"] is False


REFUSALS: list[tuple[str, ServerKind, Callable[[dict[str, Any]], bool], str]] = [
    ("schema", "ollama", lambda b: "response_format" in b, "'response_format.type' must be 'text'"),
    ("schema", "llama.cpp", lambda b: "grammar" in b or "response_format" in b, "Failed to parse grammar"),
    (
        "prefill",
        "llama.cpp",
        lambda b: b["messages"][-1]["role"] == "assistant",
        "Assistant response prefill is incompatible with enable_thinking.",
    ),
    (
        "prefill",
        "lmstudio",
        lambda b: b["messages"][-1]["role"] == "assistant",
        "Expected last role User or Tool for serving but got assistant: invalid",
    ),
    (
        "thinking",
        "vllm",
        lambda b: "chat_template_kwargs" in b,
        "chat_template is not supported for Mistral tokenizers.",
    ),
    ("thinking", "ollama", lambda b: "reasoning_effort" in b, '"gemma3:27b" does not support thinking'),
    ("samplers", "vllm", lambda b: "min_p" in b, "min_p is not supported with speculative decoding"),
    ("seed", "lmstudio", lambda b: "seed" in b, "Unsupported parameter: 'seed'"),
    ("usage", "", lambda b: "stream_options" in b, "Unrecognized request argument supplied: stream_options"),
    ("stop", "", lambda b: "stop" in b, "Unsupported parameter: 'stop' is not supported with this model."),
    ("temperature", "", lambda b: "temperature" in b, "'temperature' does not support 0.0 with this model."),
    (
        "limit",
        "",
        lambda b: "max_tokens" in b,
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ),
]


@pytest.mark.parametrize(
    "message",
    [
        "System role not supported",
        "Only user and assistant roles are supported!",
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        "Developer instruction is not enabled for models/gemma-3-27b-it",
    ],
)
async def test_a_model_without_a_system_role_gets_its_words_at_the_head_of_the_question(message: str):
    def script(body: dict[str, Any]) -> Said:
        return refusal(400, message) if body["messages"][0]["role"] == "system" else answer("ok")

    async with serving(script, "") as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        replies = [await reply_of(model, ask()) for _ in range(2)]
        await model.aclose()
    assert model.refused == {"system"} and [reply.text for reply in replies] == ["ok", "ok"]
    told = [{"role": "user", "content": "be brief\n\nhello"}]
    assert [body["messages"] for body in server.asked[1:]] == [told, told]


@pytest.mark.parametrize(("feature", "kind", "offends", "message"), REFUSALS)
async def test_a_refused_part_of_a_request_is_left_out_at_once_and_from_then_on(
    feature: str, kind: str, offends: Callable[[dict[str, Any]], bool], message: str
):
    def script(body: dict[str, Any]) -> Said:
        return refusal(400, message, type="invalid_request_error") if offends(body) else answer("ok")

    full = ask(
        prefill="def f():\n" if feature == "prefill" else "", schema=SCHEMA, sampling=Sampling(seed=1, stop=("x",))
    )
    async with serving(script, kind) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        replies = [await reply_of(model, full) for _ in range(2)]
        await model.aclose()
    assert model.refused == {feature}
    assert [reply.text for reply in replies] == ["ok", "ok"]
    assert [offends(body) for body in server.asked] == [True, False, False]


async def test_parameters_refused_one_after_the_other_are_all_left_out():
    def script(body: dict[str, Any]) -> Said:
        for name in ("max_tokens", "temperature", "stop"):
            if name in body:
                return refusal(400, f"Unsupported parameter: '{name}'", param=name, code="unsupported_parameter")
        return answer("ok")

    async with serving(script, "") as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        reply = await reply_of(model, ask(sampling=Sampling(stop=("x",))))
        await model.aclose()
    assert reply.text == "ok" and "max_completion_tokens" in server.asked[-1]


async def test_answers_asked_for_at_once_all_survive_the_same_refusal():
    def script(body: dict[str, Any]) -> Said:
        return refusal(400, "response_format is not supported") if "response_format" in body else answer("ok")

    async with serving(script) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        replies = await asyncio.gather(*(reply_of(model, ask(schema=SCHEMA)) for _ in range(5)))
        await model.aclose()
    assert [reply.text for reply in replies] == ["ok"] * 5


async def test_a_server_that_refuses_whatever_is_left_out_gets_an_end():
    async with serving(
        lambda _: refusal(400, "Unsupported parameter: max_tokens, max_completion_tokens"), ""
    ) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        with pytest.raises(ModelError, match="refused the request") as caught:
            await reply_of(model, ask())
        await model.aclose()
    assert caught.value.kind == "refused" and len(server.asked) == 2


async def test_variables_meant_for_openai_reach_no_other_server(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-user")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-user")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-the-user")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: of-the-user\nAuthorization: Bearer of-the-user")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with serving([answer("ok")]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        await reply_of(model, ask())
        await model.aclose()
    assert not [seen for seen in server.seen if "of-the-user" in str(seen)]
    assert not [name for seen in server.seen for name in seen.headers if name.startswith("x-stainless")]
