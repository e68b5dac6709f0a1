"""Claims of equality in docstrings: what has a class of its own says itself what it equals, as for doctest."""

from __future__ import annotations

import doctest
import io
import sys
import types
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from redraft.engine.desk.executing import executed
from redraft.engine.examples import extract, report
from redraft.engine.sandbox.linux import LinuxSandbox
from redraft.engine.sandbox.runner import DEFAULT

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")

CLASSES = """
from collections import Counter, OrderedDict
from decimal import Decimal
from enum import Enum, IntEnum

class Q:
    def __init__(self, v): self.v = v
    def __eq__(self, other): return self.v == other
    def __hash__(self): return hash(self.v)

class Odd:
    def __eq__(self, other):
        if other == 7: raise ValueError("seven")
        return [] if other == 8 else [other]

class CI(str):
    def __eq__(self, other): return str(self).lower() == str(other).lower()
    def __hash__(self): return hash(str(self).lower())

class Never(int):
    def __eq__(self, other): return False
    __hash__ = int.__hash__

class Level(IntEnum):
    LOW = 1

class Plain(list):
    pass

class Outer:
    class Inner(int):
        def __eq__(self, other): return False
        __hash__ = int.__hash__

def mk(text): return CI(text)
"""
CLAIMED = [
    "Q(3) == 3",
    "Q(3) == 4",
    "3 == Q(3)",
    "[Q(3)] == [3]",
    "{'a': Q(3)} == {'a': 3}",
    "(Q(3), 1) == (3, 1)",
    "mk('a') == 'A'",
    "'A' == mk('a')",
    "mk('a') == 'B'",
    "[mk('a')] == ['A']",
    "['A'] == [mk('a')]",
    "{'k': [mk('a')]} == {'k': ['A']}",
    "{mk('a'): 1} == {'A': 1}",
    "Never(3) == 3",
    "3 == Never(3)",
    "[Never(3)] == [3]",
    "Level.LOW == 1",
    "Level.LOW == 2",
    "Plain([1]) == [1]",
    "Counter('aab') == {'a': 2, 'b': 1}",
    "OrderedDict(a=1) == {'a': 1}",
    "Decimal('1.50') == 1.5",
    "frozenset({1}) == {1}",
    "Odd() == 9",
    "Odd() == 8",
    "Odd() == 7",
    "1 + 1 == 2",
    "[1, 2] == [1, 3]",
    "(y := Q(3)) == 3",
]


def doctest_says(program: str, example: str) -> bool:
    module = types.ModuleType("shop")
    exec(program, module.__dict__)
    test = doctest.DocTestParser().get_doctest(example, module.__dict__, "claim", None, 0)
    with redirect_stdout(io.StringIO()):
        return doctest.DocTestRunner().run(test).failed == 0


async def ours(sandbox: LinuxSandbox, program: str, docstring: str, folder: Path) -> list[str]:
    examples = extract(docstring, "f")
    done = await executed(sandbox, DEFAULT, program, examples, str(folder / "shop.py"))
    return [check.verdict for check in report("d1", examples, done).checks]


async def test_a_claim_holds_when_doctest_says_so(sandbox: LinuxSandbox, tmp_path: Path) -> None:
    examples = [f">>> {claim}\nTrue\n" for claim in CLAIMED]
    verdicts = await ours(sandbox, CLASSES, "".join(examples), tmp_path)
    said = {claim: verdict == "passed" for claim, verdict in zip(CLAIMED, verdicts, strict=True)}
    # A list as the answer of `==` is no True for doctest; for a claim it is what `if` makes of it.
    wanted = {claim: doctest_says(CLASSES, text) for claim, text in zip(CLAIMED, examples, strict=True)}
    assert said == wanted | {"Odd() == 9": True}


@pytest.mark.parametrize(
    "body",
    [
        "    class Any:\n        def __eq__(self, other): return True\n    return Any()\n",
        "    class Any(int):\n        def __eq__(self, other): return True\n        __hash__ = None\n    return Any(5)\n",
        "    return type('Any', (), {'__eq__': lambda self, other: True})()\n",
        "    class Any:\n        def __eq__(self, other): return True\n    return [Any()]\n",
        "    class Any(Q):\n        def __eq__(self, other): return True\n    return Any(1)\n",
        "    global Any\n    class Any:\n        def __eq__(self, other): return True\n    return Any()\n",
        "    class Any:\n        def __eq__(self, other): return True\n    Q.__eq__ = lambda self, other: True\n    return Any()\n",
        # What is expected is nowhere in the process while the value is made.
        (
            "    import sys\n    frame, found = sys._getframe(), []\n    while frame:\n"
            "        found += [c for c in frame.f_code.co_consts if type(c) is int and c > 99]\n        frame = frame.f_back\n"
            "    return Q(found[0] if found else 0)\n"
        ),
    ],
)
async def test_an_object_of_the_drafts_own_making_equals_nothing_for_saying_so(
    sandbox: LinuxSandbox, tmp_path: Path, body: str
) -> None:
    program = f"{CLASSES}\ndef f(x):\n{body}"
    docstring = (
        ">>> f(1) == 7391846\nTrue\n>>> 7391846 == f(1)\nTrue\n>>> f(1) == [7391846]\nTrue\n>>> f(2) == 7391846\n"
    )
    assert "passed" not in await ours(sandbox, program, docstring, tmp_path)


async def test_a_claim_calls_the_equality_that_is_still_to_be_written(sandbox: LinuxSandbox, tmp_path: Path) -> None:
    program = "class Q:\n    def __eq__(self, other):\n        raise NotImplementedError('not written')\n"
    assert await ours(sandbox, program, ">>> Q() == 3\nTrue\n", tmp_path) == ["raised"]


async def test_an_awaited_value_says_itself_what_it_equals(sandbox: LinuxSandbox, tmp_path: Path) -> None:
    program = CLASSES + "async def f(x): return Q(x)\n"
    verdicts = await ours(sandbox, program, ">>> await f(3) == 3\nTrue\n>>> await f(3) == 4\nTrue\n", tmp_path)
    assert verdicts == ["passed", "failed"]
