"""One answer while it comes: chunks in, pieces and the reply out. No network here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ..facts import Fact, Usage
from ..redaction import StreamRedactor
from . import tokens
from .chat import Ask, Piece, Reply
from .continuation import Continuation
from .thoughts import Part, ThoughtSplitter, names_tags

Finish = Literal["stop", "length", "cut", "broken off"]

WHOLE = frozenset({
    "stop", "stop_sequence", "stop_word", "stop_string", "stop_token", "eos", "eos_token", "end_turn", "end",
    "complete", "completed", "finish", "finished", "done", "normal", "tool_calls", "tool_use", "function_call",
})  # fmt: skip
"""How servers spell the end of an answer that the model ended of its own accord."""
FULL = frozenset({
    "length", "max_tokens", "max_output_tokens", "max_completion_tokens", "max_length", "model_length",
    "context_length", "context_length_exceeded", "model_context_window_exceeded",
})  # fmt: skip
"""How they spell that it ran into a limit. Any other word says that something broke it off."""
FILTERED = frozenset({
    "content_filter", "safety", "recitation", "blocklist", "prohibited_content", "spii", "refusal",
})  # fmt: skip
"""Words for a filter that did."""

RUNAWAY_CHUNKS, RUNAWAY_CHARACTERS = 4, 32
"""More than this many chunks, or characters, for each token of `max_tokens`: the server ignores the limit.
A chunk is at least one token on all servers seen; a token of Python is 3.5 characters on average."""

QUOTED = 300
"""Characters of a refusal that are kept."""

TRUNCATED = 0.6
"""A server that counts fewer than this share of our estimate has not read the whole prompt; `tokens` says how far
the estimate can be off."""
TRUNCATED_TOKENS = 256
"""And at least this many tokens must be missing."""


class Counts(Fact, frozen=True):
    """Tokens as a server counts them; None where it gives no number that can be."""

    prompt: int | None = None
    completion: int | None = None
    cached: int = 0
    billed: float | None = None
    """USD, where it says what the call cost."""


class Chunk(Fact, frozen=True):
    """What one event of a stream says, in our words."""

    text: str = ""
    thinking: str = ""
    refusal: str = ""
    """Why the model does not answer, where that has a field of its own."""
    finish: str = ""
    """The server's word for the end, "" before it."""
    logprobs: Mapping[str, float] = {}
    """Natural log-probability of the likeliest tokens in the place of this event's first, by their text."""
    model: str = ""
    """The name of the model that answers, as the server says it."""
    counts: Counts | None = None
    choice: int | None = None
    """Which of the answers to the request it is about; None for a count of all of them, or of nothing."""


