"""Finding the functions that wait for a body."""

from __future__ import annotations

from msgspec.structs import replace

from ..examples import extract
from ..facts import Example, Fact, Stub
from .context import Surroundings, Told
from .functions import Function, class_header, may_lack_a_body, named_so, places_of_names
from .module import Module, module_of
from .places import Place, place_of, written_place
from .reading import Source
from .syntax import statements, string_value
from .waiting import Waiting

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
    functions = list(module.functions())
    without_body = [
        (function, place)
        for function in functions
        if (place := place_of(module.raw, function.node)) and not may_lack_a_body(function)
    ]
    chosen = [pair for pair in without_body if named in {"", pair[0].name}]
    looking = _Looking(source, module, functions, [function for function, _ in without_body], tokens, len(chosen))
    stubs = tuple(looking.stub(function, place) for function, place in chosen)
    return Found(path=source.path, stubs=stubs, problem=module.problem)


def find_function(source: Source, name: str, *, tokens: int = NEIGHBOUR_TOKENS) -> Stub | None:
    """The function of that name, written or not, as a stub whose `body` is what stands there; None when there is none.

    `name` is qualified (`Stack.push`) or bare (`push`), and then the first of that name is meant. Only the examples of
    its own docstring are read, and none of them waits: what a model wrote is looked at so, whose helpers come later.
    """
    module = module_of(source.text)
    for function in named_so(module.functions(), name):
        if place := written_place(module.raw, function.node):
            surroundings = Surroundings(module, stubs=1, path=source.path)
            return _stub(source, surroundings, tokens, function, place, (1, 1), None)
    return None


def told_of(source: Source, name: str, *, tokens: int = NEIGHBOUR_TOKENS) -> Told:
    """What a prompt says of the surroundings of a function, and what of them did not fit."""
    module = module_of(source.text)
    function = next(iter(named_so(module.functions(), name)), None)
    return Surroundings(module, stubs=1, path=source.path).told(function, tokens) if function else Told()


def find_functions(source: Source, name: str, *, tokens: int = NEIGHBOUR_TOKENS) -> tuple[Stub, ...]:
    """All functions of that qualified name, or else of that bare name, written or not, in the order of the file.

    Their `body` is what stands there. Declarations such as overloads are left out.
    """
    module = module_of(source.text)
    functions = list(module.functions())
    waiting = [f for f in functions if place_of(module.raw, f.node) and not may_lack_a_body(f)]
    found = [(f, place) for f in named_so(functions, name) if (place := written_place(module.raw, f.node))]
    looking = _Looking(source, module, functions, waiting, tokens, len(found))
    exact = [pair for pair in found if pair[0].name == name]
    return tuple(looking.stub(function, place) for function, place in exact or found)


class _Looking:
    """One file, out of which stubs are made."""

    def __init__(
        self,
        source: Source,
        module: Module,
        functions: list[Function],
        unwritten: list[Function],
        tokens: int,
        asked: int,
    ) -> None:
        """`asked` tells how many stubs will be made."""
        self._source = source
        self._tokens = tokens
        self._surroundings = Surroundings(module, stubs=asked, path=source.path)
        self._module, self._functions, self._unwritten = module, functions, unwritten
        self._waiting = Waiting(module, functions, unwritten, source.path)
        self._places = places_of_names(functions)

    def stub(self, function: Function, place: Place) -> Stub:
        """One function, with the examples that count for it."""
        nth = self._places[function.node.start_byte]
        waiting = self._waiting_beside(function)
        return _stub(self._source, self._surroundings, self._tokens, function, place, nth, waiting)

    def _waiting_beside(self, function: Function) -> Waiting:
        """What its examples may wait for: never what its own body leads to, be it a draft's or what stands there.

        Which of them that body really needs shows when they are run, see `let_wait`.
        """
        if function in self._unwritten:
            return self._waiting
        return Waiting(self._module, self._functions, [*self._unwritten, function], self._source.path)


def _stub(
    source: Source,
    surroundings: Surroundings,
    tokens: int,
    function: Function,
    place: Place,
    nth: tuple[int, int],
    waiting: Waiting | None,
) -> Stub:
    raw = surroundings.raw
    docstring, line = _docstring(function)
    told = surroundings.told(function, tokens)
    before, after = surroundings.program(function, place, told.neighbours)
    own = extract(docstring, function.name, line)
    return Stub(
        path=source.path,
        name=function.name,
        line=function.node.start_point[0] + 1,
        header=place.header(raw),
        indent=place.indent,
        body=place.body,
        docstring=docstring,
        examples=_with_options(waiting.examples(function, own) if waiting else own, surroundings.options),
        imports=surroundings.imports,
        neighbours=told.neighbours,
        project=told.project,
        class_header=class_header(raw, function),
        before=before,
        after=after,
        margin=place.margin,
        digest=source.digest,
        nth=nth,
    )


def _with_options(examples: tuple[Example, ...], options: tuple[str, ...]) -> tuple[Example, ...]:
    """The examples with the flags that the project has on for all of them; what an example turns off stays off."""
    return tuple(
        replace(
            example,
            options=(*(name for name in options if not {name, f"-{name}"} & {*example.options}), *example.options),
        )
        for example in examples
    )


def _docstring(function: Function) -> tuple[str, int]:
    """The docstring as Python has it (not cleaned of indentation) and the 1-based line it begins on; or ("", 0)."""
    block = function.node.child_by_field_name("body")
    first = next(iter(statements(block)), None) if block else None
    value = string_value(first) if first else None
    return (value or "", first.start_point[0] + 1) if first and value is not None else ("", 0)
