"""What a project may set before and after its folder is trusted."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from redraft.engine.errors import SettingsError
from redraft.engine.settings import Loaded, load
from redraft.engine.settings.trust import TrustBook, Trusted, digest_of
from redraft.engine.system.paths import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.under(tmp_path / "home")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def loaded(project: Path, places: Places, table: str) -> Loaded:
    (project / "pyproject.toml").write_text(table)
    return load({}, {}, project, places)


@pytest.mark.parametrize(
    ("section", "line"),
    [
        (".roles.coder", 'base_url = "http://theirs/v1"'),
        (".roles.coder", 'model = "theirs"'),
        (".roles.reviewer", 'api_key_env = "AWS_SECRET"'),
        (".roles.coder", 'api_key_command = "touch /tmp/x"'),
        (".roles.coder", "price_in = 0.0"),
        (".sandbox", 'interpreter = "./evil"'),
        (".sandbox", "allow_subprocess = true"),
        (".sandbox", "memory_mb = 100000"),
        (".interface.keys", 'quit = "a"'),
        (".budget", "usd = 1000"),
        (".log_keep", "runs = 0"),
    ],
)
def test_a_project_that_is_not_trusted_sets_nothing_that_runs_sends_or_spends(
    project: Path, places: Places, section: str, line: str
) -> None:
    here = loaded(project, places, f"[tool.redraft{section}]\n{line}")
    assert here.settings == load({}, {}, places.config, places).settings
    assert here.withheld is not None
    key, value = here.withheld.asks[0]
    assert (key, f"{project / 'pyproject.toml'} sets {key}" in here.warnings[0]) == (
        f"{section[1:]}.{line.partition(' ')[0]}",
        True,
    )
    assert value


def test_a_project_that_is_not_trusted_may_still_say_how_it_likes_to_be_worked_on(
    project: Path, places: Places
) -> None:
    table = (
        '[tool.redraft]\npipeline = "pat"\nmode = "paper"\ncontext_tokens = 9\n'
        "[tool.redraft.sandbox]\nseconds = 30\n[tool.redraft.roles.coder]\ntemperature = 0.5\n"
    )
    here = loaded(project, places, table)
    assert here.withheld is None
    assert here.settings.sandbox.seconds == 30
    assert here.settings.role("tester").temperature == 0.5


def test_trust_in_what_was_shown_puts_it_in_force(project: Path, places: Places) -> None:
    table = '[tool.redraft.roles.coder]\nbase_url = "http://theirs/v1"'
    withheld = loaded(project, places, table).withheld
    assert withheld is not None
    TrustBook(places).trust(Path(withheld.folder), withheld.digest)
    here = loaded(project, places, table)
    assert here.withheld is None
    assert here.settings.role("coder").base_url == "http://theirs/v1"


def test_a_changed_table_asks_again(project: Path, places: Places) -> None:
    withheld = loaded(project, places, '[tool.redraft.roles.coder]\nbase_url = "http://theirs/v1"').withheld
    assert withheld is not None
    TrustBook(places).trust(project, withheld.digest)
    changed = loaded(project, places, '[tool.redraft.roles.coder]\nbase_url = "http://evil/v1"')
    assert changed.withheld is not None
    assert changed.settings.role("coder").embedded


def test_a_change_elsewhere_in_the_file_does_not_ask_again(project: Path, places: Places) -> None:
    table = '[tool.redraft.roles.coder]\nmodel = "m"\nbase_url = "http://theirs/v1"\n'
    withheld = loaded(project, places, table).withheld
    assert withheld is not None
    TrustBook(places).trust(project, withheld.digest)
    other = '[project]\nname = "x"\n[tool.redraft.roles.coder]\nbase_url = "http://theirs/v1"\nmodel = "m"\n'
    assert loaded(project, places, other).withheld is None


def test_trust_in_one_folder_says_nothing_of_another_with_the_same_table(project: Path, places: Places) -> None:
    table = '[tool.redraft.roles.coder]\nbase_url = "http://theirs/v1"'
    withheld = loaded(project, places, table).withheld
    assert withheld is not None
    TrustBook(places).trust(project, withheld.digest)
    other = project / "vendored"
    other.mkdir()
    assert loaded(other, places, table).withheld is not None


def test_trust_can_be_taken_back(project: Path, places: Places) -> None:
    book = TrustBook(places)
    book.trust(project, "d")
    assert book.trusts(project, "d")
    assert book.forget(project)
    assert not book.trusts(project, "d")
    assert not book.forget(project)


def test_no_digest_is_never_trusted(project: Path, places: Places) -> None:
    TrustBook(places).allow_tier(project, "D")
    assert not TrustBook(places).trusts(project, "")


def test_a_tier_agreed_to_for_one_folder_is_remembered_beside_its_trust(project: Path, places: Places) -> None:
    book = TrustBook(places)
    book.trust(project, "d")
    book.allow_tier(project, "D")
    assert TrustBook(places).folders() == (Trusted(folder=str(project), digest="d", lowest_tier="D"),)
    assert book.lowest_tier(project.parent) is None


def test_the_tier_is_never_a_projects_to_say(project: Path, places: Places) -> None:
    with pytest.raises(SettingsError, match="is yours to say"):
        loaded(project, places, '[tool.redraft.sandbox]\nlowest_tier = "E"')


def test_a_list_that_cannot_be_read_trusts_nobody_and_can_be_written_anew(project: Path, places: Places) -> None:
    book = TrustBook(places)
    book.trust(project, "d")
    file = places.state / "trust.json"
    file.write_text('{"folders": [{"folder"')
    assert not book.trusts(project, "d")
    book.trust(project, "d")
    assert book.trusts(project, "d")


def test_the_list_is_for_its_owner_only(project: Path, places: Places) -> None:
    TrustBook(places).trust(project, "d")
    assert stat.S_IMODE((places.state / "trust.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(places.state.stat().st_mode) == 0o700


def test_a_link_to_a_trusted_folder_is_that_folder(project: Path, places: Places, tmp_path: Path) -> None:
    TrustBook(places).trust(project, "d")
    link = tmp_path / "link"
    link.symlink_to(project)
    assert TrustBook(places).trusts(link, "d")


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest_of({"a": 1, "b": {"c": 2, "d": 3}}) == digest_of({"b": {"d": 3, "c": 2}, "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": "1"})
