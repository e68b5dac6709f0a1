"""While a program is imported: where it stands when its time is nearly over, and where it leaves the process.

Standard library only, Python 3.6 and up.
"""

# pyright: reportMissingImports=false, reportOptionalMemberAccess=false
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

import os
import signal
import types
from collections.abc import Callable


class Watched:
    """A block in which `late` is called, in the main thread, with the frame that runs once the time is nearly over.

    `os._exit` raises SystemExit within it, so that somebody is told where that was.
    """

    def __init__(self, seconds: float, late: "Callable[[types.FrameType | None], None]") -> None:
        self._seconds = max(seconds - 0.3, seconds * 0.8)
        self._late = late
        self._exit = os._exit
        self._watches = False
        self._loading = False

    def __enter__(self) -> None:
        self._loading = True
        os._exit = self._leave  # type: ignore[assignment]
        try:
            signal.signal(signal.SIGALRM, lambda _number, frame: self._late(frame))
            signal.setitimer(signal.ITIMER_REAL, self._seconds)
            self._watches = True
        except (AttributeError, OSError, ValueError):  # There is no such signal here, or it is not permitted.
            self._watches = False

    def __exit__(self, *_: object) -> None:
        os._exit, self._loading = self._exit, False
        if self._watches:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def end(self) -> None:
        """End the process at once."""
        self._exit(0)

    def _leave(self, status: int) -> None:
        if not self._loading:  # Whoever took it by name calls it later.
            self._exit(status)
        raise SystemExit("os._exit(" + str(status) + ")")
