"""Many functions become one body: it compiles, it runs, and it can be written back."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.facts import Helper, Stub
from redraft.engine.python.composing import (
    composed,
    helper_stub,
    needed,
    unwritten,
)
from redraft.engine.replies import split
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Sandbox
from redraft.engine.sources import find_function, find_stubs, read, splice


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    if not sys.platform.startswith("linux"):
        pytest.skip("the sandbox's layers are Linux's")
    opened = await open_sandbox(SandboxChoice(allow_limited=True))
    yield opened
    await opened.aclose()


def stub_of(tmp_path: Path, text: str) -> Stub:
    path = tmp_path / "mine.py"
    path.write_text(text, encoding="utf-8")
    (stub,) = find_stubs(read(path)).stubs
    return stub


def solved(stub: Stub, plan: str, bodies: dict[str, str], order: list[str] | None = None) -> str:
    """The body that a plan and the bodies of its helpers make."""
    parts = split(f"```python\n{plan}\n```", stub, stub, (), ())
    assert parts.problem == ""
    wanted = {one.entry_point: one for one in parts.wanted}
    assert wanted.keys() == bodies.keys()
    helpers = {
        name: Helper(stub=wanted[name], body=bodies[name], verified=True, above=parts.above)
        for name in order or list(bodies)
    }
    return composed(parts.body, helpers)


async def gives(sandbox: Sandbox, stub: Stub, body: str, *calls: str) -> list[str | None]:
    """What calls give in the file with this body written into it."""
    written = splice(read(Path(stub.path)), stub, body)
    compile(written, "mine.py", "exec")
    done = await sandbox.run(written, list(calls))
    assert done.problem == "", done.problem
    assert [outcome.raised for outcome in done.outcomes if outcome.raised] == []
    alone = await sandbox.run(stub.program(body), list(calls))
    assert [outcome.value for outcome in alone.outcomes] == [outcome.value for outcome in done.outcomes]
    return [outcome.value for outcome in done.outcomes]


WRITTEN = "    raise NotImplementedError\n\n\n"


async def test_helpers_of_a_function_become_inner_functions_each_once(tmp_path: Path, sandbox: Sandbox):
    stub = stub_of(tmp_path, 'def total(rows):\n    """Sum of all numbers."""\n    ...\n')
    plan = f"def numbers(row):\n{WRITTEN}def flat(rows):\n{WRITTEN}def total(rows):\n    return sum(flat(rows))\n"
    flat = "return [n for row in rows for n in numbers(row)]"
    parts = split(f"```python\n{plan}\n```", stub, stub, (), ())
    assert [one.name for one in parts.wanted] == ["flat"]  # Nothing in the plan calls `numbers` yet.
    plan = plan.replace("sum(flat(rows))", "sum(flat(rows)) + 0 * len(numbers(''))")
    body = solved(stub, plan, {"flat": flat, "numbers": "return [int(n) for n in row.split()]"})
    assert body.count("def numbers(") == body.count("def flat(") == 1
    assert await gives(sandbox, stub, body, "total(['1 2', '3'])") == ["6"]


async def test_a_method_keeps_its_class_and_takes_its_helpers_inside(tmp_path: Path, sandbox: Sandbox):
    text = 'class Box:\n    size = 3\n\n    def fill(self, things):\n        """Pack."""\n        ...\n\n    def more(self):\n        return self.size + 1\n'
    stub = stub_of(tmp_path, text)
    plan = f"class Box:\n    def fill(self, things):\n        return part(things, self.more())\n\n\ndef part(things, count):\n{WRITTEN}"
    body = solved(stub, plan, {"part": "return list(things)[:count]"})
    assert await gives(sandbox, stub, body, "Box().fill('abcdef')") == ["['a', 'b', 'c', 'd']"]


async def test_the_helper_of_a_method_may_name_the_class(tmp_path: Path, sandbox: Sandbox):
    text = 'class Box:\n    def __init__(self, n):\n        self.n = n\n\n    def add(self, other):\n        """Both."""\n        ...\n'
    stub = stub_of(tmp_path, text)
    plan = f"def made(n: int) -> Box:\n{WRITTEN}def add(self, other):\n    return made(self.n + other.n)\n"
    body = solved(stub, plan, {"made": "return Box(n)"})
    assert await gives(sandbox, stub, body, "Box(1).add(Box(2)).n") == ["3"]


async def test_async_functions_compose_with_async_and_ordinary_helpers(tmp_path: Path, sandbox: Sandbox):
    stub = stub_of(tmp_path, 'import asyncio\n\n\nasync def both(x):\n    """Twice."""\n    ...\n')
    plan = f"async def one(x):\n{WRITTEN}def plus(a, b):\n{WRITTEN}async def both(x):\n    return plus(await one(x), await one(x))\n"
    bodies = {"one": "await asyncio.sleep(0)\nreturn x", "plus": "return a + b"}
    assert await gives(sandbox, stub, solved(stub, plan, bodies), "asyncio.run(both(4))") == ["8"]


async def test_an_inner_function_of_another_takes_helpers_too(tmp_path: Path, sandbox: Sandbox):
    stub = stub_of(tmp_path, "def outer(n):\n    def inner(x):\n        ...\n    return inner(n)\n")
    body = solved(stub, f"def up(x):\n{WRITTEN}def inner(x):\n    return up(x) * n\n", {"up": "return x + 1"})
    assert await gives(sandbox, stub, body, "outer(3)") == ["12"]


async def test_a_file_with_other_functions_lends_them_to_the_helpers(tmp_path: Path, sandbox: Sandbox):
    text = 'import math\n\nUNIT = 10\n\n\ndef f(x):\n    """Doc."""\n    ...\n\n\ndef below(x):\n    return math.floor(x) * UNIT\n'
    stub = stub_of(tmp_path, text)
    body = solved(stub, f"def g(x):\n{WRITTEN}def f(x):\n    return g(x) + below(x)\n", {"g": "return below(x) + 1"})
    assert await gives(sandbox, stub, body, "f(1.5)") == ["21"]


async def test_imports_constants_and_classes_of_a_plan_stand_before_the_helpers_once(tmp_path: Path, sandbox: Sandbox):
    stub = stub_of(tmp_path, 'def parse(text):\n    """Doc."""\n    ...\n')
    plan = f"""from typing import List, NamedTuple
