"""Writing a file back: atomically, with everything it had, or not at all."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from redraft.engine.errors import SourceError, StaleSource
from redraft.engine.journal.journal import Journal
from redraft.engine.sources import find, read, write
from redraft.engine.sources.folders import is_scratch

TEXT = b"def f(x):\r\n    ...\r\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shapes.py"
    path.write_bytes(TEXT)
    return path


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state" / "journal")


@pytest.fixture
def somebody() -> Iterator[Path]:
    """A folder to work in as an ordinary user: root may write anywhere."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        user = 65534 if os.geteuid() == 0 else os.geteuid()
        os.chown(folder, user, -1)
        before = os.geteuid()
        os.seteuid(user)
        try:
            yield folder
        finally:
            os.seteuid(before)
            for path in [folder, *folder.rglob("*")]:
                path.chmod(0o700)


def everything(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_write_is_what_a_new_reading_finds(file: Path, journal: Journal):
    written = write(read(file), "def f(x):\n    return x\n", journal)
    assert file.read_bytes() == b"def f(x):\r\n    return x\r\n"
    assert read(file) == written
    assert [path.name for path in file.parent.iterdir() if path.is_file()] == ["shapes.py"]


def test_mode_and_link_stay(file: Path, journal: Journal, tmp_path: Path):
    file.chmod(0o751)
    link = tmp_path / "link.py"
    link.symlink_to("shapes.py")
    write(read(link), "x = 1\n", journal)
    assert (link.is_symlink(), file.read_bytes(), file.stat().st_mode & 0o7777) == (True, b"x = 1\r\n", 0o751)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_owner_stays(file: Path, journal: Journal):
    os.chown(file, 1234, 2345)
    write(read(file), "x = 1\n", journal)
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 2345)


def test_a_file_that_changed_meanwhile_is_left_alone(file: Path, journal: Journal):
    source = read(file)
    file.write_bytes(b"mine = 1\n")
    with pytest.raises(StaleSource, match="the file changed since it was read; nothing was written"):
        write(source, "x = 1\n", journal)
    assert (file.read_bytes(), journal.history(str(file))) == (b"mine = 1\n", ())


def test_a_file_that_was_only_touched_is_written(file: Path, journal: Journal):
    source = read(file)
    os.utime(file, (1, 1))
    write(source, "x = 1\n", journal)
    assert file.read_bytes() == b"x = 1\r\n"


def test_writing_what_is_there_already_does_nothing(file: Path, journal: Journal):
    inode = file.stat().st_ino
    write(read(file), read(file).text, journal)
    assert (file.stat().st_ino, journal.history(str(file))) == (inode, ())


@pytest.mark.parametrize(
    ("ruin", "words"),
    [
        (lambda path: path.unlink(), "the file was deleted or moved"),
        (lambda path: (path.unlink(), path.mkdir()), "a folder has taken the file's place"),
        (lambda path: path.chmod(0o444), "the file is read-only; nothing was written. Allow it with `chmod u\\+w"),
    ],
)
def test_a_file_that_cannot_be_written_is_named_with_the_remedy(file: Path, journal: Journal, ruin: object, words: str):
    source = read(file)
    ruin(file)  # type: ignore[operator]
    with pytest.raises(SourceError, match=words):
        write(source, "x = 1\n", journal)
    assert journal.history(str(file)) == ()


def test_a_folder_that_cannot_be_written_loses_nothing(somebody: Path):
    file = somebody / "project" / "a.py"
    file.parent.mkdir()
    file.write_bytes(TEXT)
    source = read(file)
    file.parent.chmod(0o500)
    with pytest.raises(SourceError, match=r"the folder .*project cannot be written to; nothing was written"):
        write(source, "x = 1\n", Journal(somebody / "journal"))
    assert everything(file.parent) == {"a.py": TEXT}


def test_a_journal_that_cannot_be_written_forbids_the_write(somebody: Path):
    (somebody / "a.py").write_bytes(TEXT)
    (somebody / "state").mkdir(mode=0o500)
    with pytest.raises(SourceError, match=r"the undo journal cannot be used .*, so nothing was written"):
        write(read(somebody / "a.py"), "x = 1\n", Journal(somebody / "state" / "journal"))
    assert (somebody / "a.py").read_bytes() == TEXT


def test_a_full_disk_loses_nothing(file: Path, tmp_path: Path):
    # A limit on the size of new files fails in the same place as a full disk does, in the middle of writing.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, limits[1]))

    class Nowhere:
        def recover(self, path: str) -> None: ...

        def found(self, path: str, content: bytes) -> str:
            return ""

        def record(self, path: str, before: bytes, after: bytes) -> str:
            return "1"

        def forget(self, entry: str) -> None:
            self.forgotten = entry

    keeper = Nowhere()
    try:
        with pytest.raises(SourceError, match="the disk is full; nothing was written and the file is as it was"):
            write(read(file), "x = 1\n" * 10_000, keeper)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert (everything(tmp_path), keeper.forgotten) == ({"shapes.py": TEXT}, "1")


def test_a_body_with_a_nul_is_refused(file: Path, journal: Journal):
    with pytest.raises(SourceError, match="contains a NUL character"):
        write(read(file), "x = '\0'\n", journal)


# ---------------------------------------------------------------------------------- folders


def test_a_folder_gives_the_stubs_of_the_files_a_person_edits(tmp_path: Path):
    kept = ["b.py", "a.py", "pkg/c.py", "sedate.py"]
    skipped = [
        ".hidden/a.py", "__pycache__/a.py", "site-packages/a.py", "venv/a.py", "odd_env/a.py", ".#a.py", "#a.py#",
        "a.py~", ".a.py.swp", "4913", "notes.txt", "a.pyi", ".a.py.k3j2.redraft-tmp", "node_modules/a.py",
    ]  # fmt: skip
    for name in kept + skipped:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("def f(): ...\n")
    (tmp_path / "odd_env" / "pyvenv.cfg").write_text("")
    seen = find([tmp_path])
    assert [Path(found.path).relative_to(tmp_path).as_posix() for found in seen] == [
        "a.py",
        "b.py",
        "sedate.py",
        "pkg/c.py",
    ]
    assert all(len(found.stubs) == 1 for found in seen)


def test_a_folder_without_python_says_so(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("def f(): ...\n")
    with pytest.raises(SourceError, match="there is no Python file in this folder; name one"):
        find([tmp_path])


def test_an_unreadable_file_in_a_folder_does_not_hide_the_others(tmp_path: Path):
    (tmp_path / "a.py").write_bytes(b"\0")
    (tmp_path / "b.py").write_text("def f(): ...\n")
    broken, sound = find([tmp_path])
    assert ("binary file" in broken.problem, len(sound.stubs)) == (True, 1)


def test_a_circle_of_links_is_not_followed(tmp_path: Path):
    (tmp_path / "a.py").write_text("def f(): ...\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(find([tmp_path])) == 1


@pytest.mark.parametrize("name", ["a.py~", ".#a.py", "#a.py#", ".a.py.swp", ".a.py.swo", "4913", "sedXk2f9Q"])
def test_what_editors_leave_lying_about_is_known(name: str):
    assert is_scratch(name)
