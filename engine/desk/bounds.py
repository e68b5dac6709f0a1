"""Our own watch on an answer while it comes: servers may ignore what they are asked for, and models go in circles."""

from __future__ import annotations

from msgspec.structs import replace

from ..models.chat import Ask, Piece, Reply
from ..models.tokens import count

PIECES_TOO_MANY, TOKENS_TOO_MANY = 1.2, 2.0
"""An answer of so many times a bound in pieces, or in estimated tokens, has passed it. A piece is at least one token;
an estimate can be twice the truth (`models.tokens`)."""
SLACK = 16
"""Pieces, or tokens, that are always allowed: a bound of one token is not worth a quarrel."""
IN_CIRCLE = "it went in a circle"
"""Why thoughts that repeat themselves were left; more room would not help."""
CIRCLE, LONGEST_TURN = 16_384, 1_024
"""Characters that only repeat a text of at most so many: greedy thoughts that do so never end (Qwen3's manual)."""


class _Counted:
    """Pieces and estimated tokens, held against a bound in tokens."""

    def __init__(self) -> None:
        self.pieces = self.tokens = 0

    def add(self, text: str) -> None:
        self.pieces += 1
        self.tokens += count(text)

    def passes(self, bound: int) -> bool:
        return self.pieces > PIECES_TOO_MANY * bound + SLACK or self.tokens > TOKENS_TOO_MANY * bound + SLACK


class AnswerWatch:
    """Says when nobody should listen any longer."""

    def __init__(self, ask: Ask, answer_bound: int) -> None:
        """`answer_bound`: most tokens of an answer that no thought came before."""
        self._ask = ask
        self._answer_bound = answer_bound
        self._all, self._said = _Counted(), _Counted()
        self._has_thought = False
        # Where JSON is asked for, words before it are thoughts in the wrong place.
        self._aloud = ask.thinking and ask.schema is not None
        self._circle = Circle()
        self._why = ""

    def ends_with(self, piece: Piece) -> bool:
        """Whether this piece is the last that is wanted."""
        self._all.add(piece.text)
        if piece.taken_back:
            self._said = _Counted()
        self._aloud = self._aloud and (piece.thinking or "{" not in piece.text)
        if piece.thinking or self._aloud:
            self._has_thought = True
        else:
            self._said.add(piece.text)
        if self._circle.closes_with(piece.text):
            self._why = f"{IN_CIRCLE}; redraft stopped listening"
        if self._all.passes(self._ask.room):
            self._why = f"the server did not keep to max_tokens={self._ask.room}; redraft stopped listening"
        return bool(self._why) or self._said.passes(self._bound)

    def told(self, reply: Reply) -> Reply:
        """What has come, with the reason why no more was listened to."""
        return replace(reply, finish="length", warning="; ".join(filter(None, (reply.warning, self._why))))

    @property
    def _bound(self) -> int:
        """A model that thought is no small one that does not know when to stop."""
        return max(self._answer_bound, self._ask.sampling.max_tokens) if self._has_thought else self._answer_bound


class Circle:
    """Notices a text that has come to repeat itself."""

    def __init__(self) -> None:
        self._tail = ""
        self._since = 0

    def closes_with(self, text: str) -> bool:
        """Whether the last `CIRCLE` characters, these included, are one text again and again."""
        self._tail = (self._tail + text)[-CIRCLE:]
        self._since += len(text)
        if len(self._tail) < CIRCLE or self._since < LONGEST_TURN:
            return False
        self._since = 0
        return is_circle(self._tail)


def is_circle(text: str) -> bool:
    """Whether a text is one of at most `LONGEST_TURN` characters again and again, begun and ended anywhere.

    >>> is_circle("so it is right. " * 200), is_circle("so it is right. " * 200 + "But")
    (True, False)
    """
    # Where the end of the text stands for the second time from the right, a turn before it begins.
    end = text[-LONGEST_TURN:]
    at = text.rfind(end, 0, len(text) - 1)
    turn = len(text) - len(end) - at
    return at >= 0 and turn <= LONGEST_TURN and text[turn:] == text[:-turn]
