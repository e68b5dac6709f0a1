"""Where settings come from, and which source wins."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.errors import SettingsError
from redraft.engine.settings import Loaded, Settings, load, variables
from redraft.engine.settings.checking import checked
from redraft.engine.settings.tree import built, flattened
from redraft.engine.settings.trust import digest_of
from redraft.engine.system.paths import Places

NAMES = st.one_of(
    st.sampled_from(
        ["roles", "coder", "model", "base_url", "api_key", "api_key_env", "seed", "interface", "keys", "mode"]
    ),
    st.text(max_size=5),
)


class Desk:
    """A project folder and a user's own folder, both in a scratch folder."""

    def __init__(self, root: Path) -> None:
        self.project = root / "project"
        self.target = self.project / "package" / "shapes.py"
        self.target.parent.mkdir(parents=True)
        self.places = Places.under(root / "home")
        self.user_file = self.places.settings_file
        self.project_file = self.project / "pyproject.toml"

    def user(self, text: str) -> None:
        self.user_file.parent.mkdir(parents=True, exist_ok=True)
        self.user_file.write_text(text)

    def load(self, flags: dict[str, object] | None = None, environ: dict[str, str] | None = None) -> Loaded:
        return load(flags or {}, environ or {}, self.target, self.places)

    def source(self, loaded: Loaded, key: str) -> str:
        return next(origin.source for origin in loaded.origins if origin.key == key)

    def shown(self, loaded: Loaded, key: str) -> str:
        return next(origin.value for origin in loaded.origins if origin.key == key)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_without_any_source_everything_is_default_and_the_model_is_the_embedded_one(desk: Desk) -> None:
    loaded = desk.load()
    assert loaded.settings == Settings()
    assert loaded.settings.role("planner").embedded
    assert {origin.source for origin in loaded.origins} == {"default"}
    assert loaded.warnings == ()


def test_flags_beat_the_environment_beats_the_project_beats_the_user(desk: Desk) -> None:
    desk.user('pipeline = "user"\nmode = "paper"\ncontext_tokens = 1\n[watch]\nsettle = 1')
    desk.project_file.write_text('[tool.redraft]\npipeline = "project"\nmode = "evidence"\ncontext_tokens = 2')
    loaded = desk.load({"pipeline": "flag"}, {"REDRAFT_PIPELINE": "variable", "REDRAFT_MODE": "paper"})
    assert (loaded.settings.pipeline, desk.source(loaded, "pipeline")) == ("flag", "command line")
    assert (loaded.settings.mode, desk.source(loaded, "mode")) == ("paper", "$REDRAFT_MODE")
    assert (loaded.settings.context_tokens, desk.source(loaded, "context_tokens")) == (2, str(desk.project_file))
    assert (loaded.settings.watch.settle, desk.source(loaded, "watch.settle")) == (1.0, str(desk.user_file))


def test_a_flag_that_is_none_was_not_given(desk: Desk) -> None:
    assert desk.load({"pipeline": None}, {"REDRAFT_PIPELINE": "variable"}).settings.pipeline == "variable"


def test_an_empty_variable_was_not_given(desk: Desk) -> None:
    assert desk.load({}, {"REDRAFT_MODE": ""}).settings.mode == "evidence"


@pytest.mark.parametrize(
    ("name", "value", "key", "expected"),
    [
        ("REDRAFT_MODEL", "q", "roles.coder.model", "q"),
        ("REDRAFT_REVIEWER_TEMPERATURE", "0.7", "roles.reviewer.temperature", "0.7"),
        ("REDRAFT_SANDBOX_ALLOW_SUBPROCESS", "true", "sandbox.allow_subprocess", "true"),
        ("REDRAFT_BUDGET_CALLS", "12", "budget.calls", "12"),
        ("REDRAFT_THEME", "redraft-light", "interface.theme", "redraft-light"),
    ],
)
def test_a_variable_is_read_as_its_setting_asks(desk: Desk, name: str, value: str, key: str, expected: str) -> None:
    loaded = desk.load({}, {name: value})
    assert (desk.shown(loaded, key), desk.source(loaded, key)) == (expected, f"${name}")


