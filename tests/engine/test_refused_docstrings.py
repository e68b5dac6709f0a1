"""Docstrings of which doctest reads no example: told with the line, before any model is asked, and never verified."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest
from redraft.engine.desk.executing import heeded
from redraft.engine.desk.preflight import find_broken_example
from redraft.engine.examples import extract, report
from redraft.engine.facts import Execution, Outcome
from redraft.engine.sandbox.runner import DEFAULT
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.sources import find_stubs, read

REFUSED = {
    "no blank after the prompt": ("Sum.\n\n    >>> f(1)\n    1\n    >>>f(2)\n    2\n", 5, "lacks blank after >>>"),
    "no blank after the second prompt": ("Sum.\n\n    >>> f(\n    ...1)\n    1\n", 4, "lacks blank after ..."),
    "four prompts": ("Sum.\n\n    >>>> f(1)\n    1\n", 3, "lacks blank after >>>"),
    "a conflict": ("    >>> f(1)\n    1\n    >>>>>>> theirs\n", 3, "lacks blank after >>>"),
    "an option that is none": ("    >>> f(1)  # doctest: +ELIPSIS\n    1\n", 1, "has an invalid option: '+ELIPSIS'"),
    "an option without its sign": ("\n    >>> f(1)  # doctest: ELLIPSIS\n    1\n", 2, "has an invalid option: 'ELLIPSIS'"),
    "one of two options": (
        "    >>> f(1)  # doctest: +ELLIPSIS, +WHITESPACE\n    1\n", 1, "has an invalid option: '+WHITESPACE'",
    ),
    "a directive alone": (
        "    >>> f(1)\n    1\n    >>> # doctest: +ELLIPSIS\n    >>> f(2)\n    2\n", 3,
        "has an option directive on a line with no example",
    ),
    "nothing but a directive": ("    >>> # doctest: +SKIP\n", 1, "has an option directive on a line with no example"),
    "output further out": ("Sum.\n\n    >>> f(1)\n  1\n\nEnd.\n", 4, "has inconsistent leading whitespace"),
    "a second prompt further out": ("Sum.\n\n    >>> f(\n  ... 1)\n    1\n\nEnd.\n", 4, "lacks blank after"),
    "a second line of output further out": ("Sum.\n    >>> f(1)\n    1\n  2\n", 4, "has inconsistent leading whitespace"),
    "a string that a line break tore": ("Sum.\n\n    >>> f('a\nb')\n    1\n", 4, "has inconsistent leading whitespace"),
    "a tab before the output": ("Sum.\n\n        >>> f(1)\n\t1\n    2\nEnd\n", 5, "has inconsistent leading whitespace"),
}  # fmt: skip
READ = (
    "    >>> f(1)\n    1\n",
    "    >>> f(1)  # doctest: +ELLIPSIS, -SKIP\n    1\n",
    "    >>> # only a comment\n    >>> f(1)\n    1\n",
    "    >>>\n    >>> f(1)\n    1\n",
    "    >>> f('# doctest: +NOTHING')\n    1\n",
    "Prose with >>>f(1) in it.\n",
    "no examples\n",
)


@pytest.mark.parametrize("name", REFUSED)
def test_an_example_knows_why_doctest_refuses_its_docstring(name: str) -> None:
    docstring, line, why = REFUSED[name]
    with pytest.raises(ValueError, match="line"):
        doctest.DocTestParser().get_examples(docstring)
    found = extract(docstring, "f", 100)
    assert found
    assert all(example.refused.startswith(f"line {99 + line} {why}") for example in found)


@pytest.mark.parametrize("docstring", READ)
def test_what_doctest_reads_is_refused_by_nobody(docstring: str) -> None:
    doctest.DocTestParser().get_examples(docstring)
    assert not any(example.refused for example in extract(docstring, "f", 100))


@pytest.mark.parametrize("name", REFUSED)
async def test_it_is_told_before_any_model_is_asked(name: str, tmp_path: Path) -> None:
    docstring, line, why = REFUSED[name]
    (tmp_path / "shop.py").write_text(f'def f(x):\n    """{docstring}    """\n    ...\n')
    (stub,) = find_stubs(read(str(tmp_path / "shop.py"))).stubs
    told = await find_broken_example(ScriptedSandbox({}), DEFAULT, stub)
    assert told.startswith(f"shop.py line {line + 1} {why}")
    assert told.endswith("and so doctest reads no example of this docstring; mend it")


@pytest.mark.parametrize("place", ["class", "module"])
async def test_it_is_told_of_the_docstring_of_a_class_and_of_a_module(place: str, tmp_path: Path) -> None:
    refused = '    """\n    >>>Stack().push(1)\n    1\n    """\n'
    above = refused.replace("    ", "") if place == "module" else ""
    within = refused if place == "class" else ""
    (tmp_path / "shop.py").write_text(f"{above}class Stack:\n{within}    def push(self, x):\n        ...\n")
    (stub,) = find_stubs(read(str(tmp_path / "shop.py"))).stubs
    assert stub.examples[0].refused.startswith(f"line {2 if place == 'module' else 3} lacks blank")
    assert "lacks blank" in await find_broken_example(ScriptedSandbox({}), DEFAULT, stub)


async def test_a_body_that_would_hold_them_is_not_called_right(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text('def f(x):\n    """\n    >>>f(1)\n    1\n    """\n    ...\n')
    (stub,) = find_stubs(read(str(tmp_path / "shop.py"))).stubs
    done = Execution(outcomes=(Outcome(status="returned", printed="1\n", value="1"),))
    told = await heeded(ScriptedSandbox({}), DEFAULT, stub, report("d1", stub.examples, done), "")
    assert [check.verdict for check in told.checks] == ["failed"]
    assert told.checks[0].got == "doctest reads no example of this docstring: line 3 lacks blank after >>>: '>>>f(1)'"
