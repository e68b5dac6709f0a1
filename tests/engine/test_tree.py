"""The tree a screen draws is the fold of a log: live, replayed and sought it is the same."""

import time
from itertools import accumulate
from pathlib import Path

import pytest
from grove import GIVES, HALF, PLAN, SAME, Stage, code
from redraft.engine import events as ev
from redraft.engine.events import Entry
from redraft.engine.facts import Check, Draft, Example, Report, Stub, Usage
from redraft.engine.run.recording import Recording, read_log
from redraft.engine.state.cost import Spending
from redraft.engine.state.run import RunState, state_of
from redraft.engine.state.tree import NodeState, Tree

VISIBLE, GUESSED = Example(source="f(1)", want="2"), Example(source="f(5)", want="10", origin="generated")


def stub(name: str) -> Stub:
    return Stub(path="a.py", name=name, line=1, header=f"def {name}(x):\n", before=f"def {name}(x):\n")


def report(draft: str, *passed: bool) -> Report:
    checks = zip((VISIBLE, GUESSED), passed, strict=False)
    return Report(draft=draft, checks=tuple(Check(example=e, verdict="passed" if p else "failed") for e, p in checks))


def tree_of(*events: ev.AnyEvent) -> Tree:
    tree = Tree()
    for at, event in enumerate(events):
        tree = tree.after(event, float(at))
    return tree


def opened(path: str, name: str = "g", **more) -> ev.NodeOpened:
    parent = None if not path else path.rpartition(".")[0]
    return ev.NodeOpened(
        node=path, stub=stub(name), depth=bool(path) + path.count("."), parent=parent, trials=5, **more
    )


def called(
    call: str, purpose: str, node: str, tokens: tuple[int, int] = (10, 5), cost: float | None = 0.5
) -> list[ev.AnyEvent]:
    return [
        ev.CallStarted(call=call, role="coder", purpose=purpose, model="m", node=node),
        ev.CallEnded(
            call=call,
            finish="stop",
            usage=Usage(prompt_tokens=tokens[0], completion_tokens=tokens[1]),
            seconds=1.0,
            cost=cost,
        ),
    ]


def drafted(name: str, node: str, body: str = "return x", purpose: str = "trial") -> ev.Drafted:
    return ev.Drafted(draft=Draft(id=name, body=body, purpose=purpose), node=node)


ROOT = opened("", "f")


def words(tree: Tree) -> dict[str, str]:
    return {node.path: node.word for node in tree.walk()}


def test_a_pipeline_that_opens_no_node_has_no_tree():
    assert tree_of(*called("c1", "draft", ""), drafted("d1", "")) == Tree()


def test_a_node_that_tries_says_how_many_of_how_many():
    assert words(tree_of(ROOT, drafted("d1", ""), drafted("d2", ""))) == {"": "trying 2/5"}


def test_more_trials_than_planned_for_are_not_counted_beyond_the_plan():
    assert words(tree_of(ROOT, *(drafted(f"d{n}", "") for n in range(7)))) == {"": "trying 5/5"}


def test_a_node_plans_while_its_planner_is_asked_and_waits_while_its_helpers_are_solved():
    planning = tree_of(ROOT, called("c1", "plan", "")[0])
    assert (words(planning), words(planning.after(opened("1"), 9.0))) == (
        {"": "planning"},
        {"": "waiting", "1": "trying 0/5"},
    )


@pytest.mark.parametrize(
    ("outcome", "why", "word"),
    [
        ("solved", "all checks pass", "solved"),
        ("unverified", "no checks", "unverified"),
        ("abandoned", "plateau", "abandoned: plateau"),
        ("abandoned", "depth", "abandoned: depth"),
        ("abandoned", "budget", "abandoned: budget"),
        ("abandoned", "you", "abandoned: you"),
    ],
)
def test_a_node_that_is_done_says_how_and_why(outcome, why: str, word: str):
    tree = tree_of(ROOT, drafted("d1", ""), ev.NodeClosed(outcome=outcome, why=why, draft="d1"))
    assert words(tree) == {"": word}
    assert tree.root.open is False  # type: ignore[union-attr]


