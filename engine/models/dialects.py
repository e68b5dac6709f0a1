"""What each kind of server is sent for the same question.

llama.cpp as measured on xllamacpp 2026.10; vLLM as its 0.32 sources read; Ollama by its "OpenAI compatibility" page and
ollama/ollama#6778 (prefill) and #14820 (reasoning_effort); OpenAI by its API reference. That LM Studio continues a last
assistant message is taken from llama.cpp, which it runs: what it does is watched (`continuation`).
"""

from __future__ import annotations

from typing import Any, Literal, cast

from ..facts import Fact
from .chat import Ask
from .endpoint import ServerKind
from .grammar import compact_grammar

Feature = Literal["prefill", "schema", "thinking", "samplers", "seed", "temperature", "top_p", "stop", "usage", "limit"]
"""Parts of a request that a server may refuse, and that we can do without."""


class Dialect(Fact, frozen=True):
    """What one kind of server understands beyond the common ground."""

    prefill: Literal["", "last message", "flags"] = ""
    """How it is told to go on with a given beginning; "": not offered."""
    samplers: bool = False
    """Whether it knows top_k and min_p."""
    no_top_k: int = 0
    """What it takes for "no limit" in top_k."""
    template_thinking: bool = False
    """Whether `chat_template_kwargs.enable_thinking` reaches the model's template."""
    no_thinking: tuple[tuple[str, object], ...] = ()
    """Fields that keep a model from thinking aloud, where the template cannot be reached."""
    stops: int | None = 4
    """Most stop strings it takes, None when there is no limit."""
    limit: str = "max_tokens"
    """How it calls the limit of the answer."""
    grammars: bool = False
    """Whether it takes a grammar of its own in place of a schema; not while the model thinks aloud."""
    live: tuple[tuple[str, object], ...] = ()
    """Fields that make it report usage with each piece, so that it is known when we leave early."""


DIALECTS: dict[ServerKind, Dialect] = {
    "": Dialect(),
    "llama.cpp": Dialect(
        prefill="last message",
        samplers=True,
        template_thinking=True,
        stops=None,
        grammars=True,
        live=(("timings_per_token", True),),
    ),
    "vllm": Dialect(prefill="flags", samplers=True, no_top_k=-1, template_thinking=True, stops=None),
    "ollama": Dialect(prefill="last message", no_thinking=(("reasoning_effort", "none"),)),
    "lmstudio": Dialect(prefill="last message"),
    "openai": Dialect(limit="max_completion_tokens"),
}

FIELDS: dict[Feature, tuple[str, ...]] = {
    "prefill": ("continue_final_message", "add_generation_prompt"),
    "schema": ("response_format", "grammar"),
    "thinking": ("chat_template_kwargs", "reasoning_effort"),
    "samplers": ("top_k", "min_p"),
    "seed": ("seed",),
    "temperature": ("temperature",),
    "top_p": ("top_p",),
    "stop": ("stop",),
    "usage": ("stream_options", "timings_per_token"),
    "limit": ("max_tokens", "max_completion_tokens"),
}
"""The fields of a request that carry each feature."""


def prefills(ask: Ask, kind: ServerKind, refused: frozenset[Feature], *, insisted: bool = False) -> bool:
    """Whether this server will be asked to go on with `ask.prefill`; `insisted` also where nobody knows that it can.

    Never while the model thinks aloud: the thoughts would have to come before the prefill (llama.cpp answers 400).
    """
    offered = DIALECTS[kind].prefill or insisted
    return bool(ask.prefill and offered and "prefill" not in refused and not ask.thinking)


def messages(ask: Ask, prefilled: bool) -> list[dict[str, str]]:
    """The conversation. Where the answer is not begun for the model, its last turn says how it should begin.

    The prefill may be all that tells of the stub, so it is never left out.
    """
    turns = [{"role": message.role, "content": message.content} for message in ask.messages]
    if prefilled:
        return [*turns, {"role": "assistant", "content": ask.prefill}]
    if ask.prefill and turns:
        turns[-1]["content"] += (
            f"\n\nBegin your answer exactly so, and go on to the end of the code block:\n\n{ask.prefill}"
        )
    return turns


def body(
    ask: Ask, kind: ServerKind, refused: frozenset[Feature] = frozenset(), *, insisted: bool = False
) -> dict[str, object]:
    """All fields of the request but the model and the messages, for this kind of server, less what it refused."""
    prefilled = prefills(ask, kind, refused, insisted=insisted)
    dialect, sampling = DIALECTS[kind], ask.sampling
    fields: dict[str, object] = {
        "stream_options": {"include_usage": True} | ({"continuous_usage_stats": True} if kind == "vllm" else {}),
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        _limit_name(dialect, refused): sampling.max_tokens,
        **dict(dialect.live),
    }
    if sampling.seed is not None:
        fields["seed"] = sampling.seed
    # The stops of a prefilled ask end a continuation; an answer that begins anew would end at its opening fence.
    if sampling.stop and (prefilled or not ask.prefill):
        fields["stop"] = list(sampling.stop[: dialect.stops])
    if dialect.samplers:
        fields |= {"top_k": sampling.top_k or dialect.no_top_k, "min_p": sampling.min_p}
    if dialect.template_thinking:
        fields["chat_template_kwargs"] = {"enable_thinking": ask.thinking}
    if not ask.thinking:
        fields |= dict(dialect.no_thinking)
    if ask.schema is not None:
        grammar = compact_grammar(ask.schema) if dialect.grammars and not ask.thinking else None
        fields |= {"grammar": grammar} if grammar else {"response_format": _response_format(ask.schema)}
    if dialect.prefill == "flags" and prefilled:
        fields |= {"continue_final_message": True, "add_generation_prompt": False}
    dropped = {field for feature in refused if feature != "limit" for field in FIELDS[feature]}
    return {name: value for name, value in fields.items() if name not in dropped}


def _limit_name(dialect: Dialect, refused: frozenset[Feature]) -> str:
    """The name of the answer's limit; a server that refused its usual name gets the other one."""
    if "limit" not in refused:
        return dialect.limit
    return "max_completion_tokens" if dialect.limit == "max_tokens" else "max_tokens"


def _response_format(schema: dict[str, object]) -> dict[str, object]:
    """The one spelling that vLLM, llama.cpp, LM Studio, Ollama and OpenAI share."""
    named = {"name": "reply", "schema": schema, "strict": _is_strict(schema)}
    return {"type": "json_schema", "json_schema": named}


def _is_strict(schema: object) -> bool:
    """Whether every object names all its keys as required and forbids others, as OpenAI's strict mode demands."""
    if isinstance(schema, list):
        return all(map(_is_strict, cast("list[Any]", schema)))
    if not isinstance(schema, dict):
        return True
    node = cast("dict[str, Any]", schema)
    if node.get("type") == "object":
        keys = set(node.get("properties", {}))
        if node.get("additionalProperties") is not False or set(node.get("required", [])) != keys:
            return False
    return all(map(_is_strict, node.values()))
