"""Which changes make which body, and how decisions go back and forth with undo."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from redraft.app.run.comparison import (
    Decisions,
    body_of,
    compared,
    possible_sides,
    usual_sides,
)
from redraft.engine import events as ev
from redraft.engine.facts import Draft, Solution, Stub
from redraft.engine.state.run import RunState, state_of

STUB = Stub(path="a.py", name="f", line=1, header='def f(x):\n    """Do it."""\n', body="...")
OLD = "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\nreturn a\n"
NEW = "a = 10\nb = 2\nc = 3\nd = 4\ne = 5\nreturn e\n"


def run(*events: ev.AnyEvent) -> RunState:
    started = ev.RunStarted(run="r", pipeline="p", stub=STUB)
    return state_of(ev.Entry(at=0.0, event=event) for event in (started, *events))


def drafted(draft: str, body: str, parent: str | None = None, problem: str | None = None) -> ev.Drafted:
    return ev.Drafted(draft=Draft(id=draft, body=body, parent=parent, problem=problem))


FIXED = run(drafted("d1", OLD), drafted("d2", NEW, parent="d1"))


def test_the_fix_is_compared_with_the_draft_first() -> None:
    assert usual_sides(FIXED) == "fix"
    assert possible_sides(FIXED) == ("fix", "file")


def test_a_fix_that_was_not_kept_is_not_what_is_compared_first() -> None:
    kept = run(
        drafted("d1", OLD), drafted("d2", NEW, "d1"), ev.Settled(solution=Solution(draft=Draft(id="d1", body=OLD)))
    )
    assert usual_sides(kept) == "file"
    assert possible_sides(kept) == ("fix", "file")


def test_a_fix_that_changed_nothing_is_no_comparison() -> None:
    assert possible_sides(run(drafted("d1", OLD), drafted("d2", OLD, "d1"))) == ("file",)


def test_a_fix_that_cannot_be_used_is_no_comparison() -> None:
    assert possible_sides(run(drafted("d1", OLD), drafted("d2", NEW, "d1", "line 1: invalid syntax"))) == ("file",)


def test_nothing_is_compared_before_there_is_a_draft() -> None:
    assert compared(run(), "file") is None


def test_only_accepted_changes_are_made() -> None:
    comparison = compared(FIXED, "fix")
    assert comparison is not None
    assert len(comparison.hunks) == 2
    assert comparison.body(STUB, {}) == OLD
    assert comparison.body(STUB, {1: "accepted", 2: "rejected"}) == OLD.replace("a = 1\n", "a = 10\n")
    assert comparison.body(STUB, {1: "accepted", 2: "accepted"}) == NEW


def test_accepting_all_from_file_to_proposal_makes_the_proposal() -> None:
    comparison = compared(FIXED, "file")
    assert comparison is not None
    assert comparison.body(STUB, {hunk.number: "accepted" for hunk in comparison.hunks}) == NEW


lines = st.lists(st.sampled_from(["x = 1", "y = 2", "if x:\n    y = 3", 's = """a\nb\n"""', "", "# note"]), max_size=8)


@given(lines)
def test_a_body_comes_back_out_of_the_function_it_was_put_into(parts: list[str]) -> None:
    body = "".join(f"{part}\n" for part in parts).rstrip("\n") + "\nreturn x\n"
    assert body_of(STUB, STUB.code(body)).strip("\n") == body.strip("\n")


def test_undo_takes_back_what_the_last_write_decided_and_no_more() -> None:
    decided = (
        Decisions(run="r").with_("fix", (1,), "accepted").with_("fix", (2,), "rejected").with_("fix", (3,), "accepted")
    )
    once = decided.undone()
    assert once.on("fix") == {1: "accepted", 2: "rejected"}
    assert once.undone().on("fix") == {}
    assert once.undone().redone().redone().on("fix") == decided.on("fix")


def test_a_new_write_forgets_what_was_undone() -> None:
    decided = Decisions(run="r").with_("fix", (1,), "accepted").undone().with_("fix", (2,), "accepted")
    assert decided.redone() == decided


def test_what_was_accepted_is_told_as_a_log_tells_it() -> None:
    decided = Decisions(run="r").with_("fix", (1,), "accepted").with_("fix", (2,), "rejected")
    assert decided.told(3, "fix") == "1 of 3 hunks"
    assert decided.with_("fix", (2, 3), "accepted").told(3, "fix") == "all"