class Answer:
    """Folds the chunks of one stream into pieces and a reply. Times are seconds since the request."""

    def __init__(
        self,
        ask: Ask,
        *,
        prefilled: bool,
        reasoning_is_answer: bool = False,
        room: int | None = None,
        model: str = "",
    ) -> None:
        """`room`: how many tokens the server was asked for, where the context leaves less than the ask wants.

        `model`: the name that was asked for.
        """
        self._asked_model = model
        self._ask = ask
        self._room = ask.room if room is None else room
        self._redactors = (StreamRedactor(), StreamRedactor())
        """Of the text and of the thoughts."""
        self.prefilled = prefilled
        """Whether the server was asked to continue the prefill."""
        self._reasoning_is_answer = reasoning_is_answer and not ask.thinking
        # What goes on with our own beginning is code, and an answer to text with tags may quote them.
        quoting = prefilled or any(names_tags(message.content) for message in ask.messages)
        self._thoughts = ThoughtSplitter(inside=not quoting)
        self._continuation = Continuation(ask.prefill if prefilled else "")
        self._said: list[str] = []
        self._thought: list[str] = []
        # Where the answer is not begun for the model, its beginning stands in the last question.
        self._prompt = tokens.estimate(ask.messages, ask.prefill)
        self._counted = 0
        self._chunks = 0
        self._characters = 0
        self._logprobs: dict[str, float] = {}
        self._counts = Counts()
        self._finish: Finish = "cut"
        self._finish_word = ""
        self.refusal = ""
        """Why the model does not answer, "" when it did not refuse."""
        self._model = ""
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
        return bool(self._finish_word)

    @property
    def finish_word(self) -> str:
        """How the server said that the answer ended, "" before it did."""
        return self._finish_word

    @property
    def is_broken_off(self) -> bool:
        """Whether the stream ended before the answer did."""
        return self._finish == "broken off"

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

    @property
    def may_be_cut(self) -> int:
        """Tokens of a prompt that is long enough to be cut unseen, while nobody has counted it; else 0."""
        return self._prompt if self._counts.prompt is None and self._prompt * (1 - TRUNCATED) > TRUNCATED_TOKENS else 0

    def count(self, counts: Counts) -> None:
        """Take in what the server counts."""
        self._counts = counts

    def take(self, chunk: Chunk, at: float) -> list[Piece]:
        """The pieces this chunk gives."""
        if chunk.counts is not None:
            self.count(chunk.counts)
        self._model = self._model or chunk.model
        self.refusal = (self.refusal + chunk.refusal)[:QUOTED]
        self._logprobs = self._logprobs or dict(chunk.logprobs)
        if chunk.finish:
            self._finish_word = chunk.finish
            self._finish = _finish(chunk.finish)
        if not (chunk.text or chunk.thinking):
            return []
        self._chunks += 1
        self._characters += len(chunk.text) + len(chunk.thinking)
        self.seconds = at
        self.first_seconds = at if self.first_seconds is None else self.first_seconds
        text, thinking = (
            each.feed(said) for each, said in zip(self._redactors, (chunk.text, chunk.thinking), strict=True)
        )
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
        text, thinking = (each.end() for each in self._redactors)
        pieces = self._keep(thinking, thinking=True)
        pieces += self._pieces([*self._thoughts.feed(text), *self._thoughts.end()])
        if held := self._continuation.end():
            pieces += self._keep(held, thinking=False)
        if self._finish == "cut":
            self._finish = "broken off"
        if self.refusal:
            self._warnings.append(f"the model refuses: {self.refusal}")
        if self.is_broken_off:
            self._warnings.append(self._why_broken_off())
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
        usage = self._used()
        return Reply(
            text="".join(self._said),
            thinking="".join(self._thought),
            finish=self._finish,
            prefilled=self.prefilled and (not self.restarted or self._continuation.stripped),
            usage=usage,
            seconds=self.seconds,
            first_seconds=self.first_seconds,
            warning="; ".join([*self._warnings, *self._truncation()]),
            full=self._room < self._ask.room,
            logprobs=self._logprobs,
            model="" if self._model == self._asked_model else self._model,
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

    def _used(self) -> Usage:
        """The tokens as the server counts them, where it does."""
        counts = self._counts
        return Usage(
            prompt_tokens=self._prompt if counts.prompt is None else counts.prompt,
            completion_tokens=self._counted if counts.completion is None else counts.completion,
            cached_tokens=counts.cached,
            estimated=counts.prompt is None or counts.completion is None,
            billed=counts.billed,
        )

    def _why_broken_off(self) -> str:
        word = self._finish_word
        if not word:
            return "the server ended the stream without saying why; the answer may be incomplete"
        if _spelt(word) in FILTERED:
            return f"a content filter ended the answer ({word}); it is incomplete"
        return f"the server broke the answer off ({word}); it is incomplete"

    def _truncation(self) -> list[str]:
        """The alarm for a server that silently cuts long prompts, as Ollama does at its `num_ctx`."""
        sent, read = self._prompt, self._counts.prompt
        if not read:
            return []
        if read >= TRUNCATED * sent or sent - read < TRUNCATED_TOKENS:
            return []
        cut = f"the server read {read} of about {sent} prompt tokens: it cut the prompt"
        return [f"{cut}; give the model a larger context (for Ollama, num_ctx or OLLAMA_CONTEXT_LENGTH)"]


def _spelt(word: str) -> str:
    """A server's word for the end without its class and its capitals: "FinishReason.MAX_TOKENS"."""
    return word.rpartition(".")[2].lower()


def _finish(word: str) -> Finish:
    return "stop" if _spelt(word) in WHOLE else "length" if _spelt(word) in FULL else "broken off"


def _is_json(text: str) -> bool:
    begin, end = text.lstrip()[:1], text.rstrip()[-1:]
    return (begin, end) in {("{", "}"), ("[", "]")}
