"""The diff of a proposal: hunks to be accepted or rejected, in one column or in two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive

from ...engine.diff import Hunk
from ..rows import Row
from ..sheet import Sheet
from ..signs import counted
from ..text import Run, paragraphs
from .diff_rows import Decision, Keys, Page, both_columns_fit, digits, rows_of

Split = Literal["auto", "always", "never"]


class DiffPane(Sheet):
    """Shows `hunks`; what was `decided` about each (by its number) comes from above, wishes go up as messages."""

    BINDINGS = [
        Binding("left_square_bracket", "previous_hunk", "prev hunk", id="diff.previous"),
        Binding("right_square_bracket", "next_hunk", "next hunk", id="diff.next"),
        Binding("k", "previous_hunk", "prev hunk", show=False, id="diff.previous.k"),
        Binding("j", "next_hunk", "next hunk", show=False, id="diff.next.j"),
        Binding("a", "accept", "accept", id="diff.accept"),
        Binding("x", "reject", "reject", id="diff.reject"),
        Binding("A", "accept_all", "accept all", id="diff.accept_all"),
        Binding("X", "reject_all", "reject all", show=False, id="diff.reject_all"),
        Binding("v", "toggle_split", "split", show=False, id="diff.split"),
        Binding("w", "toggle_wrap", "wrap", show=False, id="diff.wrap"),
        Binding("y", "copy", "copy", show=False, id="diff.copy"),
    ]

    hunks: reactive[tuple[Hunk, ...]] = reactive(tuple[Hunk, ...])
    split: reactive[Split] = reactive[Split]("auto")
    decided: reactive[Mapping[int, Decision]] = reactive(dict[int, Decision])
    wrap: reactive[bool] = reactive(True)
    current: reactive[int] = reactive(1)
    """Number of the hunk that keys act on."""
    keys: reactive[Keys] = reactive[Keys](("a", "x"), repaint=False)
    deciding: reactive[bool] = reactive(True)
    """Whether there is anything to accept or reject; else the changes are only shown."""
    caption: reactive[str] = reactive("")
    """What is compared with what, for the title."""
    empty: reactive[str] = reactive("no changes proposed")
    """What to say, and to press, when there are no hunks."""

    class Accepted(Message):
        """These hunks are wanted."""

        def __init__(self, hunks: Sequence[Hunk]) -> None:
            super().__init__()
            self.hunks = tuple(hunks)
            self.numbers = tuple(hunk.number for hunk in hunks)

    class Rejected(Message):
        """These hunks are not wanted."""

        def __init__(self, hunks: Sequence[Hunk]) -> None:
            super().__init__()
            self.hunks = tuple(hunks)
            self.numbers = tuple(hunk.number for hunk in hunks)

    class Copied(Message):
        """The new lines of a hunk went to the clipboard."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    # ------------------------------------------------------------------------------------ drawing

    def rows(self, width: int) -> list[Row]:
        """All hunks, or what to do when there are none."""
        self._entitle()
        if not self.hunks:
            return [Row(line) for line in paragraphs(self.empty, width, "$muted")]
        return list(rows_of(self.hunks, self._page(width - 1)))

    def runs(self, row: Row) -> Sequence[Run]:
        """A row with the cursor's column before it."""
        if row.item < 0:
            return super().runs(row)
        return [("▌", "not bold $primary") if row.item == self.current else (" ", ""), *super().runs(row)]

    @property
    def wide(self) -> bool:
        """Lines that are not broken run on to the right."""
        return not self.wrap

    def _page(self, width: int) -> Page:
        keys = self.keys if self.deciding else None
        page = Page(width, split=True, wrap=self.wrap, gutter=digits(self.hunks), decided=self.decided, keys=keys)
        two = self.split == "always" or (self.split == "auto" and both_columns_fit(self.hunks, page))
        return page if two else replace(page, split=False)

    def _entitle(self) -> None:
        title = f"diff · {self.caption}" if self.caption else "diff"
        if not self.hunks:
            self.entitle(title)
            return
        accepted = sum(decision == "accepted" for decision in self.decided.values())
        rejected = sum(decision == "rejected" for decision in self.decided.values())
        told = [f"{accepted} accepted"] * bool(accepted) + [f"{rejected} rejected"] * bool(rejected)
        self.entitle(title, " · ".join([counted(len(self.hunks), "change"), *told]))

    # ------------------------------------------------------------------------------------ attributes from above

    def watch_hunks(self, hunks: tuple[Hunk, ...]) -> None:
        """Show other hunks, from the first undecided on."""
        self.set_reactive(DiffPane.current, hunks[0].number if hunks else 1)
        self.relayout()
        self.bring_rows_into_view(0, 0)

    def watch_decided(self) -> None:
        """Show what became of the hunks."""
        self.relayout()

    def watch_keys(self) -> None:
        """Offer other keys."""
        self.relayout()

    def watch_deciding(self) -> None:
        """Offer to decide, or no longer."""
        self.relayout()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys do something now."""
        return self.deciding or not action.startswith(("accept", "reject"))

    def watch_split(self) -> None:
        """One column or two."""
        self._relayout_here()

    def watch_wrap(self, wrap: bool) -> None:
        """Break long lines, or scroll sideways."""
        self.styles.overflow_x = "hidden" if wrap else "auto"
        self._relayout_here()

    @property
    def cursor(self) -> int:
        """The change that keys act on."""
        return self.current

    def watch_current(self, before: int, current: int) -> None:
        """Move the cursor and see where it went."""
        self.repaint_items(before, current)
        self.bring_into_view(current)

    def watch_caption(self) -> None:
        """Write the title."""
        self._entitle()

    def watch_empty(self) -> None:
        """Say something else when there is nothing."""
        self.relayout()

    def _relayout_here(self) -> None:
        self.relayout()
        self.bring_into_view(self.current)

    # ------------------------------------------------------------------------------------ keys and mouse

    def action_next_hunk(self) -> None:
        """Go to the next hunk; stay at the last."""
        self.current = min(self.current + 1, max(1, len(self.hunks)))

    def action_previous_hunk(self) -> None:
        """Go to the previous hunk; stay at the first."""
        self.current = max(self.current - 1, 1)

    def action_accept(self) -> None:
        """Ask for the current hunk to be accepted, and go to the next that waits."""
        self._decide(self.Accepted)

    def action_reject(self) -> None:
        """Ask for the current hunk to be rejected, and go to the next that waits."""
        self._decide(self.Rejected)

    def action_accept_all(self) -> None:
        """Ask for all hunks to be accepted."""
        if self.hunks:
            self.post_message(self.Accepted(self.hunks))

    def action_reject_all(self) -> None:
        """Ask for all hunks to be rejected."""
        if self.hunks:
            self.post_message(self.Rejected(self.hunks))

    def action_toggle_split(self) -> None:
        """Two columns in place of one, or the other way round."""
        self.split = "never" if self._page(self.text_width - 1).split else "always"

    def action_toggle_wrap(self) -> None:
        """Break long lines, or let them run on."""
        self.wrap = not self.wrap

    def action_copy(self) -> None:
        """Copy the new lines of the current hunk."""
        chosen = self._current_hunk()
        if chosen is not None:
            text = "".join(f"{line.text}\n" for line in chosen.lines if line.kind != "removed")
            self.app.copy_to_clipboard(text.encode(errors="replace").decode())
            self.post_message(self.Copied(text))

    def pressed(self, row: Row, name: str) -> None:
        """A click chooses the hunk; one on an offer takes it."""
        if row.item < 0:
            return
        self.current = row.item
        if name == "accept":
            self.action_accept()
        elif name == "reject":
            self.action_reject()

    def _current_hunk(self) -> Hunk | None:
        return next((hunk for hunk in self.hunks if hunk.number == self.current), None)

    def _decide(self, wish: type[Accepted] | type[Rejected]) -> None:
        chosen = self._current_hunk()
        if chosen is None:
            return
        self.post_message(wish([chosen]))
        waiting = [
            hunk.number for hunk in self.hunks if hunk.number not in self.decided and hunk.number != self.current
        ]
        self.current = next((n for n in waiting if n > self.current), waiting[0] if waiting else self.current)
