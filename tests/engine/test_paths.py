"""Where our own files are."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from redraft.engine.errors import EnvironmentFault
from redraft.engine.system.paths import Places, make_folder, write_private

linux = pytest.mark.skipif(sys.platform != "linux", reason="the folders of other systems are platformdirs' to say")


@linux
def test_the_xdg_variables_are_honoured() -> None:
    environ = {"HOME": "/home/me", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "relative/is/ignored"}
    assert Places.of(environ) == Places(
        config=Path("/c/redraft"),
        data=Path("/home/me/.local/share/redraft"),
        state=Path("/home/me/.local/state/redraft"),
        cache=Path("/home/me/.cache/redraft"),
    )


def test_one_variable_moves_everything() -> None:
    places = Places.of({"REDRAFT_HOME": "/one", "XDG_CONFIG_HOME": "/c"})
    assert places == Places.under(Path("/one").absolute())
    assert places.settings_file == Path("/one/config/redraft.toml").absolute()


def test_folders_are_made_for_their_owner_only(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "a" / "b")
    assert [stat.S_IMODE(place.stat().st_mode) for place in (folder, folder.parent)] == [0o700, 0o700]
    assert make_folder(folder) == folder


def test_a_folder_whose_place_is_taken_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(EnvironmentFault, match="REDRAFT_HOME"):
        make_folder(tmp_path / "taken" / "below")
    with pytest.raises(EnvironmentFault, match="taken"):
        make_folder(tmp_path / "taken")


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "new" / "list.json"
    write_private(file, b"one")
    write_private(file, b"two")
    assert file.read_bytes() == b"two"
    assert [entry.name for entry in file.parent.iterdir()] == ["list.json"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_private_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "list.json").mkdir()
    (tmp_path / "list.json" / "full").write_text("")
    with pytest.raises(EnvironmentFault, match="nothing was changed"):
        write_private(tmp_path / "list.json", b"one")
    assert [entry.name for entry in tmp_path.iterdir()] == ["list.json"]