SEPARATOR = ","
UNUSED = 3


@staticmethod
class Nothing:
    pass


class Token(NamedTuple):
    text: str


def tokens(text: str) -> List[Token]:
{WRITTEN}def parse(text: str) -> List[str]:
    return [token.text for token in tokens(text) if isinstance(token, Token)]
"""
    body = solved(
        stub,
        plan.replace("(text: str) -> List[str]", "(text)"),
        {"tokens": "return [Token(p) for p in text.split(SEPARATOR)]"},
    )
    assert (body.count("class Token"), body.count("SEPARATOR ="), body.count("UNUSED")) == (1, 1, 0)
    assert await gives(sandbox, stub, body, "parse('a,b')") == ["['a', 'b']"]


async def test_a_helper_runs_alone_below_its_file_before_anything_calls_it(tmp_path: Path, sandbox: Sandbox):
    stub = stub_of(tmp_path, 'BASE = 7\n\n\ndef f(x):\n    """Doc."""\n    ...\n\n\ndef later():\n    return 1\n')
    parts = split(
        f"```python\nfrom typing import Optional\n\n\ndef g(x: Optional[int]) -> int:\n{WRITTEN}def f(x):\n    return g(x)\n```",
        stub,
        stub,
        (),
        (),
    )
    (helper,) = parts.wanted
    done = await sandbox.run(helper.program("return BASE + later() + (x or 0)"), ["g(2)", "g(None)"])
    assert [outcome.value for outcome in done.outcomes] == ["10", "8"]


async def test_strings_of_several_lines_in_helpers_keep_what_they_say(tmp_path: Path, sandbox: Sandbox):
    stub = stub_of(tmp_path, 'class A:\n    def text(self):\n        """Doc."""\n        ...\n')
    plan = f"def long():\n{WRITTEN}def text(self):\n    return long()\n"
    assert await gives(sandbox, stub, solved(stub, plan, {"long": 'return """a\n  b\n"""'}), "A().text()") == [
        "'a\\n  b\\n'"
    ]


def test_helpers_come_in_the_order_they_were_solved_and_only_those_needed():
    helpers = {name: helper(name, body) for name, body in (("a", "return b(x)"), ("b", "return x"), ("c", "return x"))}
    assert [one.stub.name for one in needed("return a(x)", helpers)] == ["a", "b"]


def test_helpers_that_call_each_other_are_composed_once_each():
    helpers = {"a": helper("a", "return b(x)"), "b": helper("b", "return a(x)")}
    assert composed("return a(x)", helpers).count("def ") == 2


def test_a_body_that_brings_a_function_of_its_own_by_that_name_keeps_it():
    body = "def a(x):\n    return 1\n\nreturn a(x)"
    assert composed(body, {"a": helper("a", "return 2")}) == body


def test_a_function_nobody_wrote_says_so_when_it_is_called():
    namespace: dict[str, object] = {}
    exec(helper("a", unwritten("a")).code, namespace)
    with pytest.raises(NotImplementedError, match="a was given up"):
        namespace["a"](1)  # type: ignore[operator]


def helper(name: str, body: str) -> Helper:
    header = f"def {name}(x):\n"
    return Helper(stub=Stub(path="a.py", name=name, line=1, header=header, before=header), body=body, verified=True)


@given(
    st.lists(st.sampled_from("abcde"), max_size=4),
    st.dictionaries(st.sampled_from("abcde"), st.lists(st.sampled_from("abcdexyz"), max_size=3)),
)
def test_what_is_composed_always_compiles_and_holds_no_helper_twice(calls: list[str], graph: dict[str, list[str]]):
    helpers = {
        name: helper(name, "return " + " + ".join(["x", *(f"{n}(x)" for n in uses)])) for name, uses in graph.items()
    }
    body = composed("return " + " + ".join(["x", *(f"{name}(x)" for name in calls)]), helpers)
    compile(Stub(path="a.py", name="f", line=1, header="def f(x):\n").code(body), "f.py", "exec")
    assert all(body.count(f"def {name}(") <= 1 for name in "abcde")
    assert all(body.count(f"def {name}(") == 1 for name in calls if name in graph)


def test_a_helper_found_in_a_plan_counts_its_planners_examples_as_generated(tmp_path: Path):
    root = stub_of(tmp_path, "def f(x):\n    ...\n")
    text = 'def g(x):\n    """Same.\n\n    >>> g(1)\n    1\n    """\n    raise NotImplementedError\n'
    path = tmp_path / "plan.py"
    path.write_text(text, encoding="utf-8")
    found = find_function(read(path), "g")
    assert found is not None
    assert [example.origin for example in helper_stub(root, found).examples] == ["generated"]
    assert [example.origin for example in helper_stub(root, found, "", "visible").examples] == ["visible"]