def test_passes_of_the_persons_examples_and_of_guesses_are_counted_apart():
    tree = tree_of(ROOT, drafted("d1", ""), ev.Checked(report=report("d1", True, False)))
    best = tree.root.best  # type: ignore[union-attr]
    assert (best.visible, best.generated) == ((1, 1), (0, 1))  # type: ignore[union-attr]


def test_the_best_candidate_is_the_first_of_equals_until_one_is_chosen():
    judged = (drafted("d1", ""), drafted("d2", ""), *(ev.Checked(report=report(d, True)) for d in ("d1", "d2")))
    tree = tree_of(ROOT, *judged)
    chosen = tree.after(ev.NodeClosed(outcome="solved", why="pinned by you", draft="d2"), 9.0)
    assert [t.root.best.draft.id for t in (tree, chosen)] == ["d1", "d2"]  # type: ignore[union-attr]


def test_a_node_opened_again_counts_its_trials_anew_and_keeps_its_candidates():
    tree = tree_of(ROOT, drafted("d1", ""), ROOT, drafted("d2", ""))
    root = tree.root
    assert root is not None
    assert (root.word, root.attempts, [c.draft.id for c in root.candidates]) == ("trying 1/5", 2, ["d1", "d2"])


def test_checks_plans_ranking_and_wishes_are_on_their_node():
    invented = ev.ChecksInvented(checks=(VISIBLE, GUESSED), contradicted=(VISIBLE,))
    planned = ev.Decomposed(draft="d2", helpers=("g",))
    scored = ev.Scored(scores={"d1": 1.0}, chosen="d1", by="of 2 checks passed")
    wish = ev.Steered(what="retry", node="")
    root = tree_of(ROOT, invented, planned, scored, wish).root
    assert root is not None
    assert (root.checks, root.contradicted, root.plans) == ((VISIBLE, GUESSED), (VISIBLE,), (planned,))
    assert (root.ranking, root.wishes) == (scored, (wish,))


def test_spending_is_told_of_a_node_alone_and_with_all_below_it():
    calls = [*called("c1", "trial", ""), *called("c2", "trial", "1"), *called("c3", "plan", "1.1", cost=None)]
    tree = tree_of(ROOT, opened("1"), opened("1.1", "h"), *calls)
    assert [tree.nodes[path].spent.calls for path in ("", "1", "1.1")] == [1, 1, 1]
    below = tree.spent()
    assert {path: (spent.calls, spent.prompt_tokens) for path, spent in below.items()} == {
        "": (3, 30),
        "1": (2, 20),
        "1.1": (1, 10),
    }
    assert (below[""].usd, below[""].known, below["1.1"].usd) == (None, 1.0, None)


def test_a_call_that_failed_counts_as_a_call():
    started = called("c1", "trial", "")[0]
    assert tree_of(ROOT, started, ev.CallFailed(call="c1", problem="gone")).root.spent == Spending(calls=1)  # type: ignore[union-attr]


def test_time_runs_until_a_node_is_closed():
    tree = tree_of(ROOT, drafted("d1", ""), ev.NodeClosed(outcome="solved", why="", draft="d1"))
    assert tree.root.seconds(99.0) == 2.0  # type: ignore[union-attr]
    assert tree_of(ROOT).root.seconds(99.0) == 99.0  # type: ignore[union-attr]


def test_nodes_are_walked_each_before_those_below_it_and_in_the_order_of_the_plan():
    tree = tree_of(ROOT, opened("1"), opened("1.1"), opened("2"), *(opened(f"{n}") for n in range(3, 12)))
    assert [node.path for node in tree.walk()] == ["", "1", "1.1", *map(str, range(2, 12))]


