"""The program as the module it stands for: what the import system finds under its name, wherever it is asked for.

Standard library only, Python 3.6 and up. The file itself cannot be read here: its text came with the job.
"""

import os
import sys
import types

import child_module as child

_external = sys.modules["_frozen_importlib_external"]
_bootstrap = sys.modules["_frozen_importlib"]


class Candidate:
    """Finds the program under its dotted name, and packages whose folder has another name than they have."""

    def __init__(
        self,
        name: str,
        path: str,
        is_package: bool,
        root: str,
        packages: "dict[str, str]",
        source: str,
        names: "dict[str, object]",
    ) -> None:
        """`names` are bound in the module before it is executed."""
        top, dot, rest = name.partition(".")
        self.packages = dict(packages)
        if _is_taken(top):
            # A draft called random.py must not become everybody's random; one called __main__.py must not run its main.
            if dot or is_package:
                self.packages[top + "_draft"] = os.path.join(root, top)
            top += "_draft"
        self.name = top + dot + rest
        self.path = path or self.name + ".py"
        self.is_package = is_package
        self.source = source
        self.names = names
        self.module: types.ModuleType | None = None
        """The module, once it has begun to be executed."""
        _forget(self.name.partition(".")[0])

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> object:
        """The specification of the program or of a renamed package; None for everything else."""
        if fullname == self.name:
            return self._spec(fullname)
        folder = self.packages.get(fullname)
        if folder is not None:
            return _package_spec(fullname, folder)
        if path is not None and fullname.rpartition(".")[2] == self.name.rpartition(".")[2]:
            # The same file, imported by another name.
            found = _external.PathFinder.find_spec(fullname, path)
            if found is not None and found.origin == self.path:
                return self._spec(fullname)
        return None

    def _spec(self, fullname: str) -> object:
        loader = Loader(fullname, self)
        places = [os.path.dirname(self.path)] if self.is_package else None
        spec = _external.spec_from_file_location(fullname, self.path, loader=loader, submodule_search_locations=places)
        spec.origin = self.path
        return spec

    def load(self) -> types.ModuleType:
        """Import the program by its name, and so all the packages that it is in.

        Raises:
            BaseException: whatever the program or its package raises.
        """
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]
        sys.meta_path.append(Parents({*self.packages, self.name}))  # type: ignore[arg-type]
        __import__(self.name)
        if self.module is None:
            raise ImportError(self.name + " was imported from somewhere else: another import hook found it first")
        return self.module


class Loader(_external.SourceFileLoader):  # type: ignore[name-defined, misc]
    """Loads the program as a file is loaded, from the text that came with the job."""

    def __init__(self, fullname: str, candidate: Candidate) -> None:
        super().__init__(fullname, candidate.path)
        self._candidate = candidate

    def get_data(self, path: str) -> bytes:
        """The bytes of a file; of the program's own, the text that came."""
        if path == self._candidate.path:
            return self._candidate.source.encode("utf-8", "surrogatepass")
        return super().get_data(path)  # type: ignore[no-any-return]

    def get_source(self, fullname: str) -> str:
        """The text that came."""
        return self._candidate.source

    def get_code(self, fullname: str) -> types.CodeType:
        """The code of the text that came; nothing compiled is read or kept."""
        return compile(self._candidate.source, self._candidate.path, "exec", 0, True)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the program in its module."""
        candidate = self._candidate
        if module.__name__ == candidate.name:
            candidate.module = module
        module.__dict__.update(candidate.names)
        child.remember_source(candidate.path, candidate.source)
        exec(self.get_code(module.__name__), module.__dict__)


class Parents:
    """Finds, last of all, the packages above one of the given names that have no folder of their own."""

    def __init__(self, names: "set[str]") -> None:
        self._names = {
            ".".join(parts[:end]) for name in names for parts in [name.split(".")] for end in range(1, len(parts))
        }

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> object:
        """The specification of an empty namespace, None for other names."""
        if fullname not in self._names:
            return None
        spec = _bootstrap.ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = []
        return spec


def place_of(problem: BaseException, candidate: Candidate, roots: "list[str]") -> "tuple[str, int, str]":
    """Where something was raised: the innermost file of the project and its line, and the innermost function of all.

    The file is "" when the traceback touches none; the function is spelled "module.name".
    """
    file, line, inner = "", 0, ""
    trace, left = problem.__traceback__, 2000
    while trace is not None and left:
        left -= 1
        frame, name = trace.tb_frame, trace.tb_frame.f_code.co_filename
        if not name.startswith("<frozen"):
            inner = str(frame.f_globals.get("__name__", "")) + "." + frame.f_code.co_name
        if name == candidate.path or _is_of_project(name, roots):
            file, line = name, trace.tb_lineno
        trace = trace.tb_next
    if isinstance(problem, SyntaxError):
        name, number = str(problem.filename), problem.lineno
        if isinstance(number, int) and (name == candidate.path or _is_of_project(name, roots)):
            file, line = name, number
    return file, line, inner


def stood(frame: "types.FrameType | None", candidate: Candidate, roots: "list[str]") -> "tuple[str, int]":
    """The innermost file of the project that is running in a frame or above it, and its line; ("", 0) for none."""
    left = 2000
    while frame is not None and left:
        name, left = frame.f_code.co_filename, left - 1
        if name == candidate.path or _is_of_project(name, roots):
            return name, frame.f_lineno
        frame = frame.f_back
    return "", 0


def _is_of_project(name: str, roots: "list[str]") -> bool:
    below = [root for root in roots if name.startswith(root.rstrip("/") + "/")]
    return any("site-packages" not in name[len(root) :] and "dist-packages" not in name[len(root) :] for root in below)


def _package_spec(fullname: str, folder: str) -> object:
    path = os.path.join(folder, "__init__.py")
    if os.path.isfile(path):
        return _external.spec_from_file_location(fullname, path, submodule_search_locations=[folder])
    spec = _bootstrap.ModuleSpec(fullname, None, is_package=True)
    spec.submodule_search_locations = [folder]
    return spec


def _is_taken(top: str) -> bool:
    library = getattr(sys, "stdlib_module_names", sys.builtin_module_names)
    known = sys.modules.get(top)
    # Without a list of the library's names: what is loaded and was not installed is the library's.
    loaded = known is not None and not hasattr(sys, "stdlib_module_names") and not _is_installed(known)
    return top == "__main__" or top in library or loaded


def _is_installed(module: types.ModuleType) -> bool:
    name = str(getattr(module, "__file__", None) or "")
    return "site-packages" in name or "dist-packages" in name


def _forget(top: str) -> None:
    """Take out what a start-up file of the environment has imported of the program's own package."""
    for name in [name for name in sys.modules if name == top or name.startswith(top + ".")]:
        del sys.modules[name]
