"""Undo and redo outside git, and what they refuse."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redraft.engine.errors import SourceError, StaleSource
from redraft.engine.journal import Journal, OwnWrites
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
        "import sys; from pathlib import Path; from redraft.engine.journal import Journal; from redraft.engine.sources import read, write\n"
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
