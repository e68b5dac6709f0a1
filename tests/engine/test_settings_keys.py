"""API keys: found where the settings say, sent to no stranger, shown to nobody."""

from __future__ import annotations

import copy
import sys
from pathlib import Path

import msgspec
import pytest
from redraft.engine.errors import ModelError, SettingsError
from redraft.engine.settings import Loaded, RoleSettings, Secret, key_of, load
from redraft.engine.settings.trust import TrustBook
from redraft.engine.system.paths import Places

KEY = "sk-this-is-a-key-0123456789"


class Desk:
    """A project folder and a user's own folder, both in a scratch folder."""

    def __init__(self, root: Path) -> None:
        self.places = Places.under(root / "home")
        self.places.config.mkdir(parents=True)
        self.project = root / "project"
        self.project.mkdir()

    def user(self, text: str, mode: int = 0o600) -> None:
        self.places.settings_file.write_text(text)
        self.places.settings_file.chmod(mode)

    def trusted_project(self, text: str) -> None:
        (self.project / "pyproject.toml").write_text(text)
        withheld = self.load().withheld
        assert withheld is not None
        TrustBook(self.places).trust(self.project, withheld.digest)

    def load(self, flags: dict[str, object] | None = None, environ: dict[str, str] | None = None) -> Loaded:
        return load(flags or {}, environ or {}, self.project, self.places)

    def key(self, loaded: Loaded, role: str = "coder") -> str | None:
        secret = loaded.settings.role(role).api_key  # type: ignore[arg-type]
        return secret and secret.reveal()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("show", [str, repr, "{}".format, copy.deepcopy, msgspec.json.encode, msgspec.to_builtins])
def test_no_text_of_a_secret_holds_the_key(show: object) -> None:
    secret = Secret.of(KEY, "from $THERE")
    role = RoleSettings(api_key=secret)
    assert callable(show)
    assert KEY not in str(show(secret))
    assert KEY not in str(show(role))
    assert "from $THERE" in str(show(secret))


def test_secrets_are_equal_when_their_keys_are() -> None:
    assert Secret.of(KEY, "a") == Secret.of(KEY, "b")
    assert Secret.of(KEY, "a") != Secret.of(KEY + "x", "a")
    assert len({Secret.of(KEY, "a"), Secret.of(KEY, "b")}) == 1


def test_a_key_comes_from_the_variable_that_a_file_names(desk: Desk) -> None:
    desk.user('[roles.coder]\napi_key_env = "MY_KEY"')
    loaded = desk.load({}, {"MY_KEY": KEY + "\n"})
    assert desk.key(loaded) == desk.key(loaded, "planner") == KEY
    shown = {origin.key: origin.value for origin in loaded.origins}
    assert shown["roles.coder.api_key"] == "set, from $MY_KEY"


def test_a_variable_that_is_named_but_not_set_is_a_warning(desk: Desk) -> None:
    desk.user('[roles.coder]\napi_key_env = "MY_KEY"')
    loaded = desk.load()
    assert desk.key(loaded) is None
    assert [w for w in loaded.warnings if "$MY_KEY, which is not set" in w]
    assert len(loaded.warnings) == 1


def test_a_key_written_where_a_name_belongs_is_refused_without_repeating_it(desk: Desk) -> None:
    desk.user(f'[roles.coder]\napi_key_env = "{KEY}"')
    with pytest.raises(SettingsError) as caught:
        desk.load()
    assert KEY not in str(caught.value)
    assert "takes the name of an environment variable" in str(caught.value)


def test_a_nearer_source_of_a_key_takes_the_place_of_all_farther_ones(desk: Desk) -> None:
    desk.user('[roles.coder]\napi_key_env = "MY_KEY"\n')
    loaded = desk.load({}, {"MY_KEY": "far", "REDRAFT_API_KEY": KEY})
    assert desk.key(loaded) == KEY
    assert loaded.settings.role("coder").api_key_env == ""


def test_no_origin_shows_a_key_a_password_or_the_words_of_a_command(desk: Desk) -> None:
    desk.user(
        f'[roles.coder]\nbase_url = "https://me:{KEY}@host/v1"\napi_key = "{KEY}"\n'
        f'[roles.reviewer]\napi_key_command = "print {KEY}"\n[roles.tester]\napi_key_command = ["print", "{KEY}"]'
    )
    loaded = desk.load({}, {"REDRAFT_PLANNER_API_KEY": KEY})
    assert KEY not in str(loaded.origins) + str(loaded.warnings)
    assert "set, from $REDRAFT_PLANNER_API_KEY" in str(loaded.origins)


def test_the_key_of_a_file_is_not_sent_to_another_endpoint_named_nearer(desk: Desk) -> None:
    desk.user(f'[roles.coder]\nbase_url = "https://mine/v1"\napi_key = "{KEY}"')
    loaded = desk.load({"roles.coder.base_url": "http://other/v1"})
    assert desk.key(loaded) is desk.key(loaded, "reviewer") is None
    assert [w for w in loaded.warnings if "was not used: command line names another endpoint" in w]
    assert desk.key(desk.load({"roles.coder.base_url": "https://mine/v1"})) == KEY


