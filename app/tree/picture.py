"""Keeping a picture of a tree."""

from __future__ import annotations

from pathlib import Path

from ...engine.errors import EnvironmentFault
from ...engine.state.run import RunState
from ...engine.system.regular import open_to_write
from ...engine.tables.tree_svg import tree_svg


def picture_of(state: RunState, where: Path | None = None) -> Path:
    """Write the tree of a run as SVG, in the current folder and under the name of the run unless told otherwise.

    A picture of the same run that is there already is replaced; no other file ever is.

    Raises:
        EnvironmentFault: it cannot be written.
    """
    path = where or Path(f"{state.run or 'run'}-tree.svg")
    try:
        with open_to_write(path) as file:
            file.write(tree_svg(state).encode())
    except OSError as error:
        raise EnvironmentFault(
            f"{path}: the picture cannot be written there ({error.strerror}); name a file you may write to"
        ) from error
    return path
