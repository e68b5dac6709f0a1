"""A decomposition tree as a picture: SVG that any browser shows, light or dark as its reader likes it.

Functions are boxes, the root at the left and each plan's helpers to its right. All text is escaped, and what XML cannot
hold is left out, so that nothing a model wrote can become part of the picture's markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from ..state.cost import Spending, shown
from ..state.run import RunState
from ..state.tree import NodeState, Tree

WIDTH, HEIGHT, ACROSS, DOWN, MARGIN = 230, 82, 60, 14, 20
"""Pixels: a box, the gaps beside and below it, and the room around all."""
_TITLE = 44
_LETTERS = 26
"""Of a name or state that fit into a box."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
"""What XML 1.0 does not allow (section 2.2), and what turns the direction of reading."""
_MARKS = {"trying": "▸", "planning": "◇", "waiting": "·", "solved": "✓", "unverified": "?", "abandoned": "✗"}
_STYLE = """
text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #1f2328; white-space: pre; }
.name { font-weight: 600; font-size: 13px; }
.title { font-weight: 600; font-size: 14px; }
.muted { fill: #59636e; }
.ground { fill: #ffffff; }
.box { fill: #f6f8fa; stroke: #c4ccd4; }
.way { fill: none; stroke: #c4ccd4; }
.solved { fill: #1a7f37; }
.unverified { fill: #9a6700; }
.abandoned { fill: #cf222e; }
.trying, .planning, .waiting { fill: #0969da; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .muted { fill: #9198a1; }
  .ground { fill: #0d1117; }
  .box { fill: #161b22; stroke: #3d444d; }
  .way { stroke: #3d444d; }
  .solved { fill: #3fb950; }
  .unverified { fill: #d29922; }
  .abandoned { fill: #f85149; }
  .trying, .planning, .waiting { fill: #4493f8; }
}
"""
"""Plain rules in place of variables: not every program that draws SVG knows those."""


class _Box(NamedTuple):
    """A node in its place."""

    node: NodeState
    x: int
    y: float


def tree_svg(state: RunState) -> str:
    """The tree of a run as far as it has grown; a picture that says so when there is none."""
    boxes = {box.node.path: box for box in _placed(state.tree)}
    wide = max((box.x for box in boxes.values()), default=0) + WIDTH + 2 * MARGIN
    high = max((box.y for box in boxes.values()), default=0.0) + HEIGHT + _TITLE + 2 * MARGIN
    spent = state.tree.spent()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}"',
        f' width="{wide:g}" height="{high:g}" role="img">',
        f"<title>{_safe(_title(state))}</title>",
        f"<style>{_STYLE}</style>",
        '<rect class="ground" width="100%" height="100%"/>',
        f'<text class="title" x="{MARGIN}" y="{MARGIN + 14}">{_safe(_title(state))}</text>',
        f'<text class="muted" x="{MARGIN}" y="{MARGIN + 32}">{_safe(_whole(state, spent))}</text>',
        f'<g transform="translate({MARGIN} {MARGIN + _TITLE})">',
        *(_way(boxes[box.node.parent], box) for box in boxes.values() if box.node.parent in boxes),
        *(_drawn(box, spent[box.node.path]) for box in boxes.values()),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _placed(tree: Tree) -> Iterator[_Box]:
    """Leaves one below the other, every other node in the middle of those it was split into."""
    rows: dict[str, float] = {}
    leaf = 0
    for node in reversed(list(tree.walk())):
        below = [rows[child.path] for child in tree.children(node.path)]
        if below:
            rows[node.path] = (max(below) + min(below)) / 2
        else:
            rows[node.path] = leaf
            leaf += 1
    last = max(leaf - 1, 0)
    for node in tree.walk():
        yield _Box(node, node.depth * (WIDTH + ACROSS), (last - rows[node.path]) * (HEIGHT + DOWN))


def _way(above: _Box, box: _Box) -> str:
    x, y, end, at = above.x + WIDTH, above.y + HEIGHT / 2, box.x, box.y + HEIGHT / 2
    half = (x + end) / 2
    return f'<path class="way" d="M{x:g} {y:g}C{half:g} {y:g} {half:g} {at:g} {end:g} {at:g}"/>'


def _drawn(box: _Box, spent: Spending) -> str:
    node = box.node
    kind = quoteattr(node.status)
    return "\n".join(
        [
            f'<g transform="translate({box.x:g} {box.y:g})">',
            f"<title>{_safe(node.stub.header.strip())}</title>",
            f'<rect class="box" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
            f'<rect class={kind} width="5" height="{HEIGHT}" rx="2"/>',
            f'<text class="name" x="14" y="20">{_safe(_clipped(node.stub.entry_point))}</text>',
            f'<text class={kind} x="14" y="38">{_MARKS[node.status]} {_safe(_clipped(node.word))}</text>',
            f'<text x="14" y="55">{_safe(_scores(node))}</text>',
            f'<text class="muted" x="14" y="72">{_safe(_used(spent))}</text>',
            "</g>",
        ]
    )


def _scores(node: NodeState) -> str:
    """Checks of the user and of the tester that hold."""
    best = node.best
    told = [("yours", best.visible), ("tester's", best.generated)] if best else []
    return "  ".join(f"{name} {held}/{total}" for name, (held, total) in told if total) or "nothing checked"


def _used(spent: Spending) -> str:
    """Tokens and cost, with all below."""
    number = spent.prompt_tokens + spent.completion_tokens
    tokens = f"{number} tokens" if number < 1000 else f"{number / 1000:.1f}k tokens"
    return tokens if spent.known is None else f"{tokens}  {shown(spent)}"


def _title(state: RunState) -> str:
    name = state.stub.name if state.stub else "no function"
    return f"{name}: {state.pipeline or 'no run'}"


def _whole(state: RunState, spent: dict[str, Spending]) -> str:
    number = len(state.tree.nodes)
    if not number:
        return "this run has grown no tree"
    models = ", ".join(dict.fromkeys(state.models.values()))
    calls = spent[""].calls if "" in spent else 0
    written = "; its answers were written by a person" if state.scripted else ""
    functions = f"{number} function{'' if number == 1 else 's'}"
    return f"{functions}, {calls} call{'' if calls == 1 else 's'}, {state.now:.0f} s, {models}{written}"


def _clipped(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LETTERS else line[: _LETTERS - 1] + "…"


def _safe(text: str) -> str:
    return escape(_NOT_XML.sub("�", text))
