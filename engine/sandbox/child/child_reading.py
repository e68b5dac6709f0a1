"""What a run may read: the interpreter, the system's libraries, facts about the machine, the project's modules.

Standard library only, Python 3.6 and up.
"""

import os
import sys

_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/opt", "/nix/store", "/gnu/store")
_SINGLE = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/mime.types",
    "/etc/ssl/openssl.cnf",
    "/etc/ssl/certs",
    "/etc/pki/tls/openssl.cnf",
    "/etc/pki/tls/certs",
    "/etc/ca-certificates",
    "/etc/alternatives",
    "/etc/os-release",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/uptime",
    "/proc/loadavg",
    "/proc/version",
    "/proc/filesystems",
    "/proc/sys/kernel/osrelease",
    "/proc/sys/kernel/pid_max",
    "/proc/sys/vm/overcommit_memory",
    "/proc/sys/kernel/random",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/sys/kernel/mm/transparent_hugepage",
    "/dev/random",
    "/dev/urandom",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/full")
_OF_A_PREFIX = ("bin", "lib", "lib32", "lib64", "include", "share", "etc", "ssl", "pyvenv.cfg", "Library", "Frameworks")
_MOST_ENTRIES = 4000
_MOST_IN_PROJECT = 30000
_MOST_LINKS = 200
"""Files and folders of a project that examples find by a relative path as they are."""
_MOST_COMPARED = 1 << 20
"""Bytes of a file that is compared with the user's own."""
_MOST_ALIKE = 20
"""Files of one size that are compared with another."""
_SECRET_ENDINGS = (".pem", ".key", ".p12", ".pfx", ".kdbx", ".jks", ".keystore", ".env", ".ovpn", ".ppk")
_SECRET_STARTS = ("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "credentials", "secrets.", "secret.", "service-account")
_LEFTOVER_ENDINGS = (
    ".pyo",
    ".patch",
    ".diff",
    ".log",
    ".sqlite",
    ".ipynb",
    "~",
    ".bak",
    ".orig",
    ".rej",
    ".swp",
    ".swo",
    ".swn",
    ".tmp",
    ".temp",
    ".old",
    ".save",
    ".pyc",
    ".whl",
    ".egg",
)
_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini", ".git", "__init__.py")
_OF_A_PROGRAM = (".py", ".pyi", ".so", ".txt", ".json", ".csv", ".toml", ".yaml", ".yml")
_NEVER = ("__pycache__", "node_modules", "conftest.py", "sitecustomize.py", "usercustomize.py")


def system_paths() -> "list[str]":
    """Folders and files of the system and of this interpreter."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    prefixes |= {os.path.realpath(prefix) for prefix in prefixes}
    own = [os.path.join(prefix, part) for prefix in sorted(prefixes - {"/", "/usr"}) for part in _OF_A_PREFIX]
    return [*_SYSTEM, *_SINGLE, *own]


class Reading:
    """Sorts paths into those to be read whole, those only to be listed, and those to be hidden."""

    def __init__(self, user_file: str, home: str, module: str = "") -> None:
        """`module` is the user's file as seen from the folder that its top-level package lies in: `shop/pricing.py`."""
        self.whole: list[str] = []
        self.listed: list[str] = []
        self.hidden: list[str] = []
        self._home = os.path.realpath(home) if home else ""
        self._path = os.path.realpath(user_file) if user_file else ""
        self._stem = os.path.basename(user_file)
        self._module = "/" + module if module else ""
        self._package = ""
        if "/" in module and self._path.endswith(self._module):
            self._package = self._path[: -len(self._module)] + "/" + module.partition("/")[0]
        self._lines: tuple[set[tuple[bytes, bytes]], set[bytes]] | None = None
        self._left = _MOST_IN_PROJECT
        self._kept: set[int] = set()
        """Inodes of what is kept from drafts: the user's own file, and the project's tests."""
        self._sizes: dict[int, list[str]] = {}
        """The same by their sizes, as far as they hold what is expected."""
        self._weighed = 0
        try:
            own = os.stat(user_file) if user_file else None
        except OSError:
            own = None
        if own is not None:
            self._kept.add(own.st_ino)
            if _lines_of(self._path)[0]:
                self._sizes.setdefault(own.st_size, []).append(self._path)

    def add_system(self, folders: "list[str]", private: "list[str]") -> None:
        """Paths to be read whole, but for the private folders (and what lies on the way to them)."""
        private = [os.path.realpath(path) for path in private if path]
        for folder in folders:
            # /proc/self is another folder for each process: it must be resolved by the one that is to be restricted.
            self._add_around(folder if folder.startswith("/proc/") else os.path.realpath(folder), private)

    def _add_around(self, path: str, private: "list[str]") -> None:
        inside = [other for other in private if other == path or other.startswith(path.rstrip("/") + "/")]
        if not inside:
            self.whole.append(path)
        elif path not in inside:
            self.listed.append(path)
            for entry in _entries(path):
                self._add_around(entry.path, inside)

    def add_environment(self, prefix: str) -> None:
        """An environment inside the project: its packages, but nothing that a link in it leads to elsewhere."""
        real = os.path.realpath(prefix)
        installed = [place for place in sites_of(prefix) if self._module and os.path.exists(place + self._module)]
        for part in _OF_A_PREFIX:
            path = os.path.realpath(os.path.join(prefix, part))
            if path.startswith(real + "/") and os.path.exists(path):
                self._add_around(path, [place + "/" + self._module[1:].partition("/")[0] for place in installed])

    def add_project(self, root: str) -> None:
        """A folder of the user: its modules, packages and files, without what is private or a leftover."""
        real = os.path.realpath(root)
        if not os.path.isdir(real):
            # A module that is installed by itself: what lies beside it is the system's.
            return
        # Its own package comes first: of a very large project the rest is left out.
        entries = sorted(_entries(real), key=lambda entry: not self._path.startswith(entry.path + "/"))
        # In a home folder or at the top of the machine only modules belong to the program, not all that lies about.
        is_project = real not in (self._home, "/", "/tmp", "/home", "/root") and any(
            entry.name in _MARKS for entry in entries
        )
        self.listed.append(real)
        self._note_tests(real)
        for entry in entries:
            if self._is_private(entry):
                self.hidden.append(entry.path)
            elif entry.is_symlink():
                # What it leads to is read by its own name, if at all: no other name opens what is kept from drafts.
                continue
            elif entry.is_dir():
                if (self._home + "/").startswith(entry.path + "/") or os.path.isfile(entry.path + "/pyvenv.cfg"):
                    continue
                if is_project or _holds_modules(entry.path):
                    self._add_tree(entry.path)
            elif is_project or entry.name.endswith(_OF_A_PROGRAM):
                self.whole.append(entry.path)

    def link_into(self, folder: str, root: str) -> None:
        """Lay out a project in a folder, so that what may be read of it is found from there as well.

        Folders become folders and files links, from the top down; folders that are too many become links. Examples run
        where they may write; their relative paths begin at the project.
        """
        whole, listed = set(self.whole), set(self.listed)
        waiting = [(os.path.realpath(root), folder, False)]
        left = _MOST_LINKS
        for source, target, all_of_it in waiting:
            for entry in _entries(source):
                inside = all_of_it or entry.path in whole
                if entry.is_symlink() or not (inside or entry.path in listed):
                    continue
                left -= 1
                place = os.path.join(target, entry.name)
                try:
                    if entry.is_dir() and left > 0:
                        os.mkdir(place)
                        waiting.append((entry.path, place, inside))
                    elif left > 0 or target == folder:
                        os.symlink(entry.path, place)
                except OSError:
                    # Without it relative paths lead nowhere, and the example says so.
                    return

    def _note_tests(self, root: str) -> None:
        """Remember the project's tests, which may have other names, or copies, beside the modules."""
        waiting, left = [root], _MOST_ENTRIES
        while waiting and left > 0:
            for entry in _entries(waiting.pop()):
                left -= 1
                if entry.name.startswith(".") or entry.name in _NEVER or entry.is_symlink():
                    continue
                if entry.is_dir():
                    waiting.append(entry.path)
                elif _is_called_a_test(entry.name):
                    self._kept.add(entry.inode())
                    self._sizes.setdefault(_size(entry), []).append(entry.path)

    def _has_kept_bytes(self, entry: "os.DirEntry[str]") -> bool:
        """Whether a file holds, under another name, the very bytes of one that is kept from drafts."""
        if self._weighed >= _MOST_ENTRIES or entry.is_symlink() or entry.is_dir():
            return False
        self._weighed += 1
        alike = self._sizes.get(_size(entry), [])
        return bool(alike) and any(_same_bytes(entry.path, path) for path in alike[:_MOST_ALIKE])

    def _is_test(self, entry: "os.DirEntry[str]") -> bool:
        """Whether it is a test of the project's: tests hold what is expected, and programs do not need them."""
        name = entry.name
        if name in ("tests", "test"):
            return not self._path.startswith(entry.path + "/")
        if not name.endswith(".py"):
            return False
        # What is no name cannot be imported: "shapes copy.py" and "shapes.old.py" are leftovers.
        return _is_called_a_test(name) or not name[:-3].isidentifier()

    def _add_tree(self, folder: str) -> None:
        """A folder and all below it; as one rule when nothing in it is private."""
        clean, inside = self._look_through(folder)
        if clean:
            self.whole.append(folder)
            return
        self.listed.append(folder)
        for path, is_folder in inside:
            if is_folder:
                self._add_tree(path)
            else:
                self.whole.append(path)

    def _look_through(self, folder: str) -> "tuple[bool, list[tuple[str, bool]]]":
        inside: list[tuple[str, bool]] = []
        compiled = None
        entries = _entries(folder)
        # Of what was not looked at nobody knows whether it is private.
        clean = len(entries) < _MOST_ENTRIES
        for entry in entries:
            self._left -= 1
            if entry.name == "__pycache__":
                compiled = entry
                continue
            if entry.is_symlink():
                clean = False
                continue
            if self._left < 0 or self._is_private(entry):
                clean = False
                self.hidden.append(entry.path)
                continue
            is_folder = entry.is_dir()
            inside.append((entry.path, is_folder))
            if is_folder and clean:
                clean = self._look_through(entry.path)[0]
        if compiled is not None:
            readable = _compiled(compiled, {os.path.basename(path) for path, is_folder in inside if not is_folder})
            if readable is not None:
                clean = False
                inside += [(path, False) for path in readable]
                self.hidden += [entry.path for entry in _entries(compiled.path) if entry.path not in readable]
        return clean, inside

    def _is_private(self, entry: "os.DirEntry[str]") -> bool:
        name, low = entry.name, entry.name.lower()
        if name.startswith(".") or name in _NEVER or low.endswith(_SECRET_ENDINGS + _LEFTOVER_ENDINGS):
            return True
        if low.startswith(_SECRET_STARTS) or (name.startswith("#") and name.endswith("#")):
            return True
        if self._stem and name.startswith(self._stem) and (name != self._stem or self._is_copy(entry)):
            return True
        # The same file under another name: a hard link to what the user is editing, or to a test.
        return entry.inode() in self._kept or self._is_test(entry) or self._has_kept_bytes(entry)

    def _is_copy(self, entry: "os.DirEntry[str]") -> bool:
        """Whether a file of the same name is the user's own or a copy of it: it holds what the examples expect."""
        if entry.path == self._path or (self._module and entry.path.endswith(self._module)):
            return True
        if self._lines is None:
            self._lines = _lines_of(self._path)
        own, others = self._lines, _lines_of(entry.path)
        shared = len(own[0] & others[0]), len(own[1] & others[1])
        # Two modules of a package may well have much in common, and are needed; a copy elsewhere is not.
        beside = bool(self._package) and entry.path.startswith(self._package + "/")
        least = 0.9 if beside else 0.5
        return bool(own[0]) and shared[0] >= least * len(own[0]) and shared[1] >= least * len(own[1])


def _is_called_a_test(name: str) -> bool:
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))


