"""A run that died can go on from its log: what was answered is not asked again, and what comes after is."""

from pathlib import Path

import pytest
from grove import BAD, GOOD, HALF, PLAN, SAME, Grown, Stage, code
from redraft.engine import events as ev
from redraft.engine.desk.resume import Recall
from redraft.engine.errors import ModelError
from redraft.engine.events import CallEnded, CallStarted, Entry, RunFailed, RunStarted, Steered
from redraft.engine.models.scripted import Line
from redraft.engine.run.recording import Recording, read_log

DEAD = Line(fails=ModelError("the server is gone; start it again", kind="unreachable"))
TRIPLE = code("return 3 * x", "g")
ANSWERS = {"f": code(HALF), "g": [TRIPLE, TRIPLE, code(SAME, "g")]}
DYING = {"f": code(HALF), "g": [TRIPLE, DEAD]}
"""The coder dies at the second trial of the helper: in the middle of a subtree."""


async def died() -> Grown:
    grown = await Stage(DYING, {"f": PLAN}).run()
    assert [event.problem for event in grown.events(RunFailed)] == ["the server is gone; start it again"]
    return grown


async def resumed(log: list[Entry] | tuple[Entry, ...], coder=None, planner=None, **more) -> Grown:
    stage = Stage(coder or ANSWERS, planner or {"f": PLAN}, **more)
    if coder is None:
        # The live model does not know of the answers that are recalled: its script begins where the old one died.
        stage._turns["coder", "g"] = 1
    return await stage.run(recall=Recall(log))


def told(grown: Grown) -> list[object]:
    """What happened, but for names, times, where an answer came from, and when in a call a wish was uttered."""
    left_out = ev.TextStreamed | CallEnded | Steered
    kept = [entry.event for entry in grown.entries if not isinstance(entry.event, left_out)]
    return [type(e) if isinstance(e, RunStarted | ev.RunEnded) else _fresh(e) for e in kept]


def _fresh(event: object) -> object:
    from msgspec.structs import replace

    return replace(event, recalled=False) if isinstance(event, CallStarted) else event


async def test_a_run_that_died_in_a_subtree_goes_on_where_it_died():
    before = await died()
    after = await resumed(before.entries)
    whole = await Stage(ANSWERS, {"f": PLAN}).run()
    assert told(after) == told(whole)
    assert after.state.solution.verdict == "verified"  # type: ignore[union-attr]


async def test_what_was_answered_is_not_asked_again():
    after = await resumed((await died()).entries)
    recalled = [event.recalled for event in after.events(CallStarted)]
    live = sum(len(model.asks) for model in after.models.values())
    assert (recalled.count(True), recalled.index(False)) == (9, 9)
    assert live == recalled.count(False) == 2


async def test_recalled_answers_keep_their_text_their_tokens_and_their_cost():
    before, after = await died(), None
    after = await resumed(before.entries)
    old = [(c.text, c.tokens, c.cost) for c in before.state.calls if c.status == "done"]
    assert [(c.text, c.tokens, c.cost) for c in after.state.calls][: len(old)] == old


async def test_a_call_that_was_under_way_when_the_run_died_is_asked_again():
    entries = (await died()).entries
    ended = next(
        n for n, entry in enumerate(entries) if isinstance(entry.event, CallEnded) and entry.event.call == "c8"
    )
    after = await resumed(entries[:ended])
    assert [event.recalled for event in after.events(CallStarted)][:8] == [True] * 7 + [False]


async def test_a_log_cut_short_by_a_crash_is_good_to_go_on_from(tmp_path: Path):
    record = Recording(tmp_path / "run.jsonl")
    for entry in (await died()).entries:
        record.keep(entry)
    record.close()
    (tmp_path / "run.jsonl").write_bytes((tmp_path / "run.jsonl").read_bytes()[:-40])
    after = await resumed(read_log(tmp_path / "run.jsonl"))
    assert after.state.solution.verdict == "verified"  # type: ignore[union-attr]


async def test_the_log_says_which_run_it_goes_on_with():
    before = await died()
    (started,) = (await resumed(before.entries)).events(RunStarted)
    assert started.resumed == before.state.run != ""


@pytest.mark.parametrize(
    "change", [{"role": "reviewer"}, {"purpose": "draft"}, {"node": "9"}, {"model": "other"}, {"asked": "0" * 16}]
)
async def test_from_the_first_question_that_is_another_one_the_model_is_asked(change: dict[str, str]):
    from msgspec.structs import replace

    entries = [
        replace(entry, event=replace(entry.event, **change))
        if isinstance(entry.event, CallStarted) and entry.event.call == "c3"
        else entry
        for entry in (await died()).entries
    ]
    after = await resumed(entries, ANSWERS)
    assert [event.recalled for event in after.events(CallStarted)][:5] == [True, True, False, False, False]


async def test_another_stub_is_another_question():
    from grove import STUB
    from msgspec.structs import replace

    other = replace(STUB, header=STUB.header.replace("Double", "Twice"), before=STUB.before.replace("Double", "Twice"))
    after = await resumed((await died()).entries, ANSWERS, stub=other)
    assert not any(event.recalled for event in after.events(CallStarted))


async def test_a_log_without_fingerprints_is_held_against_the_length_of_its_prompts():
    from msgspec.structs import replace

    old = [
        replace(entry, event=replace(entry.event, asked="")) if isinstance(entry.event, CallStarted) else entry
        for entry in (await died()).entries
    ]
    assert sum(event.recalled for event in (await resumed(old)).events(CallStarted)) == 9


async def test_what_the_person_wished_for_is_wished_for_again_at_the_same_place():
    coder = {"f": [code(BAD), code(HALF)], "g": [TRIPLE]}
    stage = Stage(coder, {"f": PLAN})
    stage.wish(9, "body", "1", "return x")
    before = await stage.run()
    after = await resumed(before.entries, coder)
    assert told(after) == told(before)
    assert [(event.what, event.node) for event in after.events(Steered)] == [("body", "1")]
    assert sum(len(model.asks) for model in after.models.values()) == 0


async def test_a_whole_log_is_replayed_without_asking_anybody():
    before = await Stage(ANSWERS, {"f": PLAN}).run()
    after = await resumed(before.entries, ANSWERS)
    assert told(after) == told(before)
    assert sum(len(model.asks) for model in after.models.values()) == 0


@pytest.mark.parametrize("name", ["best-of-n", "funcoder", "standard"])
async def test_every_pipeline_can_be_resumed(name: str):
    coder = {"f": [code(BAD), code(GOOD)]}
    before = await Stage(coder).run(name)
    stage = Stage(coder)
    after = await stage.run(name, recall=Recall(before.entries[: len(before.entries) * 2 // 3]))
    recalled = [event.recalled for event in after.events(CallStarted)]
    assert recalled[0] is True
    assert after.state.status == "settled"
