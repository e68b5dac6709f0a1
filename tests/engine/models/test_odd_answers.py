"""Answers in shapes that no standard knows, as servers send them: nothing is believed, nothing taken for whole."""

import json
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fake_server import Said, answer, delta, finish, refusal, serving, usage
from redraft.engine.errors import ModelError
from redraft.engine.facts import Usage
from redraft.engine.models.answer import Counts
from redraft.engine.models.chat import Ask, Message, Reply
from redraft.engine.models.http.chunks import ErrorEventError, NotAChunkError, read_chunks
from redraft.engine.models.openai import Endpoint, OpenAIChat
from redraft.engine.models.refusals import explain, read_refusal
from redraft.engine.models.servers import decode_models

ASK = Ask(messages=(Message(role="user", content="hello"),))


async def no_wait(seconds: float) -> None:
    pass


async def reply_to(*said: Said) -> Reply:
    """What comes of a server that says this in turn."""
    async with serving(list(said), "") as server:
        model = OpenAIChat(Endpoint(base_url=server.url, model="m"), sleep=no_wait)
        try:
            async with model.stream(ASK) as stream:
                _ = [piece async for piece in stream]
            return stream.reply
        finally:
            await model.aclose()


# ---------------------------------------------------------------------------------------------- how an answer ends


@pytest.mark.parametrize("word", ["stop", "STOP", "FinishReason.STOP", "eos", "end_turn", "COMPLETE", "tool_calls"])
async def test_an_answer_that_the_model_ended_is_whole(word: str):
    reply = await reply_to(answer("yes", reason=word))
    assert (reply.finish, reply.warning) == ("stop", "")


@pytest.mark.parametrize("word", ["length", "max_tokens", "MAX_TOKENS", "model_length"])
async def test_an_answer_that_ran_into_a_limit_is_known_as_such(word: str):
    assert (await reply_to(answer("yes", reason=word))).finish == "length"


@pytest.mark.parametrize(
    "word",
    ["network_error", "error", "abort", "cancelled", "insufficient_system_resource", "unknown", "content_filter"],
)
async def test_any_other_word_for_the_end_says_that_the_answer_was_broken_off(word: str):
    reply = await reply_to(answer("yes", reason=word))
    assert reply.finish == "broken off" and word in reply.warning


async def test_an_answer_that_is_broken_off_before_it_began_is_asked_for_again():
    broken = Said([finish("network_error")])
    assert (await reply_to(broken, Said([]), answer("yes"))).text == "yes"


# ---------------------------------------------------------------------------------------------- errors and refusals


@pytest.mark.parametrize(
    "event",
    [
        {"error": {"message": "zebra"}},
        {"error": "zebra"},
        {"object": "error", "message": "zebra", "code": 500},
        {"message": "zebra", "type": "InternalServerError"},
        {"detail": "zebra"},
    ],
)
async def test_an_error_in_the_stream_is_told_in_the_servers_words_whatever_its_shape(event: dict[str, Any]):
    with pytest.raises(ModelError, match="zebra"):
        await reply_to(*[Said([json.dumps(event)])] * 4)


async def test_an_error_in_place_of_a_stream_is_told_in_the_servers_words():
    with pytest.raises(ModelError, match="zebra"):
        await reply_to(*[Said(body={"error": {"message": "zebra"}})] * 4)


async def test_an_answer_that_is_not_streamed_is_an_answer():
    message = {"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}], "model": "m"}
    reply = await reply_to(Said(body=message | {"usage": usage(7, 1)["usage"]}))
    assert (reply.text, reply.finish, reply.usage) == ("yes", "stop", Usage(prompt_tokens=7, completion_tokens=1))


async def test_a_refusal_of_the_model_is_told_in_its_words():
    with pytest.raises(ModelError, match="refuses to answer: I may not"):
        await reply_to(Said([delta(content=None, refusal="I may"), delta(content=None, refusal=" not"), finish()]))


async def test_a_page_of_a_proxy_is_not_quoted():
    with pytest.raises(ModelError) as caught:
        await reply_to(*[Said(status=502, body="<html><head><title>502</title></head>nginx</html>")] * 4)
    assert "(502) with a web page" in str(caught.value) and "nginx" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "after", "told"),
    [(429, "7200", "2 h"), (503, "90", "90 s"), (500, "1e9", "look at its log"), (429, "9" * 400, "more than a year")],
)
def test_the_time_that_a_server_asks_us_to_wait_is_told(status: int, after: str, told: str):
    said = read_refusal(status, {"retry-after": after}, {"error": {"message": "slow"}}, now=0.0)
    assert told in str(explain(said, Endpoint(base_url="http://x"), "m"))


# ---------------------------------------------------------------------------------------------- odd types


