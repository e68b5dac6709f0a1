"""Functions of every kind on the command line: how they are named, checked, drafted and written."""

from __future__ import annotations

import json
import sys

import pytest

from .test_cli import Server, Shell, server, shell, written

__all__ = ["server", "shell"]

WORDS = '''\
def camel(text):
    """
    >>> camel("a_b")
    'AB'
    >>> camel(under("AB"))
    'AB'
    """
    ...


def under(text):
    """
    >>> under("AB")
    'a_b'
    """
    ...
'''
CAMEL = '```python\ndef camel(text):\n    return "".join(part.title() for part in text.split("_"))\n```'
UNDER = '```python\ndef under(text):\n    return "_".join(text).lower()\n```'
NEWER = '''\
def f(d):
    """
    >>> f({"a": 1})
    '1'
    """
    return f"{d["a"]}"
'''
RAW = ("--pipeline", "raw-coder")


async def test_stubs_are_drafted_in_the_order_they_need_each_other_and_what_waited_then_counts(
    shell: Shell, server: Server
):
    (shell.folder / "words.py").write_text(WORDS)
    server.says = [UNDER, CAMEL]
    told = await shell("run", "words.py", "--base-url", server.url, *RAW, "--write")
    assert told.returncode == 0, told.stderr
    assert told.stdout.index("def under") < told.stdout.index("def camel")
    assert "verified: all 2 examples hold" in told.stdout
    assert "..." not in (shell.folder / "words.py").read_text()


async def test_without_writing_the_example_waits_and_that_is_said(shell: Shell, server: Server):
    (shell.folder / "words.py").write_text(WORDS)
    server.says = [UNDER, CAMEL]
    told = await shell("run", "words.py", "--base-url", server.url, *RAW)
    assert told.returncode == 0, told.stderr
    assert 'camel(under("AB"))\n      waits for under, which is not written yet' in told.stdout
    assert "verified: the example holds; 1 waits for under" in told.stdout


async def test_a_check_says_what_waits(shell: Shell):
    text = WORDS.replace("    ...\n", '    return "".join(part.title() for part in text.split("_"))\n', 1)
    (shell.folder / "words.py").write_text(text)
    told = await shell("check", "words.py", "--function", "camel", "--unsafe-run", "--plain")
    assert told.returncode == 0, told.stdout
    assert "1 of 1 example holds; 1 waits for under" in told.stdout
    told = await shell("check", "words.py", "--function", "camel", "--unsafe-run", "--json")
    checks = json.loads(told.stdout)["checks"]
    assert [check["verdict"] for check in checks] == ["passed", "waits"]
    assert (checks[1]["waits_for"], checks[1]["got"]) == (["under"], "waits for under, which is not written yet")


async def test_a_function_all_of_whose_examples_wait_is_not_verified(shell: Shell):
    (shell.folder / "words.py").write_text(
        'def f(x):\n    """\n    >>> f(g(1))\n    1\n    """\n    return x\n\n\ndef g(x): ...\n'
    )
    told = await shell("check", "words.py", "--function", "f", "--unsafe-run", "--plain")
    assert told.returncode == 1
    assert "nothing was verified: its example waits for g" in told.stdout


TWINS = '''\
import sys

if sys.version_info >= (3,):

    def twice(x):
        """
        >>> twice(2)
        4
        """
        ...

else:

    def twice(x):
        """
        >>> twice(2)
        4
        """
        ...
'''


async def test_a_name_of_two_functions_is_refused_with_both_lines(shell: Shell, server: Server):
    (shell.folder / "twins.py").write_text(TWINS)
    for command in (
        ("run", "twins.py::twice"),
        ("check", "twins.py", "--function", "twice"),
        ("review", "twins.py::twice"),
    ):
        told = await shell(*command, "--base-url", server.url) if command[0] != "check" else await shell(*command)
        assert told.returncode == 2
        assert "'twice' may mean 2 functions, at lines 5 and 14" in told.stderr
        assert "twins.py::twice@5, twins.py::twice@14" in told.stderr


