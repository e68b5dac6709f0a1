"""How many tokens a text is, roughly, without a tokenizer: good enough for meters and for seeing a cut prompt.

Measured against Qwen2.5-Coder's own tokenizer (`tests/performance/token_estimates.py`, the standard library's sources
in excerpts of 40 lines): 2 % too few in total, 98 of 100 excerpts between 14 % too few and 10 % too many. English,
Russian, Chinese and German sentences come within a third; tables of numbers and escapes can be half or twice the truth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import ceil

from .chat import Message

# The pieces that byte-pair tokenizers of this family (GPT-4, Llama 3, Qwen2.5) never merge across: a word takes one
# mark or blank before it, digits stand alone, marks stick together, blank lines and indentations are one.
_PIECES = re.compile(
    r"[^\r\nA-Za-z0-9\u0080-\U0010ffff]?[A-Za-z]+|[0-9]| ?[^\sA-Za-z0-9\u0080-\U0010ffff]+\n*|\s*\n+"
    r"|[ \t]+(?!\S)|[ \t]+|[\u0080-\u2e7f]+|[\u2e80-\U0010ffff]+|\s"
)
# Chat templates wrap every message ("<|im_start|>user\n…<|im_end|>\n" is five tokens) and open the answer.
_TOKENS_PER_MESSAGE = 5
_TOKENS_PER_PROMPT = 3
# Short words and marks are one token; longer ones break into parts of about these sizes (fitted as described above).
_LETTERS_PER_TOKEN = 8
_MARKS_PER_TOKEN = 4
_ACCENTED_PER_TOKEN = 3
_IDEOGRAPHS_PER_TOKEN = 1.5


def count(text: str) -> int:
    """About how many tokens `text` is."""
    return sum(map(_tokens_of, _PIECES.findall(text)))


def estimate(messages: Iterable[Message], prefill: str = "") -> int:
    """About how many tokens a prompt of these messages is, with the chat template around them."""
    return (
        sum(count(message.content) + _TOKENS_PER_MESSAGE for message in messages) + _TOKENS_PER_PROMPT + count(prefill)
    )


def _tokens_of(piece: str) -> int:
    word = piece.strip()
    if not word:
        return 1
    last = word[-1]
    if not last.isascii():
        return ceil(len(word) / (_ACCENTED_PER_TOKEN if last < "\u2e80" else _IDEOGRAPHS_PER_TOKEN))
    return ceil(len(word) / (_LETTERS_PER_TOKEN if last.isalpha() else _MARKS_PER_TOKEN))
