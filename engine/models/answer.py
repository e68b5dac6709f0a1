"""One answer while it comes: chunks in, pieces and the reply out. No network here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ..facts import Fact, Usage
from . import tokens
from .chat import Ask, Piece, Reply
from .continuation import Continuation
from .thoughts import Part, ThoughtSplitter, names_tags

Finish = Literal["stop", "length", "cut"]

FINISHES: dict[str, Finish] = {"length": "length", "max_tokens": "length", "abort": "cut"}
"""How servers spell the ends that are not "stop"."""

RUNAWAY_CHUNKS, RUNAWAY_CHARACTERS = 4, 32
"""More than this many chunks, or characters, for each token of `max_tokens`: the server ignores the limit.
A chunk is at least one token on all servers seen; a token of Python is 3.5 characters on average."""

TRUNCATED = 0.6
"""A server that counts fewer than this share of our estimate has not read the whole prompt; `tokens` says how far
the estimate can be off."""
TRUNCATED_TOKENS = 256
"""And at least this many tokens must be missing."""


class Chunk(Fact, frozen=True):
    """What one event of a stream says, in our words."""

    text: str = ""
    thinking: str = ""
    finish: str = ""
    """The server's word for the end, "" before it."""
    usage: Usage | None = None
    logprobs: Mapping[str, float] = {}
    """Natural log-probability of the likeliest tokens in the place of this event's first, by their text."""


