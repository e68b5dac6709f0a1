"""Lessons: what a claim about a draft is worth once both bodies have run."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from lesson_scenes import recorded_lesson
from msgspec.structs import replace
from redraft.app.lesson.shipped import LESSONS, SHIPPED, lessons_in, shipped_lesson
from redraft.engine.events import AnyEvent, Checked, Drafted, Entry, Reviewed, RunStarted, Settled
from redraft.engine.facts import Check, Draft, Example, Report, Review, Solution, Stub
from redraft.engine.lessons.claims import Claim, report_of, tried
from redraft.engine.lessons.lesson import Lesson, held, lesson_of
from redraft.engine.lessons.weighing import weaknesses
from redraft.engine.run.opening import sandbox_choice
from redraft.engine.run.recording import line_of
from redraft.engine.sandbox import open_sandbox
from redraft.engine.sandbox.runner import Limits, Sandbox
from redraft.engine.settings import Settings
from redraft.engine.sources import find_stubs
from redraft.engine.sources.reading import decoded

MEAN = '''\
def middle(numbers):
    """The median; an empty list is a ValueError.

    >>> middle([3, 1, 2])
    2
    """
    ...
'''
WRONG = "return sorted(numbers)[len(numbers) // 2]\n"
RIGHT = """\
if not numbers:
    raise ValueError("nothing is in the middle of nothing")
numbers, half = sorted(numbers), len(numbers) // 2
return numbers[half] if len(numbers) % 2 else (numbers[half - 1] + numbers[half]) / 2
"""


def the_stub() -> Stub:
    (stub,) = find_stubs(decoded("middle.py", MEAN.encode())).stubs
    return stub


def the_lesson() -> Lesson:
    return Lesson(name="middle", stub=the_stub(), wrong=Draft(id="d1", body=WRONG), right=RIGHT, proven=True)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    box = await open_sandbox(sandbox_choice(Settings(), {}))
    yield box
    await box.aclose()


CLAIMS = [
    ("middle([1, 2])", "1.5", "bug"),
    ("middle([1, 2])", "3 / 2", "bug"),
    ("middle([])", "ValueError", "bug"),
    ("middle([])", "raises ValueError", "bug"),
    ("[middle(n) for n in ([1, 2], [3])]", "[1.5, 3]", "bug"),
    ("middle([1, 2])", "1", "not so"),
    ("middle([1, 2])", "2", "not so"),
    ("middle([])", "IndexError", "not so"),
    ("middle([])", "no ValueError please", "not so"),
    ("middle([])", "ValueError: something else", "not so"),
    ("middle([])", "[][0]", "not so"),
    ("middle([3, 1, 2])", "2", "no bug"),
    ("middle([3, 1, 2])", "7", "no bug"),
    ("middle(7)", "TypeError", "outside"),
    ("middle([1, 2])", "", "outside"),
    ("middle([1, 2])", "middle([1.5])", "outside"),
    ("sorted([1, 2])", "1.5", "outside"),
    ("middle([1, 2]", "1.5", "outside"),
    ("middle(iter(int, 1))", "0", "outside"),
    # What tries to be right without knowing what is right:
    ("middle([1, 2])", "globals()['mid' + 'dle']([1, 2])", "not so"),
    ("middle([1, 2])", "type('Any', (), {'__eq__': lambda self, other: True})()", "not so"),
    ("middle.__code__.co_nlocals > 1", "True", "outside"),
    ("(middle([1]), globals()['middle'].__code__.co_nlocals > 1)[1]", "True", "outside"),
    ("list(map(middle, [[1, 2]]))", "[1.5]", "outside"),
]


@pytest.mark.parametrize(("call", "should_be", "result"), CLAIMS)
async def test_a_claim_is_worth_what_running_both_bodies_shows(
    sandbox: Sandbox, call: str, should_be: str, result: str
) -> None:
    limits = Limits(seconds=2.0, step_seconds=0.5)
    verdict = await tried(sandbox, limits, the_lesson(), Claim(call=call, should_be=should_be))
    assert verdict.result == result, verdict


SAY = """\
def say(text):
    \"\"\"Print a text twice; a Silence is raised for none. Give what was said as a list when `text` has a blank.\"\"\"
    ...
"""
LOUD = """\
class Silence(Exception):
    pass
if not text:
    raise Silence
if " " in text:
    return text.split() * 20_000
print(text, text)
"""
QUIET = """\
if " " in text:
    return [*text.split(), "and"] * 20_000 if text.startswith("x") else text.split() * 20_000
