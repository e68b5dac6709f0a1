"""Halves of characters, from models and from docstrings, end no run and spoil no log."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.events import Entry, RunFailed, TextStreamed
from redraft.engine.facts import Example, Role, Stub
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.run.recording import Recording, line_of, read_log
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.state.run import state_of
from redraft.engine.surrogates import whole

HALF = "\ud800"


@given(st.text(st.characters()))
def test_every_text_can_be_encoded_afterwards_and_stays_as_it_is_if_it_could_before(text: str):
    made = whole(text)
    assert made.encode().decode() == made
    assert whole(made) == made


@given(st.text())
def test_a_text_without_halves_is_left_alone(text: str):
    assert whole(text) == text


def test_a_half_is_written_into_a_log_as_a_replacement():
    line = line_of(Entry(at=0.0, event=TextStreamed(call="c1", text=f"a{HALF}b")))
    assert json.loads(line)["event"]["text"] == "a\ufffdb"


async def test_a_stub_whose_docstring_spells_a_half_is_drafted_and_recorded(tmp_path: Path):
    stub = Stub(
        path="a.py",
        name="f",
        line=1,
        header='def f():\n    """One, not \\ud800."""\n',
        before="",
        body="...",
        docstring=f"One, not {HALF}.",
        examples=(Example(source=f"f() + len('{HALF}')", want="1\n"),),
    )
    voices: dict[Role, Voice] = {
        role: Voice(model=Scripted(["    return 1\n"] * 5)) for role in ("coder", "reviewer", "planner", "tester")
    }
    kit = Kit(
        voices=voices, prompts=Prompts(None), sandbox=ScriptedSandbox({"return 1": {f"f() + len('{HALF}')": "2"}})
    )
    recording = Recording(tmp_path / "log.jsonl")
    async with running(CATALOGUE["raw-coder"], kit, stub, record=recording) as log:
        events = [entry.event async for entry in log]
    recording.close()
    assert [event for event in events if isinstance(event, RunFailed)] == []
    assert state_of(read_log(recording.path)).status == "settled"
