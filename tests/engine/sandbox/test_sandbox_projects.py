"""Programs at home in their project: the candidate is the module that stands there, and everything else is as it is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from redraft.engine.facts import Execution
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.linux import LinuxSandbox
from redraft.engine.sandbox.runner import Limits

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")

MARK = {"pyproject.toml": "[project]\nname = 'shop'\n"}
MODELS = "from dataclasses import dataclass\n\n\n@dataclass\nclass Item:\n    name: str\n    price: int\n"
TOTAL = "def total(items):\n    return sum(item.price for item in items)\n"
CALL = "total([Item('a', 2), Item('b', 3)])"
DATA_BESIDE = """
import json
from importlib.resources import files
from pathlib import Path
RATES = json.loads((Path(__file__).parent / "rates.json").read_text())
FIVE = int(files("shop").joinpath("VERSION").read_text())
assert sum(RATES) == FIVE
"""
DATA_INSIDE = """
import json
from importlib.resources import files
from pkgutil import get_data
RATES = json.loads(files(__name__).joinpath("rates.json").read_text())
assert json.loads(get_data(__name__, "rates.json")) == RATES
"""
# Files of a project, the program that stands in for the second thing's file, and a call whose value is 5.
HOMES: dict[str, tuple[dict[str, str], str, str, str]] = {
    "a re-export": (
        {**MARK, "shop/__init__.py": "from .pricing import total\n", "shop/models.py": MODELS},
        "shop/pricing.py",
        "from .models import Item\n" + TOTAL,
        CALL,
    ),
    "src": (
        {**MARK, "src/shop/__init__.py": "from shop.pricing import total\n", "src/shop/models.py": MODELS},
        "src/shop/pricing.py",
        "from shop.models import Item\n" + TOTAL,
        CALL,
    ),
    "a circle": (
        {
            **MARK,
            "shop/__init__.py": "from . import cart\n",
            "shop/cart.py": "from shop import pricing\ndef five(): return pricing.total([2, 3])\n",
        },
        "shop/pricing.py",
        "from shop import cart\ndef total(prices):\n    return sum(prices)\n",
        "cart.five()",
    ),
    "a package itself": (
        {**MARK, "shop/models.py": "import shop\ndef five(): return shop.total([2, 3])\n"},
        "shop/__init__.py",
        "def total(prices):\n    return sum(prices)\nfrom .models import five\n",
        "five()",
    ),
    "a namespace": (
        {**MARK, "src/acme/shop/models.py": MODELS},
        "src/acme/shop/pricing.py",
        "from acme.shop.models import Item\n" + TOTAL,
        CALL,
    ),
    "a folder of another name": (
        {
            "pyproject.toml": "[tool.setuptools.package-dir]\n'acme.shop' = 'code'\n",
            "code/__init__.py": "from .pricing import total\n",
            "code/models.py": MODELS,
        },
        "code/pricing.py",
        "from acme.shop.models import Item\n" + TOTAL,
        CALL,
    ),
    "main of a package": (
        {**MARK, "shop/__init__.py": "", "shop/models.py": MODELS},
        "shop/__main__.py",
        "from shop.models import Item\n" + TOTAL + "if __name__ == '__main__':\n    raise SystemExit('run')\n",
        CALL,
    ),
    "a script beside its helper": (
        {"helper.py": "def add(a, b): return a + b\n"},
        "tool.py",
        "from helper import add\n",
        "add(2, 3)",
    ),
    "a script that its helper imports": (
        {"helper.py": "import tool\ndef five(): return tool.two() + 3\n"},
        "tool.py",
        "def two(): return 2\nimport helper\n",
        "helper.five()",
    ),
    "a folder that is no identifier": (
        {**MARK, "my-shop/__init__.py": "", "my-shop/models.py": MODELS},
        "my-shop/pricing.py",
        "from .models import Item\n" + TOTAL,
        CALL,
    ),
    "a project that is its package": (
        {**MARK, "__init__.py": "from .pricing import total\n", "models.py": MODELS},
        "pricing.py",
        "from .models import Item\n" + TOTAL,
        CALL,
    ),
    "for the type checker": (
        {**MARK, "shop/__init__.py": ""},
        "shop/pricing.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from nowhere import Item\ndef f(x: 'Item'): return 5\n",
        "f(1)",
    ),
    "a module of the library's name in a package": (
        {**MARK, "shop/__init__.py": "", "shop/models.py": "import random\nok = hasattr(random, 'choice')\n"},
        "shop/random.py",
        "from .models import ok\ndef five(): return 5 if ok else 0\n",
        "five()",
    ),
    "a script of the library's name": (
        {"helper.py": "import random\nok = hasattr(random, 'choice')\n"},
        "random.py",
        "from helper import ok\ndef five(): return 5 if ok else 0\n",
        "five()",
    ),
    "a package of the library's name": (
        {**MARK, "email/__init__.py": "", "email/parts.py": "two = 2\n"},
        "email/pricing.py",
        "from .parts import two\nfrom email.message import Message\ndef five(): return two + 3\n",
        "five()",
    ),
    "modules named as the sandbox's own": (
        {"child_frames.py": "five = 5\n", "child_serving.py": "", "redraft.py": "two = 2\n"},
        "child_candidate.py",
        "from child_frames import five\nimport child_serving, redraft\nassert redraft.two == 2\n",
        "five",
    ),
    "a package that stands twice on the path": (
        {**MARK, "shop/__init__.py": "wrong = True\n", "src/shop/__init__.py": "", "src/shop/models.py": "five = 5\n"},
        "src/shop/pricing.py",
        "from shop.models import five\n",
        "five",
    ),
    "a project inside a project": (
        {**MARK, "shop.py": "wrong = 1\n", "inner/pyproject.toml": "", "inner/src/shop/__init__.py": "five = 5\n"},
        "inner/src/shop/pricing.py",
        "from shop import five\n",
        "five",
    ),
    "data beside the code": (
        {**MARK, "shop/__init__.py": "", "shop/rates.json": "[2, 3]", "shop/VERSION": "5\n"},
        "shop/pricing.py",
        DATA_BESIDE,
        "FIVE",
    ),
    "data of the package that is edited": (
        {**MARK, "shop/rates.json": "[2, 3]"},
        "shop/__init__.py",
        DATA_INSIDE,
        "sum(RATES)",
    ),
    "data by a path from the project's folder": (
        {**MARK, "shop/__init__.py": "", "data/five.txt": "5", "rates.json": "[5]"},
        "shop/pricing.py",
        "import json\ndef five(): return int(open('data/five.txt').read())\nassert json.load(open('rates.json')) == [5]\n",
        "five()",
    ),
    "two modules of one name": (
        {**MARK, "shop/__init__.py": "", "shop/core/__init__.py": "", "shop/util.py": "two = 2\n"},
        "shop/core/util.py",
        "from shop.util import two\nfrom ..util import two as again\ndef five(): return two + again + 1\n",
        "five()",
    ),
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


async def run(sandbox: LinuxSandbox, file: Path, program: str, *steps: str, limits: Limits = Limits()) -> Execution:
    # What stands in the file is not what is run: whoever reads the file gets this.
    write(file.parent, {file.name: "raise RuntimeError('the file itself was read')\n"})
    return await sandbox.run(program, steps, limits, path=str(file))


@pytest.mark.parametrize("home", HOMES)
async def test_a_program_is_the_module_that_stands_there(strong: LinuxSandbox, tmp_path: Path, home: str) -> None:
    files, edited, program, call = HOMES[home]
    project = write(tmp_path / "home" / "project", files)
    done = await run(strong, project / edited, program, call)
    assert (done.problem, [outcome.value for outcome in done.outcomes]) == ("", ["5"])


ITSELF = """
import dataclasses, enum, inspect, pickle, sys
from typing import NamedTuple

