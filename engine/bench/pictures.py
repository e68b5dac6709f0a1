"""The cost–pass@1 plane and the pass bars, as SVG and as text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from ..examples import visible
from .standing import Row

WIDTH, HEIGHT, MARGIN = 720, 420, 60
"""Of the plane, in pixels."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_MARKS = "123456789abcdefghijklmnopqrstuvwxyz"


def bars_text(rows: Sequence[Row], width: int = 40) -> str:
    """A bar a row for the suite's headline score, with its 95 % interval behind it."""
    names = _names(rows)
    longest = max(map(len, names), default=0)
    lines: list[str] = []
    for name, row in zip(names, rows, strict=True):
        low, high = row.headline.interval
        value = row.headline.value
        ends = f"{100 * value:5.1f} %  ({100 * low:.0f}–{100 * high:.0f})"
        lines.append(f"{name.ljust(longest)}  {_bar(value, width)}  {ends}")
    return "\n".join(lines) + "\n"


def _bar(share: float, width: int) -> str:
    whole, part = divmod(round(share * width * 8), 8)
    return ("█" * whole + (_EIGHTHS[part] if part else "")).ljust(width, "·")


def plane_text(rows: Sequence[Row], width: int = 60, height: int = 14) -> str:
    """The plane of characters: cost to the right, pass@1 upwards; without prices, tokens stand for cost."""
    points, unit = _points(rows)
    if not points:
        return ""
    (left, right), (low, high) = _span([x for x, _ in points]), _span([y for _, y in points])
    field = [[" "] * width for _ in range(height)]
    for n, (x, y) in enumerate(points):
        column = round((x - left) / (right - left) * (width - 1))
        line = round((high - y) / (high - low) * (height - 1))
        field[line][column] = _MARKS[n % len(_MARKS)]
    shown = [f"{high - (high - low) * n / (height - 1):6.1f} │{''.join(line).rstrip()}" for n, line in enumerate(field)]
    keys = [f"  {_MARKS[n % len(_MARKS)]} {name}" for n, name in enumerate(_names(rows))]
    axis = f"       └{'─' * width}\n        {unit}: {left:.4g} to {right:.4g}"
    return "\n".join(["pass@1, percent", *shown, axis, *keys]) + "\n"


def plane_svg(rows: Sequence[Row], title: str = "") -> str:
    """The plane as SVG, with the 95 % interval of each point; no script, no font, no colour that themes could break."""
    points, unit = _points(rows)
    (left, right), (low, high) = (
        _span([x for x, _ in points]),
        _span([100 * e for r in rows for e in r.headline.interval]),
    )
    parts = [_open(WIDTH, HEIGHT), _text(WIDTH / 2, 24, title or "cost and pass@1", "middle", 16)]
    parts += _axes(left, right, low, high, unit)
    for row, name, (x, y) in zip(rows, _names(rows), points, strict=True):
        bottom, top = (_down(100 * end, low, high) for end in row.headline.interval)
        across, down = _across(x, left, right), _down(y, low, high)
        parts.append(f'<line x1="{across:.1f}" y1="{top:.1f}" x2="{across:.1f}" y2="{bottom:.1f}" stroke="#888"/>')
        parts.append(f'<circle cx="{across:.1f}" cy="{down:.1f}" r="5" fill="#1f6feb"/>')
        parts.append(_text(across + 8, down + 4, name, "start", 12))
    return "\n".join([*parts, "</svg>"]) + "\n"


def bars_svg(rows: Sequence[Row], title: str = "") -> str:
    """The bars as SVG, base behind plus, with 95 % intervals."""
    name_width, bar_width, step = 260, 380, 34
    height = 60 + step * len(rows)
    parts = [_open(WIDTH, height), _text(WIDTH / 2, 24, title or "pass@1", "middle", 16)]
    for n, (row, name) in enumerate(zip(rows, _names(rows), strict=True)):
        top = 44 + n * step
        low, high = row.headline.interval
        parts.append(_text(name_width - 8, top + 15, name, "end", 12))
        parts.append(_rectangle(name_width, top, bar_width * row.base.value, 20, "#c9d1d9"))
        if row.has_plus:
            parts.append(_rectangle(name_width, top, bar_width * row.plus.value, 20, "#1f6feb"))
        begin, end = name_width + bar_width * low, name_width + bar_width * high
        parts.append(f'<line x1="{begin:.1f}" y1="{top + 10}" x2="{end:.1f}" y2="{top + 10}" stroke="#333"/>')
        parts.append(_text(name_width + bar_width + 8, top + 15, f"{100 * row.headline.value:.1f} %", "start", 12))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _points(rows: Sequence[Row]) -> tuple[list[tuple[float, float]], str]:
    """Cost and pass@1 of each row, and what the cost is."""
    priced = all(row.usd for row in rows)
    if priced:
        return [(row.usd or 0.0, 100 * row.headline.value) for row in rows], "USD a problem"
    tokens = [row.spent.prompt_tokens + row.spent.completion_tokens for row in rows]
    return [
        (spent / max(1, row.base.of), 100 * row.headline.value) for row, spent in zip(rows, tokens, strict=True)
    ], "tokens a problem (no prices are known)"


def _span(values: Sequence[float]) -> tuple[float, float]:
    """Ends of an axis, with some room; nothing on it is less than 0."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = (high - low) * 0.08 or max(abs(high), 1.0) * 0.08
    return max(0.0, low - room), high + room


def _axes(left: float, right: float, low: float, high: float, unit: str) -> list[str]:
    bottom, end = HEIGHT - MARGIN, WIDTH - MARGIN
    parts = [
        f'<line x1="{MARGIN}" y1="{bottom}" x2="{end}" y2="{bottom}" stroke="#333"/>',
        f'<line x1="{MARGIN}" y1="{MARGIN}" x2="{MARGIN}" y2="{bottom}" stroke="#333"/>',
        _text((MARGIN + end) / 2, HEIGHT - 16, unit, "middle", 12),
        _text(MARGIN, MARGIN - 12, "pass@1, percent", "start", 12),
    ]
    for n in range(5):
        x, y = left + (right - left) * n / 4, low + (high - low) * n / 4
        parts.append(_text(_across(x, left, right), bottom + 18, f"{x:.3g}", "middle", 11))
        parts.append(_text(MARGIN - 6, _down(y, low, high) + 4, f"{y:.0f}", "end", 11))
    return parts


def _across(x: float, left: float, right: float) -> float:
    return MARGIN + (x - left) / (right - left) * (WIDTH - 2 * MARGIN)


def _down(y: float, low: float, high: float) -> float:
    return HEIGHT - MARGIN - (y - low) / (high - low) * (HEIGHT - 2 * MARGIN)


def _open(width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" font-family="sans-serif">'
        f'<rect width="{width:.0f}" height="{math.ceil(height)}" fill="#fff"/>'
    )


def _rectangle(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str, size: int) -> str:
    said = escape(visible(text, 80))
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="#222">{said}</text>'


def _names(rows: Sequence[Row]) -> list[str]:
    """The pipeline of each row, and what else tells them apart."""
    told = [[row.pipeline, row.model, row.mode, row.suite] for row in rows]
    differ = [n == 0 or len({parts[n] for parts in told}) > 1 for n in range(4)]
    return [visible(" · ".join(part for part, does in zip(parts, differ, strict=True) if does), 60) for parts in told]
