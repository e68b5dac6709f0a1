"""`redraft pipelines [NAME]`: every pattern, where it is from, who is asked what, and how often."""

from __future__ import annotations

import argparse
from typing import Any

from ...engine.kit import Mode
from ...engine.pipelines.catalogue import PIPELINES, Pipeline, pipeline
from ..common.output import out, out_json, paint
from ..common.session import session

MODES: tuple[Mode, ...] = ("evidence", "paper")


def run(args: argparse.Namespace) -> int:
    """List all, or tell one whole.

    Raises:
        UsageError: there is no pattern of that name.
    """
    attempts = session(args).settings.repair.attempts
    chosen = [pipeline(args.name)] if args.name else list(PIPELINES)
    if args.json:
        facts = [_facts(one, attempts) for one in chosen]
        out_json(facts[0] if args.name else {"pipelines": facts})
        return 0
    colours = paint(plain=args.plain)
    if args.name:
        out("\n".join(_whole(chosen[0], attempts)))
        return 0
    width = max(len(one.name) for one in chosen)
    for one in chosen:
        out(f"{colours('bold', one.name)}{' ' * (width - len(one.name))}  {one.title}  ({one.source})")
    return 0


def _facts(one: Pipeline, attempts: int) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "source": one.source,
        "roles": one.roles,
        "most_calls": {mode: one.most_calls(mode, attempts) for mode in MODES},
        "prompts": one.prompts,
    }


def _whole(one: Pipeline, attempts: int) -> list[str]:
    bounds = {mode: one.most_calls(mode, attempts) for mode in MODES}
    calls = (
        "no bound of its own (budget.calls and budget.seconds end it)"
        if bounds["evidence"] is None
        else f"at most {bounds['evidence']}"
        if bounds["evidence"] == bounds["paper"]
        else f"at most {bounds['evidence']} in evidence mode, {bounds['paper']} in paper mode"
    )
    return [
        f"{one.name}: {one.title}",
        f"  source   {one.source}",
        f"  roles    {', '.join(one.roles)}",
        f"  calls    {calls}",
        f"  prompts  {', '.join(one.prompts)}",
        "",
        f"  redraft run PATH::NAME --pipeline {one.name}",
        f"  redraft prompts {one.prompts[0]}",
    ]
