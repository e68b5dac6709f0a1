"""The name that Python imports a file by, for every layout that projects have."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redraft.engine.project import NOWHERE, locate

MARK = {"pyproject.toml": "[project]\nname = 'shop'\n"}
# Files, the file that is edited, its name, and its root relative to the project.
LAYOUTS: dict[str, tuple[dict[str, str], str, str, str]] = {
    "flat": ({**MARK, "shop/__init__.py": ""}, "shop/pricing.py", "shop.pricing", "."),
    "src": ({**MARK, "src/shop/__init__.py": ""}, "src/shop/pricing.py", "shop.pricing", "src"),
    "deep": (
        {**MARK, "shop/__init__.py": "", "shop/core/__init__.py": ""},
        "shop/core/pricing.py",
        "shop.core.pricing",
        ".",
    ),
    "a package itself": ({**MARK, "shop/__init__.py": ""}, "shop/__init__.py", "shop", "."),
    "a package below src": ({**MARK, "src/shop/__init__.py": ""}, "src/shop/__init__.py", "shop", "src"),
    "main of a package": ({**MARK, "shop/__init__.py": ""}, "shop/__main__.py", "shop.__main__", "."),
    "a script": (MARK, "tool.py", "tool", "."),
    "a script in a folder": (MARK, "scripts/tool.py", "tool", "scripts"),
    "a script whose name is no identifier": (MARK, "my-tool.py", "my-tool", "."),
    "a namespace below src": (MARK, "src/acme/shop/pricing.py", "acme.shop.pricing", "src"),
    "a package in a namespace below src": (
        {**MARK, "src/acme/shop/__init__.py": ""},
        "src/acme/shop/pricing.py",
        "acme.shop.pricing",
        "src",
    ),
    "a namespace that imports name": (
        {**MARK, "acme/shop/__init__.py": "from acme.shop.pricing import total\n"},
        "acme/shop/pricing.py",
        "acme.shop.pricing",
        ".",
    ),
    "a folder that nobody names": ({**MARK, "backend/shop/__init__.py": ""}, "backend/shop/pricing.py", "shop.pricing", "backend"),
    "a folder without __init__ that relative imports make a package": (
        {**MARK, "shop/pricing.py": "from .models import Item\n"},
        "shop/pricing.py",
        "shop.pricing",
        ".",
    ),
    "a folder without __init__ that a sister names": (
        {**MARK, "shop/pricing.py": "", "shop/cart.py": "from shop.pricing import total\n"},
        "shop/pricing.py",
        "shop.pricing",
        ".",
    ),
    "a folder without __init__ whose member is imported": (
        {**MARK, "shop/pricing.py": "", "main.py": "from shop import models, pricing\n"},
        "shop/pricing.py",
        "shop.pricing",
        ".",
    ),
    "a folder that is no identifier": ({**MARK, "my-shop/__init__.py": ""}, "my-shop/pricing.py", "my-shop.pricing", "."),
    "setuptools' folder for all": (
        {"pyproject.toml": "[tool.setuptools.package-dir]\n'' = 'lib'\n", "lib/shop/__init__.py": ""},
        "lib/shop/pricing.py",
        "shop.pricing",
        "lib",
    ),
    "setuptools' folder for one": (
        {"pyproject.toml": "[tool.setuptools.package-dir]\n'shop' = 'code'\n", "code/__init__.py": ""},
        "code/pricing.py",
        "shop.pricing",
        "code",
    ),
    "setuptools' folder for an inner one": (
        {"pyproject.toml": "[tool.setuptools.package-dir]\n'acme.shop' = 'code'\n", "code/__init__.py": ""},
        "code/deep/pricing.py",
        "acme.shop.deep.pricing",
        "code",
    ),
    "setuptools' where": (
        {"pyproject.toml": "[tool.setuptools.packages.find]\nwhere = ['python']\n"},
        "python/acme/pricing.py",
        "acme.pricing",
        "python",
    ),
    "setup.cfg": (
        {"setup.cfg": "[options]\npackage_dir =\n    = lib\n", "lib/shop/__init__.py": ""},
        "lib/shop/pricing.py",
        "shop.pricing",
        "lib",
    ),
    "setup.py": (
        {"setup.py": "setup(package_dir={'': 'lib'})\n"},
        "lib/acme/pricing.py",
        "acme.pricing",
        "lib",
    ),
    "poetry": (
        {"pyproject.toml": "[[tool.poetry.packages]]\ninclude = 'acme'\nfrom = 'lib'\n"},
        "lib/acme/pricing.py",
        "acme.pricing",
        "lib",
    ),
    "hatch": (
        {"pyproject.toml": "[tool.hatch.build.targets.wheel]\npackages = ['lib/acme']\n"},
        "lib/acme/pricing.py",
        "acme.pricing",
        "lib",
    ),
    "pdm": ({"pyproject.toml": "[tool.pdm.build]\npackage-dir = 'lib'\n"}, "lib/acme/pricing.py", "acme.pricing", "lib"),
    "uv": (
        {"pyproject.toml": "[tool.uv.build-backend]\nmodule-root = 'lib'\n"},
        "lib/acme/pricing.py",
        "acme.pricing",
        "lib",
    ),
    "maturin": (
        {"pyproject.toml": "[tool.maturin]\npython-source = 'python'\n"},
        "python/acme/pricing.py",
        "acme.pricing",
        "python",
    ),
    "a project inside a project": (
        {**MARK, "packages/shop/pyproject.toml": "", "packages/shop/src/shop/__init__.py": ""},
        "packages/shop/src/shop/pricing.py",
        "shop.pricing",
        "packages/shop/src",
    ),
    "a repository without settings": ({".git/HEAD": "", "shop/__init__.py": ""}, "shop/pricing.py", "shop.pricing", "."),
    "nothing but pytest's settings": ({"pytest.ini": "", "shop/__init__.py": ""}, "shop/pricing.py", "shop.pricing", "."),
    "tests beside it": ({**MARK, "tests/__init__.py": ""}, "tests/test_pricing.py", "tests.test_pricing", "."),
    "src that is a package": ({**MARK, "src/__init__.py": ""}, "src/pricing.py", "src.pricing", "."),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_file_has_the_name_that_the_import_system_finds_it_by(making, layout: str) -> None:
    files, edited, name, root = LAYOUTS[layout]
    project = making({edited: "", **files})
    found = locate(str(project / edited))
    assert (found.name, os.path.relpath(found.root, project)) == (name, root)
    assert found.is_package == edited.endswith("__init__.py")


def test_a_package_outside_of_any_project_is_found_by_its_folders(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    found = locate(str(tmp_path / "shop" / "pricing.py"))
    assert (found.name, found.search, found.project) == ("shop.pricing", (str(tmp_path),), "")


def test_a_program_that_stands_nowhere_is_a_module_of_its_own() -> None:
    assert locate("") is NOWHERE


def test_an_installed_package_is_its_own_project(tmp_path: Path) -> None:
    packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    (packages / "shop").mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    found = locate(str(packages / "shop" / "pricing.py"))
    assert (found.name, found.project, found.root) == ("shop.pricing", str(packages / "shop"), str(packages))
    alone = locate(str(packages / "single.py"))
    assert (alone.name, alone.reads) == ("single", (str(packages / "single.py"),))


def test_the_folders_that_tests_add_to_the_search_path_are_searched(making) -> None:
    project = making({"pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['lib', '.']\n", "lib/x.py": ""})
    assert str(project / "lib") in locate(str(project / "tool.py")).search


def test_settings_cannot_name_folders_outside_of_the_project(making, tmp_path: Path) -> None:
    (tmp_path / "home" / "secret").mkdir(parents=True)
    text = (
        "[tool.setuptools.package-dir]\n'' = '../secret'\n[tool.pytest.ini_options]\npythonpath = ['../secret', '/']\n"
    )
    project = making({"pyproject.toml": text})
    found = locate(str(project / "tool.py"))
    assert found.search == (str(project),) == found.reads


def test_a_folder_that_is_the_package_itself_does_not_open_what_lies_beside_it(making) -> None:
    project = making({"pyproject.toml": "", "__init__.py": ""})
    found = locate(str(project / "pricing.py"))
    assert found.name == "project.pricing"
    assert found.search == found.reads == (str(project),)
    assert found.packages == (("project", str(project)),)


def test_what_was_found_is_looked_for_again_when_a_folder_changes(making) -> None:
    project = making({**MARK, "shop/pricing.py": ""})
    file = str(project / "shop" / "pricing.py")
    assert locate(file).name == "pricing"
    (project / "shop" / "__init__.py").touch()
    assert locate(file).name == "shop.pricing"


def test_a_file_is_known_by_where_a_link_to_it_stands(making) -> None:
    project = making({**MARK, "shop/__init__.py": "", "elsewhere/pricing.py": ""})
    (project / "shop" / "pricing.py").symlink_to(project / "elsewhere" / "pricing.py")
    assert locate(str(project / "shop" / "pricing.py")).name == "shop.pricing"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    text=st.text(max_size=400) | st.sampled_from(["[tool]\n" + "a = [" * 5000, "[tool.setuptools]\npackage-dir = 3\n"])
)
@pytest.mark.parametrize("name", ["pyproject.toml", "setup.cfg", "setup.py"])
def test_no_settings_file_keeps_a_file_from_being_found(tmp_path_factory, name: str, text: str) -> None:
    folder = tmp_path_factory.mktemp("p")
    (folder / name).write_text(text, "utf-8", "surrogatepass")
    assert locate(str(folder / "tool.py")).name == "tool"
