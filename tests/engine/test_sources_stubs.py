"""Which functions count as stubs, and what is known of each."""

from __future__ import annotations

import ast
import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.sources import Found, find_function, find_stubs, splice
from redraft.engine.sources.mending import mended
from redraft.engine.sources.reading import decoded


def found(text: str, path: str = "shapes.py") -> Found:
    return find_stubs(decoded(path, textwrap.dedent(text).encode()))


def names(text: str) -> list[str]:
    return [stub.name for stub in found(text).stubs]


@pytest.mark.parametrize(
    "body",
    [
        "...",
        "pass",
        "raise NotImplementedError",
        "raise NotImplementedError()",
        'raise NotImplementedError("write me")',
        'raise NotImplementedError(\n        "write me"\n    )',
        '"""Only a docstring."""',
        "'''Other quotes.'''",
        'r"""Raw."""',
        'R"raw"',
        'u"old"',
        '"""In " "two parts."""',
        '("""In parentheses.""")',
        '"""Doc."""\n    ...',
        '"""Doc."""\n\n    pass',
        '"""Doc."""\n    # a hint\n    ...',
        "# a hint\n    ...  # and one more",
        '"""Doc."""\n    # only a hint',
        '"""Doc."""; ...',
        "...;",
    ],
)
def test_a_function_without_a_body_of_its_own_is_a_stub(body: str):
    assert names(f"def f(x):\n    {body}\n") == ["f"]


@pytest.mark.parametrize(
    "body",
    [
        "return 1",
        '"""Doc."""\n    return 1',
        "raise NotImplementedError\n    return 1",
        "raise ValueError",
        "raise",
        "raise NotImplementedError from None",
        "raise errors.NotImplementedError",
        'f"""Not a docstring."""',
        'b"""Not a docstring."""',
        "1",
        "yield",
        "print(...)",
        "pass\n    pass",
        "...\n    x = (",
        '"""Doc."""\n    x = (',
    ],
)
def test_a_function_that_does_something_is_no_stub(body: str):
    assert names(f"def f(x):\n    {body}\n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(x): ...", ["f"]),
        ("async def f(x): ...\n", ["f"]),
        ("def f(x): ...  # hint\n", ["f"]),
        ('def f(x): "doc"\n', ["f"]),
        ("def f(x): \\\n  ...\n", ["f"]),
        ("@decorator\n@other(1, key='a')\ndef f(x): ...\n", ["f"]),
        ("class A:\n  class B:\n    def f(self): ...\n", ["A.B.f"]),
        ("def outer():\n  class A:\n    def f(self): ...\n  return A\n", ["outer.A.f"]),
        ("def outer():\n  def inner(): ...\n  return inner\n", ["outer.inner"]),
        ("def outer():\n  if 1:\n    with x:\n      async def inner(): ...\n  return inner\n", ["outer.inner"]),
        (
            "def f(\n    a,\n    /,\n    *args: int,\n    key: str = ')',\n    **rest,\n) -> dict[\n    str, int\n]:\n    ...\n",
            ["f"],
        ),
        ("def f[T: (int, str), *Ts, **P](x: T) -> T: ...\n", ["f"]),
        ("class A[T]:\n    def f[U](self, x: U) -> T: ...\n", ["A.f"]),
        ("if x:\n    def f(): ...\nelse:\n    def f(): pass\n", ["f", "f"]),
        ("try:\n    import a\nexcept ImportError:\n    def f(): ...\n", ["f"]),
        ("class A:\n\tdef f(self):\n\t\t...\n", ["A.f"]),
        ("x = 1\n\f\ndef f():\n\f    ...\n", ["f"]),
        ("\fdef f():\n    ...\n", ["f"]),
        ("def überzählig(größe): ...\n", ["überzählig"]),
        ("match x:\n    case 1:\n        def f(): ...\n", ["f"]),
        ("def f(x=lambda: 1): ...\n", ["f"]),
    ],
)
def test_stubs_are_found_wherever_python_allows_a_function(text: str, expected: list[str]):
    assert names(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "@overload\ndef f(x: int) -> int: ...\n",
        "@typing.overload\ndef f(x: int) -> int: ...\n",
        "class A(ABC):\n    @abstractmethod\n    def f(self): ...\n",
        "class A(ABC):\n    @property\n    @abc.abstractmethod\n    def f(self): ...\n",
        "class P(Protocol):\n    def f(self): ...\n",
        "class P(typing.Protocol[T]):\n    def f(self): ...\n",
        "if TYPE_CHECKING:\n    def f(): ...\n",
        "if typing.TYPE_CHECKING:\n    class A:\n        def f(self): ...\n",
        "class A: ...\n",
        "f = lambda: ...\n",
    ],
)
def test_what_is_meant_to_have_no_body_is_left_alone(text: str):
    assert names(text) == []


