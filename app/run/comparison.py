"""What the diff compares, which changes were chosen, and the body that comes of them. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

import msgspec
from msgspec.structs import replace

from ...engine.behaviour.answers import answered
from ...engine.behaviour.clustering import differing
from ...engine.diff import Hunk, apply, hunks
from ...engine.facts import Draft, Stub
from ...engine.indent import dedented, reindented
from ...engine.state.run import IN_FILE, RunState

Sides = Literal["fix", "file"]
"""fix: from the draft to its repair. file: from what the file holds to what is proposed."""
Decision = Literal["accepted", "rejected"]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two versions of one function."""

    sides: Sides
    caption: str
    old: str
    """The whole function at column 0, so that line numbers are those of the report."""
    hunks: tuple[Hunk, ...]
    draft: str
    """Id of the draft whose changes these are."""
    before: str = ""
    """Id of the draft that they are changes of, "" for none."""
    header: str = ""
    """The function's header with what the user answered in its docstring, "" where nothing was."""

    def body(self, stub: Stub, decided: Mapping[int, Decision]) -> str:
        """The body with the accepted changes made and no others, dedented."""
        return body_of(stub, self._code(decided), self.header)

    def headed(self, stub: Stub, decided: Mapping[int, Decision]) -> str:
        """The header with the accepted changes made and no others."""
        is_new = self.header and self._code(decided).startswith(self.header)
        return self.header if is_new else stub.header

    def _code(self, decided: Mapping[int, Decision]) -> str:
        return apply(self.old, [hunk for hunk in self.hunks if decided.get(hunk.number) == "accepted"])


def usual_sides(state: RunState) -> Sides:
    """What a person wants to compare first: the repair, if it is what is proposed and the file does not hold it."""
    fix, proposal = state.last_fix, state.proposal
    is_proposed = fix is not None and proposal is not None and proposal.id == fix.id and not _came_by_hand(state)
    return "fix" if is_proposed and "fix" in possible_sides(state) else "file"


def possible_sides(state: RunState) -> tuple[Sides, ...]:
    """Which comparisons there are to choose from."""
    fix, draft = state.last_fix, state.first_draft
    has_fix = fix is not None and fix.problem is None and draft is not None and fix.body != draft.body
    has_fix = has_fix and not any(not answer.open for answer in state.answers)  # Those are changes of the file.
    return (("fix",) if has_fix else ()) + (("file",) if state.proposal is not None else ())


def compared(state: RunState, sides: Sides) -> Comparison | None:
    """The comparison, None while there is nothing to compare."""
    stub = state.stub
    if stub is None or sides not in possible_sides(state):
        return None
    if sides == "fix":
        old, new = state.first_draft, state.last_fix
        assert old is not None
        assert new is not None
        return replace(_comparison(stub, "fix", "draft → fix", old.body, new), before=old.id)
    proposal = state.proposal
    assert proposal is not None
    specified = answered(stub, state.answers)
    if _came_by_hand(state):
        return _comparison(stub, "file", "file → proposal", proposal.body, proposal, specified.header)
    there = next((draft.id for draft in state.drafts if draft.purpose == "yours"), "")
    caption = "file → proposal" if _holds_ours(state) else "file as it was → proposal"
    return replace(_comparison(stub, "file", caption, stub.body, proposal, specified.header), before=there)


def captioned(comparison: Comparison | None, state: RunState) -> str:
    """What is compared with what, and how many results that changes, where both sides were run on the same calls."""
    if comparison is None:
        return ""
    found = state.behaviours
    if found is None or found.group_of(comparison.before) is None or found.group_of(comparison.draft) is None:
        return comparison.caption
    changed = len(differing(found, comparison.before, comparison.draft))
    return f"{comparison.caption} · changes {changed} of {len(found.inputs)} results"


def looked_at(state: RunState, candidate: str) -> RunState:
    """The state as if the candidate of that id were all that there is; as it is for an id that is none."""
    found = next((draft for draft in state.drafts if draft.id == candidate), None)
    if found is None:
        return state
    report = state.reports.get(candidate)
    return replace(state, drafts=(found,), reports={candidate: report} if report else {}, solution=None)


