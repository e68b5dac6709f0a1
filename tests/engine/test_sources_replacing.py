"""A save that falls into any instant of our write is never lost, and neither is one that a kill of ours leaves behind."""

from __future__ import annotations

import ctypes
import errno
import itertools
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from redraft.engine.errors import SourceError, StaleSource
from redraft.engine.journal.journal import Journal
from redraft.engine.sources import read, write
from redraft.engine.sources.reading import digest_of
from redraft.engine.sources.writes.in_place import torn
from redraft.engine.sources.writes.scratch import (
    Writer,
    beside,
    leftovers,
    this_process,
)
from redraft.engine.sources.writes.steps import Disk, NotHere

BEFORE, AFTER, THEIRS = (
    b"def f(x): ...\n",
    "def f(x): return x\n",
    b"# theirs, and long enough to be told from the rest\n",
)

Save = Callable[["Script", Path], None]


class Script(Disk):
    """A disk on which somebody saves in the instant before the `nth` time of a step.

    Leases are acted: who opens a file under one waits until it is released, and writes then into what was opened.
    """

    def __init__(
        self, step: str = "", nth: int = 1, save: Save | None = None, file: Path | None = None,
        *, leases: bool = True, at_once: bool = True,
    ) -> None:  # fmt: skip
        self.leases, self.at_once = leases, at_once
        self.saved = False
        self._step, self._left, self._save, self._file = step, nth, save, file
        self._leased: dict[int, int] = {}
        self._waiting: list[tuple[int, Callable[[], None]]] = []

    def _at(self, step: str) -> None:
        if step == self._step and self._save and self._file:
            self._left -= 1
            if self._left == 0:
                self.saved = True
                self._save(self, self._file)

    def into(self, path: Path, content: bytes, flags: int = os.O_TRUNC) -> None:
        """Write into a file as it is, as soon as that can be."""
        writer = os.open(path, os.O_WRONLY | os.O_CREAT)
        inode = os.fstat(writer).st_ino

        def go_on() -> None:
            if flags & os.O_TRUNC:
                os.ftruncate(writer, 0)
            os.lseek(writer, 0, os.SEEK_END if flags & os.O_APPEND else os.SEEK_SET)
            os.write(writer, content)
            if not flags & os.O_APPEND:
                os.ftruncate(writer, len(content))
            os.close(writer)

        if inode in self._leased.values():
            self._waiting.append((inode, go_on))
        else:
            go_on()

    def exchange(self, one: Path, other: Path) -> None:
        self._at("exchange")
        if not self.at_once:
            raise NotHere(errno.ENOSYS, "acted")
        super().exchange(one, other)
        self._at("exchanged")

    def enter(self, scratch: Path, target: Path) -> None:
        self._at("enter")
        super().enter(scratch, target)
        self._at("entered")

    def rename(self, old: Path, new: Path) -> None:
        self._at("rename")
        super().rename(old, new)

    def unlink(self, path: Path) -> None:
        self._at("unlink")
        super().unlink(path)
        self._at("unlinked")

    def lease(self, descriptor: int, *, alone: bool = False) -> bool:
        self._at("lease")
        if self.leases:
            self._leased[descriptor] = os.fstat(descriptor).st_ino
        self._at("leased")
        return self.leases

    def wanted(self, descriptor: int) -> bool:
        return any(inode == self._leased.get(descriptor) for inode, _ in self._waiting)

    def release(self, descriptor: int) -> None:
        self._at("release")
        inode = self._leased.pop(descriptor, 0)
        ready = [one for one in self._waiting if one[0] == inode and inode not in self._leased.values()]
        self._waiting = [one for one in self._waiting if one not in ready]
        for _, go_on in ready:
            go_on()

    def overwrite(self, descriptor: int, content: bytes) -> None:
        self._at("overwrite")
        super().overwrite(descriptor, content)
        self._at("overwritten")

    def pause(self, seconds: float) -> None:
        self._at("pause")

    def sync(self, descriptor: int) -> None: ...


