"""The zygote: started by the application with the user's interpreter, it forks one locked-down process for each run.

Standard library only, Python 3.6 and up; run as `python -I -S -B -X utf8 child.py DESCRIPTOR`, where the descriptor is
a sequenced-packet socket to the application. Requests are believed; what programs say is not even read here.
"""

import _socket
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# -B is for the user's project; our own files may be kept compiled for this interpreter.
sys.dont_write_bytecode = False

import child_frames as frames  # noqa: E402
import child_kernel as kernel  # noqa: E402
import child_landlock as landlock  # noqa: E402
import child_layers as layers  # noqa: E402
import child_limits as limits  # noqa: E402
import child_namespaces as namespaces  # noqa: E402
import child_seccomp as seccomp  # noqa: E402
import child_selftest as selftest  # noqa: E402
import child_site as site  # noqa: E402
import child_zygote  # noqa: E402

sys.dont_write_bytecode = True
del sys.path[0]


def main() -> None:
    """Set up, say what protection there is, then serve until the application is gone."""
    control = _socket.socket(fileno=int(sys.argv[1]))
    _, _, texts = frames.unpacked(control.recv(1 << 16)[4:])
    wants_namespaces, wants_landlock, wants_seccomp, programs, room, executable, variables, folders, own = texts[:9]
    protection = layers.Protection([folder for folder in folders.split("\0") if folder])
    kernel.die_with(os.getppid())
    problem = _enter_namespaces(protection) if wants_namespaces else ""
    if not protection.outer:
        protection.tasks = limits.tasks_of_user()
    if wants_landlock:
        protection.landlock = landlock.version()
        problem = problem or ("" if protection.landlock else "the kernel has no Landlock")
    if wants_seccomp:
        problem = problem or _restrict_ourselves(protection, room, bool(programs))
    for pair in filter(None, variables.split("\0")):
        name, _, value = pair.partition("=")
        os.environ[name] = value
    site.take_in(executable)
    _preload(texts[9:], own)
    found = ["rlimits", "privileges"]
    found += ["namespaces"] if protection.outer else []
    found += ["landlock"] if protection.landlock else []
    found += ["seccomp"] if protection.seccomp else []
    control.send(frames.packed(frames.READY, 0, sys.version.split()[0], " ".join(found), problem))
    child_zygote.Zygote(control, protection).serve()


def _enter_namespaces(protection: "layers.Protection") -> str:
    """Go on as the first process of new namespaces, or here if the kernel does not let us; then why not.

    The attempt is made by a forked process, so that a half-entered state ends with it.
    """
    outer, user, group = selftest.identities(), os.getuid(), os.getgid()
    answer, tell = os.pipe()
    try:
        child = kernel.fork_into(namespaces.ALL)
    except OSError as problem:
        return str(problem)
    if child:
        os.close(tell)
        said = os.read(answer, 4096).decode()
        os.close(answer)
        if said == "ok":
            _, status = os.waitpid(child, 0)
            os._exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
        os.waitpid(child, 0)
        return said or "the first process of the namespaces died"
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, 9)
        namespaces.become_alone(user, group)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, 9)
    except OSError as problem:
        os.write(tell, str(problem).encode())
        os._exit(1)
    os.write(tell, b"ok")
    os.close(answer)
    os.close(tell)
    protection.outer = outer
    return ""


def _restrict_ourselves(protection: "layers.Protection", room: str, programs: bool) -> str:
    """The zygote's own, wider restrictions, for what is imported beforehand; why there are none, if so."""
    try:
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        if protection.landlock and not protection.outer:
            # With namespaces the tree is read-only already, and Landlock would forbid the mounts of the runs.
            rules = landlock.Rules(protection.landlock)
            rules.give_reading("/")
            rules.give_scratch(room)
            for path in ("/dev/null", "/dev/zero", "/dev/full"):
                rules.give_device(path)
            rules.put_in_force()
        seccomp.deny(None, programs, bool(protection.outer))
    except OSError as problem:
        return str(problem)
    protection.seccomp = True
    return ""


class _Withheld:
    """Keeps the program's own package from being imported beforehand, by whatever needs it."""

    def __init__(self, top: str) -> None:
        self._top = top

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> object:
        """Nothing for all other names. Raises: ImportError for this one."""
        if fullname == self._top or fullname.startswith(self._top + "."):
            raise ImportError(fullname + " is not imported beforehand")
        return None


def _preload(names: "list[str]", own: str) -> None:
    """Import what programs are going to import. Whatever goes wrong with it goes wrong in the run as well."""
    withheld = _Withheld(own)
    sys.meta_path.insert(0, withheld)  # type: ignore[arg-type]
    for name in names:
        try:
            __import__(name)
        except BaseException:  # A module may raise anything when it is imported, SystemExit too.
            continue
    sys.meta_path.remove(withheld)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
