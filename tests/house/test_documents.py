"""What the documents promise is what there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from redraft.engine.settings import load
from redraft.engine.settings.layers import from_user
from redraft.engine.settings.loading import HARMLESS, HARMLESS_ELSEWHERE
from redraft.engine.system.paths import Places
from redraft.themes import load_themes

TEXT = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")


def documented() -> set[str]:
    """The keys of the table, `roles.R` standing for any role."""
    keys: set[str] = set()
    for row in re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE):
        first, *others = re.findall(r"`([\w.]+)`", row)
        table = first.rpartition(".")[0]
        keys |= {first, *(f"{table}.{other}" for other in others)}
    return keys


def test_the_settings_document_lists_every_setting_and_no_other() -> None:
    origins = load({}, {}, Path("/"), Places.under(Path("/nowhere"))).origins
    there = {re.sub(r"^roles\.\w+\.", "roles.R.", origin.key) for origin in origins} | {"interface.keys"}
    assert documented() == there


def test_the_settings_document_names_all_that_an_untrusted_project_may_say() -> None:
    section = TEXT.partition("## What a project may say")[2].partition("Everything else")[0]
    named = set(re.findall(r"`([\w.]+)`", section)) - {"pyproject.toml", "watch"}
    elsewhere = {".".join(path) for path in HARMLESS_ELSEWHERE if path[0] != "watch"}
    assert named == HARMLESS | elsewhere


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL))
def test_every_example_in_the_settings_document_is_taken(block: str, tmp_path: Path) -> None:
    if "name" in tomllib.loads(block):
        (tmp_path / "mine.toml").write_text(block)
        assert load_themes(tmp_path)["mine"]["accent"] == "#ffcc66"
    else:
        (tmp_path / "redraft.toml").write_text(block)
        layer, _ = from_user(tmp_path / "redraft.toml")
        assert layer.values
