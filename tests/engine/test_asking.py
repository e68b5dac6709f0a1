"""One model call inside a run: what is asked again, and when nobody listens any longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace
from redraft.engine.desk.asking import Asker, Listener, Question
from redraft.engine.errors import ModelError
from redraft.engine.events import AnyEvent, CallEnded, CallFailed, CallStarted, Decided
from redraft.engine.kit import Kit, Mode, Voice
from redraft.engine.models.chat import Message, Reply, Sampling
from redraft.engine.models.scripted import Line, Scripted
from redraft.engine.prompts import Prompts
from redraft.engine.sandbox.scripted import ScriptedSandbox

CRASH = ModelError("the server went away", kind="crashed", retryable=True)
THOUGHT_ABOUT = Question(
    role="coder", purpose="review", messages=(Message(role="user", content="well?"),), thinking="yes"
)
QUESTION = Question(role="coder", purpose="review", messages=(Message(role="user", content="well?"),))


class Told:
    """An asker with one scripted model, and all that it told the log."""

    def __init__(self, answers: Sequence[str | Line], *, name: str = "scripted", mode: Mode = "evidence", **voice: Any):
        self.model = Scripted(answers, name=name)
        self.events: list[AnyEvent] = []
        voices = {"coder": Voice(model=self.model, sampling=Sampling(max_tokens=100), **voice)}
        kit = Kit(mode=mode, voices=voices, prompts=Prompts(None), sandbox=ScriptedSandbox({}))  # type: ignore[arg-type]
        self.turns = 0
        self._asker = Asker(kit, self.events.append, self._turn)

    async def _turn(self, node: str) -> None:
        self.turns += 1

    async def ask(self, question: Question = QUESTION, listener: Listener | None = None) -> tuple[str, Reply]:
        return await self._asker.ask(question, listener)

    def kinds(self) -> list[type]:
        return [
            type(event) for event in self.events if isinstance(event, CallStarted | CallEnded | CallFailed | Decided)
        ]


# ---------------------------------------------------------------------------------------------- streams without end


async def test_an_answer_that_goes_on_past_its_limit_is_left_and_called_cut_by_length():
    told = Told(["again " * 5000])
    _, reply = await told.ask()
    assert 120 <= len(reply.text.split()) <= 140
    assert (reply.finish, told.model.open_streams) == ("length", 0)
    assert "did not keep to max_tokens=100" in reply.warning
    ended = next(event for event in told.events if isinstance(event, CallEnded))
    assert (ended.finish, ended.warning) == ("length", reply.warning)


async def test_the_limit_of_the_question_counts_before_that_of_the_role():
    _, reply = await Told(["again " * 5000]).ask(replace(QUESTION, max_tokens=20))
    assert len(reply.text.split()) <= 45


async def test_thoughts_count_as_they_do_at_the_server():
    told = Told([Line(thinking="hm " * 5000, text="yes")] * 2, thinking_tokens=100)
    _, reply = await told.ask(THOUGHT_ABOUT)
    assert (reply.finish, reply.text) == ("length", "")
    assert len(reply.thinking.split()) < 1.3 * 4 * 200


async def test_an_answer_in_large_pieces_is_left_by_its_estimate():
    _, reply = await Told(["x" * 2000 + " " + "y" * 2000 + " more" * 50]).ask()
    assert (reply.finish, "more" in reply.text) == ("length", False)


@pytest.mark.parametrize("finish", ["stop", "length"])
async def test_an_answer_that_keeps_to_its_limit_ends_as_the_server_says(finish: str):
    _, reply = await Told([Line(text="word " * 100, finish=finish)]).ask()  # type: ignore[arg-type]
    assert (len(reply.text.split()), reply.finish, reply.warning) == (100, finish, "")


# ---------------------------------------------------------------------------------------------- servers that are gone


async def test_a_question_whose_server_went_away_is_asked_once_more_and_the_log_says_so():
    told = Told([Line(text="half an", fails=CRASH), "whole"])
    call, reply = await told.ask()
    assert (call, reply.text) == ("c2", "whole")
    assert told.kinds() == [CallStarted, CallFailed, Decided, CallStarted, CallEnded]
    assert [event.what for event in told.events if isinstance(event, Decided)] == [
        "the model's server ended while it answered: the review is asked once more"
    ]
    assert told.turns == 2


async def test_a_question_is_not_asked_a_third_time():
    told = Told([Line(fails=CRASH), Line(fails=CRASH), "whole"])
    with pytest.raises(ModelError, match="went away"):
        await told.ask()
    assert told.kinds() == [CallStarted, CallFailed, Decided, CallStarted, CallFailed]


@pytest.mark.parametrize(
    "problem",
    [
        ModelError("no", kind="crashed"),
        ModelError("no", kind="unreachable", retryable=True),
        ModelError("no", kind="empty"),
    ],
)
async def test_other_failures_are_not_asked_again(problem: ModelError):
    told = Told([Line(fails=problem), "whole"])
    with pytest.raises(ModelError):
        await told.ask()
    assert told.kinds() == [CallStarted, CallFailed]


async def test_who_listens_for_the_end_of_an_answer_begins_anew_with_it():
    heard: list[list[str]] = []

    def listener():
        heard.append([])
        return lambda piece: bool(heard[-1].append(piece))

    prefilled = replace(QUESTION, prefill="begun ")
    await Told([Line(text="half an", fails=CRASH), "whole"]).ask(prefilled, listener)
    assert ["".join(pieces) for pieces in heard] == ["half an", "whole"]


# ---------------------------------------------------------------------------------------------- answers broken off

HALF = Line(text="half an", finish="broken off", warning="the server broke the answer off (network_error)")
LOST = ModelError("closed the connection", kind="dropped", retryable=True)


async def test_an_answer_that_was_broken_off_is_asked_for_once_more():
    told = Told([HALF, "whole"])
    _, reply = await told.ask()
    assert (reply.text, reply.problem) == ("whole", "")
    assert decided(told) == ["the answer was broken off: the review is asked once more"]
    assert [event.finish for event in told.events if isinstance(event, CallEnded)] == ["broken off", "stop"]


async def test_an_answer_that_is_broken_off_twice_is_no_answer():
    _, reply = await Told([HALF, HALF, "whole"]).ask()
    assert (reply.text, reply.finish) == ("half an", "broken off")
    assert reply.problem == "was broken off twice: the server broke the answer off (network_error)"


async def test_a_connection_that_is_lost_halfway_is_an_answer_broken_off():
    told = Told([Line(text="half an", fails=LOST), "whole"])
    assert (await told.ask())[1].text == "whole"
    with pytest.raises(ModelError, match="closed"):
        await Told([Line(text="half an", fails=LOST)] * 2).ask()


async def test_a_connection_that_is_lost_before_the_answer_began_was_tried_often_enough():
    told = Told([Line(fails=LOST), "whole"])
    LOST.halfway = False
    with pytest.raises(ModelError, match="closed"):
        await told.ask()


# ---------------------------------------------------------------------------------------------- models that think

ALOUD = Line(thinking="hm " * 49 + "hm", finish="length")
REPORTED = Line(thinking="hm", text="a report")


def decided(told: Told) -> list[str]:
    return [event.what for event in told.events if isinstance(event, Decided)]


async def test_an_answer_cut_while_it_was_thinking_is_asked_for_once_more_with_four_times_the_room():
    told = Told([ALOUD, REPORTED], thinking_tokens=300)
    _, reply = await told.ask(THOUGHT_ABOUT)
    assert [ask.room for ask in told.model.asks] == [400, 1600]
    assert (reply.text, reply.problem) == ("a report", "")
    assert decided(told) == [
        (
            "the coder spent about 50 tokens thinking and said nothing: "
            "the review is asked once more with four times the room"
        )
    ]


async def test_an_answer_that_is_cut_twice_while_it_was_thinking_names_the_setting():
    told = Told([ALOUD, ALOUD, REPORTED])
    _, reply = await told.ask(THOUGHT_ABOUT)
    assert len(told.model.asks) == 2
    assert reply.problem == (
        "spent about 50 tokens thinking and said nothing: raise roles.coder.thinking_tokens, "
        'or set roles.coder.thinking = "off"'
    )


async def test_a_model_that_thought_and_ended_without_a_word_is_not_asked_again():
    told = Told([Line(thinking="hm"), REPORTED])
    _, reply = await told.ask(THOUGHT_ABOUT)
    assert len(told.model.asks) == 1
    assert reply.problem.startswith("spent about 1 token thinking and said nothing")


async def test_words_without_the_json_that_was_asked_for_are_thoughts_when_they_are_cut():
    told = Told([Line(text="First I look at the loop. " * 9, finish="length"), '{"findings": []}'])
    _, reply = await told.ask(replace(THOUGHT_ABOUT, schema={"type": "object"}))
    assert (reply.text, reply.problem) == ('{"findings": []}', "")


async def test_an_answer_that_was_cut_after_it_began_is_not_asked_for_again():
    told = Told([Line(text='{"findings": [', finish="length")])
    _, reply = await told.ask(replace(THOUGHT_ABOUT, schema={"type": "object"}))
    assert (reply.text, reply.problem) == ('{"findings": [', "")


async def test_a_model_that_thinks_though_nobody_asked_has_room_for_it_from_the_second_question_on():
    told = Told([Line(finish="length"), "one", "two"])
    for _ in range(2):
        await told.ask()
    assert [ask.room for ask in told.model.asks] == [100, 400, 100 + 8192]
    assert {ask.thinking for ask in told.model.asks} == {False}


@pytest.mark.parametrize(("effort", "tokens"), [(None, 8192), ("low", 2048), ("medium", 8192), ("high", 32768)])
async def test_the_effort_says_how_much_may_be_thought(effort: Any, tokens: int):
    told = Told(["yes"], effort=effort)
    await told.ask(THOUGHT_ABOUT)
    assert (told.model.asks[0].thinking_tokens, told.model.asks[0].effort) == (tokens, effort)


async def test_a_bound_that_the_user_sets_is_neither_tightened_nor_widened():
    told = Told(["yes", "yes"], max_tokens=2000)
    for thinking in ("yes", "no"):
        await told.ask(replace(QUESTION, max_tokens=240, thinking=thinking))
    assert [ask.sampling.max_tokens for ask in told.model.asks] == [2000, 2000]


async def test_a_tight_bound_holds_for_an_answer_before_which_no_thought_came():
    talks = "again " * 5000
    told = Told([talks, Line(thinking="hm", text=talks)])
    replies = [(await told.ask(replace(THOUGHT_ABOUT, max_tokens=20)))[1] for _ in range(2)]
    assert [reply.finish for reply in replies] == ["length", "length"]
    assert [len(reply.text.split()) < 50 for reply in replies] == [True, False]
    assert [len(reply.text.split()) < 150 for reply in replies] == [True, True]


async def test_a_model_that_hides_its_thoughts_is_not_held_to_the_tight_bound():
    told = Told(["again " * 90], name="gpt-5-mini")
    _, reply = await told.ask(replace(THOUGHT_ABOUT, max_tokens=20))
    assert (reply.finish, len(reply.text.split())) == ("stop", 90)


async def test_thoughts_that_go_in_a_circle_are_left_long_before_their_bound():
    told = Told([Line(thinking="so it is right, or is it? " * 9000)] * 2, thinking_tokens=100_000)
    _, reply = await told.ask(THOUGHT_ABOUT)
    assert len(reply.thinking) < 20_000 and "circle" in reply.warning
    assert told.model.open_streams == 0


async def test_long_thoughts_that_do_not_repeat_themselves_are_heard_to_their_end():
    thinking = " ".join(f"case {n} holds;" for n in range(9000))
    told = Told([Line(thinking=thinking, text="a report")], thinking_tokens=100_000)
    _, reply = await told.ask(THOUGHT_ABOUT)
    assert reply.text == "a report"


@pytest.mark.parametrize(("mode", "temperature"), [("paper", 0.0), ("evidence", 0.6)])
async def test_thoughts_are_greedy_in_paper_mode_alone(mode: Mode, temperature: float):
    told = Told(["yes", "yes"], mode=mode)
    await told.ask(THOUGHT_ABOUT)
    await told.ask()
    assert [ask.sampling.temperature for ask in told.model.asks] == [temperature, 0.0]
