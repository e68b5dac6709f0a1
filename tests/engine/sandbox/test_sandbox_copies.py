"""What is kept from drafts is kept under any name: hard links and exact copies of the file and of the tests."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from redraft.engine.sandbox.linux import LinuxSandbox

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")
OWN = "def f(x):\n    '''Say.\n\n    >>> f(1)\n    7391846\n    '''\n    return x\n"
TEST = "from shop.pricing import f\n\n\ndef test_it():\n    assert f(1) == 7391846\n"
RATES = "[1, 2, 3, 4, 5, 6, 7]\n"


def project(folder: Path) -> Path:
    files = {
        "pyproject.toml": "[project]\nname = 'shop'\n",
        "shop/__init__.py": "",
        "shop/pricing.py": OWN,
        "shop/models.py": "class Item: ...\n",
        "shop/rates.json": RATES,
        "shop/testing.py": "def check(): ...\n",
        "tests/__init__.py": "",
        "tests/test_q.py": TEST,
        "tests/rates.json": RATES,
        "tests/testing.py": "def check(): ...\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


async def reads(sandbox: LinuxSandbox, folder: Path, name: str) -> str:
    done = await sandbox.run(OWN, [f"open({str(folder / name)!r}).read()"], path=str(folder / "shop" / "pricing.py"))
    (outcome,) = done.outcomes
    assert not done.problem
    return outcome.raised.partition(":")[0] or "read"


@pytest.mark.parametrize("how", ["linked", "copied"])
@pytest.mark.parametrize("what", ["shop/pricing.py", "tests/test_q.py"])
@pytest.mark.parametrize("name", ["shop/other.py", "shop/deep/er/other.py", "notes.txt", "shop/data.json"])
async def test_another_name_of_what_is_kept_is_kept(
    strong: LinuxSandbox, tmp_path: Path, how: str, what: str, name: str
) -> None:
    folder = project(tmp_path)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    if name.startswith("shop/deep"):
        (folder / "shop" / "deep" / "__init__.py").write_text("")
    (os.link if how == "linked" else shutil.copyfile)(folder / what, folder / name)
    assert await reads(strong, folder, name) in {"PermissionError", "FileNotFoundError"}


@pytest.mark.parametrize("name", ["shop/__init__.py", "shop/rates.json", "shop/testing.py", "shop/models.py"])
async def test_what_the_package_needs_can_be_read_whatever_lies_among_the_tests(
    strong: LinuxSandbox, tmp_path: Path, name: str
) -> None:
    folder = project(tmp_path)
    (folder / "tests" / "models.py").hardlink_to(folder / "shop" / "models.py")
    assert await reads(strong, folder, name) == "read"
    imported = await strong.run(
        "from .models import Item\nfrom .testing import check\n" + OWN,
        ["f(1)"],
        path=str(folder / "shop" / "pricing.py"),
    )
    assert imported.problem == ""


async def test_two_modules_alike_that_expect_nothing_are_both_there(sandbox: LinuxSandbox, tmp_path: Path) -> None:
    folder = project(tmp_path)
    for name in ("pricing", "twin"):
        (folder / "shop" / f"{name}.py").write_text("def f(x):\n    return x\n")
    assert await reads(sandbox, folder, "shop/twin.py") == "read"
