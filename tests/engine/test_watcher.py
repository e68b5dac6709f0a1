"""What is said about a save, however the editor makes it. No kernel and no clock, but for the last tests."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from pathlib import Path

import pytest
from redraft.engine.journal.journal import Journal, OwnWrites
from redraft.engine.sources import read, write
from redraft.engine.watching.folder_events import FolderEvents, Folders
from redraft.engine.watching.watcher import (
    Beside,
    Ignored,
    Saved,
    Seen,
    Watching,
    saves,
)

Act = Callable[[], object]


class Script:
    """An editor: some acts, each followed by the kernel's word; and acts that happen while the watcher sleeps."""

    def __init__(self, folder: Path, *acts: Act, meanwhile: Iterable[Act] = ()) -> None:
        self.folder = folder
        self.acts = list(acts)
        self.meanwhile = list(meanwhile)
        self.closed = False
        self.slept: list[float] = []

    def __call__(self, folders: Folders, settings: Watching) -> Script:
        self.folders = folders
        return self

    async def touched(self) -> set[str] | None:
        if not self.acts:
            raise asyncio.CancelledError
        self.acts.pop(0)()
        return {str(path) for path in self.folder.rglob("*")} | {str(self.folder / "a.py")}

    def close(self) -> None:
        self.closed = True

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.meanwhile:
            self.meanwhile.pop(0)()


async def seen(
    script: Script, *paths: Path, own: OwnWrites | None = None, known: dict[str, str] | None = None
) -> list[Seen]:
    found: list[Seen] = []
    with pytest.raises(asyncio.CancelledError):
        async for one in saves(paths, own or OwnWrites(), known=known, sleep=script.sleep, events=script):
            found.append(one)  # noqa: PERF401 (what was found counts although the iteration is cancelled)
    assert script.closed
    return found


def told(found: Iterable[Seen]) -> list[str]:
    """Text of what was saved, reason of what was not."""
    return [_told(one) for one in found]


def _told(one: Seen) -> str:
    assert not isinstance(one, Beside)
    return one.text if isinstance(one, Saved) else f"({one.why})"


def save(path: Path, text: str) -> None:
    path.write_text(text)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    return path


async def test_a_save_is_told_once_with_its_text(file: Path):
    [one] = await seen(Script(file.parent, lambda: file.write_text("x = 2\n")), file)
    assert isinstance(one, Saved)
    assert (one.path, one.text, one.digest) == (str(file), "x = 2\n", read(file).digest)


async def test_what_the_file_held_at_the_beginning_is_no_save(file: Path):
    assert await seen(Script(file.parent, lambda: None), file) == []


async def test_a_save_between_the_callers_look_and_ours_is_not_lost(file: Path):
    known = {str(file): read(file).digest}
    save(file, "x = 2\n")
    assert told(await seen(Script(file.parent, lambda: None), file, known=known)) == ["x = 2\n"]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda path: os.utime(path, (1, 1)), "(unchanged)"),
        (lambda path: path.chmod(0o600), "(unchanged)"),
        (lambda path: (path.unlink(), path.write_text("x = 1\n")), "(unchanged)"),
        (lambda path: path.write_text("x = (\n"), "(does not parse yet: line 1)"),
        (lambda path: path.unlink(), "(deleted)"),
        (lambda path: (path.unlink(), path.mkdir()), "(is a folder now)"),
        (lambda path: path.write_bytes(b"\0"), "(this is a binary file, not Python source; name a .py file)"),
        (lambda path: path.write_text(""), ""),
    ],
)
async def test_what_is_no_save_is_told_with_the_reason(file: Path, act: Callable[[Path], object], words: str):
    assert told(await seen(Script(file.parent, lambda: act(file)), file)) == [words]


async def test_a_rename_save_is_a_save(file: Path):
    def vim() -> None:
        file.rename(file.with_name("a.py~"))
        (file.parent / "4913").write_text("")
        file.write_text("x = 2\n")

    assert told(await seen(Script(file.parent, vim), file)) == ["x = 2\n"]
    assert told(await seen(Script(file.parent, lambda: file.with_name("a.py~").unlink()), file)) == []


async def test_a_slow_writer_is_waited_for(file: Path):
    states = ["", "x = (\n", "x = (\n1,\n", "x = (\n1,\n2)\n"]
    script = Script(
        file.parent,
        lambda: file.write_text(""),
        meanwhile=[lambda state=state: file.write_text(state) for state in states[1:]],
    )
    assert told(await seen(script, file)) == [states[-1]]
    assert script.slept == [0.15] * 4


