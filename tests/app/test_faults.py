"""A fault of redraft's own: told once, kept, and everything behind the screen goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from redraft.app.draft import deciding, rechecking
from redraft.app.draft import watching as following_saves
from redraft.engine.facts import Execution
from redraft.engine.sandbox.runner import DEFAULT, Limits
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.widgets.run.checks_table import ChecksTable
from redraft.widgets.stub_list import StubList
from scenes import MENDED, RUNS_OF_LETTERS, TOLD, WIDEST_GAP, settled, until, watching


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Faulty(ScriptedSandbox):
    """A sandbox with a mistake in it, while `broken`."""

    broken = False

    async def run(self, program: str, steps: Sequence[str], limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        if self.broken:
            raise SystemError("AST constructor recursion depth mismatch (before=57, after=71)")
        return await super().run(program, steps, limits, path=path)


def faulty_while(broken: Callable[[], bool], real: Callable[..., object]) -> Callable[..., object]:
    def either(*given: object, **named: object) -> object:
        if broken():
            raise SystemError("AST constructor recursion depth mismatch (before=42, after=49)")
        return real(*given, **named)

    return either


def drawn(screen: object) -> str:
    table = screen.query_one(ChecksTable)  # type: ignore[attr-defined]
    return "\n".join("".join(text for text, _ in row.runs) for row in table.rows(200))


def told_of(app: object) -> list[str]:
    return [notice.message for notice in app._notifications if "fault in redraft" in notice.message]  # type: ignore[attr-defined]


def kept(home: Path) -> list[Path]:
    return list((home / "redraft" / "state" / "faults").glob("*"))


async def test_examples_that_met_a_fault_are_told_as_not_run_and_the_next_accept_is_run(home: Path) -> None:
    sandbox = Faulty(TOLD)
    async with (app := watching(home, sandbox=sandbox)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        sandbox.broken = True
        await pilot.press("right_square_bracket", "a")
        await until(pilot, lambda: screen.view.state.verdict == "outdated")
        assert "not run: a fault in redraft itself, see" in drawn(screen)
        assert screen.query_one(StubList).stubs[0].status == "outdated"
        sandbox.broken = False
        await pilot.press("A")
        await until(pilot, lambda: screen.view.state.verdict == "verified")
        assert len(told_of(app)) == len(kept(home)) == 1
        await pilot.press("u")
        await until(pilot, lambda: screen.view.state.verdict == "fails")


async def test_a_fault_before_the_examples_run_is_told_once_and_the_next_save_is_run(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [False]
    monkeypatch.setattr(rechecking, "present", faulty_while(lambda: broken[0], rechecking.present))
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        broken[0] = True
        for body in ("    return []\n", "    return [(text, 1)]\n"):
            (home / "shapes.py").write_text(RUNS_OF_LETTERS.replace("    ...\n", body))
            await until(pilot, lambda: screen.view.state.verdict == "outdated")
        broken[0] = False
        (home / "shapes.py").write_text(RUNS_OF_LETTERS.replace("    ...\n", MENDED))
        await until(pilot, lambda: screen.view.state.verdict == "verified")
        assert len(told_of(app)) == len(kept(home)) == 1


async def test_a_save_that_met_a_fault_is_told_and_the_next_one_is_read(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [False]
    real = following_saves.find_stubs
    monkeypatch.setattr(following_saves, "find_stubs", faulty_while(lambda: broken[0], real))
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        broken[0] = True
        (home / "shapes.py").write_text(RUNS_OF_LETTERS + WIDEST_GAP)
        await until(pilot, lambda: bool(told_of(app)))
        await until(pilot, lambda: "not read: a fault in redraft itself" in drawn(screen))
        broken[0] = False
        (home / "shapes.py").write_text(RUNS_OF_LETTERS + WIDEST_GAP + "\n")
        await until(pilot, lambda: len(screen.query_one(StubList).stubs) == 2)


async def test_a_file_that_met_a_fault_at_the_start_leaves_the_others_readable(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following_saves, "read", faulty_while(lambda: True, following_saves.read))
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(told_of(app)))
        monkeypatch.undo()
        (home / "shapes.py").write_text(RUNS_OF_LETTERS + "\n")
        await settled(pilot)


async def test_candidates_that_met_a_fault_are_compared_when_there_is_occasion_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []

    async def fails(*given: object) -> None:
        calls.append(given)
        raise SystemError("AST constructor recursion depth mismatch (before=42, after=53)")

    monkeypatch.setattr(deciding, "runs_anything", lambda _sandbox: True)
    monkeypatch.setattr(deciding, "compare", fails)
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        work = screen._work
        assert work is not None
        await until(pilot, lambda: len(calls) == 1 and bool(told_of(app)))
        await until(pilot, lambda: work.deciding.stage == "")
        assert work.deciding.trouble.startswith("a fault in redraft itself, see ")
        work.deciding.look()
        await until(pilot, lambda: len(calls) == 2)
        assert len(told_of(app)) == len(kept(home)) == 1
