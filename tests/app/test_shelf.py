"""Which stub a save asks for, and what stays known of the others."""

from __future__ import annotations

from msgspec.structs import replace
from redraft.app.draft.stub_rows import rows_of
from redraft.app.draft.stubs import (
    Card,
    Shelf,
    first_changed_line,
    to_draft,
)
from redraft.engine import events as ev
from redraft.engine.facts import Check, Draft, Example, Report, Solution, Stub
from redraft.engine.state.run import RunState, state_of


def stub(name: str, line: int = 1, *, doc: str = "Do it.", path: str = "a.py") -> Stub:
    return Stub(path=path, name=name, line=line, header=f'def {name}():\n    """{doc}"""\n', body="...")


def run_of(about: Stub, *last: ev.AnyEvent) -> RunState:
    events: list[ev.AnyEvent] = [ev.RunStarted(run="r", pipeline="p", stub=about), *last]
    return state_of(ev.Entry(at=float(n), event=event) for n, event in enumerate(events))


SOLVED = ev.Settled(solution=Solution(draft=Draft(id="d1", body="return 1\n"), report=Report(draft="d1")))


def opened(*stubs: Stub) -> Shelf:
    return Shelf().after_save("a.py", stubs)


def test_the_first_stub_is_in_front_when_a_file_is_opened() -> None:
    assert opened(stub("f", 1), stub("g", 9)).current == "a.py::f"


def test_a_save_that_changes_no_stub_asks_for_nothing() -> None:
    shelf = opened(stub("f", 1), stub("g", 9))
    assert to_draft(shelf, shelf.after_save("a.py", [stub("f", 2), stub("g", 10)]), "a.py", 1) is None


def test_a_save_asks_for_the_changed_stub_nearest_to_the_change() -> None:
    shelf = opened(stub("f", 1))
    later = shelf.after_save("a.py", [stub("f", 1), stub("g", 9), stub("h", 20)])
    asked = to_draft(shelf, later, "a.py", 19)
    assert asked is not None
    assert asked.name == "h"


def test_a_stub_that_was_drafted_as_it_is_is_not_asked_for_again() -> None:
    f = stub("f")
    shelf = opened().after_save("a.py", [f]).after_run(f.key, run_of(f, SOLVED))
    gone = shelf.after_save("a.py", [])
    assert to_draft(gone, gone.after_save("a.py", [f]), "a.py", 1) is None


def test_a_new_docstring_asks_for_a_new_draft() -> None:
    f = stub("f")
    shelf = opened(f).after_run(f.key, run_of(f, SOLVED))
    rewritten = stub("f", doc="Do it well.")
    assert to_draft(shelf, shelf.after_save("a.py", [rewritten]), "a.py", 2) == rewritten


def test_a_result_stays_with_its_stub_when_the_file_is_saved() -> None:
    f, state = stub("f"), run_of(stub("f"), SOLVED)
    shelf = opened(f, stub("g", 9)).after_run(f.key, state).after_save("a.py", [stub("f", 5), stub("g", 12)])
    card = shelf.get(f.key)
    assert card is not None
    assert (card.state, card.stub.line) == (state, 5)


def test_a_stub_whose_body_was_written_stays_in_the_list() -> None:
    f = stub("f")
    shelf = opened(f).after_run(f.key, run_of(f, SOLVED, ev.Written(path="a.py", draft="d1")))
    after = shelf.after_save("a.py", [])
    assert [(card.status, card.in_file) for card in after.cards] == [("unverified", False)]


def test_a_stub_that_was_never_drafted_leaves_with_its_text() -> None:
    assert opened(stub("f")).after_save("a.py", []) == Shelf()


def test_stubs_of_other_files_keep_their_place() -> None:
    shelf = opened(stub("f")).after_save("b.py", [stub("x", path="b.py")]).after_save("a.py", [stub("f"), stub("g", 4)])
    assert [card.stub.key for card in shelf.cards] == ["a.py::f", "a.py::g", "b.py::x"]


def test_moving_past_the_last_stub_comes_round_to_the_first() -> None:
    shelf = opened(stub("f", 1), stub("g", 9))
    assert (shelf.moved(1).current, shelf.moved(2).current, shelf.moved(-1).current) == (
        "a.py::g",
        "a.py::f",
        "a.py::g",
    )


