"""What must be in the wheel: every package, every data file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
PACKAGES: dict[str, Path] = {
    name: ROOT.joinpath(*name.split(".")[1:]) for name in SETUPTOOLS["packages"] if name.startswith("redraft.")
}
ROOMS = ("app", "engine", "themes", "widgets")


def kept(folder: Path) -> list[Path]:
    """Files of a room that belong to the project."""
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file()
        and not {"__pycache__"} & set(file.parts)
        and file.suffix not in {".pyc", ".pyo", ".swp"}
        and not file.name.endswith("~")
    )


def data_files() -> set[Path]:
    """What setuptools' package-data patterns match; `**` means any depth there too."""
    found: set[Path] = set()
    for name, folder in PACKAGES.items():
        patterns = [*SETUPTOOLS["package-data"].get("*", []), *SETUPTOOLS["package-data"].get(name, [])]
        for pattern in patterns:
            found.update(file for file in folder.glob(pattern) if file.is_file())
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_every_folder_with_python_files_is_a_listed_package_or_data(room: str) -> None:
    data = data_files()
    homeless = {
        str(file.parent.relative_to(ROOT))
        for file in kept(ROOT / room)
        if file.suffix == ".py" and file.parent not in PACKAGES.values() and file not in data
    }
    assert homeless == set()


def test_every_listed_package_exists() -> None:
    assert [name for name, folder in PACKAGES.items() if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_that_is_not_python_reaches_the_wheel(room: str) -> None:
    left_out = {str(file.relative_to(ROOT)) for file in kept(ROOT / room) if file.suffix != ".py"} - {
        str(file.relative_to(ROOT)) for file in data_files()
    }
    assert left_out == set()


def test_every_room_says_that_it_is_typed() -> None:
    assert [room for room in ROOMS if not (ROOT / room / "py.typed").is_file()] == []
