"""What pytest does before a test runs (its file, conftest.py, plugins, settings) is done here too, or the test is not used."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redraft.engine.facts import Report, Stub
from redraft.engine.project_tests import Subject, tested, with_tests
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Limits, Sandbox
from redraft.engine.sources import find_function, read

LIMITS = Limits(seconds=8, step_seconds=2)
MODULE = '''
import os
RATE = 1
HOOKS = []


def configure(rate):
    global RATE
    RATE = rate


class Plugin:
    def __init_subclass__(cls):
        configure(cls.rate)


def total(items):
    """The sum of items."""
    return RATE * sum(items) + len(HOOKS)
'''
NAMES = """
import pytest
@pytest.fixture(autouse=True)
def names(doctest_namespace):
    import os
    doctest_namespace['os'] = os
"""
TEST = "from shop.pricing import total\n\n\ndef test_a():\n    assert total([1, 1]) == 6\n"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = await open_sandbox(SandboxChoice(unsafe_run=True, allow_limited=True))
    yield sandbox
    await sandbox.aclose()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with one package, whose function gives 2 of [1, 1] as it is imported."""
    write(tmp_path, "pyproject.toml", "[project]\nname = 'shop'\n")
    write(tmp_path, "shop/__init__.py", "")
    write(tmp_path, "shop/pricing.py", MODULE)
    write(tmp_path, "shop/plug.py", "from . import pricing\npricing.RATE = 3\n")
    return tmp_path


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def stub_of(shop: Path) -> Stub:
    found = find_function(read(shop / "shop/pricing.py"), "total")
    assert found is not None
    return with_tests(found, "hidden")


async def held(shop: Path, sandbox: Sandbox) -> Report:
    stub = stub_of(shop)
    assert stub.unused == ()
    return await tested(sandbox, LIMITS, Subject.of(stub, stub.body), stub.tests, Report(draft="d1"))


@pytest.mark.parametrize(
    "top",
    [
        "import shop.pricing as p\np.RATE = 3\n",
        "import shop.pricing as p\np.RATE += 2\n",
        "from shop import pricing\nvars(pricing)['RATE'] = 3\n",
        "from shop import pricing\nsetattr(pricing, 'RATE', 3)\n",
        "from shop.pricing import configure\nconfigure(3)\n",
        "from shop.pricing import configure\nDONE = configure(3)\n",
        "from shop.pricing import configure\n\ndef prepare():\n    configure(3)\n\nprepare()\n",
        "import shop.plug\n",
        "import shop.plug as _  # noqa\n",
        "from shop.plug import *\n",
        "from shop.pricing import Plugin\nclass Mine(Plugin):\n    rate = 3\n",
        "import shop.pricing as p\nfor rate in (2, 3):\n    p.configure(rate)\n",
        "import shop.pricing as p\nif True:\n    p.configure(3)\n",
        "import shop.pricing as p\ntry:\n    p.configure(3)\nexcept ValueError:\n    pass\n",
        "from shop.pricing import HOOKS\n@HOOKS.append\ndef hook(items):\n    return items\nHOOKS.extend([1, 2, 3])\n",
    ],
)
async def test_what_a_file_does_while_it_is_imported_is_done(shop: Path, sandbox: Sandbox, top: str) -> None:
    write(shop, "tests/test_pricing.py", top + TEST)
    report = await held(shop, sandbox)
    assert (report.unused, [check.passed for check in report.checks]) == ((), [True])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("conftest.py", "import shop.pricing as p\np.RATE = 3\n"),
        ("tests/conftest.py", "from shop.pricing import configure\nconfigure(3)\n"),
        ("tests/conftest.py", "import shop.plug\n"),
        ("tests/conftest.py", "import pytest, shop.plug\n\n@pytest.fixture\ndef db():\n    return 1\n"),
        ("tests/__init__.py", "import shop.plug\n"),
    ],
)
async def test_what_is_loaded_before_a_file_is_run_before_it(
    shop: Path, sandbox: Sandbox, path: str, text: str
) -> None:
    write(shop, path, text)
    write(shop, "tests/test_pricing.py", TEST)
    report = await held(shop, sandbox)
    assert (report.unused, [check.passed for check in report.checks]) == ((), [True])


