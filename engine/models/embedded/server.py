"""The embedded model's own process: llama.cpp's HTTP server, started by `embedded`, gone when its standard input ends.

It is a program of its own, because loading holds the interpreter's lock for seconds and a failure may end the process.
The order comes as one JSON line on standard input (never as arguments, which every user of the machine can read); the
answer is one JSON line with the port. llama.cpp writes its log to standard error, which our parent sends to a file.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from typing import Any

import msgspec


class Tuning(msgspec.Struct, frozen=True, kw_only=True):
    """How the model is served."""

    threads: int = 0
    """0: one for each core that this process may use."""
    slots: int = 5
    """How many answers can be written at once; Best-of-N needs its N."""
    context: int = 16384
    """Tokens, shared by all slots: about 28 KiB of memory each for a 1.5B model."""
    batch: int = 256
    """Prompt tokens read between two looks at whether the client is still there: 3.5 s at most on two cores. Half as
    many would be noticed twice as soon, but reading would be a sixth slower (62 for 73 tokens/s, two cores)."""
    prompt_cache_mib: int = 384
    """Memory for prompts of before; llama.cpp's own default is 8 GiB."""
    speculation: tuple[int, int] | None = None
    """Look for the last n tokens in what was read and guess the next m (n, m); None guesses nothing.

    It holds for all requests of a server. With (4, 16) fixes were written 1.06 times as fast, drafts 0.64, so
    that it is off (tests/performance/embedded_layouts.py has the option)."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to serve."""

    model: str
    """Path of the GGUF file."""
    alias: str
    """The name it answers under."""
    key: str
    """Without it any web page open on this machine could call the server."""
    tuning: Tuning = Tuning()


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """Where it listens; the model is loaded by then."""

    port: int


def usable_cores() -> int:
    """Cores that this process may run on: `taskset` or a batch system may leave it fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def parameters(xllamacpp: Any, order: Order) -> Any:
    """llama.cpp's settings for an order; the package has no types of its own."""
    wanted, tuning = xllamacpp.CommonParams(), order.tuning
    wanted.model.path = order.model
    wanted.model_alias = {order.alias}
    wanted.api_keys = [order.key]
    wanted.hostnames = ["127.0.0.1"]
    wanted.port = 0
    wanted.ui = False
    wanted.endpoint_slots = False
    wanted.n_parallel = tuning.slots
    wanted.kv_unified = True
    wanted.n_ctx = tuning.context
    wanted.n_batch = wanted.n_ubatch = tuning.batch
    wanted.cache_ram_mib = tuning.prompt_cache_mib
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = tuning.threads or usable_cores()
    if tuning.speculation:
        wanted.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
        wanted.speculative.ngram_simple.size_n, wanted.speculative.ngram_simple.size_m = tuning.speculation
    return wanted


def main() -> None:
    """Serve until standard input ends."""
    # The order's line is read byte by byte from the descriptor: a buffered reader would hold on to it at exit.
    order = msgspec.json.decode(_first_line(), type=Order)
    # Our parent imports this module for its structs and must be able to do so without llama.cpp.
    xllamacpp: Any = importlib.import_module("xllamacpp")
    server = xllamacpp.Server(parameters(xllamacpp, order))
    port = int(server.listening_address.rpartition(":")[2])
    os.write(1, msgspec.json.encode(Serving(port=port)) + b"\n")
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    # llama.cpp's threads would hold an ordinary exit up for as long as an answer takes.
    os._exit(0)


def _first_line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        more = os.read(0, 1)
        if not more:
            sys.exit("no order came")
        line += more
    return line


if __name__ == "__main__":
    main()