def test_the_implementation_behind_overloads_is_a_stub():
    text = "@overload\ndef f(x: int): ...\n@overload\ndef f(x: str): ...\ndef f(x): ...\n"
    assert [stub.line for stub in found(text).stubs] == [5]


def test_the_branch_for_run_time_still_counts():
    assert names("if TYPE_CHECKING:\n    def f(): ...\nelse:\n    def g(): ...\n") == ["g"]


def test_a_type_stub_file_has_nothing_to_draft():
    assert found("def f(): ...\n", "shapes.pyi").stubs == ()


def test_a_stub_knows_its_place_and_its_words():
    text = '''
        import math
        from os import path

        class Shape:
            """A shape."""

            @cached(1)
            async def area(self, scale: float = 1.0) -> float:  # in metres
                """Give the area.

                >>> 1 + 1
                2
                """
                # by integration
                raise NotImplementedError("later")
    '''
    [stub] = found(text).stubs
    assert (stub.path, stub.name, stub.line, stub.margin, stub.indent) == ("shapes.py", "Shape.area", 9, "    ", "    ")
    assert stub.header.startswith(
        '@cached(1)\nasync def area(self, scale: float = 1.0) -> float:  # in metres\n    """'
    )
    assert stub.header.endswith('"""\n    # by integration\n')
    assert stub.body == 'raise NotImplementedError("later")'
    assert stub.docstring.startswith("Give the area.")
    assert stub.imports == "import math\nfrom os import path\n"
    assert stub.class_header == "class Shape:\n"
    assert [(example.source, example.want, example.line) for example in stub.examples] == [("1 + 1", "2\n", 12)]


@pytest.mark.parametrize(
    ("text", "header", "indent"),
    [
        ("def f(x): ...  # hint\n", "def f(x):  # hint\n", "    "),
        ("def f(x): 'doc'; pass\n", "def f(x):\n    'doc'\n", "    "),
        ("class A:\n\tdef f(x): ...\n", "def f(x):\n", "\t"),
        ("class A:\n  def f(x):\n     ...\n", "def f(x):\n", "   "),
        ("def f(x):\n    # why\n    ...  # how\n", "def f(x):\n    # why\n    # how\n", "    "),
        ('def f(x):\n  """Doc."""\n  # how\n# after\n', 'def f(x):\n  """Doc."""\n  # how\n', "  "),
    ],
)
def test_a_header_ends_where_the_body_begins(text: str, header: str, indent: str):
    [stub] = found(text).stubs
    assert (stub.header, stub.indent) == (header, indent)


def test_the_text_of_a_docstring_is_not_moved_with_its_function():
    [stub] = found('class A:\n    def f(self):\n        """One.\n\n          two\n        """\n        ...\n').stubs
    assert (
        ast.literal_eval(stub.header.split("\n", 1)[1].strip()) == stub.docstring == "One.\n\n          two\n        "
    )


# ---------------------------------------------------------------------------------- files that do not parse


BROKEN = {
    "an unclosed bracket above": ("import os\nx = foo(\ndef f():\n    ...\n", 2, ["f"]),
    "a broken signature": ("def bad(:\n    return 1\ndef f():\n    ...\n", 1, ["f"]),
    "a half line below": ("def f():\n    ...\ndef g():\n    if x ==\n", 4, ["f"]),
    "a lone keyword at the end": ("def f():\n    ...\nclass\n", 3, ["f"]),
    "an unclosed string below": ('def f():\n    ...\ndef g():\n    """open\n', 4, ["f"]),
    "a wrong indentation": ("def f():\n    ...\ndef g():\n    return 1\n      x = 2\n", 5, ["f"]),
    "a method before": ("class A:\n    def bad(self:\n        return 1\n    def f(self): ...\n", 2, ["A.f"]),
    "a method after": ("class A:\n    def f(self): ...\n    def bad(self):\n        return (\n", 4, ["A.f"]),
    "a function around it": ("def outer():\n    def f(): ...\n    x = (\n    return f\n", 3, ["outer.f"]),
    "a decorator of another": ("@cached(\ndef bad(): ...\n\ndef f(): ...\n", 1, ["f"]),
}


