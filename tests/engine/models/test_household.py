"""Models share a machine's memory: both stay, or one makes room, and none is loaded that cannot fit."""

import asyncio
from pathlib import Path

import pytest
from redraft.engine.errors import ModelError
from redraft.engine.models.embedded.catalogue import shipped
from redraft.engine.models.embedded.engines import Gpu
from redraft.engine.models.embedded.household import RESERVE, Household
from redraft.engine.models.embedded.memory import Memory, Need, memory_now
from redraft.engine.models.embedded.recommending import advice
from redraft.engine.settings import EmbeddedSettings

GB = 10**9


class Model:
    """A model that takes so many GB of a machine's memory while it is loaded."""

    def __init__(self, machine: "Machine", name: str, size: int) -> None:
        self.name, self.need = name, Need(weights=size * GB, cache=0, own=0)
        self.is_loaded = False
        self.silent = asyncio.Event()
        self.silent.set()
        self._machine = machine
        machine.household.join(self)

    async def load(self) -> None:
        async with self._machine.household.room_for(self):
            await asyncio.sleep(0)
            self.is_loaded = True
            self._machine.free -= self.need.total

    async def leave_memory(self) -> None:
        await asyncio.sleep(0)
        self.is_loaded = False
        self._machine.free += self.need.total


class Machine:
    def __init__(self, free: float) -> None:
        self.free = int(free * GB) + RESERVE
        self.said: list[str] = []
        self.household = Household(self.said.append, lambda: Memory(total=64 * GB, free=self.free))


async def test_both_stay_where_both_fit():
    machine = Machine(12)
    coder, reviewer = Model(machine, "coder", 5), Model(machine, "reviewer", 6)
    await coder.load()
    await reviewer.load()
    assert (coder.is_loaded, reviewer.is_loaded, machine.said) == (True, True, [])


async def test_one_makes_room_for_the_other_and_that_is_said():
    machine = Machine(10)
    coder, reviewer = Model(machine, "coder", 5), Model(machine, "reviewer", 6)
    await coder.load()
    await reviewer.load()
    assert (coder.is_loaded, reviewer.is_loaded) == (False, True)
    assert machine.said == ["making room for reviewer: coder leaves the memory until it is asked again"]
    await coder.load()
    assert (coder.is_loaded, reviewer.is_loaded) == (True, False)


async def test_of_several_the_one_that_was_not_asked_for_longest_leaves_first():
    machine = Machine(10)
    one, two, three = (Model(machine, name, 4) for name in ("one", "two", "three"))
    await one.load()
    await two.load()
    machine.household.used(one)
    await three.load()
    assert [model.is_loaded for model in (one, two, three)] == [True, False, True]


async def test_a_model_that_answers_is_waited_for():
    machine = Machine(10)
    coder, reviewer = Model(machine, "coder", 5), Model(machine, "reviewer", 6)
    await coder.load()
    coder.silent.clear()
    loading = asyncio.ensure_future(reviewer.load())
    await asyncio.sleep(0.01)
    assert (coder.is_loaded, reviewer.is_loaded) == (True, False)
    coder.silent.set()
    await asyncio.wait_for(loading, 5)
    assert (coder.is_loaded, reviewer.is_loaded) == (False, True)


async def test_a_model_that_has_to_be_started_again_while_another_waits_for_it_is():
    machine = Machine(10)
    coder, reviewer = Model(machine, "coder", 5), Model(machine, "reviewer", 6)
    await coder.load()
    coder.silent.clear()
    loading = asyncio.ensure_future(reviewer.load())
    await asyncio.sleep(0.01)
    await coder.leave_memory()
    await asyncio.wait_for(coder.load(), 5)
    coder.silent.set()
    await asyncio.wait_for(loading, 5)
    assert reviewer.is_loaded


async def test_two_that_load_at_the_same_time_do_not_count_on_the_same_memory():
    machine = Machine(10)
    coder, reviewer = Model(machine, "coder", 6), Model(machine, "reviewer", 6)
    await asyncio.gather(coder.load(), reviewer.load())
    assert [coder.is_loaded, reviewer.is_loaded].count(True) == 1
    assert machine.free >= 0


async def test_what_cannot_fit_whoever_leaves_is_refused_with_its_numbers():
    machine = Machine(4)
    with pytest.raises(ModelError, match=r"takes 9\.0 GB of memory .* 4\.5 GB are free") as raised:
        await Model(machine, "large", 9).load()
    assert raised.value.kind == "no memory"


async def test_a_little_too_little_is_tried():
    machine = Machine(4)
    await (model := Model(machine, "tight", 4)).load()
    machine.free = 4 * GB
    await model.leave_memory()
    await model.load()
    assert model.is_loaded


def proc(root: Path, total: int, free: int, group: str = "/") -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/meminfo").write_text(f"MemTotal: {total} kB\nMemFree: 1 kB\nMemAvailable: {free} kB\n")
    (root / "proc/self/cgroup").write_text(f"0::{group}\n")
    return root


def group(folder: Path, limit: str, used: int, spare: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(limit)
    (folder / "memory.current").write_text(str(used))
    (folder / "memory.stat").write_text(f"anon 1\ninactive_file {spare}\n")


def test_memory_is_what_the_system_has_free_or_what_a_container_may_have(tmp_path: Path):
    assert memory_now(proc(tmp_path / "bare", 1000, 600)) == Memory(total=1_024_000, free=614_400)
    bound = proc(tmp_path / "bound", 1000, 600, "/a/b")
    group(bound / "sys/fs/cgroup/a/b", "max\n", 1, 1)
    group(bound / "sys/fs/cgroup/a", "500000\n", 400_000, 50_000)
    assert memory_now(bound) == Memory(total=500_000, free=150_000)


def use(gigabytes: float, *, gpu: float = 0) -> tuple[str, ...]:
    cards = (Gpu(name="card", total=int(gpu * 2**30), free=0),) if gpu else ()
    # What a machine is sold with, less what its firmware keeps.
    memory = Memory(total=int(gigabytes * 2**30 * 0.97))
    return advice(shipped(), memory, cards, EmbeddedSettings()).chosen.typed


SMALL, CODER_ALONE = ("coder=qwen2.5-coder-1.5b",), ("coder=qwen2.5-coder-7b",)
FOUR, EIGHT = (*CODER_ALONE, "reviewer=qwen3-4b"), (*CODER_ALONE, "reviewer=qwen3-8b")
LARGE = ("coder=qwen2.5-coder-14b", "reviewer=qwen3-14b")


@pytest.mark.parametrize(
    ("gigabytes", "line_up"),
    [(0, SMALL), (1, SMALL), (4, SMALL), (6, SMALL), (8, SMALL), (12, CODER_ALONE), (16, FOUR), (18, FOUR), (24, EIGHT),
     (32, LARGE), (64, LARGE), (1024, LARGE)],
)  # fmt: skip
def test_the_recommended_line_up_grows_with_the_memory(gigabytes: float, line_up: tuple[str, ...]):
    assert use(gigabytes) == line_up


def test_a_gpu_counts_where_it_holds_more():
    assert (use(8, gpu=16), use(64, gpu=8)) == (EIGHT, LARGE)


def test_no_memory_told_is_the_smallest():
    assert advice(shipped(), None, (), EmbeddedSettings()).chosen.typed == SMALL


def test_more_context_needs_more_memory():
    assert advice(shipped(), Memory(total=17 * GB), (), EmbeddedSettings(context=131_072)).chosen.typed == CODER_ALONE