def test_the_program_of_a_node_holds_its_helpers():
    helper = (
        opened("1"),
        drafted("d2", "1", "return x"),
        ev.NodeClosed(outcome="solved", why="", node="1", draft="d2"),
    )
    plan = drafted("d1", "", "return g(x)", "plan")
    tree = tree_of(ROOT, plan, *helper, ev.NodeClosed(outcome="solved", why="", draft="d1"))
    namespace: dict[str, object] = {}
    exec(tree.program(""), namespace)
    assert namespace["f"](4) == 4  # type: ignore[operator]
    assert tree.program("1") == "def g(x):\n    return x\n"
    assert tree.program("9") == ""


def test_a_helper_that_was_dropped_with_what_is_above_it_is_composed_into_nothing():
    dropped = ev.NodeClosed(outcome="abandoned", why="dropped", node="1", draft="d2")
    assert tree_of(ROOT, opened("1"), drafted("d2", "1"), dropped).helpers == {}


def test_where_the_work_goes_on_is_the_deepest_open_node():
    closed = ev.NodeClosed(outcome="solved", why="", node="1.1")
    tree = tree_of(ROOT, opened("1"), opened("1.1"))
    assert [t.now.path for t in (tree, tree.after(closed, 9.0))] == ["1.1", "1"]  # type: ignore[union-attr]


# ------------------------------------------------------------------------------------------ whole runs


async def grown_log() -> list[Entry]:
    coder = {"f": code(HALF), "g": [code("return 3 * x", "g"), code(SAME, "g")]}
    return (await Stage(coder, {"f": PLAN}, gives=GIVES).run()).entries


async def test_a_replayed_log_folds_to_the_live_tree_at_every_moment(tmp_path: Path):
    entries = await grown_log()
    record = Recording(tmp_path / "run.jsonl")
    for entry in entries:
        record.keep(entry)
    record.close()
    live = [state.tree for state in accumulate(entries, RunState.after, initial=RunState())]
    replayed = [
        state.tree for state in accumulate(read_log(tmp_path / "run.jsonl"), RunState.after, initial=RunState())
    ]
    assert live == replayed
    assert words(live[-1]) == {"": "solved", "1": "solved"}


async def test_the_tree_composes_what_the_run_settled_on():
    state = state_of(await grown_log())
    assert state.stub is not None
    assert state.tree.program("") == state.stub.code(state.solution.draft.body)  # type: ignore[union-attr]


def large_log(nodes: int, calls: int, pieces: int) -> list[Entry]:
    events: list[ev.AnyEvent] = [ROOT]
    for nth in range(nodes):
        path = f"{nth // 10 + 1}.{nth % 10 + 1}" if nth >= 20 else f"{nth + 1}"
        events.append(opened(path, f"g{nth}"))
        for k in range(calls):
            started, ended = called(f"c{nth}-{k}", "trial", path)
            texts = (ev.TextStreamed(call=f"c{nth}-{k}", text="word ") for _ in range(pieces))
            name = f"d{nth}-{k}"
            events += [
                started,
                *texts,
                ended,
                drafted(name, path),
                ev.Checked(report=report(name, True, k == 0), node=path),
            ]
        events.append(ev.NodeClosed(outcome="solved", why="all checks pass", node=path, draft=f"d{nth}-0"))
    return [Entry(at=float(at), event=event) for at, event in enumerate(events)]


def test_a_tree_of_two_hundred_nodes_folds_in_well_under_a_second():
    entries = large_log(nodes=200, calls=6, pieces=0)
    began = time.process_time()
    tree = Tree()
    for entry in entries:
        tree = tree.after(entry.event, entry.at)
    tree.spent()
    assert list(tree.walk())
    assert len(tree.nodes) == 201
    assert time.process_time() - began < 1.0


def test_text_that_streams_leaves_the_tree_the_very_object_it_was():
    tree = tree_of(ROOT)
    assert tree.after(ev.TextStreamed(call="c1", text="x"), 1.0) is tree


def test_node_states_are_facts_that_can_be_written_down():
    import msgspec

    tree = tree_of(ROOT, drafted("d1", ""), ev.Checked(report=report("d1", True)))
    assert msgspec.json.decode(msgspec.json.encode(tree.root), type=NodeState) == tree.root
