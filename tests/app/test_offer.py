"""The first run's offer to fetch the model: said first, fetched only when agreed, and its failure is told."""

from __future__ import annotations

import hashlib
from pathlib import Path

from msgspec.structs import replace
from redraft.app.application import RedraftApp
from redraft.app.models.offer import OfferScreen
from redraft.app.models.takes import takes_line_up, with_line_up
from redraft.engine.errors import EnvironmentFault
from redraft.engine.facts import ROLES
from redraft.engine.models.embedded.catalogue import shipped
from redraft.engine.models.embedded.memory import Memory
from redraft.engine.models.embedded.recommending import advice
from redraft.engine.models.embedded.stock import Order
from redraft.engine.models.embedded.weights import Partial, Weights
from redraft.engine.settings import EmbeddedSettings, Settings
from redraft.engine.settings.layers import from_user
from scenes import settled, until, watching
from textual.widgets import ProgressBar, Static

CONTENT = b"weights" * 1000
MODEL = Weights(
    file="small.gguf",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    repository="a/b",
    licence="Apache-2.0",
    called="small",
)


class Here:
    """A source that gives the file, after it has refused so many times."""

    name = "here"

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals

    async def continue_into(self, partial: Partial) -> None:
        if self.refusals:
            self.refusals -= 1
            raise EnvironmentFault("the network is down")
        partial.append(CONTENT)


def offer(app: RedraftApp, folder: Path, source: Here) -> tuple[OfferScreen, list[bool | None]]:
    given: list[bool | None] = []
    order = Order(models=(MODEL,), folder=folder, free=10**12)
    screen = OfferScreen({"REDRAFT_MODEL_DIR": str(folder)}, app.session.places, order, sources=[source])
    app.push_screen(screen, given.append)
    return screen, given


async def test_it_says_what_it_takes_before_anything_is_fetched(tmp_path: Path) -> None:
    async with (app := watching(tmp_path)).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        screen, _ = offer(app, tmp_path / "models", Here())
        await pilot.pause()
        text = str(screen.query(Static).first().visual)
        assert str(tmp_path / "models") in text.replace("\n", "")
        assert "Apache-2.0" in text
        assert not (tmp_path / "models").exists()


async def test_yes_fetches_it_and_goes_on(tmp_path: Path) -> None:
    async with (app := watching(tmp_path)).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        _, given = offer(app, tmp_path / "models", Here())
        await pilot.pause()
        await pilot.press("y")
        await until(pilot, lambda: given == [True])
        assert (tmp_path / "models" / "small.gguf").read_bytes() == CONTENT


async def test_no_fetches_nothing(tmp_path: Path) -> None:
    async with (app := watching(tmp_path)).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        _, given = offer(app, tmp_path / "models", Here())
        await pilot.pause()
        await pilot.press("n")
        await until(pilot, lambda: given == [False])
        assert not (tmp_path / "models").exists()


async def test_a_failed_fetch_is_told_and_can_be_tried_again(tmp_path: Path) -> None:
    async with (app := watching(tmp_path)).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        screen, given = offer(app, tmp_path / "models", Here(refusals=1))
        await pilot.pause()
        await pilot.press("y")
        await until(pilot, lambda: "the network is down" in str(screen.query_one("#source", Static).visual))
        await pilot.press("y")
        await until(pilot, lambda: given == [True])


async def test_the_first_run_offers_what_suits_the_machine_and_says_what_it_takes(tmp_path: Path) -> None:
    better = advice(shipped(), Memory(total=17 * 10**9), (), EmbeddedSettings()).chosen
    async with (app := watching(tmp_path)).run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        given: list[bool | None] = []
        order = Order(models=(MODEL,), folder=tmp_path / "models", free=10**12)
        screen = OfferScreen({}, app.session.places, order, better=better, sources=[Here()])
        app.push_screen(screen, given.append)
        await pilot.pause()
        text = " ".join(str(screen.query(Static).first().visual).split())
        assert "qwen2.5-coder-7b as coder and qwen3-4b as reviewer" in text
        assert "7.2 GB of disk, ~21 s a draft" in text
        await pilot.press("r")
        await until(pilot, lambda: given == [False])
        assert screen.took_better


async def test_where_nothing_better_is_known_the_key_for_it_does_nothing(tmp_path: Path) -> None:
    async with (app := watching(tmp_path)).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        screen, given = offer(app, tmp_path / "models", Here())
        await pilot.pause()
        await pilot.press("r")
        await pilot.pause()
        assert (given, screen.took_better, app.screen) == ([], False, screen)


async def test_several_models_arrive_together_each_with_its_own_bar(tmp_path: Path) -> None:
    async with (app := watching(tmp_path)).run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        given: list[bool | None] = []
        models = tuple(replace(MODEL, called=name, file=f"{name}.gguf") for name in ("coder", "reviewer"))
        order = Order(models=models, folder=tmp_path / "models", free=10**12)
        screen = OfferScreen({}, app.session.places, order, sources=[Here()])
        app.push_screen(screen, given.append)
        await pilot.pause()
        assert len(screen.query(ProgressBar)) == 2
        await pilot.press("y")
        await until(pilot, lambda: given == [True])
        assert {path.name for path in (tmp_path / "models").glob("*.gguf")} == {"coder.gguf", "reviewer.gguf"}


async def test_what_was_taken_is_written_and_played(tmp_path: Path) -> None:
    better = advice(shipped(), Memory(total=17 * 10**9), (), EmbeddedSettings()).chosen
    takes_line_up(tmp_path / "redraft.toml", better)
    layer, _ = from_user(tmp_path / "redraft.toml")
    assert layer.values["roles", "reviewer", "model"] == "qwen3-4b"
    played = with_line_up(Settings(), better)
    assert [played.role(role).model for role in ROLES] == [
        {"coder": "qwen2.5-coder-7b", "tester": "qwen2.5-coder-7b"}.get(role, "qwen3-4b") for role in ROLES
    ]