def test_the_variable_that_names_the_role_wins_over_the_one_that_does_not(desk: Desk) -> None:
    environ = {"REDRAFT_CODER_MODEL": "named", "REDRAFT_MODEL": "general", "REDRAFT_TIMEOUT": "5"}
    coder = desk.load({}, environ).settings.role("coder")
    assert (coder.model, coder.timeout) == ("named", 5.0)


def test_a_source_that_leads_to_another_kind_of_place_drops_the_name_that_belongs_to_the_first(desk: Desk) -> None:
    def model(**coder: str) -> str:
        return desk.load({f"roles.coder.{name}": value for name, value in coder.items()}).settings.roles.coder.model

    server, here = "http://127.0.0.1:11434/v1", "embedded"
    desk.user(f'[roles.coder]\nbase_url = "{server}"\nmodel = "qwen3:32b"\n')
    assert (model(base_url=here), model(base_url=f"{server}/x"), model()) == ("", "qwen3:32b", "qwen3:32b")
    desk.user(f'[roles.coder]\nbase_url = "{here}"\nmodel = "qwen3-4b"\n')
    assert (model(base_url=server), model(base_url=here), model(base_url=server, model="m")) == ("", "qwen3-4b", "m")
    desk.user('[roles.coder]\nmodel = "named alone"\n')
    assert (model(base_url=server), model(base_url=here)) == ("named alone", "named alone")


def test_an_unknown_variable_of_ours_is_a_warning_with_the_nearest_name(desk: Desk) -> None:
    loaded = desk.load({}, {"REDRAFT_MODELL": "q", "REDRAFT_HOME": "/elsewhere", "HOME": "/"})
    assert loaded.warnings == ("$REDRAFT_MODELL is not a setting and was not used; did you mean 'REDRAFT_MODEL'?",)


def test_every_setting_has_a_variable_and_no_two_share_one() -> None:
    settings = [origin.key for origin in load({}, {}, Path("/"), Places.under(Path("/nowhere"))).origins]
    of_coder = [key for key in settings if key.startswith("roles.coder.")]
    shorthands = len(of_coder) + len(["REDRAFT_THEME"])
    assert len(variables()) == len(settings) + shorthands


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[rolse.coder]\nmodel = "q"', "unknown key 'rolse'; did you mean 'roles'?"),
        ('[roles.codr]\nmodel = "q"', "unknown key 'codr' in [roles]; did you mean 'coder'?"),
        ('[roles.coder]\nmodl = "q"', "unknown key 'modl' in [roles.coder]; did you mean 'model'?"),
        ('theme = "x"', "unknown key 'theme'; did you mean 'interface.theme'?"),
        ('mode = "papr"', "mode: 'papr' is not one of paper, evidence; did you mean 'paper'?"),
        ('[roles.coder]\ntemperature = "hot"', "roles.coder.temperature: expected a number; it is 'hot'"),
        ("[roles.coder]\ntemperature = 3", "roles.coder.temperature: expected a number <= 2.0; it is 3"),
        ("context_tokens = 1.5", "context_tokens: expected a whole number; it is 1.5"),
        ('interface = "dark"', "[interface] is a table"),
        ('[interface.keys]\naccept-hunk = 3', 'interface.keys.accept-hunk: expected text; it is 3'),
        ('[roles.coder]\nbase_url = "localhost:8000"', "roles.coder.base_url: 'localhost:8000' is no address"),
        ('[roles.coder]\nbase_url = "http://a b/"', "it has spaces or control characters"),
        ('[roles.coder]\nbase_url = "http://a:x/"', "is no address"),
        ("[roles.coder]\nprice_in = inf", "roles.coder.price_in: inf is no number to work with"),
        ("[roles.coder]\ntemperature = nan", "roles.coder.temperature: expected a number >= 0.0; it is nan"),
        ("[roles.coder]\nseed = 99999999999999999999999", "roles.coder.seed: expected a whole number <= "),
        ("pipeline = 2026-01-01", "pipeline: expected text"),
        ("[[roles]]\na = 1", "[roles] is a table"),
        ("pipeline = [", "this is not TOML"),
    ],
)  # fmt: skip
def test_a_wrong_setting_names_file_key_and_remedy(desk: Desk, text: str, told: str) -> None:
    desk.user(text)
    with pytest.raises(SettingsError) as caught:
        desk.load()
    assert str(caught.value).startswith(f"{desk.user_file}: ")
    assert told in str(caught.value)


