"""One HTML file that plays a run or a race: nothing is fetched, all of it is in there."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from ....engine.state.run import RunState
from ....engine.tables.race_table import rows
from ....engine.tables.race_text import HEADS, against, cells
from ...common.playing import Player
from ..logs import LaneLog
from .about import about, task_of
from .script import PAGE
from .sections import SECTIONS, sections, text

EVERY = 0.25
"""Seconds of the played time between two pictures of text that streams."""
SECONDS = 30.0
"""How long it plays at its usual speed."""


def page(logs: Sequence[LaneLog]) -> str:
    """The page."""
    players = [Player(log.entries, own_clock=True) for log in logs]
    duration = max(player.duration for player in players)
    every = EVERY * max(1.0, duration / SECONDS)
    lanes = [{"name": log.name, "changes": _changes(player, every)} for log, player in zip(logs, players, strict=True)]
    chapters = sorted(
        [round(chapter.at, 2), number, chapter.name]
        for number, player in enumerate(players, start=1)
        for chapter in player.chapters
    )
    states = [player.whole for player in players]
    facts = {"duration": round(duration, 2), "seconds": SECONDS, "lanes": lanes, "chapters": chapters}
    # Within a script "</" would end it, and these two characters end a line for some readers.
    data = json.dumps(facts, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    title = f"{task_of(states)}: {len(logs)} patterns" if len(logs) > 1 else f"{task_of(states)}: {logs[0].name}"
    parts = {
        "TITLE": text(title),
        "ABOUT": text(about(states)),
        "LANES": "\n".join(_lane(number, log.name) for number, log in enumerate(logs, start=1)),
        "TABLE": _table(logs, states),
        "DATA": data,
    }
    # In one pass: what a log says is never looked through for places to fill.
    return re.sub("@([A-Z]+)@", lambda found: parts[found[1]], PAGE)


def _changes(player: Player, every: float) -> list[list[object]]:
    """What changes when: [seconds, section, HTML], or [seconds, section, number of characters kept, rest]."""
    shown: dict[str, str] = dict.fromkeys(SECTIONS, "")
    found: list[list[object]] = []
    moments = set(player.moments)
    at = 0.0
    while at <= player.duration:
        moments.add(round(at, 3))
        at += every
    moments.add(player.duration)
    for moment in sorted(moments):
        for name, said in sections(player.at(moment)).items():
            before = shown[name]
            if said == before:
                continue
            kept = _shared(before, said)
            when = round(moment, 2)
            # Scripts count a text in units of sixteen bits.
            units = len(said[:kept].encode("utf-16-le")) // 2
            found.append([when, SECTIONS.index(name), units, said[kept:]])
            shown[name] = said
    return found


def _shared(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    for n, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return n
    return min(len(one), len(other))


def _lane(number: int, name: str) -> str:
    parts = "\n".join(
        f'<section hidden data-section="{n}"><h3>{section}</h3><div></div></section>'
        for n, section in enumerate(SECTIONS)
    )
    head = f'<h2 id="l{number}">{number} {text(name)}</h2>'
    return f'<article data-lane="{number - 1}" aria-labelledby="l{number}">{head}\n{parts}</article>'


def _table(logs: Sequence[LaneLog], states: Sequence[RunState]) -> str:
    if len(logs) < 2:
        return ""
    made = rows([(log.name, state) for log, state in zip(logs, states, strict=True)])
    head = "".join(f"<th scope=col>{text(name)}</th>" for name in HEADS)
    lines = "".join("<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in cells(row)) + "</tr>" for row in made)
    words = "".join(
        f"<li>{text(row.lane)}: {text(told)}</li>" for row, told in zip(made, against(made), strict=True) if told
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table><ul>{words}</ul>"
