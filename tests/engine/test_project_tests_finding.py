"""Which of a project's tests are found to speak of a stub, and what is said of those that cannot be used."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redraft.engine.facts import Example, Stub
from redraft.engine.project_tests import Tests, place_of, tests_of, with_tests
from redraft.engine.project_tests.files import LARGEST
from redraft.engine.project_tests.finding import MOST_READ, MOST_TESTS
from redraft.engine.sources import find_function, read

PRICING = '''
class Cart:
    def __init__(self, items):
        self.items = items

    def sum(self):
        """The sum of it."""
        ...


def total(items, rate=0):
    """The sum of items."""
    ...
'''


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with one package and no tests yet."""
    write(tmp_path, "pyproject.toml", "[project]\nname = 'shop'\n")
    write(tmp_path, "src/shop/__init__.py", "from .pricing import total\n")
    write(tmp_path, "src/shop/pricing.py", PRICING)
    write(tmp_path, "src/shop/other.py", "def total(items):\n    return 0\n")
    return tmp_path


def write(root: Path, path: str, text: str) -> Path:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    return root / path


def stub_of(shop: Path, name: str = "total") -> Stub:
    found = find_function(read(shop / "src/shop/pricing.py"), name)
    assert found is not None
    return found


def look(shop: Path, text: str, name: str = "total", path: str = "tests/test_pricing.py") -> Tests:
    write(shop, path, text)
    return tests_of(stub_of(shop, name))


def told(example: Example) -> tuple[str, str, str]:
    assert example.test is not None
    return example.source, example.test.relation, example.want


def why(found: Tests) -> list[str]:
    return [unused.why for unused in found.unused]


# --------------------------------------------------------------------------------- which tests pytest collects


@pytest.mark.parametrize(
    "place", ["tests/test_pricing.py", "test_pricing.py", "shop/tests/test_it.py", "shop/core/tests/test_it.py"]
)
def test_tests_of_a_package_outside_any_project_are_found(tmp_path: Path, place: str):
    write(tmp_path, "shop/__init__.py", "")
    write(tmp_path, "shop/core/__init__.py", "")
    file = write(tmp_path, "shop/core/pricing.py", PRICING)
    write(
        tmp_path,
        "other/tests/test_other.py",
        "from shop.core.pricing import total\ndef test_b(): assert total([2]) == 2\n",
    )
    write(tmp_path, place, "from shop.core.pricing import total\ndef test_a(): assert total([1]) == 1\n")
    stub = find_function(read(file), "total")
    assert stub is not None
    assert [example.test and example.test.where for example in tests_of(stub).examples] == [f"{place}:2"]


NAMED = """
import unittest
from shop.pricing import total

def test_a(): assert total([1]) == 1
def check_b(): assert total([2]) == 2
def it_c_spec(): assert total([3]) == 3

class TestA:
    def test_d(self): assert total([4]) == 4
    def check_e(self): assert total([5]) == 5

class SpecB:
    def check_f(self): assert total([6]) == 6

class CaseC(unittest.TestCase):
    def test_g(self): self.assertEqual(total([7]), 7)
    def check_h(self): self.assertEqual(total([8]), 8)
"""


@pytest.mark.parametrize(
    ("settings_of_pytest", "calls"),
    [
        ("", [1, 4, 7]),
        ("python_functions = 'check_*'", [2, 5, 7]),
        ("python_functions = ['check', '*_spec']\npython_classes = 'Spec'", [2, 3, 6, 7]),
    ],
)
def test_tests_are_what_pytest_takes_for_tests_here(shop: Path, settings_of_pytest: str, calls: list[int]):
    write(shop, "pyproject.toml", f"[tool.pytest.ini_options]\n{settings_of_pytest}\n")
    assert [example.source for example in look(shop, NAMED).examples] == [f"total([{n}])" for n in calls]


@pytest.mark.parametrize(
    "begins",
    [
        "import sys\nif sys.platform == 'win32':\n    pytest.skip('not here', allow_module_level=True)\n",
        "try:\n    import numpy\nexcept ImportError:\n    pytest.skip('no', allow_module_level=True)\n",
        "numpy = pytest.importorskip('numpy')\n",
    ],
)
def test_of_a_file_that_may_be_skipped_nothing_is_used(shop: Path, begins: str):
    found = look(
        shop, f"import pytest\nfrom shop.pricing import total\n{begins}\ndef test_a(): assert total([1]) == 1\n"
    )
    assert (found.examples, why(found)) == ((), ["is in a file that may be skipped"])


@pytest.mark.parametrize(
    ("common", "change", "name"),
    [
        ("SEEN = []\n", "SEEN.append(total([1]))", "SEEN"),
        ("SEEN = {}\n", "SEEN['a'] = total([1])", "SEEN"),
        ("COUNT = 0\n", "global COUNT; COUNT += total([1])", "COUNT"),
        ("IDS = iter([1, 2])\n", "got = next(IDS); assert total([got]) == 1", "IDS"),
        ("class Box: pass\nBOX = Box()\n", "BOX.value = total([1])", "BOX"),
    ],
)
def test_what_tests_share_and_change_makes_them_useless(shop: Path, common: str, change: str, name: str):
    text = f"from shop.pricing import total\n{common}def test_a(): {change}\ndef test_b():\n    assert total([{name}]) == 1\n"
    found = look(shop, text + "def test_c(): assert total([3]) == 3\n")
    sources = [example.source for example in found.examples]
    assert f"total([{name}])" not in sources
    assert "total([3])" in sources
    assert f"shares {name} with other tests, and test_a() changes it" in why(found)


def test_the_one_test_that_changes_something_meets_it_as_it_is(shop: Path):
    text = "from shop.pricing import total\nSEEN = []\ndef test_a():\n    SEEN.append(1)\n    assert total(SEEN) == 1\n"
    found = look(shop, text)
    assert ([example.source for example in found.examples], why(found)) == (["total(SEEN)"], [])


def test_rows_of_one_test_follow_one_another(shop: Path):
    text = "import pytest\nfrom shop.pricing import total\nSEEN = []\n@pytest.mark.parametrize('x', [1, 2])\n"
    found = look(shop, text + "def test_a(x):\n    SEEN.append(x)\n    assert total(SEEN) == x\n")
    assert (found.examples, why(found)) == ((), ["shares SEEN with other tests, and test_a() changes it"])