VALUES = st.recursive(
    st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.datetimes(), st.none()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(NAMES, inner)),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, VALUES))
def test_any_table_is_either_taken_or_refused_with_reasons(table: dict[str, object]) -> None:
    try:
        values = checked(flattened(table), where="file")
    except SettingsError as error:
        assert str(error).startswith("file: ")
    else:
        assert isinstance(built(values), Settings)
        assert len(digest_of(table)) == 64


def test_a_wrong_flag_names_the_command_line(desk: Desk) -> None:
    with pytest.raises(SettingsError, match=r"^command line: roles.coder.seed: expected a whole number; it is 'x'$"):
        desk.load({"roles.coder.seed": "x"})


def test_a_wrong_variable_is_named(desk: Desk) -> None:
    with pytest.raises(SettingsError, match=r"^\$REDRAFT_SANDBOX_MEMORY_MB: sandbox.memory_mb: .*>= 32; it is '1'$"):
        desk.load({}, {"REDRAFT_SANDBOX_MEMORY_MB": "1"})


def test_a_settings_file_that_is_a_folder_is_told(desk: Desk) -> None:
    desk.user_file.mkdir(parents=True)
    with pytest.raises(SettingsError, match="cannot be read"):
        desk.load()


def test_a_key_binding_may_have_dots_written_either_way(desk: Desk) -> None:
    desk.user('[interface.keys]\n"diff.accept" = "y"\ndiff.reject = "n"')
    assert desk.load({"interface.keys.diff.undo": "z"}).settings.interface.keys == {
        "diff.accept": "y",
        "diff.reject": "n",
        "diff.undo": "z",
    }


def test_a_key_binding_may_be_called_like_a_setting_of_a_role(desk: Desk) -> None:
    desk.user('[interface.keys]\napi_key = "a"\nbase_url = "b"\napi_key_env = "ctrl+x"')
    loaded = desk.load()
    assert loaded.settings.interface.keys == {"api_key": "a", "base_url": "b", "api_key_env": "ctrl+x"}
    assert desk.shown(loaded, "interface.keys.api_key") == "a"


def test_an_unset_role_follows_coder_and_the_planner_the_reviewer(desk: Desk) -> None:
    desk.user(
        '[roles.coder]\nbase_url = "http://a/v1"\nmodel = "small"\nprice_in = 0.1\nretries = 1\n'
        '[roles.reviewer]\nmodel = "big"\n'
    )
    loaded = desk.load()
    roles = loaded.settings
    assert [roles.role(r).model for r in ("coder", "reviewer", "planner", "tester")] == ["small", "big", "big", "small"]
    assert {roles.role(r).base_url for r in ("reviewer", "planner", "tester")} == {"http://a/v1"}
    assert roles.role("planner").retries == 1
    assert desk.source(loaded, "roles.planner.model") == "follows roles.reviewer"


def test_another_model_does_not_inherit_price_or_sampling(desk: Desk) -> None:
    desk.user(
        '[roles.coder]\nmodel = "small"\nprice_in = 0.1\nprice_out = 0.2\ntemperature = 0.3\nthinking = true\n'
        '[roles.reviewer]\nmodel = "big"\n'
    )
    reviewer = desk.load().settings.role("reviewer")
    assert (reviewer.price_in, reviewer.price_out, reviewer.temperature, reviewer.thinking) == (
        None,
        None,
        None,
        "auto",
    )


def test_a_model_named_by_flag_does_not_keep_the_price_of_the_one_in_the_file(desk: Desk) -> None:
    desk.user('[roles.coder]\nmodel = "cheap"\nprice_in = 0.1\nprice_out = 0.1')
    assert desk.load({"roles.coder.model": "dear"}).settings.role("coder").price_in is None
    assert desk.load({"roles.coder.model": "cheap"}).settings.role("coder").price_in == 0.1


