"""What a model's name tells of its thinking. Names are hints: what is not known here is found out by asking."""

from __future__ import annotations

import re

_THINKS = re.compile(r"think|reason|qwq|magistral|gpt-?oss|deepseek-?r|(?<![a-z])r1(?![0-9])")
_NEVER = re.compile(
    r"qwen-?(?:1\.5|2|2\.5)(?![0-9])|qwen-?3-?coder|code-?qwen|code-?llama|llama-?[23]|code-?gemma|gemma-?[123](?![0-9])"
    r"|codestral|devstral|mi[xs]tral|star-?coder|deepseek-?coder|granite-?(?:code|3\.[01])|phi-?[23](?![0-9])"
    r"|gpt-?(?:3\.5|4)|instruct|yi-?coder|opencoder"
)
_HIDES = re.compile(r"(?:^|[/\s:_-])(?:gpt-?[5-9]|o[1-9](?![0-9a-z])|gemini|grok)")
_QWEN3 = re.compile(r"qwen-?3(?!-?(?:coder|next|max|vl|omni)|[0-9.])")


def never_thinks(name: str) -> bool:
    """Whether a model of this name is known to answer at once.

    >>> [never_thinks(n) for n in ("Qwen/Qwen2.5-Coder-14B-Instruct-AWQ", "qwen3:8b", "deepseek-r1-distill-llama-8b")]
    [True, False, False]
    """
    plain = name.lower()
    return not _THINKS.search(plain) and bool(_NEVER.search(plain))


def may_think(name: str) -> bool:
    """Whether a model of this name is known to think where it is let.

    >>> [may_think(n) for n in ("Qwen3-8B", "deepseek-r1:14b", "gpt-oss-20b", "qwen3-coder:30b", "llama3.2")]
    [True, True, True, False, False]
    """
    plain = name.lower()
    return bool(_THINKS.search(plain)) or obeys_no_think(plain)


def hides_thoughts(name: str) -> bool:
    """Whether a model of this name thinks without showing it: its answer may be long though no thought came.

    >>> [hides_thoughts(n) for n in ("gpt-5-mini", "openai/o3", "qwen3-32b")]
    [True, True, False]
    """
    return bool(_HIDES.search(name.lower()))


def obeys_no_think(name: str) -> bool:
    """Whether `/no_think` in the prompt keeps a model of this name from thinking: Qwen3 as first published.

    Its later releases think always (2507 Thinking) or never (2507 Instruct, Coder).

    >>> [obeys_no_think(n) for n in ("Qwen/Qwen3-32B-AWQ", "qwen3:8b", "Qwen3-4B-Instruct-2507", "Qwen3-Coder-30B")]
    [True, True, False, False]
    """
    plain = name.lower()
    return bool(_QWEN3.search(plain)) and "2507" not in plain and "instruct" not in plain and "think" not in plain