def test_the_key_of_a_file_without_endpoint_is_not_sent_where_a_project_points(desk: Desk) -> None:
    desk.user(f'[roles.coder]\napi_key = "{KEY}"')
    desk.trusted_project('[tool.redraft.roles.coder]\nbase_url = "http://theirs/v1"')
    loaded = desk.load()
    assert loaded.settings.role("coder").base_url == "http://theirs/v1"
    assert desk.key(loaded) is None


def test_a_key_from_the_shell_goes_with_the_endpoint_from_the_shell(desk: Desk) -> None:
    loaded = desk.load({"roles.coder.base_url": "http://other/v1"}, {"REDRAFT_API_KEY": KEY})
    assert desk.key(loaded) == KEY


def test_a_role_with_its_own_endpoint_gets_neither_key_nor_model_of_the_coder(desk: Desk) -> None:
    desk.user(
        f'[roles.coder]\nbase_url = "https://mine/v1"\nmodel = "m"\napi_key = "{KEY}"\n'
        '[roles.reviewer]\nbase_url = "http://localhost:11434/v1"'
    )
    loaded = desk.load()
    assert desk.key(loaded, "reviewer") is desk.key(loaded, "planner") is None
    assert loaded.settings.role("planner").model == ""
    assert desk.key(loaded, "tester") == KEY


def test_the_key_of_a_reviewer_does_not_follow_the_coder_to_another_endpoint(desk: Desk) -> None:
    desk.user(f'[roles.coder]\nbase_url = "https://mine/v1"\n[roles.reviewer]\napi_key = "{KEY}"')
    assert desk.key(desk.load(), "reviewer") == desk.key(desk.load(), "planner") == KEY
    moved = desk.load({"roles.coder.base_url": "http://other/v1"})
    assert moved.settings.role("reviewer").base_url == "http://other/v1"
    assert desk.key(moved, "reviewer") is desk.key(moved, "planner") is None
    assert len(moved.warnings) == 1


def test_going_to_the_embedded_model_for_once_needs_no_warning_about_keys(desk: Desk) -> None:
    desk.user(f'[roles.coder]\nbase_url = "https://mine/v1"\napi_key = "{KEY}"')
    loaded = desk.load({"roles.coder.base_url": "embedded"})
    assert (desk.key(loaded), loaded.warnings) == (None, ())


def test_a_role_that_goes_back_to_the_embedded_model_gets_no_key(desk: Desk) -> None:
    desk.user(f'[roles.coder]\nbase_url = "https://mine/v1"\napi_key = "{KEY}"\n[roles.tester]\nbase_url = "embedded"')
    assert desk.key(desk.load(), "tester") is None


def test_a_key_in_a_project_file_is_refused_without_repeating_it(desk: Desk) -> None:
    (desk.project / "pyproject.toml").write_text(f'[tool.redraft.roles.coder]\napi_key = "{KEY}"')
    with pytest.raises(SettingsError, match="does not belong in a file that is shared") as caught:
        desk.load()
    assert KEY not in str(caught.value)


def test_a_file_with_a_key_that_others_can_read_is_a_warning(desk: Desk) -> None:
    desk.user(f'[roles.coder]\napi_key = "{KEY}"', mode=0o644)
    assert [w for w in desk.load().warnings if "chmod 600" in w]
    desk.user(f'[roles.coder]\napi_key = "{KEY}"')
    assert desk.load().warnings == ()


def test_a_command_is_run_only_when_the_key_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    program = f"open({str(ran)!r}, 'w'); print({KEY!r}); print('second line')"
    role = desk.load({"roles.coder.api_key_command": [sys.executable, "-c", program]}).settings.role("coder")
    assert not ran.exists()
    secret = key_of(role)
    assert secret is not None
    assert secret.reveal() == KEY
    assert ran.exists()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("no-such-program-anywhere",), "cannot be run"),
        ((sys.executable, "-c", "import sys; print('hush'); sys.exit(3)"), "exit status 3"),
        ((sys.executable, "-c", "print('  ')"), "printed nothing"),
    ],
)
def test_a_command_that_gives_no_key_says_so_without_its_output(command: tuple[str, ...], told: str) -> None:
    with pytest.raises(ModelError, match=told) as caught:
        key_of(RoleSettings(api_key_command=command))
    assert "hush" not in str(caught.value)


def test_no_command_and_no_key_is_no_key() -> None:
    assert key_of(RoleSettings()) is None


@pytest.mark.parametrize("text", ["sk-SECRET\u2014ab", "sk-SECRET\nab", "sk SECRET", "sk-SECRET\x00", "sk-SECRETé"])
def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        key_of(RoleSettings(api_key=Secret.of(text, "from $SHOP_KEY")))
    assert "SECRET" not in str(caught.value) and "$SHOP_KEY" in str(caught.value)


def test_a_usual_key_is_given_as_it_is() -> None:
    key = Secret.of("sk-proj_Ab/9+=~.", "from $SHOP_KEY")
    assert key_of(RoleSettings(api_key=key)) is key
