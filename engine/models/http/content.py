"""The text and the thoughts in one event of a stream, in whichever of their shapes servers send them.

Most send text. Mistral's reasoning models send a list of parts, `{"type": "thinking", "thinking": [...]}` and
`{"type": "text", "text": ...}`; OpenRouter adds `reasoning_details`, a list too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

_THOUGHTS = ("reasoning_content", "reasoning", "thinking", "reasoning_details")
"""What servers call it beside the content: llama.cpp and LM Studio the first, vLLM and Ollama the second. The first
that says something counts; some send the same under two names."""
_KINDS_OF_THOUGHT = ("think", "reason", "summary")
_TEXTS = ("text", "content", "thinking", "reasoning", "summary")
"""Keys of a part that may hold its text."""
_DEEPEST = 4


def spoken(value: object) -> tuple[str, str]:
    """The answer's text and the thoughts in a `content`.

    >>> spoken([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "yes"}])
    ('yes', 'hm')
    >>> spoken(None), spoken("yes")
    (('', ''), ('yes', ''))
    """
    said: list[str] = []
    thought: list[str] = []
    for text, is_thought in _parts(value, thinking=False, depth=0):
        (thought if is_thought else said).append(text)
    return "".join(said), "".join(thought)


def thought(delta: Mapping[str, object]) -> str:
    """The thoughts that stand beside the content.

    >>> thought({"reasoning": "hm", "reasoning_content": "hm"})
    'hm'
    """
    for name in _THOUGHTS:
        if text := "".join(text for text, _ in _parts(delta.get(name), thinking=True, depth=0)):
            return text
    return ""


def _parts(value: object, *, thinking: bool, depth: int) -> Iterator[tuple[str, bool]]:
    if isinstance(value, str):
        yield value, thinking
    elif depth < _DEEPEST and isinstance(value, list):
        for part in cast("list[Any]", value):
            yield from _parts(part, thinking=thinking, depth=depth + 1)
    elif depth < _DEEPEST and isinstance(value, dict):
        part = cast("dict[str, Any]", value)
        kind = str(part.get("type", ""))
        if "encrypted" in kind:
            return
        aloud = thinking or any(word in kind for word in _KINDS_OF_THOUGHT)
        held = next((part[name] for name in _TEXTS if part.get(name)), None)
        yield from _parts(held, thinking=aloud, depth=depth + 1)
