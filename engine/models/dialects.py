"""What each kind of server is sent for the same question.

llama.cpp as measured on xllamacpp 2026.10; vLLM as its 0.32 sources read; Ollama by its "OpenAI compatibility" page and
ollama/ollama#6778 (prefill) and #14820 (reasoning_effort); OpenAI and OpenRouter by their API references; SGLang by its
page on reasoning parsers. Of several answers vLLM draws each with the next seed (its `ParentRequest`), as we do, and
counts each on its own. That LM Studio continues a last assistant message is taken from llama.cpp, which it runs:
what it does is watched (`continuation`).
"""

from __future__ import annotations

from typing import Any, Literal, cast

from ..facts import Fact
from .chat import Ask, Effort
from .endpoint import ServerKind
from .grammar import compact_grammar

Feature = Literal[
    "system", "prefill", "schema", "thinking", "effort none", "effort minimal", "samplers", "seed", "temperature",
    "top_p", "stop", "usage", "limit", "logprobs", "many", "seed of many",
]  # fmt: skip
"""Parts of a request that a server may refuse, and that we can do without. The two efforts are values of one field;
"seed of many" is a seed where several answers are asked for."""


class Dialect(Fact, frozen=True):
    """What one kind of server understands beyond the common ground."""

    prefill: Literal["", "last message", "flags"] = ""
    """How it is told to go on with a given beginning; "": not offered."""
    samplers: bool = False
    """Whether it knows top_k and min_p."""
    no_top_k: int = 0
    """What it takes for "no limit" in top_k."""
    thinking: Literal["", "template", "effort", "reasoning"] = ""
    """How a model is told to think or not: `chat_template_kwargs.enable_thinking`, OpenAI's `reasoning_effort`,
    OpenRouter's `reasoning`; "": no switch is known, and what a person sets goes as `reasoning_effort`."""
    default_effort: Effort | None = None
    """What is sent for a question that should be thought about when nobody said how hard."""
    stops: int | None = 4
    """Most stop strings it takes, None when there is no limit."""
    limit: str = "max_tokens"
    """How it calls the limit of the answer."""
    grammars: bool = False
    """Whether it takes a grammar of its own in place of a schema; not while the model thinks aloud."""
    many: bool = False
    """Whether it may give several answers to one request (`n`). llama.cpp can, but counts one of them only, and reads
    the same prompt from its cache; Ollama and what OpenRouter speaks to take no notice of the field."""
    counted_apart: bool = False
    """Whether a count that comes with a piece of one of them is of that one alone."""
    live: tuple[tuple[str, object], ...] = ()
    """Fields that make it report usage with each piece, so that it is known when we leave early, or what it cost."""


DIALECTS: dict[ServerKind, Dialect] = {
    "": Dialect(many=True),
    "llama.cpp": Dialect(
        prefill="last message",
        samplers=True,
        thinking="template",
        stops=None,
        grammars=True,
        live=(("timings_per_token", True),),
    ),
    "vllm": Dialect(
        prefill="flags",
        samplers=True,
        no_top_k=-1,
        thinking="template",
        stops=None,
        many=True,
        counted_apart=True,
    ),
    "sglang": Dialect(samplers=True, no_top_k=-1, thinking="template", many=True),
    "ollama": Dialect(prefill="last message", thinking="effort"),
    "lmstudio": Dialect(prefill="last message"),
    # Some of its models do not think unless they are told how hard.
    "openai": Dialect(limit="max_completion_tokens", thinking="effort", default_effort="medium", many=True),
    "openrouter": Dialect(thinking="reasoning", live=(("usage", {"include": True}),)),
}

FIELDS: dict[Feature, tuple[str, ...]] = {
    "system": (),
    "prefill": ("continue_final_message", "add_generation_prompt"),
    "schema": ("response_format", "grammar"),
    "thinking": ("chat_template_kwargs", "reasoning_effort", "reasoning"),
    "effort none": (),
    "effort minimal": (),
    "samplers": ("top_k", "min_p"),
    "seed": ("seed",),
    "temperature": ("temperature",),
    "top_p": ("top_p",),
    "stop": ("stop",),
    "usage": ("stream_options", "timings_per_token"),
    "limit": ("max_tokens", "max_completion_tokens"),
    "logprobs": ("logprobs", "top_logprobs"),
    "many": ("n",),
    "seed of many": (),
}
"""The fields of a request that carry each feature."""


def prefills(ask: Ask, kind: ServerKind, refused: frozenset[Feature], *, insisted: bool = False) -> bool:
    """Whether this server will be asked to go on with `ask.prefill`; `insisted` also where nobody knows that it can.

    Never while the model thinks aloud: the thoughts would have to come before the prefill (llama.cpp answers 400).
    """
    offered = DIALECTS[kind].prefill or insisted
    return bool(ask.prefill and offered and "prefill" not in refused and not ask.thinking)