@pytest.mark.parametrize(
    ("counted", "counts"),
    [
        (None, None),
        ({}, None),
        ([1], None),
        ("many", None),
        ({"prompt_tokens": None, "completion_tokens": "3"}, Counts()),
        ({"prompt_tokens": 12.0, "completion_tokens": 3.5}, Counts(prompt=12, completion=3)),
        ({"prompt_tokens": 1e308, "completion_tokens": -5}, Counts()),
        ({"prompt_tokens": True, "completion_tokens": 10**30}, Counts()),
        ({"prompt_tokens": 1, "completion_tokens": 1, "prompt_tokens_details": []}, Counts(prompt=1, completion=1)),
    ],
)
def test_a_mad_count_of_tokens_is_no_count_and_spoils_nothing_else(counted: object, counts: Counts | None):
    event = {"choices": [{"delta": {"content": "yes"}}], "usage": counted}
    (chunk,) = read_chunks(json.dumps(event).encode())
    assert (chunk.text, chunk.counts) == ("yes", counts)


async def test_what_a_server_does_not_count_is_estimated_and_said_to_be():
    said = Said([delta("yes"), finish(), {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": -5}}])
    assert (await reply_to(said)).usage == Usage(prompt_tokens=9, completion_tokens=1, estimated=True)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"choices": [{"delta": {"content": [{"type": "text", "text": "yes"}, null, 5]}}]}',
        b'{"choices": [{"delta": {"content": "yes", "role": 7}, "finish_reason": {}}], "model": ["m"]}',
        b'{"choices": [{"delta": {"content": "yes"}, "logprob": NaN}], "usage": 1e999}',
        b'{"choices": [{"delta": null, "message": {"content": "yes"}}]}',
    ],
)
def test_text_is_found_among_fields_of_any_type(raw: bytes):
    assert read_chunks(raw)[0].text == "yes"


@pytest.mark.parametrize(
    "raw",
    [b"[]", b"7", b"null", b"{no json", b'"x"', b"[" * 100_000, b'{"choices": ' + b'{"a":' * 100_000, b"9" * 9000],
)
def test_what_is_no_chunk_is_known_as_such(raw: bytes):
    with pytest.raises(NotAChunkError):
        read_chunks(raw)


@pytest.mark.parametrize("raw", [b"{}", b'{"choices": null}', b'{"choices": [null]}', b'{"choices": {"a": 1}}'])
def test_an_event_that_says_nothing_is_an_empty_chunk(raw: bytes):
    (chunk,) = read_chunks(raw)
    assert (chunk.text, chunk.finish) == ("", "")


def test_half_a_character_becomes_a_mark():
    assert read_chunks(rb'{"choices": [{"delta": {"content": "\ud83d!"}}]}')[0].text == "\ufffd!"


def test_an_error_without_words_is_still_an_error():
    with pytest.raises(ErrorEventError):
        read_chunks(b'{"error": {"code": 500}, "choices": []}')


# ---------------------------------------------------------------------------------------------- names


async def test_the_name_that_a_server_answers_by_is_told_where_it_is_another():
    named = Said([{**delta("yes"), "model": "acme/m-1\x1b[2J"}, finish()])
    assert (await reply_to(named)).model == "acme/m-1[2J"
    assert (await reply_to(answer("yes"))).model == ""


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"data": [{"id": "a", "owned_by": ["acme"], "max_model_len": "8k"}]}, ["a"]),
        ([{"id": "a"}, {"id": None}, {"name": "b"}, 7, "c"], ["a", "b", "c"]),
        ({"models": [{"model": "a"}]}, ["a"]),
        ({"data": []}, []),
        ({"data": [{"id": "x" * 1000}]}, []),
        ({"data": [{"id": "a", "max_model_len": 1e308}]}, ["a"]),
    ],
)
def test_a_list_of_models_is_read_in_every_shape(body: object, names: list[str]):
    listed = decode_models(json.dumps(body).encode())
    assert listed is not None and [model.id for model in listed.data] == names
    assert all(model.max_model_len is None for model in listed.data)


@pytest.mark.parametrize("raw", [b"", b"{}", b"7", b'{"data": 7}', b"[" * 100_000, b"\xff"])
def test_what_is_no_list_of_models_is_known_as_such(raw: bytes):
    assert decode_models(raw) is None


# ---------------------------------------------------------------------------------------------- encryption


@pytest.fixture
def own_certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody vouches for, and its key."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*made.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


async def test_a_certificate_of_ones_own_is_told_from_a_server_that_is_not_there(
    own_certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
):
    certificate, key = own_certificate
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    async with serving(lambda _: answer("yes"), "", ssl=context) as server:
        model = OpenAIChat(Endpoint(base_url=server.url, model="m"), sleep=no_wait)
        with pytest.raises(ModelError, match=r"certificate that this machine does not trust.*SSL_CERT_FILE") as caught:
            await model.ready()
        await model.aclose()
        assert caught.value.kind == "refused"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        model = OpenAIChat(Endpoint(base_url=server.url, model="m"), sleep=no_wait)
        assert (await model.ready()).models
        await model.aclose()


async def test_a_refusal_that_asks_for_patience_says_for_how_long():
    with pytest.raises(ModelError, match="try again in 2 h"):
        await reply_to(refusal(429, "daily limit", {"Retry-After": "7200"}))
