"""The heads above a grid of results."""

from __future__ import annotations

from rich.cells import cell_len
from textual.reactive import reactive

from ..lines import Lines
from ..text import Run, clipped
from .grid_layout import GAP, Placing, head_lines


class GridHeads(Lines):
    """The heads of the columns; they stay when the problems scroll."""

    DEFAULT_CSS = """
    GridHeads { padding: 0; height: 1; }
    """

    heads: reactive[tuple[str, ...]] = reactive(tuple[str, ...], init=False)
    placing: reactive[Placing] = reactive(Placing(0, 0, 0, ()), init=False)
    column: reactive[int] = reactive(0, init=False)

    def laid_out(self, width: int) -> list[list[Run]]:
        """Each head at the bottom of its column; what is not seen is counted at the edges."""
        placing = self.placing
        seen = [head_lines(self.heads[placing.first + n], w) for n, w in enumerate(placing.widths)]
        height = max([1, *map(len, seen)])
        rows: list[list[Run]] = []
        for y in range(height):
            left = " " * (1 + placing.key + placing.name)
            if y == height - 1:
                hint = self._unseen()
                left = clipped(hint, len(left)).ljust(len(left))
            row: list[Run] = [(left, "$muted")]
            for n, (lines, cells) in enumerate(zip(seen, placing.widths, strict=True)):
                at = y - (height - len(lines))
                text = lines[at] if at >= 0 else ""
                ink = "bold $primary" if placing.first + n == self.column else "$muted"
                row += [(text + " " * (cells - cell_len(text)), ink), (" " * GAP, "")]
            rows.append(row)
        return rows

    def _unseen(self) -> str:
        placing, count = self.placing, len(self.heads)
        before, after = placing.first, count - placing.last - 1
        told = [*([f"◂ {before} more"] if before > 0 else []), *([f"{after} more ▸"] if after > 0 else [])]
        return " ".join(told) if placing.widths else ""

    def watch_heads(self) -> None:
        """Lay out anew."""
        self._fit()

    def watch_placing(self) -> None:
        """Lay out anew."""
        self._fit()

    def watch_column(self) -> None:
        """Another head stands out."""
        self.refresh()

    def _fit(self) -> None:
        if self.placing.last < len(self.heads):
            self.styles.height = len(self.laid_out(self.size.width))
            self.refresh()