def gives_many(kind: ServerKind, refused: frozenset[Feature]) -> bool:
    """Whether this server is asked for several answers at a time, as far as is known."""
    return DIALECTS[kind].many and "many" not in refused


def has_switch(kind: ServerKind, refused: frozenset[Feature]) -> bool:
    """Whether a field of the request keeps a model on this server from thinking."""
    return bool(DIALECTS[kind].thinking) and "thinking" not in refused


def messages(
    ask: Ask, prefilled: bool, *, no_think: bool = False, refused: frozenset[Feature] = frozenset()
) -> list[dict[str, str]]:
    """The conversation. Where the answer is not begun for the model, its last turn says how it should begin.

    The prefill may be all that tells of the stub, so it is never left out. `no_think` puts Qwen3's word for an answer
    without thoughts in front of the last question (arXiv 2605.07248 has it in front of every prompt). A server that
    refused the role "system" gets its words at the head of the first question.
    """
    turns = [{"role": message.role, "content": message.content} for message in ask.messages]
    if "system" in refused:
        turns = _without_system(turns)
    if no_think and turns:
        turns[-1]["content"] = f"/no_think\n{turns[-1]['content']}"
    if prefilled:
        return [*turns, {"role": "assistant", "content": ask.prefill}]
    if ask.prefill and turns:
        turns[-1]["content"] += (
            f"\n\nBegin your answer exactly so, and go on to the end of the code block:\n\n{ask.prefill}"
        )
    return turns


def _without_system(turns: list[dict[str, str]]) -> list[dict[str, str]]:
    told = [turn["content"] for turn in turns if turn["role"] == "system"]
    others = [turn for turn in turns if turn["role"] != "system"]
    if others and others[0]["role"] == "user":
        told.append(others.pop(0)["content"])
    return [{"role": "user", "content": "\n\n".join(told)}, *others] if told else others


def body(
    ask: Ask,
    kind: ServerKind,
    refused: frozenset[Feature] = frozenset(),
    *,
    insisted: bool = False,
    room: int | None = None,
    many: int = 1,
) -> dict[str, object]:
    """All fields of the request but the model and the messages, for this kind of server, less what it refused.

    `room`: most tokens that may come; None is what the ask wants. `many`: how many answers are wanted.
    """
    prefilled = prefills(ask, kind, refused, insisted=insisted)
    dialect, sampling = DIALECTS[kind], ask.sampling
    fields: dict[str, object] = {
        "stream_options": {"include_usage": True} | ({"continuous_usage_stats": True} if kind == "vllm" else {}),
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        _limit_name(dialect, refused): ask.room if room is None else room,
        **dict(dialect.live),
    }
    if many > 1:
        fields["n"] = many
    if sampling.seed is not None and not (many > 1 and "seed of many" in refused):
        fields["seed"] = sampling.seed
    # The stops of a prefilled ask end a continuation; an answer that begins anew would end at its opening fence.
    if sampling.stop and (prefilled or not ask.prefill):
        fields["stop"] = list(sampling.stop[: dialect.stops])
    if ask.top_logprobs:
        fields |= {"logprobs": True, "top_logprobs": ask.top_logprobs}
    if dialect.samplers:
        fields |= {"top_k": sampling.top_k or dialect.no_top_k, "min_p": sampling.min_p}
    fields |= _thinking(ask, dialect, refused)
    if ask.schema is not None:
        grammar = compact_grammar(ask.schema) if dialect.grammars and not ask.thinking else None
        fields |= {"grammar": grammar} if grammar else {"response_format": _response_format(ask.schema)}
    if dialect.prefill == "flags" and prefilled:
        fields |= {"continue_final_message": True, "add_generation_prompt": False}
    dropped = {field for feature in refused if feature != "limit" for field in FIELDS[feature]}
    return {name: value for name, value in fields.items() if name not in dropped}


def _thinking(ask: Ask, dialect: Dialect, refused: frozenset[Feature]) -> dict[str, object]:
    """The switch of this server, as the ask wants it."""
    effort = (ask.effort or dialect.default_effort) if ask.thinking else None
    match dialect.thinking:
        case "template":
            # Some templates (gpt-oss) know efforts; the others take no notice.
            told = {"reasoning_effort": effort} if effort else {}
            return {"chat_template_kwargs": {"enable_thinking": ask.thinking, **told}}
        case "reasoning":
            return {"reasoning": {"effort": effort} if effort else {"enabled": ask.thinking}}
        case "effort" if not ask.thinking:
            least = [word for word in ("none", "minimal") if f"effort {word}" not in refused]
            return {"reasoning_effort": (least or ["low"])[0]}
        case _:
            return {"reasoning_effort": effort} if effort else {}


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
