"""Hostile programs that use too much, never end, die, or forge: they are ended in time, told apart, and never complete."""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from redraft.engine.facts import Execution
from redraft.engine.sandbox.linux import LinuxSandbox
from redraft.engine.sandbox.runner import Limits

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")
LIMITS = Limits(seconds=1.0, import_seconds=1.0, step_seconds=0.5, memory_mb=256)
LATE = 3.0

HANGS = {
    "a loop": "def f():\n    while True: pass",
    "a loop at import": "while True: pass",
    "a loop in C": "import re\ndef f(): re.match('(a*)*b', 'a' * 60)",
    "a power": "def f(): return 9 ** (9 ** 9)",
    "a sleep": "import time\ndef f(): time.sleep(60)",
    "a repr": "class R:\n    def __repr__(self):\n        while True: pass\ndef f(): return R()",
    "an exception's text": "class R(Exception):\n    def __str__(self):\n        while True: pass\ndef f(): raise R",
    "a type's name": "class M(type):\n    @property\n    def __qualname__(self):\n        while True: pass\nclass R(Exception, metaclass=M): pass\ndef f(): raise R",
    "a stop": "import os, signal\ndef f(): signal.raise_signal(signal.SIGSTOP)",
    "a lock": "import threading\ndef f():\n    l = threading.Lock(); l.acquire(); l.acquire()",
    "a join": "import threading\ndef f():\n    t = threading.Thread(target=threading.Event().wait); t.start(); t.join()",
    "all signals blocked": "import signal\ndef f():\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n    while True: pass",
    "a slow trace": "import sys, time\nsys.settrace(lambda *a: time.sleep(1))\ndef f(): return 5",
    "reading its own pipes": "import os\ndef f():\n    for n in range(3, 64):\n        try: os.read(n, 1 << 20)\n        except OSError: pass",
}
DEATHS = {
    "exit": "import os\ndef f(): os._exit(0)",
    "exit at import": "import os\nos._exit(0)",
    "a crash": "import ctypes\ndef f(): ctypes.string_at(0)",
    "an abort": "import os\ndef f(): os.abort()",
    "a kill": "import signal\ndef f(): signal.raise_signal(signal.SIGKILL)",
    "bytecode": "def f():\n    return type(f)((lambda: None).__code__.replace(co_code=b'\\x64\\x7f' * 50, co_consts=()), {})()",
    "closed pipes": "import os\ndef f(): os.closerange(0, 4096)",
    "no descriptors at import": "import os\nos.closerange(0, 4096)",
    "exit in a thread": "import os, threading, time\ndef f():\n    threading.Thread(target=os._exit, args=(0,)).start(); time.sleep(9)",
    "a deep literal": "def f(): return eval('(' * 100000)",
    "a recursion without limit": "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(): return f()",
    "limits of its own": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1, 1))\ndef f(): return [0] * 10 ** 6",
    "too much processor time": "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (0, 0))\ndef f():\n    while True: pass",
}
FORGERIES = {
    "json everywhere": "import os\ndef f():\n    for n in range(1, 64):\n        try: os.write(n, b'{\"passed\": true}\\n')\n        except OSError: pass\n    os._exit(0)",
    "a record too many": "import os, struct\n"
    "def record(kind, index, *texts):\n"
    "    body = struct.pack('>BI', kind, index) + b''.join(struct.pack('>I', len(t)) + t for t in texts)\n"
    "    return struct.pack('>I', len(body)) + body\n"
    "def f():\n"
    "    both = b''.join(record(3, i, b'5\\n', b'1', b'5', b'builtins.int', b'') for i in (0, 1))\n"
    "    for n in range(3, 64):\n"
    "        try: os.write(n, both)\n"
    "        except OSError: pass\n"
    "    os._exit(0)",
    "a record of gigabytes": "import os\ndef f():\n    for n in range(3, 64):\n        try: os.write(n, b'\\xff' * 64)\n        except OSError: pass\n    return 5",
    "replaced writing": "import os\nos.write = lambda n, b: len(b)\ndef f(): return 5",
    "noise on the pipes at import": "import os\nfor n in range(3, 64):\n    try: os.write(n, os.urandom(100))\n    except OSError: pass\ndef f(): return 5",
}
GREEDS = {
    "memory in blocks": "def f():\n    return len([bytearray(b'x' * (8 << 20)) for _ in range(100)])",
    "memory in small parts": "def f():\n    return len([[n] for n in range(20_000_000)])",
    "shared memory": "import mmap\ndef f():\n    kept = [mmap.mmap(-1, 64 << 20) for _ in range(32)]\n    [m.write(b'x' * (64 << 20)) for m in kept]\n    return 1",
    "shared memory of a device": "import mmap, os\ndef f():\n    d = os.open('/dev/zero', os.O_RDWR)\n    kept = [mmap.mmap(d, 64 << 20) for _ in range(32)]\n    [m.write(b'x' * (64 << 20)) for m in kept]\n    return 1",
    "a huge text": "def f(): return 'x' * (200 << 20)",
    "stacks": "import threading\nthreading.stack_size(64 << 20)\ndef f():\n    for _ in range(64): threading.Thread(target=threading.Event().wait).start()\n    return 1",
    "threads": "import threading\nthreading.stack_size(32768)\ndef f():\n    for _ in range(2000): threading.Thread(target=threading.Event().wait, daemon=True).start()\n    return 1",
    "files": "def f():\n    for n in range(40):\n        with open(f'f{n}', 'wb') as file:\n            for _ in range(8): file.write(b'x' * (1 << 20))\n    return 1",
    "files without names": "import os, tempfile\ndef f():\n    kept = []\n    for n in range(60):\n        file = tempfile.TemporaryFile(); kept.append(file)\n        for _ in range(8): file.write(b'x' * (1 << 20))\n    return 1",
    "files in a folder that cannot be listed": "import os\ndef f():\n    os.mkdir('h', 0o300)\n    for n in range(40):\n        with open(f'h/f{n}', 'wb') as file:\n            for _ in range(8): file.write(b'x' * (1 << 20))\n    return 1",
    "files behind a path too long for others": "import os\ndef f():\n    for _ in range(18): os.mkdir('d' * 250); os.chdir('d' * 250)\n    for n in range(40):\n        with open(f'f{n}', 'wb') as file:\n            for _ in range(8): file.write(b'x' * (1 << 20))\n    return 1",
    "files of a process that hides": "import ctypes, tempfile\ndef f():\n    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n    kept = []\n    for n in range(60):\n        file = tempfile.TemporaryFile(); kept.append(file)\n        for _ in range(8): file.write(b'x' * (1 << 20))\n    return 1",
    "files on their way": "import array, os, socket\ndef f():\n    kept = []\n    for n in range(200):\n        file = open('f', 'wb', buffering=0); os.unlink('f')\n        for _ in range(8): file.write(b'x' * (1 << 20))\n        if n % 60 == 0: kept.append(socket.socketpair())\n        kept[-1][0].sendmsg([b'x'], [(1, 1, array.array('i', [file.fileno()]))])\n        file.close()\n    return 1",
    "one file": "def f():\n    with open('one', 'wb') as file:\n        for _ in range(300): file.write(b'x' * (1 << 20))\n    return 1",
    "descriptors": "import os\ndef f():\n    return [os.open('/dev/null', 0) for _ in range(5000)] and 1",
    "pipes": "import fcntl, os\ndef f():\n    for _ in range(1000):\n        r, w = os.pipe(); fcntl.fcntl(w, 1031, 1 << 20)\n    return 1",
}


