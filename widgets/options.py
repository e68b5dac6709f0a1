"""Names to choose from, of which a text that is typed leaves those that hold it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from .text import shown_line


class Options(OptionList):
    """A list with a cursor; every line has a name, by which it is known whatever else is shown."""

    def __init__(self, lines: Sequence[tuple[str, Content]], *, id: str | None = None) -> None:
        """`lines`: name, and how it reads."""
        self._lines_by_name = dict(lines)
        self._sought = ""
        super().__init__(*(Option(Content.assemble(line), id=name) for name, line in lines), id=id)

    @property
    def pointed(self) -> str | None:
        """The name under the cursor, None when nothing is shown."""
        option = self.highlighted_option
        return option.id if option is not None else None

    @property
    def tally(self) -> tuple[int, int]:
        """How many lines are shown, and of how many; (0, 0) when none is."""
        return (self.option_count, len(self._lines_by_name)) if self.option_count else (0, 0)

    def show(self, lines: Sequence[tuple[str, Content]]) -> None:
        """Other lines; the cursor stays with its name where that is still there."""
        self._lines_by_name = dict(lines)
        self._fill()

    def only(self, sought: str) -> None:
        """Leave the lines that hold this text, with smart case; "" leaves all."""
        self._sought = shown_line(sought)
        self._fill()

    def point(self, name: str) -> None:
        """Put the cursor on a name that is shown."""
        self.highlighted = self.get_option_index(name)

    def _fill(self) -> None:
        pointed = self.pointed
        self.set_options(
            Option(Content.assemble(line), id=name) for name, line in self._lines_by_name.items() if self._holds(line)
        )
        if not self.option_count:
            return
        names = [option.id for option in self.options]
        self.highlighted = names.index(pointed) if pointed in names else 0
        self.scroll_to_highlight()

    def _holds(self, line: Content) -> bool:
        text = line.plain if any(letter.isupper() for letter in self._sought) else line.plain.lower()
        return self._sought in text
