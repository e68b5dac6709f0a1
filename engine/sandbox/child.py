"""The zygote: started by the application with the user's interpreter, it forks one locked-down process for each run.

Standard library only, Python 3.6 and up; run as `python -I -B -X utf8 child.py DESCRIPTOR`, where the descriptor is a
sequenced-packet socket to the application. Requests are believed, what programs say is not even read here.
"""

import os
import select
import signal
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import array  # noqa: E402

import child_frames as frames  # noqa: E402
import child_layers as layers  # noqa: E402
import child_run  # noqa: E402

del sys.path[0]


def main() -> None:
    """Set up, say what protection there is, then serve until the application is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    _, _, texts = frames.unpacked(control.recv(1 << 16)[4:])
    protection = layers.Protection()
    control.send(frames.packed(frames.READY, 0, sys.version.split()[0], "rlimits", ""))
    Zygote(control, protection).serve()


class Zygote:
    """Forks on request and says how each fork ended."""

    def __init__(self, control: socket.socket, protection: "layers.Protection") -> None:
        self._control = control
        self._protection = protection
        self._runs = {}  # type: dict[int, int]
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)

    def serve(self) -> None:
        """Serve until the application closes its end."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake)
        while True:
            ready, _, _ = select.select([self._control, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, 4096)
                self._reap()
            if self._control in ready and not self._answer():
                return

    def _answer(self) -> bool:
        size = array.array("i")
        message, extra, _, _ = self._control.recvmsg(1 << 18, socket.CMSG_SPACE(3 * size.itemsize))
        if not message:
            return False
        for _, _, packed in extra:
            size.frombytes(packed[: len(packed) - len(packed) % size.itemsize])
        kind, number, texts = frames.unpacked(message[4:])
        if kind == frames.RUN and len(size) == 3:
            self._start(number, layers.Request(texts), list(size))
        for descriptor in size:
            os.close(descriptor)
        return True

    def _start(self, number: int, request: "layers.Request", descriptors: "list[int]") -> None:
        child = os.fork()
        if child == 0:
            self._become_run(request, descriptors)
        self._runs[child] = number
        rights = []
        try:
            handle = os.pidfd_open(child)
        except (OSError, AttributeError):
            handle = -1
        if handle >= 0:
            rights.append((socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [handle])))
        self._control.sendmsg([frames.packed(frames.STARTED, number)], rights)
        if handle >= 0:
            os.close(handle)

    def _become_run(self, request: "layers.Request", descriptors: "list[int]") -> None:
        """Never returns: this is the child."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        try:
            child_run.run(request, descriptors, self._protection)
        except EOFError:
            os._exit(0)
        except BaseException as problem:
            os.write(2, ("sandbox: %s: %s\n" % (type(problem).__name__, problem)).encode())
        os._exit(70)

    def _reap(self) -> None:
        while True:
            try:
                child, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if child == 0:
                return
            number = self._runs.pop(child, None)
            if number is not None:
                ended = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
                self._control.send(frames.packed(frames.ENDED, number, str(ended)))


if __name__ == "__main__":
    main()
