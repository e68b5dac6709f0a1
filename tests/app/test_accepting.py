"""What accepting and taking back leave in the file and in memory, whatever the person's editor did between them."""

from __future__ import annotations

from pathlib import Path

import pytest
from redraft.app.draft.accepting import Accepting
from redraft.app.run.comparison import Comparison
from redraft.engine.diff import hunks
from redraft.engine.facts import Stub
from redraft.engine.journal.journal import Journal, OwnWrites
from redraft.engine.sources import find_stubs, read
from redraft.engine.sources.merge import Landing

STUB = '"""Twice."""\n\n\ndef double(x):\n    """Twice x."""\n    ...\n'
BODY = "return 2 * x"
WRITTEN = STUB.replace("...", BODY)


class Desk:
    """One stub that was drafted, and the keys a person may press."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "a.py"
        self.file.write_text(STUB)
        self.accepting = Accepting(Journal(folder / "journal", own_writes=OwnWrites()))
        source = read(str(self.file))
        self.stub: Stub = find_stubs(source).stubs[0]
        self.accepting.began(self.stub, source)
        before, after = self.stub.code(self.stub.body), self.stub.code(BODY)
        self.comparison = Comparison(sides="file", caption="", old=before, hunks=hunks(before, after), draft="d1")

    async def accept(self) -> Landing:
        return await self.accepting.accept(self.stub, "r1", self.comparison, (1,))

    async def undo(self) -> None:
        await self.accepting.undo(self.stub.path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_accepting_what_the_file_holds_already_writes_nothing_and_leaves_the_undo_of_the_first(desk: Desk):
    assert (await desk.accept()).changed
    assert not (await desk.accept()).changed
    await desk.undo()
    assert desk.file.read_text() == STUB
    assert not desk.accepting.last([read(desk.stub.path)])
    assert (await desk.accept()).changed
    assert desk.file.read_text() == WRITTEN


async def test_accepting_again_after_editing_what_was_written_leaves_the_edit_and_says_that_nothing_was_written(
    desk: Desk,
):
    await desk.accept()
    desk.file.write_text(WRITTEN.replace(BODY, "return x + x  # mine"))
    assert not (await desk.accept()).changed
    assert desk.file.read_text() == WRITTEN.replace(BODY, "return x + x  # mine")
