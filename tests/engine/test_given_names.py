"""Names that pytest alone gives to docstrings: an example that lacks one says so, and is not held against a draft."""

from __future__ import annotations

from pathlib import Path

import pytest
from redraft.engine.desk.given import without_given
from redraft.engine.facts import Check, Example, Report
from redraft.engine.waits import waiting_words

CONFTESTS = {
    "an item": "@pytest.fixture(autouse=True)\ndef add(doctest_namespace):\n    doctest_namespace['np'] = numpy\n",
    "an update": "@pytest.fixture(autouse=True)\ndef add(doctest_namespace):\n    doctest_namespace.update(np=numpy)\n",
    "a dict": "@pytest.fixture(autouse=True)\ndef add(doctest_namespace):\n    doctest_namespace.update({'np': 4})\n",
    "a loop": "NAMES = ('np', 'pd')\n@pytest.fixture(autouse=True)\ndef add(doctest_namespace):\n"
    "    for name in NAMES:\n        doctest_namespace[name] = 1\n",
}


def project(folder: Path, conftest: str, where: str = "conftest.py") -> str:
    (folder / "pyproject.toml").write_text("")
    (folder / "shop").mkdir()
    (folder / "shop" / "__init__.py").write_text("")
    (folder / "shop" / "a.py").write_text("def f(x): ...\n")
    (folder / where).write_text(f"import pytest\n{conftest}")
    return str(folder / "shop" / "a.py")


def raised(source: str, name: str) -> Check:
    got = f"NameError: name '{name}' is not defined"
    return Check(example=Example(source=source, want="4\n"), verdict="raised", got=got)


@pytest.mark.parametrize("where", ["conftest.py", "shop/conftest.py"])
@pytest.mark.parametrize("form", CONFTESTS)
def test_a_name_of_a_conftest_is_told_with_its_file(tmp_path: Path, form: str, where: str) -> None:
    path = project(tmp_path, CONFTESTS[form], where)
    report = without_given(Report(draft="d1", checks=(raised("f(np)", "np"),)), path)
    assert [(check.verdict, check.got) for check in report.checks] == [
        ("waits", f"{where} gives this name to pytest; redraft runs docstrings as doctest does")
    ]
    assert (report.all_passed, report.failures, waiting_words(report)) == (False, (), "its example cannot be run here")


def test_getfixture_and_what_hangs_on_it_is_told(tmp_path: Path) -> None:
    checks = (
        raised("tmp = getfixture('tmp_path')", "getfixture"),
        raised("f(tmp)", "tmp"),
        raised("f(other)", "other"),
    )
    report = without_given(Report(draft="d1", checks=checks), project(tmp_path, ""))
    assert [check.verdict for check in report.checks] == ["waits", "waits", "raised"]
    assert report.checks[1].got == "getfixture is pytest's; redraft runs docstrings as doctest does"
    assert waiting_words(report) == "2 cannot be run here"


@pytest.mark.parametrize("conftest", ["np = 4\n", "def add(doctest_namespace):\n    doctest_namespace['pd'] = 1\n"])
def test_a_name_that_nobody_gives_is_still_missing(tmp_path: Path, conftest: str) -> None:
    report = Report(draft="d1", checks=(raised("f(np)", "np"),))
    assert without_given(report, project(tmp_path, conftest)) == report


def test_a_conftest_of_another_project_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTESTS["an item"])
    (tmp_path / "inner").mkdir()
    report = Report(draft="d1", checks=(raised("f(np)", "np"),))
    assert without_given(report, project(tmp_path / "inner", "")) == report
