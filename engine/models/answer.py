"""One answer while it comes: chunks in, pieces and the reply out. No network here."""

from __future__ import annotations

from typing import Literal

from ..facts import Fact, Usage
from . import tokens
from .chat import Ask, Piece, Reply
from .continuation import Continuation
from .thoughts import CLOSES, ThoughtSplitter

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


class Answer:
    """Folds the chunks of one stream into pieces and a reply. Times are seconds since the request."""

    def __init__(self, ask: Ask, *, prefilled: bool, reasoning_is_answer: bool = False) -> None:
        self._ask = ask
        self.prefilled = prefilled
        """Whether the server was asked to continue the prefill."""
        self._reasoning_is_answer = reasoning_is_answer and not ask.thinking
        self._thoughts = ThoughtSplitter()
        self._continuation = Continuation(ask.prefill if prefilled else "")
        self._said: list[str] = []
        self._thought: list[str] = []
        self._prompt = tokens.estimate(ask.messages, ask.prefill if prefilled else "")
        self._counted = 0
        self._chunks = 0
        self._characters = 0
        self._usage: Usage | None = None
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
        """Whether the answer ended of its own accord without a word."""
        return self._ended and self._finish != "length" and not "".join(self._said).strip()

    @property
    def is_runaway(self) -> bool:
        """Whether far more has come than was asked for."""
        limit = max(self._ask.sampling.max_tokens, 16)
        return self._chunks > RUNAWAY_CHUNKS * limit or self._characters > RUNAWAY_CHARACTERS * limit

    @property
    def restarted(self) -> bool:
        """Whether the model began the prefill again in place of continuing it."""
        return self.prefilled and bool(self._continuation.restarted)

    def _is_misplaced(self) -> bool:
        """Whether a model that was not to think has put its whole answer where thoughts belong.

        vLLM does so with `--reasoning-parser qwen3`: an answer that is not marked as one counts as a thought.
        """
        return (
            not self._ask.thinking
            and self._finish == "stop"
            and bool(self._thought)
            and not "".join(self._said).strip()
        )

    def take(self, chunk: Chunk, at: float) -> list[Piece]:
        """The pieces this chunk gives."""
        if chunk.usage is not None:
            self._usage = chunk.usage
        if chunk.finish:
            self._finish_seen = True
            self._finish = FINISHES.get(chunk.finish, "stop")
            if chunk.finish == "content_filter":
                self._warnings.append("the server's content filter ended the answer")
        if not (chunk.text or chunk.thinking):
            return []
        self._chunks += 1
        self._characters += len(chunk.text) + len(chunk.thinking)
        self.seconds = at
        self.first_seconds = at if self.first_seconds is None else self.first_seconds
        text, thinking = chunk.text, chunk.thinking
        if self._reasoning_is_answer and text:
            self._take_answer_back()
        if self._reasoning_is_answer:
            text, thinking = thinking, ""
        thought = self._pieces([(thinking, True)]) if thinking else []
        return thought + self._pieces(self._thoughts.feed(text))

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
        self._warnings.append(
            f"the server did not keep to max_tokens={self._ask.sampling.max_tokens}; redraft stopped listening"
        )
        return self.end()

    @property
    def reply(self) -> Reply:
        """All that has come so far."""
        text, thinking = "".join(self._said), "".join(self._thought)
        if self._ask.thinking and CLOSES in text:
            # Templates that open the thought inside the prompt leave only its closing tag to the answer.
            thought, _, text = text.partition(CLOSES)
            thinking, text = thinking + thought, text.lstrip()
        usage = self._usage or self._estimated()
        return Reply(
            text=text,
            thinking=thinking,
            finish=self._finish,
            prefilled=self.prefilled and (not self.restarted or self._continuation.stripped),
            usage=usage,
            seconds=self.seconds,
            first_seconds=self.first_seconds,
            warning="; ".join([*self._warnings, *self._truncation(usage)]),
        )

    def _take_answer_back(self) -> None:
        """What looked like a misplaced answer was a thought: now the answer itself begins."""
        self._thought, self._said = self._said, []
        self._reasoning_is_answer = False
        self.really_thought = True

    def _pieces(self, parts: list[tuple[str, bool]]) -> list[Piece]:
        pieces: list[Piece] = []
        for part, thinking in parts:
            certain = part if thinking else self._continuation.feed(part)
            pieces += self._keep(certain, thinking=thinking)
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