async def test_a_file_that_is_unlinked_and_made_anew_was_never_gone(file: Path):
    script = Script(file.parent, file.unlink, meanwhile=[lambda: file.write_text("x = 2\n")])
    assert told(await seen(script, file)) == ["x = 2\n"]


async def test_a_file_that_never_rests_is_given_up(file: Path):
    texts = [lambda n=n: file.write_text(f"x = {n}\n") for n in range(1000)]
    assert (
        told(await seen(Script(file.parent, lambda: None, lambda: None, meanwhile=texts), file))[0]
        == "(still being written)"
    )


async def test_a_deleted_file_that_comes_back_is_a_save(file: Path):
    script = Script(file.parent, file.unlink, lambda: None, lambda: file.write_text("x = 1\n"))
    assert told(await seen(script, file)) == ["(deleted)", "x = 1\n"]


async def test_our_own_write_is_not_taken_for_a_save(file: Path, tmp_path: Path):
    journal = Journal(tmp_path / "journal")
    script = Script(
        file.parent,
        lambda: write(read(file), "x = 2\n", journal),
        lambda: file.write_text("x = 3\n"),
        lambda: file.write_text("x = 2\n"),
        lambda: write(read(file), "x = 4\n", journal),
        lambda: journal.undo(str(file)),
    )
    found = await seen(script, file, own=journal.own_writes)
    assert told(found) == ["(own write)", "x = 3\n", "x = 2\n", "(own write)", "(own write)"]


async def test_what_replaces_our_own_write_before_we_saw_it_is_a_save_even_of_the_content_before(
    file: Path, tmp_path: Path
):
    journal, before = Journal(tmp_path / "journal"), read(file).text

    def written_and_put_back() -> None:
        write(read(file), "x = 2\n", journal)
        file.write_text(before)

    script = Script(file.parent, written_and_put_back, lambda: file.write_text(before))
    assert told(await seen(script, file, own=journal.own_writes)) == [before, "(unchanged)"]


async def test_a_file_that_does_not_exist_yet_may_be_watched(tmp_path: Path):
    later = tmp_path / "a.py"
    assert told(await seen(Script(tmp_path, lambda: None, lambda: later.write_text("x = 1\n")), later)) == ["x = 1\n"]


async def test_other_python_beside_a_watched_file_is_told_to_lie_beside_it_and_nothing_else_is(file: Path):
    def save() -> None:
        for name in ("b.py", "c.txt", ".d.py"):
            (file.parent / name).write_text("y = 1\n")

    assert await seen(Script(file.parent, save), file) == [Beside(paths=(str(file.parent / "b.py"),))]


async def test_what_lies_beside_is_told_also_when_a_watched_file_is_saved_with_it(file: Path):
    def save() -> None:
        file.write_text("x = 2\n")
        (file.parent / "b.py").write_text("y = 1\n")

    assert [type(one) for one in await seen(Script(file.parent, save), file)] == [Saved, Beside]


async def test_a_folder_tells_the_python_that_a_person_edits(tmp_path: Path):
    names = ["b.py", "pkg/c.py", ".hidden.py", ".git/d.py", "__pycache__/e.py", "f.py~", "#g.py#", "h.txt"]

    def save() -> None:
        for name in names:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("x = 1\n")

    found = [one for one in await seen(Script(tmp_path, save), tmp_path) if isinstance(one, Saved)]
    assert sorted(Path(one.path).relative_to(tmp_path).as_posix() for one in found) == ["b.py", "pkg/c.py"]


