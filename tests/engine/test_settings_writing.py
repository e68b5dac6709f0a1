"""Single settings are changed in the user's file; everything else in it stays to the byte, or nothing is written."""

import tomllib
from pathlib import Path

import pytest
from redraft.engine.errors import SettingsError
from redraft.engine.settings.writing import change_settings

CODER, URL, REVIEWER = "roles.coder.model", "roles.coder.base_url", "roles.reviewer.model"


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ("", {CODER: "a"}, '[roles.coder]\nmodel = "a"\n'),
        ("# mine\nmode = 'paper'  # as they\n", {CODER: "a"}, "# mine\nmode = 'paper'  # as they\n\n[roles.coder]\nmodel = \"a\"\n"),
        ("[roles.coder]\nmodel = 'b' # why\nseed = 3\n", {CODER: "a"}, '[roles.coder]\nmodel = "a"\nseed = 3\n'),
        ("[roles.coder]\nseed = 3", {CODER: "a"}, '[roles.coder]\nmodel = "a"\nseed = 3\n'),
        ("[ roles . coder ] # c\nseed = 3\n[watch]\npoll = true\n", {CODER: "a"}, '[ roles . coder ] # c\nmodel = "a"\nseed = 3\n[watch]\npoll = true\n'),
        ("[roles.coder]\nmodel = 'b'\nseed = 3\n", {CODER: None}, "[roles.coder]\nseed = 3\n"),
        ("[roles.reviewer]\nmodel = 'b'\n", {CODER: "a", REVIEWER: None}, '[roles.reviewer]\n\n[roles.coder]\nmodel = "a"\n'),
        ("[roles.coder]\nmodel = 'a'\n", {REVIEWER: None}, "[roles.coder]\nmodel = 'a'\n"),
        ("[interface.keys]\nmodel = 'x'\n", {CODER: "a"}, "[interface.keys]\nmodel = 'x'\n\n[roles.coder]\nmodel = \"a\"\n"),
        ("[roles.coder]\n\"model\" = 'b'\n", {CODER: 'C:\\a "b" é'}, '[roles.coder]\nmodel = "C:\\\\a \\"b\\" é"\n'),
    ],
)  # fmt: skip
def test_only_what_is_meant_is_changed(tmp_path: Path, before: str, changes: dict[str, str | None], after: str):
    file = tmp_path / "redraft.toml"
    if before:
        file.write_text(before)
    change_settings(file, changes)
    assert file.read_text() == after
    tomllib.loads(after)


@pytest.mark.parametrize(
    "before",
    [
        "roles.coder.model = 'b'\n",
        "roles = { coder = { model = 'b' } }\n",
        "[roles]\ncoder.model = 'b'\n",
        "[roles]\ncoder = { seed = 3 }\n",
        "[roles.coder]\nmodel = '''\nb'''\n",
        "[roles.coder]\napi_key_command = '''\n[roles.coder]\n'''\nmodel = 'b'\n",
    ],
)
def test_what_is_written_in_another_way_is_left_as_it_is_and_the_lines_are_told(tmp_path: Path, before: str):
    file = tmp_path / "redraft.toml"
    file.write_text(before)
    with pytest.raises(SettingsError, match=r'roles\.coder\.model = "a"'):
        change_settings(file, {CODER: "a", URL: "embedded"})
    assert file.read_text() == before


@pytest.mark.parametrize(
    ("before", "changes", "told"),
    [
        ("[roles.coder\n", {CODER: "a"}, "not TOML"),
        ("", {"roles.coder.modle": "a"}, "unknown key"),
        ("", {URL: "ftp://x"}, "no address"),
    ],
)
def test_nothing_is_written_where_something_is_wrong(
    tmp_path: Path, before: str, changes: dict[str, str | None], told: str
):
    file = tmp_path / "redraft.toml"
    file.write_text(before)
    with pytest.raises(SettingsError, match=told):
        change_settings(file, changes)
    assert file.read_text() == before


def test_a_file_with_a_key_stays_readable_by_its_owner_alone(tmp_path: Path):
    file = tmp_path / "home" / "redraft.toml"
    change_settings(file, {CODER: "a"})
    assert file.stat().st_mode & 0o077 == 0
