"""Small made projects, from a mapping of paths to texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Making = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def making(tmp_path: Path) -> Making:
    """Writes files below a folder `home/project` and gives that folder."""

    def make(files: Mapping[str, str]) -> Path:
        project = tmp_path / "home" / "project"
        for name, text in files.items():
            place = project / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return project

    return make