def is_complete(done: Execution) -> bool:
    return not done.problem and all(outcome.status == "returned" for outcome in done.outcomes)


@pytest.mark.parametrize("name", HANGS)
async def test_what_never_ends_is_ended(strong: LinuxSandbox, name: str) -> None:
    began = time.monotonic()
    done = await strong.run(HANGS[name] + "\n", ["f()", "1"], LIMITS)
    assert not is_complete(done)
    assert time.monotonic() - began < LATE + LIMITS.seconds


@pytest.mark.parametrize("name", DEATHS)
async def test_a_process_that_dies_is_no_complete_run(strong: LinuxSandbox, name: str) -> None:
    done = await strong.run(DEATHS[name] + "\n", ["f()", "f()"], LIMITS)
    assert not is_complete(done)
    assert {outcome.status for outcome in done.outcomes} <= {"crashed", "raised", "timeout", "not run"}
    # The next run is none the worse for it.
    assert is_complete(await strong.run("", ["1"], LIMITS))


@pytest.mark.parametrize("name", FORGERIES)
async def test_what_is_forged_is_no_complete_run(strong: LinuxSandbox, name: str) -> None:
    assert not is_complete(await strong.run(FORGERIES[name] + "\n", ["f()", "f()"], LIMITS))


@pytest.mark.parametrize("name", GREEDS)
async def test_greed_is_bounded(strong: LinuxSandbox, name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = await strong.run(GREEDS[name] + "\n", ["f()"], Limits(seconds=4.0, step_seconds=4.0, memory_mb=256))
    assert not is_complete(done), done
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


@pytest.mark.parametrize(
    "program",
    [
        "import os\nwhile True: os.write(1, b'x' * 65536)",
        "import sys\nwhile True: print('x' * 65536, file=sys.stderr)",
        "while True: print('x' * 65536)",
        "def f(): print('\\x1b[2J' * 10 ** 6); return 5",
        "def f():\n    def g(n): return g(n - 1) if n else 1 / 0\n    import sys; sys.setrecursionlimit(60000); g(20000)",
        "def f(): raise ValueError('x' * 10 ** 7)",
        "class R:\n    def __repr__(self): return 'x' * 10 ** 7\ndef f(): return R()",
        "R = type('R' * 10 ** 6, (ValueError,), {})\ndef f(): raise R('x')",
        "R = type('R' * 10 ** 6, (), {})\ndef f(): return R()",
        "import os\ndef f(): os.write(1, bytes(range(256)) * 1000); print(chr(0xD800), bytes(9)); return None",
    ],
)
async def test_floods_are_cut(strong: LinuxSandbox, program: str) -> None:
    done = await strong.run(program + "\n", ["f()"], LIMITS)
    (outcome,) = done.outcomes
    assert len(outcome.printed) + len(outcome.raised) + len(outcome.type_name) + len(done.problem) < 140_000


@pytest.mark.parametrize(
    "program",
    [
        "import sys\nsys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None",
        "import sys\nsys.stdout.close()",
        "import builtins\nbuiltins.print = builtins.repr = builtins.len = None",
        "import sys\nsys.displayhook = lambda value: None",
        "import sys\nsys.modules.clear()",
        "import sys\nsys.path.clear(); sys.meta_path.clear()",
        "import os\nos.environ.clear(); os.umask(0o777); os.nice(19); os.chdir('/')",
        "import gc, warnings\ngc.disable(); warnings.simplefilter('error')",
        "import locale\nlocale.setlocale(locale.LC_ALL, 'C')",
        "import atexit\natexit.register(lambda: [None for _ in iter(int, 1)])",
        "class Bomb:\n    def __del__(self):\n        while True: pass\nkeep = Bomb()",
        "import threading\nthreading.Thread(target=threading.Event().wait).start()",
    ],
)
async def test_a_changed_interpreter_changes_no_answer(strong: LinuxSandbox, program: str) -> None:
    began = time.monotonic()
    done = await strong.run(program + "\ndef f(x): return x + 1\n", ["f(4)"], LIMITS)
    assert done.problem or (done.outcomes[0].printed, done.outcomes[0].value) in {("5\n", "5"), ("", None)}
    assert time.monotonic() - began < LATE


@pytest.mark.parametrize(
    "result",
    [
        "class R:\n    __eq__ = lambda s, o: True\n    __class__ = property(lambda s: int)\ndef f(): return R()",
        "class M(type):\n    __instancecheck__ = __subclasscheck__ = lambda *a: True\nclass R(metaclass=M): pass\ndef f(): return R()",
        "class R:\n    def __reduce__(self): return (print, ('x',))\ndef f(): return R()",
        "import types\ndef f(): return types.SimpleNamespace(value=5)",
        "def f():\n    a = []\n    a.append(a)\n    return a",
    ],
)
async def test_what_is_not_plain_has_no_value(strong: LinuxSandbox, result: str) -> None:
    done = await strong.run(result + "\n", ["f()"], LIMITS)
    assert done.outcomes[0].value is None and done.outcomes[0].type_name not in {"", "builtins.int"}


async def test_a_hostile_tree_in_the_scratch_is_removed(strong: LinuxSandbox) -> None:
    program = (
        "import os\n"
        "def f():\n"
        "    for n in range(1500):\n"
        "        os.mkdir('d'); os.chdir('d')\n"
        "        open('x' * 250, 'w').close() if n % 100 == 0 else None\n"
        "    os.symlink('/', 'link'); os.mkdir('closed', 0)\n"
        "    return 1\n"
    )
    await strong.run(program, ["f()"], LIMITS)
    assert is_complete(await strong.run("import os\n", ["assert os.listdir('.') == []"], LIMITS))
    assert leftovers(strong.scratch_folder) == []


async def test_a_cancelled_run_is_gone_before_the_cancellation_goes_on(strong: LinuxSandbox) -> None:
    task = asyncio.create_task(strong.run("while True: pass\n", ["1"], Limits(seconds=60, step_seconds=60)))
    await _until(lambda: strong.is_busy)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not strong.is_busy


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 (a process is waited for)
            await asyncio.sleep(0.01)


def leftovers(folder: str) -> list[Path]:
    return list(Path(folder).iterdir())
