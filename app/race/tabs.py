"""Two lines that show all lanes at once, while not all of them fit side by side."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.reactive import reactive

from ...engine.state.run import RunState
from ...widgets.lines import Lines
from ...widgets.race.lane_words import lane_at, strip
from ...widgets.text import Run


class LaneTabs(Lines):
    """Shows `lanes` (name, state); those in sight stand out, the one in `front` most."""

    DEFAULT_CSS = """
    LaneTabs { height: 2; }
    """

    lanes: reactive[tuple[tuple[str, RunState], ...]] = reactive(tuple[tuple[str, RunState], ...], init=False)
    front: reactive[int] = reactive(1, init=False)
    shown: reactive[frozenset[int]] = reactive(frozenset[int], init=False)

    class Chosen(Message):
        """A lane was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def laid_out(self, width: int) -> Sequence[Sequence[Run]]:
        """Names, and below each how far its lane is."""
        return strip(self.lanes, self.front - 1, frozenset(number - 1 for number in self.shown), width)

    def on_click(self, event: events.Click) -> None:
        """Choose the lane under the pointer."""
        offset = event.get_content_offset(self)
        if offset is not None and (number := lane_at(offset.x, len(self.lanes), self.content_size.width)):
            self.post_message(self.Chosen(number))
