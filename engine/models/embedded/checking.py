"""Whether a file of weights is what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...errors import EnvironmentFault, UsageError
from .finding import find
from .gguf import header_of
from .known import Known
from .weights import Weights, sha256_of


def checked(weights: Weights, environ: Mapping[str, str]) -> str:
    """What is wrong with a file, "" when nothing is: its hash, and what its header says. Reads all of it."""
    path = find(environ, weights)
    if path is None:
        return f"not on this machine; `redraft model pull {weights.typed}` fetches it"
    try:
        if weights.place:
            Known(environ).vouch(Path(weights.place))
        elif (digest := sha256_of(path)) != weights.sha256:
            return (
                f"{path} has the SHA-256 {digest[:12]}…, not the published {weights.sha256[:12]}…; "
                f"`redraft model remove {weights.typed}`, then pull it again"
            )
        header_of(path)
    except OSError as error:
        return f"{path}: {error.strerror}"
    except (UsageError, EnvironmentFault) as problem:
        return str(problem)
    return ""
