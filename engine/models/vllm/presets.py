"""Which model plays which role: the papers' line-ups, and those that people write themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from ...errors import UsageError
from ...facts import ROLES, Fact, Role
from ...system.nearest import nearest

FOLLOWED: Mapping[Role, Role] = {"reviewer": "coder", "tester": "coder", "planner": "reviewer"}
"""Whose model a role takes when it is not named, as in the settings (docs/settings.md)."""


class Lineup(Fact, frozen=True):
    """A model for every role."""

    name: str
    models: Mapping[Role, str]
    about: str = ""
    dtype: str = ""
    """Numbers that weights and cache are kept in, as vLLM calls them; "" leaves it to the model's own files."""
    widths: Mapping[str, int] = {}
    """By model: over how many cards it is spread where there are as many, though one would hold it."""

    @property
    def roles_by_model(self) -> dict[str, tuple[Role, ...]]:
        """Each model once, with the roles it plays; a model that plays two is served once."""
        return {
            model: tuple(role for role in ROLES if self.models[role] == model)
            for model in dict.fromkeys(self.models[role] for role in ROLES)
        }


def _of_pair(name: str, about: str, coder: str, reviewer: str) -> Lineup:
    """A line-up of the papers, which ran in half precision and spread 32B models in full over two cards."""
    widths = {LARGE: 2} if LARGE in {coder, reviewer} else {}
    models = _filled({"coder": coder, "reviewer": reviewer})
    return Lineup(name=name, about=about, models=models, dtype="float16", widths=widths)


def _filled(named: Mapping[Role, str]) -> dict[Role, str]:
    """With the roles that are left open taken from those they follow."""
    full = dict(named)
    for role, leader in FOLLOWED.items():
        full.setdefault(role, full[leader])
    return full


LARGE = "Qwen/Qwen3-32B"
"""Paper B's planner."""
ALONE = {
    "pat-4b-alone": "Qwen/Qwen3-4B",
    "pat-8b-alone": "Qwen/Qwen3-8B",
    "pat-14b-alone": "Qwen/Qwen3-14B",
    "pat-llama-8b": "meta-llama/Llama-3.1-8B-Instruct",
    "pat-deepseek-lite": "deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct",
}
"""Paper B's models that play every role themselves (homogeneous); 32B alone is `pat-32b`."""
PRESETS: Mapping[str, Lineup] = {
    lineup.name: lineup
    for lineup in (
        _of_pair(
            "review-beats-planning",
            "arXiv 2603.03406: a 14B coder, a 32B reviewer and planner, both in 4 bits",
            "Qwen/Qwen2.5-Coder-14B-Instruct-AWQ",
            "Qwen/Qwen3-32B-AWQ",
        ),
        *(
            _of_pair(
                f"pat-{size.lower()}",
                f"arXiv 2605.07248: trials by Qwen3-{size}, plans by Qwen3-32B",
                f"Qwen/Qwen3-{size}",
                LARGE,
            )
            for size in ("4B", "8B", "14B", "32B")
        ),
        *(
            _of_pair(name, f"arXiv 2605.07248: {model.rpartition('/')[2]} in every role", model, model)
            for name, model in ALONE.items()
        ),
    )
}
"""The papers' models. Paper B's tester is its generator (its text leaves that open); it has no reviewer, so the
planner's model stands in for one."""
DEFAULT = "review-beats-planning"


def lineup(words: Sequence[str]) -> Lineup:
    """The line-up of a command line: one preset's name, or `coder=MODEL reviewer=MODEL …`, or nothing (the default).

    Raises:
        UsageError: no such preset or role, or no model for the coder.
    """
    if not words:
        return PRESETS[DEFAULT]
    if "=" not in words[0]:
        if words[0] not in PRESETS:
            raise UsageError(
                f"{words[0]!r} is no preset; write one, or coder=MODEL reviewer=MODEL …{nearest(words[0], PRESETS)}"
            )
        named: dict[Role, str] = dict(PRESETS[words[0]].models)
        words, name = words[1:], words[0]
    else:
        named, name = {}, "yours"
    for word in words:
        role, model = _assigned(word)
        named[role] = model
    if "coder" not in named:
        raise UsageError("name the coder's model too: redraft serve coder=MODEL …; the other roles follow it")
    preset = PRESETS.get(name)
    if preset is None:
        return Lineup(name=name, models=_filled(named))
    return replace(preset, models=_filled(named))


def _assigned(word: str) -> tuple[Role, str]:
    name, equals, model = word.partition("=")
    role: Role | None = next((role for role in ROLES if role == name), None)
    if role is None or not equals or not model:
        raise UsageError(f"{word!r}: write ROLE=MODEL{nearest(name, ROLES) if role is None else ''}")
    return role, model


def replica_counts(words: Sequence[str], chosen: Lineup) -> dict[str, int]:
    """How many servers each model gets, from `ROLE=N` words.

    Raises:
        UsageError: no such role, or no number from 1 to 64.
    """
    counts: dict[str, int] = {}
    for word in words:
        role, number = _assigned(word)
        if not (number.isascii() and number.isdigit() and 1 <= int(number) <= 64):
            raise UsageError(f"--replicas {word}: write ROLE=N with a number from 1 to 64")
        model = chosen.models[role]
        counts[model] = max(counts.get(model, 1), int(number))
    return counts
