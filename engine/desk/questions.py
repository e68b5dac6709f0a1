"""What verbs ask, and how much room an answer gets: two bounds, one for the thoughts and one for what is said."""

from __future__ import annotations

from typing import Literal

from ..facts import Fact, Role
from ..kit import Voice
from ..models.chat import Ask, Message, Reply
from ..models.thinkers import hides_thoughts, never_thinks
from .bounds import IN_CIRCLE

MORE_ROOM = 4
"""An answer that was cut before it began is asked for once more with so many times the room."""


class Draw(Fact, frozen=True):
    """How a sample is drawn."""

    temperature: float
    top_p: float | None = None
    """None: the role's own."""
    max_tokens: int | None = None
    """Most tokens of the sample; what the user sets for the role beats it. None: the role's own."""


class Question(Fact, frozen=True):
    """What a verb wants to know, before a role's own sampling is laid over it."""

    role: Role
    purpose: str
    messages: tuple[Message, ...]
    prefill: str = ""
    schema: dict[str, object] | None = None
    stop: tuple[str, ...] = ()
    temperature: float | None = None
    """None: the role's own."""
    top_p: float | None = None
    max_tokens: int | None = None
    """A tighter bound than the role's for an answer that no thought comes before; what a person sets beats it."""
    thinking: Literal["yes", "no", "never"] = "no"
    """Whether it is thought about. "no" leaves the last word to the role's setting, "never" to nobody."""
    more_room: bool = False
    """Whether it is asked once more, because the answer was cut before it began."""
    seed: int | None = None
    top_logprobs: int = 0
    """Of how many of the likeliest first tokens the log-probability is wanted; then one token is the whole answer."""
    node: str = ""


def is_thought_about(question: Question, voice: Voice) -> bool:
    """Whether the model is to think before it answers."""
    if voice.thinking == "off" or question.thinking == "never":
        return False
    return voice.thinking == "on" or (question.thinking == "yes" and not never_thinks(voice.model.name))


def room(question: Question, voice: Voice, *, thinks: bool) -> tuple[int, int]:
    """Most tokens of the answer, and of the thoughts before it.

    `thinks`: whether there will be thoughts, be they wanted or not.
    """
    if question.top_logprobs:
        return 1, 0
    usual = voice.sampling.max_tokens
    answer = voice.max_tokens or (usual if thinks or question.more_room else question.max_tokens or usual)
    thoughts = voice.thought_room if thinks else 0
    if question.more_room:
        return answer, max(MORE_ROOM * (answer + thoughts), answer + (voice.thinking_tokens or 0)) - answer
    return answer, thoughts


def answer_bound(question: Question, voice: Voice, ask: Ask) -> int:
    """Most tokens of an answer before which no thought came."""
    if question.more_room:
        return ask.room
    if voice.max_tokens or question.max_tokens is None or hides_thoughts(voice.model.name):
        return ask.sampling.max_tokens
    return question.max_tokens


def said_nothing(question: Question, reply: Reply) -> bool:
    """Whether a reply ended before its answer began: thoughts alone, or words where JSON was asked for."""
    if question.top_logprobs:
        return False
    if not reply.text.strip():
        return True
    return reply.finish == "length" and question.schema is not None and "{" not in reply.text


def spent(reply: Reply) -> str:
    """What became of the tokens of a reply without an answer."""
    tokens = reply.usage.completion_tokens
    about = "about " if reply.usage.estimated else ""
    return f"spent {about}{tokens:,} token{'' if tokens == 1 else 's'} thinking and said nothing"


def why_half(question: Question, reply: Reply) -> str:
    """Why an answer is not whole, and which setting may help."""
    if reply.full:
        return "came to the end of the model's context: its answer is unfinished; serve it with a larger one"
    again = " twice" if question.more_room else ""
    return f"ran into the limit of its answer{again}: it is unfinished; raise roles.{question.role}.max_tokens"


def why_silent(question: Question, voice: Voice, reply: Reply) -> str:
    """Why there is no answer, and which setting may help."""
    role, wanted = question.role, is_thought_about(question, voice)
    instead = f'set roles.{role}.thinking = "off"' if wanted else "take a model that does not think"
    told = spent(reply) if wanted else f"{spent(reply)}, though it was not to think"
    if reply.full:
        return f"{told}; the model's context is full: serve it with a larger one, or {instead}"
    if IN_CIRCLE in reply.warning:
        return f"{told}, for {IN_CIRCLE}: {instead}"
    if reply.finish == "length":
        return f"{told}: raise roles.{role}.thinking_tokens, or {instead}"
    return f"{told}: {instead}"
