"""Two models on one machine: a server each with its own log, shared by name, and one makes room for the other."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redraft.engine.errors import ModelError
from redraft.engine.models.chat import Ask, Message, Sampling
from redraft.engine.models.embedded.catalogue import shipped
from redraft.engine.models.embedded.finding import find
from redraft.engine.models.embedded.household import Household
from redraft.engine.models.embedded.memory import Memory
from redraft.engine.models.embedded.model import EmbeddedModel
from redraft.engine.models.embedded.weights import Weights

STAND_IN = (sys.executable, str(Path(__file__).with_name("embedded_stand_in.py")))
CODER, REVIEWER = (
    Weights(file=f"{name}.gguf", size=4, sha256="0" * 64, repository="o/m", called=name)
    for name in ("quick", "thinking")
)


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def said(model: EmbeddedModel, text: str = "hello", tokens: int = 8) -> str:
    ask = Ask(messages=(Message(role="user", content=text),), sampling=Sampling(max_tokens=tokens))
    async with model.stream(ask) as answer:
        async for _ in answer:
            pass
    return answer.reply.text


class Machine:
    """A folder with the files of two models, and a memory with `free` bytes that does not change."""

    def __init__(self, root: Path, files: Sequence[Weights], free: int) -> None:
        self.state = root / "state"
        self.environ = {**os.environ, "REDRAFT_MODEL_DIR": str(root), "HF_HOME": str(root), "HOME": str(root)}
        self.notices: list[str] = []
        self.household = Household(self.notices.append, lambda: Memory(total=64 * 10**9, free=free))
        self.files = files

    @asynccontextmanager
    async def models(self, program: Sequence[str] = STAND_IN) -> AsyncIterator[list[EmbeddedModel]]:
        models = [
            EmbeddedModel(self.environ, self.state, file=file, household=self.household, program=program)
            for file in self.files
        ]
        try:
            yield models
        finally:
            for model in models:
                await model.aclose()

    def pid(self, file: Weights) -> int:
        return json.loads((self.state / f"embedded-{file.name}.json").read_text())["pid"]


def machine(root: Path, free: int) -> Machine:
    for file in (CODER, REVIEWER):
        (root / file.file).write_bytes(b"GGUF")
    return Machine(root, (CODER, REVIEWER), free)


async def test_each_has_a_server_and_a_log_of_its_own_and_both_end_with_us(tmp_path: Path):
    here = machine(tmp_path, free=32 * 10**9)
    async with here.models() as (coder, reviewer):
        assert [await said(coder), await said(reviewer)] == ["one two three four "] * 2
        pids = [here.pid(CODER), here.pid(REVIEWER)]
        assert len(set(pids)) == 2
        assert coder.log_path != reviewer.log_path
        assert [runs(pid) for pid in pids] == [True, True]
    assert [runs(pid) for pid in pids] == [False, False]
    assert here.notices == []


async def test_where_both_do_not_fit_one_makes_room_and_comes_back(tmp_path: Path):
    here = machine(tmp_path, free=3 * 10**9)
    async with here.models() as (coder, reviewer):
        await said(coder)
        first = here.pid(CODER)
        await said(reviewer)
        assert (runs(first), coder.is_loaded, reviewer.is_loaded) == (False, False, True)
        assert here.notices == [
            "making room for thinking (embedded): quick (embedded) leaves the memory until it is asked again"
        ]
        await said(coder)
        assert (coder.is_loaded, reviewer.is_loaded) == (True, False)


async def test_reading_ahead_puts_nobody_out_of_the_memory(tmp_path: Path):
    here = machine(tmp_path, free=3 * 10**9)
    async with here.models() as (coder, reviewer):
        await said(coder)
        await reviewer.warm([Message(role="user", content="hello")])
        assert (coder.is_loaded, reviewer.is_loaded, here.notices) == (True, False, [])


async def test_one_that_cannot_fit_at_all_is_refused_before_it_is_started(tmp_path: Path):
    here = machine(tmp_path, free=10**9)
    async with here.models() as (coder, _):
        with pytest.raises(ModelError, match="redraft model recommend") as raised:
            await said(coder)
    assert raised.value.kind == "no memory"
    assert not list(here.state.glob("*.json"))


async def test_two_redrafts_share_each_model_and_keep_those_apart_that_are_served_otherwise(tmp_path: Path):
    here, there = machine(tmp_path, free=32 * 10**9), machine(tmp_path, free=32 * 10**9)
    async with here.models() as (coder, _), there.models() as (same, other):
        await said(coder)
        await said(same)
        await said(other)
        assert (same.is_loaded, other.is_loaded) == (False, True)
        assert runs(here.pid(CODER))


PAIR = tuple(one for one in shipped() if one.called in {"qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"})


@pytest.mark.model
@pytest.mark.skipif(
    any(find(os.environ, one) is None for one in PAIR),
    reason="needs both weights: redraft model pull qwen2.5-coder-0.5b",
)
async def test_two_real_models_answer_each_from_its_own_server(tmp_path: Path):
    here = Machine(tmp_path, PAIR, free=32 * 10**9)
    here.environ = dict(os.environ)
    async with here.models(program=()) as models:
        for model in models:
            assert "4" in await said(model, "What is 2 + 2? Answer with the number alone.")
        pids = [here.pid(file) for file in PAIR]
        assert all(map(runs, pids)) and len(set(pids)) == 2
    assert not any(map(runs, pids))