@pytest.mark.parametrize("name", ["twice@5", "twice#1", "twice@8"])
async def test_the_one_that_is_meant_is_drafted_and_written(shell: Shell, server: Server, name: str):
    (shell.folder / "twins.py").write_text(TWINS)
    server.says = [written("twice", "return x + x")]
    told = await shell("run", f"twins.py::{name}", "--base-url", server.url, *RAW, "--write")
    assert told.returncode == 0, told.stderr
    assert (shell.folder / "twins.py").read_text() == TWINS.replace("        ...\n", "        return x + x\n", 1)


async def test_a_function_that_does_not_run_here_is_written_and_not_verified(shell: Shell, server: Server):
    (shell.folder / "twins.py").write_text(TWINS.replace("        ...\n", "        return 4\n", 1))
    server.says = [written("twice", "return 5")]
    told = await shell("run", "twins.py::twice@14", "--base-url", server.url, *RAW, "--write")
    assert told.returncode == 0, told.stderr
    assert "unverified: its example runs another function of its name" in told.stdout
    text = (shell.folder / "twins.py").read_text()
    assert (text.count("return 4"), text.count("return 5"), text.count("...")) == (1, 1, 0)


async def test_a_bare_name_of_two_methods_is_refused_and_a_qualified_one_is_not(shell: Shell, server: Server):
    (shell.folder / "two.py").write_text(
        "class A:\n    def f(self): ...\nclass B:\n    def f(self): ...\ndef g(): ...\n"
    )
    told = await shell("run", "two.py::f", "--base-url", server.url)
    assert told.returncode == 2
    assert "two.py::A.f@2, two.py::B.f@4" in told.stderr
    server.says = ["```python\ndef f(self):\n    return 1\n```"]
    told = await shell("run", "two.py::B.f", "--base-url", server.url, *RAW, "--write")
    assert told.returncode == 0, told.stderr
    assert (
        (shell.folder / "two.py").read_text().endswith("class B:\n    def f(self):\n        return 1\ndef g(): ...\n")
    )


async def test_a_setter_has_no_examples_so_its_property_is_checked_and_that_is_said(shell: Shell):
    (shell.folder / "both.py").write_text(
        'class T:\n    @property\n    def x(self):\n        """\n        >>> T().x\n        1\n        """\n'
        "        return 1\n    @x.setter\n    def x(self, value):\n        pass\n"
    )
    told = await shell("check", "both.py", "--function", "T.x", "--unsafe-run", "--plain")
    assert told.returncode == 0, told.stderr
    assert "T.x is also at line 10; only that of line 3 has examples" in told.stderr


@pytest.mark.parametrize("command", ["run", "check", "review"])
async def test_a_file_with_a_syntax_error_is_told_as_such_with_the_line(shell: Shell, server: Server, command: str):
    (shell.folder / "old.py").write_text('def f(a):\n    ...\n\n\ndef g(a):\n    print "a"\n')
    target = ["old.py", "--function", "g"] if command == "check" else ["old.py::g", "--base-url", server.url]
    told = await shell(command, *target)
    assert told.returncode == 2
    assert "old.py: syntax error at line 6: mend that first; as it is, " in told.stderr


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows the syntax")
async def test_a_body_in_newer_syntax_than_the_interpreter_is_no_failure_of_its_own(shell: Shell):
    (shell.folder / "new.py").write_text(NEWER)
    told = await shell("check", "new.py", "--function", "f", "--unsafe-run")
    assert told.returncode == 3
    assert "SyntaxError: f-string: unmatched '[' (line 6); " in told.stderr
    assert "does not know this syntax; choose a newer Python with --interpreter" in told.stderr


async def test_what_no_python_takes_is_not_called_new(shell: Shell):
    (shell.folder / "new.py").write_text(NEWER.replace('f"{d["a"]}"', "1") + "return 3\n")
    told = await shell("check", "new.py", "--function", "f", "--unsafe-run")
    assert told.returncode == 3
    assert "SyntaxError: 'return' outside function (line 7); no draft can be run before this is mended" in told.stderr


async def test_a_function_that_is_written_is_told_as_such_with_what_to_do(shell: Shell, server: Server):
    (shell.folder / "words.py").write_text("def camel(text):\n    return text\n")
    told = await shell("run", "words.py::camel", "--base-url", server.url)
    assert told.returncode == 2
    assert "camel is written already; `redraft review words.py::camel` reviews it" in told.stderr
