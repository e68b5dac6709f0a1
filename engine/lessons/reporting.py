"""What a class made of its lessons: a table, CSV, and one page of HTML."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Sequence

from ..examples import visible
from ..facts import Fact
from ..tables.rendering import Table
from .lesson import Lesson
from .marking import Mark, Marked

_HEADS = ("student", "found", "points", "claims", "false alarms", "told", "hints", "minutes")


class Standing(Fact, frozen=True):
    """All marks of one student, added up."""

    student: str
    found: int
    lessons: int
    points: int
    claims: int
    false_alarms: int
    told: int
    hints: int
    seconds: float


def standings(marks: Sequence[Mark]) -> tuple[Standing, ...]:
    """One for each student, who has most points first."""
    by_student: dict[str, list[Mark]] = {}
    for mark in marks:
        by_student.setdefault(mark.student, []).append(mark)
    found = [
        Standing(
            student=student,
            found=sum(mark.found for mark in own),
            lessons=len(own),
            points=sum(mark.points for mark in own),
            claims=sum(mark.claims for mark in own),
            false_alarms=sum(mark.false_alarms for mark in own),
            told=sum(mark.told for mark in own),
            hints=sum(mark.hints for mark in own),
            seconds=sum(mark.seconds for mark in own),
        )
        for student, own in by_student.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.points, one.student.casefold())))


def table_of_class(done: Marked) -> Table:
    """Who found how much; below it the mistakes that nobody saw, and what could not be marked."""
    rows = tuple(
        (
            one.student,
            f"{one.found} of {one.lessons}",
            str(one.points),
            str(one.claims),
            str(one.false_alarms),
            str(one.told),
            str(one.hints),
            f"{one.seconds / 60:.1f}",
        )
        for one in standings(done.marks)
    )
    return Table(name="class", title="what the class found", heads=_HEADS, rows=rows, notes=_notes(done))


def csv_of_class(marks: Sequence[Mark]) -> str:
    """One line for each student and lesson."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["student", "lesson", "found", "points", "claims", "false_alarms", "told", "hints", "seconds"])
    for mark in marks:
        writer.writerow(
            [
                *(_inert(mark.student), _inert(mark.lesson), int(mark.found), mark.points, mark.claims),
                *(mark.false_alarms, mark.told, mark.hints, mark.seconds),
            ]
        )
    return out.getvalue()


def page_of_class(done: Marked, lessons: Sequence[Lesson]) -> str:
    """One HTML page that needs nothing else: the table, who found what, and what nobody saw."""
    names = [lesson.name for lesson in lessons if any(mark.lesson == lesson.name for mark in done.marks)]
    by_key = {(mark.student, mark.lesson): mark for mark in done.marks}
    table = table_of_class(done)
    students = [one.student for one in standings(done.marks)]
    body = "\n".join(
        f"<tr><th scope=row>{_text(student)}</th>"
        + "".join(_cell(by_key.get((student, name))) for name in names)
        + "</tr>"
        for student in students
    )
    sums = "\n".join(
        f"<tr><th scope=row>{_text(row[0])}</th>" + "".join(f"<td>{_text(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in table.rows
    )
    heads = "".join(f"<th scope=col>{_text(name)}</th>" for name in names)
    notes = "".join(f"<li>{_text(note)}</li>" for note in table.notes)
    missed = "".join(
        f"<li><b>{_text(lesson.title or lesson.name)}</b>: {_text(lesson.about or 'nobody said what it is')}</li>"
        for lesson in lessons
        if lesson.name in done.unseen
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>what the class found</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color: #1d1d1f; background: #fff; }}
table {{ border-collapse: collapse; margin: 1rem 0; }}
th, td {{ padding: .2rem .6rem; border-bottom: 1px solid #ddd; text-align: right; }}
th[scope=row] {{ text-align: left; }}
.yes {{ color: #0a6b2d; }} .no {{ color: #a3281c; }} .none {{ color: #6b6b6b; }}
@media (prefers-color-scheme: dark) {{ body {{ color: #eee; background: #1b1b1d; }} .yes {{ color: #7bd88f; }}
.no {{ color: #ff9d92; }} .none {{ color: #a0a0a0; }} th, td {{ border-color: #444; }} }}
</style></head><body>
<h1>What the class found</h1>
<table><thead><tr>{"".join(f"<th scope=col>{_text(head)}</th>" for head in table.heads)}</tr></thead>
<tbody>
{sums}
</tbody></table>
<h2>Who found what</h2>
<table><thead><tr><th scope=col>student</th>{heads}</tr></thead>
<tbody>
{body}
</tbody></table>
<h2>What nobody saw</h2>
<ul>{missed or "<li>every mistake was seen by somebody</li>"}</ul>
<ul>{notes}</ul>
</body></html>
"""


def _notes(done: Marked) -> tuple[str, ...]:
    unseen = (f"nobody saw the mistake in {', '.join(done.unseen)}",) if done.unseen else ()
    return (*unseen, *done.troubles)


def _cell(mark: Mark | None) -> str:
    if mark is None:
        return '<td class="none">not tried</td>'
    if mark.found:
        return f'<td class="yes">✓ {mark.points}</td>'
    return f'<td class="no">✗ {mark.claims} claims</td>'


def _text(text: str) -> str:
    return html.escape(visible(text, 400))


def _inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    shown = " ".join(visible(text, 200).split())
    return f"'{shown}" if shown[:1] in {"=", "+", "-", "@"} else shown
