"""One run in an interpreter of its own, where there are no zygotes: macOS under Seatbelt, and Windows.

Standard library only, Python 3.6 and up; run as `python -I -B -X utf8 child_solo.py`. The job comes on standard input,
results go to standard output, which the program does not get to see.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import child_frames as frames
import child_serving as serving
import child_site as site

try:
    import child_limits as limits
except ImportError:
    # Windows has no `resource`.
    limits = None

del sys.path[0]

_SCRATCH, _MEMORY, _PROCESSOR, _FILE, _EXECUTABLE = range(5)


def main() -> None:
    """Move the pipes away, bound what can be bounded, say what held, and serve."""
    if os.name == "nt":
        import msvcrt

        for descriptor in (0, 1):
            msvcrt.setmode(descriptor, os.O_BINARY)  # type: ignore[attr-defined]
    job, results = os.dup(0), os.dup(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.dup2(2, 1)
    _, _, texts = frames.receive(job)
    os.environ.update(HOME=texts[_SCRATCH], TMPDIR=texts[_SCRATCH], TEMP=texts[_SCRATCH], TMP=texts[_SCRATCH])
    os.chdir(texts[_SCRATCH])
    held = _limit(int(texts[_MEMORY]), int(texts[_PROCESSOR]))
    if sys.platform == "darwin" and _is_contained(texts[_FILE]):
        held.append("seatbelt")
    site.take_in(texts[_EXECUTABLE])
    frames.send(results, frames.packed(frames.LAYERS, 0, " ".join(held), sys.version.split()[0]))
    try:
        serving.serve(job, results)
    except EOFError:
        os._exit(0)
    os._exit(0)


def _limit(memory_mb: int, processor_seconds: int) -> "list[str]":
    if limits is None:
        return []
    limits.set_limits(memory_mb, processor_seconds, 0)
    return ["rlimits"]


def _is_contained(user_file: str) -> bool:
    """Whether sockets, new processes, writing outside and the user's own file are all refused."""
    import _socket

    attempts = [
        lambda: _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM).connect(("127.0.0.1", 9)),
        lambda: os.close(os.open("/tmp/redraft-self-test", os.O_WRONLY | os.O_CREAT)),
        lambda: os.listdir(os.path.expanduser("~root")),
        _fork,
    ]
    if user_file:
        attempts.append(lambda: os.close(os.open(user_file, os.O_RDONLY)))
    return all(_is_refused(attempt) for attempt in attempts)


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _is_refused(attempt: "object") -> bool:
    try:
        attempt()  # type: ignore[operator]
    except PermissionError:
        return True
    except OSError:
        return False
    return False


if __name__ == "__main__":
    main()