print(text)
"""


@pytest.mark.parametrize(
    ("call", "should_be", "result"),
    [
        ("say('a')", "a a", "bug"),
        ("say('a')", "'a a'", "bug"),
        ("say('a')", "None", "not so"),
        ("say('')", "Silence", "bug"),
        ("say('')", "Noise", "not so"),
        ("say('a b')", "['a', 'b'] * 20_000", "no bug"),
        ("say('x b')", "['x', 'b'] * 20_000", "bug"),
    ],
)
async def test_printed_text_exceptions_of_ones_own_and_large_values_can_be_claimed(
    sandbox: Sandbox, call: str, should_be: str, result: str
) -> None:
    (stub,) = find_stubs(decoded("say.py", SAY.encode())).stubs
    lesson = Lesson(name="say", stub=stub, wrong=Draft(id="d1", body=QUIET), right=LOUD, proven=True)
    verdict = await tried(sandbox, Limits(), lesson, Claim(call=call, should_be=should_be))
    assert verdict.result == result, verdict


async def test_a_message_counts_when_it_is_claimed(sandbox: Sandbox) -> None:
    lesson = recorded_lesson("clock_time")
    wanted = ("ValueError", "ValueError: no such time: 24:00", "ValueError: no such time: 24:0")
    results = [
        (await tried(sandbox, Limits(), lesson, Claim(call="clock_time(24, 0)", should_be=one))).result
        for one in wanted
    ]
    assert results == ["no bug", "told", "not so"]


async def test_an_exception_that_the_input_makes_carries_nothing_out(sandbox: Sandbox) -> None:
    call = "middle(1 for _ in [(_ for _ in ()).throw(type('secret' + chr(46) + 'x', (Exception,), {})())])"
    verdict = await tried(sandbox, Limits(), the_lesson(), Claim(call=call, should_be="1"))
    assert (verdict.result, "secret" in verdict.why) == ("outside", False)


async def test_a_body_that_was_only_settled_on_is_not_called_right(sandbox: Sandbox) -> None:
    lesson = replace(the_lesson(), proven=False)
    for wanted, told in (("2", "the draft gives that, and the body that passed does not"), ("9", "neither gives that")):
        verdict = await tried(sandbox, Limits(), lesson, Claim(call="middle([1, 2])", should_be=wanted))
        assert told in verdict.why


async def test_no_verdict_tells_what_is_right(sandbox: Sandbox) -> None:
    for wanted in ("1", "7", "ValueError"):
        verdict = await tried(sandbox, Limits(), the_lesson(), Claim(call="middle([1, 2])", should_be=wanted))
        assert "1.5" not in verdict.why + verdict.got


async def test_a_draft_that_cannot_even_be_loaded_goes_wrong_everywhere(sandbox: Sandbox) -> None:
    lesson = replace(the_lesson(), wrong=Draft(id="d1", body="return numbers[0"))
    verdict = await tried(sandbox, Limits(), lesson, Claim(call="middle([1, 2])", should_be="1.5"))
    assert (verdict.result, "SyntaxError" in verdict.got) == ("bug", True)


async def test_claims_become_a_report_like_a_reviewers(sandbox: Sandbox) -> None:
    lesson = the_lesson()
    assert report_of(lesson, ()) is None
    claims = [Claim(call="middle([1])", should_be="1"), Claim(call="middle([1, 2])", should_be="1.5")]
    review = report_of(lesson, [await tried(sandbox, Limits(), lesson, claim) for claim in claims])
    assert review is not None
    assert [finding.status for finding in review.findings] == ["reproduced", "refuted"]
    assert (review.model, review.findings[0].got) == ("you", "2")


def ran(*drafts: tuple[str, bool], example: Example = the_stub().examples[0]) -> list[Entry]:
    """A log of drafts (body, and whether the example holds) of which the last is settled on."""
    events: list[AnyEvent] = [RunStarted(run="r", pipeline="p", stub=the_stub(), models={}, began_at="")]
    made = [Draft(id=f"d{n}", body=body) for n, (body, _) in enumerate(drafts)]
    reports = [
        Report(draft=draft.id, checks=(Check(example=example, verdict="passed" if holds else "failed"),))
        for draft, (_, holds) in zip(made, drafts, strict=True)
    ]
    for draft, report in zip(made, reports, strict=True):
        review = Review(draft=draft.id, verdict="clean")
        events += [Drafted(draft=draft), Checked(report=report), Reviewed(review=review)]
    events.append(Settled(solution=Solution(draft=made[-1], report=reports[-1])))
    return [Entry(at=float(n), event=event) for n, event in enumerate(events)]


def test_a_run_holds_a_lesson_when_a_draft_failed_and_another_passed() -> None:
    lesson = lesson_of("r", ran((WRONG, False), (RIGHT, True)))
    assert lesson is not None
    assert (lesson.wrong.body, lesson.right) == (WRONG, RIGHT)
    assert lesson.review is not None
    assert lesson.review.draft == lesson.wrong.id


@pytest.mark.parametrize(
    "drafts", [[(RIGHT, True)], [(WRONG, False)], [(WRONG, False), ("return 0", False)]], ids=["right", "wrong", "both"]
)
def test_a_run_without_such_a_pair_holds_none(drafts: list[tuple[str, bool]]) -> None:
    assert lesson_of("r", ran(*drafts)) is None


def test_what_fails_a_check_that_a_model_invented_is_not_taken_for_wrong() -> None:
    invented = Example(source="middle([1])", want="2", compare="value", origin="generated")
    assert lesson_of("r", ran((WRONG, False), (RIGHT, True), example=invented)) is None


def test_a_folder_gives_the_lessons_of_its_logs_and_what_is_no_log_is_left_out(tmp_path: Path) -> None:
    for name, drafts in {"b": ((WRONG, False), (RIGHT, True)), "a": ((RIGHT, True),)}.items():
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(map(line_of, ran(*drafts))))
    (tmp_path / "results.jsonl").write_text('{"line":"header"}\n')
    assert [lesson.name for lesson in lessons_in([str(tmp_path), "swap_pairs"])] == ["b", "swap_pairs"]


SPELLINGS_OF_AN_EXAMPLE = [
    "middle([3, 1, 2])",
    "middle( [3,1,2] )",
    "middle(numbers=[3, 1, 2])",
    "middle([3, 1, 1 + 1])",
    "middle(list((3, 1, 2)))",
    "middle([3, 1, 2][:])",
    "middle([3.0, 1, 2])",
    "middle([*[3, 1], 2])",
    "(lambda given: middle(given))([3, 1, 2])",
    "[middle(n) for n in ([3, 1, 2],)][0]",
    "middle(sorted([3, 1, 2], key=[3, 1, 2].index))",
    "middle([int(c) for c in '312'])",
    "middle([3, 1, 2]) + 0",
    "[middle([3, 1, 2]), middle([5])][0]",
]
"""All of them are the input of the example that is shown; the last adds one that both bodies agree on."""


@pytest.mark.parametrize("call", SPELLINGS_OF_AN_EXAMPLE)
async def test_a_claim_that_repeats_an_example_is_told_however_it_is_spelled(sandbox: Sandbox, call: str) -> None:
    lesson = replace(the_lesson(), wrong=Draft(id="d1", body="return numbers[-1] + (len(numbers) > 1)\n"))
    verdict = await tried(sandbox, Limits(), lesson, Claim(call=call, should_be="2"))
    assert verdict.result == "told", verdict
    assert "you were told that" in verdict.why


@pytest.mark.parametrize(
    ("call", "should_be"),
    [
        ("middle([1, 2, 3, 4])", "2.5"),
        ("middle([2, 1, 3])", "2"),
        ("middle((3, 1, 2))", "2"),
        ("middle([3, True, 2])", "2"),
        ("[middle([3, 1, 2]), middle([9, 5, 1])]", "[2, 5]"),
        ("[middle(n) for n in ([1, 5, 3, 2], [3, 1, 2])][0]", "2.5"),
    ],
)
async def test_a_claim_that_shows_more_than_the_examples_is_a_find(sandbox: Sandbox, call: str, should_be: str) -> None:
    lesson = replace(the_lesson(), wrong=Draft(id="d1", body="return numbers[-1] + (len(numbers) > 1)\n"))
    verdict = await tried(sandbox, Limits(), lesson, Claim(call=call, should_be=should_be))
    assert verdict.result == "bug", verdict


async def test_an_example_with_statements_before_it_and_a_method_are_told_too(sandbox: Sandbox) -> None:
    pairs = recorded_lesson("swap_pairs")
    for call in ("swap_pairs([1, 2, 3, 4])", "swap_pairs([n + 1 for n in range(4)])"):
        assert (await tried(sandbox, Limits(), pairs, Claim(call=call, should_be="[2, 1, 4, 3]"))).result == "told"
    basket = replace(shipped_lesson("basket_add"), wrong=Draft(id="d1", body="return {}\n"))
    for call, should_be, result in (
        ("Basket().add('pen', 2)", "{'pen': 2}", "told"),
        ("Basket(10).add('p' + 'en', number=2)", "{'pen': 2}", "told"),
        ("Basket(9).add('pen', 2)", "{'pen': 2}", "bug"),
        ("Basket().add('pen', 3)", "{'pen': 3}", "bug"),
    ):
        assert (await tried(sandbox, Limits(), basket, Claim(call=call, should_be=should_be))).result == result, call


async def test_what_a_recursive_body_calls_itself_with_is_no_example(sandbox: Sandbox) -> None:
    (stub,) = find_stubs(
        decoded("f.py", b'def f(n):\n    """Up to n.\n\n    >>> f(4)\n    24\n    """\n    ...\n')
    ).stubs
    right = "return n * f(n - 1) if n > 1 else 1\n"
    lesson = Lesson(name="f", stub=stub, wrong=Draft(id="d1", body="return 0\n"), right=right, proven=True)
    results = [
        (await tried(sandbox, Limits(), lesson, Claim(call=f"f({n})", should_be=value))).result
        for n, value in ((3, "6"), (4, "24"))
    ]
    assert results == ["bug", "told"]


@pytest.mark.parametrize("call", ["(middle([1, 2]), _redraft_calls.clear())[0]", "(_redraft_depth, middle([3, 1, 2]))"])
async def test_a_claim_cannot_reach_what_notes_its_calls(sandbox: Sandbox, call: str) -> None:
    assert (await tried(sandbox, Limits(), the_lesson(), Claim(call=call, should_be="1.5"))).result == "outside"


# ------------------------------------------------------------------------------------------ what ships


def test_the_lessons_that_ship_are_those_of_the_folder_in_four_levels_and_easy_ones_come_first() -> None:
    assert sorted(SHIPPED) == sorted(path.stem for path in LESSONS.glob("*.toml"))
    assert len(SHIPPED) >= 16
    levels = [shipped_lesson(name).level for name in SHIPPED]
    assert levels == sorted(levels)
    assert set(levels) == {1, 2, 3, 4}
    assert sum("." in shipped_lesson(name).stub.name for name in SHIPPED) >= 2


@pytest.mark.parametrize("name", SHIPPED)
async def test_a_lesson_that_ships_holds_all_it_shows_and_nothing_that_can_be_seen_solves_it(
    sandbox: Sandbox, name: str
) -> None:
    lesson = shipped_lesson(name)
    assert await weaknesses(sandbox, Limits(), lesson) == ()
    shown = await held(sandbox, Limits(), replace(lesson, hidden=()), lesson.wrong.body)
    assert shown.all_passed
    for claim in visible_claims(lesson):
        verdict = await tried(sandbox, Limits(), lesson, claim)
        assert verdict.result != "bug", verdict
    failing = (await held(sandbox, Limits(), lesson, lesson.wrong.body)).failures
    found = [await tried(sandbox, Limits(), lesson, claim_of(check.example)) for check in failing]
    assert "bug" in {verdict.result for verdict in found}, found
    assert 0 < len(lesson.about) <= 96
    assert len(lesson.hints) >= 2


def visible_claims(lesson: Lesson) -> list[Claim]:
    """Whatever of the screen can be claimed: every example, and every call in docstring, hints and title."""
    text = "\n".join((lesson.stub.docstring, lesson.title, lesson.teaches, *lesson.hints))
    claims = [claim_of(example) for example in lesson.stub.examples]
    wanted = {claim.should_be for claim in claims} | {"None", "0", "[]", "''", "ValueError"}
    called = re.findall(rf"\b(?:\w+\([^()]*\)\.)?{lesson.stub.entry_point}\([^\n]*?\)(?=$|\s)", text, re.MULTILINE)
    return [*claims, *(Claim(call=call, should_be=value) for call in called for value in wanted)]


def claim_of(example: Example) -> Claim:
    return Claim(call=example.source.strip(), should_be=(example.raises or example.want).strip())


async def test_a_lesson_of_a_projects_log_is_taught_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "project" / "pkg"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "rates.py").write_text("RATE = 10\n")
    text = (
        'from .rates import RATE\n\n\ndef dear(x):\n    """Times RATE.\n\n    >>> dear(1)\n    10\n    """\n    ...\n'
    )
    (package / "a.py").write_text(text)
    (stub,) = find_stubs(decoded("pkg/a.py", text.encode())).stubs
    wrong, right = Draft(id="d1", body="return x"), Draft(id="d2", body="return x * RATE")
    verdicts: tuple[tuple[Draft, Literal["failed", "passed"]], ...] = ((wrong, "failed"), (right, "passed"))
    failing, passing = (
        Report(draft=draft.id, checks=(Check(example=stub.examples[0], verdict=verdict),))
        for draft, verdict in verdicts
    )
    events: list[AnyEvent] = [
        RunStarted(run="r", pipeline="p", stub=stub, folder=str(tmp_path / "project")),
        Drafted(draft=wrong),
        Checked(report=failing),
        Drafted(draft=right),
        Checked(report=passing),
        Settled(solution=Solution(draft=right, report=passing)),
    ]
    monkeypatch.chdir("/")
    lesson = lesson_of("dear", [Entry(at=0.0, event=event) for event in events])
    assert lesson is not None
    sandbox = await open_sandbox(sandbox_choice(Settings(), {}))
    try:
        verdict = await tried(sandbox, Limits(), lesson, Claim(call="dear(3)", should_be="30"))
    finally:
        await sandbox.aclose()
    assert (verdict.result, verdict.got) == ("bug", "3")