class Memory:
    """A journal that is a list."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.forgotten: list[str] = []

    def recover(self, path: str) -> None: ...

    def record(self, path: str, before: bytes, after: bytes) -> str:
        return "1"

    def forget(self, entry: str) -> None:
        self.forgotten.append(entry)

    def found(self, path: str, content: bytes) -> str:
        self.kept.append(content)
        return f"place {len(self.kept)}"


def in_place(disk: Script, path: Path) -> None:
    disk.into(path, THEIRS)


def overwrite(disk: Script, path: Path) -> None:
    disk.into(path, THEIRS, 0)


def append(disk: Script, path: Path) -> None:
    disk.into(path, THEIRS, os.O_APPEND)


def rename_over(_disk: Script, path: Path) -> None:
    fresh = path.with_name("fresh")
    fresh.write_bytes(THEIRS)
    fresh.rename(path)


def backup_then_write(disk: Script, path: Path) -> None:
    if path.exists():
        path.rename(path.with_name("a.py~"))
    disk.into(path, THEIRS)


def unlink_then_create(disk: Script, path: Path) -> None:
    path.unlink(missing_ok=True)
    disk.into(path, THEIRS)


def like_sed(_disk: Script, path: Path) -> None:
    fresh = path.with_name("sedAbC123")
    fresh.write_bytes((path.read_bytes() if path.exists() else b"") + THEIRS)
    fresh.rename(path)


def exchange(_disk: Script, path: Path) -> None:
    fresh = path.with_name("fresh")
    fresh.write_bytes(THEIRS)
    # Where there is no file at this instant, there is nothing to exchange: such an editor renames then.
    if ctypes.CDLL(None).renameat2(-100, os.fsencode(fresh), -100, os.fsencode(path), 2):
        fresh.rename(path)
    fresh.unlink(missing_ok=True)


WAYS: list[Save] = [
    in_place, overwrite, append, rename_over, backup_then_write, unlink_then_create, like_sed, exchange,
]  # fmt: skip
STEPS = (
    "lease", "leased", "exchange", "exchanged", "rename", "enter", "entered", "pause", "unlink", "unlinked", "release",
    "overwrite", "overwritten",
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "project" / "a.py"
    path.parent.mkdir()
    path.write_bytes(BEFORE)
    return path


def names(file: Path) -> list[str]:
    """What lies in the file's folder, without what the saving program leaves there itself."""
    return sorted(path.name for path in file.parent.iterdir() if path.name != "a.py~")


@pytest.mark.parametrize(("leases", "at_once"), itertools.product((True, False), repeat=2))
@pytest.mark.parametrize("way", WAYS)
def test_a_save_in_any_instant_is_in_the_file_or_kept_and_nothing_is_left_over(
    file: Path, way: Save, leases: bool, at_once: bool
) -> None:
    for step, nth in itertools.product(STEPS, (1, 2, 4)):
        file.write_bytes(BEFORE)
        disk, journal = Script(step, nth, way, file, leases=leases, at_once=at_once), Memory()
        told = ""
        try:
            write(read(file), AFTER, journal, disk=disk)
        except SourceError as error:
            told = str(error)
        where = [file.read_bytes(), *journal.kept]
        instant = f"{way.__name__} before {step} {nth}"
        assert not disk.saved or any(THEIRS in content for content in where), instant
        assert disk.saved or (where == [AFTER.encode()] and not told), instant
        assert names(file) == ["a.py"], instant
        assert all(f"place {number}" in told for number in range(1, len(journal.kept) + 1)), instant
        file.with_name("a.py~").unlink(missing_ok=True)


def test_a_save_just_before_the_exchange_goes_back_into_its_place_and_is_told(file: Path) -> None:
    journal = Memory()
    with pytest.raises(
        StaleSource, match=r"that save was put back: the newest .* What was found is also kept as place 1"
    ):
        write(read(file), AFTER, journal, disk=Script("exchange", 1, rename_over, file))
    assert (file.read_bytes(), journal.kept, journal.forgotten) == (THEIRS, [THEIRS], ["1"])


def test_a_second_save_while_the_first_is_put_back_ends_under_the_path(file: Path) -> None:
    def twice(disk: Script, path: Path) -> None:
        rename_over(disk, path)
        disk._step, disk._left, disk._save = "exchange", 1, newer

    def newer(_disk: Script, path: Path) -> None:
        fresh = path.with_name("fresh")
        fresh.write_bytes(b"newer\n")
        fresh.rename(path)

    journal = Memory()
    with pytest.raises(StaleSource):
        write(read(file), AFTER, journal, disk=Script("exchange", 1, twice, file))
    assert (file.read_bytes(), set(journal.kept), names(file)) == (b"newer\n", {THEIRS, b"newer\n"}, ["a.py"])


