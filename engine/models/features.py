"""Which part of a request a refusal is about, if it is one that we can do without."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .dialects import FIELDS, Feature
from .refusals import Refusal, is_context_overflow

_UNKNOWN_FIELD = re.compile(
    r"unsupported|not support|does not support|doesn't support|incompatible|unknown|unrecogni[sz]ed|not permitted"
    r"|not allowed|extra inputs|invalid|not available|must be|must alternate|not enabled|unexpected|too many|at most"
    r"|cannot|is required|fail|only user",
    re.I,
)
_WORDS: tuple[tuple[Feature, re.Pattern[str]], ...] = (
    (
        "many",
        # "n must be 1", "'n': number must be at most 1", "n > 1 is not supported", "best_of must be greater than n".
        re.compile(
            r"(?<![\w\\])n(?!\w|'t)|best_of|(?i:(?:multiple|several) (?:choices|completions|candidates|answers))"
        ),
    ),
    (
        "system",
        # Templates of Gemma and of early Mistral; OpenAI's o1; Google's API. Where a system message is optional, it is
        # another role that is wrong.
        re.compile(
            r"^(?!.*optional system).*(?:system (?:role|message|prompt|instruction)|developer instruction"
            r"|role\b.{0,30}\bsystem\b|roles must alternate|only user,? (?:and )?assistant)",
            re.I | re.S,
        ),
    ),
    (
        "prefill",
        re.compile(
            r"prefill|continue_final_message|add_generation_prompt|last (?:message|role).*(?:user|assistant)", re.I
        ),
    ),
    ("schema", re.compile(r"response_format|json_schema|schema|structured output|grammar", re.I)),
    ("thinking", re.compile(r"chat_template|enable_thinking|does not support thinking|reasoning", re.I)),
    ("samplers", re.compile(r"top_k|min_p", re.I)),
    ("limit", re.compile(r"max_tokens.*max_completion_tokens|max_completion_tokens", re.I)),
    ("usage", re.compile(r"stream_options|include_usage|timings_per_token", re.I)),
    ("stop", re.compile(r"['\"`]stop['\"`]|\bstop (?:sequence|string|parameter|word)", re.I)),
    ("seed", re.compile(r"\bseed\b", re.I)),
    ("logprobs", re.compile(r"logprobs", re.I)),
    ("top_p", re.compile(r"top_p", re.I)),
    ("temperature", re.compile(r"temperature", re.I)),
)
"""What a server's words name when it refuses a feature; the first that was sent and is named is the one."""


def refused_feature(refusal: Refusal, sent: Mapping[str, object], roles: Sequence[str]) -> Feature | None:
    """The part of the request this 400 is about, if it is one we can do without; None otherwise.

    `sent` are the fields of the request, `roles` those of its messages; a last "assistant" is a prefill.
    """
    if refusal.status not in {400, 404, 422, 500, 501} or is_context_overflow(refusal):
        return None
    if not (_UNKNOWN_FIELD.search(refusal.message) or "unsupported" in refusal.code):
        return None
    if (effort := _refused_effort(refusal, sent)) is not None:
        return effort
    for feature, words in _WORDS:
        carried = _carries(feature, sent, roles)
        if carried and (refusal.param.partition(".")[0] in FIELDS[feature] or words.search(refusal.message)):
            return feature
    return None


def _carries(feature: Feature, sent: Mapping[str, object], roles: Sequence[str]) -> bool:
    match feature:
        case "system":
            return "system" in roles
        case "prefill":
            return roles[-1:] == ["assistant"]
        case _:
            return any(field in sent for field in FIELDS[feature])


def _refused_effort(refusal: Refusal, sent: Mapping[str, object]) -> Feature | None:
    """The effort that a server does not know, where it knows others: the next one is tried then."""
    effort = sent.get("reasoning_effort")
    said = refusal.message
    if effort not in ("none", "minimal") or not re.search(rf"\b{effort}\b", said, re.I):
        return None
    of_value = "reasoning_effort" in said or refusal.param == "reasoning_effort" or re.search(r"\b(?:low|high)\b", said)
    return ("effort none" if effort == "none" else "effort minimal") if of_value else None
