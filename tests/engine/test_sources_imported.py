"""What a prompt says of the names that a file imports from its project. Files are real, nothing is imported."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redraft.engine.desk import wording
from redraft.engine.facts import Stub
from redraft.engine.sources import find_function, find_stubs, read, told_of

ITEM = '''
from dataclasses import dataclass

@dataclass(frozen=True)
class Item:
    """One line of an order. And more."""

    name: str
    cents: int  # what one of them costs
    count: int = 1

    def total(self) -> int:
        """What all of them cost."""
        return self.cents * self.count
'''
TOTAL = '''
from shop.models import Item

def total(items: list[Item]) -> int:
    """What they cost together."""
    ...
'''
WHOLE = '''\
# From shop.models:
@dataclass(frozen=True)
class Item:
    """One line of an order. And more."""
    name: str
    cents: int  # what one of them costs
    count: int = 1
    def total(self) -> int: ...  # What all of them cost.
'''


class Look(Protocol):
    """Writes a project's files and gives the first stub of `shop/orders.py`."""

    def __call__(self, files: Mapping[str, str], tokens: int = 400) -> Stub: ...


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Below a folder of its own."""

    def looked(files: Mapping[str, str], tokens: int = 400) -> Stub:
        for name, text in {"pyproject.toml": "[project]\nname = 'shop'\n", "shop/__init__.py": "", **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding="utf-8")
        return find_stubs(read(tmp_path / "shop/orders.py"), tokens=tokens).stubs[0]

    return looked


def test_a_class_in_the_signature_is_told_with_fields_methods_and_what_is_said_of_them(look: Look):
    assert look({"shop/models.py": ITEM, "shop/orders.py": TOTAL}).project == WHOLE


def test_coder_and_reviewer_read_it_after_the_imports_and_before_the_rest_of_the_file(look: Look):
    stub = look({"shop/models.py": ITEM, "shop/orders.py": TOTAL + "\nLIMIT = 3\n"})
    assert wording.context(stub) == f"from shop.models import Item\n\n{WHOLE}\nLIMIT = 3"


@pytest.mark.parametrize(
    ("line", "used"),
    [
        ("from shop.models import Item", "Item"),
        ("from .models import Item", "Item"),
        ("from . import models", "models.Item"),
        ("from shop import models as m", "m.Item"),
        ("import shop.models", "shop.models.Item"),
        ("import shop.models as m", "m.Item"),
        ("from .models import *", "Item"),
        ("from .models import Item as Line", "Line"),
        ("from .models import (\n    other,\n    Item,  # the one\n)", "Item"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .models import Item", "'Item'"),
        ("try:\n    from .models import Item\nexcept ImportError:\n    Item = None", "Item"),
        ("from .api import Item", "Item"),
        ("from . import Item", "Item"),
        ("import shop", "shop.Item"),
    ],
)
def test_every_way_to_import_it_leads_to_the_class(look: Look, line: str, used: str):
    orders = f"{line}\n\ndef total(items: list[{used}]) -> int:\n    '''Sum.'''\n    ...\n"
    files = {
        "shop/__init__.py": "from .api import *\n",
        "shop/api.py": "from .inner import Item\n",
        "shop/inner/__init__.py": "from shop.models import Item as Item\n",
        "shop/models.py": ITEM,
    }
    assert look({**files, "shop/orders.py": orders}).project == WHOLE


def test_an_import_inside_a_function_and_one_that_is_shadowed_tell_nothing(look: Look):
    local = "def f():\n    from .models import Item\n\ndef total(items: list['Item']):\n    '''Sum.'''\n    ...\n"
    assert look({"shop/models.py": ITEM, "shop/orders.py": local}).project == ""
    shadowed = "from .models import Item\nItem = int\n\ndef total(items: list[Item]):\n    '''Sum.'''\n    ...\n"
    assert look({"shop/models.py": ITEM, "shop/orders.py": shadowed}).project == ""


def test_of_two_definitions_of_one_name_the_last_is_told_and_of_branches_the_first(look: Look):
    models = "class Item:\n    old: int\n\nclass Item:\n    new: int\n\ntry:\n    from .fast import Rate\nexcept ImportError:\n    Rate = None\n"
    orders = "from .models import Item, Rate\n\ndef f(item: Item, rate: Rate):\n    '''F.'''\n    ...\n"
    project = look(
        {"shop/models.py": models, "shop/fast.py": "class Rate:\n    quick: int\n", "shop/orders.py": orders}
    )
    assert "    new: int\n" in project.project
    assert "old" not in project.project
    assert "    quick: int\n" in project.project


def test_the_types_of_fields_and_the_bases_are_told_too_and_that_they_are_not_imported(look: Look):
    models = """
        from .base import Named
        from .money import Money

        class Item(Named):
            price: Money
    """
    project = look({
        "shop/base.py": "class Named:\n    name: str\n",
        "shop/money.py": "from decimal import Decimal\n\nMoney = Decimal  # in euros\n",
        "shop/models.py": models,
        "shop/orders.py": TOTAL,
    }).project  # fmt: skip
    assert project == (
        "# From shop.base, not imported here:\nclass Named:\n    name: str\n"
        "# From shop.models:\nclass Item(Named):\n    price: Money\n"
        "# From shop.money, not imported here:\nMoney = Decimal  # in euros\n"
    )


@pytest.mark.parametrize(
    ("models", "told"),
    [
        ("class Item(Enum):\n    RED = 1\n    BLUE = auto()\n", "class Item(Enum):\n    RED = 1\n    BLUE = auto()\n"),
        ("class Item(NamedTuple):\n    x: int\n    y: int = 0\n", "class Item(NamedTuple):\n    x: int\n    y: int = 0\n"),
        ("class Item(TypedDict, total=False):\n    x: int\n", "class Item(TypedDict, total=False):\n    x: int\n"),
        ("@attr.s(auto_attribs=True)\nclass Item:\n    x: int = attr.ib()\n", "@attr.s(auto_attribs=True)\nclass Item:\n    x: int = attr.ib()\n"),
        ("class Item:\n    __slots__ = ('a', 'b')\n", "class Item:\n    # attributes: a, b\n"),
        ("Item = namedtuple('Item', 'a b')\n", "Item = namedtuple('Item', 'a b')\n"),
        ("type Item = dict[str, int]\n", "type Item = dict[str, int]\n"),
        ("Item: TypeAlias = 'dict[str, int]'\n", "Item: TypeAlias = 'dict[str, int]'\n"),
        ("Item = 17\n'''How many.'''\n", "Item = 17  # How many.\n"),
        ("def Item(a, *, b: int = 2) -> str:\n    '''Make one.'''\n", 'def Item(a, *, b: int = 2) -> str:\n    """Make one."""\n'),
        ("async def Item(\n    a,  # the first\n    b=(1,\n       2),\n):\n    pass\n", "async def Item(a, b=(1, 2)): ...\n"),
        ("@lru_cache\n@app.route('/')\ndef Item(): pass\n", "@app.route('/')\ndef Item(): ...\n"),
        ("@overload\ndef Item(a: int) -> int: ...\n@overload\ndef Item(a: str) -> str: ...\ndef Item(a): return a\n", "def Item(a: int) -> int: ...\ndef Item(a: str) -> str: ...\n"),
        ("def Item(): '''One.'''\nItem = cached(Item)\n", 'def Item():\n    """One."""\n'),
        ("class Item:\n    def __init__(self, a: int, b, c=None):\n        self.a = a\n        self.b = b\n        self.n = 0\n        if c:\n            self.c: str = str(c)\n",
         "class Item:\n    a: int\n    c: str\n    # attributes: b\n    def __init__(self, a: int, b, c=None):\n        self.n = 0\n"),
        ("class Item:\n    @property\n    def x(self) -> int: ...\n    @x.setter\n    def x(self, v): ...\n    @classmethod\n    def of(cls, s: str): ...\n    def _own(self): ...\n",
         "class Item:\n    x: int  # property\n    @classmethod\n    def of(cls, s: str): ...\n"),
    ],
)  # fmt: skip
def test_each_kind_of_definition_is_told_by_what_a_caller_needs(look: Look, models: str, told: str):
    assert look({"shop/models.py": models, "shop/orders.py": TOTAL}).project == f"# From shop.models:\n{told}"


def test_long_values_are_cut_and_strings_under_secret_names_are_left_out(look: Look):
    models = f"Item = {{{', '.join(f'{n!r}: {n}' for n in range(200))}}}\nAPI_KEY = 'sk-0123456789'\n"
    orders = "from .models import API_KEY, Item\n\ndef f(a=Item, b=API_KEY):\n    '''F.'''\n    ...\n"
    project = look({"shop/models.py": models, "shop/orders.py": orders}).project
    assert "Item = {0: 0, 1: 1," in project
    assert ", ...}\n" in project
    assert "API_KEY = '...'\n" in project
    assert "0123456789" not in project


def test_what_the_examples_build_comes_before_what_only_neighbours_use(look: Look):
    names = [f"Near{n}" for n in range(30)]
    models = ITEM + "".join(f"\nclass {name}:\n    value_of_{name}: int\n" for name in names)
    neighbours = "".join(f"def g{n}(x: {name}): return x\n\n" for n, name in enumerate(names))
    orders = (
        f"from .models import Item, {', '.join(names)}\n\n" + neighbours
        + "def total(items) -> int:\n    '''Sum.\n\n    >>> total([Item('a', 2)])\n    2\n    '''\n    ...\n"
    )  # fmt: skip
    project = look({"shop/models.py": models, "shop/orders.py": orders}).project
    assert "cents: int  # what one of them costs\n" in project
    assert "class Near29:" in project
    assert "class Near0:" not in project


def test_prose_names_what_it_marks_and_no_plain_words(look: Look):
    models = "def load(): ...\ndef save(): ...\n"
    orders = "from .models import load, save\n\ndef f():\n    '''Load and load again, then `save`.'''\n    ...\n"
    assert (
        look({"shop/models.py": models, "shop/orders.py": orders}).project == "# From shop.models:\ndef save(): ...\n"
    )


def test_the_bases_of_a_methods_class_are_told_with_what_is_private_in_them(look: Look):
    models = (
        "class Base:\n    def __init__(self):\n        self._seen = []\n    def _note(self, what: str) -> None: ...\n"
    )
    orders = "from .models import Base\n\nclass Orders(Base):\n    def add(self, what):\n        '''Note it.'''\n        ...\n"
    assert look({"shop/models.py": models, "shop/orders.py": orders}).project == (
        "# From shop.models:\nclass Base:\n    def __init__(self):\n        self._seen = []\n"
        "    def _note(self, what: str) -> None: ...\n"
    )


def test_a_base_that_is_in_the_signature_too_is_told_with_what_is_private_in_it(look: Look):
    models = "class Base:\n    def _note(self): ...\n"
    orders = "from .models import Base\n\nclass Orders(Base):\n    def add(self, other: Base):\n        '''Note it.'''\n        ...\n"
    assert "def _note(self)" in look({"shop/models.py": models, "shop/orders.py": orders}).project


def test_a_method_sees_what_a_long_init_assigns(look: Look):
    padding = "        # explains at length what follows here\n" * 8
    orders = f"class Orders:\n    def __init__(self, name: str):\n{padding}        self.name = name\n        self.lines: list[str] = []\n\n    def add(self, line):\n        '''Add it.'''\n        ...\n"
    assert look({"shop/orders.py": orders}).neighbours == (
        "class Orders:\n    def __init__(self, name: str):\n        self.name = name\n        self.lines: list[str] = []\n"
    )


def test_a_property_among_the_siblings_is_shown_as_one(look: Look):
    body = "            value = 1\n" * 20
    orders = f"class Orders:\n    @property\n    def total(self) -> int:\n        if self:\n{body}        return 1\n\n    def add(self, line):\n        '''Add it.'''\n        ...\n"
    assert "    @property\n    def total(self) -> int:" in look({"shop/orders.py": orders}).neighbours


@pytest.mark.parametrize("tokens", [0, 10, 40, 100, 400])
def test_file_and_project_together_stay_within_the_budget(look: Look, tokens: int):
    models = ITEM + "".join(f"\nLIMIT_{n} = {n}\n" for n in range(40))
    orders = "from .models import *\n" + TOTAL + "".join(f"\ndef g{n}(x): return LIMIT_{n}\n" for n in range(40))
    stub = look({"shop/models.py": models, "shop/orders.py": orders}, tokens=tokens)
    assert len(stub.project) + len(stub.neighbours) <= 4 * tokens


def test_names_of_the_stub_itself_are_sure_of_half_the_room_and_the_file_of_the_rest(look: Look):
    functions = "".join(
        f'def helper_{n}(value: int) -> int:\n    """Helps with {n}."""\n    ...\n\n' for n in range(40)
    )
    stub = look({"shop/models.py": ITEM, "shop/orders.py": functions.replace("...", "return value") + TOTAL})
    assert "cents: int" in stub.project
    assert len(stub.neighbours) > 800


def test_what_did_not_fit_is_named_the_most_telling_first(look: Look, tmp_path: Path):
    models = ITEM + "class Rate:\n    " + "\n    ".join(f"field_{n}: int" for n in range(9)) + "\n"
    orders = "from .models import Item, Rate\n\ndef f(item: Item, rate: Rate):\n    '''F.'''\n    ...\n"
    look({"shop/models.py": models, "shop/orders.py": orders})
    told = told_of(read(tmp_path / "shop/orders.py"), "f", tokens=45)
    assert (told.project_left_out, "class Item" in told.project) == (("Rate",), True)
    assert told_of(read(tmp_path / "shop/orders.py"), "f").project_left_out == ()


def test_a_written_function_is_told_what_its_body_calls(look: Look, tmp_path: Path):
    look({"shop/models.py": ITEM, "shop/orders.py": TOTAL + "\ndef cost(xs):\n    return [Item(x, 1) for x in xs]\n"})
    function = find_function(read(tmp_path / "shop/orders.py"), "cost")
    assert function is not None
    assert "class Item:" in function.project


def test_the_text_is_the_same_at_every_look_and_follows_a_change_of_the_other_file(look: Look, tmp_path: Path):
    files = {"shop/models.py": ITEM, "shop/orders.py": TOTAL}
    first = look(files)
    assert look(files).project == first.project
    (tmp_path / "shop/models.py").write_text("class Item:\n    other: int\n")
    assert (
        find_stubs(read(tmp_path / "shop/orders.py")).stubs[0].project
        == "# From shop.models:\nclass Item:\n    other: int\n"
    )


def test_the_standard_library_wins_over_a_file_of_its_name_and_installed_packages_are_not_told(look: Look):
    orders = "import types, pytest\nfrom json import dumps\n\ndef f(x: types.Item, y: pytest.Item, z=dumps):\n    '''F.'''\n    ...\n"
    assert look({"types.py": ITEM, "json.py": "def dumps(): ...\n", "shop/orders.py": orders}).project == ""


# ---------------------------------------------------------------------------------- hostile projects


def test_links_that_leave_the_project_hidden_folders_and_pipes_are_not_read(
    look: Look, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secrets.py").write_text("class Linked:\n    stolen: int\n")
    (tmp_path / "shop/.hidden").mkdir(parents=True)
    (tmp_path / "shop/.hidden/inner.py").write_text("class Hidden:\n    stolen: int\n")
    (tmp_path / "shop/linked.py").symlink_to(outside / "secrets.py")
    (tmp_path / "shop/folder").symlink_to(outside)
    (tmp_path / "shop/hidden.py").symlink_to(tmp_path / "shop/.hidden/inner.py")
    os.mkfifo(tmp_path / "shop/pipe.py")
    orders = (
        "from .linked import Linked\nfrom .folder.secrets import Linked as Second\nfrom .hidden import Hidden\n"
        "from .pipe import Pipe\n\ndef f(a: Linked, b: Second, c: Hidden, d: Pipe):\n    '''F.'''\n    ...\n"
    )
    assert look({"shop/orders.py": orders}).project == ""


def test_circles_of_imports_end(look: Look):
    files = {
        "shop/a.py": "from .b import Item\nfrom .b import *\nfrom . import a\n",
        "shop/b.py": "from .a import Item\nfrom .a import *\nfrom .orders import Mine\n",
        "shop/orders.py": "from .a import Item, a\nfrom .b import *\nfrom .b import Mine as M\n\ndef f(x: Item, y: a.a.a.Item, z: Unknown, m: M):\n    '''F.'''\n    ...\n\nclass Mine:\n    x: int\n",
    }
    assert look(files).project == ""


def test_a_long_chain_of_re_exports_is_followed_a_few_steps_and_no_further(look: Look):
    chain = {f"shop/c{n}.py": f"from .c{n + 1} import Item\n" for n in range(30)}
    orders = "from .c{} import Item\n\ndef total(items: list[Item]):\n    '''Sum.'''\n    ...\n"
    files = {**chain, "shop/c30.py": ITEM}
    assert "class Item" in look({**files, "shop/orders.py": orders.format(26)}).project
    assert look({**files, "shop/orders.py": orders.format(0)}).project == ""


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe\x00binary\x00",
        b"class Item:\n    a\0b: int\n",
        b"x = (\n" * 50_000,
        b"(" * 80_000,
        b"[" * 80_000 + b"#" * 9,
        b"class Item:\n" + b"    x: int\n" * 40_000,
        b"from .models import *\n" * 5_000,
        b"__all__ = (" * 20_000,
        b"import (" * 30_000,
        b"from " + b" " * 200_000 + b"import Item",
        b"from " + b"." * 200_000 + b" import Item",
        b"Item, " * 40_000,
        b"if x:\n" + b"".join(b" " * n + b"if x:\n" for n in range(1, 800)),
        b"Item = " + b"f(" * 5_000 + b")" * 5_000,
        b"def Item(a=" + b"(" * 3_000 + b"\n#\n" + b")" * 3_000 + b"): pass\n",
        "\ud800 = Item\nclass Item: '''x'''\n".encode("utf-8", "surrogatepass"),
        b"# coding: utf-7\nclass Item:\n    '''+2AA-'''\n",
        b"token" * 40_000 + b" = 'Item'\n",
    ],
    ids=lambda raw: f"{len(raw)}-{raw[:12]!r}",
)  # fmt: skip
def test_no_file_of_a_project_raises_or_takes_long(look: Look, tmp_path: Path, raw: bytes):
    look({"shop/orders.py": TOTAL})
    (tmp_path / "shop/models.py").write_bytes(raw)
    stub = find_stubs(read(tmp_path / "shop/orders.py")).stubs[0]
    assert len(stub.project) <= 1600


def test_what_is_sound_of_a_broken_file_and_of_one_in_another_encoding_is_told(look: Look, tmp_path: Path):
    look({"shop/orders.py": TOTAL})
    (tmp_path / "shop/models.py").write_text("def broken(:\n    return (\n\nclass Item:\n    name: str\n\nx = [\n")
    assert "    name: str\n" in find_stubs(read(tmp_path / "shop/orders.py")).stubs[0].project
    (tmp_path / "shop/models.py").write_bytes("# coding: latin-1\nclass Item:\n    '''Käse.'''\n".encode("latin-1"))
    assert '"""Käse."""' in find_stubs(read(tmp_path / "shop/orders.py")).stubs[0].project
    (tmp_path / "shop/models.py").write_bytes(b"class Item:\n    '''K\xe4se.'''\r\n    name: str\r\n")
    assert "    name: str\n" in find_stubs(read(tmp_path / "shop/orders.py")).stubs[0].project


_PIECES = st.sampled_from([
    "class Item", "(", ")", ":", "\n", "\n    ", "x: int", " = ", "def f", "'''", '"', "@a\n", "from . import ", "*",
    "Item", ", ", "#", "self", ".", "[", "]", "{", "}", "if x:\n    ", "try:", "except:", "\\\n", "é", "lambda: ", "\t",
])  # fmt: skip


@given(st.lists(_PIECES, max_size=40).map("".join))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_of_another_file_is_taken_calmly_and_stays_within_the_budget(look: Look, tmp_path: Path, text: str):
    look({"shop/models.py": "", "shop/orders.py": TOTAL})
    (tmp_path / "shop/models.py").write_text(text + "\n", encoding="utf-8")
    stub = find_stubs(read(tmp_path / "shop/orders.py")).stubs[0]
    assert len(stub.project) + len(stub.neighbours) <= 1600