@pytest.mark.parametrize(
    ("common", "change", "test"),
    [
        ("SEEN = []", "mine = SEEN\n    mine.append(1)", "assert total(SEEN) == 1"),
        ("SEEN = [[1]]", "for one in SEEN:\n        one.append(1)", "assert total(SEEN[0]) == 1"),
        ("SEEN = [1]", "assert SEEN.pop() == 1", "assert total(SEEN) == 1"),
        ("import heapq\nSEEN = [1]", "heapq.heappush(SEEN, 0)", "assert total(SEEN) == 1"),
        ("class K:\n    n = 1", "K.n = 4", "assert total([K.n]) == 1"),
        ("class K:\n    n = 1", "setattr(K, 'n', 4)", "assert total([K.n]) == 1"),
        ("def helper(x, seen=[]):\n    seen.append(x)\n    return seen", "helper(1)", "assert total(helper(2)) == 2"),
        ("def helper():\n    helper.n = 1\n    return helper.n", "helper()", "assert total([helper()]) == 2"),
        ("import os", "os.environ['RATE'] = '2'", "assert total([1]) == 1"),
        ("", "import os\n    os.environ.update(RATE='2')", "assert total([1]) == 1"),
        ("import os as o", "o.chdir('/')", "assert total([1]) == 1"),
        ("from random import seed, random", "seed(3)", "assert total([random()]) == 1"),
        ("from decimal import getcontext", "getcontext().prec = 3", "assert total([1]) == 1"),
        ("import shop.pricing", "shop.pricing.RATE = 2", "assert total([1]) == 1"),
        ("from shop import pricing as p", "p.Cart.rate = 2", "assert total([1]) == 1"),
        ("def lower():\n    import os\n    os.environ['A'] = ''", "lower()", "assert total([1]) == 1"),
    ],
)
def test_whatever_outlasts_a_test_makes_the_others_useless(shop: Path, common: str, change: str, test: str):
    text = f"from shop.pricing import total\n{common}\ndef test_a():\n    {change}\ndef test_b():\n    {test}\n"
    found = look(shop, text)
    assert [example.where for example in found.examples if example.source.startswith("total")] == []
    assert any(reason.startswith("shares ") for reason in why(found))


@pytest.mark.parametrize(
    ("common", "change", "test"),
    [
        ("import sys", "old = sys.stdout\n    sys.stdout = None\n    sys.stdout = old", "assert total([1]) == 1"),
        (
            "import shop.pricing as p",
            "p.KNOWN.add(1)\n    try:\n        pass\n    finally:\n        p.KNOWN.remove(1)",
            "assert total([1]) == 1",
        ),
        ("SEEN = [1]", "SEEN = [2]\n    SEEN.append(1)", "assert total(SEEN) == 1"),
        ("SEEN = [1]", "mine = list(SEEN)\n    mine.append(1)", "assert total(SEEN) == 1"),
        ("import operator", "operator.add(1, 2)", "assert total([1]) == 1"),
        ("from shop.pricing import Cart", "Cart([1]).items.append(2)", "assert total([1]) == 1"),
        ("", "total([2])", "assert total([1]) == 1"),
    ],
)
def test_what_does_not_outlast_a_test_is_no_reason(shop: Path, common: str, change: str, test: str):
    text = f"from shop.pricing import total\n{common}\ndef test_a():\n    {change}\ndef test_b():\n    {test}\n"
    found = look(shop, text)
    line = text.count("\n")
    assert f"tests/test_pricing.py:{line}" in [example.where for example in found.examples]
    assert why(found) == []


def test_attributes_set_on_the_own_class_make_tests_useless(shop: Path):
    text = "from shop.pricing import total\nclass TestB:\n    v = 1\n    def test_a(self):\n        TestB.v = 5\n"
    found = look(shop, text + "    def test_b(self):\n        assert total([self.v]) == 1\n")
    assert (found.examples, why(found)) == ((), ["shares TestB with other tests, and TestB.test_a() changes it"])


def test_a_file_that_seeds_for_all_its_tests_gives_none_that_draws(shop: Path):
    text = "import random\nfrom shop.pricing import total\nrandom.seed(3)\ndef test_a(): assert total([1]) == 1\n"
    found = look(shop, text + "def test_b(): assert total([random.randint(0, 3)]) == 1\n")
    assert [example.source for example in found.examples] == ["total([1])"]
    assert why(found) == ["is in a file that calls random.seed() once, for all tests that come after"]


@pytest.mark.parametrize(
    ("top", "change", "draws"),
    [
        ("import random\n", "random.seed(3)", "total([random.randint(0, 9)]) == 1"),
        ("from random import seed, randint\n", "seed(3)", "total([randint(0, 9)]) == 1"),
        ("import random as r\n", "r.seed(3)", "total([r.randint(0, 9)]) == 1"),
        ("import random\ndef drawn(): return random.random()\n", "random.seed(3)", "total([drawn()]) == 1"),
        ("import sys\n", "sys.setrecursionlimit(99)", "total([sys.getrecursionlimit()]) == 99"),
        ("import sys\n", "sys.stdout = None", "total([sys.stdout]) == 1"),
        ("import logging\n", "logging.disable(10)", "total([logging.root.manager.disable]) == 10"),
    ],
)
def test_what_others_change_of_the_process_is_met_by_those_that_use_it(shop: Path, top: str, change: str, draws: str):
    text = f"from shop.pricing import total\n{top}class TestX:\n    def test_a(self):\n        {change}\n"
    text += f"def test_b():\n    assert {draws}\ndef test_c():\n    assert total([1]) == 1\n"
    found = look(shop, text)
    assert [example.source for example in found.examples] == ["total([1])"]
    assert [("with other tests, and TestX.test_a() changes it" in reason) for reason in why(found)] == [True]


@pytest.mark.parametrize(
    "change",
    [
        "import shop.other as o\n    vars(o)['A'] = 1",
        "import shop.other as o\n    o.__dict__['A'] = 1",
        "import shop.other as o\n    setattr(o, 'A', 1)",
        "import shop.other as o\n    o.A += 1",
        "import shop.other, importlib\n    importlib.reload(shop.other)",
        "from importlib import reload\n    import shop.other as o\n    reload(o)",
        "total.__globals__['A'] = 1",
        "import sys\n    del sys.modules['shop']",
        "import sys\n    sys.modules.pop('shop')",
        "from shop.state import set_it\n    set_it(1)",
        "from shop.state import set_by_another\n    set_by_another(1)",
        "import shop.state as s\n    s.set_it(1)",
        "globals()['A'] = 1",
    ],
)
def test_what_a_test_leaves_changed_in_the_project_makes_the_others_useless(shop: Path, change: str):
    state = "A = 1\n\ndef set_it(a):\n    global A\n    A = a\n\ndef set_by_another(a):\n    set_it(a)\n"
    write(shop, "src/shop/state.py", state)
    text = f"from shop.pricing import total\ndef test_a():\n    {change}\ndef test_b():\n    assert total([1]) == 1\n"
    found = look(shop, text)
    assert "total([1])" not in [example.source for example in found.examples]
    assert [reason.startswith("shares ") for reason in why(found)] == [True]


