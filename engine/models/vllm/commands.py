"""The exact `vllm serve` command of a server, and which vLLM runs it."""

from __future__ import annotations

import math
import re
import shlex
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from ...errors import EnvironmentFault
from ...facts import Fact
from ...system.programs import find_program
from .placing import Place

HOST = "127.0.0.1"
"""vLLM's key does not cover `/tokenize` and `/metrics`: nobody else may reach them."""
KEY_VARIABLE = "VLLM_API_KEY"
"""In the environment, because every user of the machine can read arguments."""


class Command(Fact, frozen=True):
    """One server as it is started."""

    place: Place
    argv: tuple[str, ...]
    environ: tuple[tuple[str, str], ...]
    """Set beside what is there already; the key is not among them."""
    port: int
    model: str
    """The name it answers under."""

    @property
    def root(self) -> str:
        """Its address without a path."""
        return f"http://{HOST}:{self.port}"

    @property
    def base_url(self) -> str:
        """Its address for the settings."""
        return f"{self.root}/v1"

    @property
    def shown(self) -> str:
        """As one line for a shell."""
        return " ".join([*(f"{name}={shlex.quote(value)}" for name, value in self.environ), shlex.join(self.argv)])


def program(environ: Mapping[str, str]) -> tuple[str, ...]:
    """How to call vLLM: from the environment (beside this Python, or on the path), else through uvx.

    Raises:
        EnvironmentFault: there is neither.
    """
    beside = Path(sys.executable).parent
    search = f"{beside}:{environ.get('PATH', '')}"
    if found := find_program("vllm", search):
        return (found,)
    if found := find_program("uvx", search):
        return (found, "--from", "vllm", "vllm")
    raise EnvironmentFault(
        "vLLM is not installed: install redraft with its extra `redraft[vllm]` (Linux; several GB), put a `vllm` on "
        "the path, or install uv, whose `uvx` fetches it"
    )


def commands(places: Sequence[Place], vllm: Sequence[str], ports: Sequence[int]) -> tuple[Command, ...]:
    """The command of each place, in their order."""
    return tuple(_command(place, vllm, port) for place, port in zip(places, ports, strict=True))


def _command(place: Place, vllm: Sequence[str], port: int) -> Command:
    model = place.order.model
    on_gpu = place.devices[0].kind == "gpu"
    name = Path(model).name if Path(model).expanduser().is_dir() else model
    argv = [*vllm, "serve", str(Path(model).expanduser().resolve()) if name != model else model]
    argv += ["--host", HOST, "--port", str(port), "--served-model-name", name]
    argv += ["--max-model-len", str(place.context)]
    if place.order.dtype and on_gpu:
        argv += ["--dtype", place.order.dtype]
    if on_gpu:
        argv += ["--gpu-memory-utilization", f"{place.share:.3f}"]
    if len(place.devices) > 1:
        argv += ["--tensor-parallel-size", str(len(place.devices))]
    # Otherwise vLLM adds a repetition penalty and other sampling of the model's own to what we ask for.
    argv += ["--generation-config", "vllm"]
    if parser := reasoning_parser(model):
        argv += ["--reasoning-parser", parser]
    # Older versions let every web page call them.
    argv += ["--allowed-origins", "[]"]
    return Command(place=place, argv=tuple(argv), environ=_environ(place, on_gpu=on_gpu), port=port, model=name)


def _environ(place: Place, *, on_gpu: bool) -> tuple[tuple[str, str], ...]:
    quiet = ("VLLM_NO_USAGE_STATS", "1")
    if on_gpu:
        # By the bus, as nvidia-smi counts; CUDA's own order puts the fastest card first.
        names = ",".join(str(device.index) for device in place.devices)
        return ("CUDA_DEVICE_ORDER", "PCI_BUS_ID"), ("CUDA_VISIBLE_DEVICES", names), quiet
    gib = max(1, math.ceil(place.cache_gb * 1e9 / 2**30))
    return ("VLLM_TARGET_DEVICE", "cpu"), ("VLLM_CPU_KVCACHE_SPACE", str(gib)), quiet


def reasoning_parser(model: str) -> str:
    """vLLM's name for how a model marks its thoughts, "" for one that does not think aloud.

    >>> reasoning_parser("Qwen/Qwen3-32B-AWQ"), reasoning_parser("Qwen/Qwen2.5-Coder-14B-Instruct")
    ('qwen3', '')
    """
    name = model.rpartition("/")[2].lower()
    if re.match(r"qwen3(?!-coder)", name) and "instruct" not in name:
        return "qwen3"
    return "deepseek_r1" if re.search(r"deepseek-r1|qwq", name) else ""


def free_ports(number: int, first: int | None = None) -> tuple[int, ...]:
    """Ports that nobody listens on: any (None), or `first` and those behind it.

    Raises:
        EnvironmentFault: one of the ports asked for is taken.
    """
    with ExitStack() as held:
        # All are held at once, so that none is given twice.
        return tuple(_port(held, first + i if first else 0) for i in range(number))


def _port(held: ExitStack, wanted: int) -> int:
    listener = held.enter_context(socket.socket())
    try:
        listener.bind((HOST, wanted))
    except (OSError, OverflowError) as problem:
        raise EnvironmentFault(
            f"port {wanted} cannot be used ({problem}); end what listens there, or choose another --port"
        ) from None
    return int(listener.getsockname()[1])


def start_waves(all_: Sequence[Command]) -> tuple[tuple[Command, ...], ...]:
    """What may be started at once: vLLM measures a card while it starts, so two on one card start in turn."""
    waves: list[list[Command]] = []
    for command in all_:
        devices = set(command.place.devices)
        for wave in waves:
            if not any(devices & set(other.place.devices) for other in wave):
                wave.append(command)
                break
        else:
            waves.append([command])
    return tuple(tuple(wave) for wave in waves)