def _came_by_hand(state: RunState) -> bool:
    """Whether the file holds what is proposed and nothing of it was accepted: then nothing is left to propose."""
    stands, proposal = standing_body(state), state.proposal
    return stands is not None and proposal is not None and not state.written and same_body(stands, proposal.body)


def _holds_ours(state: RunState) -> bool:
    """Whether the file holds what it did when the run began, or that with what was accepted."""
    return standing_body(state) is None or bool(state.written)


def standing_body(state: RunState) -> str | None:
    """The body that the file holds in the place of what the run began with; None where that still stands."""
    standing = state.standing
    return standing.draft.body if standing is not None and standing.draft.id == IN_FILE else None


def why_nothing(state: RunState, sides: Sides) -> str:
    """What stands where the diff would, while there is none."""
    match state.status:
        case "idle":
            return "the proposal will be here, to accept or to leave"
        case "running":
            running = next((stage for stage, status in state.stages.items() if status == "running"), "")
            return (
                "the coder is writing the fix…" if running == "fix" else "the proposal will be here once it is drafted"
            )
        case _:
            if state.proposal is None:
                return "this run has no proposal"
            return "the fix changed nothing" if sides == "fix" else "the file holds the proposal already"


def _comparison(stub: Stub, sides: Sides, caption: str, old: str, new: Draft, header: str = "") -> Comparison:
    header = header if header != stub.header else ""
    before, after = stub.code(old), (replace(stub, header=header) if header else stub).code(new.body)
    return Comparison(
        sides=sides, caption=caption, old=before, hunks=_hunks(before, after), draft=new.id, header=header
    )


@lru_cache(maxsize=32)
def _hunks(before: str, after: str) -> tuple[Hunk, ...]:
    return hunks(before, after)


def body_of(stub: Stub, code: str, header: str = "") -> str:
    """The dedented body in the code of a whole function under its header or the new one: the inverse of `stub.code`."""
    return dedented(code.removeprefix(header if header and code.startswith(header) else stub.header))


def same_body(one: str, other: str) -> bool:
    """Whether two bodies are the same program text, whatever their unit of indentation."""
    return reindented(one.strip("\n"), "    ").rstrip() == reindented(other.strip("\n"), "    ").rstrip()


class Decisions(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about the changes of one run, and in which order it was written."""

    run: str = ""
    made: tuple[tuple[Sides, int, Decision], ...] = ()
    """One for each change decided, in order."""
    taken_back: tuple[tuple[tuple[Sides, int, Decision], ...], ...] = ()
    """What undo removed, the latest last; writing anything new forgets it."""
    writes: tuple[int, ...] = ()
    """For each write, how many decisions had been made before it."""

    def on(self, sides: Sides) -> dict[int, Decision]:
        """By number of the hunk."""
        return {number: decision for where, number, decision in self.made if where == sides}

    def with_(self, sides: Sides, numbers: tuple[int, ...], decision: Decision) -> Decisions:
        """The same with these decided; an earlier decision on one of them no longer counts."""
        kept = tuple(m for m in self.made if not (m[0] == sides and m[1] in numbers))
        new = tuple((sides, number, decision) for number in numbers)
        writes = (*self.writes, len(kept)) if decision == "accepted" else self.writes
        return replace(self, made=kept + new, taken_back=(), writes=writes)

    def undone(self) -> Decisions:
        """As before the last write."""
        if not self.writes:
            return self
        at = self.writes[-1]
        return replace(
            self, made=self.made[:at], taken_back=(*self.taken_back, self.made[at:]), writes=self.writes[:-1]
        )

    def redone(self) -> Decisions:
        """As before the last undo."""
        if not self.taken_back:
            return self
        return replace(
            self,
            made=self.made + self.taken_back[-1],
            taken_back=self.taken_back[:-1],
            writes=(*self.writes, len(self.made)),
        )

    def told(self, total: int, sides: Sides) -> str:
        """What has been accepted, as a log says it: "all" or "1 of 3 hunks"."""
        accepted = sum(decision == "accepted" for decision in self.on(sides).values())
        return "all" if accepted == total else f"{accepted} of {total} hunks"