@pytest.mark.parametrize(
    "write_it", ["open(P, 'w').write('1')", "open(P, mode='a')", "Path(P).write_text('1')", "os.mkdir(P)"]
)
@pytest.mark.parametrize(
    "read_it", ["total([int(open(P).read())])", "total([Path(P).exists()])", "total(os.listdir(P))"]
)
def test_files_that_one_test_leaves_for_another_make_that_useless(shop: Path, write_it: str, read_it: str):
    text = f"import os\nfrom pathlib import Path\nfrom shop.pricing import total\nP = '/dev/shm/x'\ndef test_a():\n    {write_it}\n"
    found = look(shop, text + f"def test_b():\n    assert {read_it} == 1\n")
    assert (found.examples, why(found)) == ((), ["reads files, and test_a() writes some"])


@pytest.mark.parametrize("looks", ["total.cache_info()", "total.calls", "total.cache_clear()"])
def test_what_a_function_keeps_between_calls_makes_tests_useless(shop: Path, looks: str):
    found = look(shop, f"from shop.pricing import total\ndef test_a():\n    total([1])\n    assert {looks} == 1\n")
    assert found.examples == ()
    assert [reason.startswith("looks at total.") for reason in why(found)] == [True]


@pytest.mark.parametrize("once", ["(x for x in [1])", "iter([1])", "map(int, '1')", "zip([1])", "open('/dev/null')"])
def test_what_can_be_gone_through_once_is_used_by_no_two_tests(shop: Path, once: str):
    text = f"from shop.pricing import total\nONCE = {once}\ndef test_a():\n    assert total(ONCE) == 1\n"
    found = look(shop, text + "def test_b():\n    assert total(ONCE) == 0\n")
    assert found.examples == ()


@pytest.mark.parametrize(
    "begins",
    [
        "from pytest import skip\nskip('no', allow_module_level=True)",
        "def need():\n    pytest.skip('no', allow_module_level=True)\nneed()",
        "def need():\n    import unittest\n    raise unittest.SkipTest('no')\nneed()",
        "from _pytest.outcomes import Skipped\nraise Skipped('no', allow_module_level=True)",
        "if True:\n    from pytest import importorskip as need\n    need('numpy')",
    ],
)
def test_however_a_file_skips_itself_nothing_of_it_is_used(shop: Path, begins: str):
    found = look(
        shop, f"import pytest\nfrom shop.pricing import total\n{begins}\ndef test_a(): assert total([1]) == 1\n"
    )
    assert (found.examples, why(found)) == ((), ["is in a file that may be skipped"])


@pytest.mark.parametrize(
    "body",
    [
        "raise unittest.SkipTest('later')",
        "from unittest import SkipTest as Later\n    raise SkipTest",
        "from _pytest.outcomes import Skipped\n    raise Skipped('no')",
    ],
)
def test_a_test_that_skips_itself_is_not_used(shop: Path, body: str):
    text = f"import unittest\nfrom shop.pricing import total\ndef test_a():\n    {body}\n    assert total([1]) == 1\n"
    assert look(shop, text).examples == ()


@pytest.mark.parametrize(
    ("conftest", "reason"),
    [
        ("collect_ignore = ['test_pricing.py']", "may be left out or changed by tests/conftest.py (collect_ignore)"),
        ("collect_ignore_glob = ['*']", "may be left out or changed by tests/conftest.py (collect_ignore_glob)"),
        (
            "def pytest_ignore_collect(path): return True",
            "may be left out or changed by tests/conftest.py (pytest_ignore_collect)",
        ),
        (
            "def pytest_collection_modifyitems(items): items.clear()",
            "may be left out or changed by tests/conftest.py (pytest_collection_modifyitems)",
        ),
    ],
)
def test_what_a_conftest_may_leave_out_is_not_used(shop: Path, conftest: str, reason: str):
    write(shop, "tests/conftest.py", conftest)
    text = "import pytest\nfrom shop.pricing import total\n@pytest.mark.slow\ndef test_a(): assert total([1]) == 1\n"
    found = look(shop, text)
    assert (found.examples, why(found)) == ((), [reason])


@pytest.mark.parametrize(
    ("said", "path", "reason"),
    [
        ("", "tests/pricing_cases.py", "is in a file that pytest does not collect (test*.py *_test.py)"),
        ("python_files = 'check_*.py'", "tests/test_it.py", "is in a file that pytest does not collect (check_*.py)"),
        ("norecursedirs = ['old']", "tests/old/test_it.py", "is left out by pytest's settings (old)"),
        ("addopts = '--ignore=tests/old'", "tests/old/test_it.py", "is left out by pytest's settings (tests/old)"),
        ("addopts = '-ra -m \"not slow\"'", "tests/test_it.py", "may be left out by pytest's settings (-m)"),
    ],
)
def test_files_that_pytest_does_not_collect_give_no_tests(shop: Path, said: str, path: str, reason: str):
    write(shop, "pyproject.toml", f"[tool.pytest.ini_options]\n{said}\n")
    found = look(shop, "from shop.pricing import total\ndef test_a(): assert total([1]) == 1\n", path=path)
    assert (found.examples, why(found)) == ((), [reason])


def test_a_name_that_is_bound_anew_is_no_test(shop: Path):
    text = "from shop.pricing import total\ndef test_a(): assert total([1]) == 1\ntest_a = None\n"
    assert look(shop, text) == Tests()


def test_tests_that_classes_inherit_are_told(shop: Path):
    text = "from shop.pricing import total\nclass Base:\n    def test_a(self): assert total([1]) == 1\n"
    found = look(shop, text + "class TestIt(Base):\n    pass\n")
    assert (found.examples, why(found)) == (
        (),
        [
            "is in Base, which pytest collects only where a class derives from it",
            "inherits Base.test_a(); tests that a class inherits are not run",
        ],
    )


