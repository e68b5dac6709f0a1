"""Which model a role asks: by `m`, apart or together, with the keys and prices that belong to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from redraft.app.draft.screen import DraftScreen
from redraft.app.models.choice import (
    ModelChoice,
    applied,
    asks,
    following,
    given,
)
from redraft.app.models.offers import ModelOffer, model_offers
from redraft.app.models.picker import ModelPicker
from redraft.app.models.takes import roles_of
from redraft.engine.models.embedded.catalogue import shipped
from redraft.engine.models.embedded.memory import Memory
from redraft.engine.models.embedded.recommending import advice
from redraft.engine.settings import EMBEDDED, EmbeddedSettings, RoleSettings, RolesSettings, Settings, load
from redraft.engine.system.paths import Places
from redraft.widgets.options import Options
from scenes import settled, until, watching
from textual.content import Content
from textual.widgets import Static

HOSTED, OWN = "https://hosted.example/v1", "http://gpu:8000/v1"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(home: Path, **flags: object) -> Settings:
    given = {f"roles.{name.replace('__', '.')}": value for name, value in flags.items()}
    return load(given, {}, home, Places.under(home / "redraft")).settings


@pytest.fixture
def hosted(home: Path) -> Settings:
    """A hosted coder with its key and price, and a reviewer of one's own."""
    coder = {"coder__base_url": HOSTED, "coder__model": "big", "coder__api_key_env": "HOSTED_KEY"}
    price = {"coder__price_in": 1.0, "coder__price_out": 2.0}
    own = {"reviewer__base_url": OWN, "reviewer__model": "small", "reviewer__api_key_env": "OWN_KEY"}
    return settings(home, **coder, **price, **own)


def test_a_model_goes_to_the_coder_and_to_who_shares_its_model(hosted: Settings):
    assert following(hosted) == ("coder", "tester")
    changed = applied(hosted, ModelChoice(OWN, "small"))
    assert [asks(changed, role).model for role in ("coder", "reviewer", "planner", "tester")] == ["small"] * 4


def test_each_role_can_be_given_a_model_of_its_own(hosted: Settings):
    changed = given(hosted, ModelChoice(EMBEDDED, ""), ["planner"], hosted)
    assert [asks(changed, role).label for role in ("coder", "reviewer", "planner", "tester")] == [
        "big", "small", "embedded", "big",
    ]  # fmt: skip


def test_a_key_goes_to_the_server_it_was_set_for_and_a_price_to_its_model(hosted: Settings):
    def told(choice: ModelChoice) -> tuple[str, float | None]:
        coder = applied(hosted, choice).roles.coder
        return coder.api_key_env, coder.price_in

    assert told(ModelChoice(HOSTED, "other")) == ("HOSTED_KEY", None)
    assert told(ModelChoice(OWN, "small")) == ("OWN_KEY", None)
    assert told(ModelChoice("http://127.0.0.1:11434/v1", "found", found=True)) == ("", None)
    # Named by the user, in words, with the key they have set.
    assert told(ModelChoice("http://other:8000/v1", "named")) == ("HOSTED_KEY", None)


def test_who_goes_back_to_the_first_server_has_its_key_again(hosted: Settings):
    away = applied(hosted, ModelChoice("http://127.0.0.1:1234/v1", "found", found=True))
    back = given(away, ModelChoice(HOSTED, "big"), following(away), hosted)
    assert back.roles.coder == hosted.roles.coder


OFFERS = (
    ModelOffer(ModelChoice(EMBEDDED, ""), "the embedded model", "here"),
    ModelOffer(ModelChoice(HOSTED, "big"), "big", "there"),
    ModelOffer(ModelChoice(OWN, "small"), "small", "there"),
)


def marked(picker: ModelPicker) -> list[str]:
    options = picker.query_one(Options).options
    lines = [option.prompt.plain for option in options if isinstance(option.prompt, Content)]
    return [line.split("\n")[0][2:] for line in lines if line.startswith("●")]


