"""A class: claims kept and handed in, marked in one sandbox, and reported; lessons made and weighed."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from redraft.app.common.targets import function_of
from redraft.app.lesson.shipped import SHIPPED, lessons_in, shipped_lesson
from redraft.engine.errors import EnvironmentFault, SourceError, UsageError
from redraft.engine.facts import Draft
from redraft.engine.lessons.files import LessonFile, hidden_test, read_lesson, written
from redraft.engine.lessons.lesson import held
from redraft.engine.lessons.making import make_lessons
from redraft.engine.lessons.marking import FULL, HINT, mark_claims
from redraft.engine.lessons.records import Notebook, Record, handed_in
from redraft.engine.lessons.reporting import csv_of_class, page_of_class, standings, table_of_class
from redraft.engine.lessons.tasks import HiddenTest
from redraft.engine.lessons.weighing import weaknesses
from redraft.engine.run.opening import sandbox_choice
from redraft.engine.sandbox import open_sandbox
from redraft.engine.sandbox.runner import Limits, Sandbox
from redraft.engine.settings import Settings
from redraft.engine.tables.rendering import as_plain

RIGHT = {"swap_pairs": ("swap_pairs([4, 3])", "[3, 4]"), "chunked": ("chunked('ab', -1)", "ValueError")}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    box = await open_sandbox(sandbox_choice(Settings(), {}))
    yield box
    await box.aclose()


def record(student: str, lesson: str, call: str, should_be: str, **more: object) -> Record:
    return Record(student=student, lesson=lesson, call=call, should_be=should_be, **more)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------ lessons as files


def lesson_file(**changed: object) -> LessonFile:
    facts: dict[str, object] = {
        "title": "Twice", "teaches": "look", "level": 1, "kind": "other", "about": "it adds two", "hints": ("a", "b"),
        "stub": 'def twice(n):\n    """Twice n.\n\n    >>> twice(2)\n    4\n    """\n    ...\n',
        "wrong": "return n + 2\n", "right": "return n * 2\n",
        "hidden": tuple(HiddenTest(call=f"twice({n})", gives=str(2 * n)) for n in (0, 3, 5)),
    }  # fmt: skip
    return LessonFile(**(facts | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        'quotes " and \\',
        "'''",
        "tab\t and é 漢字 😀",
        "\x00\x07\x1b[2J",
        "\x7f\x85",
        "two\nlines\n\n",
        "a\r\nb",
    ],
)
def test_a_lessons_file_gives_back_what_was_written_whatever_it_says(text: str, tmp_path: Path) -> None:
    path = tmp_path / "l.toml"
    path.write_text(written(lesson_file(title=text, about=text, wrong=f"return {text!r}\n", hints=(text,))), newline="")
    found = read_lesson(path)
    assert (found.title, found.about, found.hints) == (text, text, (text,))
    assert found.wrong.body == f"return {text!r}\n"
    assert read_lesson(path).stub.name == "twice"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_lesson_says_what_it_teaches_and_its_file_can_be_read_by_people(name: str) -> None:
    lesson = shipped_lesson(name)
    assert lesson.title
    assert lesson.teaches
    assert lesson.lines
    assert lesson.kind


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ("level = 1", "level = 7"),
        ('kind = "other"', 'kind = "typo"'),
        ("title = ", "titel = "),
        ("return n * 2", "return n + 2"),
        ("    ...", "    return 1"),
        ('gives = "0"', 'gives = "0"\nraises = "ValueError"'),
        ("level", "= ="),
    ],
)
def test_a_file_that_is_no_lesson_is_refused_and_says_where_it_is_told(changed: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "l.toml"
    path.write_text(written(lesson_file()).replace(changed, says, 1))
    with pytest.raises(SourceError, match=r"docs/lessons\.md|function whose body"):
        read_lesson(path)


# ------------------------------------------------------------------------------------------ weighing and making


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"right": "return n * 3\n"}, "right body gives"),
        ({"right": "import random\nreturn n * 2 + random.random() * (n == 5)\n"}, "right body"),
        ({"wrong": "return 5\n"}, "an example that is shown gives the mistake away"),
        ({"wrong": "return 2 * n\n"}, "nothing proves it wrong"),
        ({"hidden": (HiddenTest(call="twice(3)", gives="6"),)}, "1 hidden tests are few"),
        ({"hints": ()}, "no hints"),
        ({"hints": ("try twice(3)",)}, "gives the mistake away"),
        ({"about": ""}, "nothing says afterwards"),
        ({"stub": 'def twice(n):\n    """Twice n."""\n    ...\n'}, "shows no example"),
    ],
)
async def test_a_teacher_is_told_what_is_weak_in_a_lesson(
    sandbox: Sandbox, changed: dict[str, object], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "l.toml"
    path.write_text(written(lesson_file(**changed)))
    found = await weaknesses(sandbox, Limits(), read_lesson(path))
    assert any(says in weakness.what for weakness in found), found


SHOP = '''\
RATE = 2


def total(prices: list[int], discount: int = 0) -> int:
    """The sum of the prices, less a discount in percent, rounded down; never below 0.

    >>> total([200, 300], 10)
    450
    >>> total([])
    0
    """
    whole = sum(prices)
    if discount > 100:
        return 0
    return whole * (100 - discount) // 100
'''


async def test_lessons_are_made_of_a_function_and_each_is_proved_wrong_by_an_input_kept_apart(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.py").write_text(SHOP)
    made = await make_lessons(sandbox, Limits(), function_of("shop.py::total", 400))
    assert len(made.lessons) >= 3, made.why_none
    for n, file in enumerate(made.lessons):
        (tmp_path / f"l{n}.toml").write_text(written(file))
        lesson = read_lesson(tmp_path / f"l{n}.toml")
        assert not [weak for weak in await weaknesses(sandbox, Limits(), lesson) if weak.grave]
        assert (await held(sandbox, Limits(), replace(lesson, hidden=()), lesson.wrong.body)).all_passed
    assert [lesson.level for lesson in made.lessons] == sorted(lesson.level for lesson in made.lessons)
    wanted = made.lessons[-1].level
    of_level = await make_lessons(sandbox, Limits(), function_of("shop.py::total", 400), level=wanted)
    assert {lesson.level for lesson in of_level.lessons} == {wanted}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def f(n):\n    return n + 1\n", "no examples"),
        ('def f(n):\n    """\n    >>> f(1)\n    3\n    """\n    return n + 1\n', "its own examples"),
        ('def f(n: int) -> int:\n    """\n    >>> f(1)\n    7\n    """\n    return 7\n', "no lesson"),
    ],
)
async def test_a_function_that_makes_no_lesson_says_why(
    sandbox: Sandbox, text: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(text)
    made = await make_lessons(sandbox, Limits(), function_of("a.py::f", 400))
    assert says in made.why_none
    assert not made.lessons


# ------------------------------------------------------------------------------------------ keeping and handing in


def test_a_notebook_goes_on_where_it_was_and_names_never_share_a_file(tmp_path: Path) -> None:
    first = Notebook(tmp_path, "Ada  L.", "w1")
    first.add(record("x", "chunked", *RIGHT["chunked"]))
    assert Notebook(tmp_path, "Ada L.", "w1").records == first.records
    assert first.records[0].student == "Ada L."
    others = [Notebook(tmp_path, name, "w1").path for name in ("Ada/L.", "Ada-L.", "ada l.", "../Ada", "é", "漢字")]
    assert len({first.path, *others}) == 7
    assert all(path.parent == tmp_path for path in others)


def test_two_students_of_one_name_are_told_apart(tmp_path: Path) -> None:
    Notebook(tmp_path, "Ana", "w1").add(record("", "chunked", *RIGHT["chunked"]))
    with pytest.raises(UsageError, match="another Ana"):
        Notebook(tmp_path, "Ana", "w2")
    lines = [
        json.dumps({"student": "Ana", "who": who, "lesson": "chunked", "call": "c", "should_be": "1"}) for who in "ab"
    ]
    (tmp_path / "all.jsonl").write_text("\n".join(lines))
    assert [one.student for one in handed_in(tmp_path / "all.jsonl").records] == ["Ana (1)", "Ana (2)"]


def test_a_student_without_a_name_and_a_folder_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        Notebook(tmp_path, " \n", "w")
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentFault):
        Notebook(tmp_path / "file", "Ana", "w")


def test_what_cannot_be_read_is_told_and_the_rest_is_marked(tmp_path: Path) -> None:
    good = json.dumps({"student": "Ana", "lesson": "chunked", "call": "c()", "should_be": "1"})
    long = json.dumps({"student": "Ana", "lesson": "chunked", "call": "x" * 5000, "should_be": "1"})
    (tmp_path / "a.jsonl").write_text(f'{good}\n{long}\n[1]\n{{"student": " ", "lesson": "x"}}\n\n{good[:20]}')
    found = handed_in(tmp_path)
    assert len(found.records) == 1
    assert len(found.troubles) == 4
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe\n")
    with pytest.raises(SourceError, match="no claim"):
        handed_in(tmp_path)
    with pytest.raises(UsageError):
        handed_in(tmp_path / "gone")


# ------------------------------------------------------------------------------------------ marking and reporting


async def test_a_mark_is_what_running_shows_and_hints_cost(sandbox: Sandbox) -> None:
    records = [
        record(
            "Ana", "swap_pairs", "swap_pairs([1, 2])", "[1, 2]", result="bug"
        ),  # What a line says of itself is nothing.
        record("Ana", "swap_pairs", "swap_pairs(", "1"),
        Record(student="Ana", lesson="swap_pairs", hints=2),
        record("Ana", "swap_pairs", *RIGHT["swap_pairs"], hints=2, seconds=61.0),
        record("Ana", "swap_pairs", "swap_pairs([1, 2])", "[7]"),
        record("Bo", "swap_pairs", "swap_pairs([4, 3])", "[9, 9]"),
        record("Bo", "nothing", "f()", "1"),
    ]
    done = await mark_claims(sandbox, Limits(), lessons_in(()), records)
    ana, bo = done.marks
    assert (ana.found, ana.points, ana.claims, ana.false_alarms, ana.hints) == (True, FULL - 2 * HINT, 2, 1, 2)
    assert ana.seconds == 61.0
    assert (bo.found, bo.points, bo.false_alarms) == (False, 0, 1)
    assert not done.unseen
    assert "nothing" in done.troubles[0]
    only_bo = await mark_claims(sandbox, Limits(), lessons_in(()), records[5:])
    assert only_bo.unseen == ("swap_pairs",)


HOSTILE = [
    ("swap_pairs(iter(int, 1))", "1"),
    ("swap_pairs([0] * 10**9)", "[]"),
    ("swap_pairs([__import__('os').system('touch /tmp/x')])", "[]"),
    ("swap_pairs([open('/etc/passwd').read()])", "[]"),
    ("(swap_pairs([1]), exit())[0]", "[1]"),
    ("(swap_pairs([1]), [0 for _ in iter(int, 1)])[0]", "[1]"),
    ("swap_pairs([1]) or print('x' * 10**7)", "1"),
    ("swap_pairs(" + "(" * 500, "1"),
    ("swap_pairs([4, 3])", "[0 for _ in iter(int, 1)]"),
    ("swap_pairs([1])", "\x00\x1b[2J"),
]


async def test_hostile_claims_end_and_find_nothing(sandbox: Sandbox) -> None:
    records = [record(f"s{n}", "swap_pairs", call, wanted) for n, (call, wanted) in enumerate(HOSTILE)]
    done = await mark_claims(sandbox, Limits(), lessons_in(["swap_pairs"]), records)
    assert [mark.student for mark in done.marks if mark.found] == []
    after = await mark_claims(
        sandbox, Limits(), lessons_in(["swap_pairs"]), [record("Ana", "swap_pairs", *RIGHT["swap_pairs"])]
    )
    assert after.marks[0].found


async def test_a_class_is_reported_as_table_csv_and_page_and_no_name_is_obeyed(sandbox: Sandbox) -> None:
    names = ["Ana", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "\x1b[2J", "+1+1"]
    records = [record(name, "swap_pairs", *RIGHT["swap_pairs"]) for name in names[:4]]
    records.append(record(names[4], "chunked", "chunked('a', 1)", "['b']"))
    lessons = lessons_in(())
    done = await mark_claims(sandbox, Limits(), lessons, records)
    assert [one.points for one in standings(done.marks)] == [FULL] * 4 + [0]
    table = as_plain(table_of_class(done))
    assert "nobody saw the mistake in chunked" in table
    assert "\x1b" not in table
    lines = list(csv.DictReader(io.StringIO(csv_of_class(done.marks))))
    assert len(lines) == 5
    assert not any(line["student"][0] in "=+-@" for line in lines)
    page = page_of_class(done, lessons)
    assert "<script>" not in page
    assert "\x1b" not in page
    assert shipped_lesson("chunked").about in page
    assert "://" not in page


async def test_thirty_students_and_sixteen_lessons_are_marked_soon_enough(sandbox: Sandbox) -> None:
    lessons = [lesson for lesson in lessons_in(()) if lesson.name != "fewest_coins"][:16]
    hidden = {lesson.name: [hidden_test(example) for example in lesson.hidden] for lesson in lessons}
    records = [
        record(f"student {student}", lesson.name, test.call, test.gives or test.raises or "")
        for student in range(30)
        for lesson in lessons
        for test in [hidden[lesson.name][student % len(hidden[lesson.name])]]
    ]
    assert len(records) == 480
    began = time.process_time()
    done = await mark_claims(sandbox, Limits(), lessons, records)
    assert len(done.marks) == 480
    assert any(mark.found for mark in done.marks)
    # The wall clock of a shared machine says little; what is run at all does: equal claims are run once.
    assert time.process_time() - began < 20


async def test_the_lines_of_a_mistake_are_where_the_bodies_differ() -> None:
    lesson = replace(shipped_lesson("clock_time"), right=shipped_lesson("clock_time").wrong.body + "# more\n")
    assert lesson.lines
    assert replace(lesson, wrong=Draft(id="d1", body=lesson.right)).lines == ()