def test_tests_that_contradict_one_another_are_not_used(shop: Path):
    text = (
        "from shop.pricing import total\ndef test_a(): assert total([1]) == 1\ndef test_b(): assert total([1]) == 2\n"
    )
    found = look(shop, text + "def test_c(): assert total([2]) == 2\n")
    assert [example.source for example in found.examples] == ["total([2])"]
    assert why(found) == ["expects of the same call what another test does not"] * 2


def test_variables_of_the_module_under_test_that_others_change_make_tests_useless(shop: Path):
    more = "\nKNOWN = {}\n\ndef register(name, rate):\n    KNOWN[name] = rate\n"
    write(shop, "src/shop/pricing.py", PRICING + more)
    text = "from shop.pricing import register, total\ndef test_a():\n    register('a', 1)\n    assert total([1]) == 2\n"
    found = look(shop, text + "def test_b():\n    assert total([1]) == 1\n")
    assert [example.where for example in found.examples] == ["tests/test_pricing.py:4"]
    told = "shares shop.pricing.KNOWN with other tests, and register(), which test_a() calls, changes it"
    assert why(found) == [told]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("if total([1]) == 2: return\n    assert total([1]) == 9", "may return before its end"),
        ("for n in [1, 2]:\n        return\n    assert total([1]) == 9", "may return before its end"),
        (
            "with pytest.raises(ValueError, check=lambda e: False):\n        total([1])",
            "expects an exception in a way that is not understood",
        ),
    ],
)
def test_what_is_not_understood_of_a_test_is_not_passed_over(shop: Path, body: str, reason: str):
    found = look(shop, f"import pytest\nfrom shop.pricing import total\ndef test_a():\n    {body}\n")
    assert (found.examples, why(found)) == ((), [reason])


def test_an_object_that_a_set_up_makes_is_known_to_need_another_stub(shop: Path):
    write(
        shop,
        "src/shop/pricing.py",
        PRICING + "\n\nclass Box:\n    def add(self, x):\n        ...\n\n    def size(self):\n        ...\n",
    )
    text = "import unittest\nfrom shop.pricing import Box\nclass CaseA(unittest.TestCase):\n    def setUp(self):\n        self.b = Box()\n"
    text += "    def test_a(self):\n        self.b.add(1)\n        self.assertEqual(self.b.size(), 1)\n"
    found = look(shop, text, name="Box.add")
    assert (found.examples, why(found)) == ((), ["calls Box.size, which is not written yet"])


def test_a_test_that_looks_beside_itself_is_not_used(shop: Path):
    text = "from pathlib import Path\nfrom shop.pricing import total\nHERE = Path(__file__).parent\n"
    found = look(shop, text + "def test_a(): assert total([len((HERE / 'a.txt').read_text())]) == 1\n")
    assert (found.examples, why(found)) == ((), ["looks for files beside itself, which drafts may not read"])


def test_what_one_test_alone_changes_is_its_own(shop: Path):
    found = look(
        shop,
        "from shop.pricing import total\nSEEN = [1]\ndef test_a():\n    SEEN.append(2)\n    assert total(SEEN) == 3\n",
    )
    assert len(found.examples) == 1


def test_attributes_of_a_class_that_its_tests_change_make_them_useless(shop: Path):
    text = """
import unittest
from shop.pricing import total

class CaseA(unittest.TestCase):
    seen = []

    def test_a(self):
        self.seen.append(1)
        self.assertEqual(total(self.seen), 1)

    def test_b(self):
        self.assertEqual(total(self.seen), 1)

    def test_c(self):
        self.assertEqual(total([3]), 3)
"""
    found = look(shop, text)
    assert [example.source for example in found.examples] == ["total([3])"]
    assert why(found) == ["shares self.seen with other tests, and test_a() changes it"] * 2


# --------------------------------------------------------------------------------- is it this function?


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("from shop.pricing import total", "total([1])"),
        ("from shop.pricing import total as t", "t([1])"),
        ("from shop.pricing import *", "total([1])"),
        ("from shop import total", "total([1])"),
        ("from shop import *", "total([1])"),
        ("import shop", "shop.total([1])"),
        ("import shop.pricing", "shop.pricing.total([1])"),
        ("import shop.pricing as p", "p.total([1])"),
        ("from shop import pricing", "pricing.total([1])"),
        ("try:\n    from shop.pricing import total\nexcept ImportError:\n    total = None", "total([1])"),
        ("if True:\n    from shop import (\n        total,  # one\n    )", "total([1])"),
    ],
)
def test_every_way_of_importing_the_function_leads_to_it(shop: Path, imports: str, call: str):
    found = look(shop, f"{imports}\n\n\ndef test_it():\n    assert {call} == 1\n")
    assert [told(example) for example in found.examples] == [(call, "==", "1")]
    assert [example.where for example in found.examples] == [f"tests/test_pricing.py:{imports.count(chr(10)) + 5}"]


def test_a_relative_import_from_a_test_inside_the_package_leads_to_it(shop: Path):
    write(shop, "src/shop/tests/__init__.py", "")
    text = "from ..pricing import total\n\ndef test_it():\n    assert total([1]) == 1\n"
    found = look(shop, text, path="src/shop/tests/test_pricing.py")
    assert [example.where for example in found.examples] == ["src/shop/tests/test_pricing.py:4"]
    (example,) = found.examples
    assert example.test is not None and example.test.imports[0] == "from shop.pricing import total"


@pytest.mark.parametrize(
    "text",
    [
        "from shop.other import total\n\ndef test_it():\n    assert total([1]) == 1\n",
        "from elsewhere import total\n\ndef test_it():\n    assert total([1]) == 1\n",
        "def total(items):\n    return 1\n\ndef test_it():\n    assert total([1]) == 1  # shop.pricing\n",
        "from shop.pricing import total\n\ndef test_it():\n    total = sum\n    assert total([1]) == 1\n",
        "from shop.pricing import total\n\ndef test_it():\n    assert sum([1]) == 1  # total\n",
        "import shop.other as pricing\n\ndef test_it():\n    assert pricing.total([1]) == 1\n",
    ],
)
def test_another_function_of_the_same_name_is_not_taken_for_it(shop: Path, text: str):
    found = look(shop, text)
    assert (found.examples, found.unused) == ((), ())


@pytest.mark.parametrize("making", ["Cart([1])", "cart"])
def test_a_method_is_known_by_the_class_that_made_its_object(shop: Path, making: str):
    text = f"from shop.pricing import Cart\n\ndef test_it():\n    cart = Cart([1])\n    assert {making}.sum() == 1\n"
    assert [told(example) for example in look(shop, text, "Cart.sum").examples] == [(f"{making}.sum()", "==", "1")]
    strange = "from shop.pricing import Cart\n\ndef test_it():\n    assert Other([1]).sum() == 1\n"
    assert look(shop, strange, "Cart.sum").examples == ()