def listed(picker: ModelPicker) -> int:
    return picker.query_one(Options).option_count


async def test_m_lists_the_models_of_every_server_and_chooses_for_one_role_alone(home: Path, hosted: Settings):
    async with watching(home).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        chosen: list[str | None] = []
        picker = ModelPicker(OFFERS, hosted)
        pilot.app.push_screen(picker, chosen.append)
        await pilot.pause()
        assert (picker.roles, marked(picker)) == (("coder", "tester"), ["big"])
        await pilot.press("tab", "tab")
        assert (picker.roles, marked(picker)) == (("reviewer",), ["small"])
        await pilot.press("up", "enter")
        await pilot.pause()
        assert (chosen, picker.roles) == (["1"], ("reviewer",))


async def test_slash_leaves_the_models_that_hold_a_text(home: Path, hosted: Settings):
    async with watching(home).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        chosen: list[str | None] = []
        picker = ModelPicker(OFFERS, hosted)
        pilot.app.push_screen(picker, chosen.append)
        await pilot.pause()
        await pilot.press("slash", *"small")
        await until(pilot, lambda: listed(picker) == 1)
        await pilot.press("escape")
        await until(pilot, lambda: listed(picker) == 3)
        await pilot.press("slash", *"embed", "enter")
        await until(pilot, lambda: chosen == ["0"])


async def test_a_server_that_does_not_answer_is_offered_and_told(home: Path):
    app = watching(home, roles__coder__base_url="http://127.0.0.1:9/v1", roles__coder__model="far")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(pilot.app.screen, ModelPicker))
        picker = pilot.app.screen
        assert isinstance(picker, ModelPicker)
        assert marked(picker) == ["far"]
        assert "127.0.0.1:9/v1 does not list its models now" in str(picker.query_one("#note", Static).content)
        await pilot.press("home", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DraftScreen))
        await pilot.press("m")
        await until(pilot, lambda: isinstance(pilot.app.screen, ModelPicker))
        assert isinstance(pilot.app.screen, ModelPicker)
        assert marked(pilot.app.screen) == ["the embedded model"]
        assert "far" in [offer.title for offer in pilot.app.screen._models]
        assert screen.is_mounted


async def test_m_offers_the_models_of_this_machine_and_the_line_up_that_suits_it(home: Path, tmp_path: Path):
    environ = {"REDRAFT_MODEL_DIR": str(tmp_path / "m"), "HOME": str(tmp_path), "REDRAFT_HOME": str(tmp_path / "home")}
    chosen = Settings(roles=RolesSettings(coder=RoleSettings(model="qwen2.5-coder-0.5b")))
    offers, _ = await model_offers(chosen, chosen, environ)
    assert [offer.choice.model for offer in offers if offer.line_up is None][:2] == ["", "qwen2.5-coder-0.5b"]
    for pair in (offer for offer in offers if offer.line_up is not None):
        assert "of memory" in pair.detail and "of disk" in pair.detail and "are fetched first" in pair.detail


async def test_a_line_up_is_chosen_for_all_roles_at_once(home: Path):
    line_up = advice(shipped(), Memory(total=17 * 10**9), (), EmbeddedSettings()).chosen
    offers = (*OFFERS, ModelOffer(ModelChoice(EMBEDDED, "qwen2.5-coder-7b"), "recommended", "", line_up))
    async with watching(home).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        given_: list[str | None] = []
        pilot.app.push_screen(ModelPicker(offers, Settings()), given_.append)
        await pilot.pause()
        await pilot.press("end", "enter")
        await until(pilot, lambda: given_ == ["3"])
    assert {role: choice.model for role, choice in roles_of(line_up).items()} == {
        "coder": "qwen2.5-coder-7b", "tester": "qwen2.5-coder-7b", "reviewer": "qwen3-4b", "planner": "qwen3-4b",
    }  # fmt: skip