@pytest.mark.parametrize(
    "top",
    [
        "import nowhere_to_be_found\n",
        "from nowhere_to_be_found import *\n",
        "from shop.pricing import nothing_of_that_name\n",
        "import shop.nowhere\n",
        "x = 1 / 0\n",
        "x = {}['a']\n",
        "x = int('a')\n",
        "raise RuntimeError\n",
        "assert False\n",
        "if 1:\n    raise RuntimeError\n",
    ],
)
async def test_a_file_that_cannot_be_imported_has_no_tests(shop: Path, sandbox: Sandbox, top: str) -> None:
    write(shop, "tests/test_pricing.py", top + TEST)
    report = await held(shop, sandbox)
    assert report.checks == ()
    assert [unused.why.partition(":")[0] for unused in report.unused] == ["cannot be set up in the sandbox"]


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("tests/conftest.py", "import os\nos.environ['A'] = '3'\n", "runs before the function's module is imported"),
        ("conftest.py", "import decimal\ndecimal.getcontext().prec = 3\n", "runs before the function's module"),
        ("tests/__init__.py", "import os\nos.environ.setdefault('A', '3')\n", "is below tests/__init__.py"),
        ("conftest.py", "def pytest_configure(config):\n    prepare()\n", "(pytest_configure)"),
        ("conftest.py", "def pytest_sessionstart(session):\n    prepare()\n", "(pytest_sessionstart)"),
        ("conftest.py", "from shop.plug import pytest_configure\n", "(pytest_configure)"),
        ("conftest.py", "pytest_plugins = ['shop.plug']\n", "may be changed by plugins of conftest.py"),
        ("conftest.py", "pytest_plugins = 'shop.plug'\n", "may be changed by plugins of conftest.py"),
        ("conftest.py", "open(__file__).read()\n", "is below conftest.py"),
        ("pytest.ini", "[pytest]\naddopts = -p shop.plug\n", "(-p shop.plug)"),
        ("tox.ini", "[pytest]\naddopts = -p shop.plug\n", "(-p shop.plug)"),
        ("tests/test_other.py", "import shop.pricing as p\np.RATE = 3\n", "meets what tests/test_other.py:2 does"),
        ("tests/test_other.py", "from shop.pricing import configure\nconfigure(3)\n", "tests/test_other.py:2 does"),
        ("other/test_pricing.py", "x = 1\n", "is in a file of the same name as other/test_pricing.py"),
    ],
)
def test_what_cannot_be_done_here_is_said(shop: Path, path: str, text: str, why: str) -> None:
    write(shop, path, text)
    write(shop, "tests/test_pricing.py", TEST)
    stub = stub_of(shop)
    assert stub.tests == ()
    assert [why in unused.why for unused in stub.unused] == [True], stub.unused


@pytest.mark.parametrize(
    "more",
    [
        "@pytest.mark.parametrize('q', [1])\ndef test_b():\n    pass\n",
        "@pytest.mark.parametrize(('a', 'b'), [(1,)])\ndef test_b(a, b):\n    pass\n",
        "@pytest.mark.parametrize('a,b', [(1, 2), (1, 2, 3)])\ndef test_b(a, b):\n    pass\n",
        "@pytest.mark.parametrize('a', [1])\ndef test_b(a=3):\n    pass\n",
        "@pytest.mark.parametrize('a', [1])\n@pytest.mark.parametrize('a', [2])\ndef test_b(a):\n    pass\n",
        "def test_b():\n    yield 1\n",
        "class TestB:\n    @pytest.mark.parametrize('q', [1])\n    def test_b(self):\n        pass\n",
    ],
)
def test_a_test_that_cannot_be_made_takes_its_file_with_it(shop: Path, more: str) -> None:
    write(shop, "tests/test_pricing.py", "import pytest\n" + TEST + more)
    stub = stub_of(shop)
    assert stub.tests == ()
    assert [unused.why.partition(":")[0] for unused in stub.unused] == ["is in a file that pytest does not collect"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("conftest.py", "import sys, os\nsys.path.insert(0, os.path.dirname(__file__))\n"),
        ("conftest.py", "import pathlib\nHERE = pathlib.Path(__file__).parent\n"),
        ("conftest.py", "def pytest_addoption(parser):\n    parser.addoption('--slow')\n"),
        ("conftest.py", "def pytest_configure(config):\n    config.addinivalue_line('markers', 'slow: it is')\n"),
        ("conftest.py", NAMES),
        ("conftest.py", "pytest_plugins = []\n"),
        ("tests/test_other.py", "import os\nHERE = os.path.dirname(__file__)\n"),
        ("tests/test_other.py", "from shop.pricing import Plugin\nPLUGIN = Plugin()\n"),
        ("tests/__init__.py", '"""The tests."""\n'),
        ("other/test_more.py", "x = 1\n"),
        ("pytest.ini", "[pytest]\naddopts = -p no:cacheprovider\nfilterwarnings =\n    error\n    ignore::UserWarning\n"),
    ],
)  # fmt: skip
async def test_what_changes_nothing_is_no_reason(shop: Path, sandbox: Sandbox, path: str, text: str) -> None:
    write(shop, path, text)
    write(shop, "tests/test_pricing.py", TEST.replace("6", "2"))
    report = await held(shop, sandbox)
    assert (report.unused, [check.passed for check in report.checks]) == ((), [True])


