"""Exceptions whose module an example leaves out: they hold, and it is said what doctest wants."""

from __future__ import annotations

import doctest
import io
import types
from contextlib import redirect_stdout

import pytest
from redraft.engine.examples import extract, judge
from redraft.engine.facts import Check, Outcome

PROGRAM = """
import json, shutil
from decimal import Decimal
class E(Exception): pass
class Outer:
    class E(ValueError): pass
def own(x): raise E(x)
def nested(x): raise Outer.E(x)
def loads(x): return json.loads(x)
def number(x): return Decimal(x)
def built_in(x): raise KeyError(x)
"""
SHOWN = {
    "loads('x')": "JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
    "loads('')": "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
    "loads('y')  # doctest: +IGNORE_EXCEPTION_DETAIL": "JSONDecodeError: something",
    "loads('z')  # doctest: +ELLIPSIS": "JSONDecodeError: Expecting ...",
    "own('no')": "E: no",
    "own('yes')": "shop.a.E: yes",
    "own('')": "E",
    "own('ab')": "E: a",
    "own('other')": "F: other",
    "nested('no')": "E: no",
    "nested('with its class')": "shop.a.Outer.E: with its class",
    "number('x')": "InvalidOperation: [<class 'decimal.ConversionSyntax'>]",
    "built_in('k')": "KeyError: 'k'",
    "built_in('l')": "builtins.KeyError: 'l'",
}


def came_of(source: str) -> str:
    """What doctest sees, or rather the last line of its traceback."""
    module = types.ModuleType("shop.a")
    exec(PROGRAM, module.__dict__)
    try:
        eval(source, module.__dict__)
    except Exception as error:  # noqa: BLE001 - whatever it is, doctest sees it
        kind = type(error)
        name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        return f"{name}: {error}" if str(error) else name
    return ""


def doctest_says(docstring: str) -> bool:
    module = types.ModuleType("shop.a")
    exec(PROGRAM, module.__dict__)
    test = doctest.DocTestParser().get_doctest(docstring, module.__dict__, "a", None, 0)
    with redirect_stdout(io.StringIO()):
        return doctest.DocTestRunner().run(test).failed == 0


def judged(source: str) -> tuple[Check, bool]:
    docstring = f">>> {source}\nTraceback (most recent call last):\n    ...\n{SHOWN[source]}\n"
    (example,) = extract(docstring, "own")
    outcome = Outcome(status="raised", raised=came_of(source), type_name="")
    return judge(example, outcome), doctest_says(docstring)


@pytest.mark.parametrize("source", SHOWN)
def test_an_exception_holds_as_doctest_says_or_it_is_said_that_doctest_does_not(source: str) -> None:
    check, agreed = judged(source)
    assert (check.passed and not check.by_value) == agreed
    assert bool(check.against_doctest) == (check.passed and not agreed)


def test_what_doctest_wants_is_told_with_its_module() -> None:
    assert "json.decoder.JSONDecodeError" in judged("loads('x')")[0].against_doctest
    assert "shop.a.E," in judged("own('no')")[0].against_doctest
    assert judged("own('ab')")[0].verdict == judged("own('other')")[0].verdict == "raised"
