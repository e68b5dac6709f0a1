"""Running statements in the namespace of a program, as an interactive session would.

Standard library only, Python 3.6 and up. Nothing here decides anything: it says what came out.
"""

import __future__

import io
import sys
import types

PRINTED = 64_000
"""Most bytes kept of what one statement prints."""


_SOURCES: "dict[str, str]" = {}
"""Sources by file name, for `linecache` and so for `inspect`: the files themselves cannot be read."""


class SourcesTold:
    """An import hook that tells `linecache` our sources when a program first imports it; doing so early costs 8 ms."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        """The specification that others find, with ourselves as the loader; once, and for `linecache` only."""
        if name != "linecache":
            return None
        sys.meta_path.remove(self)  # type: ignore[arg-type]
        found = [spec for spec in (finder.find_spec(name, None) for finder in sys.meta_path) if spec is not None]
        if not found or found[0].loader is None:
            return None
        self._loader = found[0].loader
        found[0].loader = self  # type: ignore[assignment]
        return found[0]

    def create_module(self, spec: object) -> object:
        """What the real loader makes."""
        return self._loader.create_module(spec)  # type: ignore[arg-type]

    def exec_module(self, module: types.ModuleType) -> None:
        """What the real loader does, and then our part."""
        self._loader.exec_module(module)
        module.__loader__ = self._loader
        _tell(module)


def _tell(linecache: types.ModuleType) -> None:
    for name, source in _SOURCES.items():
        lines = [line + "\n" for line in source.split("\n")]
        linecache.cache[name] = (len(source), None, lines, name)


class Printed(io.TextIOWrapper):
    """Standard output of one statement, kept up to a limit; what follows is dropped and counted."""

    def __init__(self) -> None:
        self.kept = _Kept()
        super().__init__(
            self.kept,  # type: ignore[arg-type]
            encoding="utf-8",
            errors="backslashreplace",
            newline="\n",
            write_through=True,
        )

    def text(self) -> str:
        """What was kept, with a note when something was dropped."""
        said = bytes(self.kept.said).decode("utf-8", "replace")
        return said if not self.kept.dropped else said + f"\n... ({self.kept.dropped} more bytes were printed)\n"


class _Kept(io.BufferedIOBase):
    def __init__(self) -> None:
        self.said = bytearray()
        self.dropped = 0

    def writable(self) -> bool:
        return True

    def write(self, some: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        size = memoryview(some).nbytes
        room = PRINTED - len(self.said)
        self.said += memoryview(some).cast("B")[: max(room, 0)]
        self.dropped += max(size - max(room, 0), 0)
        return size


class Displayed:
    """The display hook of one statement: shows values as a session does and remembers the last."""

    def __init__(self, printed: Printed) -> None:
        self._printed = printed
        self.values: list[object] = []

    def __call__(self, value: object) -> None:
        """Show a value."""
        import builtins

        self.values = [value]
        if value is None:
            return
        builtins._ = None  # type: ignore[attr-defined]
        self._printed.write(repr(value) + "\n")
        builtins._ = value  # type: ignore[attr-defined]


def remember_source(name: str, source: str) -> None:
    """Let `linecache`, and so `inspect`, know the source of a file that cannot be read."""
    _SOURCES[name] = source
    known = sys.modules.get("linecache")
    if known is not None:
        _tell(known)
    elif not any(isinstance(finder, SourcesTold) for finder in sys.meta_path):
        sys.meta_path.insert(0, SourcesTold())  # type: ignore[arg-type]


def run_step(
    source: str, number: int, names: "dict[str, object]", printed: Printed
) -> "tuple[str, str, str, list[object]]":
    """Run one interactive statement; what it raised ("" for nothing), its notes, what is beneath it, what it showed."""
    displayed = Displayed(printed)
    sys.stdout = printed
    sys.displayhook = displayed
    flags = 0
    for feature in __future__.all_feature_names:
        if names.get(feature) is getattr(__future__, feature):
            flags |= getattr(__future__, feature).compiler_flag
    name = f"<example {number + 1}>"
    remember_source(name, source)
    try:
        exec(compile(source if source.endswith("\n") else source + "\n", name, "single", flags, True), names)
    except BaseException as problem:  # As for the program: also `sys.exit()` and Ctrl-C raised by hand are outcomes.
        return raised_line(problem), notes_of(problem), "\0".join(beneath(problem)), []
    return "", "", "", displayed.values


def notes_of(problem: BaseException) -> str:
    """What was added to an exception by `add_note`, as Python writes it below the exception's line."""
    try:
        return "\n".join([note for note in problem.__notes__ if isinstance(note, str)])[:PRINTED]  # type: ignore[attr-defined]
    except BaseException:  # There are none, or they are the program's own code.
        return ""


def beneath(problem: BaseException) -> "tuple[str, str]":
    """The operating system's own error in what was raised, whoever wrapped it: its line, and the innermost function.

    Both are "" when there is none. Attributes may be the program's own code.
    """
    waiting = [problem]
    known: set[int] = set()
    while waiting and len(known) < 50:
        error = waiting.pop(0)
        if id(error) in known:
            continue
        known.add(id(error))
        try:
            if isinstance(error, OSError) and type(error.errno) is int:
                return raised_line(error), _innermost(error)
            context = None if error.__suppress_context__ else error.__context__
            inner = [error.__cause__, context, getattr(error, "reason", None), *error.args]
            inner += list(getattr(error, "exceptions", ()))
            waiting += [one for one in inner[:50] if isinstance(one, BaseException)]
        except BaseException:
            continue
    return "", ""


def _innermost(problem: BaseException) -> str:
    """The function in which something was raised, spelled "module.name"."""
    trace, left = problem.__traceback__, 2000
    while trace is not None and trace.tb_next is not None and left:
        trace, left = trace.tb_next, left - 1
    return (
        ""
        if trace is None
        else "{}.{}".format(trace.tb_frame.f_globals.get("__name__", ""), trace.tb_frame.f_code.co_name)
    )


def raised_line(problem: BaseException) -> str:
    """The last line of a traceback as Python writes it: the type with its module, and the message."""
    kind = type(problem)
    module, name = kind.__module__, kind.__qualname__
    if module not in ("builtins", "__main__"):
        name = f"{module}.{name}"
    try:
        said = problem.msg if isinstance(problem, SyntaxError) else problem
        message = str(said)
    except BaseException:  # `__str__` is the program's own code, and may raise anything.
        message = "<exception str() failed>"
    message, name = message[:PRINTED], name[:200]
    return f"{name}: {message}" if message else str(name)