async def test_warnings_are_errors_where_the_settings_say_so(shop: Path, sandbox: Sandbox) -> None:
    write(shop, "pytest.ini", "[pytest]\nfilterwarnings =\n    error\n    ignore:fine\n")
    text = "import warnings\n{}\n\ndef test_b():\n    warnings.warn('fine')\n    assert total([1]) == 1\n"
    write(
        shop,
        "tests/test_pricing.py",
        text.format(TEST.replace("6", "2").replace("    a", "    warnings.warn('x')\n    a")),
    )
    report = await held(shop, sandbox)
    assert report.tests == {
        "tests/test_pricing.py::test_a": False,
        "tests/test_pricing.py::test_b": True,
    }


@pytest.mark.parametrize(
    ("files", "used"),
    [
        ({"pytest.ini": "", "tox.ini": "[pytest]\npython_files = zzz*.py\n"}, True),
        ({"pytest.ini": "[pytest]\n", "setup.cfg": "[tool:pytest]\npython_files = zzz*.py\n"}, True),
        ({".pytest.ini": "", "tox.ini": "[pytest]\npython_files = zzz*.py\n"}, True),
        ({"pytest.ini": "[other]\n", "tox.ini": "[pytest]\npython_files = zzz*.py\n"}, True),
        ({"tox.ini": "[pytest]\npython_files = zzz*.py\n"}, False),
        ({"setup.cfg": "[tool:pytest]\npython_files = zzz*.py\n"}, False),
        ({"tox.ini": "[pytest]\n", "setup.cfg": "[tool:pytest]\npython_files = zzz*.py\n"}, True),
        ({"pyproject.toml": "[tool.pytest.ini_options]\npython_files = 'zzz*.py'\n"}, False),
        ({"pyproject.toml": "[tool.pytest.ini_options]\npython_files = 'zzz*.py'\n", "pytest.ini": ""}, True),
        ({"pyproject.toml": "[tool.pytest.ini_options]\nxfail_strict = true\n", "tox.ini": "[pytest]\npython_files = z\n"},
         True),
    ],
)  # fmt: skip
def test_one_place_of_the_settings_counts_as_in_pytest(shop: Path, files: dict[str, str], used: bool) -> None:
    for path, text in files.items():
        write(shop, path, text)
    write(shop, "tests/test_pricing.py", TEST)
    assert bool(stub_of(shop).tests) == used


def test_a_mark_that_strict_settings_do_not_know_keeps_its_file_out(shop: Path) -> None:
    write(shop, "tests/test_pricing.py", f"import pytest\n{TEST}\n\n@pytest.mark.slow\ndef test_b():\n    pass\n")
    write(shop, "pytest.ini", "[pytest]\naddopts = --strict-markers\n")
    assert "with the mark slow" in stub_of(shop).unused[0].why
    write(shop, "pytest.ini", "[pytest]\naddopts = --strict-markers\nmarkers =\n    slow: takes long\n")
    assert stub_of(shop).unused == ()
