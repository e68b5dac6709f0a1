"""What every file that leaves redraft says of itself: models, date, mode, version."""

from __future__ import annotations

from collections.abc import Sequence

from ....engine.state.run import RunState
from ....engine.system.version import VERSION


def about(states: Sequence[RunState]) -> str:
    """One line: "qwen2.5-coder (embedded) · 2026-11-21 10:22:14 UTC · evidence mode · redraft 0.1.0"."""
    models = ", ".join(dict.fromkeys(model for state in states for model in state.models.values()))
    when = states[0].began_at.replace("T", " ").replace("+00:00", " UTC") if states else ""
    modes = ", ".join(dict.fromkeys(f"{state.mode} mode" for state in states if state.mode))
    scripted = "its answers were written by a person" if any(state.scripted for state in states) else ""
    return " · ".join(filter(None, (models, when, modes, scripted, f"redraft {VERSION}")))


def task_of(states: Sequence[RunState]) -> str:
    """Name of the function that was drafted."""
    stub = next((state.stub for state in states if state.stub is not None), None)
    return stub.name if stub is not None else "a run"