async def test_a_file_is_named_as_the_person_named_it(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(file.parent)
    (one,) = await seen(Script(file.parent, lambda: file.write_text("x = 2\n")), Path("a.py"))
    assert isinstance(one, Saved) and one.path == "a.py"


async def test_a_save_through_a_link_is_seen(file: Path, tmp_path: Path):
    link = tmp_path / "sub" / "link.py"
    link.parent.mkdir()
    link.symlink_to(file)
    script = Script(tmp_path, lambda: file.write_text("x = 2\n"))
    assert told(await seen(script, link)) == ["x = 2\n"]
    assert script.folders() == {str(tmp_path), str(link.parent)}


# ---------------------------------------------------------------------------------- with the kernel


class Listening:
    """A watcher in the background, and what it has told."""

    def __init__(self, *paths: Path) -> None:
        self._saves = saves(paths, OwnWrites(), Watching(settle_seconds=0.05, step_ms=10))
        self.found: list[Seen] = []

    async def __aenter__(self) -> Listening:
        self._ready = asyncio.Event()
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        async for one in self._saves:
            self.found.append(one)

    async def until(self, act: Act, words: str) -> None:
        """Repeat an act until it is told so."""
        deadline = time.monotonic() + 20
        while words not in told(self.found):
            assert time.monotonic() < deadline, told(self.found)
            act()
            await asyncio.sleep(0.3)


async def test_two_saves_with_sed_are_both_seen(file: Path):
    async with Listening(file) as listening:
        await listening.until(lambda: os.utime(file), "(unchanged)")
        await listening.until(lambda: file.write_text("x = 2\n"), "x = 2\n")
        await listening.until(lambda: subprocess.run(["sed", "-i", "s/2/3/", file], check=True), "x = 3\n")
        await listening.until(lambda: subprocess.run(["sed", "-i", "s/3/4/", file], check=True), "x = 4\n")


async def test_a_folder_that_is_replaced_is_still_watched(tmp_path: Path):
    folder = tmp_path / "project"
    file = folder / "a.py"

    def replace() -> None:
        shutil.rmtree(folder)
        folder.mkdir()

    folder.mkdir()
    file.write_text("x = 1\n")
    async with Listening(folder) as listening:
        await listening.until(lambda: os.utime(file), "(unchanged)")
        replace()
        await listening.until(lambda: file.write_text("x = 2\n"), "x = 2\n")
        second = folder / "sub" / "b.py"
        await listening.until(lambda: (second.parent.mkdir(exist_ok=True), second.write_text("y = 1\n")), "y = 1\n")


async def test_a_file_that_becomes_a_link_is_followed_to_where_it_leads(file: Path, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere" / "real.py"
    elsewhere.parent.mkdir()
    elsewhere.write_text("x = 2\n")
    watched = file.parent / "watched" / "a.py"
    watched.parent.mkdir()
    watched.write_text("x = 1\n")
    async with Listening(watched) as listening:
        await listening.until(lambda: os.utime(watched), "(unchanged)")
        watched.unlink()
        watched.symlink_to(elsewhere)
        await listening.until(lambda: None, "x = 2\n")
        await listening.until(lambda: elsewhere.write_text("x = 3\n"), "x = 3\n")


async def test_what_happens_after_the_beginning_was_told_is_never_missed(file: Path):
    for n in range(5):
        events = FolderEvents(lambda: {str(file.parent)}, step_ms=10, polling=None)
        assert await events.touched() is None
        save(file, f"x = {n + 7}\n")
        assert await asyncio.wait_for(events.touched(), 10) == {str(file)}
        events.close()


async def test_listening_stops_at_once_when_cancelled(file: Path):
    stream: AsyncGenerator[Seen, None] = saves([file], OwnWrites())
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    events = FolderEvents(lambda: {str(file.parent)}, step_ms=60, polling=None)
    assert await events.touched() is None
    blocked = asyncio.ensure_future(events.touched())
    await asyncio.sleep(0.05)
    began = time.monotonic()
    waiting.cancel()
    blocked.cancel()
    await asyncio.gather(waiting, blocked, return_exceptions=True)
    assert time.monotonic() - began < 0.05


async def test_polling_sees_saves_too(file: Path):
    events = FolderEvents(lambda: {str(file.parent)}, step_ms=10, polling=True)
    assert await events.touched() is None
    waiting = asyncio.ensure_future(events.touched())
    for number in range(50):
        save(file, f"x = {number}\n" * number)
        done, _ = await asyncio.wait([waiting], timeout=0.2)
        if done:
            break
    events.close()
    assert str(file) in (await waiting or ())


def test_ignored_and_saved_are_told_apart(file: Path):
    assert Ignored(path="a.py", why="unchanged") != Saved(path="a.py", source=read(file))


async def test_folders_that_matter_only_since_a_file_was_read_anew_are_watched_too(tmp_path: Path):
    near, far = tmp_path / "near", tmp_path / "far"
    near.mkdir()
    far.mkdir()
    folders = {str(near)}
    events = FolderEvents(lambda: set(folders), step_ms=10, polling=None)
    try:
        assert await events.touched() is None
        (near / "a.py").write_text("import far.b\n")
        assert await events.touched() == {str(near / "a.py")}
        folders.add(str(far))
        assert await events.touched() is None
        (far / "b.py").write_text("x = 1\n")
        assert str(far / "b.py") in (await events.touched() or ())
    finally:
        events.close()
