"""Python's own parser, asked from threads: correct text is correct, whatever else the process does meanwhile."""

from __future__ import annotations

import ast
import gc
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redraft.engine.examples import extract
from redraft.engine.python import literals, names, parsing, shape
from redraft.engine.replies.python import fault
from redraft.engine.sources import find_stubs
from redraft.engine.sources.reading import decoded
from redraft.engine.sources.syntax import is_newer_syntax

PROGRAM = "\n".join(f"def f{n}(x):\n    return [(x, {n}), {{'a': x + {n}}}]" for n in range(150))
STUB = 'def f(x):\n    """One more.\n\n    >>> f(1)\n    2\n    """\n    ...\n'


@pytest.fixture
def crowded() -> Iterator[None]:
    """What lets another thread in while a syntax tree is made: Python code that garbage collection calls."""

    def called(_phase: str, _info: dict[str, int]) -> None:
        sum(range(200))

    gc.callbacks.append(called)
    before = gc.get_threshold()
    gc.set_threshold(20, 2, 2)
    yield
    gc.set_threshold(*before)
    gc.callbacks.remove(called)


ASKED: dict[str, Callable[[], object]] = {
    "a program": lambda: parsing.module(PROGRAM),
    "an expression": lambda: parsing.expression("[" * 60 + "1" + "]" * 60),
    "a value": lambda: literals.parsed(str([(n, str(n)) for n in range(300)])),
    "names": lambda: names.undefined(PROGRAM, "f3"),
    "two shapes": lambda: shape.same_program(PROGRAM, PROGRAM),
    "examples": lambda: extract(STUB.split('"""')[1], "f"),
    "stubs": lambda: find_stubs(decoded("a.py", STUB.encode())).stubs,
    "a fault in a body": lambda: fault(find_stubs(decoded("a.py", STUB.encode())).stubs[0], "    return x + 1\n"),
    "newer syntax": lambda: is_newer_syntax("type A = int\n"),
}


@pytest.mark.usefixtures("crowded")
@pytest.mark.parametrize("asked", ASKED)
def test_trees_made_by_several_threads_at_once_are_those_that_one_makes(asked: str) -> None:
    once = ASKED[asked]()
    wanted = ast.dump(once) if isinstance(once, ast.AST) else once
    with ThreadPoolExecutor(4) as pool:
        for made in pool.map(lambda _: [ASKED["a program"](), ASKED[asked]()][1], range(12)):
            assert (ast.dump(made) if isinstance(made, ast.AST) else made) == wanted


def test_a_parser_that_another_library_has_disturbed_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real, disturbed = ast.parse, iter([True, True, False])

    def parse(*given: object, **named: object) -> ast.AST:
        if next(disturbed, False):
            raise SystemError("AST constructor recursion depth mismatch (before=57, after=71)")
        return real(*given, **named)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(ast, "parse", parse)
    assert ast.unparse(parsing.module("x=1")) == "x = 1"


def test_a_parser_that_never_works_is_a_fault_and_no_endless_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_given: object, **_named: object) -> ast.AST:
        raise SystemError("unknown opcode")

    monkeypatch.setattr(ast, "parse", parse)
    with pytest.raises(SystemError):
        parsing.module("x = 1")


def test_warnings_of_the_process_are_what_they_were_after_threads_have_parsed() -> None:
    before = list(warnings.filters)
    threads = [threading.Thread(target=lambda: [parsing.parsed(r"'\d'") for _ in range(300)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert warnings.filters == before