def test_the_status_of_a_card_says_the_last_thing_known() -> None:
    f = stub("f")
    runs = {
        "new": None,
        "running": run_of(f),
        "unverified": run_of(f, SOLVED),
        "failed": run_of(f, ev.RunFailed(problem="no server")),
        "cancelled": run_of(f, ev.RunCancelled()),
    }
    assert {name: Card(stub=f, state=state).status for name, state in runs.items()} == {name: name for name in runs}
    assert replace(Card(stub=f, state=runs["failed"]), waiting=True).status == "waiting"


def test_the_first_changed_line_is_counted_in_the_new_text() -> None:
    assert first_changed_line("a\nb\n", "a\nc\n") == 2
    assert first_changed_line("a\n", "a\n") is None
    assert first_changed_line("a\n", "a\nb\n") == 2


def waiting(name: str, *waits: str) -> Stub:
    example = Example(source=f"{name}(1)", want="1\n", waits_for=waits)
    return replace(stub(name), examples=(example,))


def test_a_stub_is_asked_for_again_when_what_it_waited_for_is_written() -> None:
    f = waiting("f", "g")
    shelf = opened(f).after_run(f.key, run_of(f, SOLVED))
    asked = to_draft(shelf, shelf.after_save("a.py", [waiting("f")]), "a.py", 1)
    assert asked is not None
    assert asked.name == "f"


def test_a_list_says_what_the_examples_of_a_draft_wait_for() -> None:
    f = waiting("f", "g")
    check = Check(example=f.examples[0], verdict="waits", waits_for=("g",))
    held = Check(example=Example(source="f(2)"), verdict="passed")
    for checks, status, note in (((check,), "unverified", "waits for g"), ((check, held), "verified", "1 waits")):
        solution = Solution(draft=Draft(id="d1", body="return 1\n"), report=Report(draft="d1", checks=checks))
        (row,) = rows_of(opened(f).after_run(f.key, run_of(f, ev.Settled(solution=solution))))
        assert (row.status, row.note) == (status, note)


def test_functions_of_one_name_are_listed_with_their_lines_and_apart() -> None:
    first, second = (replace(stub("f", line), nth=(n, 2)) for n, line in ((1, 3), (2, 9)))
    shelf = opened(first, second)
    assert [row.name for row in rows_of(shelf)] == ["f@3", "f@9"]
    moved = shelf.after_run(second.key, run_of(second, SOLVED)).after_save(
        "a.py", [replace(first, line=4), replace(second, line=10)]
    )
    assert [card.status for card in moved.cards] == ["new", "unverified"]


def test_a_stub_whose_project_could_not_be_imported_is_asked_for_again_by_any_save() -> None:
    f = stub("f")
    failed = ev.RunFailed(problem="shop/models.py line 3: No module named 'attr'", kind="ProjectError")
    shelf = opened(f).after_run(f.key, run_of(f, failed))
    assert to_draft(shelf, shelf.after_save("a.py", [f]), "a.py", 1) == f
    assert to_draft(shelf, shelf.after_save("models.py", []), "models.py", 1) == f


def test_a_stub_whose_model_gave_no_answer_is_not_asked_for_again_by_a_save() -> None:
    f = stub("f")
    call = ev.CallStarted(call="c1", role="coder", purpose="draft", model="m")
    shelf = opened(f).after_run(f.key, run_of(f, call, ev.RunFailed(problem="unreachable", kind="ModelError")))
    assert to_draft(shelf, shelf.after_save("a.py", [f]), "a.py", 1) is None


def test_what_was_drafted_of_a_file_that_is_gone_stays_while_it_is_in_front_and_is_not_counted() -> None:
    f, g, h = stub("f"), stub("g", path="b.py"), stub("h", 9, path="b.py")
    shelf = opened(f).after_save("b.py", (g, h)).after_run(g.key, run_of(g, SOLVED)).after_run(h.key, run_of(h, SOLVED))
    lost = shelf.shown(g.key).after_loss("b.py")
    assert [card.stub.name for card in lost.cards] == ["f", "g"]
    assert (shelf.shown(g.key).place, lost.place) == ("2 of 3", "")
    assert (
        [card.stub.name for card in lost.moved(1).cards]
        == [card.stub.name for card in lost.shown(f.key).cards]
        == ["f"]
    )
    assert lost.shown(f.key).place == ""


def test_a_file_that_comes_back_has_its_stubs_again() -> None:
    f, g = stub("f"), stub("g", path="b.py")
    shelf = opened(f).after_save("b.py", (g,)).after_run(g.key, run_of(g, SOLVED)).shown(g.key).after_loss("b.py")
    back = shelf.after_save("b.py", (g,))
    assert (back.place, back.shown(f.key).place) == ("2 of 2", "1 of 2")
    assert back.card is not None and back.card.drafted