@pytest.mark.parametrize(("text", "line", "expected"), BROKEN.values(), ids=BROKEN)
def test_an_error_elsewhere_hides_no_stub(text: str, line: int, expected: list[str]):
    seen = found(text)
    assert set(expected) <= {stub.name for stub in seen.stubs}
    assert seen.problem.startswith("does not parse yet: line ")
    for stub in seen.stubs:
        ast.parse(stub.program("pass"))


@pytest.mark.parametrize("typed", ["x = (", "if x", "return [", "for", '"""open', "def g(:"])
def test_a_half_typed_body_does_not_make_a_stub(typed: str):
    assert "f" not in names(f'def f():\n    """Doc."""\n    {typed}\n\ndef other(): ...\n')


def test_syntax_newer_than_ours_is_no_error():
    seen = found("type Pair[T] = tuple[T, T]\n\ndef f[T](x: Pair[T]) -> T: ...\n")
    assert (seen.problem, len(seen.stubs)) == ("", 1)


NEWER = [
    'def label(row):\n    return f"{row["name"]}: {", ".join(row["tags"])}"\n',
    'def label(row):\n    return f"""{\n        row\n    }"""\n',
    "def first[T](items: list[T]) -> T:\n    return items[0]\n",
    "class Box[T]:\n    item: T\n",
    "def safe():\n    try:\n        return 1\n    except ValueError, KeyError:\n        return 2\n",
    "type Pair[T] = tuple[T, T]\n",
]


@pytest.mark.parametrize("newer", NEWER)
def test_a_file_with_newer_syntax_is_read_to_its_end_and_its_errors_are_found(newer: str):
    seen = found(newer + "\n\ndef f(x):\n    ...\n")
    assert (seen.problem, [stub.name for stub in seen.stubs]) == ("", ["f"])
    broken = found(newer + "\n\ndef f(x):\n    ...\n\n\ny = 0777\n")
    lines = newer.count("\n")
    assert broken.problem == f"does not parse yet: line {lines + 7}"
    half = found(newer + "\n\ndef f(x):\n    ...\n\n\ny = (\n")
    assert half.problem.startswith("does not parse yet")
    assert "f" in [stub.name for stub in half.stubs]


# ---------------------------------------------------------------------------------- surroundings


def test_a_whole_file_is_run_as_it_is():
    text = "import math\n\ndef f(x):\n    ...\n\nLIMIT = 3\n"
    [stub] = found(text).stubs
    assert stub.program("return x") == text.replace("...", "return x")


def test_a_large_file_is_run_by_what_the_stub_needs():
    filler = "".join(f"def unrelated_{n}():\n    return {n}\n\n" for n in range(9000))
    needed = "import math\nLIMIT = 3\n\n\ndef helper():\n    return LIMIT\n\n\n"
    stub_text = 'def f(x):\n    """Use helper."""\n    ...\n\n'
    [stub] = found(f"{needed}{filler}print('side effect')\n{filler}{stub_text}class Later: pass\n").stubs
    program = stub.program("return helper() + x")
    namespace: dict[str, object] = {}
    exec(program, namespace)
    assert eval("f(1)", namespace) == 4
    assert len(program) < 5000
    assert "side effect" not in program


def test_a_broken_file_is_run_without_what_is_broken():
    text = '''
        from __future__ import annotations
        BASE = 2
        def bad(:
            return 1
        class Counter:
            step = BASE
            def worse(self:
                return 1
            def count(self, n):
                """Use self.step."""
                ...
    '''
    [stub] = found(text).stubs
    namespace: dict[str, object] = {}
    exec(stub.program("return n * self.step"), namespace)
    assert eval("Counter().count(3)", namespace) == 6


def test_neighbours_are_those_named_and_near_within_the_budget():
    text = (
        "def named(a: int) -> int:\n    \"\"\"Is named.\n\n    More.\n    \"\"\"\n" + "    a += 1\n" * 30 + "    return a\n\n"
        + "".join(f"def far_{n}(): return {n}\n" for n in range(60))
        + "LIMIT = 4\n\ndef f(x):\n    \"\"\"Call named.\"\"\"\n    ...\n"
    )  # fmt: skip
    source = decoded("a.py", text.encode())
    [stub] = find_stubs(source, tokens=40).stubs
    assert stub.neighbours.startswith('def named(a: int) -> int:\n    """Is named."""\n    ...\n')
    assert "LIMIT = 4\n" in stub.neighbours
    assert len(stub.neighbours) <= 160
    assert find_stubs(source, tokens=0).stubs[0].neighbours == ""


