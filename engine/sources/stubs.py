"""Finding the functions that wait for a body."""

from __future__ import annotations

from ..examples import extract
from ..facts import Fact, Stub
from .context import Surroundings, Told
from .functions import Function, class_header, may_lack_a_body
from .module import Module, module_of
from .places import Place, place_of, written_place
from .reading import Source
from .syntax import statements, string_value

NEIGHBOUR_TOKENS = 400
"""How much of a prompt the surroundings may take, by our own estimate of four characters a token."""


class Found(Fact, frozen=True):
    """What a file offers."""

    path: str
    stubs: tuple[Stub, ...] = ()
    problem: str = ""
    """Why the file is no program yet ("does not parse yet: line 7"), else "". Stubs are given all the same."""


def find_stubs(source: Source, *, tokens: int = NEIGHBOUR_TOKENS) -> Found:
    """The functions of a file whose body is `...`, `pass`, `raise NotImplementedError` or only a docstring.

    Overloads, abstract methods, methods of protocols and what stands under `if TYPE_CHECKING:` are meant to have no
    body and are left out, and so is every function of a `.pyi` file.
    """
    if source.path.endswith(".pyi"):
        return Found(path=source.path, problem="a .pyi file has no bodies to write")
    return stubs_in(source, module_of(source.text), tokens)


def stubs_in(source: Source, module: Module, tokens: int, *, named: str = "") -> Found:
    """The same, for a source that is parsed already; `named` keeps the stubs of one qualified name."""
    waiting = [
        (function, place)
        for function in module.functions()
        if named in {"", function.name}
        and (place := place_of(module.raw, function.node))
        and not may_lack_a_body(function)
    ]
    surroundings = Surroundings(module, stubs=len(waiting), path=source.path)
    stubs = tuple(_stub(source, surroundings, tokens, function, place) for function, place in waiting)
    return Found(path=source.path, stubs=stubs, problem=module.problem)


def find_function(source: Source, name: str, *, tokens: int = NEIGHBOUR_TOKENS) -> Stub | None:
    """The function of that name, written or not, as a stub whose `body` is what stands there; None when there is none.

    `name` is qualified (`Stack.push`) or bare (`push`), and then the first of that name is meant.
    """
    module = module_of(source.text)
    for function in _named(module, name):
        if not may_lack_a_body(function) and (place := written_place(module.raw, function.node)):
            surroundings = Surroundings(module, stubs=1, path=source.path)
            return _stub(source, surroundings, tokens, function, place)
    return None


def told_of(source: Source, name: str, *, tokens: int = NEIGHBOUR_TOKENS) -> Told:
    """What a prompt says of the surroundings of a function, and what of them did not fit."""
    module = module_of(source.text)
    function = next(iter(_named(module, name)), None)
    return Surroundings(module, stubs=1, path=source.path).told(function, tokens) if function else Told()


def _named(module: Module, name: str) -> list[Function]:
    """The functions of a qualified name, then those of a bare one."""
    qualified = [function for function in module.functions() if function.name == name]
    return qualified + [function for function in module.functions() if function.name.rpartition(".")[2] == name]


def _stub(source: Source, surroundings: Surroundings, tokens: int, function: Function, place: Place) -> Stub:
    raw = surroundings.raw
    docstring, line = _docstring(function)
    told = surroundings.told(function, tokens)
    before, after = surroundings.program(function, place, told.neighbours)
    return Stub(
        path=source.path,
        name=function.name,
        line=function.node.start_point[0] + 1,
        header=place.header(raw),
        indent=place.indent,
        body=place.body,
        docstring=docstring,
        examples=extract(docstring, function.name, line),
        imports=surroundings.imports,
        neighbours=told.neighbours,
        project=told.project,
        class_header=class_header(raw, function),
        before=before,
        after=after,
        margin=place.margin,
        digest=source.digest,
    )


def _docstring(function: Function) -> tuple[str, int]:
    """The docstring as Python has it (not cleaned of indentation) and the 1-based line it begins on; or ("", 0)."""
    block = function.node.child_by_field_name("body")
    first = next(iter(statements(block)), None) if block else None
    value = string_value(first) if first else None
    return (value or "", first.start_point[0] + 1) if first and value is not None else ("", 0)