def test_a_helper_of_the_file_that_calls_the_function_comes_along(shop: Path):
    text = (
        "from decimal import Decimal\nfrom shop.pricing import total\nONE = Decimal(1)\n\n"
        "def check(items, want):\n    assert total([*items, ONE]) == want\n\ndef test_it():\n    check([1], 2)\n"
    )
    (example,) = look(shop, text).examples
    assert example.test is not None
    assert told(example) == ("check([1], 2)", "runs", "")
    assert [line.split("\n")[0] for line in example.test.imports] == [
        "from decimal import Decimal",
        "from shop.pricing import total",
        "ONE = Decimal(1)",
        "def check(items, want):",
    ]


# --------------------------------------------------------------------------------- what is asserted


@pytest.mark.parametrize(
    ("statement", "parts"),
    [
        ("assert total([1]) == 1", [("total([1])", "==", "1")]),
        ("assert 1 == total([1])", [("total([1])", "==", "1")]),
        ("assert total([1]) != 2, 'why'", [("total([1])", "!=", "2")]),
        ("assert 0 < total([1])", [("total([1])", ">", "0")]),
        ("assert total([1]) is None", [("total([1])", "is", "None")]),
        ("assert total([1]) in (1, 2)", [("total([1])", "in", "(1, 2)")]),
        ("assert 'a' in total([1])", [("total([1])", "has", "'a'")]),
        ("assert total([1])", [("total([1])", "==", "")]),
        ("assert not total([1])", [("not total([1])", "==", "")]),
        ("assert total([1]) and total([2]) == 2", [("total([1])", "==", ""), ("total([2])", "==", "2")]),
        ("assert total([1]) == pytest.approx(1.0, abs=0.1)", [("total([1])", "close", "1.0")]),
        ("assert pytest.approx([1.0]) == total([1])", [("total([1])", "close", "[1.0]")]),
        ("want = [3]\n    assert total([1]) == want", [("total([1])", "==", "[3]")]),
        ("assert total([1]) == sum([1])", [("total([1]) == sum([1])", "==", "")]),
        ("total([1])", [("total([1])", "runs", "")]),
        (
            "for n, want in [([1], 1), ([2], 2)]:\n        assert total(n) == want",
            [("total([1])", "==", "1"), ("total([2])", "==", "2")],
        ),
    ],
)
def test_what_is_expected_is_taken_out_of_what_is_run(shop: Path, statement: str, parts: list[tuple[str, str, str]]):
    found = look(shop, f"import pytest\nfrom shop import total\n\ndef test_it():\n    {statement}\n")
    assert why(found) == []
    assert [told(example) for example in found.examples] == parts


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("self.assertEqual(total([1]), 1)", ("total([1])", "==", "1")),
        ("self.assertTrue(total([1]) == 1)", ("total([1])", "==", "1")),
        ("self.assertFalse(total([1]))", ("not total([1])", "==", "")),
        ("self.assertIsNone(total([1]))", ("total([1])", "is", "None")),
        ("self.assertIn(total([1]), [1])", ("total([1])", "in", "[1]")),
        ("self.assertGreater(total([1]), 0)", ("total([1])", ">", "0")),
        ("self.assertAlmostEqual(total([1]), 1, places=3)", ("total([1])", "close", "1")),
        ("self.assertCountEqual(total([1]), [2, 1])", ("total([1])", "same members", "[2, 1]")),
        ("self.assertEqual(total(self.items), 1)", ("total(self.items)", "==", "1")),
    ],
)
def test_the_assertions_of_unittest_are_read_too(shop: Path, statement: str, part: tuple[str, str, str]):
    text = (
        "import unittest\nfrom shop import total\n\nclass PricingTest(unittest.TestCase):\n"
        f"    def setUp(self):\n        self.items = [1]\n\n    def test_it(self):\n        {statement}\n"
    )
    found = look(shop, text)
    assert why(found) == []
    assert [told(example) for example in found.examples] == [part]


def test_rows_of_stacked_tables_are_named_as_pytest_names_them(shop: Path):
    text = (
        "import pytest\nfrom shop import total\nTABLE = [([1], 1), pytest.param([2], 2, id='two')]\n\n"
        "@pytest.mark.parametrize('rate', [0, None])\n@pytest.mark.parametrize(('items', 'want'), TABLE)\n"
        "def test_it(items, want, rate):\n    assert total(items, rate) == want\n"
    )
    found = look(shop, text)
    assert [name.partition("::")[2] for name in found.names] == [
        "test_it[items0-1-0]",
        "test_it[items0-1-None]",
        "test_it[two-0]",
        "test_it[two-None]",
    ]
    assert [told(example) for example in found.examples][2:] == [
        ("total([2], 0)", "==", "2"),
        ("total([2], None)", "==", "2"),
    ]


def test_a_value_that_is_used_twice_stays_one_object(shop: Path):
    text = (
        "import pytest\nfrom shop import total\n\n@pytest.mark.parametrize('items', [[1, 2]])\n"
        "def test_it(items):\n    total(items)\n    assert items.pop() == 2\n"
    )
    (example,) = look(shop, text).examples
    assert example.test is not None
    assert (example.source, example.test.setup) == ("items.pop()", ("items = [1, 2]", "total(items)"))


def test_exceptions_are_expected_with_their_pattern(shop: Path):
    text = (
        "import pytest\nfrom shop import total\n\ndef test_it():\n    with pytest.raises((TypeError, KeyError), match='a.b'):\n"
        "        total(None)\n    pytest.raises(ValueError, total, 3)\n"
        "    with pytest.raises(ValueError) as caught:\n        total(4)\n    assert 'x' in str(caught.value)\n"
    )
    found = look(shop, text)
    seen = [(e.source, e.raises, e.test.match, e.test.caught) for e in found.examples if e.test]
    assert seen == [
        ("total(None)", "(TypeError, KeyError)", "a.b", ""),
        ("total(3)", "ValueError", "", ""),
        ("total(4)", "ValueError", "", "caught"),
        ("str(caught.value)", None, "", ""),
    ]


