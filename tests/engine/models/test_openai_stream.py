"""What comes out of `OpenAIChat` while a server answers, and what the server sees of it."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from fake_server import DROP, ENDLESS, STALL, Said, answer, delta, finish, serving, usage
from redraft.engine.errors import ModelError
from redraft.engine.facts import Usage
from redraft.engine.models.chat import Ask, Message, Piece, Reply, Sampling
from redraft.engine.models.openai import Endpoint, OpenAIChat

STUB = '```python\ndef double(n: int) -> int:\n    """Twice n."""\n'


def ask(text: str = "hello", **more: Any) -> Ask:
    return Ask(messages=(Message(role="user", content=text),), **more)


async def heard(model: OpenAIChat, question: Ask, most: int | None = None) -> tuple[list[Piece], Reply]:
    """The first pieces (all by default) of an answer, and its reply after the stream was left."""
    pieces: list[Piece] = []
    async with model.stream(question) as stream:
        while most is None or len(pieces) < most:
            try:
                pieces.append(await anext(aiter(stream)))
            except StopAsyncIteration:
                break
    return pieces, stream.reply


def text_of(pieces: Iterable[Piece], thinking: bool = False) -> str:
    return "".join(piece.text for piece in pieces if piece.thinking is thinking)


async def no_sleep(seconds: float) -> None:
    raise AssertionError(f"waited {seconds} s")


async def test_a_whole_answer_has_text_finish_and_reported_usage():
    async with serving([answer("return ", "n * 2", prompt=31)]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        pieces, reply = await heard(model, ask())
        await model.aclose()
    assert pieces == [Piece(text="return "), Piece(text="n * 2")]
    assert (reply.text, reply.finish, reply.prefilled, reply.warning) == ("return n * 2", "stop", False, "")
    assert reply.usage == Usage(prompt_tokens=31, completion_tokens=2)
    assert reply.first_seconds is not None and 0 < reply.first_seconds <= reply.seconds


async def test_an_answer_that_ran_into_its_limit_is_a_reply_and_no_error():
    async with serving([answer("return", reason="length")]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        _, reply = await heard(model, ask())
        await model.aclose()
    assert (reply.text, reply.finish) == ("return", "length")


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
async def test_reasoning_is_shown_apart_whatever_the_server_calls_it(field: str):
    said = Said([delta(**{field: "hmm"}), delta("yes"), finish(), usage(5, 2)])
    async with serving([said]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        pieces, reply = await heard(model, ask(thinking=True))
        await model.aclose()
    assert pieces == [Piece(text="hmm", thinking=True), Piece(text="yes")]
    assert (reply.thinking, reply.text) == ("hmm", "yes")


async def test_thoughts_in_tags_inside_the_content_are_shown_apart():
    async with serving([answer("<th", "ink>a", " b</thi", "nk>\n\nreturn '<think>'")]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        pieces, reply = await heard(model, ask(thinking=True))
        await model.aclose()
    assert (text_of(pieces, thinking=True), text_of(pieces)) == ("a b", "return '<think>'")
    assert (reply.thinking, reply.text) == ("a b", "return '<think>'")


async def test_an_answer_that_arrives_as_reasoning_is_the_answer_when_no_thinking_was_asked_for():
    def said(_: dict[str, Any]) -> Said:
        return Said([delta(content=None, reasoning="return 1"), finish(), usage(5, 2)])

    async with serving(said, "vllm") as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        first, reply = await heard(model, ask())
        second, again = await heard(model, ask())
        await model.aclose()
    assert (text_of(first), reply.text, reply.thinking) == ("return 1", "return 1", "")
    assert second == [Piece(text="return 1")] and again.text == "return 1"
    assert server.asked[0]["chat_template_kwargs"] == {"enable_thinking": False}


async def test_thoughts_stay_thoughts_on_a_server_that_once_misplaced_an_answer():
    script = [
        Said([delta(reasoning="return 1"), finish(), usage(5, 2)]),
        Said([delta(reasoning="let me see"), delta("return 2"), finish(), usage(5, 4)]),
    ]
    async with serving(script, "vllm") as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        await heard(model, ask())
        _, reply = await heard(model, ask())
        await model.aclose()
    assert (reply.thinking, reply.text) == ("let me see", "return 2")


async def test_leaving_a_stream_closes_the_connection_and_keeps_what_came():
    async with serving([Said([delta("return n"), STALL])]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        _, reply = await heard(model, ask("double n"), most=1)
        await asyncio.wait_for(server.client_left.wait(), 5)
        assert server.open_streams == 0
        await model.aclose()
    assert (reply.text, reply.finish, reply.usage.estimated) == ("return n", "cut", True)
    assert reply.usage.prompt_tokens > 0 < reply.usage.completion_tokens


async def test_leaving_a_flowing_stream_stops_the_server_before_its_end():
    async with serving([Said([delta("x "), ENDLESS])]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        pieces, reply = await heard(model, ask(), most=3)
        await asyncio.wait_for(server.client_left.wait(), 5)
        await model.aclose()
    assert len(pieces) == 3 and reply.finish == "cut"


async def test_cancelling_before_the_first_token_closes_the_connection():
    async with serving([Said([STALL])]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url, kind="llama.cpp", model="m"))
        task = asyncio.create_task(heard(model, ask()))
        await asyncio.wait_for(server.client_waits.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.client_left.wait(), 5)
        await model.aclose()


async def test_cancelling_between_two_tokens_closes_the_connection():
    async with serving([Said([delta("a"), STALL])]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        first = asyncio.Event()

        async def listen() -> None:
            async with model.stream(ask()) as stream:
                async for _ in stream:
                    first.set()

        task = asyncio.create_task(listen())
        await asyncio.wait_for(first.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.client_left.wait(), 5)
        await model.aclose()


async def test_usage_is_exact_after_leaving_early_when_the_server_counts_as_it_goes():
    timings = {"timings": {"prompt_n": 7, "cache_n": 30, "predicted_n": 2}}
    async with serving([Said([delta("a"), delta("b") | timings, STALL])]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        _, reply = await heard(model, ask(), most=2)
        await model.aclose()
    assert reply.usage == Usage(prompt_tokens=37, completion_tokens=2, cached_tokens=30)


async def test_a_stream_that_ignores_its_limit_is_ended_by_us_with_a_warning():
    async with serving([Said([delta("again "), ENDLESS])]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        _, reply = await heard(model, ask(sampling=Sampling(max_tokens=20)))
        await asyncio.wait_for(server.client_left.wait(), 5)
        await model.aclose()
    assert reply.finish == "length" and "max_tokens=20" in reply.warning
    assert 20 <= reply.text.count("again") <= 100


async def test_an_answer_that_takes_too_long_in_all_is_a_timeout_that_keeps_what_came():
    async with serving([Said([delta("a"), STALL])]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url, longest=0.3))
        async with model.stream(ask()) as stream:
            with pytest.raises(ModelError, match=r"not done after 0.3 s") as caught:
                _ = [piece async for piece in stream]
        await model.aclose()
    assert caught.value.kind == "timeout" and stream.reply.text == "a"


async def test_a_server_that_falls_silent_is_a_timeout():
    async with serving([Said([STALL])]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url, timeout=0.1), sleep=no_sleep)
        with pytest.raises(ModelError, match=r"sent nothing for 0.1 s") as caught:
            await heard(model, ask())
        await model.aclose()
    assert caught.value.kind == "timeout" and len(server.asked) == 1


async def test_a_connection_lost_after_the_first_piece_is_an_error_and_nothing_is_asked_again():
    async with serving([Said([delta("a"), DROP]), answer("b")]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url), sleep=no_sleep)
        async with model.stream(ask()) as stream:
            with pytest.raises(ModelError, match="closed the connection") as caught:
                _ = [piece async for piece in stream]
        await model.aclose()
    assert caught.value.kind == "dropped" and stream.reply.text == "a" and len(server.asked) == 1


async def test_an_empty_answer_is_an_error_that_names_the_model():
    async with serving([answer()]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url, model="tiny"))
        with pytest.raises(ModelError, match=r"tiny at http://127\.0\.0\.1:.* gave an empty answer") as caught:
            await heard(model, ask())
        await model.aclose()
    assert caught.value.kind == "empty"


async def test_a_stream_that_ends_without_a_reason_is_broken_off_and_says_so():
    async with serving([Said([delta("retu")])]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        _, reply = await heard(model, ask())
        await model.aclose()
    assert (reply.text, reply.finish) == ("retu", "broken off") and "without saying why" in reply.warning


async def test_a_server_that_does_not_close_after_the_end_is_not_waited_for():
    async with serving([Said([delta("a"), finish(), usage(3, 1), "[DONE]", STALL])]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        _, reply = await asyncio.wait_for(heard(model, ask()), 4)
        await model.aclose()
    assert (reply.text, reply.finish) == ("a", "stop")


@pytest.mark.parametrize("last", [STALL, DROP])
async def test_trouble_after_the_server_said_how_the_answer_ended_spoils_nothing(last: str):
    async with serving([Said([delta("a"), finish("length"), last])]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url, timeout=0.2), sleep=no_sleep)
        _, reply = await heard(model, ask())
        await model.aclose()
    assert (reply.text, reply.finish, reply.usage.estimated) == ("a", "length", True)


async def test_a_prompt_the_server_cut_silently_raises_the_alarm():
    async with serving([answer("ok", prompt=2048), answer("ok", prompt=4000)], "ollama") as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        _, cut = await heard(model, ask("word " * 4000))
        _, whole = await heard(model, ask("word " * 4000))
        await model.aclose()
    assert "read 2048 of about 4009 prompt tokens" in cut.warning and "num_ctx" in cut.warning
    assert whole.warning == ""


@pytest.mark.parametrize(
    ("kind", "counted"),
    [
        ("llama.cpp", {"timings": {"prompt_n": 48, "cache_n": 2000, "predicted_n": 1}}),
        ("vllm", {"usage": usage(2048, 1)["usage"]}),
    ],
)
async def test_the_alarm_is_raised_for_an_answer_that_was_left_early_where_the_server_counts_as_it_goes(
    kind: str, counted: dict[str, Any]
):
    async with serving([Said([delta("ok") | counted, STALL])], kind) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        _, reply = await heard(model, ask("word " * 4000), most=1)
        await model.aclose()
    assert "read 2048 of about 4009 prompt tokens" in reply.warning
    body = server.asked[0]
    assert body.get("timings_per_token") or body["stream_options"].get("continuous_usage_stats")


async def test_the_alarm_is_raised_for_an_answer_that_was_left_early_where_the_server_counts_at_the_end():
    counted = Said([delta("ok"), delta(" and so on"), finish(), usage(2048, 4)])
    async with serving([counted, Said([delta("ok"), STALL])], "ollama") as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        _, reply = await heard(model, ask("word " * 4000), most=1)
        # It is waited for once: the next answer that is left ends at once, also when it stalls.
        _, again = await heard(model, ask("word " * 4000), most=1)
        await model.aclose()
    assert "read 2048 of about 4009 prompt tokens" in reply.warning and reply.text == "ok"
    assert (again.warning, again.usage.estimated) == ("", True)


async def test_a_prefill_is_continued_and_never_part_of_the_text():
    async with serving([answer("    return", " n * 2\n")]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        _, reply = await heard(model, ask(prefill=STUB))
        await model.aclose()
    assert (reply.text, reply.prefilled) == ("    return n * 2\n", True)
    assert server.asked[0]["messages"][-1] == {"role": "assistant", "content": STUB}


async def test_a_server_that_says_the_prefill_again_is_found_out_and_not_prefilled_any_more():
    def restart(body: dict[str, Any]) -> Said:
        return answer("```python\ndef double(n: int) -> int:\n", '    """Twice n."""\n    ', "return n * 2\n```")

    async with serving(restart) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        replies = [(await heard(model, ask(prefill=STUB)))[1] for _ in range(3)]
        await model.aclose()
    assert [reply.prefilled for reply in replies] == [True, True, False]
    assert replies[0].text == "    return n * 2\n```"
    assert [body["messages"][-1]["role"] for body in server.asked] == ["assistant", "assistant", "user"]


async def test_an_answer_that_begins_the_function_in_other_words_is_not_taken_for_a_continuation():
    async with serving([answer("def double(n: int) -> int:\n    return n * 2\n")]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        _, reply = await heard(model, ask(prefill=STUB))
        await model.aclose()
    assert (reply.text, reply.prefilled) == ("def double(n: int) -> int:\n    return n * 2\n", False)


async def test_many_answers_at_once_keep_apart():
    def echo(body: dict[str, Any]) -> Said:
        return answer(*body["messages"][0]["content"])

    async with serving(echo) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        replies = await asyncio.gather(*(heard(model, ask(f"answer {n}")) for n in range(20)))
        await model.aclose()
    assert [reply.text for _, reply in replies] == [f"answer {n}" for n in range(20)]
    assert server.paths.count("/v1/models") == 1


async def test_a_closed_model_can_be_asked_again():
    async with serving([answer("a"), answer("b")]) as server:
        model = OpenAIChat(Endpoint(base_url=server.url))
        await heard(model, ask())
        await model.aclose()
        _, reply = await heard(model, ask())
        await model.aclose()
    assert reply.text == "b"


async def test_halves_of_characters_in_an_answer_are_replaced():
    async with serving([answer("a\ud800", "b\ud83d\ude00", "c")]) as server:
        pieces, reply = await heard(OpenAIChat(Endpoint(base_url=server.url, model="m")), ask())
    assert (text_of(pieces), reply.text) == ("a\ufffdb\U0001f600c",) * 2
