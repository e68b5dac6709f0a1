"""Which files decide how a file runs."""

from __future__ import annotations

from pathlib import Path

from redraft.engine.sources.reached import reached


def names(home: Path, file: str) -> set[str]:
    return {str(Path(path).relative_to(home)) for path in reached(str(home / file))}


def test_modules_packages_and_what_those_import_are_reached_and_others_are_not(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "__init__.py").write_text("from .pricing import total\n")
    (shop / "pricing.py").write_text("def f():\n    from . import models as m\n")
    (shop / "models.py").write_text("import os, tax\nfrom .pricing import total\n")
    (shop / "unused.py").write_text("x = 1\n")
    (tmp_path / "tax.py").write_text("")
    assert names(tmp_path, "shop/pricing.py") == {"shop/__init__.py", "shop/models.py", "tax.py"}
    assert names(tmp_path, "shop/unused.py") == {"shop/__init__.py", "shop/pricing.py", "shop/models.py", "tax.py"}


def test_a_file_that_changes_has_another_age(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import b\n")
    (tmp_path / "b.py").write_text("x = 1\n")
    before = reached(str(tmp_path / "a.py"))
    (tmp_path / "b.py").write_text("x = 12\n")
    assert reached(str(tmp_path / "a.py")) != before


def test_what_is_no_file_and_what_cannot_be_read_reaches_nothing(tmp_path: Path) -> None:
    assert reached(str(tmp_path / "none.py")) == {}
    (tmp_path / "bad.py").write_bytes(b"\0import b\n")
    assert reached(str(tmp_path / "bad.py")) == {}