# --------------------------------------------------------------------------------- what cannot be used is said


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def test_it(tmp_path, client):\n    assert total([]) == 0", "takes a fixture (tmp_path, client)"),
        ("async def test_it():\n    assert total([]) == 0", "is asynchronous"),
        ("@pytest.mark.skip\ndef test_it():\n    assert total([]) == 0", "is marked skip"),
        ("@pytest.mark.xfail(reason='x')\ndef test_it():\n    assert total([]) == 0", "is marked xfail"),
        ("@pytest.mark.usefixtures('db')\ndef test_it():\n    assert total([]) == 0", "uses fixtures (db)"),
        ("@pytest.mark.parametrize('n', range(len('abc')))\ndef test_it(n):\n    assert total([n]) == n", "has a table of parameters that is not written out"),
        ("@decorated\ndef test_it():\n    assert total([]) == 0", "is decorated with @decorated"),
        ("@mock.patch('shop.x')\ndef test_it(x):\n    assert total([]) == 0", "uses unittest.mock"),
        ("def test_it():\n    m = mock.Mock()\n    assert total(m) == 0", "uses unittest.mock"),
        ("def test_it():\n    if total([]):\n        assert total([]) == 0", "asserts within `if`"),
        ("def test_it():\n    for n in range(len('abc')):\n        assert total([n]) == n", "asserts in a loop over what is not written out"),
        ("def test_it():\n    with open('x') as f:\n        assert total([]) == 0", "asserts within `with open('x')`"),
        ("def test_it():\n    pytest.importorskip('numpy')\n    assert total([]) == 0", "uses pytest.importorskip"),
        ("def test_it():\n    assert total([unknown]) == 0", "uses unknown, which nothing in its file defines"),
        ("def test_it():\n    assert helper(total([])) == 0", "imports tests/helpers.py, which drafts may not read"),
        ("class TestIt(Base):\n    def test_it(self):\n        assert total([]) == 0", "is in a class that derives from Base"),
        ("class TestIt:\n    def setup_method(self):\n        start()\n    def test_it(self):\n        assert total([]) == 0", "is prepared by setup_method()"),
        ("class TestIt:\n    def test_it(self):\n        assert total(self.x) == 0", "uses self.x of its class"),
        ("@pytest.fixture(autouse=True)\ndef money():\n    pass\ndef test_it():\n    assert total([]) == 0", "is given a fixture of its file (money)"),
        ("def test_it():\n    with pytest.raises(ValueError), pytest.warns(UserWarning):\n        total(1)", "uses pytest.warns"),
        ("def test_it():\n    with pytest.warns(UserWarning), pytest.raises(ValueError):\n        total(1)", "asserts within `with pytest.warns(UserWarning)`"),
        ("class TestIt(unittest.TestCase):\n    def test_it(self):\n        with self.assertRaises(ValueError), self.assertWarns(UserWarning):\n            total(1)", "uses self.assertWarns within another assertion"),
        ("def test_it():\n    while total([]):\n        assert total([]) == 0", "asserts in a loop"),
        ("def test_it():\n    try:\n        assert total([]) == 0\n    finally:\n        pass", "asserts within `try`"),
        ("def test_it():\n    with pytest.raises(ValueError) as e:\n        total(1)\n    e.match('x')", "looks into e in a way that is not understood"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_with_its_place(shop: Path, text: str, reason: str):
    write(shop, "tests/helpers.py", "def helper(x):\n    return x\n")
    head = "import pytest\nimport unittest\nfrom unittest import mock\nfrom shop import total\nfrom helpers import helper\n\n"
    found = look(shop, head + text + "\n")
    assert found.examples == ()
    assert why(found) == [reason]
    assert found.unused[0].where.startswith("tests/test_pricing.py:")


def test_a_fixture_that_conftest_gives_unasked_is_said(shop: Path):
    write(
        shop, "tests/conftest.py", "import pytest\n@pytest.fixture(autouse=True)\ndef db():\n    connect()\n    yield\n"
    )
    found = look(shop, "from shop import total\n\ndef test_it():\n    assert total([]) == 0\n")
    assert (found.examples, why(found)) == ((), ["may be given a fixture by tests/conftest.py"])


def test_a_test_that_calls_another_unwritten_function_waits_for_that(shop: Path):
    text = "from shop.pricing import Cart, total\n\ndef test_it():\n    assert total([Cart([1]).sum()]) == 1\n"
    assert why(look(shop, text)) == ["calls Cart.sum, which is not written yet"]
    write(shop, "src/shop/pricing.py", PRICING.replace("        ...", "        return sum(self.items)"))
    assert [told(example)[0] for example in tests_of(stub_of(shop)).examples] == ["total([Cart([1]).sum()])"]


def test_one_row_that_is_marked_leaves_the_others(shop: Path):
    text = (
        "import pytest\nfrom shop import total\n\n@pytest.mark.parametrize('n', [1, pytest.param(2, marks=pytest.mark.skip)])\n"
        "def test_it(n):\n    assert total([n]) == n\n"
    )
    found = look(shop, text)
    assert (len(found.examples), why(found)) == (1, ["is marked skip for 2"])


# --------------------------------------------------------------------------------- a project is data from outside


def test_links_large_files_and_what_lies_outside_are_not_read(shop: Path, tmp_path_factory: pytest.TempPathFactory):
    outside = write(
        tmp_path_factory.mktemp("outside"),
        "test_x.py",
        "from shop import total\n\ndef test_it():\n    assert total([]) == 0\n",
    )
    (shop / "tests").mkdir()
    (shop / "tests/test_link.py").symlink_to(outside)
    (shop / "tests/linked").symlink_to(outside.parent, target_is_directory=True)
    os.mkfifo(shop / "tests/test_pipe.py")
    found = look(shop, "from shop import total\n" + "#" * LARGEST, path="tests/test_large.py")
    assert found.examples == ()
    assert why(found) == ["tests/test_large.py is too large to be looked at, or cannot be read"]


def test_so_many_tests_are_run_and_no_more(shop: Path):
    rows = ", ".join(str(n) for n in range(MOST_TESTS + 50))
    text = f"import pytest\nfrom shop import total\n\n@pytest.mark.parametrize('n', [{rows}])\ndef test_it(n):\n    assert total([n]) == n\n"
    found = look(shop, text)
    assert len(found.names) == MOST_TESTS
    assert why(found) == [f"comes after {MOST_TESTS} others, and more are not run"]


def test_what_was_found_holds_until_a_test_is_saved(shop: Path):
    first = look(shop, "from shop import total\n\ndef test_it():\n    assert total([]) == 0\n")
    assert tests_of(stub_of(shop)) is first
    file = shop / "tests/test_pricing.py"
    file.write_text("from shop import total\n\ndef test_it():\n    assert total([]) == 1\n")
    os.utime(file, ns=(1, 1))
    assert [told(example)[2] for example in tests_of(stub_of(shop)).examples] == ["1"]
    look(
        shop, "from shop import total\n\ndef test_more():\n    assert total([]) == 2\n", path="tests/deep/er/test_x.py"
    )
    assert [told(example)[2] for example in tests_of(stub_of(shop)).examples] == ["2", "1"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["from shop import total\n", "import pytest\n", "def test_x():\n", "    assert total(", "[1]) == 1\n", "class TestA:\n",
             "    def test_y(self):\n", "        self.assertEqual(total(1), 2)\n", "@pytest.mark.parametrize('a,b', [(1,", "2)])\n", "((((",
             "    with pytest.raises(E):\n", "        total(1)\n", "'''", "\x00", "\ud800", "\t", "\\\n", "    for a in [1, 2]:\n", "f(x)"]
        ) | st.text(max_size=6),
        max_size=14,
    )
)  # fmt: skip
def test_no_text_of_a_test_file_makes_looking_fail(tmp_path_factory: pytest.TempPathFactory, pieces: list[str]):
    root = tmp_path_factory.mktemp("hostile")
    write(root, "pyproject.toml", "[project]\nname = 'shop'\n")
    write(root, "shop/__init__.py", "def total(x):\n    ...\n")
    (root / "tests").mkdir()
    (root / "tests/test_x.py").write_bytes("".join(pieces).encode("utf-8", "surrogatepass"))
    stub = find_function(read(root / "shop/__init__.py"), "total")
    assert stub is not None
    tests_of(stub)


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "-" * 30_000 + "1", "[" * 5000 + "]" * 5000, "1" * 100_000, "a." * 20_000 + "b"]
)
def test_deep_and_long_expressions_are_said_to_be_unreadable_or_left_out(shop: Path, text: str):
    found = look(
        shop,
        f"from shop import total\n\ndef test_it():\n    assert total({text}) == 1\n\ndef test_b():\n    assert total([]) == 0\n",
    )
    assert all(len(example.source) < 200_000 for example in found.examples)


