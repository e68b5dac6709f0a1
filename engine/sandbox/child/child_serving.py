"""In a process that is locked down: load the program, run its statements one by one, say what came out.

Standard library only, Python 3.6 and up.
"""

import sys
import types

import child_asking as asking_module
import child_candidate as candidate_module
import child_frames as frames
import child_loading as loading
import child_module as module
import child_values as values


def _forget_ourselves() -> None:
    """Take our modules out of sight: the program's `__main__` is not ours, and its modules may share our names."""
    for name in [name for name in sys.modules if name.startswith("child_")]:
        del sys.modules[name]
    sys.modules["__main__"] = types.ModuleType("__main__")


def serve(job: int, results: int) -> None:
    """Take the job, load its program, and run statements until the application says no more."""
    kind, _, texts = frames.receive(job)
    if kind != frames.JOB:
        return
    _forget_ourselves()
    name, path, is_package, root, search, packages, program, asks, seconds = texts
    folders = [folder for folder in search.split("\0") if folder]
    _extend_search_path(folders)
    renamed = dict(pair.split("\0") for pair in packages.split("\0\0") if pair)
    asking = asks and asking_module.Asking(job, results, asks)
    names: dict[str, object] = {asks: asking} if asking else {}
    sys.argv = [path]
    candidate = candidate_module.Candidate(name, path, bool(is_package), root, renamed, program, names)
    printed = module.Printed()
    roots = [one for one in (root, *folders, *renamed.values()) if one]

    def late(frame: "types.FrameType | None") -> None:
        file, line = candidate_module.stood(frame, candidate, roots)
        frames.send(results, frames.packed(frames.LOADED, 0, "", frames.TOO_LONG, file, str(line), "", ""))
        watched.end()

    watched = loading.Watched(float(seconds), late)
    with watched:
        raised, place = _load(candidate, roots, printed)
    # A module may put another one in its own place: that is what whoever imports it gets.
    placed = sys.modules.get(candidate.name)
    draft = placed if isinstance(placed, types.ModuleType) else candidate.module or types.ModuleType(candidate.name)
    # Whatever the program bound the name to while it was loaded.
    draft.__dict__.update(candidate.names)
    where = [str(part) for part in place]
    frames.send(results, frames.packed(frames.LOADED, 0, printed.text(), raised, *where))
    # A copy, as doctest takes one: names that examples bind are not the module's.
    bound = dict(draft.__dict__)
    while True:
        kind, number, texts = frames.receive(job)
        if kind != frames.STEP:
            return
        if asking:
            asking.number = number
        frames.send(results, _outcome(number, texts[0], bound))


def _load(
    candidate: "candidate_module.Candidate", roots: "list[str]", printed: "module.Printed"
) -> "tuple[str, tuple[str, int, str, str]]":
    """Import the program; what it raised ("" for nothing) as the last line of a traceback, where, and beneath it."""
    sys.stdout = printed
    try:
        candidate.load()
    except BaseException as problem:  # The program is untrusted: SystemExit is what came out of it, not our end.
        place = candidate_module.place_of(problem, candidate, roots)
        beneath = "\0".join(module.beneath(problem))
        if isinstance(problem, SyntaxError):
            # The module itself, or one it imports: the line number is what a user needs.
            line = f" (line {problem.lineno})" if problem.lineno else ""
            return f"SyntaxError: {problem.msg}{line}", (*place, "")
        return module.raised_line(problem), (*place, beneath)
    return "", ("", 0, "", "")


def _outcome(number: int, source: str, names: "dict[str, object]") -> bytes:
    printed = module.Printed()
    raised, notes, beneath, shown = module.run_step(source, number, names, printed)
    value, kind = None, ""
    if shown:
        strange: list[type] = []
        value = None if shown[0] is None else values.spelled(shown[0], strange)
        kind = values.class_name(strange[0]) if strange else values.type_name(shown[0])
    spelled = "" if value is None else value
    has_value = "0" if value is None else "1"
    return frames.packed(frames.OUTCOME, number, printed.text(), has_value, spelled, kind, raised, notes, beneath)


def _extend_search_path(roots: "list[str]") -> None:
    """Let the project's modules be found: after the standard library, before installed packages."""
    installed = [place for place, entry in enumerate(sys.path) if "site-packages" in entry or "dist-packages" in entry]
    at = installed[0] if installed else len(sys.path)
    sys.path[at:at] = [root for root in roots if root not in sys.path]
