"""The embedded model's own process: llama.cpp's HTTP server, started by `embedded`, gone when its standard input ends.

Where a llama.cpp server program (`llama-server`) is to be run instead, this one starts, watches and ends it.

It is a program of its own, because loading holds the interpreter's lock for seconds and a failure may end the process.
The order comes as one JSON line on standard input (never as arguments, which every user of the machine can read); the
answer is one JSON line with the port. llama.cpp writes its log to standard error, which our parent sends to a file.
"""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import importlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec

USUAL_CONTEXT = 16_384
PR_SET_PDEATHSIG = 1
"""linux/prctl.h: which signal a process gets when its parent ends."""


class Tuning(msgspec.Struct, frozen=True, kw_only=True):
    """How the model is served."""

    engine: str = "auto"
    """As `embedded.engine` in the settings names it."""
    threads: int = 0
    """0: one for each core that this process may use."""
    slots: int = 5
    """How many answers can be written at once; Best-of-N needs its N."""
    context: int = USUAL_CONTEXT
    """Tokens, shared by all slots: about 28 KiB of memory each for a 1.5B model."""
    gpu_layers: int | None = None
    """How many layers a GPU takes; None: as many as fit."""
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
    program: str = ""
    """A llama.cpp server program that is run in place of our own; "" for ours."""
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
    if tuning.gpu_layers is not None:
        wanted.n_gpu_layers = tuning.gpu_layers  # else llama.cpp places as many as fit
    if tuning.speculation:
        wanted.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
        wanted.speculative.ngram_simple.size_n, wanted.speculative.ngram_simple.size_m = tuning.speculation
    return wanted


def main() -> None:
    """Serve until standard input ends."""
    # The order's line is read byte by byte from the descriptor: a buffered reader would hold on to it at exit.
    order = msgspec.json.decode(_first_line(), type=Order)
    # Whatever serves is held on to: llama.cpp's server ends when nobody does.
    port, serving = _run_program(order) if order.program else _serve(order)
    os.write(1, msgspec.json.encode(Serving(port=port)) + b"\n")
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    if isinstance(serving, subprocess.Popen):
        serving.kill()  # it has nothing to finish, and answers that nobody waits for would hold it up
    # llama.cpp's threads would hold an ordinary exit up for as long as an answer takes.
    os._exit(0)


def _serve(order: Order) -> tuple[int, object]:
    """Start llama.cpp in this process; gives the port on which it answers, and the server."""
    # Our parent imports this module for its structs and must be able to do so without llama.cpp.
    xllamacpp: Any = importlib.import_module("xllamacpp")
    server = xllamacpp.Server(parameters(xllamacpp, order))
    return int(server.listening_address.rpartition(":")[2]), server


def _run_program(order: Order) -> tuple[int, subprocess.Popen[bytes]]:
    """Start the program that the order names; gives the port on which it answers, and the program.

    When it ends, this process ends with its code, so that our parent hears of it.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    prepare = _leaving_with_its_parent()
    child = subprocess.Popen(
        [order.program],
        env={**os.environ, **variables(order, port)},
        stdin=subprocess.DEVNULL,
        stdout=2,  # our own standard output is for the port
        preexec_fn=prepare,
    )

    def follow() -> None:
        code = child.wait()
        os._exit(code if code >= 0 else 128 - code)

    threading.Thread(target=follow, daemon=True).start()
    while not _answers(port):
        time.sleep(0.1)
    return port, child


def variables(order: Order, port: int) -> dict[str, str]:
    """llama-server's settings for an order: no other user of this machine can read them, as its arguments can be."""
    tuning = order.tuning
    wanted = {
        "MODEL": order.model,
        "ALIAS": order.alias,
        "HOST": "127.0.0.1",
        "PORT": port,
        "N_PARALLEL": tuning.slots,
        "KV_UNIFIED": 1,
        "CTX_SIZE": tuning.context,
        "BATCH": tuning.batch,
        "UBATCH": tuning.batch,
        "CACHE_RAM": tuning.prompt_cache_mib,
        "THREADS": tuning.threads or usable_cores(),
        "UI": 0,
        "ENDPOINT_SLOTS": 0,
    }
    if tuning.gpu_layers is not None:
        wanted["N_GPU_LAYERS"] = tuning.gpu_layers  # else llama.cpp places as many as fit
    return {**{f"LLAMA_ARG_{name}": str(value) for name, value in wanted.items()}, "LLAMA_API_KEY": order.key}


def _answers(port: int) -> bool:
    """Whether a model is loaded there; 503 is said while it loads."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _leaving_with_its_parent() -> Callable[[], None] | None:
    """What a child does before it becomes the program, so that it ends however we end; no thread runs yet."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


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