# --------------------------------------------------------------------------------- tests beside the function


INSIDE = PRICING + "\n\ndef test_total():\n    assert total([1, 2]) == 3\n\n\nHELP = 1\n"


def test_a_test_in_the_functions_own_file_is_used_and_kept_out_of_the_program_and_the_prompt(shop: Path):
    write(shop, "src/shop/pricing.py", INSIDE)
    stub = stub_of(shop)
    held = with_tests(stub, "hidden")
    assert [(example.where, told(example)) for example in held.tests] == [
        ("src/shop/pricing.py:17", ("total([1, 2])", "==", "3"))
    ]
    assert "test_total" in stub.program("...") and "test_total" not in held.program("...")
    assert held.program("...").count("\n") == stub.program("...").count("\n")
    assert "HELP = 1" in held.program("...")
    assert "test_total" not in stub.neighbours


def test_the_place_of_a_test_can_be_opened_in_an_editor(shop: Path):
    (example,) = look(shop, "from shop import total\n\ndef test_it():\n    assert total([]) == 0\n").examples
    assert place_of(stub_of(shop), example.where) == (str(shop.resolve() / "tests/test_pricing.py"), 4)


def test_a_helper_of_the_module_that_is_called_like_a_test_stays_in_the_program(shop: Path):
    write(shop, "src/shop/pricing.py", INSIDE + "def test_connection():\n    return HELP\n")
    assert "test_connection" in with_tests(stub_of(shop), "hidden").program("...")


def test_nothing_is_looked_for_when_it_is_off(shop: Path):
    write(shop, "tests/test_pricing.py", "from shop import total\n\ndef test_it():\n    assert total([]) == 0\n")
    stub = stub_of(shop)
    assert with_tests(stub, "off") is stub
    assert [example.secret for example in with_tests(stub, "hidden").tests] == [True]
    assert [example.secret for example in with_tests(stub, "shown").tests] == [False]


USED = "from shop import total\n\n\ndef test_it():\n    assert total([1]) == 1\n"


@pytest.mark.parametrize(
    "text",
    [
        USED + "\n\ndef test_it():\n    assert total([2]) == 2\n",
        USED + "\n\ntest_it = None\n\n\ndef test_it():\n    assert total([2]) == 2\n",
        USED.replace("test_it", "test_gone") + "\n\ndel test_gone\n\n\ndef test_it():\n    assert total([2]) == 2\n",
        USED.replace("test_it", "test_off")
        + "\n\ntest_off.__test__ = False\n\n\ndef test_it():\n    assert total([2]) == 2\n",
        (
            "from shop import total\n\n\nclass TestOff:\n    __test__ = False\n\n    def test_it(self):\n        assert total([1]) == 1\n\n\n"
            "class TestTwice:\n    def test_it(self):\n        assert total([1]) == 1\n\n\n"
            "class TestTwice:\n    def test_it(self):\n        assert total([1]) == 1\n\n    def test_it(self):\n        assert total([2]) == 2\n"
        ),
    ],
    ids=["a later one", "a later one after a value", "deleted", "switched off", "classes"],
)
def test_only_what_pytest_comes_upon_is_a_test(shop: Path, text: str):
    assert [example.source for example in look(shop, text).examples] == ["total([2])"]


def test_a_file_that_says_it_holds_no_tests_holds_none(shop: Path):
    assert look(shop, "__test__ = False\n" + USED).examples == ()


def test_tests_are_found_of_a_package_whose_folder_has_another_name(tmp_path: Path):
    write(tmp_path, "pyproject.toml", "[tool.setuptools.package-dir]\n'acme.shop' = 'code'\n")
    write(tmp_path, "code/__init__.py", "")
    home = write(tmp_path, "code/pricing.py", PRICING)
    write(
        tmp_path,
        "tests/test_pricing.py",
        "from acme.shop.pricing import total\n\n\ndef test_it():\n    assert total([2]) == 2\n",
    )
    stub = find_function(read(home), "total")
    assert stub is not None
    assert [example.source for example in tests_of(stub).examples] == ["total([2])"]


CARTS = "import unittest\nfrom shop.pricing import Cart\n\n\n"


def test_an_object_that_a_setup_makes_is_known(shop: Path):
    text = f"{CARTS}class TestCart(unittest.TestCase):\n    def setUp(self):\n        self.cart = Cart([1])\n\n    def test_sum(self):\n        self.assertEqual(self.cart.sum(), 1)\n"
    assert [example.source for example in look(shop, text, "Cart.sum").examples] == ["self.cart.sum()"]


