"""In a judge's process: the function under test, which lives in another process and is asked through the application.

Standard library only, Python 3.6 and up. Only plain built-in values cross, in both directions.
"""

import builtins

import child_frames as frames
import child_values as values

_NAMES = {kind.__name__: kind for kind in (float, list, tuple, set, frozenset, bytearray)}


class Asking:
    """Stands for the function under test."""

    def __init__(self, job: int, results: int, name: str) -> None:
        self._job = job
        self._results = results
        self.__name__ = name
        self.number = 0

    def __call__(self, *positional: object, **named: object) -> object:
        """Ask for a call; what came of it."""
        texts = [values.spelled(positional), values.spelled(named)]
        if None in texts:
            raise TypeError(f"an argument of {self.__name__}() is not a plain value and cannot cross to it")
        frames.send(self._results, frames.packed(frames.CALL, self.number, *[str(text) for text in texts]))
        kind, number, (status, text) = frames.receive(self._job)
        if kind != frames.REPLY or number != self.number:
            raise SystemExit("a reply out of turn")
        if status == "raised":
            raise _exception(text)
        # The application has read this text as a literal and written it anew, so it holds no code.
        return eval(text, {"__builtins__": {}}, _NAMES)


def _exception(line: str) -> BaseException:
    name, _, message = line.partition(": ")
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        try:
            return kind(message)
        except TypeError:
            # UnicodeDecodeError and the like want more than a message.
            return RuntimeError(line)
    return RuntimeError(line)
