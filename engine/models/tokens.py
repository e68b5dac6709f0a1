"""How many tokens a text is, roughly, without a tokenizer: good enough for meters and for seeing a cut prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import ceil

from .chat import Message

# The pieces byte-pair tokenizers of this family (GPT-4, Llama 3, Qwen2.5) never merge across.
_PIECES = re.compile(r" ?[A-Za-z]+|[0-9]| ?[^\sA-Za-z0-9\u0080-\U0010ffff]+\n*|\s*\n+|[ \t]+|[\u0080-\U0010ffff]|\s")
# Chat templates wrap every message ("<|im_start|>user\n…<|im_end|>\n" is five tokens) and open the answer.
_TOKENS_PER_MESSAGE = 5
_TOKENS_PER_PROMPT = 3
# Words up to this many letters are mostly one token, longer ones break in parts of about this size.
_LETTERS_PER_TOKEN = 8
_MARKS_PER_TOKEN = 3


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
    return ceil(len(word) / (_LETTERS_PER_TOKEN if word[0].isalpha() else _MARKS_PER_TOKEN))