@dataclasses.dataclass
class Point:
    x: "int" = 0

class Colour(enum.Enum):
    RED = 1

class Pair(NamedTuple):
    a: int

def f(x):
    '''Doubles.

    >>> f(2)
    4
    '''
    return 2 * x
"""


@pytest.mark.parametrize(
    ("step", "value"),
    [
        ("__name__, __package__, __spec__.name", "('shop.pricing', 'shop', 'shop.pricing')"),
        ("sys.modules['shop.pricing'].f is f and sys.modules['shop'].pricing.f is f", "True"),
        ("__file__.endswith('shop/pricing.py') and __spec__.origin == __file__", "True"),
        ("'return 2 * x' in inspect.getsource(f)", "True"),
        ("__import__('linecache').getline(__file__, 2).startswith('import')", "True"),
        ("inspect.getsourcefile(f) == __file__", "True"),
        ("pickle.loads(pickle.dumps([Point(3), Colour.RED, Pair(1)])) == [Point(3), Colour.RED, Pair(1)]", "True"),
        ("Point.__module__, f.__module__", "('shop.pricing', 'shop.pricing')"),
        ("__loader__.get_source(__name__).count('Doubles')", "1"),
    ],
)
async def test_what_a_module_knows_of_itself_is_right(
    sandbox: LinuxSandbox, tmp_path: Path, step: str, value: str
) -> None:
    write(tmp_path, {**MARK, "shop/__init__.py": ""})
    done = await run(sandbox, tmp_path / "shop" / "pricing.py", ITSELF, step)
    assert (done.problem, done.outcomes[0].raised, done.outcomes[0].value) == ("", "", value)


async def test_what_is_expected_is_neither_in_the_source_nor_in_a_file_that_can_be_read(
    strong: LinuxSandbox, tmp_path: Path
) -> None:
    program = "import glob, inspect\ndef f(x):\n    '''\n    >>> f(2)\n    'SECRET' + '-4'\n    '''\n    return 4\n"
    write(tmp_path, {**MARK, "shop/__init__.py": "", "build/lib/shop/pricing.py": program, "old/pricing.py": program})
    (tmp_path / "shop").mkdir(exist_ok=True)
    file = tmp_path / "shop" / "pricing.py"
    file.write_text(program)
    steps = (
        "'SECRET' in inspect.getsource(f) + f.__doc__ + __loader__.get_source(__name__)",
        "found = []",
        "for name in glob.glob(" + repr(str(tmp_path)) + " + '/**/*', recursive=True):\n"
        "    try:\n        found.append(open(name).read())\n    except OSError:\n        pass\n",
        "any('-4' in text for text in found)",
    )
    done = await strong.run(program, steps, path=str(file))
    assert (done.problem, done.outcomes[0].value, done.outcomes[3].value) == ("", "False", "False")


@pytest.mark.parametrize("tier", ["A", "B", "C"])
async def test_what_is_hidden_is_hidden_wherever_it_lies_and_at_each_tier(tier: str, tmp_path: Path) -> None:
    files = {
        **MARK,
        "shop/__init__.py": "",
        "shop/.env": "SECRET",
        "shop/tests/test_pricing.py": "assert five == 'SECRET'",
        "tests/deep/test_it.py": "SECRET",
        "docs/more/.hidden/notes": "SECRET",
        "shop/__pycache__/pricing.cpython-311.pyc": "SECRET",
    }
    write(tmp_path / "project", files)
    file = tmp_path / "project" / "shop" / "pricing.py"
    file.write_text("SECRET = 0\n")
    sandbox = await open_sandbox(SandboxChoice(tier=tier))
    try:
        look = (
            "for start in (" + repr(str(tmp_path / "project")) + ", '.'):\n"
            "    for folder, _, names in os.walk(start, followlinks=True):\n        for name in names:\n            try:\n"
            "                found.append((name, 'SECRET' in open(os.path.join(folder, name)).read()))\n"
            "            except OSError:\n                pass\n"
        )
        done = await sandbox.run(
            "import os\nfound = []\n", (look, "[name for name, told in found if told]"), path=str(file)
        )
        assert (done.problem, done.outcomes[0].raised, done.outcomes[1].value) == ("", "", "[]")
    finally:
        await sandbox.aclose()


LINKS = {
    "envlink": ".env",
    "keylink.txt": "server.key",
    "compiled": "shop/__pycache__/pricing.cpython-311.pyc",
    "cache": "shop/__pycache__",
    "told.txt": "tests/test_pricing.py",
    "own.py": "shop/pricing.py",
    "loop": "loop",
    "here": ".",
    "code": "shop",
    "out": "/etc",
}


@pytest.mark.parametrize("tier", ["A", "B", "C"])
async def test_no_link_at_the_top_of_a_project_opens_what_is_kept_from_drafts(tier: str, tmp_path: Path) -> None:
    files = {
        **MARK,
        ".env": "SECRET",
        "server.key": "SECRET",
        "shop/__init__.py": "",
        "shop/models.py": "two = 2\n",
        "tests/test_pricing.py": "SECRET",
        "shop/__pycache__/pricing.cpython-311.pyc": "SECRET",
    }
    project = write(tmp_path / "project", files)
    file = project / "shop" / "pricing.py"
    file.write_text("SECRET = 0\n")
    for name, leads_to in LINKS.items():
        (project / name).symlink_to(leads_to)
    sandbox = await open_sandbox(SandboxChoice(tier=tier))
    try:
        look = (
            "for name in names:\n    for path in (os.path.join(top, name), name):\n        try:\n"
            "            inside = [os.path.join(path, n) for n in os.listdir(path)] if os.path.isdir(path) else [path]\n"
            "        except OSError:\n            inside = []\n"
            "        for one in inside:\n            try:\n"
            "                found += ['SECRET' in open(one, errors='replace').read()] * os.path.isfile(one)\n"
            "            except OSError:\n                pass\n"
        )
        begin = f"import os\nfrom .models import two\nfound = []\nnames = {[*LINKS]!r}\ntop = {str(project)!r}\n"
        done = await sandbox.run(begin, (look, "any(found)", "two"), path=str(file))
        assert (done.problem, done.outcomes[0].raised) == ("", "")
        assert [outcome.value for outcome in done.outcomes[1:]] == ["False", "2"]
    finally:
        await sandbox.aclose()


async def test_files_are_written_beside_what_is_read_and_never_in_the_project(
    strong: LinuxSandbox, tmp_path: Path
) -> None:
    write(tmp_path, {**MARK, "shop/__init__.py": "", "notes.txt": "mine", "data/a.txt": "mine"})
    steps = (
        "open('new.txt', 'w').write('a') and open('new.txt').read()",
        "open('notes.txt', 'w')",
        "open('data/a.txt', 'a')",
        "open('data/b.txt', 'w').write('b') and sorted(__import__('os').listdir('data'))",
        "sorted(path for path, _, _ in __import__('os').walk('.'))",
        "__import__('os').remove('notes.txt') or __import__('os').path.exists('notes.txt')",
        "__import__('sys').argv",
    )
    file = tmp_path / "shop" / "pricing.py"
    done = await run(strong, file, "five = 5\n", *steps)
    assert [outcome.value for outcome in done.outcomes] == [
        "'a'",
        None,
        None,
        "['a.txt', 'b.txt']",
        "['.', './data', './shop']",
        "False",
        repr([str(file)]),
    ]
    assert all("in the sandbox" in outcome.refused for outcome in done.outcomes[1:3])
    assert sorted(entry.name for entry in os.scandir(tmp_path)) == ["data", "notes.txt", "pyproject.toml", "shop"]
    assert (tmp_path / "notes.txt").read_text() == "mine"


async def test_compiled_files_are_read_only_where_their_source_may_be(strong: LinuxSandbox, tmp_path: Path) -> None:
    files = {**MARK, "shop/__init__.py": "", "shop/models.py": "five = 5\n", "shop/pricing.py": "x = 'SECRET'\n"}
    write(tmp_path, {**files, "shop/test_pricing.py": "x = 'SECRET'\n", "shop/gone.py": ""})
    import compileall

    compileall.compile_dir(tmp_path, quiet=2)
    (tmp_path / "shop" / "gone.py").unlink()
    program = (
        "import glob, os\nfrom .models import five\ndef readable():\n    found = []\n"
        "    for path in glob.glob(os.path.dirname(__file__) + '/__pycache__/*'):\n"
        "        try:\n            open(path, 'rb').close()\n            found.append(os.path.basename(path).split('.')[0])\n"
        "        except OSError:\n            pass\n    return sorted(found)\n"
    )
    done = await strong.run(program, ["readable()", "five"], path=str(tmp_path / "shop" / "pricing.py"))
    assert [outcome.value for outcome in done.outcomes] == ["['__init__', 'models']", "5"]


FAULTS: dict[str, tuple[dict[str, str], str, tuple[str, int, bool], str]] = {
    "a package that is missing": (
        {
            "shop/__init__.py": "from .pricing import f\n",
            "shop/models.py": "import os\n\nimport attr_that_is_missing\n",
        },
        "from . import models\n",
        ("shop/models.py", 3, True),
        "shop/models.py line 3: No module named 'attr_that_is_missing'",
    ),
    "a package that the file itself lacks": (
        {"shop/__init__.py": ""},
        "import os\nimport attr_that_is_missing\n",
        ("shop/pricing.py", 2, False),
        "ModuleNotFoundError: No module named 'attr_that_is_missing'",
    ),
    "a syntax error in a sister": (
        {"shop/__init__.py": "", "shop/models.py": "x = 1\ndef f(:\n"},
        "from . import models\n",
        ("shop/models.py", 2, True),
        "shop/models.py line 2: SyntaxError: invalid syntax",
    ),
    "an exit": (
        {"shop/__init__.py": "import sys\nsys.exit(3)\n"},
        "x = 1\n",
        ("shop/__init__.py", 2, True),
        "shop/__init__.py line 2: SystemExit: 3",
    ),
    "a file that is missing": (
        {"shop/__init__.py": "open(__file__ + '.data')\n"},
        "x = 1\n",
        ("shop/__init__.py", 1, True),
        "shop/__init__.py line 1: FileNotFoundError",
    ),
    "a wrong import of its own": (
        {"shop/__init__.py": "", "shop/cart.py": "from shop.pricing import totally\n"},
        "from . import cart\n",
        ("shop/cart.py", 1, True),
        "shop/cart.py line 1: cannot import name 'totally' from ",
    ),
    "an error below the library": (
        {"shop/__init__.py": "import json\njson.loads('{')\n"},
        "x = 1\n",
        ("shop/__init__.py", 2, True),
        "shop/__init__.py line 2: json.decoder.JSONDecodeError",
    ),
    "the network": (
        {"shop/__init__.py": "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)\n"},
        "x = 1\n",
        ("shop/__init__.py", 2, True),
        "there is no network in the sandbox",
    ),
    "a program": (
        {"shop/__init__.py": "import subprocess\nsubprocess.run(['git', 'describe'])\n"},
        "x = 1\n",
        ("shop/__init__.py", 2, True),
        "no programs are started in the sandbox",
    ),
    "writing": (
        {"shop/__init__.py": "import os\nos.makedirs(os.path.dirname(__file__) + '/cache')\n"},
        "x = 1\n",
        ("shop/__init__.py", 2, True),
        "in the sandbox",
    ),
    "a private file": (
        {"shop/__init__.py": "open(__file__[:-11] + '.env')\n", "shop/.env": "KEY=1\n"},
        "x = 1\n",
        ("shop/__init__.py", 1, True),
        "shop/.env can be neither read nor written in the sandbox",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_import_that_fails_is_told_with_its_place(strong: LinuxSandbox, tmp_path: Path, fault: str) -> None:
    files, program, place, text = FAULTS[fault]
    write(tmp_path, {**MARK, **files})
    done = await run(strong, tmp_path / "shop" / "pricing.py", program, "1")
    assert done.failure is not None
    assert (done.failure.file, done.failure.line, done.failure.elsewhere) == place
    assert text in done.problem


async def test_importing_has_a_time_of_its_own(sandbox: LinuxSandbox, tmp_path: Path) -> None:
    write(tmp_path, {**MARK, "shop/__init__.py": "import time\ntime.sleep(0.4)\n"})
    file, limits = tmp_path / "shop" / "pricing.py", Limits(seconds=0.3, step_seconds=0.3)
    done = await run(sandbox, file, "x = 5\n", "x", limits=limits)
    assert (done.problem, done.outcomes[0].value) == ("", "5")
    assert done.import_seconds > 0.4 > done.seconds
    late = await run(sandbox, file, "x = 5\n", "x", limits=Limits(import_seconds=0.2))
    assert late.problem.startswith("importing took longer than 0.2 s (sandbox.import_seconds)") and late.timed_out


async def test_a_package_may_start_threads_while_it_is_imported(strong: LinuxSandbox, tmp_path: Path) -> None:
    text = "import threading\ndone = threading.Event()\nthreading.Thread(target=done.set, daemon=True).start()\n"
    write(tmp_path, {**MARK, "shop/__init__.py": text})
    done = await run(strong, tmp_path / "shop" / "pricing.py", "from shop import done\n", "done.wait(1)")
    assert done.outcomes[0].value == "True"


async def test_a_file_that_was_moved_meanwhile_is_still_run(sandbox: LinuxSandbox, tmp_path: Path) -> None:
    write(tmp_path, {**MARK, "shop/__init__.py": "", "shop/models.py": "five = 5\n"})
    gone = str(tmp_path / "shop" / "pricing.py")
    done = await sandbox.run("from .models import five\n", ["five"], path=gone)
    assert (done.problem, done.outcomes[0].value) == ("", "5")


async def test_variables_and_a_cache_that_were_named_are_there_and_nothing_else(tmp_path: Path) -> None:
    cache = write(tmp_path / "cache", {"model.bin": "five"})
    write(tmp_path / "project", {**MARK, "shop/__init__.py": "import os\nMODE = os.environ['SHOP_MODE']\n"})
    choice = SandboxChoice(variables=("SHOP_MODE=a=b", f"XDG_CACHE_HOME={cache}"), readable=(str(cache),))
    sandbox = await open_sandbox(choice)
    try:
        program = "import os\nfrom . import MODE\nCACHE = os.environ['XDG_CACHE_HOME'] + '/model.bin'\n"
        steps = ("MODE", "open(CACHE).read()", "open(CACHE, 'w')", "'PYTEST_CURRENT_TEST' in os.environ")
        done = await sandbox.run(program, steps, path=str(tmp_path / "project" / "shop" / "pricing.py"))
    finally:
        await sandbox.aclose()
    assert (done.problem, done.outcomes[0].value, done.outcomes[1].value) == ("", "'a=b'", "'five'")
    assert done.outcomes[2].raised.startswith(("PermissionError", "OSError"))
    assert done.outcomes[3].value == "False"


async def test_what_a_package_needs_of_others_is_imported_beforehand_and_never_the_package_itself(
    sandbox: LinuxSandbox, tmp_path: Path
) -> None:
    write(tmp_path, {**MARK, "shop/__init__.py": "import colorsys\n", "shop/models.py": "import sys\nnew = sys.argv\n"})
    file = tmp_path / "shop" / "pricing.py"
    program = (
        "import sys\nearly = 'colorsys' in sys.modules\nfrom .models import new\nlate = 'colorsys' in sys.modules\n"
    )
    for _ in range(3):
        done = await run(sandbox, file, program, "late")
        assert (done.problem, done.outcomes[0].value) == ("", "True")
    write(tmp_path, {"shop/models.py": "new = 7\n"})
    done = await run(sandbox, file, program, "new")
    assert done.outcomes[0].value == "7"


async def test_a_program_cannot_stand_in_for_the_rest_of_its_package(strong: LinuxSandbox, tmp_path: Path) -> None:
    write(tmp_path, {**MARK, "shop/__init__.py": "", "shop/models.py": "five = 5\n"})
    program = "import sys\nsys.modules[__name__] = None\nfive = 5\n"
    done = await run(strong, tmp_path / "shop" / "pricing.py", program, "five")
    assert done.outcomes[0].value == "5"


HELD = "import fcntl\n\n\ndef hold(path):\n    file = open(path)\n    fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)\n    return file\n"


async def test_no_program_holds_up_whoever_locks_a_file_that_it_may_read(strong: LinuxSandbox, tmp_path: Path) -> None:
    import fcntl

    helper = write(tmp_path, {**MARK, "helper.py": ""}) / "helper.py"
    async with strong.session(HELD, path=str(tmp_path / "tool.py")) as process:
        outcome = await process.step(f"held = hold({str(helper)!r})")
        with helper.open("r+") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert outcome.raised == ""


async def test_a_program_may_keep_a_database_in_its_scratch(strong: LinuxSandbox) -> None:
    program = "import sqlite3, tempfile\ndef f():\n    with sqlite3.connect(tempfile.mkdtemp() + '/x.db') as db:\n        db.execute('create table t (x)')\n        db.execute('insert into t values (5)')\n        return db.execute('select x from t').fetchone()[0]\n"
    done = await strong.run(program, ["f()"])
    assert (done.outcomes[0].raised, done.outcomes[0].value) == ("", "5")


async def test_two_modules_of_a_package_may_share_a_name_and_most_of_their_examples(
    sandbox: LinuxSandbox, tmp_path: Path
) -> None:
    shared = (
        'def f(x):\n    """F.\n\n    >>> f(1)\n    1\n    >>> f(2)\n    2\n    >>> f(3)\n    3\n    """\n    return x\n'
    )
    files = {**MARK, "shop/__init__.py": "", "shop/a/__init__.py": "", "shop/b/__init__.py": ""}
    write(
        tmp_path,
        {**files, "shop/a/util.py": shared + "a = 1\nb = 2\nc = 3\n", "shop/b/util.py": shared + "five = 5\nd = 4\n"},
    )
    done = await sandbox.run("from shop.b.util import five\n", ["five"], path=str(tmp_path / "shop" / "a" / "util.py"))
    assert (done.problem, done.outcomes[0].value) == ("", "5")


async def test_in_a_folder_of_too_many_files_what_was_not_looked_at_cannot_be_read(
    sandbox: LinuxSandbox, tmp_path: Path
) -> None:
    files = {f"shop/golden/b{number}.json": "" for number in range(4100)}
    write(
        tmp_path,
        {**MARK, "shop/__init__.py": "", **files, "shop/golden/zz.env": "KEY", "shop/golden/zz.py": "five = 5\n"},
    )
    program = (
        "from shop.golden.zz import five\ndef read(name):\n    return open(__file__[:-10] + 'golden/' + name).read()\n"
    )
    steps = ["five", "read('zz.env')"]
    done = await run(sandbox, tmp_path / "shop" / "pricing.py", program, *steps)
    assert (done.problem, done.outcomes[0].value) == ("", "5")
    assert done.outcomes[1].raised.startswith("PermissionError")
