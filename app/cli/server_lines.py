"""The model servers that answer, printed: what each model can do, as far as it is known, and the line that uses it."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.facts import Fact
from ...engine.models.dialects import DIALECTS
from ...engine.models.discovery import Found
from ...engine.models.offered import Offered
from ...engine.models.thinkers import hides_thoughts, may_think, never_thinks
from ..common.output import Paint, harmless


class Able(Fact, frozen=True):
    """What is known of a model on a server."""

    model: str
    context: int | None
    """Tokens; None: the server does not say."""
    thinks: bool | None
    """None: only asking it tells."""
    prefill: bool | None
    """Whether its server goes on with a beginning; None: only asking it tells."""
    line: str


def able(server: Found) -> tuple[Able, ...]:
    """What is known of the models of a server."""
    prefill = bool(DIALECTS[server.kind].prefill) if server.kind else None
    return tuple(
        Able(
            model=model,
            context=server.contexts.get(model),
            thinks=False if never_thinks(model) else True if may_think(model) or hides_thoughts(model) else None,
            prefill=prefill,
            line=f"redraft FILE.py --base-url {server.url} -m {_quoted(model)}",
        )
        for model in server.models
    )


def server_lines(found: Sequence[Found], paint: Paint) -> list[str]:
    """What answers on this machine."""
    lines = [paint("bold", "servers on this machine")]
    for server in found:
        lines.append(f"  {server.url}  {server.kind or 'unknown'}{'  wants a key' if server.needs_key else ''}")
        for one in able(server):
            context = f"{one.context:,} tokens" if one.context else "context unknown"
            thinks = {True: "can think", False: "does not think", None: "thinking unknown"}[one.thinks]
            prefill = {True: "takes a beginning", False: "takes no beginning", None: "a beginning is tried"}[
                one.prefill
            ]
            lines.append(f"      {harmless(one.model)}: {context}, {thinks}, {prefill}")
            lines.append(f"        {harmless(one.line)}")
    if not found:
        lines.append("  none answers on the usual ports (11434, 1234, 8080, 8000)")
    return lines


def offered_lines(servers: Sequence[Offered], paint: Paint) -> list[str]:
    """What the environment names for other programs, and how to use it here."""
    if not servers:
        return []
    lines = [paint("bold", "named in your environment, and not used unless you say so")]
    for one in servers:
        lines.append(f"  {' and '.join(one.variables)}: {harmless(one.url)}")
        lines.append(f"    {harmless(one.line())}")
    return lines


def _quoted(name: str) -> str:
    import shlex

    return shlex.quote(name)
