"""Whatever a text holds, a terminal is told nothing but text and our own colours."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Callable
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.app.common import output
from redraft.engine.events import CallFailed, CallStarted, Decided, Drafted, Entry, Reviewed, RunFailed, RunStarted
from redraft.engine.facts import Check, Draft, Example, Finding, Report, Review, Stub
from redraft.engine.run.recording import line_of

HOSTILE = "a\x1b]52;c;aGk=\x07b\x1b[2Jc\x9bd\u202ee\x1b[31mf\x00g\rh\x7fi\u2028j"
OURS = re.compile(r"\x1b\[(?:0|1|2|31|32|33)m")


def obeyed(text: str) -> list[str]:
    """The characters in a text that a terminal would obey, our own colours left out."""
    return [char for char in OURS.sub("", text) if char != "\n" and not char.isprintable()]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def screen_after(act: Callable[[], object]) -> str:
    """What a terminal gets to see of an act."""
    screen = Terminal()
    with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        act()
    return screen.getvalue()


@pytest.mark.parametrize(
    "write", [output.out, output.say, output.say_over, output.out_exact], ids=lambda write: write.__name__
)
def test_nothing_that_a_terminal_obeys_goes_through(write: Callable[[str], None]) -> None:
    text = screen_after(lambda: write(HOSTILE)).removeprefix("\r\x1b[K")
    assert obeyed(text) == [] and "\x1b" not in text


@given(st.text())
def test_no_text_of_any_kind_is_obeyed_and_none_can_ask_for_a_colour(text: str) -> None:
    colours = output.Paint(on=True)
    screen = output._coloured(f"{colours('red', text)}{text}")
    assert obeyed(screen) == []
    assert screen.count("\x1b") == 2


def test_a_marked_colour_is_a_colour_on_standard_error_too() -> None:
    assert screen_after(lambda: output.say(output.Paint(on=True)("red", "no"))) == "\x1b[31mno\x1b[0m\n"


def test_what_is_meant_for_a_file_is_exact_there(capsys: pytest.CaptureFixture[str]) -> None:
    output.out_exact("-\told\x0c\n+\tnew")
    assert capsys.readouterr().out == "-\told\x0c\n+\tnew\n"


S = TypeVar("S", bound=msgspec.Struct)


def filled(kind: type[S], **given: object) -> S:
    """An instance whose every text field is hostile."""
    fields = {field.name: HOSTILE for field in msgspec.structs.fields(kind) if field.type is str}
    return kind(**{**fields, **given})


EXAMPLE = filled(Example, source=HOSTILE, compare="output", origin="visible")
EVENTS = [
    filled(RunStarted, stub=filled(Stub, line=1, examples=(EXAMPLE,)), models={"coder": HOSTILE}),
    filled(CallStarted, role="coder"),
    filled(CallFailed),
    filled(Decided),
    filled(Drafted, draft=filled(Draft, role="coder", problem=HOSTILE)),
    filled(Reviewed, review=filled(Review, verdict="bugs", findings=(filled(Finding, status="reproduced"),))),
    filled(RunFailed),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_json_spells_what_a_terminal_would_obey_and_means_the_same(event) -> None:
    text = screen_after(lambda: output.out_json_line(line_of(Entry(at=0.0, event=event))))
    assert obeyed(text) == []
    assert json.loads(text) == json.loads(line_of(Entry(at=0.0, event=event)))


def test_a_report_of_hostile_texts_is_printed_harmlessly() -> None:
    check = filled(Check, example=EXAMPLE, verdict="failed")
    review = filled(Review, verdict="bugs", findings=(filled(Finding, status="refuted"),))
    paint = output.Paint(on=True)
    reports = (
        output.report_lines(filled(Report, problem="", checks=(check,)), paint),
        output.review_lines(review, paint),
    )
    for lines in reports:
        assert obeyed(screen_after(lambda lines=lines: output.out("\n".join(lines)))) == []
