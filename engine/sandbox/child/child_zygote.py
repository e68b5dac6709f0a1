"""The loop of the zygote: take requests, fork runs, tell their ends.

Standard library only, Python 3.6 and up.
"""

import _signal  # type: ignore[import-not-found]  # no stubs; `signal` itself costs 2 ms
import _socket
import gc
import os
import select
import struct
import sys

import child_frames as frames
import child_kernel as kernel
import child_layers as layers
import child_namespaces as namespaces
import child_reading as reading
import child_run

_MESSAGE = 1 << 18
_THREE = struct.Struct("3i")


class Zygote:
    """Forks on request and says how each fork ended."""

    def __init__(self, control: _socket.socket, protection: "layers.Protection") -> None:
        self._control = control
        self._protection = protection
        self._runs: dict[int, int] = {}
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)

    def serve(self) -> None:
        """Serve until the application closes its end."""
        # What is there now is not looked at again by the collector: forks then share its pages.
        getattr(gc, "freeze", gc.collect)()
        _signal.signal(_signal.SIGCHLD, _ignore)
        _signal.set_wakeup_fd(self._wake)
        while True:
            ready, _, _ = select.select([self._control, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, 4096)
                self._reap()
            if self._control in ready and not self._answer():
                return

    def _answer(self) -> bool:
        message, extra, _, _ = self._control.recvmsg(_MESSAGE, _socket.CMSG_SPACE(_THREE.size))
        if not message:
            return False
        rights = _THREE.unpack(extra[0][2]) if extra and len(extra[0][2]) == _THREE.size else ()
        kind, number, texts = frames.unpacked(message[4:])
        if kind == frames.RUN and len(rights) == 3:
            self._start(number, layers.Request(texts), list(rights))
        for descriptor in rights:
            os.close(descriptor)
        return True

    def _start(self, number: int, request: "layers.Request", descriptors: "list[int]") -> None:
        system = self._protection.system_for(request)
        child = kernel.fork_into(namespaces.OF_A_RUN) if self._protection.outer else os.fork()
        if child == 0:
            self._become_run(request, descriptors, system)
        self._runs[child] = number
        rights: list[tuple[int, int, bytes]] = []
        try:
            handle = kernel.syscall("pidfd_open", child, 0)
        except OSError:
            handle = -1
        if handle >= 0:
            rights.append((_socket.SOL_SOCKET, _socket.SCM_RIGHTS, struct.pack("i", handle)))
        self._control.sendmsg([frames.packed(frames.STARTED, number)], rights)
        if handle >= 0:
            os.close(handle)

    def _become_run(self, request: "layers.Request", descriptors: "list[int]", system: "reading.Reading") -> None:
        """Never returns: this is the forked process, the first one of its namespace where there is one."""
        try:
            _signal.set_wakeup_fd(-1)
            _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
            readable = request.readable(system)
            if self._protection.outer:
                request.scratch = namespaces.SCRATCH
                # Where Landlock denies them, hiding them too would only cost time.
                self._become_first(request, readable)
            os.setsid()
            child_run.run(request, descriptors, self._protection, readable)
            os._exit(0)
        except EOFError:
            os._exit(0)
        except BaseException as problem:  # This process must never return into the zygote's loop, whatever happens.
            _complain(descriptors[2], f"sandbox: {type(problem).__name__}: {problem}\n")
            os._exit(70)

    def _become_first(self, request: "layers.Request", readable: "reading.Reading") -> None:
        """As the first process: furnish the namespace, fork the worker, which returns, and wait for its end."""
        kernel.prctl(kernel.PR_SET_PDEATHSIG, 9)
        bare = not self._protection.landlock
        kept = sorted(
            {*request.reads, *self._protection.readable, sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix)}
        )
        namespaces.furnish_run(list(dict.fromkeys(readable.hidden)) if bare else [], kept, bare)
        worker = os.fork()
        if worker == 0:
            return
        os.closerange(0, 4096)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        os._exit(namespaces.watch_over(worker))

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
                # The first process of a namespace tells the worker's signal as a shell would.
                ended = 128 - ended if self._protection.outer and ended > 128 else ended
                self._control.send(frames.packed(frames.ENDED, number, str(ended)))


def _ignore(number: int, frame: object) -> None:
    """The descriptor that signals write to is what wakes us."""


def _complain(stray: int, text: str) -> None:
    # Descriptor 2 once the pipes are in their places, the pipe itself before.
    for descriptor in (stray, 2):
        try:
            os.write(descriptor, text.encode("utf-8", "replace"))
            return
        except OSError:
            continue