def test_saves_without_end_are_given_up_with_all_of_them_kept(file: Path) -> None:
    class Restless(Script):
        saves = 0

        def exchange(self, one: Path, other: Path) -> None:
            self.saves += 1
            other.with_name("fresh").write_bytes(b"%d\n" % self.saves)
            other.with_name("fresh").rename(other)
            super().exchange(one, other)

    disk, journal = Restless(), Memory()
    with pytest.raises(StaleSource):
        write(read(file), AFTER, journal, disk=disk)
    assert {b"%d\n" % number for number in range(1, disk.saves + 1)} <= {file.read_bytes(), *journal.kept}
    assert (disk.saves, names(file)) == (20, ["a.py"])


def test_who_waits_to_write_writes_into_the_file_and_not_into_what_was_replaced(file: Path) -> None:
    with pytest.raises(StaleSource):
        write(read(file), AFTER, Memory(), disk=Script("exchanged", 1, append_to_the_old, file))
    assert file.read_bytes() == BEFORE + THEIRS


def test_a_save_into_what_was_replaced_that_comes_at_the_very_end_is_kept_and_told(file: Path) -> None:
    journal = Memory()
    with pytest.raises(
        StaleSource, match=r"it was written, and somebody saved it at the same moment; .* kept as place 1"
    ):
        write(read(file), AFTER, journal, disk=Script("unlink", 1, append_to_the_old, file))
    assert (file.read_text(), journal.kept, journal.forgotten) == (AFTER, [BEFORE + THEIRS], [])


def test_a_second_save_into_our_text_before_the_first_is_put_back_stays_under_the_path(file: Path) -> None:
    def twice(disk: Script, path: Path) -> None:
        rename_over(disk, path)
        disk._step, disk._left, disk._save = "exchanged", 1, append

    journal = Memory()
    with pytest.raises(StaleSource):
        write(read(file), AFTER, journal, disk=Script("exchange", 1, twice, file))
    assert (file.read_bytes(), journal.kept, names(file)) == (AFTER.encode() + THEIRS, [THEIRS], ["a.py"])


def append_to_the_old(disk: Script, path: Path) -> None:
    """Somebody who found the way to the file just before it was exchanged."""
    [scratch] = [other for other in path.parent.iterdir() if other != path]
    disk.into(scratch, THEIRS, os.O_APPEND)


def test_a_folder_that_takes_the_place_of_the_file_stays_there(file: Path) -> None:
    def become_a_folder(_disk: Script, path: Path) -> None:
        path.unlink()
        path.mkdir()

    with pytest.raises(StaleSource):
        write(read(file), AFTER, Memory(), disk=Script("exchange", 1, become_a_folder, file))
    assert (file.is_dir(), names(file)) == (True, ["a.py"])


def test_a_file_that_somebody_holds_open_to_write_is_left_alone_with_the_reason(file: Path) -> None:
    source = read(file)
    # No acting here: the kernel refuses the lease as long as the file is open.
    with file.open("r+b"), pytest.raises(StaleSource, match="another program has the file open to write it; nothing"):
        write(source, AFTER, Memory(), disk=Hasty())
    assert (file.read_bytes(), names(file)) == (BEFORE, ["a.py"])


class Hasty(Disk):
    """The real disk, without waiting."""

    def pause(self, seconds: float) -> None: ...


def test_where_the_kernel_calls_every_file_busy_the_file_is_written_without_leases(file: Path) -> None:
    class Network(Script):
        def lease(self, descriptor: int, *, alone: bool = False) -> bool:
            raise BlockingIOError(errno.EAGAIN, "as NFS says")

    write(read(file), AFTER, Memory(), disk=Network())
    assert file.read_bytes() == AFTER.encode()


