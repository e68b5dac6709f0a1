"""What a person reads when a server does not answer, and how often it was tried."""

import logging
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from fake_server import DROP, Said, answer, refusal, serving
from redraft.engine.errors import ModelError
from redraft.engine.models.chat import Ask, Message, Reply
from redraft.engine.models.openai import Endpoint, OpenAIChat, Retries, Secret

ASK = Ask(messages=(Message(role="user", content="hello"),))
KEY = "sk-4f9c2d7e-nobody-may-see-this"


class Waits:
    """A sleep that only counts."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


async def reply_of(model: OpenAIChat) -> Reply:
    async with model.stream(ASK) as stream:
        _ = [piece async for piece in stream]
    return stream.reply


async def problem_with(said: Said, kind: str = "llama.cpp", **endpoint: Any) -> ModelError:
    """The error a server that always says this gives."""
    async with serving(lambda _: said, kind) as server:
        model = OpenAIChat(Endpoint(base_url=server.url, **endpoint), sleep=Waits())
        with pytest.raises(ModelError) as caught:
            await reply_of(model)
        await model.aclose()
    return caught.value


async def test_a_wrong_key_is_named_as_such_and_never_shown(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    async with serving([], key="the right one") as server:
        model = OpenAIChat(Endpoint(base_url=server.url, model="m", kind="vllm", api_key=Secret(KEY)), sleep=Waits())
        with pytest.raises(ModelError, match=r"does not accept the API key \(401\)") as caught:
            await reply_of(model)
        await model.aclose()
    assert caught.value.kind == "unauthorized" and not caught.value.retryable
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"
    cause: BaseException | None = caught.value
    while cause is not None:
        assert KEY not in f"{cause} {cause!r}"
        cause = cause.__cause__
    assert KEY not in caplog.text and KEY not in repr(model.endpoint)


async def test_a_missing_key_is_told_from_a_wrong_one():
    async with serving([], key="the right one") as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        with pytest.raises(ModelError, match="wants an API key") as caught:
            await reply_of(model)
        await model.aclose()
    assert caught.value.kind == "unauthorized"


@pytest.mark.parametrize("status", [400, 418, 500])
async def test_a_key_that_a_server_repeats_is_blotted_out(status: int):
    problem = await problem_with(refusal(status, f"bad: {KEY} \x1b[31m[/red]\n" + "x" * 5000), api_key=Secret(KEY))
    assert KEY not in str(problem) and "***" in str(problem)
    assert str(problem).isprintable() and len(str(problem)) < 500


async def test_a_wrong_model_is_an_error_that_lists_what_the_server_has():
    problem = await problem_with(refusal(404, "The model `qwen9` does not exist."), "vllm", model="qwen9")
    assert problem.kind == "no model"
    assert "has no model 'qwen9'; it has Qwen/Qwen3-8B" in str(problem)


async def test_a_wrong_model_on_a_server_that_was_not_asked_for_its_list_is_looked_up_then():
    async with serving([refusal(404, "model 'qwen9' not found")], "ollama") as server:
        model = OpenAIChat(Endpoint(base_url=server.url, model="qwen9", kind="ollama"), sleep=Waits())
        with pytest.raises(ModelError, match=r"has no model 'qwen9'; it has qwen2\.5-coder:7b"):
            await reply_of(model)
        await model.aclose()


async def test_a_server_that_changed_its_model_is_asked_for_its_list_again():
    def only(name: str) -> Callable[[dict[str, Any]], Said]:
        return lambda body: answer("ok") if body["model"] == name else refusal(404, "no such model")

    async with serving(only("old"), "vllm", models={"data": [{"id": "old", "owned_by": "vllm"}]}) as server:
        model = OpenAIChat(Endpoint(base_url=server.url), sleep=Waits())
        await reply_of(model)
        server.script, server.models = only("new"), {"data": [{"id": "new", "owned_by": "vllm"}]}
        with pytest.raises(ModelError):
            await reply_of(model)
        assert (await reply_of(model)).text == "ok" and model.name == "new"
        await model.aclose()


async def test_a_server_without_models_asks_for_one():
    async with serving([], "lmstudio", models={"data": []}) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        with pytest.raises(ModelError, match="lists no model") as caught:
            await reply_of(model)
        await model.aclose()
    assert caught.value.kind == "no model"


OVERFLOWS: list[tuple[Said, str]] = [
    (
        refusal(
            400,
            "request (5012 tokens) exceeds the available context size (4096 tokens), try increasing it",
            type="exceed_context_size_error",
            n_prompt_tokens=5012,
            n_ctx=4096,
        ),
        "5012 tokens where 4096 fit",
    ),
    (
        refusal(
            400,
            "This model's maximum context length is 4096 tokens. However, your request has 5012 input tokens.",
            type="BadRequestError",
        ),
        "5012 tokens where 4096 fit",
    ),
    (
        refusal(
            400,
            "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens.",
            code="context_length_exceeded",
            param="messages",
        ),
        "130001 tokens where 128000 fit",
    ),
    (
        refusal(400, "The decoder prompt (length 5012) is longer than the maximum model length of 4096."),
        "5012 tokens where 4096 fit",
    ),
    (
        refusal(
            400,
            "Trying to keep the first 5012 tokens when context overflows. However, the model is loaded with "
            "context length of only 4096 tokens",
        ),
        "5012 tokens where 4096 fit",
    ),
    (refusal(400, "prompt too big for the context window"), "does not fit in its context window"),
]


@pytest.mark.parametrize(("said", "size"), OVERFLOWS)
async def test_a_prompt_that_is_too_long_is_told_with_its_size_and_the_limit(said: Said, size: str):
    problem = await problem_with(said)
    assert problem.kind == "context" and not problem.retryable
    assert "too long" in str(problem) and size in str(problem)


async def test_a_busy_server_is_asked_again_after_the_time_it_asks_for():
    waits = Waits()
    script = [refusal(429, "slow down", {"Retry-After": "7"}), refusal(503, "Loading model"), answer("ok")]
    async with serving(script) as server:
        model = OpenAIChat(Endpoint(base_url=server.url), sleep=waits, luck=lambda: 0.0)
        reply = await reply_of(model)
        await model.aclose()
    assert reply.text == "ok" and waits.seconds == [7.0, 0.5]


async def test_a_server_that_stays_busy_is_given_up_after_four_requests():
    waits = Waits()
    async with serving(lambda _: refusal(503, "queue full")) as server:
        model = OpenAIChat(Endpoint(base_url=server.url), sleep=waits, luck=lambda: 1.0)
        with pytest.raises(ModelError, match=r"too busy \(503\): queue full") as caught:
            await reply_of(model)
        await model.aclose()
    assert caught.value.kind == "busy" and caught.value.retryable
    assert waits.seconds == [0.5, 1.0, 2.0] and len(server.asked) == 4


async def test_a_server_that_asks_for_more_patience_than_we_have_is_given_up_at_once():
    waits = Waits()
    async with serving(lambda _: refusal(429, "tomorrow", {"Retry-After": "86400"})) as server:
        model = OpenAIChat(Endpoint(base_url=server.url), sleep=waits)
        with pytest.raises(ModelError):
            await reply_of(model)
        await model.aclose()
    assert waits.seconds == [] and len(server.asked) == 1


async def test_a_used_up_quota_is_not_tried_again():
    problem = await problem_with(refusal(429, "You exceeded your quota", code="insufficient_quota"))
    assert problem.kind == "refused" and "quota" in str(problem)


@pytest.mark.parametrize("early", [Said([DROP]), Said([{"choices": []}, DROP])])
async def test_a_connection_lost_before_the_first_piece_is_tried_again(early: Said):
    waits = Waits()
    async with serving([early, answer("ok")]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url), sleep=waits)
        reply = await reply_of(model)
        await model.aclose()
    assert reply.text == "ok" and len(waits.seconds) == 1


async def test_an_error_inside_the_stream_is_an_error_with_the_servers_words():
    problem = await problem_with(
        Said([{"error": {"code": 500, "message": "CUDA out of memory", "type": "server_error"}}])
    )
    assert problem.kind == "broken" and "CUDA out of memory" in str(problem)


async def test_a_server_that_is_not_there_is_unreachable_after_some_tries():
    async with serving([]) as server:
        gone = server.url
    waits = Waits()
    model = OpenAIChat(Endpoint(base_url=gone), sleep=waits)
    with pytest.raises(ModelError, match=f"nothing answers at {gone}") as caught:
        await reply_of(model)
    await model.aclose()
    assert caught.value.kind == "unreachable" and len(waits.seconds) == 3


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            Said(body="<html>a wiki</html>", headers={"Content-Type": "text/html"}),
            "sent text/html in place of a stream",
        ),
        (Said(["{no json"]), "does not speak the OpenAI API"),
        (Said(body="", status=308, headers={"Location": "https://elsewhere.example/v1"}), "sends us elsewhere"),
    ],
)
async def test_a_server_that_is_no_model_server_is_told_as_such(said: Said, words: str):
    problem = await problem_with(said, model="m")
    assert words in str(problem) and problem.kind in {"nonsense", "refused", "no model"}


async def test_a_server_without_chat_completions_is_told_from_one_without_the_model():
    problem = await problem_with(refusal(404, "no such path"), "", model="some-model")
    assert problem.kind == "no model" and "no chat completions for model 'some-model' (404): no such path" in str(
        problem
    )


@pytest.mark.parametrize("url", ["localhost:8080/v1", "ftp://localhost/v1", "", "http://[::1", "not a url"])
async def test_an_address_that_is_none_is_an_error_that_names_the_setting(url: str):
    model = OpenAIChat(Endpoint(base_url=url), sleep=Waits())
    with pytest.raises(ModelError, match="base_url"):
        await reply_of(model)
    await model.aclose()


async def test_a_name_and_password_in_the_address_are_not_shown():
    model = OpenAIChat(Endpoint(base_url="http://me:hush@127.0.0.1:1/v1?token=hush"), retries=Retries(attempts=1))
    with pytest.raises(ModelError) as caught:
        await reply_of(model)
    await model.aclose()
    assert "hush" not in str(caught.value) and "127.0.0.1:1/v1" in str(caught.value)


async def test_a_connection_that_cannot_be_made_in_time_is_unreachable():
    def never(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectTimeout("timed out", request=request)

    model = OpenAIChat(Endpoint(base_url="http://10.0.0.1/v1"), transport=httpx2.MockTransport(never), sleep=Waits())
    with pytest.raises(ModelError, match=r"no connection to http://10\.0\.0\.1/v1 in 5 s") as caught:
        await reply_of(model)
    await model.aclose()
    assert caught.value.kind == "unreachable"


def test_waits_grow_up_to_their_limit_and_jitter_only_shortens_them():
    retries = Retries(attempts=9)
    assert [retries.wait(n, None, 1.0) for n in range(1, 8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert [retries.wait(n, None, 0.0) for n in range(1, 4)] == [0.25, 0.5, 1.0]
    assert retries.wait(9, None, 0.5) is None
