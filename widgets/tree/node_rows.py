"""All that is known of one function of a tree, as rows: pure functions from facts to runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from rich.cells import cell_len

from ...engine.facts import ROLES, Check, Example
from ...engine.state.cost import Spending
from ...engine.state.run import CallState, RunState
from ...engine.state.tree import Candidate, NodeState, Tree
from ..highlighting import python_lines
from ..rows import Row
from ..run.tally import expectation
from ..signs import CHECKS, counted
from ..text import (
    Run,
    clipped,
    folded,
    length,
    paragraphs,
    shown,
    shown_line,
)
from . import tree_words as words

Section = Literal["specification", "candidates", "tests", "plans", "program"]
SECTIONS: tuple[Section, ...] = ("specification", "candidates", "tests", "plans", "program")
LIVE_LINES = 5
"""Lines of what is being written now."""
_ORIGINS = {"visible": "from your docstring", "test": "from your tests", "generated": "by the tester: may be wrong"}
_NAME_CELLS = 10
_LABEL_CELLS = len("by itself  ")
_NARROW = 56
"""Cells below which the candidates stand closer."""


def heading(section: Section, note: str, width: int) -> Row:
    """The line a section begins with; its number is the key that goes there."""
    number = SECTIONS.index(section) + 1
    title = {"plans": "plans", "program": "composed program"}.get(section, section)
    line: list[Run] = [(f"{number} ", "$muted"), (title, "bold $primary")]
    room = width - length(line) - 2
    return Row([*line, (f"  {clipped(shown_line(note), room)}" if note and room > 4 else "", "$muted")])


def head(node: NodeState, state: RunState, now: float, width: int) -> Iterator[Row]:
    """What it is, how it stands, and what it has cost by itself and with all below it."""
    sign = words.sign_of(node, state)
    told: list[Run] = [
        (f"{sign.mark} ", f"bold {sign.ink}"),
        (shown_line(node.stub.entry_point), "bold"),
        (f"  {shown_line(words.word_of(node, state))}", sign.ink),
        (f"  {shown_line(node.why)}" if node.why and not node.open and node.status != "abandoned" else "", "$muted"),
    ]
    yield from _folded(told, width)
    tree = state.tree
    above = tree.nodes.get(node.parent) if node.parent is not None else None
    place = f"a helper of {shown_line(above.stub.entry_point)}, depth {node.depth}" if above else "your stub"
    again = f", attempt {node.attempts}" if node.attempts > 1 else ""
    yield from _folded([(f"{place}{again}, {words.seconds(max(0.0, node.seconds(now)))}", "$muted")], width)
    yield from _folded([("by itself  ", "$muted"), (_spent(node.spent), "")], width)
    if tree.children(node.path):
        yield from _folded([("all below  ", "$muted"), (_spent(tree.spent()[node.path]), "")], width)
    if not node.path:
        yield from _roles(state, width)
    for wish in node.wishes:
        which = f" ({wish.text})" if wish.what == "pin" else ""
        yield from _folded([("⚑ you: ", "$state-warn"), (shown_line(words.WISHES[wish.what] + which), "")], width)


def _roles(state: RunState, width: int) -> Iterator[Row]:
    """What each role has used in the whole run, and its share of all that."""
    spent, shares = state.spent, state.shares
    if len(spent) < 2:
        return
    yield Row(_clipped([(_role_line("by role", "calls", "tokens", "cost", "share"), "$muted")], width))
    for role in ROLES:
        if role not in spent:
            continue
        own = spent[role]
        share = f"{100 * shares[role]:.0f} %" if role in shares else ""
        told = _role_line("", str(own.calls), words.tokens(own), words.cost(own), share)
        yield Row(_clipped([(f"{role:<{_LABEL_CELLS}}", "$muted"), (told[_LABEL_CELLS:], "")], width))


def _role_line(role: str, calls: str, tokens: str, cost: str, share: str) -> str:
    return f"{role:<{_LABEL_CELLS}}{calls:>5}{tokens:>8}{cost:>11}{share:>7}"


def _spent(spent: Spending) -> str:
    if not spent.calls:
        return "no call yet"
    calls, about = counted(spent.calls, "call"), "~" if spent.estimated else ""
    return f"{calls}, {about}{counted(spent.prompt_tokens + spent.completion_tokens, 'token')}, {words.cost(spent)}"


def live(work: str, call: CallState | None, width: int) -> Iterator[Row]:
    """What is being done at this moment: always as many lines, so that what stands below does not jump."""
    yield Row([("▸ ", "$state-run"), (clipped(shown_line(work), width - 2), "$state-run")])
    text = shown(call.text or call.thinking).rstrip("\n") if call is not None else ""
    lines = text.split("\n")[-LIVE_LINES:] if text else []
    for line in [*lines, *[""] * (LIVE_LINES - len(lines))]:
        yield Row([("│ ", "$muted"), (clipped(line, max(1, width - 2)), "")])


def specification(node: NodeState, width: int) -> Iterator[Row]:
    """The stub as it was asked for."""
    asked = "as you wrote it" if not node.path else "as the planner asked for it"
    mine = any(wish.what == "stub" for wish in node.wishes)
    yield heading("specification", "as you rewrote it" if mine and node.path else asked, width)
    yield from code(node.stub.header.rstrip("\n"), width)


def candidates(node: NodeState, chosen: Candidate | None, width: int) -> Iterator[Row]:
    """All drafts of it; `Row.item` is the number of one. Below them the code of the chosen one."""
    ranking = node.ranking
    decided = f"score: how many {ranking.by}, the first of equals" if ranking else ""
    yield heading("candidates", decided or ("" if node.candidates else "none yet"), width)
    for number, candidate in enumerate(node.candidates):
        yield Row(_candidate(node, candidate, chosen, width), number)
    if chosen is not None and chosen.draft.body.strip():
        yield Row()
        yield from code(node.stub.code(chosen.draft.body)[len(node.stub.header) :].rstrip("\n"), width)


def _candidate(node: NodeState, candidate: Candidate, chosen: Candidate | None, width: int) -> list[Run]:
    draft, here = candidate.draft, chosen is not None and candidate.draft.id == chosen.draft.id
    role, gap = (8, 4) if width < _NARROW else (13, 6)
    line: list[Run] = [
        ("▌" if here else " ", "$primary"),
        (f"{shown_line(draft.id):<4}", "bold" if here else ""),
        (f"{clipped(shown_line(words.role_of(candidate)), role - 1):<{role}}", "$muted"),
    ]
    if draft.problem:
        line.append((shown_line(draft.problem), "$state-fail"))
    elif candidate.report is None:
        line.append(("not run yet", "$muted"))
    elif candidate.report.problem and not candidate.report.passes:
        line.append((shown_line(candidate.report.problem), "$state-fail"))
    else:
        line += _scores(candidate, gap)
        if node.ranking is not None and draft.id in node.ranking.scores:
            line.append((f"  score {node.ranking.scores[draft.id]:g}", "$muted"))
        if alike := words.alike(node, draft.id):
            line.append((f"  {alike}", "$muted"))
    taken: list[Run] = [("  taken", "$state-pass")] if draft.id == node.chosen else []
    room = width - length(taken)
    return [*_clipped(line, room), *taken]


def _scores(candidate: Candidate, cells: int) -> list[Run]:
    visible, generated = candidate.visible, candidate.generated
    return [
        ("yours ", "$muted"),
        (f"{words.score(visible):<{cells}}", words.score_ink(visible)),
        ("tester's ", "$muted"),
        (f"{words.score(generated):<{cells}}", words.score_ink(generated)),
    ]


def tests(node: NodeState, chosen: Candidate | None, width: int) -> Iterator[Row]:
    """What the chosen candidate was held against: what should come out, and what did."""
    report = chosen.report if chosen is not None else None
    by = f"of {chosen.draft.id}" if chosen is not None and report is not None else ""
    yield heading("tests", by or "nothing has been run yet", width)
    if report is not None and report.problem:
        yield from (Row(line) for line in paragraphs(report.problem, width, "$state-fail"))
    checks: Sequence[Check | Example] = report.checks if report is not None and report.checks else node.checks
    if not checks and node.open and not node.candidates:
        yield from _folded([("the tester comes first", "$muted")], width)
    elif not checks:
        yield from _folded([("no tests: nothing can be verified", "$state-warn")], width)
    for origin, title in _ORIGINS.items():
        mine = [check for check in checks if _example(check).origin == origin]
        if mine:
            yield from _folded([(title, "$muted")], width)
            for check in mine:
                yield from _check(check, width)
    if node.contradicted:
        yield from _folded([("by the tester, against your examples: not used", "$state-warn")], width)
        for example in node.contradicted:
            yield from _check(example, width, mark=("–", "$state-warn"))


def _example(check: Check | Example) -> Example:
    return check.example if isinstance(check, Check) else check


def _check(check: Check | Example, width: int, mark: Run | None = None) -> Iterator[Row]:
    example = _example(check)
    sign: Run = mark or ("·", "$state-wait")
    if isinstance(check, Check):
        sign = (CHECKS[check.verdict].mark, CHECKS[check.verdict].ink)
    source, wanted = shown_line(example.source.strip()), shown_line(expectation(example))
    passed = not isinstance(check, Check) or check.passed
    if passed and cell_len(source) + cell_len(wanted) + 5 <= width:
        yield Row([(f"{sign[0]} ", sign[1]), (source, ""), ("  ", ""), (wanted, "$muted")])
        return
    yield from _labelled([(f"{sign[0]} ", sign[1])], source, "", width, 2)
    yield from _labelled([("  expected  ", "$muted")], expectation(example), "", width, 2 + _NAME_CELLS)
    if isinstance(check, Check) and not check.passed:
        verdict = check.verdict if check.verdict == "failed" else CHECKS[check.verdict].word
        label = f"  {'got' if verdict == 'failed' else verdict:<{_NAME_CELLS}}"
        yield from _labelled([(label, "$muted")], check.got or "nothing", sign[1], width, 2 + _NAME_CELLS)


def _labelled(label: list[Run], text: str, ink: str, width: int, indent: int) -> Iterator[Row]:
    """Text of strangers in full, behind a label."""
    for row in shown(text.rstrip("\n")).split("\n"):
        for piece in folded([(row, ink)], max(1, width - indent)):
            yield Row([*label, *piece])
            label = [(" " * indent, "")]


def plans(node: NodeState, tree: Tree, state: RunState, width: int) -> Iterator[Row]:
    """How it was split, each time."""
    yield heading("plans", "" if node.plans else "none: it was never split", width)
    named = {child.stub.entry_point: child for child in tree.children(node.path)}
    for plan in node.plans:
        line: list[Run] = [
            (f"{plan.turn}  ", "$muted"),
            (f"{shown_line(plan.draft)} ", "bold"),
            ("splits into ", "$muted"),
        ]
        for number, name in enumerate(plan.helpers):
            child = named.get(name)
            sign = words.sign_of(child, state) if child else None
            line.append((", " if number else "", "$muted"))
            line += [(f"{sign.mark} ", sign.ink)] if sign else []
            line.append((shown_line(name), ""))
        if not plan.helpers:
            line.append(("nothing new", ""))
        if plan.reused:
            line += [("; uses ", "$muted"), (shown_line(", ".join(plan.reused)), "")]
        yield from _folded(line, width)


def program(node: NodeState, tree: Tree, width: int) -> Iterator[Row]:
    """The function with all it needs inside."""
    whole = tree.program(node.path)
    best = node.best
    alone = best is not None and whole.strip() == node.stub.code(best.draft.body).strip()
    note = (
        "nothing was written yet"
        if not whole
        else "needs no helper"
        if alone
        else f"{shown_line(node.stub.entry_point)} and its helpers"
    )
    yield heading("program", note, width)
    if whole and not alone:
        yield from code(whole.rstrip("\n"), width)


def code(text: str, width: int) -> Iterator[Row]:
    """Python, in as many rows as it takes."""
    for line in python_lines(shown(text)):
        for piece in folded(list(line), max(1, width - 2)):
            yield Row([("  ", ""), *piece])


def _folded(line: Sequence[Run], width: int) -> Iterator[Row]:
    return (Row(piece) for piece in folded([run for run in line if run[0]], width, words=True))


def _clipped(line: Sequence[Run], width: int) -> list[Run]:
    kept: list[Run] = []
    left = width
    for text, ink in line:
        fit = clipped(text, left)
        left -= cell_len(fit)
        if fit:
            kept.append((fit, ink))
        if fit != text:
            break
    return kept