def test_the_notice_of_a_lease_ends_no_process(file: Path) -> None:
    disk = Disk()
    descriptor = os.open(file, os.O_RDONLY)
    try:
        if not disk.lease(descriptor):
            pytest.skip("this file system has no leases")
        with pytest.raises(BlockingIOError):
            os.open(file, os.O_WRONLY | os.O_NONBLOCK)  # the kernel tells us, and we are still here
        assert disk.wanted(descriptor)
    finally:
        disk.release(descriptor)
        os.close(descriptor)


# ------------------------------------------------------------------------------------------ several names


def test_a_file_with_other_names_is_the_same_under_all_of_them_afterwards(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.hardlink_to(file)
    journal = Journal(tmp_path / "journal")
    write(read(file), AFTER, journal)
    assert (other.read_text(), other.stat().st_ino, names(file)) == (AFTER, file.stat().st_ino, ["a.py"])
    journal.undo(str(file))
    assert other.read_bytes() == BEFORE


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("leases", [True, False])
def test_a_save_while_a_file_with_other_names_is_overwritten_is_not_lost(file: Path, way: Save, leases: bool) -> None:
    for step, nth in itertools.product(("lease", "leased", "overwritten", "release"), (1, 2, 3)):
        other = file.parent / "other.py"
        file.unlink(missing_ok=True)
        file.write_bytes(BEFORE)
        other.unlink(missing_ok=True)
        other.hardlink_to(file)
        disk, journal = Script(step, nth, way, file, leases=leases), Memory()
        try:
            write(read(file), AFTER, journal, disk=disk)
        except SourceError:
            assert other.read_bytes() != AFTER.encode()
        instant = f"{way.__name__} before {step} {nth}"
        assert not disk.saved or any(THEIRS in each for each in (file.read_bytes(), *journal.kept)), instant
        assert names(file) == ["a.py", "other.py"], instant


@pytest.mark.parametrize("cut", range(6))
def test_a_kill_in_the_middle_of_overwriting_can_be_undone(file: Path, tmp_path: Path, cut: int) -> None:
    (tmp_path / "other.py").hardlink_to(file)
    journal, after = Journal(tmp_path / "journal"), AFTER.encode()

    class Killed(Disk):
        def overwrite(self, descriptor: int, content: bytes) -> None:
            os.pwrite(descriptor, content[: len(content) * cut // 5], 0)
            os._exit(9)

    in_a_child(lambda: write(read(file), AFTER, journal, disk=Killed()))
    journal.recover(str(file))
    if file.read_bytes() not in {BEFORE, after}:
        assert [
            f"{file}: a write was ended in the middle; `redraft undo {file}` takes it back"
        ] == journal.take_notices()
    if file.read_bytes() != BEFORE:
        journal.undo(str(file))
    assert ((tmp_path / "other.py").read_bytes(), names(file)) == (BEFORE, ["a.py"])


@pytest.mark.parametrize(
    ("present", "is_torn"),
    [(b"abc", True), (b"abd", False), (b"aby", True), (b"xyz", True), (b"", False), (b"abcd", True), (b"abcx", False)],
)
def test_torn_is_a_beginning_of_the_new_before_the_rest_of_the_old(present: bytes, is_torn: bool) -> None:
    assert torn(present, b"xyz", b"abcd") is (is_torn if present != b"aby" else False)
    assert torn(b"abz", b"xyz", b"abcd")


# ------------------------------------------------------------------------------------------ killed


def in_a_child(deed: Callable[[], object]) -> None:
    """Do something in a process that ends without any clearing up."""
    child = os.fork()
    if not child:
        try:
            deed()
        except SourceError:
            pass
        finally:
            os._exit(0)
    os.waitpid(child, 0)


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("saves", [True, False])
def test_a_kill_at_any_step_leaves_nothing_that_the_next_redraft_does_not_put_right(
    file: Path, tmp_path: Path, saves: bool, at_once: bool
) -> None:
    class Killed(Script):
        def _at(self, step: str) -> None:
            if saves and step == "exchange":
                rename_over(self, file)
                saved.touch()
            if step == self._step:
                os._exit(9)

    saved = tmp_path / "saved"
    for step in STEPS:
        file.write_bytes(BEFORE)
        saved.unlink(missing_ok=True)
        folder = tmp_path / f"journal of {step}"
        in_a_child(lambda s=step, f=folder: write(read(file), AFTER, Journal(f), disk=Killed(s, at_once=at_once)))
        journal = Journal(folder)
        journal.recover(str(file))
        kept = [path.read_bytes() for path in (folder / "contents").iterdir()]
        assert file.read_bytes() in {BEFORE, AFTER.encode(), THEIRS}, step
        assert names(file) == ["a.py"], step
        assert not saved.exists() or THEIRS in {file.read_bytes(), *kept}, step
        if not saves:
            assert [words for words in journal.take_notices() if "a save of yours" in words] == [], step


def test_a_save_that_a_killed_redraft_had_set_aside_is_told_and_undo_puts_it_back(file: Path, tmp_path: Path) -> None:
    class Killed(Script):
        def exchange(self, one: Path, other: Path) -> None:
            super().exchange(one, other)
            os._exit(9)

    journal = Journal(tmp_path / "journal")
    in_a_child(lambda: write(read(file), AFTER, journal, disk=Killed("exchange", 1, rename_over, file)))
    assert file.read_text() == AFTER
    kept = journal.undo(str(file))
    [notice] = journal.take_notices()
    assert notice == (
        f"{file}: a save of yours was found, which a redraft that was ended in the middle of a write had set aside; it is "
        f"kept as {tmp_path / 'journal' / 'contents' / digest_of(THEIRS)}; `redraft undo {file}` puts it back"
    )
    assert (file.read_bytes(), journal.told(kept)) == (
        THEIRS,
        "put back the save of yours that was found beside the file",
    )
    with pytest.raises(StaleSource, match="you edited the file since"):
        journal.undo(str(file))


def test_a_save_that_was_being_kept_when_redraft_was_killed_is_kept_by_the_next(file: Path, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    write(read(file), AFTER, journal)
    (journal.folder / "contents" / digest_of(THEIRS)).write_bytes(THEIRS)  # and no entry names it yet
    beside(file, writer=dead()).write_bytes(THEIRS)
    journal.recover(str(file))
    journal.undo(str(file))
    assert journal.content(digest_of(THEIRS)) == THEIRS


def dead() -> Writer:
    """A process of this machine that is no more."""
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    return this_process()._replace(pid=child)


def test_what_a_redraft_that_lives_has_beside_a_file_is_not_touched(file: Path, tmp_path: Path) -> None:
    theirs, elsewhere = beside(file), beside(file, writer=dead()._replace(machine="0" * 8))
    theirs.write_bytes(THEIRS)
    elsewhere.write_bytes(THEIRS)
    journal = Journal(tmp_path / "journal")
    journal.recover(str(file))
    assert (theirs.exists(), elsewhere.exists(), journal.take_notices()) == (True, True, [])


def test_what_is_left_beside_another_file_is_not_touched(file: Path) -> None:
    beside(file.with_name("a.py.b"), writer=dead()).write_bytes(THEIRS)
    beside(file.with_name("b.py"), writer=dead()).write_bytes(THEIRS)
    assert leftovers(file) == []
    assert {leftover.target.name for leftover in leftovers(file.parent)} == {"a.py.b", "b.py"}


def test_a_leftover_that_is_no_regular_file_is_not_touched(file: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(THEIRS)
    beside(file, writer=dead()).symlink_to(secret)
    os.mkfifo(beside(file, writer=dead()))
    journal = Journal(tmp_path / "journal")
    journal.recover(str(file))
    assert (journal.history(str(file)), len(names(file))) == ((), 3)


def test_a_leftover_that_cannot_be_kept_stays(file: Path, tmp_path: Path) -> None:
    beside(file, writer=dead()).write_bytes(THEIRS)
    (tmp_path / "journal").write_text("no folder")
    with pytest.raises(SourceError, match="the undo journal cannot be used"):
        Journal(tmp_path / "journal").recover(str(file))
    assert len(names(file)) == 2


@pytest.mark.parametrize("name", ["a.py", "ä" * 120 + ".py", "n" * 252 + ".py", "a b\n.py"])
def test_a_file_of_any_name_is_written_and_its_leftovers_are_found(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(BEFORE)
    write(read(file), AFTER, Journal(tmp_path / "journal"))
    beside(file, writer=dead()).write_bytes(THEIRS)
    assert (file.read_text(), [leftover.target for leftover in leftovers(file)]) == (AFTER, [file])
