"""How likely a model finds its first token: asked for, read, and done without where a server tells nothing."""

from typing import Any

from fake_server import Said, answer, delta, finish, refusal, serving
from redraft.engine.models.chat import Ask, Message, Reply, Sampling
from redraft.engine.models.openai import Endpoint, OpenAIChat
from redraft.engine.models.scripted import Line, Scripted

QUESTION = Ask(
    messages=(Message(role="user", content="Is this code correct? Answer Yes or No."),),
    sampling=Sampling(max_tokens=1),
    top_logprobs=20,
)


async def reply_to(model: OpenAIChat | Scripted, question: Ask = QUESTION) -> Reply:
    async with model.stream(question) as stream:
        async for _ in stream:
            pass
    await model.aclose()
    return stream.reply


def likely(text: str, **logprobs: float) -> dict[str, Any]:
    """An event of a stream with the likeliest tokens in the place of its first."""
    event = delta(text)
    tops = [{"token": token, "logprob": value, "bytes": None} for token, value in logprobs.items()]
    content = [{"token": text, "logprob": -0.1, "bytes": None, "top_logprobs": tops}]
    event["choices"][0]["logprobs"] = {"content": content, "refusal": None}
    return event


async def test_the_likeliest_first_tokens_come_with_the_reply():
    async with serving([Said([likely("Yes", Yes=-0.25, No=-1.5, Maybe=-1e9), finish("length")])]) as server:
        reply = await reply_to(OpenAIChat(Endpoint(base_url=server.url)))
    assert {name: server.asked[0][name] for name in ("logprobs", "top_logprobs", "max_tokens")} == {
        "logprobs": True, "top_logprobs": 20, "max_tokens": 1
    }  # fmt: skip
    assert (reply.text, reply.logprobs) == ("Yes", {"Yes": -0.25, "No": -1.5, "Maybe": -9999.0})


async def test_only_the_first_token_counts():
    events = [likely("Y", Yes=-0.25), likely("es", No=-0.1), finish()]
    async with serving([Said(events)]) as server:
        assert (await reply_to(OpenAIChat(Endpoint(base_url=server.url)))).logprobs == {"Yes": -0.25}


async def test_a_server_that_refuses_logprobs_answers_without_them():
    def said(body: dict[str, Any]) -> Said:
        refused = refusal(400, "Unsupported parameter: 'logprobs'", param="logprobs", code="unsupported_parameter")
        return refused if "logprobs" in body else answer("Yes")

    async with serving(said) as server:
        reply = await reply_to(OpenAIChat(Endpoint(base_url=server.url)))
    assert (reply.text, reply.logprobs) == ("Yes", {})


async def test_nothing_is_said_of_logprobs_where_nobody_wants_them():
    async with serving([answer("Yes")]) as server:
        await reply_to(OpenAIChat(Endpoint(base_url=server.url)), Ask(messages=QUESTION.messages))
    assert not {"logprobs", "top_logprobs"} & set(server.asked[0])


async def test_a_scripted_model_tells_what_its_line_says():
    line = Line(text="Yes", logprobs={"Yes": -0.5})
    assert (await reply_to(Scripted([line]))).logprobs == {"Yes": -0.5}
    assert (await reply_to(Scripted([line]), Ask(messages=QUESTION.messages))).logprobs == {}
