"""The tree of a run on the screen: it grows, it is steered, it can be gone back in, and what comes of it is accepted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from redraft.app.application import RedraftApp
from redraft.app.common.key_bar import KeyBar
from redraft.app.replay.screen import ReplayScreen
from redraft.app.run.candidate_diff import CandidateDiffScreen
from redraft.app.tree.replay import TreeReplayScreen
from redraft.app.tree.screen import TreeScreen
from redraft.engine.events import Entry, Paused, Steered
from redraft.engine.run.recording import read_log
from redraft.engine.state.run import RunState, state_of
from redraft.widgets.run.call_strip import CallStrip
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.run.timeline import Timeline
from redraft.widgets.search_line import SearchLine
from redraft.widgets.status_line import StatusLine
from redraft.widgets.tree.node_detail import NodeDetail
from redraft.widgets.tree.plan_tree import PlanTree
from scenes import session, settled, until
from textual.pilot import Pilot
from tree_scenes import DAY, Hold, grown, watching_trees

WIDE = (160, 50)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tree_of(pilot: Pilot[int]) -> TreeScreen:
    assert isinstance(pilot.app.screen, TreeScreen)
    return pilot.app.screen


async def held(pilot: Pilot[int], hold: Hold) -> TreeScreen:
    """The tree, once the models stand still and the screen has seen it."""
    await until(pilot, lambda: hold.holds and isinstance(pilot.app.screen, TreeScreen))
    screen = tree_of(pilot)
    await until(pilot, lambda: len(screen.view.state.calls) >= hold.heard)
    now = screen.view.state.tree.now
    await until(pilot, lambda: screen.view.node is not None and now is not None and screen.view.node.path == now.path)
    return screen


def log_of(home: Path) -> tuple[Entry, ...]:
    return read_log(next((home / "redraft" / "state" / "runs").iterdir()))


def wishes(entries: tuple[Entry, ...]) -> list[tuple[str, str]]:
    return [(e.event.what, e.event.node) for e in entries if isinstance(e.event, Steered)]


async def steered(home: Path, hold: Hold, *keys: str, editor: str = "") -> RunState:
    """How a run ends that was held at a node, and these keys pressed there; also what its log says."""
    app = watching_trees(home, hold=hold)
    if editor:
        environ = app.session.environ
        assert isinstance(environ, dict)
        environ["EDITOR"] = editor
    async with app.run_test(size=WIDE) as pilot:
        await held(pilot, hold)
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: all(w.is_finished for w in pilot.app.workers if w.group == "steer"))
        hold.release()
        screen = await settled(pilot)
        state = screen.view.state
    assert state_of(log_of(home)).tree == state.tree
    return state


# ---------------------------------------------------------------------------------------- watching


async def test_a_tree_that_grows_is_shown_by_itself_and_its_cursor_follows_the_work(home: Path) -> None:
    hold = Hold("coder", "touches")
    async with watching_trees(home, hold=hold).run_test(size=WIDE) as pilot:
        screen = await held(pilot, hold)
        assert screen.view.node is not None
        assert screen.view.node.path == "2.1"
        assert screen.query_one(PlanTree).place_of("2.1") == 3
        assert "planned" in screen.query_one(PlanTree).text
        hold.release()
        await settled(pilot)
        assert [n.status for n in screen.view.state.tree.nodes.values()] == ["solved"] * 5


async def test_functions_of_one_plan_are_seen_to_be_solved_at_the_same_time_on_servers(home: Path) -> None:
    hold = Hold("tester", "read_meetings")
    async with watching_trees(home, hold=hold, servers=True).run_test(size=WIDE) as pilot:
        screen = await held(pilot, hold)
        await until(pilot, lambda: len(screen.view.state.tree.asking) == 3)
        assert [(node.path, node.open) for node in screen.view.state.tree.children("")] == [
            ("1", True),
            ("2", True),
            ("3", True),
        ]
        hold.release()
        await settled(pilot)
        state = screen.view.state
        assert [node.status for node in state.tree.nodes.values()] == ["solved"] * 5
        assert any("are solved together" in what for what in state.decisions)
    assert state_of(log_of(home)).tree == state.tree


async def test_left_once_the_tree_does_not_come_back_by_itself(home: Path) -> None:
    hold = Hold("coder", "merged", 3)
    async with watching_trees(home, hold=hold).run_test(size=WIDE) as pilot:
        await held(pilot, hold)
        await pilot.press("escape")
        hold.release()
        assert (await settled(pilot)).is_current


async def test_what_the_tree_comes_to_is_the_proposal_of_the_main_screen_and_can_be_written(home: Path) -> None:
    async with watching_trees(home).run_test(size=WIDE) as pilot:
        main = await settled(pilot)
        assert "t shows the proposal" in tree_of(pilot).query_one(StatusLine).notice
        await pilot.press("escape")
        assert main.is_current
        assert "def merged(" in "\n".join(
            line.text for hunk in main.query_one(DiffPane).hunks for line in hunk.lines if line.kind == "added"
        )
        await pilot.press("A")
        await until(pilot, lambda: "def touches" in (home / "day.py").read_text())


async def test_t_solves_a_new_stub_by_planning_after_trial_whatever_the_usual_pipeline_is(home: Path) -> None:
    app = watching_trees(home, pipeline="raw-coder", coder={"meeting_time": ["no code at all"]})
    async with app.run_test(size=WIDE) as pilot:
        main = await settled(pilot)
        assert main.view.state.pipeline == "raw-coder"
        await pilot.press("t")
        await until(pilot, lambda: main.view.state.pipeline == "pat" and main.view.state.status != "running")
        assert tree_of(pilot).view.state.tree.root is not None


async def test_t_on_a_stub_that_is_verified_asks_before_it_runs_again(home: Path) -> None:
    from tree_scenes import CLOCK, PLAN, READ

    assert CLOCK
    whole = DAY.replace("    ...\n", "    return '2:15' if 'standup' in diary else '1:15' if diary else '0:00'\n")
    async with watching_trees(home, pipeline="raw-coder", coder={"meeting_time": [whole]}).run_test(size=WIDE) as pilot:
        main = await settled(pilot)
        assert main.view.state.solution.verdict == "verified"  # type: ignore[union-attr]
        await pilot.press("t")
        await pilot.pause()
        assert "enter solves" in tree_of(pilot).query_one(PlanTree).text
        assert main.view.state.pipeline == "raw-coder"
        await pilot.press("enter")
        await until(pilot, lambda: main.view.state.pipeline == "pat" and main.view.state.status == "settled")
    assert PLAN
    assert READ


async def test_a_run_by_another_pipeline_gives_way_when_a_tree_is_asked_for(home: Path) -> None:
    hold = Hold("coder", "meeting_time")
    async with watching_trees(home, pipeline="raw-coder", hold=hold).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: hold.holds)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, TreeScreen))
        screen = tree_of(pilot)
        await until(pilot, lambda: "is cancelled then" in screen.query_one(PlanTree).text)
        told = screen.query_one(KeyBar).render().plain
        assert "plan after trial" in told
        assert "back" in told
        await pilot.press("enter")
        hold.release()
        screen = await settled(pilot)
        assert screen.view.state.pipeline == "pat"
    ends = [type(read_log(path)[-2].event).__name__ for path in sorted((home / "redraft" / "state" / "runs").iterdir())]
    assert ends == ["RunCancelled", "Settled"]


# ---------------------------------------------------------------------------------------- steering


async def test_space_holds_the_run_before_its_next_call_and_lets_it_go_on(home: Path) -> None:
    hold = Hold("coder", "merged", 2)
    async with watching_trees(home, hold=hold).run_test(size=WIDE) as pilot:
        screen = await held(pilot, hold)
        await pilot.press("space")
        hold.release()
        await until(pilot, lambda: screen.view.state.paused and screen.view.state.live_call is None)
        calls = len(screen.view.state.calls)
        assert "paused" in screen.query_one(StatusLine).notice
        await pilot.pause(0.2)
        assert len(screen.view.state.calls) == calls
        await pilot.press("space")
        await settled(pilot)
    assert [e.event.again for e in log_of(home) if isinstance(e.event, Paused)] == [False, True]


async def test_an_abandoned_node_is_abandoned_by_you(home: Path) -> None:
    state = await steered(home, Hold("coder", "merged", 2), "x")
    assert state.tree.nodes["2"].word == "abandoned: you"
    assert wishes(log_of(home)) == [("abandon", "2")]


async def test_a_retried_node_is_opened_again(home: Path) -> None:
    state = await steered(home, Hold("coder", "merged", 2), "r")
    assert state.tree.nodes["2"].attempts == 2


async def test_the_candidate_in_front_is_pinned(home: Path) -> None:
    state = await steered(home, Hold("coder", "merged", 3), "left_square_bracket", "p")
    node = state.tree.nodes["2"]
    assert (node.why, node.chosen) == ("pinned by you", node.candidates[0].draft.id)


async def test_a_node_that_is_done_can_be_steered_too(home: Path) -> None:
    state = await steered(home, Hold("coder", "as_clock"), "k", "k", "k", "r")
    assert wishes(log_of(home)) == [("retry", "1")]
    assert state.tree.nodes["1"].attempts == 2


def editor(home: Path, change: str) -> str:
    """An editor that does this to the text of the file."""
    script = home / "editor.py"
    script.write_text(f"import sys, pathlib\np = pathlib.Path(sys.argv[1])\ntext = p.read_text()\n{change}\n")
    return f"{sys.executable} {script}"


async def test_a_body_written_in_the_editor_is_taken(home: Path) -> None:
    change = "p.write_text(text[:text.index('    ...')] + '    return sorted(spans)  # mine\\n')"
    state = await steered(home, Hold("coder", "merged", 1), "b", editor=editor(home, change))
    node = state.tree.nodes["2"]
    assert node.why == "written by you"
    assert node.best is not None
    assert node.best.draft.body.strip() == "return sorted(spans)  # mine"
    assert [e.event.again for e in log_of(home) if isinstance(e.event, Paused)] == [False, True]


async def test_a_stub_edited_in_the_editor_is_solved_as_it_then_stands(home: Path) -> None:
    change = "p.write_text(text.replace('made into one.', 'made into one.\\n\\n    >>> merged([])\\n    []\\n    '))"
    state = await steered(home, Hold("coder", "merged", 1), "e", editor=editor(home, change))
    node = state.tree.nodes["2"]
    assert [example.origin for example in node.stub.examples] == ["visible"]
    assert "# The stub of" not in wish_text(log_of(home))


def wish_text(entries: tuple[Entry, ...]) -> str:
    return next(e.event.text for e in entries if isinstance(e.event, Steered))


async def test_an_editor_that_is_left_without_a_change_steers_nothing(home: Path) -> None:
    await steered(home, Hold("coder", "merged", 1), "b", editor=editor(home, "pass"))
    assert wishes(log_of(home)) == []


async def test_without_an_editor_the_person_is_told_and_the_run_goes_on(home: Path) -> None:
    hold = Hold("coder", "merged", 1)
    async with watching_trees(home, hold=hold).run_test(size=WIDE) as pilot:
        await held(pilot, hold)
        await pilot.press("b")
        await until(pilot, lambda: any("$EDITOR" in n.message for n in pilot.app._notifications))
        hold.release()
        assert (await settled(pilot)).view.state.status == "settled"
    assert wishes(log_of(home)) == []


async def test_the_run_can_be_cancelled_from_the_tree_and_nothing_unfinished_is_proposed(home: Path) -> None:
    hold = Hold("coder", "merged", 2)
    async with watching_trees(home, hold=hold).run_test(size=WIDE) as pilot:
        await held(pilot, hold)
        await pilot.press("X")
        main = await settled(pilot)
        assert main.view.state.status == "cancelled"
        proposal = main.view.state.proposal
        assert proposal is not None
        assert "merged(" not in proposal.body
        assert "stopped: trying 1/5" in tree_of(pilot).query_one(PlanTree).text


# ---------------------------------------------------------------------------------------- looking


async def test_the_past_is_the_same_fold_as_a_replay_and_end_comes_back(home: Path) -> None:
    async with watching_trees(home).run_test(size=WIDE) as pilot:
        main = await settled(pilot)
        screen = tree_of(pilot)
        await pilot.press("home", "full_stop", "full_stop", "full_stop")
        position = screen.query_one(Timeline).position
        assert screen.view.state == state_of(e for e in log_of(home) if e.at <= position)
        assert "the past" in screen.query_one(StatusLine).notice
        await pilot.press("end")
        assert screen.view.state == main.view.state


async def test_time_goes_on_while_the_person_is_in_the_past(home: Path) -> None:
    hold = Hold("coder", "merged", 2)
    async with watching_trees(home, hold=hold).run_test(size=WIDE) as pilot:
        screen = await held(pilot, hold)
        await pilot.press("home")
        before = screen.view.state
        hold.release()
        main = await settled(pilot)
        assert screen.view.state == before
        await pilot.press("end")
        assert screen.view.state == main.view.state


async def test_candidates_are_compared_two_at_a_time(home: Path) -> None:
    async with watching_trees(home).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("g", "j", "j")
        await pilot.press(*["left_square_bracket"] * 5, "d")
        assert isinstance(pilot.app.screen, CandidateDiffScreen)
        pane = pilot.app.screen.query_one(DiffPane)
        captions = {pane.caption}
        for _ in range(4):
            await pilot.press("tab")
            captions.add(pane.caption)
        assert len(captions) == 5
        assert pane.hunks


@pytest.mark.parametrize(
    ("size", "tree", "detail", "strip"),
    [((160, 50), True, True, True), ((100, 30), True, True, False), ((80, 24), True, False, False)],
)
async def test_tree_and_function_stand_side_by_side_where_they_fit(
    home: Path, size: tuple[int, int], tree: bool, detail: bool, strip: bool
) -> None:
    async with watching_trees(home).run_test(size=size) as pilot:
        await settled(pilot)
        screen = tree_of(pilot)
        shown = [screen.query_one(kind).display for kind in (PlanTree, NodeDetail, CallStrip)]
        assert shown == [tree, detail, strip]


async def test_on_a_small_terminal_enter_opens_a_function_and_escape_goes_back(home: Path) -> None:
    async with watching_trees(home).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        screen = tree_of(pilot)
        await pilot.press("enter")
        assert screen.query_one(NodeDetail).has_focus
        assert not screen.query_one(PlanTree).display
        await pilot.press("escape")
        assert screen.query_one(PlanTree).has_focus
        await pilot.press("3")
        await pilot.pause()
        assert screen.query_one(NodeDetail).scroll_offset.y > 0


async def test_a_picture_is_written_under_the_name_of_the_run(home: Path) -> None:
    async with watching_trees(home).run_test(size=WIDE) as pilot:
        main = await settled(pilot)
        await pilot.press("S")
        await pilot.pause()
        assert "<svg" in (home / f"{main.view.state.run}-tree.svg").read_text()


# ---------------------------------------------------------------------------------------- searching


async def test_a_search_in_the_tree_takes_the_cursor_along_and_goes_round(home: Path) -> None:
    async with watching_trees(home).run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = tree_of(pilot)
        await pilot.press("g", "slash", *"touches")
        await pilot.pause()
        node = screen.view.node
        assert node is not None
        assert node.stub.entry_point == "touches"
        await pilot.press("backspace", *["backspace"] * 6, "t", "enter")
        await pilot.pause()
        seen = list[str]()
        for _ in range(screen.query_one(SearchLine).tally[1]):
            await pilot.press("n")
            await pilot.pause()
            seen.append(screen.view.chosen)
        assert screen.focused is screen.query_one(PlanTree)
        assert len(set(seen)) > 1


async def test_the_search_goes_along_between_tree_and_function_and_escape_ends_it_before_it_leaves(home: Path) -> None:
    async with watching_trees(home).run_test(size=(80, 24)) as pilot:
        main = await settled(pilot)
        screen = tree_of(pilot)
        tree, detail = screen.query_one(PlanTree), screen.query_one(NodeDetail)
        await pilot.press("slash", *"def", "enter", "tab")
        await pilot.pause()
        assert (tree.sought, detail.sought) == ("", "def")
        assert screen.query_one(SearchLine).tally[1] == detail.text.count("def") > 0
        await pilot.press("escape")
        await pilot.pause()
        assert not screen.query(SearchLine)
        assert detail.sought == ""
        await pilot.press("escape", "escape")
        assert main.is_current


async def test_letters_of_a_search_steer_nothing(home: Path) -> None:
    hold = Hold("coder", "touches")
    async with watching_trees(home, hold=hold).run_test(size=WIDE) as pilot:
        screen = await held(pilot, hold)
        await pilot.press("slash", *"xrpeb X", "home", "1", "full_stop")
        await pilot.pause()
        assert screen.query_one(SearchLine).text == "1.xrpeb X"
        assert not screen.view.state.paused
        hold.release()
        await settled(pilot)
    assert wishes(log_of(home)) == []


# ---------------------------------------------------------------------------------------- replays


async def replaying(home: Path, ticking: Callable[[], float] = lambda: 0.0) -> tuple[tuple[Entry, ...], RedraftApp]:
    entries = await grown(home)
    return entries, RedraftApp(session(home), TreeReplayScreen(entries, ticking=ticking))


async def test_a_recorded_run_that_grew_a_tree_is_replayed_as_one(home: Path) -> None:
    entries = await grown(home)
    async with RedraftApp.replay(session(home), entries).run_test(size=WIDE) as pilot:
        assert isinstance(pilot.app.screen, TreeReplayScreen)


async def test_a_replay_is_sought_and_steps_through_the_same_states(home: Path) -> None:
    entries, app = await replaying(home)
    async with app.run_test(size=WIDE) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, TreeReplayScreen)
        await pilot.press("space", "end")
        assert screen.tree_view.state == state_of(entries)
        await pilot.press("home", "full_stop")
        position = screen.query_one(Timeline).position
        assert screen.tree_view.state == state_of(e for e in entries if e.at <= position)


async def test_time_goes_on_in_a_replay_while_a_space_is_typed_into_a_search(home: Path) -> None:
    _, app = await replaying(home)
    async with app.run_test(size=WIDE) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, TreeReplayScreen)
        await until(pilot, lambda: screen.query_one(PlanTree).has_focus)
        await pilot.press("slash", "a", "space", "b")
        await pilot.pause()
        assert screen.query_one(SearchLine).text == "a b"
        assert screen.playing


async def test_t_in_a_replay_shows_the_same_moment_in_the_usual_panes_and_back(home: Path) -> None:
    entries, app = await replaying(home)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("space", "end", "t")
        await pilot.pause()
        panes = pilot.app.screen
        assert isinstance(panes, ReplayScreen)
        assert panes.query_one(Timeline).position == entries[-1].at
        await pilot.press("t")
        assert isinstance(pilot.app.screen, TreeReplayScreen)


def test_every_key_of_the_tree_has_a_name_of_its_own() -> None:
    for screen in (TreeScreen, TreeReplayScreen):
        names = [binding.id for topic in screen.TOPICS for binding in topic.bindings]
        assert all(names)
        assert len(set(names)) == len(names)