def _size(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat().st_size
    except OSError:
        return -1


def _same_bytes(one: str, other: str) -> bool:
    try:
        with open(one, "rb") as first, open(other, "rb") as second:
            return first.read(_MOST_COMPARED) == second.read(_MOST_COMPARED)
    except OSError:
        return False


def _entries(folder: str) -> "list[os.DirEntry[str]]":
    try:
        with os.scandir(folder) as found:
            # Of too many, modules and folders come before data.
            return sorted(found, key=lambda entry: (not _may_be_module(entry), entry.name))[:_MOST_ENTRIES]
    except OSError:
        return []


def _may_be_module(entry: "os.DirEntry[str]") -> bool:
    return entry.name.endswith((".py", ".so")) or entry.is_dir(follow_symlinks=False)


def sites(search: "list[str]") -> "list[str]":
    """The folders of installed packages on a search path."""
    return [place for place in search if os.path.basename(place) in ("site-packages", "dist-packages")]


def sites_of(prefix: str) -> "list[str]":
    """The folders of installed packages below an environment."""
    libraries = [entry for library in ("lib", "lib64") for entry in _entries(os.path.join(prefix, library))]
    places = [os.path.join(entry.path, "site-packages") for entry in libraries]
    return [place for place in places if os.path.isdir(place)]


def _compiled(cache: "os.DirEntry[str]", sources: "set[str]") -> "list[str] | None":
    """Of a `__pycache__` the files made from these sources; None when it holds no others, and is no link."""
    entries = [] if cache.is_symlink() else _entries(cache.path)
    known = [entry for entry in entries if entry.name.partition(".")[0] + ".py" in sources and not entry.is_symlink()]
    if len(known) == len(entries) and not cache.is_symlink():
        return None
    return [entry.path for entry in known]


def _lines_of(path: str) -> "tuple[set[tuple[bytes, bytes]], set[bytes]]":
    """The last lines of a file's examples, each with the line that is expected; and all its lines."""
    try:
        if not os.path.isfile(path):
            return set(), set()
        with open(path, "rb") as opened:
            lines = [line.strip() for line in opened.read(_MOST_COMPARED).splitlines()]
    except OSError:
        return set(), set()
    prompts = (b">>>", b"...")
    answers = [n for n in range(1, len(lines)) if lines[n - 1].startswith(prompts) and not lines[n].startswith(prompts)]
    expected = {(lines[number - 1], lines[number]) for number in answers if lines[number]}
    return expected, {line for line in lines if line}


def _holds_modules(folder: str) -> bool:
    return any(entry.name.endswith((".py", ".so")) for entry in _entries(folder))
