"""Bringing a body into a file that the person went on editing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.errors import SourceError
from redraft.engine.facts import Stub
from redraft.engine.journal.journal import Journal
from redraft.engine.sources import Source, find_stubs, read
from redraft.engine.sources.merge import (
    Conflict,
    merged,
    write_merged,
    write_text_merged,
)

LINE = st.sampled_from(["a", "b", "c", "d"])
TEXT = st.builds(lambda lines: "".join(f"{line}\n" for line in lines), st.lists(LINE, max_size=8))

BASE = 'import os\n\ndef f(x):\n    """Doc."""\n    ...\n\nend = 1\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.py"
    path.write_text(BASE)
    return path


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def begun(file: Path) -> tuple[Source, Stub]:
    source = read(file)
    return source, find_stubs(source).stubs[0]


def test_a_file_that_stayed_as_it_was_is_written(file: Path, journal: Journal):
    landing = write_merged(*begun(file), "return x", journal)
    assert (landing.written, landing.merged) == (True, False)
    assert file.read_text() == BASE.replace("...", "return x")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import os\n", "import os\nimport sys\n"),
        ("end = 1\n", ""),
        ("import os\n", "import os\n\n\ndef g():\n    ...\n"),
        ('"""Doc."""', '"""Doc, told better."""'),
        ("def f(x):", "@cached\ndef f(x):"),
        ("def f(x):", "def f(x: int) -> int:"),
    ],
)
def test_edits_elsewhere_and_the_body_both_land(file: Path, journal: Journal, old: str, new: str):
    source, stub = begun(file)
    file.write_text(BASE.replace(old, new))
    landing = write_merged(source, stub, "return x", journal)
    assert (landing.written, landing.merged) == (True, True)
    assert file.read_text() == BASE.replace(old, new).replace('"""\n    ...', '"""\n    return x')


def test_a_body_that_the_person_wrote_meanwhile_wins(file: Path, journal: Journal):
    source, stub = begun(file)
    file.write_text(BASE.replace("...", "return x + 1"))
    landing = write_merged(source, stub, "return x", journal)
    assert landing.conflicts == (Conflict(base="    ...\n", yours="    return x + 1\n", ours="    return x\n", line=5),)
    assert file.read_text() == BASE.replace("...", "return x + 1")
    assert journal.history(str(file)) == ()


def test_the_same_body_written_by_hand_is_no_conflict(file: Path, journal: Journal):
    source, stub = begun(file)
    file.write_text(BASE.replace("...", "return x"))
    assert write_merged(source, stub, "return x", journal).written


def test_a_parameter_renamed_meanwhile_is_a_conflict(file: Path, journal: Journal):
    source, stub = begun(file)
    file.write_text(BASE.replace("f(x)", "f(value)"))
    [conflict] = write_merged(source, stub, "return x", journal).conflicts
    assert (conflict.base, conflict.yours) == (stub.header, stub.header.replace("f(x)", "f(value)"))
    assert file.read_text() == BASE.replace("f(x)", "f(value)")


def test_a_function_that_was_deleted_meanwhile_is_not_brought_back(file: Path, journal: Journal):
    source, stub = begun(file)
    file.write_text("import os\n\nend = 1\n")
    landing = write_merged(source, stub, "return x", journal)
    assert (landing.written, file.read_text()) == (False, "import os\n\nend = 1\n")


def test_a_file_that_is_gone_is_an_error(file: Path, journal: Journal):
    source, stub = begun(file)
    file.unlink()
    with pytest.raises(SourceError, match="there is no such file"):
        write_merged(source, stub, "return x", journal)


def test_a_merge_that_is_no_program_is_not_written(file: Path, journal: Journal):
    file.write_text("a = [\n    1,\n    2,\n    3,\n    4,\n]\nb = 2\n")
    source = read(file)
    ours = "a = [\n    1,\n    2,\n    3,\n    4]\nb = 2\n"
    file.write_text("a = [\n    1,\n    2,\n    3,\n    4,\n    5,\n]\nb = 2\n".replace("    1,\n", ""))
    landing = write_text_merged(source, ours, journal)
    assert not landing.written


def test_newlines_and_encoding_of_the_present_file_are_kept(tmp_path: Path, journal: Journal):
    file = tmp_path / "a.py"
    file.write_bytes(b"# coding: latin-1\ndef f(): ...\n")
    source, stub = begun(file)
    file.write_bytes("# coding: latin-1\r\n# ü\r\ndef f(): ...\r\n".encode("latin-1"))
    write_merged(source, stub, "return 'é'", journal)
    assert file.read_bytes() == "# coding: latin-1\r\n# ü\r\ndef f():\r\n    return 'é'\r\n".encode("latin-1")


@given(TEXT, TEXT)
def test_a_side_that_did_nothing_takes_the_other(base: str, other: str):
    assert merged(base, base, other).text == other
    assert merged(base, other, base).text == other
    assert merged(base, other, other).text == other


@given(TEXT, TEXT, st.integers(min_value=0, max_value=8))
def test_a_merge_never_loses_a_line_the_person_added(base: str, ours: str, place: int):
    lines = base.splitlines(keepends=True)
    yours = "".join([*lines[:place], "typed by the person\n", *lines[place:]])
    merge = merged(base, yours, ours)
    assert merge.text.count("typed by the person\n") == 1
    if merge.conflicts:
        assert merge.text == yours


@given(TEXT, TEXT, TEXT)
def test_a_conflict_quotes_what_really_stands_there(base: str, yours: str, ours: str):
    for conflict in merged(base, yours, ours).conflicts:
        assert conflict.base in base and conflict.yours in yours and conflict.ours in ours
        assert yours.split("\n")[conflict.line - 1 :][: conflict.yours.count("\n")] == conflict.yours.split("\n")[:-1]


def test_both_adding_in_the_same_place_is_a_conflict():
    merge = merged("a\nb\n", "a\nmine\nb\n", "a\nours\nb\n")
    assert merge.conflicts == (Conflict(base="", yours="mine\n", ours="ours\n", line=2),)


def test_a_body_never_lands_in_another_function_of_the_name(tmp_path: Path, journal: Journal):
    twin = 'def f(x):\n    """Doc."""\n    ...\n'
    file = tmp_path / "twins.py"
    file.write_text(twin + twin)
    source, first = begun(file)
    edited = twin.replace("...", "return 0") + twin
    file.write_text(edited)
    landing = write_merged(source, first, "return 1", journal)
    assert not landing.written
    assert file.read_text() == edited
