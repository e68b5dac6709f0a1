"""Every key of the program, by topic: the screens bind them, the help screen and the key bar show them.

Each binding has an id, so that a settings file can move it: `[interface.keys]` with `"accept-hunk" = "y"`.
"""

from __future__ import annotations

from typing import NamedTuple

from textual.binding import Binding, BindingType


class Topic(NamedTuple):
    """Bindings that belong together."""

    title: str
    bindings: tuple[Binding, ...]


def _key(key: str, action: str, says: str, name: str, *, priority: bool = False) -> Binding:
    return Binding(key, action, says, id=name, show=False, priority=priority)


DRAFTING = Topic(
    "drafting",
    (
        _key("enter", "draft", "draft", "draft"),
        _key("r,f5", "rerun", "run again", "rerun"),
        _key("escape", "cancel", "cancel", "cancel"),
        _key("p", "pipeline", "pipeline", "pipeline"),
        _key("m", "model", "model", "model"),
        _key("e", "edit", "edit in $EDITOR", "edit"),
    ),
)
DECIDING = Topic(
    "deciding",
    (
        _key("a", "accept", "accept hunk", "accept-hunk"),
        _key("A", "accept_all", "accept all", "accept-all"),
        _key("x", "reject", "reject hunk", "reject-hunk"),
        _key("X", "reject_all", "reject all", "reject-all"),
        _key("u", "undo", "undo", "undo"),
        _key("U", "redo", "redo", "redo"),
        _key("y", "copy", "copy what is in front", "copy"),
    ),
)
LOOKING = Topic(
    "looking",
    (
        _key("right_square_bracket", "next_hunk", "next hunk", "next-hunk"),
        _key("left_square_bracket", "previous_hunk", "previous hunk", "previous-hunk"),
        _key("d", "sides", "draft → fix, or file → proposal", "sides"),
        _key("v", "split", "one column or two", "split"),
        _key("w", "wrap", "wrap long lines", "wrap"),
        _key("1", "show('draft')", "draft", "show-draft"),
        _key("2", "show('report')", "report", "show-report"),
        _key("3", "show('diff')", "diff", "show-diff"),
        _key("4", "show('examples')", "examples", "show-examples"),
        _key("tab", "next_pane", "next pane", "next-pane"),
        _key("shift+tab", "previous_pane", "previous pane", "previous-pane"),
    ),
)
MOVING = Topic(
    "moving",
    (
        _key("right_curly_bracket", "next_stub", "next stub", "next-stub"),
        _key("left_curly_bracket", "previous_stub", "previous stub", "previous-stub"),
        _key("s", "stubs", "list of stubs", "stubs"),
        _key("j,down", "scroll(1)", "down", "down"),
        _key("k,up", "scroll(-1)", "up", "up"),
        _key("g,home", "scroll_to('top')", "top", "top"),
        _key("G,end", "scroll_to('bottom')", "bottom", "bottom"),
    ),
)
EVERYWHERE = Topic(
    "everywhere",
    (
        _key("question_mark,f1", "help", "help", "help"),
        _key("ctrl+p", "command_palette", "commands", "palette", priority=True),
        _key("ctrl+c", "copy_or_cancel", "copy the selection, or cancel", "copy-or-cancel", priority=True),
        _key("ctrl+q", "quit", "quit", "quit", priority=True),
    ),
)
REPLAYING = Topic(
    "replaying",
    (
        _key("space", "pause", "pause, go on", "replay-pause"),
        _key("right,l", "step(1)", "one event on", "replay-step"),
        _key("left,h", "step(-1)", "one event back", "replay-back"),
        _key("period", "stage(1)", "next stage", "replay-next-stage"),
        _key("comma", "stage(-1)", "previous stage", "replay-previous-stage"),
        _key("plus", "faster", "faster", "replay-faster"),
        _key("minus", "slower", "slower", "replay-slower"),
    ),
)

ON_DRAFT_SCREEN = (DRAFTING, DECIDING, LOOKING, MOVING)
ON_REPLAY_SCREEN = (REPLAYING, LOOKING, MOVING)
ALL = (DRAFTING, DECIDING, LOOKING, MOVING, REPLAYING, EVERYWHERE)


ON_THE_BAR = (
    "cancel", "accept-hunk", "accept-all", "draft", "rerun", "undo", "sides", "next-stub",
    "replay-pause", "replay-step", "replay-next-stage", "pipeline", "model",
)  # fmt: skip
"""Ids of what the key bar shows, what matters most first: a narrow bar drops the last ones."""
ALWAYS_ON_THE_BAR = ("help", "palette", "quit")


def bindings(topics: tuple[Topic, ...]) -> list[BindingType]:
    """The bindings of these topics, as a screen declares them."""
    return [binding for topic in topics for binding in topic.bindings]
