"""A reviewer that thinks, on every kind of server, from the settings to the fix; and reviewers that think badly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fake_server import ENDLESS, FakeServer, Said, answer, delta, finish, refusal, serving, usage
from redraft.engine.events import CallStarted, Entry
from redraft.engine.facts import Example, Stub
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.chat import Ask, Message, Reply
from redraft.engine.models.endpoint import Endpoint, ServerKind
from redraft.engine.models.openai import OpenAIChat
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.run.opening import opened
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.settings.shape import RoleSettings, RolesSettings, Settings
from redraft.engine.state.run import RunState, state_of
from redraft.engine.system.paths import Places

HEADER = 'def f(x):\n    """Double x.\n\n    >>> f(1)\n    2\n    """\n'
STUB = Stub(path="a.py", name="f", line=1, header=HEADER, body="...", docstring="Double x.", before=HEADER,
            examples=(Example(source="f(1)\n", want="2\n"),))  # fmt: skip
HALF, GOOD = "return x + 1", "return 2 * x"
GIVES = {HALF: {"f(1)": "2", "f(5)": "6"}, GOOD: {"f(1)": "2", "f(5)": "10"}}
REPORT = (
    '{"findings": [{"quote": "return x + 1", "call": "f(5)", "comes_out": "6", "should_be": "10", "claim": "adds"}], '
    '"verdict": "bugs"}'
)
THOUGHTS = [f"Step {n}. " for n in range(375)]  # 1,500 tokens
Script = Callable[[dict[str, Any]], Said]


def room_of(body: dict[str, Any]) -> int:
    return int(body.get("max_tokens", 0) or body.get("max_completion_tokens", 0))


def in_pieces(*events: dict[str, Any] | str, tokens: int = 1600) -> Script:
    """An answer that a real server would have cut: it counts thoughts against the room."""

    def script(body: dict[str, Any]) -> Said:
        if room_of(body) < tokens:
            return Said([*events[:3], finish("length"), usage(50, room_of(body))])
        return Said([*events, finish(), usage(50, tokens)])

    return script


def part(kind: str, text: str) -> dict[str, Any]:
    held = [{"type": "text", "text": text}] if kind == "thinking" else text
    return {"choices": [{"index": 0, "delta": {"content": [{"type": kind, kind: held}]}, "finish_reason": None}]}


def openai_like(body: dict[str, Any]) -> Said:
    """As a hosted model that thinks: no switch of others, no temperature, thoughts that nobody sees but the bill."""
    for name in ("temperature", "top_p", "seed", "stop", "max_tokens"):
        if name in body:
            return refusal(400, f"Unsupported parameter: '{name}' is not supported with this model.", param=name)
    return in_pieces(delta(REPORT))(body)


VLLM = in_pieces(*(delta(content=None, reasoning=t) for t in THOUGHTS), delta(REPORT))
MISTRAL = in_pieces(*(part("thinking", t) for t in THOUGHTS), part("text", REPORT[:20]), part("text", REPORT[20:]))
TAGS = in_pieces(delta("<think>"), *map(delta, THOUGHTS), delta("</think>\n\n" + REPORT))
LONE_TAG = in_pieces(*map(delta, THOUGHTS), delta("\n</think>\n\n" + REPORT))


@asynccontextmanager
async def reviewed_by(
    script: Script, kind: str, **voice: Any
) -> AsyncIterator[tuple[RunState, FakeServer, list[Entry]]]:
    """A run with evidence whose coder errs and whose reviewer is this server."""
    async with serving(script, kind) as server:
        told: Any = "openai" if script is openai_like else ""
        model = OpenAIChat(Endpoint(base_url=server.url, model="m", kind=told))
        coder = Scripted([f"```python\n{HEADER}    {body}\n```" for body in (HALF, GOOD)])
        voices = {"coder": Voice(model=coder), "reviewer": Voice(model=model, **voice)}
        kit = Kit(voices=voices, prompts=Prompts(None), sandbox=ScriptedSandbox(GIVES))  # type: ignore[arg-type]
        async with running(CATALOGUE["review-with-evidence"], kit, STUB) as log:
            entries = [entry async for entry in log]
        await model.aclose()
        state = state_of(entries)
        assert state.problem == ""
        yield state, server, entries


SERVERS: list[tuple[str, Script]] = [
    ("vllm", VLLM), ("llama.cpp", VLLM), ("", openai_like), ("", MISTRAL), ("", TAGS), ("", LONE_TAG), ("ollama", VLLM),
    ("lmstudio", TAGS),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "script"),
    SERVERS,
    ids=["vllm", "llama.cpp", "openai", "mistral", "tags", "lone tag", "ollama", "lmstudio"],
)
async def test_a_reviewer_that_thinks_for_1500_tokens_is_heard_executed_and_obeyed_with_no_setting(
    kind: str, script: Script
):
    async with reviewed_by(script, kind) as (state, _server, _):
        assert state.review is not None and state.solution is not None
        assert [finding.status for finding in state.review.findings] == ["reproduced"]
        assert (state.solution.draft.body, state.solution.verdict) == (GOOD, "verified")
        assert state.unreviewed == ""
        call = next(call for call in state.calls if call.role == "reviewer")
        assert call.text == REPORT
        assert ("Step 374." in call.thinking) is (script is not openai_like)


async def test_the_switch_of_vllm_is_on_for_the_review():
    async with reviewed_by(VLLM, "vllm") as (_, server, _entries):
        (body,) = server.asked
    assert body["chat_template_kwargs"] == {"enable_thinking": True}
    assert (body["temperature"], body["top_p"], body["top_k"]) == (0.6, 0.95, 20)


# ---------------------------------------------------------------------------------------------- what goes wrong


def thinks_for_ever(_: dict[str, Any]) -> Said:
    return Said([delta(content=None, reasoning="wait, "), ENDLESS])


def thinks_up_to_its_limit(body: dict[str, Any]) -> Said:
    return Said([delta(content=None, reasoning="wait, "), finish("length"), usage(50, room_of(body))])


def ends_in_thought(_: dict[str, Any]) -> Said:
    return Said([delta(content=None, reasoning="wait, "), finish(), usage(50, 7)])


def says_nothing(_: dict[str, Any]) -> Said:
    return Said([finish(), usage(50, 0)])


BAD = [thinks_for_ever, thinks_up_to_its_limit, ends_in_thought, says_nothing]


@pytest.mark.parametrize("script", BAD, ids=lambda script: script.__name__)
async def test_a_review_that_does_not_come_leaves_the_draft_verified_and_not_reviewed(script: Script):
    async with reviewed_by(script, "vllm") as (state, server, _):
        assert state.review is not None and state.solution is not None
        assert (state.review.verdict, state.solution.verdict) == ("not reviewed", "verified")
        assert state.solution.why == "every example holds; no report came"
        assert state.decisions[-1] == f"not reviewed: {state.unreviewed}"
        if script is thinks_for_ever:
            await asyncio.wait_for(server.client_left.wait(), 5)


async def test_a_reviewer_cut_twice_while_it_thinks_says_how_long_it_thought_and_which_setting_helps():
    async with reviewed_by(thinks_up_to_its_limit, "", thinking_tokens=1000) as (state, server, _):
        assert [room_of(body) for body in server.asked] == [2024, 8096]
        assert "spent 8,096 tokens thinking and said nothing: raise roles.reviewer.thinking_tokens" in state.unreviewed


async def test_a_reviewer_that_thinks_in_a_circle_is_not_advised_to_be_given_more_room():
    async with reviewed_by(thinks_for_ever, "") as (state, server, _):
        assert len(server.asked) == 2
        assert "for it went in a circle" in state.unreviewed
        assert "thinking_tokens" not in state.unreviewed and 'thinking = "off"' in state.unreviewed


async def test_room_never_goes_past_the_context_and_a_full_context_is_not_asked_to_hold_more():
    async with reviewed_by(thinks_up_to_its_limit, "vllm") as (state, server, _):
        (body,) = server.asked
        assert 3000 < body["max_tokens"] < 4096  # The server says that it reads 4,096 tokens.
        assert "context is full" in state.unreviewed


async def test_thoughts_within_the_answer_have_the_room_of_thoughts():
    aloud = in_pieces(*map(delta, THOUGHTS), delta("\n" + REPORT))
    async with reviewed_by(aloud, "") as (state, server, _):
        assert len(server.asked) == 1
        assert state.review is not None and state.review.verdict == "bugs"


async def test_a_reviewer_that_repeats_itself_in_its_answer_is_left_early():
    def script(_: dict[str, Any]) -> Said:
        return Said([delta("the loop is fine. "), ENDLESS])

    async with reviewed_by(script, "", thinking="off") as (state, _server, _):
        assert state.review is not None and not state.review.happened


# ---------------------------------------------------------------------------------------------- switches


async def replies(model: OpenAIChat, *asks: Ask) -> list[Reply]:
    found: list[Reply] = []
    for ask in asks:
        async with model.stream(ask) as stream:
            _ = [piece async for piece in stream]
        found.append(stream.reply)
    await model.aclose()
    return found


def ask(*, thinking: bool = False, **more: Any) -> Ask:
    return Ask(messages=(Message(role="user", content="hello"),), thinking=thinking, **more)


Switch = tuple[ServerKind, dict[str, Any], dict[str, Any], dict[str, Any]]


def in_the_template(kind: ServerKind) -> Switch:
    return (
        kind,
        {"chat_template_kwargs": {"enable_thinking": True}},
        {"chat_template_kwargs": {"enable_thinking": False}},
        {"chat_template_kwargs": {"enable_thinking": True, "reasoning_effort": "low"}},
    )


SWITCHES: list[Switch] = [
    in_the_template("vllm"), in_the_template("sglang"), in_the_template("llama.cpp"),
    ("openai", {"reasoning_effort": "medium"}, {"reasoning_effort": "none"}, {"reasoning_effort": "low"}),
    ("openrouter", {"reasoning": {"enabled": True}}, {"reasoning": {"enabled": False}}, {"reasoning": {"effort": "low"}}),
    ("ollama", {}, {"reasoning_effort": "none"}, {"reasoning_effort": "low"}),
    ("lmstudio", {}, {}, {"reasoning_effort": "low"}),
    ("", {}, {}, {"reasoning_effort": "low"}),
]  # fmt: skip
FIELDS = ("chat_template_kwargs", "reasoning_effort", "reasoning")


@pytest.mark.parametrize(("kind", "on", "off", "low"), SWITCHES)
async def test_each_kind_of_server_gets_its_own_switch(
    kind: ServerKind, on: dict[str, Any], off: dict[str, Any], low: dict[str, Any]
):
    async with serving(lambda _: answer("ok"), "") as server:
        model = OpenAIChat(Endpoint(base_url=server.url, model="m", kind=kind))
        await replies(model, ask(thinking=True), ask(), ask(thinking=True, effort="low"))
    sent = [{name: body[name] for name in FIELDS if name in body} for body in server.asked]
    assert sent == [on, off, low]


@pytest.mark.parametrize(
    ("kind", "name", "put"),
    [
        ("", "Qwen/Qwen3-8B", True),
        ("lmstudio", "qwen3-32b-mlx", True),
        ("vllm", "Qwen/Qwen3-8B", False),
        ("", "Qwen3-4B-Instruct-2507", False),
        ("", "some-model", False),
    ],
)
async def test_qwen3_is_told_in_its_prompt_where_the_server_has_no_switch(kind: ServerKind, name: str, put: bool):
    async with serving(lambda _: answer("ok"), "") as server:
        await replies(OpenAIChat(Endpoint(base_url=server.url, model=name, kind=kind)), ask(), ask(thinking=True))
    assert [body["messages"][-1]["content"].startswith("/no_think") for body in server.asked] == [put, False]


async def test_a_switch_that_is_refused_gives_way_to_the_word_in_the_prompt():
    def script(body: dict[str, Any]) -> Said:
        return refusal(400, "chat_template_kwargs is not permitted") if "chat_template_kwargs" in body else answer("ok")

    async with serving(script, "vllm") as server:
        await replies(OpenAIChat(Endpoint(base_url=server.url)), ask(), ask())
    assert [body["messages"][-1]["content"].startswith("/no_think") for body in server.asked] == [False, True, True]


@pytest.mark.parametrize(
    ("known", "sent"), [({"low", "high"}, "low"), ({"minimal", "low"}, "minimal"), ({"none", "low"}, "none")]
)
async def test_the_least_effort_that_a_server_knows_is_found_out(known: set[str], sent: str):
    def script(body: dict[str, Any]) -> Said:
        effort = body.get("reasoning_effort")
        told = f"Unsupported value: '{effort}' is not supported with this model. Supported values are: {sorted(known)}."
        return answer("ok") if effort in known else refusal(400, told, param="reasoning_effort")

    async with serving(script, "") as server:
        model = OpenAIChat(Endpoint(base_url=server.url, model="m", kind="openai"))
        await replies(model, ask(), ask())
    assert [body["reasoning_effort"] for body in server.asked][-2:] == [sent, sent]


@pytest.mark.parametrize(
    ("message", "room"),
    [
        ("max_tokens is too large: 9216. This model supports at most 4096 completion tokens.", 4096),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", 8192),
        (
            ("This model's maximum context length is 6000 tokens. However, you requested 9266 tokens (50 in the messages, "
            "9216 in the completion). Please reduce the length of the messages or completion."),
            5949,
        ),
        (("'max_tokens' or 'max_completion_tokens' is too large: 9216. This model's maximum context length is 6000 tokens "
         "and your request has 50 input tokens (9216 > 6000 - 50)."), 5949),
        ("prompt and answer exceed the context window", 2304),
    ],
)  # fmt: skip
async def test_a_room_for_thoughts_that_is_refused_is_made_smaller_and_stays_so(message: str, room: int):
    def script(body: dict[str, Any]) -> Said:
        return refusal(400, message) if room_of(body) > room else answer("ok")

    wanted = ask(thinking=True, thinking_tokens=8192)
    async with serving(script, "") as server:
        found = await replies(OpenAIChat(Endpoint(base_url=server.url, model="m")), wanted, wanted)
    assert [room_of(body) for body in server.asked] == [9216, room, room]
    assert [reply.full for reply in found] == [True, True]


async def test_an_answer_that_does_not_fit_even_without_thoughts_is_refused_in_words():
    from redraft.engine.errors import ModelError

    message = "This model's maximum context length is 512 tokens. However, your request has 500 input tokens"
    async with serving(lambda _: refusal(400, message), "") as server:
        with pytest.raises(ModelError, match="too long") as caught:
            await replies(
                OpenAIChat(Endpoint(base_url=server.url, model="m")), ask(thinking=True, thinking_tokens=8192)
            )
    assert caught.value.kind == "context" and len(server.asked) == 2


# ---------------------------------------------------------------------------------------------- from settings to server


async def test_the_papers_pair_in_paper_mode_thinks_where_the_paper_does_and_is_greedy_throughout(tmp_path: Path):
    drafted = answer(f"```python\n{HEADER}    {HALF}\n```")
    fixed = answer(f"```python\n{HEADER}    {GOOD}\n```")
    async with (
        serving([drafted, fixed], "vllm") as coder,
        serving(
            in_pieces(delta(content=None, reasoning="hm"), delta("line 6 adds, should double")), "vllm"
        ) as reviewer,
    ):
        roles = RolesSettings(
            coder=RoleSettings(base_url=coder.url, model="Qwen/Qwen2.5-Coder-14B-Instruct-AWQ"),
            reviewer=RoleSettings(base_url=reviewer.url, model="Qwen/Qwen3-32B-AWQ"),
            planner=RoleSettings(base_url=reviewer.url, model="Qwen/Qwen3-32B-AWQ"),
        )
        here = Places.under(tmp_path)
        async with opened(Settings(mode="paper", roles=roles), here, {}, lambda _: None) as kit:
            async with running(CATALOGUE["review-then-fix"], kit, STUB) as log:
                purposes = [e.event.purpose async for e in log if isinstance(e.event, CallStarted)]
    assert purposes == ["draft", "review", "fix"]
    bodies = [coder.asked[0], reviewer.asked[0], coder.asked[1]]
    assert [body["chat_template_kwargs"]["enable_thinking"] for body in bodies] == [False, True, False]
    assert [(body["temperature"], body["top_p"], body["top_k"]) for body in bodies] == [(0.0, 1.0, -1)] * 3
    assert [body["max_tokens"] > 1024 for body in bodies] == [False, True, False]


@pytest.mark.parametrize("mode", ["paper", "evidence"])
async def test_what_a_user_sets_of_thinking_reaches_the_model(tmp_path: Path, mode: Any):
    mine = RoleSettings(
        base_url="http://127.0.0.1:9/v1", model="m", thinking="on", effort="high", thinking_tokens=5, temperature=0.3
    )
    settings = Settings(mode=mode, roles=RolesSettings(coder=mine))
    async with opened(settings, Places.under(tmp_path), {}, lambda _: None) as kit:
        voice = kit.voices["coder"]
        embedded = kit.voices["tester"]
    assert (voice.thinking, voice.effort, voice.thought_room) == ("on", "high", 5)
    assert (voice.sampling.temperature, voice.thoughtful.temperature) == (0.3, 0.3)
    assert embedded.thinking == "off"
