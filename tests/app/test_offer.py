"""The first run's offer to fetch the model: said first, fetched only when agreed, and its failure is told."""

from __future__ import annotations

import hashlib
from pathlib import Path

from redraft.app.application import RedraftApp
from redraft.app.common.offer import OfferScreen
from redraft.engine.errors import EnvironmentFault
from redraft.engine.models.embedded.stock import Order
from redraft.engine.models.embedded.weights import Partial, Weights
from scenes import settled, until, watching
from textual.widgets import Static

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
