"""Which cards are here, as nvidia-smi tells, and which of them may be used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.errors import EnvironmentFault
from redraft.engine.models.vllm.gpus import (
    Device,
    allowed,
    find_gpus,
    parsed,
    the_processor,
)

TWO = "0, GPU-1a2b, NVIDIA L40S, 46068, 45512\n1, GPU-1c3d, NVIDIA L40S, 46068, 300\n"
CARDS = parsed(TWO)


def test_each_line_is_a_card_with_its_memory() -> None:
    assert parsed(TWO) == (
        Device(index=0, uuid="GPU-1a2b", name="NVIDIA L40S", total_mib=46068, free_mib=45512),
        Device(index=1, uuid="GPU-1c3d", name="NVIDIA L40S", total_mib=46068, free_mib=300),
    )


@pytest.mark.parametrize(
    "listing",
    [
        "",
        "No devices were found\n",
        "0, GPU-1, NVIDIA GB10, [N/A], [N/A]",
        "0, GPU-1, x, 0, 0",
        "index, uuid, name, a, b",
    ],
)
def test_what_is_no_card_with_memory_of_its_own_is_left_out(listing: str) -> None:
    assert parsed(listing) == ()


def test_a_comma_in_a_name_does_no_harm() -> None:
    assert parsed("3, GPU-9, Card, the big one, 100, 90")[0] == Device(
        index=3, uuid="GPU-9", name="Card, the big one", total_mib=100, free_mib=90
    )


@given(st.text())
def test_any_text_is_read_without_trouble(listing: str) -> None:
    assert all(0 <= card.free_mib <= card.total_mib for card in parsed(listing))


@pytest.mark.parametrize(
    ("visible", "indices"),
    [(None, [0, 1]), ("1", [1]), ("1,0", [1, 0]), ("", []), ("-1", []), ("0,7,1", [0]), ("GPU-1c", [1]), ("GPU-1", []),
     ("0,0", [0]), (" 1 , 0", [1, 0]), ("MIG-77", [])],
)  # fmt: skip
def test_visible_devices_are_read_as_cuda_reads_them(visible: str | None, indices: list[int]) -> None:
    assert [card.index for card in allowed(CARDS, visible)] == indices


def test_a_card_is_shown_in_decimal_gigabytes() -> None:
    assert CARDS[0].shown == "GPU 0 (NVIDIA L40S, 47.7 of 48.3 GB free)"


def program(tmp_path: Path, lines: str) -> tuple[str, ...]:
    """A stand-in for nvidia-smi."""
    file = tmp_path / "nvidia-smi.py"
    file.write_text(lines)
    return sys.executable, str(file)


async def test_the_program_is_asked_for_what_is_parsed(tmp_path: Path) -> None:
    say = f"import sys; assert '--format=csv,noheader,nounits' in sys.argv; print({TWO!r})"
    assert await find_gpus({}, program(tmp_path, say)) == CARDS
    assert await find_gpus({"CUDA_VISIBLE_DEVICES": "1"}, program(tmp_path, say)) == CARDS[1:]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("print('No devices were found')", "lists no NVIDIA GPU"),
        ("import sys; print('driver/library version mismatch'); sys.exit(18)", "driver/library version mismatch"),
        ("import sys; sys.exit(9)", "exit status 9"),
    ],
)
async def test_a_machine_without_a_usable_card_is_told_what_to_do(tmp_path: Path, lines: str, told: str) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        await find_gpus({}, program(tmp_path, lines))
    assert told in str(caught.value)
    assert "--base-url" in str(caught.value)


async def test_a_machine_without_the_program_is_told_so() -> None:
    with pytest.raises(EnvironmentFault, match=r"no NVIDIA GPU was found: /nowhere/nvidia-smi cannot be run"):
        await find_gpus({}, ("/nowhere/nvidia-smi",))


async def test_a_variable_that_hides_every_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="CUDA_VISIBLE_DEVICES='' leaves none of the 2 GPUs"):
        await find_gpus({"CUDA_VISIBLE_DEVICES": ""}, program(tmp_path, f"print({TWO!r})"))


def test_the_processor_is_a_device_with_main_memory(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:       24000000 kB\nMemFree: 5 kB\nMemAvailable:   20480000 kB\n")
    found = the_processor(meminfo)
    assert (found.kind, found.total_mib, found.free_mib) == ("cpu", 23437, 20000)


def test_a_processor_whose_memory_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="Linux only"):
        the_processor(tmp_path / "absent")
