"""Names that a draft uses and nothing defines, known before it runs (arXiv 2603.03406, 4.4: missing imports)."""

from __future__ import annotations

from ..facts import Stub, Undefined
from .names import importable, undefined


def unknown_names(stub: Stub, body: str) -> tuple[Undefined, ...]:
    """What a body uses that neither it, nor its file, nor Python defines, in the order of first use."""
    above = stub.before.count("\n") - stub.header.count("\n")
    return tuple(
        Undefined(name=name, line=max(1, line - above), repair=importable(name) or "")
        for name, line in undefined(
            stub.program(body), stub.name, range(above + 1, above + stub.header.count("\n") + 1)
        )
    )
