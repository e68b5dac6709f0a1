"""A real vLLM on this machine's processor, through the launcher and the adapter. docs/serving.md says how to get one."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from redraft.engine.errors import ModelError
from redraft.engine.models.chat import Ask, Message, Reply, Sampling
from redraft.engine.models.openai import Endpoint, OpenAIChat, Retries, Secret
from redraft.engine.models.vllm.commands import Command, commands, free_ports
from redraft.engine.models.vllm.gpus import the_processor
from redraft.engine.models.vllm.models import serving
from redraft.engine.models.vllm.placing import ordered, placed
from redraft.engine.models.vllm.presets import lineup
from redraft.engine.models.vllm.sizes import size_of

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]
KEY = "a-random-key"
QUESTION = (Message(role="user", content="Write a function that adds two numbers."),)
STUB = '```python\ndef add(a, b):\n    """Their sum."""\n'


@pytest.fixture(scope="module")
def vllm() -> str:
    found = shutil.which("vllm")
    if found is None:
        pytest.skip("no vllm on the path; docs/serving.md says how to install its CPU build")
    return found


@pytest.fixture(scope="module")
def tiny(vllm: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model made on the spot by the Python that vLLM runs on."""
    folder = tmp_path_factory.mktemp("tiny-qwen3")
    python = Path(vllm).resolve().parent / "python"
    subprocess.run([python, Path(__file__).with_name("tiny_qwen.py"), folder], check=True, capture_output=True)
    return folder


@asynccontextmanager
async def up(vllm: str, model: Path, folder: Path) -> AsyncIterator[Command]:
    orders = ordered(lineup([f"coder={model}"]), {}, lambda name: size_of(name, {}))
    planned = commands(placed(orders, (the_processor(),), context=2048), (vllm,), free_ports(1))
    # Qwen3's parser is chosen by the name, which a scratch folder does not have.
    command = msgspec.structs.replace(planned[0], argv=(*planned[0].argv, "--reasoning-parser", "qwen3"))
    async with serving([command], os.environ, folder / "logs", key=KEY):
        yield command


async def left_early(model: OpenAIChat) -> Reply:
    ask = Ask(messages=QUESTION, sampling=Sampling(max_tokens=1500, temperature=0.8, seed=2), thinking=True)
    async with model.stream(ask) as stream:
        pieces = aiter(stream)
        for _ in range(3):
            await anext(pieces)
        return stream.reply


async def test_a_real_server_continues_thinks_counts_and_leaves(vllm: str, tiny: Path, tmp_path: Path) -> None:
    async with up(vllm, tiny, tmp_path) as command:
        model = OpenAIChat(
            Endpoint(base_url=command.base_url, api_key=Secret(KEY), model=command.model), retries=Retries(attempts=1)
        )

        async def replied(**how: object) -> Reply:
            sampling = Sampling(max_tokens=24, temperature=0.8, seed=1)
            async with model.stream(Ask(messages=QUESTION, sampling=sampling, **how)) as stream:  # type: ignore[arg-type]
                async for _ in stream:
                    pass
                return stream.reply

        plain, continued, thought = await replied(), await replied(prefill=STUB), await replied(thinking=True)
        assert (await model.ready()).kind == "vllm"
        assert {reply.finish for reply in (plain, continued, thought)} == {"length"}
        assert {reply.usage.completion_tokens for reply in (plain, continued, thought)} == {24}
        assert not any(reply.usage.estimated for reply in (plain, continued, thought))
        assert (continued.prefilled, plain.prefilled) == (True, False)
        assert continued.usage.prompt_tokens > plain.usage.prompt_tokens
        assert (plain.thinking, thought.text) == ("", "")
        assert thought.thinking
        left = await left_early(model)
        assert (left.finish, left.usage.estimated) == ("cut", False)
        assert 3 <= left.usage.completion_tokens < 1500
        with pytest.raises(ModelError, match="the prompt is too long") as caught:
            await replied(prefill="x = 1\n" * 3000)
        assert caught.value.kind == "context"
        await model.aclose()
    assert KEY not in await asyncio.to_thread((tmp_path / "logs" / "coder.log").read_text)