def test_a_method_sees_its_class_first():
    text = "class Stack:\n    def __init__(self):\n        self.items = []\n\n    def push(self, x): ...\n\n    def peek(self): return self.items[-1]\n"
    [stub] = found(text).stubs
    assert stub.neighbours == (
        "class Stack:\n    def __init__(self):\n        self.items = []\n    def peek(self): return self.items[-1]\n"
    )


def test_a_thousand_stubs_in_a_file_do_not_each_carry_the_file():
    seen = found("".join(f'def f{n}(x):\n    """Doc {n}."""\n    ...\n\n' for n in range(1000)))
    assert len(seen.stubs) == 1000
    assert sum(len(stub.before) + len(stub.after) for stub in seen.stubs) < 20_000_000


# ---------------------------------------------------------------------------------- written functions


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("def f(x):\n    return x\n", "return x"),
        ("def f(x): return x\n", "return x"),
        ("def f(x):\n    '''Doc.'''\n    # why\n    y = x\n    return y  # so\n", "y = x\nreturn y  # so"),
        ("def f(x):\n    ...\n", "..."),
    ],
)
def test_a_written_function_is_a_stub_with_its_body(text: str, body: str):
    function = find_function(decoded("a.py", text.encode()), "f")
    assert function is not None
    assert function.body == body
    assert ast.dump(ast.parse(function.code(function.body))) == ast.dump(ast.parse(text))


def test_a_function_is_named_bare_or_qualified():
    source = decoded("a.py", b"class A:\n    def f(self): return 1\ndef f(): return 2\n")
    bodies = [find_function(source, name) for name in ("A.f", "f", "g")]
    assert [stub and stub.body for stub in bodies] == ["return 1", "return 2", None]


# ---------------------------------------------------------------------------------- mending

PIECE = st.sampled_from(
    ["x = 1", "def f():", "    ...", "    return (", "class A:", "    def g(self):", "        pass", "x = (", ")", '"""', "\f", "@d", "else:", "é ="]
)  # fmt: skip


@given(st.lists(PIECE, max_size=12))
def test_mending_only_blanks(lines: list[str]):
    raw = "\n".join(lines).encode()
    result = mended(raw)
    assert len(result) == len(raw)
    assert all(now in (was, ord(" ")) for was, now in zip(raw, result, strict=True))
    assert [at for at, byte in enumerate(raw) if byte == 10] == [at for at, byte in enumerate(result) if byte == 10]


@given(st.lists(PIECE, max_size=12))
def test_no_arrangement_of_lines_is_too_much_for_finding_and_splicing(lines: list[str]):
    text = "\n".join(lines)
    source = decoded("a.py", text.encode())
    for stub in find_stubs(source).stubs:
        ast.parse(stub.program("pass"))
        # Two functions that read the same are one to us; either is a right place.
        assert splice(source, stub, "return 1").count("return 1") == text.count("return 1") + 1


def test_prose_called_python_takes_no_time_to_give_up_on():
    began = time.process_time()
    assert found("This is no Python at all, really.\n" * 10_000).stubs == ()
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "pyproject.toml",
            "[tool.pytest.ini_options]\ndoctest_optionflags = ['ELLIPSIS', 'NORMALIZE_WHITESPACE', 'SKIP']\n",
        ),
        ("pyproject.toml", "[tool.pytest.ini_options]\ndoctest_optionflags = 'ELLIPSIS NORMALIZE_WHITESPACE'\n"),
        ("pytest.ini", "[pytest]\ndoctest_optionflags = ELLIPSIS\n    NORMALIZE_WHITESPACE\n"),
        ("tox.ini", "[pytest]\ndoctest_optionflags = ELLIPSIS NORMALIZE_WHITESPACE NONSENSE\n"),
        ("setup.cfg", "[tool:pytest]\ndoctest_optionflags = ELLIPSIS NORMALIZE_WHITESPACE\n"),
    ],
)
def test_the_flags_that_a_project_has_on_are_on_for_its_examples(tmp_path, name: str, text: str):
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / name).write_text(text)
    source = 'def f():\n    """F.\n\n    >>> f()\n    1\n    >>> f()  # doctest: -ELLIPSIS, +NORMALIZE_WHITESPACE\n    1\n    """\n    ...\n'
    [stub] = find_stubs(decoded(str(tmp_path / "a.py"), source.encode())).stubs
    first, second = (set(example.options) for example in stub.examples)
    assert first == {"ELLIPSIS", "NORMALIZE_WHITESPACE"}
    assert second == {"NORMALIZE_WHITESPACE", "-ELLIPSIS"}
