"""Undo and redo outside git, and what they refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redraft.engine.errors import SourceError, StaleSource
from redraft.engine.journal.entries import (
    Line,
    line_of,
    lines_in,
    written,
)
from redraft.engine.journal.journal import (
    Journal,
    Kept,
    OwnWrites,
    Purpose,
)
from redraft.engine.sources import read, write
from redraft.engine.sources.reading import digest_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shapes.py"
    path.write_bytes(b"one\n")
    return path


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal", clock=lambda: 0.0)


def put(journal: Journal, path: Path, text: str) -> None:
    write(read(path), text, journal)


def test_undo_and_redo_walk_through_the_writes(journal: Journal, file: Path):
    put(journal, file, "two\n")
    put(journal, file, "three\n")
    seen: list[bytes] = []
    for step in (journal.undo, journal.undo, journal.redo, journal.redo, journal.undo):
        step(str(file))
        seen.append(file.read_bytes())
    assert seen == [b"two\n", b"one\n", b"two\n", b"three\n", b"two\n"]


def test_undo_gives_back_the_bytes_and_the_mode(journal: Journal, tmp_path: Path):
    file = tmp_path / "odd.py"
    file.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\n")
    file.chmod(0o640)
    put(journal, file, "a = 2\n")
    journal.undo(str(file))
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"\xef\xbb\xbfa = 1\r\nb = 2\n", 0o640)


def test_undo_does_not_touch_what_the_person_typed_since(journal: Journal, file: Path, tmp_path: Path):
    put(journal, file, "two\n")
    file.write_bytes(b"two\nmine\n")
    with pytest.raises(StaleSource) as refused:
        journal.undo(str(file))
    assert file.read_bytes() == b"two\nmine\n"
    kept = tmp_path / "journal" / "contents" / digest_of(b"one\n")
    assert f"you edited the file since, so it was left alone; what it would have become is kept as {kept}" in str(
        refused.value
    )
    assert kept.read_bytes() == b"one\n"


def test_a_new_write_ends_what_could_be_redone(journal: Journal, file: Path):
    put(journal, file, "two\n")
    journal.undo(str(file))
    put(journal, file, "other\n")
    with pytest.raises(SourceError, match="there is nothing to redo"):
        journal.redo(str(file))


def test_files_are_undone_each_by_itself(journal: Journal, file: Path, tmp_path: Path):
    second = tmp_path / "second.py"
    second.write_bytes(b"A\n")
    put(journal, file, "two\n")
    put(journal, second, "B\n")
    journal.undo(str(file))
    assert (file.read_bytes(), second.read_bytes()) == (b"one\n", b"B\n")


def test_a_link_has_the_history_of_its_file(journal: Journal, file: Path, tmp_path: Path):
    link = tmp_path / "link.py"
    link.symlink_to(file)
    put(journal, link, "two\n")
    journal.undo(str(file))
    assert file.read_bytes() == b"one\n"


def test_there_is_nothing_to_undo_before_the_first_write(journal: Journal, file: Path):
    with pytest.raises(SourceError, match="redraft has not written to this file"):
        journal.undo(str(file))
    assert journal.history(str(file)) == ()


def test_a_crash_between_record_and_write_is_passed_over(journal: Journal, file: Path):
    put(journal, file, "two\n")
    journal.record(str(file), b"two\n", b"never written\n")
    journal.undo(str(file))
    assert file.read_bytes() == b"one\n"


def test_a_damaged_backup_is_not_written_back(journal: Journal, file: Path, tmp_path: Path):
    put(journal, file, "two\n")
    (tmp_path / "journal" / "contents" / digest_of(b"one\n")).write_bytes(b"junk")
    with pytest.raises(SourceError, match="this backup is damaged, so it was not used"):
        journal.undo(str(file))
    assert file.read_bytes() == b"two\n"


def test_the_oldest_writes_go_first_when_there_are_too_many(file: Path, tmp_path: Path):
    journal = Journal(tmp_path / "journal", most_entries=3)
    for number in range(6):
        put(journal, file, f"{number}\n")
    contents = sorted(path.read_bytes() for path in (tmp_path / "journal" / "contents").iterdir())
    assert [kept.id for kept in journal.history(str(file))] == ["4", "5", "6"]
    assert contents == [b"2\n", b"3\n", b"4\n", b"5\n"]


def test_the_backups_never_outgrow_their_room_except_for_the_last(file: Path, tmp_path: Path):
    journal = Journal(tmp_path / "journal", most_bytes=1000)
    for number in range(5):
        put(journal, file, f"# {number}\n" * 100)
    assert sum(path.stat().st_size for path in (tmp_path / "journal" / "contents").iterdir()) <= 1000
    journal.undo(str(file))
    assert file.read_text() == "# 3\n" * 100


def test_two_processes_write_the_journal_in_turn(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from redraft.engine.journal.journal import Journal; from redraft.engine.sources import read, write\n"
        "path = Path(sys.argv[1]); journal = Journal(Path(sys.argv[2]))\n"
        "for n in range(20): write(read(path), f'{n}\\n', journal)"
    )
    files = [tmp_path / f"{name}.py" for name in "ab"]
    for path in files:
        path.write_bytes(b"start\n")
    running = [subprocess.Popen([sys.executable, "-c", code, path, tmp_path / "journal"]) for path in files]
    assert [process.wait(60) for process in running] == [0, 0]
    journal = Journal(tmp_path / "journal")
    assert [len(journal.history(str(path))) for path in files] == [20, 20]
    for path in files:
        for _ in range(20):
            journal.undo(str(path))
        assert path.read_bytes() == b"start\n"


def test_an_own_write_is_recognised_once_and_only_while_it_is_the_last(tmp_path: Path):
    own = OwnWrites()
    path = str(tmp_path / "a.py")
    own.note(path, "A")
    assert [own.take(path, "A"), own.take(path, "A")] == [True, False]
    own.note(path, "A")
    assert [own.take(path, "B"), own.take(path, "A")] == [False, False]


def test_every_write_undo_and_redo_is_noted_as_our_own(journal: Journal, file: Path):
    put(journal, file, "two\n")
    assert journal.own_writes.take(str(file), digest_of(b"two\n"))
    journal.undo(str(file))
    assert journal.own_writes.take(str(file), digest_of(b"one\n"))
    journal.redo(str(file))
    assert journal.own_writes.take(str(file), digest_of(b"two\n"))


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.sampled_from(["write", "undo", "redo"]), max_size=12))
def test_undo_and_redo_agree_with_a_list_and_a_cursor(steps: list[str], tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("model")
    file, journal = folder / "a.py", Journal(folder / "journal")
    file.write_bytes(b"start\n")
    states, at = ["start\n"], 0
    for number, step in enumerate(steps):
        if step == "write":
            states, at = [*states[: at + 1], f"{number}\n"], at + 1
            put(journal, file, states[at])
        elif step == "undo" and at > 0:
            at -= 1
            journal.undo(str(file))
        elif step == "redo" and at + 1 < len(states):
            at += 1
            journal.redo(str(file))
        else:
            with pytest.raises(SourceError):
                getattr(journal, step)(str(file))
        assert file.read_text() == states[at]


# ------------------------------------------------------------------------------------------ damage


def several(tmp_path: Path) -> tuple[Journal, list[Path]]:
    """A journal with one write to each of five files."""
    journal = Journal(tmp_path / "journal", clock=lambda: 0.0)
    files = [tmp_path / f"{name}.py" for name in "abcde"]
    for number, file in enumerate(files):
        file.write_bytes(b"%d\n" % number)
        put(journal, file, f"{number} written\n")
    return journal, files


def undone(files: list[Path], journal: Journal) -> list[bool]:
    """Which of the files can be taken back, and are."""
    can: list[bool] = []
    for number, file in enumerate(files):
        try:
            journal.undo(str(file))
        except SourceError:
            can.append(False)
        else:
            can.append(file.read_bytes() == b"%d\n" % number)
    return can


ENTRIES = [
    Kept(id=f"{n}", path=f"/{n}.py", before=f"{n}" * 64, after=f"{n + 1}" * 64, at="", purpose=Purpose(function="f"))
    for n in range(1, 6)
]


@settings(max_examples=300, deadline=None)
@given(
    entry=st.integers(0, 4),
    at=st.floats(0, 1),
    length=st.integers(0, 80),
    junk=st.one_of(
        st.binary(max_size=40), st.sampled_from([b"\n", b'"', b"}", b"{" * 30_000, b"[" * 30_000, b"9" * 9000])
    ),
)
def test_damage_to_one_entry_costs_that_entry_only(entry: int, at: float, length: int, junk: bytes):
    raws = [line_of(kept).raw for kept in ENTRIES]
    begin = int(at * len(raws[entry]))
    raws[entry] = raws[entry][:begin] + junk + raws[entry][begin + length :]
    read = [line.kept for line in lines_in(written([Line(raw=raw) for raw in raws]))]
    others = [kept for number, kept in enumerate(ENTRIES) if number != entry]
    assert [kept for kept in read if kept in others] == others


@settings(max_examples=100, deadline=None)
@given(raw=st.binary(max_size=300))
def test_no_bytes_keep_a_journal_from_being_read_and_written_again(raw: bytes):
    once = lines_in(raw)
    assert [line.kept for line in lines_in(written(once)) if line.kept] == [line.kept for line in once if line.kept]


@pytest.mark.parametrize("kept", range(6))
def test_a_journal_that_was_cut_off_has_the_entries_before_the_cut(tmp_path: Path, kept: int):
    journal, files = several(tmp_path)
    raw = (journal.folder / "journal.json").read_bytes()
    lines = raw.split(b"\n")
    (journal.folder / "journal.json").write_bytes(
        b"\n".join(lines[: kept + 1]) + (lines[kept + 1][:20] if kept < 5 else b"")
    )
    assert undone(files, journal) == [number < kept for number in range(5)]


def test_what_a_damaged_entry_names_stays_among_the_contents(tmp_path: Path):
    journal, files = several(tmp_path)
    text = (journal.folder / "journal.json").read_text()
    (journal.folder / "journal.json").write_text(text.replace('"id":"3"', '"id":"none"'))
    put(journal, files[0], "again\n")
    put(journal, files[1], "again\n")
    assert journal.content(digest_of(b"2\n")) == b"2\n"
    assert len(journal.history(str(files[2]))) == 0


@pytest.mark.parametrize("damage", ["", "[{", "null", "{}", "[]", '[{"id":"1"}]', "\0" * 5000])
def test_a_journal_that_is_no_journal_has_no_entries_and_is_written_again(journal: Journal, file: Path, damage: str):
    put(journal, file, "two\n")
    (journal.folder / "journal.json").write_text(damage)
    with pytest.raises(SourceError, match="there is nothing to undo"):
        journal.undo(str(file))
    put(journal, file, "three\n")
    journal.undo(str(file))
    assert file.read_bytes() == b"two\n"


def test_a_damaged_backup_of_the_same_size_is_kept_anew_when_it_is_needed_again(journal: Journal, file: Path):
    put(journal, file, "two\n")
    (journal.folder / "contents" / digest_of(b"two\n")).write_bytes(b"oww\n")
    put(journal, file, "three\n")
    journal.undo(str(file))
    assert file.read_bytes() == b"two\n"


def test_a_lost_backup_of_what_the_file_holds_anyway_does_not_matter(journal: Journal, file: Path):
    put(journal, file, "two\n")
    (journal.folder / "contents" / digest_of(b"two\n")).unlink()
    journal.undo(str(file))
    assert file.read_bytes() == b"one\n"


def test_a_folder_in_the_place_of_a_backup_costs_its_entry_only(tmp_path: Path):
    journal, files = several(tmp_path)
    place = journal.folder / "contents" / digest_of(b"2\n")
    place.unlink()
    place.mkdir()
    assert undone(files, journal) == [True, True, False, True, True]


def test_the_journal_of_the_first_version_is_read(tmp_path: Path):
    journal, files = several(tmp_path)
    entries: list[dict[str, str]] = []
    for number, file in enumerate(files):
        before, after = digest_of(b"%d\n" % number), digest_of(b"%d written\n" % number)
        at = "1970-01-01T00:00:00Z"
        entries.append({"id": f"{number + 1}", "path": str(file), "before": before, "after": after, "at": at})
    (journal.folder / "journal.json").write_text(json.dumps(entries, indent=1))
    assert undone(files, journal) == [True] * 5


def test_a_file_whose_name_is_no_text_is_journalled_like_any_other(journal: Journal, tmp_path: Path):
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py"))
    file.write_bytes(b"one\n")
    put(journal, file, "two\n")
    journal.undo(os.fspath(file))
    assert file.read_bytes() == b"one\n"


# ------------------------------------------------------------------------------------------ whose


def test_undo_tells_the_function_and_nothing_more_of_a_write_of_this_session(journal: Journal, file: Path):
    write(read(file), "two\n", journal.labelled(Purpose(function="total")))
    assert journal.told(journal.undo(str(file))) == "the write of `total` was taken back"
    assert journal.told(journal.redo(str(file))) == "`total` was written again"


@pytest.mark.parametrize(("later", "when"), [(60.0, "at {:%H:%M}"), (3 * 86_400.0, "on {:%d %B %Y} at {:%H:%M}")])
def test_undo_tells_when_an_earlier_session_wrote(file: Path, tmp_path: Path, later: float, when: str):
    noon = datetime(2026, 11, 3, 12, 0).astimezone()
    code = (
        "import sys; from pathlib import Path; from redraft.engine.journal.journal import Journal, Purpose\n"
        "from redraft.engine.sources import read, write\n"
        "journal = Journal(Path(sys.argv[2]), clock=lambda: float(sys.argv[3]))\n"
        "write(read(sys.argv[1]), 'two\\n', journal.labelled(Purpose(function='total', part='docstring')))"
    )
    folder = tmp_path / "journal"
    subprocess.run([sys.executable, "-c", code, file, folder, str(noon.timestamp())], check=True)
    journal = Journal(folder, clock=lambda: noon.timestamp() + later)
    told = f"took back the docstring of `total` by redraft {when.format(noon, noon)} (an earlier session)"
    assert journal.told(journal.undo(str(file))) == told


def test_an_entry_without_a_function_is_the_last_write(journal: Journal, file: Path):
    put(journal, file, "two\n")
    assert journal.told(journal.undo(str(file))) == "the last write was taken back"


def test_the_file_written_last_is_known_whichever_session_wrote_it(tmp_path: Path):
    journal, files = several(tmp_path)
    paths = [str(file) for file in files[:3]]
    held = {path: digest_of(Path(path).read_bytes()) for path in paths}
    assert (journal.last(held), journal.last(held, undone=True), journal.last({})) == (paths[2], "", "")
    journal.undo(paths[2])
    held[paths[2]] = digest_of(Path(paths[2]).read_bytes())
    assert (journal.last(held), journal.last(held, undone=True)) == (paths[1], paths[2])


def test_a_file_that_was_edited_since_has_nothing_to_take_back_or_to_make_again(journal: Journal, file: Path):
    path, before = str(file), digest_of(file.read_bytes())
    put(journal, file, "two\n")
    after, edited = digest_of(b"two\n"), digest_of(b"two, edited\n")
    assert (journal.last({path: after}), journal.last({path: edited})) == (path, "")
    journal.undo(path)
    told = [journal.last({path: digest}, undone=True) for digest in (before, after, edited)]
    assert told == [path, "", ""]