DEEP = 100_000


@pytest.mark.parametrize(
    "table",
    [
        "[tool.redraft]\nsandbox.seconds = 1e308",
        "[tool.redraft]\nroles.coder.timeout = 1e308",
        "[tool.redraft]\nbudget.seconds = inf",
        f"[tool.redraft]\nmode = {'[' * DEEP}",
        f"[tool.redraft.interface.keys]\n{'.'.join('a' * 5_000)} = 'x'",
    ],
)
def test_what_a_project_asks_for_beyond_all_measure_is_one_line_of_complaint(desk: Desk, table: str) -> None:
    desk.project_file.write_text(table)
    with pytest.raises(SettingsError) as caught:
        desk.load()
    assert len(str(caught.value)) < 1_000 and "\n" not in str(caught.value)


def test_only_the_nearest_project_file_counts(desk: Desk) -> None:
    desk.project_file.write_text('[tool.redraft]\npipeline = "far"')
    (desk.target.parent / "pyproject.toml").write_text("[project]\nname = 'near'")
    assert desk.load().settings.pipeline == ""


def test_a_broken_project_file_that_does_not_speak_of_us_is_none_of_our_business(desk: Desk) -> None:
    desk.project_file.write_text("[project\nname =")
    assert desk.load().settings == Settings()


def test_a_target_that_does_not_exist_yet_still_finds_its_project(desk: Desk) -> None:
    desk.project_file.write_text('[tool.redraft]\nmode = "paper"')
    loaded = load({}, {}, desk.project / "new" / "deep" / "file.py", desk.places)
    assert loaded.settings.mode == "paper"


def test_loading_writes_nothing(desk: Desk) -> None:
    desk.load()
    assert not desk.places.config.parent.exists()


def test_every_setting_has_one_origin_and_a_documented_meaning(desk: Desk) -> None:
    keys = [origin.key for origin in desk.load().origins]
    assert len(keys) == len(set(keys))
    assert {"roles.tester.prefill", "budget.usd", "log_keep.megabytes", "sandbox.step_seconds"} <= set(keys)


def test_settings_survive_being_written_as_json_and_changed(desk: Desk) -> None:
    changed = msgspec.structs.replace(desk.load().settings, pipeline="pat")
    assert msgspec.json.decode(msgspec.json.encode(changed), type=Settings) == changed


@pytest.mark.parametrize(
    ("written", "meant"), [("true", "on"), ("false", "off"), ('"on"', "on"), ('"auto"', "auto"), ('"off"', "off")]
)
def test_thinking_takes_three_words_and_the_two_values_it_once_had(desk: Desk, written: str, meant: str) -> None:
    desk.user(f"[roles.reviewer]\nthinking = {written}\n")
    assert desk.load().settings.role("reviewer").thinking == meant


@pytest.mark.parametrize("written", ['"yes"', "1.5", '"ON"', "[]", "1", '"true"'])
def test_thinking_takes_nothing_else(desk: Desk, written: str) -> None:
    desk.user(f"[roles.reviewer]\nthinking = {written}\n")
    with pytest.raises(SettingsError, match=r"roles\.reviewer\.thinking"):
        desk.load()


@pytest.mark.parametrize(("variable", "meant"), [("true", "on"), ("0", "off"), ("auto", "auto")])
def test_a_variable_may_still_say_thinking_as_it_was_said(desk: Desk, variable: str, meant: str) -> None:
    assert desk.load({}, {"REDRAFT_REVIEWER_THINKING": variable}).settings.role("reviewer").thinking == meant


@pytest.mark.parametrize("text", ["SHOP_MODE,DJANGO_SETTINGS_MODULE", '["SHOP_MODE", "DJANGO_SETTINGS_MODULE"]'])
def test_a_list_in_a_flag_is_written_with_commas(desk: Desk, text: str) -> None:
    loaded = desk.load({"sandbox.environment": text})
    assert loaded.settings.sandbox.environment == ("SHOP_MODE", "DJANGO_SETTINGS_MODULE")
