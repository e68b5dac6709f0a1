"""Which llama.cpp runs the models, and that a program of the user's is started, watched and ended as ours is."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from redraft.engine.errors import ModelError
from redraft.engine.models.embedded import engines
from redraft.engine.models.embedded.engines import engine_for, missing
from redraft.engine.models.embedded.logs import reason_in
from redraft.engine.models.embedded.model import EmbeddedModel
from redraft.engine.models.embedded.server import Order, Tuning, variables
from redraft.engine.models.embedded.weights import Weights

TINY = Weights(file="tiny.gguf", size=4, sha256="0" * 64, repository="owner/tiny", called="tiny")
PROGRAM = Path(__file__).with_name("llama_server_stand_in.py")


def environ(folder: Path, how: str = "", name: str = "llama-server") -> dict[str, str]:
    """An environment with the stand-in on the path."""
    place = folder / "bin" / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(f'#!/bin/sh\nexec {sys.executable} -S {PROGRAM} "$@"\n')
    place.chmod(0o755)
    (folder / "tiny.gguf").write_bytes(b"GGUF")
    return {**os.environ, "PATH": f"{place.parent}:/usr/bin:/bin", "STAND_IN": how, "REDRAFT_MODEL_DIR": str(folder)}


@pytest.fixture
def without_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)


async def test_ours_runs_models_unless_a_program_has_a_gpu_that_ours_cannot_use(tmp_path: Path):
    plain = await engine_for("auto", environ(tmp_path))
    with_gpu = await engine_for("auto", environ(tmp_path, "gpu"))
    assert (plain.name, with_gpu.name, [gpu.name for gpu in with_gpu.gpus]) == (
        "xllamacpp", "llama-server", ["NVIDIA Made Up"],
    )  # fmt: skip


async def test_ours_is_kept_where_it_can_use_the_gpu_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async def have(_: object) -> tuple[engines.Gpu, ...]:
        return (engines.Gpu(name="x", total=1, free=1),)

    monkeypatch.setattr(engines, "our_gpus", have)
    assert (await engine_for("auto", environ(tmp_path, "gpu"))).name == "xllamacpp"


async def test_ours_is_kept_beside_a_program_that_is_too_old(tmp_path: Path):
    engine = await engine_for("auto", environ(tmp_path, "gpu build=3000"))
    assert engine.name == "xllamacpp"
    assert "build 3000" in engine.why


@pytest.mark.usefixtures("without_ours")
async def test_a_program_takes_the_place_of_ours(tmp_path: Path):
    engine = await engine_for("auto", environ(tmp_path))
    assert (engine.name, engine.build) == ("llama-server", "build 9000")


@pytest.mark.parametrize("build", ["0", "7500", "123456"])
async def test_a_program_that_is_named_is_taken_by_name_or_path(tmp_path: Path, build: str):
    around = environ(tmp_path, f"build={build}", "my-llama")
    for named in ("my-llama", str(tmp_path / "bin/my-llama")):
        assert (await engine_for(named, around)).program == str(tmp_path / "bin/my-llama")


@pytest.mark.parametrize(
    ("how", "told"), [("build=7499", "too old"), ("build=1", "too old"), ("silent", "its version")]
)
async def test_a_program_that_is_named_and_cannot_be_used_is_told(tmp_path: Path, how: str, told: str):
    with pytest.raises(ModelError, match=told) as raised:
        await engine_for("llama-server", environ(tmp_path, how))
    assert raised.value.kind == "no engine"


@pytest.mark.usefixtures("without_ours")
@pytest.mark.parametrize(
    ("chosen", "told"),
    [("auto", r"redraft\[embedded\]"), ("xllamacpp", r"redraft\[embedded\]"), ("other-server", "'other-server'")],
)
def test_without_an_engine_the_line_that_mends_it_is_told(chosen: str, told: str):
    import re

    assert re.search(told, missing(chosen, {"PATH": "/nonexistent"}))


def test_a_program_is_told_everything_by_variables_that_only_its_user_can_read():
    order = Order(model="/m.gguf", alias="m", key="secret", tuning=Tuning(context=4096, gpu_layers=7, threads=3))
    told = variables(order, 1234)
    assert (told["LLAMA_API_KEY"], told["LLAMA_ARG_CTX_SIZE"], told["LLAMA_ARG_N_GPU_LAYERS"]) == (
        "secret",
        "4096",
        "7",
    )
    assert "LLAMA_ARG_N_GPU_LAYERS" not in variables(Order(model="/m", alias="m", key="k"), 1)


async def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.02)


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def served(folder: Path, how: str) -> EmbeddedModel:
    return EmbeddedModel(
        environ(folder, how), folder / "state", file=TINY, tuning=Tuning(engine="llama-server", context=512)
    )


def pid_in(log: Path) -> int:
    return int(log.read_text().split("pid ")[1].split()[0])


async def test_a_program_is_waited_for_and_ends_with_us(tmp_path: Path):
    model = served(tmp_path, "late")
    try:
        await model.start()
        server = pid_in(model.log_path)
        assert runs(server)
    finally:
        await model.aclose()
    await until(lambda: not runs(server))


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and the kernel's word on a parent's end")
async def test_a_program_ends_with_who_watches_it(tmp_path: Path):
    model = served(tmp_path, "")
    try:
        await model.start()
        server = pid_in(model.log_path)
        os.kill(parent_of(server), signal.SIGKILL)
        await until(lambda: not runs(server) and bool(model._host.how_it_ended()))
        await model.start()
        assert pid_in(model.log_path) != server
    finally:
        await model.aclose()


async def test_a_program_that_dies_is_told_with_the_reason_in_its_log(tmp_path: Path):
    model = served(tmp_path, "dies")
    try:
        with pytest.raises(ModelError, match=r"ended with code 1, because .* models of the kind 'made'"):
            await model.start()
    finally:
        await model.aclose()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("error loading model architecture: unknown model architecture: 'brandnew'", "'brandnew'"),
        ("unknown pre-tokenizer type: 'cuts'", "cuts"),
        ("ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 99", "memory"),
        ("cudaMalloc failed: out of memory", "memory"),
        ("tensor 'blk.0.w' data is not within the file bounds, model is corrupted", "damaged"),
        ("all is well", ""),
        ("unknown model architecture: '\x1b[31m'", ""),
    ],
)
def test_the_reason_is_found_in_the_log(tmp_path: Path, line: str, told: str):
    (tmp_path / "log").write_text(f"{'x' * 300_000}\n{line}\nmore\n")
    assert (told in reason_in(tmp_path / "log")) if told else reason_in(tmp_path / "log") == ""
    assert reason_in(tmp_path / "none") == ""