class Answer:
    """Folds the chunks of one stream into pieces and a reply. Times are seconds since the request."""

    def __init__(
        self, ask: Ask, *, prefilled: bool, reasoning_is_answer: bool = False, room: int | None = None
    ) -> None:
        """`room`: how many tokens the server was asked for, where the context leaves less than the ask wants."""
        self._ask = ask
        self._room = ask.room if room is None else room
        self.prefilled = prefilled
        """Whether the server was asked to continue the prefill."""
        self._reasoning_is_answer = reasoning_is_answer and not ask.thinking
        # What goes on with our own beginning is code, and an answer to text with tags may quote them.
        quoting = prefilled or any(names_tags(message.content) for message in ask.messages)
        self._thoughts = ThoughtSplitter(inside=not quoting)
        self._continuation = Continuation(ask.prefill if prefilled else "")
        self._said: list[str] = []
        self._thought: list[str] = []
        self._prompt = tokens.estimate(ask.messages, ask.prefill if prefilled else "")
        self._counted = 0
        self._chunks = 0
        self._characters = 0
        self._usage: Usage | None = None
        self._logprobs: dict[str, float] = {}
        self._finish: Finish = "cut"
        self._finish_seen = False
        self._warnings: list[str] = []
        self._ended = False
        self.had_misplaced_answer = False
        """Whether the whole answer came where thoughts belong."""
        self.really_thought = False
        """Whether a server known for misplaced answers sent thoughts after all."""
        self.seconds = 0.0
        self.first_seconds: float | None = None

    @property
    def began(self) -> bool:
        """Whether any text has come: from here on nothing is asked again."""
        return self.first_seconds is not None

    @property
    def finished(self) -> bool:
        """Whether the server has said how the answer ended."""
        return self._finish_seen

    @property
    def is_empty(self) -> bool:
        """Whether the answer ended of its own accord without a word, spoken or thought."""
        return self._ended and self._finish != "length" and not "".join((*self._said, *self._thought)).strip()

    @property
    def is_runaway(self) -> bool:
        """Whether far more has come than was asked for."""
        limit = max(self._room, 16)
        return self._chunks > RUNAWAY_CHUNKS * limit or self._characters > RUNAWAY_CHARACTERS * limit

    @property
    def restarted(self) -> bool:
        """Whether the model began the prefill again in place of continuing it."""
        return self.prefilled and bool(self._continuation.restarted)

    def _is_misplaced(self) -> bool:
        """Whether a model that did not think has put its whole answer where thoughts belong.

        vLLM does so with `--reasoning-parser qwen3`: an answer that is not marked as one counts as a thought. Where
        thoughts were asked for, only the JSON that was asked for too is known to be none.
        """
        if self._finish != "stop" or not self._thought or "".join(self._said).strip():
            return False
        return not self._ask.thinking or (self._ask.schema is not None and _is_json("".join(self._thought)))

    def take(self, chunk: Chunk, at: float) -> list[Piece]:
        """The pieces this chunk gives."""
        if chunk.usage is not None:
            self._usage = chunk.usage
        if chunk.finish:
            self._finish_seen = True
            self._finish = FINISHES.get(chunk.finish, "stop")
            if chunk.finish == "content_filter":
                self._warnings.append("the server's content filter ended the answer")
        self._logprobs = self._logprobs or dict(chunk.logprobs)
        if not (chunk.text or chunk.thinking):
            return []
        self._chunks += 1
        self._characters += len(chunk.text) + len(chunk.thinking)
        self.seconds = at
        self.first_seconds = at if self.first_seconds is None else self.first_seconds
        text, thinking = chunk.text, chunk.thinking
        taken_back = self._take_answer_back() if self._reasoning_is_answer and text else []
        if self._reasoning_is_answer:
            text, thinking = thinking, ""
        thought = self._keep(thinking, thinking=True) if thinking else []
        return [*taken_back, *thought, *self._pieces(self._thoughts.feed(text))]

    def end(self) -> list[Piece]:
        """The last pieces: the server has ended the stream."""
        if self._ended:
            return []
        self._ended = True
        pieces = self._pieces(self._thoughts.end())
        if held := self._continuation.end():
            pieces += self._keep(held, thinking=False)
        if self._finish == "cut":
            self._warnings.append("the server ended the stream without saying why; the answer may be incomplete")
        if self._is_misplaced():
            self.had_misplaced_answer = True
            answer, self._thought = "".join(self._thought), []
            pieces += self._keep(answer, thinking=False)
        return pieces

    def stop_runaway(self) -> list[Piece]:
        """The last pieces of a stream that would not end."""
        self._finish = "length"
        self._warnings.append(f"the server did not keep to max_tokens={self._room}; redraft stopped listening")
        return self.end()

    @property
    def reply(self) -> Reply:
        """All that has come so far."""
        usage = self._usage or self._estimated()
        return Reply(
            text="".join(self._said),
            thinking="".join(self._thought),
            finish=self._finish,
            prefilled=self.prefilled and (not self.restarted or self._continuation.stripped),
            usage=usage,
            seconds=self.seconds,
            first_seconds=self.first_seconds,
            warning="; ".join([*self._warnings, *self._truncation(usage)]),
            full=self._room < self._ask.room,
            logprobs=self._logprobs,
        )

    def _take_answer_back(self) -> list[Piece]:
        """What looked like a misplaced answer was a thought: now the answer itself begins."""
        self._reasoning_is_answer = False
        self.really_thought = True
        return self._pieces([*self._thoughts.end(), Part(kind="was thought")])

    def _pieces(self, parts: list[Part]) -> list[Piece]:
        pieces: list[Piece] = []
        for part in parts:
            if part.kind == "was thought":
                self._thought += self._said
                self._said = []
                pieces.append(Piece(text="", thinking=True, taken_back=True))
            elif part.kind == "thought":
                pieces += self._keep(part.text, thinking=True)
            else:
                pieces += self._keep(self._continuation.feed(part.text), thinking=False)
        return pieces

    def _keep(self, text: str, *, thinking: bool) -> list[Piece]:
        if not text:
            return []
        (self._thought if thinking else self._said).append(text)
        self._counted += tokens.count(text)
        return [Piece(text=text, thinking=thinking)]

    def _estimated(self) -> Usage:
        return Usage(
            prompt_tokens=self._prompt,
            completion_tokens=self._counted,
            estimated=True,
        )

    def _truncation(self, usage: Usage) -> list[str]:
        """The alarm for a server that silently cuts long prompts, as Ollama does at its `num_ctx`."""
        if usage.estimated or not usage.prompt_tokens:
            return []
        sent, read = self._prompt, usage.prompt_tokens
        if read >= TRUNCATED * sent or sent - read < TRUNCATED_TOKENS:
            return []
        cut = f"the server read {read} of about {sent} prompt tokens: it cut the prompt"
        return [f"{cut}; give the model a larger context (for Ollama, num_ctx or OLLAMA_CONTEXT_LENGTH)"]


def _is_json(text: str) -> bool:
    begin, end = text.lstrip()[:1], text.rstrip()[-1:]
    return (begin, end) in {("{", "}"), ("[", "]")}
