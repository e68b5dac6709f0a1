"""Line-ups, sizes, and the exact commands that come of them."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import msgspec
import pytest
from redraft.engine.errors import EnvironmentFault, UsageError
from redraft.engine.models.vllm.commands import (
    Command,
    commands,
    free_ports,
    program,
    reasoning_parser,
    start_waves,
)
from redraft.engine.models.vllm.gpus import Device, assumed
from redraft.engine.models.vllm.placing import ordered, placed
from redraft.engine.models.vllm.presets import PRESETS, lineup, replica_counts
from redraft.engine.models.vllm.sizes import (
    PUBLISHED,
    Size,
    size_of,
    told_sizes,
)

CARDS = tuple(Device(index=i, uuid=f"GPU-{i}", name="card", total_mib=48 * 1024, free_mib=48 * 1024) for i in range(2))
CPU = Device(index=0, name="2 cores", total_mib=24_000, free_mib=20_000, kind="cpu")


def planned(*words: str, devices: tuple[Device, ...] = CARDS, size: Size | None = None) -> tuple[Command, ...]:
    orders = ordered(lineup(words), {}, lambda model: size or PUBLISHED[model])
    places = placed(orders, devices, context=8192)
    return commands(places, ("vllm",), range(9001, 9001 + len(places)))


# ---------------------------------------------------------------------------------------------------------- line-ups


def test_without_words_the_papers_pair_is_served() -> None:
    models = lineup([]).models
    assert models["coder"] == models["tester"] == "Qwen/Qwen2.5-Coder-14B-Instruct-AWQ"
    assert models["reviewer"] == models["planner"] == "Qwen/Qwen3-32B-AWQ"


@pytest.mark.parametrize("size", ["4B", "8B", "14B", "32B"])
def test_pat_pairs_a_generator_with_the_32b_planner(size: str) -> None:
    models = lineup([f"pat-{size.lower()}"]).models
    assert (models["coder"], models["tester"], models["planner"]) == (
        f"Qwen/Qwen3-{size}",
        f"Qwen/Qwen3-{size}",
        "Qwen/Qwen3-32B",
    )


@pytest.mark.parametrize(
    "name", ["pat-4b-alone", "pat-8b-alone", "pat-14b-alone", "pat-llama-8b", "pat-deepseek-lite", "pat-32b"]
)
def test_a_homogeneous_line_up_is_one_model(name: str) -> None:
    assert len(lineup([name]).roles_by_model) == 1


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_the_papers_line_ups_run_in_half_precision_and_those_of_a_user_as_their_files_say(name: str) -> None:
    large = tuple(msgspec.structs.replace(card, total_mib=80 * 1024, free_mib=80 * 1024) for card in CARDS)
    for command in planned(name, devices=(*large, *(msgspec.structs.replace(c, index=c.index + 2) for c in large))):
        assert command.argv[command.argv.index("--dtype") + 1] == "float16"
    (own,) = planned("coder=a/b-7B", size=PUBLISHED["Qwen/Qwen3-8B"])
    assert "--dtype" not in own.argv


@pytest.mark.parametrize("words", ["2x24GB", "1x80GB, 2x24gb", "16x141GB"])
def test_cards_of_another_machine_are_taken_at_their_word(words: str) -> None:
    devices = assumed(words)
    assert len(devices) == sum(int(word.split("x")[0]) for word in words.split(","))
    assert len({device.index for device in devices}) == len(devices)
    assert placed(ordered(lineup([]), {}, PUBLISHED.__getitem__), devices)


@pytest.mark.parametrize(
    "words", ["", "24GB", "2x24", "0x24GB", "2x0GB", "2 x 24GB", "999x24GB", "2x24GB,", "²x24GB", "2x24TB"]
)
def test_other_words_for_cards_are_refused_with_an_example(words: str) -> None:
    with pytest.raises(UsageError, match="2x24GB"):
        assumed(words)


def test_every_preset_names_models_of_known_size() -> None:
    assert {model for preset in PRESETS.values() for model in preset.models.values()} == set(PUBLISHED)


def test_roles_that_are_not_named_follow_as_in_the_settings() -> None:
    assert lineup(["coder=a/b-7B"]).models == dict.fromkeys(("coder", "reviewer", "planner", "tester"), "a/b-7B")
    assert lineup(["coder=a", "reviewer=b"]).models == {"coder": "a", "tester": "a", "reviewer": "b", "planner": "b"}


def test_a_preset_can_be_changed_in_one_role() -> None:
    assert lineup(["pat-4b", "planner=mine"]).models["planner"] == "mine"
    assert lineup(["pat-4b", "planner=mine"]).models["coder"] == "Qwen/Qwen3-4B"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["pat-7b"], "did you mean 'pat-"),
        (["codr=x"], "did you mean 'coder'"),
        (["coder="], "write ROLE=MODEL"),
        (["reviewer=x"], "name the coder's model too"),
        (["pat-4b", "pat-8b"], "write ROLE=MODEL"),
    ],
)
def test_a_line_up_that_makes_no_sense_is_told(words: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        lineup(words)


def test_replicas_are_counted_by_model() -> None:
    assert replica_counts(["coder=3", "tester=2"], lineup([])) == {"Qwen/Qwen2.5-Coder-14B-Instruct-AWQ": 3}


@pytest.mark.parametrize("word", ["coder=0", "coder=x", "coder=65", "coder=²", "coder"])
def test_a_number_of_replicas_that_is_none_is_told(word: str) -> None:
    with pytest.raises(UsageError, match=r"write ROLE=(N|MODEL)"):
        replica_counts([word], lineup([]))


# ------------------------------------------------------------------------------------------------------------- sizes


def folder(where: Path, **config: object) -> Path:
    where.mkdir(parents=True)
    base = {"num_hidden_layers": 2, "num_attention_heads": 4, "hidden_size": 256, "num_key_value_heads": 2}
    (where / "config.json").write_text(json.dumps(base | config))
    (where / "model.safetensors").write_bytes(b"x" * 1000)
    return where


def test_files_that_are_here_tell_the_size(tmp_path: Path) -> None:
    size = size_of(str(folder(tmp_path / "m", max_position_embeddings=4096)), {})
    assert (size.weights_gb, size.kv_bytes, size.longest) == (1e-6, 2 * 2 * 2 * 64 * 2, 4096)


def test_the_hubs_cache_is_looked_into(tmp_path: Path) -> None:
    folder(tmp_path / "hub" / "models--org--name" / "snapshots" / "abc")
    assert "its files in" in size_of("org/name", {"HF_HOME": str(tmp_path)}).source


def test_an_index_counts_weights_that_are_still_to_come(tmp_path: Path) -> None:
    here = folder(tmp_path / "m")
    (here / "model.safetensors.index.json").write_text('{"metadata": {"total_size": 5000000000}, "weight_map": {}}')
    assert size_of(str(here), {}).weights_gb == 5.0


@pytest.mark.parametrize("content", ["", "[]", "{", '{"num_hidden_layers": "many"}', "\x00"])
def test_a_damaged_config_is_not_believed(tmp_path: Path, content: str) -> None:
    here = folder(tmp_path / "a-7B")
    (here / "config.json").write_text(content)
    assert size_of(str(here), {}).source == "a guess from its name"


@pytest.mark.parametrize(
    ("name", "gb"),
    [("o/Qwen2.5-Coder-7B-Instruct", 14.0), ("o/x-70b-AWQ", 36.4), ("o/x-0.5B", 1.0), ("o/x-350M", 0.7),
     ("o/Qwen3-30B-A3B", 60.0), ("o/x-8B-FP8", 8.0)],
)  # fmt: skip
def test_a_name_gives_a_guess(name: str, gb: float) -> None:
    assert size_of(name, {"HF_HOME": "/nowhere"}).weights_gb == pytest.approx(gb)


def test_a_model_of_unknown_size_is_asked_for() -> None:
    with pytest.raises(UsageError, match="--weights-gb"):
        size_of("org/mystery", {"HF_HOME": "/nowhere"})
    assert told_sizes(["org/mystery=12.5"])["org/mystery"].weights_gb == 12.5


@pytest.mark.parametrize("word", ["x", "x=", "=3", "x=nan", "x=0", "x=-1", "x=1e9"])
def test_a_told_size_that_is_none_is_told(word: str) -> None:
    with pytest.raises(UsageError, match="write MODEL=GB"):
        told_sizes([word])


# ---------------------------------------------------------------------------------------------------------- commands


def test_the_papers_commands_are_exactly_these() -> None:
    coder, reviewer = planned()
    assert coder.shown == (
        "CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=1 VLLM_NO_USAGE_STATS=1 "
        "vllm serve Qwen/Qwen2.5-Coder-14B-Instruct-AWQ --host 127.0.0.1 --port 9001 "
        "--served-model-name Qwen/Qwen2.5-Coder-14B-Instruct-AWQ --max-model-len 8192 --dtype float16 --gpu-memory-utilization 0.920 "
        "--generation-config vllm --allowed-origins '[]'"
    )
    assert reviewer.shown == (
        "CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=0 VLLM_NO_USAGE_STATS=1 "
        "vllm serve Qwen/Qwen3-32B-AWQ --host 127.0.0.1 --port 9002 --served-model-name Qwen/Qwen3-32B-AWQ "
        "--max-model-len 8192 --dtype float16 --gpu-memory-utilization 0.920 --generation-config vllm --reasoning-parser qwen3 "
        "--allowed-origins '[]'"
    )
    assert (coder.base_url, reviewer.base_url) == ("http://127.0.0.1:9001/v1", "http://127.0.0.1:9002/v1")


def test_a_model_on_two_cards_is_split_between_them() -> None:
    (command,) = planned("pat-32b")
    assert "--tensor-parallel-size 2" in command.shown
    assert "CUDA_VISIBLE_DEVICES=0,1" in command.shown


def test_on_the_processor_no_card_is_named(tmp_path: Path) -> None:
    here = folder(tmp_path / "tiny")
    (command,) = planned(f"coder={here}", devices=(CPU,), size=Size(weights_gb=0.1, kv_bytes=1000))
    assert dict(command.environ) == {
        "VLLM_TARGET_DEVICE": "cpu",
        "VLLM_CPU_KVCACHE_SPACE": "4",
        "VLLM_NO_USAGE_STATS": "1",
    }
    assert "--gpu-memory-utilization" not in command.argv
    assert command.argv[:3] == ("vllm", "serve", str(here))
    assert command.model == "tiny"


@pytest.mark.parametrize(
    ("model", "parser"),
    [("Qwen/Qwen3-8B", "qwen3"), ("Qwen/Qwen3-Coder-30B-A3B-Instruct", ""), ("Qwen/Qwen3-4B-Instruct-2507", ""),
     ("Qwen/QwQ-32B", "deepseek_r1"), ("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", "deepseek_r1"), ("o/other", "")],
)  # fmt: skip
def test_only_models_that_think_aloud_get_a_parser_for_it(model: str, parser: str) -> None:
    assert reasoning_parser(model) == parser


def executable(path: Path) -> str:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_vllm_on_the_path_is_preferred_to_uvx(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match=r"redraft\[vllm\]"):
        program({"PATH": str(tmp_path)})
    uvx = executable(tmp_path / "uvx")
    assert program({"PATH": str(tmp_path)}) == (uvx, "--from", "vllm", "vllm")
    vllm = executable(tmp_path / "vllm")
    assert program({"PATH": str(tmp_path)}) == (vllm,)


def test_free_ports_are_different_and_free() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(EnvironmentFault, match=f"port {port} cannot be used"):
            free_ports(1, port)
    with pytest.raises(EnvironmentFault, match="port 70000 cannot be used"):
        free_ports(1, 70000)


def test_servers_that_share_a_card_start_in_turn_and_others_at_once() -> None:
    apart = planned()
    assert start_waves(apart) == (apart,)
    together = planned("coder=a", "reviewer=b", devices=CARDS[:1], size=Size(weights_gb=5, kv_bytes=1))
    assert start_waves(together) == ((together[0],), (together[1],))
