"""The tree and its functions as widgets: what they say, where the cursor goes, and that nothing in a log can harm them."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from redraft.app.tree.view import TreeView
from redraft.engine import events as ev
from redraft.engine.facts import Role, Usage
from redraft.engine.state.run import RunState, state_of
from redraft.widgets.text import length, plain, shown
from redraft.widgets.tree import node_rows, plan_rows
from redraft.widgets.tree import tree_words as words
from redraft.widgets.tree.breadcrumbs import Breadcrumbs
from redraft.widgets.tree.node_detail import NodeDetail
from redraft.widgets.tree.plan_tree import PlanTree
from textual.app import App, ComposeResult
from tree_logs import large, logs


class Bench(App[None]):
    """One tree."""

    def __init__(self, state: RunState) -> None:
        super().__init__()
        self.given = state

    def compose(self) -> ComposeResult:
        yield TreeView(live=False)

    def on_mount(self) -> None:
        self.query_one(TreeView).state = self.given


def state(nodes: int = 14) -> RunState:
    return state_of(large(nodes))


# ---------------------------------------------------------------------------------------- the cursor


async def test_the_cursor_goes_down_and_up_and_stays_at_the_ends() -> None:
    async with Bench(state()).run_test(size=(160, 40)) as pilot:
        view, tree = pilot.app.query_one(TreeView), pilot.app.query_one(PlanTree)
        tree.focus()
        await pilot.press("g", "k")
        assert view.chosen == ""
        await pilot.press("j", "down")
        assert view.chosen == "1.1"
        await pilot.press("G", "j")
        assert view.chosen == "3.3"
        assert pilot.app.query_one(NodeDetail).path == "3.3"


async def test_left_folds_then_goes_up_and_right_unfolds_then_goes_down() -> None:
    async with Bench(state()).run_test(size=(160, 40)) as pilot:
        view, tree = pilot.app.query_one(TreeView), pilot.app.query_one(PlanTree)
        tree.focus()
        await pilot.press("g", "j", "left")
        assert tree.folded == {"1"}
        assert "helper_1 +4" in tree.text
        await pilot.press("j")
        assert view.chosen == "2"
        await pilot.press("k", "right")
        assert not tree.folded
        await pilot.press("right")
        assert view.chosen == "1.1"
        await pilot.press("left", "left")
        assert view.chosen == "1" or tree.folded == {"1.1"}


async def test_a_node_that_is_folded_away_is_unfolded_when_the_cursor_is_put_there() -> None:
    async with Bench(state()).run_test(size=(160, 40)) as pilot:
        tree = pilot.app.query_one(PlanTree)
        tree.folded = frozenset({"", "1"})
        await pilot.pause()
        pilot.app.query_one(TreeView).chosen = "1.1"
        await pilot.pause()
        assert not tree.folded


async def test_a_click_chooses_a_node_and_one_on_the_way_goes_back_up() -> None:
    async with Bench(state()).run_test(size=(160, 40)) as pilot:
        view = pilot.app.query_one(TreeView)
        await pilot.click(PlanTree, offset=(10, 4))
        assert view.chosen == "1.1"
        await pilot.click(Breadcrumbs, offset=(2, 0))
        assert view.chosen == ""


async def test_the_heads_of_the_columns_stay_when_the_tree_is_scrolled() -> None:
    async with Bench(state(200)).run_test(size=(160, 30)) as pilot:
        tree = pilot.app.query_one(PlanTree)
        tree.focus()
        await pilot.press("G")
        await pilot.pause()
        assert tree.scroll_offset.y > 100
        assert "function" in tree.render_line(0).text
        seen = [tree.render_line(y).text for y in range(1, tree.size.height)]
        assert any("▌" in line for line in seen)


# ---------------------------------------------------------------------------------------- what is said


def test_functions_that_a_plan_waits_for_are_shown_as_planned() -> None:
    entries = [*large(1), ev.Entry(at=9.0, event=ev.Decomposed(draft="d1", helpers=("first", "second")))]
    places = list(plan_rows.placed(state_of(entries).tree, frozenset()))
    assert [p.name for p in places if isinstance(p, plan_rows.Planned)] == ["first", "second"]


def spending(role: Role, call: str, tokens: int, usd: float | None) -> list[ev.AnyEvent]:
    """A call of a role for the root."""
    usage = Usage(prompt_tokens=tokens)
    return [
        ev.CallStarted(call=call, role=role, purpose="trial", model="m"),
        ev.CallEnded(call=call, finish="stop", usage=usage, seconds=1.0, cost=usd),
    ]


@pytest.mark.parametrize(
    ("planned", "told"),
    [(0.03, ["1", "100", "$0.03", "75", "%"]), (None, ["1", "100", "n/a", "25", "%"])],
    ids=["of the cost", "of the tokens"],
)
def test_the_root_tells_what_each_role_took_and_its_share(planned: float | None, told: list[str]) -> None:
    events = [*spending("coder", "c1", 300, 0.01), *spending("planner", "c2", 100, planned)]
    events += [ev.CallStarted(call="c3", role="tester", purpose="tests", model="m")]
    entries = [*large(2)[:2], *(ev.Entry(at=1.0, event=event) for event in events)]
    now = state_of(entries)
    root = now.tree.nodes[""]
    lines = [plain(row.runs) for row in node_rows.head(root, now, 1.0, 80) if not callable(row.runs)]
    assert [line.split()[1:] for line in lines if line.startswith("planner")] == [told]
    assert not any(line.startswith("tester") for line in lines)


def test_what_is_below_the_live_answer_stays_where_it_is_from_call_to_call() -> None:
    begun = [*large(1)[:2], ev.Entry(at=1.0, event=ev.CallStarted(call="c1", role="coder", purpose="trial", model="m"))]
    heard = [*begun, *(ev.Entry(at=2.0, event=ev.TextStreamed(call="c1", text="line\n" * n)) for n in (1, 2, 9))]
    ended = ev.CallEnded(call="c1", finish="stop", usage=Usage(prompt_tokens=3), seconds=1.0)
    judged = [*heard, ev.Entry(at=3.0, event=ended), ev.Entry(at=3.0, event=ev.CheckStarted(draft="d1", examples=1))]
    states = [state_of(entries) for entries in (begun, heard[:4], heard, judged)]
    told = [words.work(now.tree.nodes[""], now) for now in states]
    assert (told[0], told[-1]) == ("the coder reads the prompt", "tests run")
    rows = [list(node_rows.live(work, None, 40)) for work in told]
    rows += [list(node_rows.live(told[2], words.live_call(states[2].tree.nodes[""], states[2]), 40))]
    assert {len(block) for block in rows} == {1 + node_rows.LIVE_LINES}


async def test_where_only_the_tree_is_seen_the_way_says_what_is_being_done() -> None:
    entries = [
        *large(1)[:2],
        ev.Entry(at=1.0, event=ev.CallStarted(call="c", role="coder", purpose="trial", model="m")),
    ]
    async with Bench(state_of(entries)).run_test(size=(80, 24)) as pilot:
        way = pilot.app.query_one(Breadcrumbs)
        await pilot.pause()
        assert "the coder reads the prompt" in plain(way.runs(70))
        assert "the coder" not in plain(way.runs(24))
        await pilot.press("enter")
        assert "the coder" not in plain(way.runs(70))


def test_a_function_that_waits_for_its_helpers_does_no_work_of_its_own() -> None:
    now = state()
    assert words.work(now.tree.nodes[""], now) == ""


def test_a_helper_does_not_tell_of_the_whole_run() -> None:
    now = state()
    lines = [plain(row.runs) for row in node_rows.head(now.tree.nodes["1"], now, 1.0, 80) if not callable(row.runs)]
    assert not any(line.startswith("coder") for line in lines)


@pytest.mark.parametrize(("width", "heads"), [(100, 7), (60, 4), (46, 3), (20, 1), (12, 0)])
def test_columns_go_as_the_room_does_and_the_state_last(width: int, heads: int) -> None:
    now = state()
    spent = now.tree.spent()
    lines = [
        plan_rows.line_of(place, now, spent[place.node.path], 5.0)
        for place in plan_rows.placed(now.tree, frozenset())
        if isinstance(place, plan_rows.Placed)
    ]
    fit = plan_rows.fitted(lines, width)
    assert len(fit.kept) == heads
    assert 0 in fit.kept or not fit.kept
    assert all(length(plan_rows.runs_of(line, fit)) == width for line in lines)


def test_only_the_line_that_changed_is_drawn_again() -> None:
    async def changed() -> None:
        entries = large(60)
        async with Bench(state_of(entries)).run_test(size=(160, 50)) as pilot:
            tree = pilot.app.query_one(PlanTree)
            await pilot.pause()
            kept = dict(tree._strips)
            last = state_of(entries)
            done = ev.NodeClosed(outcome="unverified", why="no checks", node="3.1.1", draft=None)
            pilot.app.query_one(TreeView).state = last.after(ev.Entry(at=last.now, event=done))
            same = {key for key, strip in tree._strips.items() if kept.get(key) is strip}
            assert len(kept) - len(same) <= 2

    asyncio.run(changed())


# ---------------------------------------------------------------------------------------- many, and hostile


async def test_two_hundred_functions_are_laid_out_within_a_frame() -> None:
    entries = large(200)
    whole = state_of(entries)
    async with Bench(whole).run_test(size=(160, 50)) as pilot:
        tree = pilot.app.query_one(PlanTree)
        await pilot.pause()
        took = []
        for _ in range(5):
            began = time.process_time()
            tree.relayout()
            took.append(time.process_time() - began)
        assert min(took) < 0.1  # A frame of ours; measured: 4 ms.


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(logs(), st.sampled_from([(160, 40), (100, 30), (80, 24), (30, 8)]))
def test_any_prefix_of_any_log_is_drawn_at_every_size(entries: list[ev.Entry], size: tuple[int, int]) -> None:
    async def draw() -> None:
        async with Bench(RunState()).run_test(size=size) as pilot:
            view = pilot.app.query_one(TreeView)
            now = RunState()
            for n, entry in enumerate(entries):
                now = now.after(entry)
                if n % 7 == 6 or entry is entries[-1]:
                    view.state = now
                    await pilot.press("j", "right_square_bracket")
            await pilot.press("enter", "5", "left")
            await pilot.resize_terminal(120, 30)
            assert pilot.app.return_code is None

    asyncio.run(draw())


@settings(max_examples=60, deadline=None)
@given(logs(), st.integers(24, 120))
def test_no_row_is_wider_than_its_sheet_and_all_text_is_harmless(entries: list[ev.Entry], width: int) -> None:
    now = state_of(entries)
    for node in now.tree.nodes.values():
        chosen = node.best
        rows = [
            *node_rows.head(node, now, now.now, width),
            *node_rows.specification(node, width),
            *node_rows.candidates(node, chosen, width),
            *node_rows.tests(node, chosen, width),
            *node_rows.plans(node, now.tree, now, width),
            *node_rows.program(node, now.tree, width),
        ]
        for row in rows:
            runs = row.runs() if callable(row.runs) else row.runs
            assert length(runs) <= width
            assert plain(runs) == shown(plain(runs))
            assert "\n" not in plain(runs)
