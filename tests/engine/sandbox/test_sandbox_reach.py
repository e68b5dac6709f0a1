"""Hostile programs that reach for what is not theirs: files, secrets, the network, other processes, the terminal.

Every attempt returns "breach" when it worked. Whatever it returns, the world outside must be the same afterwards.
"""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redraft.engine.sandbox.linux import LinuxSandbox
from redraft.engine.sandbox.runner import Limits

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")
SECRET = "SECRET-" + "5e2f" * 6
LIMITS = Limits(seconds=6.0, step_seconds=3.0)
TOOLS = """
import ctypes, errno, fcntl, glob, os, resource, shutil, signal, socket, stat, struct, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
HOME, PROJECT, DROP, ME, PORT, PARENT = {home!r}, {project!r}, {drop!r}, {me!r}, {port}, {parent}
SECRET = "SECRET" + "-"
def reads(*paths):
    for path in paths:
        try:
            with open(path, "rb") as f:
                if SECRET.encode() in f.read(1 << 16):
                    return "breach: " + path
        except OSError:
            pass
def call(number, *rest):
    return libc.syscall(number, *rest)
def works(attempt):
    try:
        attempt()
    except OSError:
        return None
    return "breach"
"""
ATTEMPTS: dict[str, dict[str, str]] = {
    "secret": {
        "home": "reads(HOME + '/.ssh/id_rsa', HOME + '/.netrc', HOME + '/other/private.py')",
        "dotfiles of the project": "reads(PROJECT + '/.env', PROJECT + '/.git/config', PROJECT + '/service.pem')",
        "a dotfile in a package": "reads(PROJECT + '/pkg/.env')",
        "through a link": "(os.symlink(HOME + '/.netrc', 'l'), reads('l'))[1]",
        "through a link to the folder": "(os.symlink(HOME, 'd'), reads('d/.netrc'))[1]",
        "through /proc": "reads(*glob.glob('/proc/[0-9]*/environ'), *glob.glob('/proc/[0-9]*/cmdline'))",
        "through a root of others": "reads(f'/proc/{PARENT}/root{HOME}/.netrc', '/proc/1/root' + HOME + '/.netrc')",
        "through the working folder of others": "reads(f'/proc/{PARENT}/cwd/.env')",
        "the environment": "'breach' if any(SECRET in v for v in os.environ.values()) else reads('/proc/self/environ')",
        "inherited descriptors": "next((('breach') for n in range(3, 300) if SECRET.encode() in _pread(n)), None)",
        "by dotdot": "reads(PROJECT + '/pkg/../.env', PROJECT + '/../home/.netrc')",
        "by handle": "_handle(HOME + '/.netrc')",
        "passwords": "works(lambda: open('/etc/shadow').read())",
        "raw devices": "works(lambda: os.open(next(iter(glob.glob('/dev/[vs]d[a-z]') + ['/dev/mem'])), os.O_RDONLY))",
        "memory of the parent": "works(lambda: open(f'/proc/{PARENT}/mem', 'rb').read(1))",
        "memory of the parent by call": "works(lambda: None if call(310, PARENT, 0, 0, 0, 0, 0) >= 0 else 1 / 0 if False else _raise())",
        "kernel messages": "works(lambda: open('/dev/kmsg', 'rb').read(1))",
        "keys": "'breach' if call(250, 0, -3, 1) >= 0 else None",
    },
    "peek": {
        "its own file": "reads(ME)",
        "its own file by another name": "reads(PROJECT + '/same.py')",
        "leftovers of editors": "reads(*[PROJECT + '/' + n for n in ('draft.py~', '.draft.py.swp', '#draft.py#', 'draft.py.orig', 'draft copy.py', 'draft.old.py')])",
        "caches": "reads(*glob.glob(PROJECT + '/__pycache__/*'))",
        "the tests of the project": "reads(PROJECT + '/test_draft.py', PROJECT + '/tests/test_it.py', PROJECT + '/pkg/tests/it.py', PROJECT + '/pkg/test_it.py')",
        "as a module": "_import(ME)",
        "all objects": "_objects()",
    },
    "write": {
        "the project": "works(lambda: open(PROJECT + '/new.txt', 'w'))",
        "the own file": "works(lambda: open(ME, 'a'))",
        "a readable module": "works(lambda: open(PROJECT + '/helper.py', 'r+'))",
        "cutting a readable module": "works(lambda: os.close(os.open(PROJECT + '/helper.py', os.O_RDONLY | os.O_TRUNC)))",
        "cutting by name": "works(lambda: os.truncate(PROJECT + '/helper.py', 0))",
        "modes": "works(lambda: os.chmod(PROJECT + '/helper.py', 0o777))",
        "modes by descriptor": "works(lambda: os.fchmod(os.open(PROJECT + '/helper.py', os.O_RDONLY), 0o777))",
        "times": "works(lambda: os.utime(PROJECT + '/helper.py', (1, 1)))",
        "owners": "works(lambda: os.chown(PROJECT + '/helper.py', 1, 1))",
        "attributes": "works(lambda: os.setxattr(PROJECT + '/helper.py', 'user.x', b'1'))",
        "flags": "works(lambda: fcntl.ioctl(os.open(PROJECT + '/helper.py', os.O_RDONLY), 0x40086602, struct.pack('l', 0x10)))",
        "removal": "works(lambda: os.unlink(PROJECT + '/helper.py'))",
        "renaming": "works(lambda: os.rename(PROJECT + '/helper.py', PROJECT + '/gone.py'))",
        "moving out": "works(lambda: os.rename(PROJECT + '/helper.py', 'mine.py'))",
        "linking": "works(lambda: os.link(PROJECT + '/helper.py', PROJECT + '/twin.py'))",
        "folders": "works(lambda: os.mkdir(PROJECT + '/sub'))",
        "pipes": "works(lambda: os.mkfifo(DROP + '/fifo'))",
        "a world-writable folder": "works(lambda: open(DROP + '/x', 'w'))",
        "the shared temporary folder": "works(lambda: open('/tmp/redraft-hostile-' + str(PORT), 'w'))",
        "through a link": "(os.symlink(PROJECT + '/helper.py', 'w'), works(lambda: open('w', 'w')))[1]",
        "through /proc": "works(lambda: open(f'/proc/self/root{DROP}/y', 'w'))",
        "through a descriptor of a folder": "works(lambda: os.open('z', os.O_CREAT | os.O_WRONLY, dir_fd=os.open(PROJECT, os.O_RDONLY)))",
        "a lock": "works(lambda: fcntl.flock(os.open(PROJECT + '/helper.py', os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB))",
        "a shared lock on a folder": "works(lambda: fcntl.flock(os.open(PROJECT, os.O_RDONLY), fcntl.LOCK_SH | fcntl.LOCK_NB))",
        "a lease": "works(lambda: fcntl.fcntl(os.open(PROJECT + '/helper.py', os.O_RDONLY), 1024, fcntl.F_RDLCK))",
        "notices of a folder": "works(lambda: fcntl.fcntl(os.open(PROJECT, os.O_RDONLY), 1026, 0x80000002))",
        "kernel settings": "works(lambda: open('/proc/sys/kernel/core_pattern', 'w').write('|x'))",
        "a namespace of its own": "'breach' if libc.unshare(0x10000000) == 0 else None",
        "mounts": "'breach' if libc.mount(b'x', b'/tmp', b'tmpfs', 0, None) == 0 else None",
        "another root": "'breach' if libc.chroot(b'.') == 0 else None",
        "asynchronous rings": "'breach' if call(425, 8, ctypes.create_string_buffer(120)) >= 0 else None",
    },
    "network": {
        "tcp": "works(lambda: socket.create_connection(('127.0.0.1', PORT), 1))",
        "udp": "works(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT)))",
        "listening": "works(lambda: socket.socket().bind(('127.0.0.1', 0)))",
        "a local socket": "works(lambda: socket.socket(socket.AF_UNIX).connect(DROP + '/socket'))",
        "a local datagram through a pair": "works(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', DROP + '/datagrams'))",
        "an abstract socket": "works(lambda: socket.socket(socket.AF_UNIX).connect(chr(0) + 'redraft-hostile'))",
        "raw": "works(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))",
        "netlink": "works(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))",
        "virtual machines": "works(lambda: socket.socket(40, socket.SOCK_STREAM))",
        "names": "works(lambda: socket.getaddrinfo('example.com', 80))",
        "by number": "'breach' if call(41, 2, 1, 0) >= 0 else None",
    },
    "process": {
        "fork": "works(lambda: os.fork() or os._exit(0))",
        "vfork by spawning": "works(lambda: os.posix_spawn('/bin/true', ['true'], {{}}))",
        "programs": "works(lambda: os.execv('/bin/true', ['true']))",
        "the shell": "'breach' if os.system('true') == 0 else None",
        "clone by number": "_cloned()",
        "clone3 by number": "'breach' if call(435, ctypes.create_string_buffer(88), 88) > 0 else None",
        "terminals": "works(lambda: __import__('pty').fork()[0] or os._exit(0))",
        "pools": "works(lambda: __import__('multiprocessing').get_context('fork').Process(target=print).start())",
    },
    "kill": {
        "the application": "works(lambda: os.kill(PARENT, 0))",
        "its parent": "works(lambda: os.kill(os.getppid(), 0)) if os.getppid() > 1 else None",
        "everybody": "works(lambda: os.kill(-1, 18))",
        "by thread": "'breach' if call(234, PARENT, PARENT, 18) == 0 else None",
        "by handle": "'breach' if call(434, PARENT, 0) >= 0 else None",
        "by queue": "'breach' if call(129, PARENT, 18, ctypes.create_string_buffer(128)) == 0 else None",
        "by owner of a pipe": "works(lambda: fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, PARENT))",
        "tracing": "'breach' if libc.ptrace(16, PARENT, 0, 0) == 0 else None",
        "limits": "works(lambda: resource.prlimit(PARENT, resource.RLIMIT_NOFILE, (9, 9)))",
        "priority": "works(lambda: os.setpriority(os.PRIO_PROCESS, PARENT, 19))",
        "processors": "works(lambda: os.sched_setaffinity(PARENT, {{0}}))",
        "score": "works(lambda: open(f'/proc/{PARENT}/oom_score_adj', 'w').write('1000'))",
        "the death signal": "'breach' if libc.prctl(1, 0, 0, 0, 0) == 0 else None",
    },
    "terminal": {
        "its own": "works(lambda: os.open('/dev/tty', os.O_RDWR))",
        "that of others": "next(('breach' for p in glob.glob('/dev/pts/[0-9]*') if works(lambda: os.open(p, os.O_RDWR))), None)",
        "the console": "works(lambda: os.open('/dev/console', os.O_WRONLY))",
        "keystrokes": "works(lambda: fcntl.ioctl(0, 0x5412, b'x'))",
        "a controlling one": "works(lambda: fcntl.ioctl(0, 0x540E, 0))",
    },
}
HELPERS = """
def _raise():
    raise OSError
def _pread(n):
    try:
        return os.pread(n, 4096, 0)
    except OSError:
        return b""
def _handle(path):
    buffer, mount = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128)), ctypes.c_int()
    if call(303, -100, path.encode(), buffer, ctypes.byref(mount), 0) == 0 and call(304, -100, buffer, 0) >= 0:
        return "breach"
def _import(path):
    import importlib.util
    spec = importlib.util.spec_from_file_location("again", path)
    try:
        spec.loader.get_source("again")
    except (OSError, ImportError):
        return None
    return "breach"
def _objects():
    import gc
    mark = "SECRET" + "-"
    for thing in gc.get_objects():
        if isinstance(thing, dict):
            for value in list(thing.values()):
                if type(value) is str and mark + "5" in value:
                    return "breach"
def _cloned():
    child = call(56, 17, 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    return "breach" if child > 0 else None
def attempt():
    return ({expression})
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[dict[str, object]]:
    home, project, drop = tmp_path / "home", tmp_path / "project", tmp_path / "drop"
    for name in ("home/.ssh/id_rsa", "home/.netrc", "home/other/private.py", "project/.env", "project/.git/config"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SECRET)
    for name in (
        "draft.py",
        "draft.py~",
        ".draft.py.swp",
        "#draft.py#",
        "draft.py.orig",
        "draft copy.py",
        "draft.old.py",
        "test_draft.py",
        "service.pem",
    ):
        (project / name).write_text(f"want = '{SECRET}'\n")
    for name in (
        "pkg/.env",
        "pkg/tests/it.py",
        "pkg/test_it.py",
        "tests/test_it.py",
        "__pycache__/draft.cpython-311.pyc",
    ):
        (project / name).parent.mkdir(exist_ok=True, parents=True)
        (project / name).write_text(SECRET)
    (project / "same.py").hardlink_to(project / "draft.py")
    (project / "pkg" / "__init__.py").touch()
    (project / "helper.py").write_text("def square(v):\n    return v * v\n")
    (project / "pyproject.toml").touch()
    drop.mkdir()
    drop.chmod(0o777)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind(str(drop / "socket"))
        local.listen()
        (drop / "socket").chmod(0o777)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
            datagrams.bind(str(drop / "datagrams"))
            (drop / "datagrams").chmod(0o777)
            datagrams.setblocking(False)
            server.setblocking(False)
            yield {
                "home": str(home),
                "project": str(project),
                "drop": str(drop),
                "me": str(project / "draft.py"),
                "port": server.getsockname()[1],
                "parent": os.getpid(),
                "server": server,
                "datagrams": datagrams,
            }


def snapshot(folder: Path) -> dict[str, tuple[object, ...]]:
    found: dict[str, tuple[object, ...]] = {}
    for path in folder.rglob("*"):
        state = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path)] = (state.st_mode, state.st_uid, state.st_mtime_ns, state.st_nlink if content else 0, content)
    return found


@pytest.mark.parametrize("kind", ATTEMPTS)
async def test_no_attempt_of_this_kind_reaches_out(
    strong: LinuxSandbox, kind: str, world: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    decoy = subprocess.Popen([sys.executable, "-c", "input()", SECRET], stdin=subprocess.PIPE)  # noqa: ASYNC220
    before = snapshot(tmp_path)
    try:
        breaches: dict[str, str] = {}
        for name, expression in ATTEMPTS[kind].items():
            program = TOOLS.format(**world) + HELPERS.format(
                expression=expression.replace("{{", "{").replace("}}", "}")
            )
            done = await strong.run(program, ["attempt()"], LIMITS, path=str(world["me"]))
            said = f"{done.problem} {done.outcomes[0]}"
            if "breach" in (done.outcomes[0].value or "") or SECRET in said:
                breaches[name] = said
            # An attempt that does not even begin shows nothing.
            assert not done.problem or "ended by" in done.problem, (name, said)
            assert "NameError" not in said and "SyntaxError" not in said, (name, said)
        assert breaches == {}
    finally:
        decoy.kill()
        decoy.communicate()
    assert snapshot(tmp_path) == before
    for listener in (world["server"], world["datagrams"]):
        assert isinstance(listener, socket.socket)
        with pytest.raises(BlockingIOError):
            listener.recv(1) if listener.type == socket.SOCK_DGRAM else listener.accept()
