"""Nothing but an honest stream makes a complete run."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redraft.engine.facts import Execution
from redraft.engine.sandbox.child import child_frames as wire
from redraft.engine.sandbox.conversation import Conversation, Ended, NotProtected, converse, protected
from redraft.engine.sandbox.frames import TEXTS, Malformed, RecordReader
from redraft.engine.sandbox.program import Job
from redraft.engine.sandbox.runner import Limits

STEPS = ["f(1)", "f(2)", "f(3)"]
HONEST = [
    wire.packed(wire.LAYERS, 0, "rlimits seccomp", "3.11"),
    wire.packed(wire.LOADED, 0, "", "", "", "0", "", ""),
    *(wire.packed(wire.OUTCOME, n, f"{n}\n", "1", str(n), "builtins.int", "", "", "") for n in range(3)),
]


class ScriptedLink:
    """Says the next part each time it was told something, the first part at once; then the pipe is closed."""

    def __init__(self, parts: list[bytes], cut: int = 1 << 16) -> None:
        self._parts, self._cut = list(parts), cut
        self._ready = self._parts.pop(0) if self._parts else b""
        self.told: list[bytes] = []

    async def send(self, record: bytes) -> None:
        self.told.append(record)
        self._ready += self._parts.pop(0) if self._parts else b""

    async def receive(self) -> bytes:
        some, self._ready = self._ready[: self._cut], self._ready[self._cut :]
        return some

    def has_more(self) -> bool:
        return bool(self._ready)

    async def how_it_ended(self) -> int | None:
        return 0


async def run(parts: list[bytes], cut: int = 1 << 16) -> Execution | None:
    conversation = Conversation(ScriptedLink(parts, cut), Limits())
    try:
        await protected(conversation, frozenset({"rlimits", "seccomp"}))
    except NotProtected:
        return None
    return await converse(conversation, Job(program=""), STEPS)


def is_complete(done: Execution | None) -> bool:
    return done is not None and not done.problem and all(outcome.status == "returned" for outcome in done.outcomes)


def is_one_record(raw: bytes, kind: int, index: int, texts: int) -> bool:
    """Written anew, so that a mistake in the reader is not repeated here."""
    if (
        len(raw) < 9
        or struct.unpack(">I", raw[:4])[0] != len(raw) - 4
        or struct.unpack(">BI", raw[4:9]) != (kind, index)
    ):
        return False
    at, found = 9, 0
    while at < len(raw):
        if at + 4 > len(raw):
            return False
        at += 4 + struct.unpack(">I", raw[at : at + 4])[0]
        found += 1
    return at == len(raw) and found == texts


def is_honest(parts: list[bytes]) -> bool:
    shapes = [(wire.LAYERS, 0, 2), (wire.LOADED, 0, 6), *((wire.OUTCOME, n, 7) for n in range(3))]
    return len(parts) == len(shapes) and all(
        is_one_record(raw, *shape) for raw, shape in zip(parts, shapes, strict=True)
    )


@pytest.mark.parametrize("cut", [1, 3, 7, 1 << 16])
async def test_an_honest_stream_is_a_complete_run_however_it_is_cut(cut: int) -> None:
    done = await run(HONEST, cut)
    assert is_complete(done)
    assert done and [outcome.value for outcome in done.outcomes] == ["0", "1", "2"]


@st.composite
def damaged(draw: st.DrawFn) -> list[bytes]:
    parts = list(HONEST)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(parts) - 1))
        raw = parts[place]
        at = draw(st.integers(0, len(raw)))
        match draw(st.integers(0, 7)):
            case 0:
                parts[place] = raw[:at]
            case 1:
                parts[place] = raw[:at] + draw(st.binary(min_size=1, max_size=8)) + raw[at:]
            case 2:
                parts[place] = raw[:at] + draw(st.binary(min_size=1, max_size=4)) + raw[at + 4 :]
            case 3:
                parts[place] = raw + draw(st.sampled_from(HONEST))
            case 4:
                other = draw(st.integers(0, len(parts) - 1))
                parts[place], parts[other] = parts[other], parts[place]
            case 5:
                parts[place] = b""
            case 6:
                parts[place] = draw(st.binary(max_size=64))
            case _:
                parts[place] = struct.pack(">I", draw(st.integers(0, 2**32 - 1))) + raw[4:]
    return parts


@given(damaged(), st.sampled_from([1, 5, 1 << 16]))
@settings(max_examples=400, deadline=None)
async def test_a_damaged_stream_is_never_a_complete_run(parts: list[bytes], cut: int) -> None:
    assert not is_complete(await run(parts, cut)) or is_honest(parts)


@given(st.lists(st.binary(max_size=200), max_size=8))
@settings(max_examples=200, deadline=None)
async def test_noise_is_never_a_complete_run(parts: list[bytes]) -> None:
    assert not is_complete(await run(parts)) or is_honest(parts)


@given(st.binary(max_size=4000))
def test_noise_is_either_a_record_or_malformed_and_never_anything_else(noise: bytes) -> None:
    reader = RecordReader()
    try:
        reader.feed(noise)
        while reader.take() is not None:
            pass
    except Malformed:
        pass


@given(
    st.integers(1, 3),
    st.integers(0, 2**32 - 1),
    st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2),
)
def test_what_the_child_packs_is_what_the_parent_reads(kind: int, index: int, texts: list[str]) -> None:
    kind = wire.LAYERS if TEXTS[kind] != 2 else kind
    reader = RecordReader()
    reader.feed(wire.packed(kind, index, *texts))
    assert reader.take() == (kind, index, tuple(texts))
    assert not reader.has_surplus


def test_a_record_of_more_than_a_megabyte_is_refused_before_it_is_collected() -> None:
    with pytest.raises(Malformed):
        RecordReader().feed(struct.pack(">I", wire.LARGEST + 1))


async def test_an_answer_that_comes_before_its_question_ends_the_run() -> None:
    parts = [*HONEST[:1], HONEST[1] + HONEST[2], *HONEST[3:]]
    done = await run(parts)
    assert done and done.problem == "the process answered without being asked"
    assert [outcome.status for outcome in done.outcomes] == ["crashed", "not run", "not run"]


async def test_a_missing_layer_is_not_protected_and_the_program_is_not_sent() -> None:
    link = ScriptedLink([wire.packed(wire.LAYERS, 0, "rlimits", "3.11"), *HONEST[1:]])
    with pytest.raises(NotProtected, match="seccomp"):
        await protected(Conversation(link, Limits()), frozenset({"rlimits", "seccomp"}))
    assert link.told == []


async def test_more_text_than_an_honest_child_sends_is_refused() -> None:
    huge = wire.packed(wire.OUTCOME, 0, "x" * 80_000, "0", "", "", "", "", "")
    done = await run([*HONEST[:2], huge, *HONEST[3:]])
    assert done and done.outcomes[0].status == "crashed"


async def test_a_call_record_is_refused_where_nobody_may_call() -> None:
    done = await run([*HONEST[:2], wire.packed(wire.CALL, 0, "()", "{}"), *HONEST[3:]])
    assert done and done.problem == "the process answered out of turn"


async def test_a_process_that_ends_early_leaves_the_rest_not_run() -> None:
    done = await run(HONEST[:3])
    assert done and [outcome.status for outcome in done.outcomes] == ["returned", "crashed", "not run"]


async def test_a_link_that_breaks_while_writing_is_a_crash_and_no_exception() -> None:
    class Broken(ScriptedLink):
        async def send(self, record: bytes) -> None:
            raise BrokenPipeError

    conversation = Conversation(Broken(HONEST), Limits())
    await protected(conversation, frozenset())
    with pytest.raises(Ended):
        await conversation.load(Job(program=""))