def test_a_preparation_that_is_not_run_here_is_said(shop: Path):
    text = f"{CARTS}class TestCart:\n    def setup_method(self):\n        self.cart = Cart([1])\n        self.cart.fill()\n\n    def test_sum(self):\n        assert self.cart.sum() == 1\n"
    found = look(shop, text, "Cart.sum")
    assert (found.examples, len(found.unused)) == ((), 1)
    assert "is prepared by setup_method()" in why(found)[0]


@pytest.mark.parametrize(
    "text",
    [
        "def make():\n    return Cart([1])\n\n\ndef test_sum():\n    assert make().sum() == 1\n",
        "def test_sum(cart):\n    assert cart.sum() == 1\n",
    ],
    ids=["made by a helper", "given by a fixture"],
)
def test_a_method_of_something_unknown_is_said_and_not_passed_over(shop: Path, text: str):
    found = look(shop, CARTS + text, "Cart.sum")
    assert (found.examples, len(found.unused)) == ((), 1)
    assert "whose class cannot be told" in why(found)[0]


def test_a_method_of_what_is_known_to_be_something_else_is_not_spoken_of(shop: Path):
    found = look(
        shop, CARTS + "import numbers\n\n\ndef test_it():\n    Cart\n    assert numbers.sum() == 1\n", "Cart.sum"
    )
    assert (found.examples, found.unused) == ((), ())


@pytest.mark.parametrize(("table", "rows"), [("range(2)", 2), ("range(1, 4)", 3), ("range(5, 0, -2)", 3)])
def test_a_range_is_a_table_that_is_written_out(shop: Path, table: str, rows: int):
    text = f"import pytest\nfrom shop.pricing import total\n@pytest.mark.parametrize('y', {table})\n"
    found = look(shop, text + "def test_a(y):\n    assert total([y]) == y\n")
    assert (len(found.names), why(found)) == (rows, [])
    text = f"from shop.pricing import total\ndef test_a():\n    for y in {table}:\n        assert total([y]) == y\n"
    assert len(look(shop, text).examples) == rows


def test_a_table_without_rows_is_told(shop: Path):
    text = "import pytest\nfrom shop.pricing import total\n@pytest.mark.parametrize('y', TABLE)\ndef test_a(y):\n"
    for table in ("[]", "()", "range(0)"):
        found = look(shop, text.replace("TABLE", table) + "    assert total([y]) == y\n")
        assert (found.examples, why(found)) == ((), ["has a table of parameters without rows"])


def test_an_import_of_a_helper_that_only_defines_is_no_reason_unless_it_is_needed(shop: Path):
    write(shop, "tests/helpers.py", "import os\nA = 1\n\ndef helper(x):\n    return x\n")
    text = "from shop.pricing import total\nfrom helpers import helper\ndef test_a(): assert total([1]) == 1\n"
    found = look(shop, text + "def test_b(): assert total([helper(1)]) == 1\n")
    assert [example.source for example in found.examples] == ["total([1])"]
    assert why(found) == ["imports tests/helpers.py, which drafts may not read"]
    write(shop, "tests/helpers.py", "import os\nos.chdir('/')\n\ndef helper(x):\n    return x\n")
    assert look(shop, text).examples == ()


@pytest.mark.parametrize("table", ["range(x)", "range(0, 1, 0)", "range('a')", "range(1, 2, 3, 4)", "range(len([1]))"])
def test_a_range_of_anything_else_is_none(shop: Path, table: str):
    text = f"import pytest\nfrom shop.pricing import total\n@pytest.mark.parametrize('y', {table})\n"
    found = look(shop, text + "def test_a(y):\n    assert total([y]) == y\n")
    assert (found.examples, why(found)) == ((), ["has a table of parameters that is not written out"])


@pytest.mark.parametrize(
    "given",
    [
        "    cart = Cart([1])\n",
        "    @classmethod\n    def setUpClass(cls):\n        cls.cart = Cart([1])\n",
        "    def setup_class(cls):\n        cls.cart = Cart([1])\n",
        "    def setup_method(self):\n        self.cart = Cart([1])\n",
        "    def setup_method(self, method):\n        self.cart = Cart([1])\n",
        "    def setUp(self):\n        self.cart = Cart([1])\n",
    ],
)
def test_an_object_that_a_class_gives_its_tests_is_known(shop: Path, given: str):
    base = "unittest.TestCase" if "U" in given else ""
    text = f"import unittest\nfrom shop.pricing import Cart\nclass TestCart({base}):\n{given}"
    found = look(shop, text + "    def test_sum(self):\n        assert self.cart.sum() == 1\n", "Cart.sum")
    assert ([example.source for example in found.examples], why(found)) == (["self.cart.sum()"], [])


def test_tests_beside_a_module_as_django_has_them_are_told(shop: Path):
    text = "import unittest\nfrom shop.pricing import total\nclass T(unittest.TestCase):\n    def test_a(self):\n"
    found = look(shop, text + "        self.assertEqual(total([1]), 1)\n", path="src/shop/tests.py")
    assert why(found) == ["is in a file that drafts could read; call it test_….py"]


def test_modules_that_import_everything_from_one_another_are_looked_through_once(shop: Path):
    for number in range(60):
        stars = "".join(f"from .m{other} import *\n" for other in range(60) if other != number)
        write(shop, f"src/shop/m{number}.py", f"{stars}def own{number}(): ...\n")
    write(shop, "src/shop/__init__.py", "from .m0 import *\nfrom .pricing import *\n")
    calls = "".join(f"    shop.own{number}()\n    shop.not{number}()\n" for number in range(60))
    before = time.process_time()
    found = look(shop, f"import shop\n\ndef test_a():\n{calls}    assert shop.total([1]) == 1\n")
    assert [example.source for example in found.examples][-1:] == ["shop.total([1])"]
    assert time.process_time() - before < 3


def test_a_project_with_too_many_tests_of_a_function_is_not_read_to_the_end(shop: Path):
    text = f'"""{"x" * 490_000}"""\nfrom shop.pricing import total\n'
    for number in range(10):
        write(shop, f"tests/test_{number}.py", f"{text}def test_a():\n    assert total([{number}]) == 1\n")
    found = tests_of(stub_of(shop))
    assert 0 < len(found.names) < 10
    assert why(found) == [f"more than {MOST_READ >> 20} MB of tests: the rest was not looked at"]
