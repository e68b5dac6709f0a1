"""What the candidates do with the same calls, who does the same, and the question that would decide between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive

from ...engine.facts import (
    Answer,
    Behaviour,
    Behaviours,
    Choice,
    Result,
)
from ...engine.state.run import RunState
from ..rows import Row
from ..sheet import Sheet
from ..signs import counted
from ..text import (
    Run,
    clipped,
    folded,
    paragraphs,
    shown_line,
)
from ..tree.tree_words import letter

_INKS = ("$primary", "$state-warn", "$secondary", "$state-pass", "$accent")
"""Of the behaviours, in their order; what is said in colour is said by letter too."""
_SHOWN = 4
"""Behaviours that have a column of their own; `redraft compare` and the candidates' diff tell of more."""
_WIDE = 72
"""Cells from which calls and behaviours make a table; below that they are a list."""


class BehaviourPane(Sheet):
    """Shows the behaviours of `state`; puts `choice` to the user, and posts what is pressed."""

    BINDINGS = [
        *(Binding(str(n), f"answer({n})", f"answer {n}", show=False, id=f"behaviour.answer{n}") for n in range(1, 6)),
        Binding("0", "leave_open", "does not matter", show=False, id="behaviour.open"),
        Binding("enter", "type", "type the answer", show=False, id="behaviour.type"),
    ]

    state: reactive[RunState] = reactive(RunState, repaint=False)
    choice: reactive[Choice | None] = reactive[Choice | None](None, repaint=False)
    """What the user is asked, None for nothing."""
    fallen: reactive[frozenset[str]] = reactive(frozenset[str], repaint=False)
    """Ids of the drafts that contradict what the user answered."""
    note: reactive[str] = reactive("", repaint=False)
    """What goes on, or what could: "drawing drafts to compare: 2 of 5"."""

    class Answered(Message):
        """An option was chosen, by its number from 0; None: it does not matter."""

        def __init__(self, number: int | None) -> None:
            super().__init__()
            self.number = number

    class Typing(Message):
        """The user wants to type the answer."""

    def __init__(self, keys: tuple[str, str] = ("enter", "0"), *, id: str | None = None) -> None:
        """`keys` type an answer, and leave it open."""
        super().__init__(id=id)
        self._keys = keys

    # ------------------------------------------------------------------------------------ drawing

    def rows(self, width: int) -> list[Row]:
        """The question, then who does the same, then where they differ."""
        found = self.state.behaviours
        groups = len(found.groups) if found is not None else 0
        self.entitle("behaviour", counted(groups, "behaviour") if groups else "")
        rows = list(self._question(width))
        rows += [Row(line, -1) for answer in self.state.answers for line in _told(answer, width)]
        if rows:
            rows.append(Row())
        if found is None or not found.groups:
            return [*rows, *(Row(line) for line in paragraphs(self._why_nothing(found), width, "$muted"))]
        rows += [Row(line) for line in _summary(self.state, found, self.fallen, width)]
        if self.note:
            rows += [Row(line) for line in paragraphs(self.note, width, "$muted")]
        return [*rows, *(Row(line) for line in _differences(found, width))]

    def _question(self, width: int) -> Iterator[Row]:
        choice = self.choice
        if choice is None:
            return
        yield from (Row(line) for line in paragraphs(f"what should {shown_line(choice.call)} do?", width, "bold"))
        told = [_offer(option.result) for option in choice.options]
        wide = min(max(map(cell_len, told), default=0), max(8, width - 18))
        for nth, (text, option) in enumerate(zip(told, choice.options, strict=True), start=1):
            many = f"{option.weight} of {choice.of} drafts"
            padded = clipped(text, wide).ljust(wide)
            yield Row([(f" {nth}  ", "bold $primary"), (f"{padded}  ", ""), (many, "$muted")], nth)
        typing, leaving = self._keys
        hints = f"{typing}: something else, a value or an exception · {leaving}: it does not matter"
        yield from (Row(line) for line in paragraphs(hints, width, "$muted"))

    def _why_nothing(self, found: Behaviours | None) -> str:
        if self.note:
            return self.note
        if found is not None and found.why_none:
            return found.why_none
        if self.state.status == "running":
            return "once there are several drafts, it is shown here what they do differently"
        usable = sum(draft.problem is None for draft in self.state.drafts)
        return "there is one draft, and nothing to compare it with" if usable == 1 else "nothing was compared yet"

    # ------------------------------------------------------------------------------------ attributes from above

    def watch_state(self, old: RunState, new: RunState) -> None:
        """Lay out anew when other things are known."""
        if _seen(old) != _seen(new):
            self.relayout()

    def watch_choice(self) -> None:
        """Ask something else, from the top."""
        self.relayout()
        self.bring_rows_into_view(0, 0)
        self.refresh_bindings()

    def watch_fallen(self) -> None:
        """Tell others apart that still stand."""
        self.relayout()

    def watch_note(self) -> None:
        """Say something else."""
        self.relayout()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys answer only while something is asked: else they belong to the panes."""
        if action == "answer":
            return self.choice is not None and int(str(parameters[0])) <= len(self.choice.options)
        return self.choice is not None if action in {"leave_open", "type"} else True

    # ------------------------------------------------------------------------------------ keys and mouse

    def action_answer(self, number: int) -> None:
        """Choose an option."""
        self.post_message(self.Answered(number - 1))

    def action_leave_open(self) -> None:
        """Say that it does not matter."""
        self.post_message(self.Answered(None))

    def action_type(self) -> None:
        """Ask for a line to type the answer into."""
        self.post_message(self.Typing())

    def pressed(self, row: Row, name: str) -> None:
        """A click on an option chooses it."""
        if row.item > 0:
            self.action_answer(row.item)


def _seen(state: RunState) -> tuple[object, ...]:
    return state.run, state.status, state.behaviours, state.answers, len(state.drafts), state.proposal


def _offer(result: Result) -> str:
    return shown_line(f"raise {result.brief}" if result.kind == "raised" else result.brief)


def _told(answer: Answer, width: int) -> list[list[Run]]:
    said = "does not matter to you" if answer.open else answer.told.removeprefix(f"{answer.call} ")
    return folded(
        [("✓ ", "$state-pass"), (shown_line(answer.call), ""), (f" {shown_line(said)}", "")], width, words=True
    )


def _summary(state: RunState, found: Behaviours, fallen: frozenset[str], width: int) -> Iterator[list[Run]]:
    """How many behaviours there are, and who is in which."""
    inputs = counted(len(found.inputs), "call")
    if len(found.groups) == 1:
        drafts = counted(found.groups[0].weight, "draft")
        yield from folded(
            [("✓ ", "$state-pass"), (f"all {drafts} do the same with {inputs}", "bold")], width, words=True
        )
        return
    differing = sum(len(results) > 1 for results in found.results)
    yield from folded(
        [(f"{len(found.groups)} behaviours", "bold"), (f" · they differ on {differing} of {inputs}", "")],
        width,
        words=True,
    )
    kept = state.proposal.id if state.proposal is not None else ""
    for nth, group in enumerate(found.groups):
        names = ", ".join(f"{name} (the proposal)" if name == kept else name for name in group.drafts)
        word = "drafts" if group.weight > 1 else "draft"
        ink, told = _INKS[nth % len(_INKS)], f"{group.weight} {word}: {names}"
        fell = fallen.issuperset(group.drafts)
        told = f"{told} · not as you answered" if fell else told
        yield [(f" {letter(nth)}  ", f"bold {ink}"), (clipped(told, max(1, width - 4)), "$muted" if fell else "")]


def _differences(found: Behaviours, width: int) -> Iterator[list[Run]]:
    """The calls with which the behaviours differ: a table, or a list where there is no room for one."""
    numbers = [n for n, results in enumerate(found.results) if len(results) > 1]
    shown = found.groups[:_SHOWN]
    if not numbers:
        return
    yield []
    if width >= _WIDE:
        yield from _table(found, shown, numbers, width)
    else:
        yield from _list(found, shown, numbers, width)
    same = len(found.inputs) - len(numbers)
    yield []
    yield [(f"{counted(same, 'other call')}: all do the same" if same else "", "$muted")]


def _table(found: Behaviours, shown: Sequence[Behaviour], numbers: Sequence[int], width: int) -> Iterator[list[Run]]:
    first = min(max(cell_len(found.inputs[n]) for n in numbers) + 2, width // 2)
    each = max(6, (width - first) // len(shown))
    yield [
        ("call".ljust(first), "$muted"),
        *((letter(nth).ljust(each), f"bold {_INKS[nth % len(_INKS)]}") for nth in range(len(shown))),
    ]
    for n in numbers:
        cells = [(_cell(found.inputs[n], first), "")]
        for nth, group in enumerate(shown):
            cells.append((_cell(found.result(group, n).brief, each), _ink(found, shown, nth, n)))
        yield cells


def _list(found: Behaviours, shown: Sequence[Behaviour], numbers: Sequence[int], width: int) -> Iterator[list[Run]]:
    for n in numbers:
        yield [(clipped(shown_line(found.inputs[n]), width), "bold")]
        by_result: dict[int, list[int]] = {}
        for nth, group in enumerate(shown):
            by_result.setdefault(group.does[n], []).append(nth)
        for result, groups in by_result.items():
            letters = " ".join(map(letter, groups))
            ink = _INKS[groups[0] % len(_INKS)]
            text = clipped(shown_line(found.results[n][result].brief), max(1, width - 10))
            yield [(f"   {letters.ljust(5)} ", f"bold {ink}"), (text, "")]


def _ink(found: Behaviours, shown: Sequence[Behaviour], nth: int, n: int) -> str:
    """The colour of the first behaviour that does the same, so that equal results look alike."""
    does = shown[nth].does[n]
    return _INKS[next(at for at, group in enumerate(shown) if group.does[n] == does) % len(_INKS)]


def _cell(text: str, cells: int) -> str:
    fitted = clipped(shown_line(text), cells - 1)
    return fitted + " " * (cells - cell_len(fitted))
