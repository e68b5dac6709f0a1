"""Every key of the program, by topic: the screens bind them, the help screen and the key bar show them.

Each binding has an id, so that a settings file can move it: `[interface.keys]` with `"diff.accept" = "y"`.
"""

from __future__ import annotations

from typing import NamedTuple

from textual.binding import Binding, BindingType


class Topic(NamedTuple):
    """Bindings that belong together."""

    title: str
    bindings: tuple[Binding, ...]


def _key(key: str, action: str, says: str, name: str, *, priority: bool = False) -> Binding:
    return Binding(key, action, says, id=name, show=False, priority=priority)


DRAFTING = Topic(
    "drafting",
    (
        _key("enter", "deed('draft')", "draft", "run.draft"),
        _key("r,f5", "deed('rerun')", "run again", "run.again"),
        _key("escape", "deed('cancel')", "cancel", "run.cancel"),
        _key("p", "deed('pipeline')", "pipeline", "run.pipeline"),
        _key("m", "deed('model')", "model", "run.model"),
        _key("t", "deed('tree')", "tree", "run.tree"),
        _key("R", "deed('race')", "race pipelines", "run.race"),
        _key("b", "deed('sample')", "more drafts to compare", "behaviour.draw"),
        _key("i", "deed('enrich')", "enrich the docstring", "spec.enrich"),
        _key("e", "deed('edit')", "open $EDITOR there", "file.edit"),
    ),
)
DECIDING = Topic(
    "deciding",
    (
        _key("a", "deed('accept')", "accept", "diff.accept"),
        _key("A", "deed('accept_all')", "accept all", "diff.accept_all"),
        _key("x", "deed('reject')", "reject", "diff.reject"),
        _key("X", "deed('reject_all')", "reject all", "diff.reject_all"),
        _key("u", "deed('undo')", "undo", "file.undo"),
        _key("U", "deed('redo')", "redo", "file.redo"),
    ),
)
LOOKING = Topic(
    "looking",
    (
        _key("right_square_bracket", "look('next_hunk')", "next change", "diff.next"),
        _key("left_square_bracket", "look('previous_hunk')", "previous change", "diff.previous"),
        _key("d", "look('sides')", "compare with file / draft", "diff.sides"),
        _key("v", "look('split')", "one column or two", "diff.split"),
        _key("w", "look('wrap')", "wrap long lines", "diff.wrap"),
        _key("y", "look('copy')", "copy what is in front", "diff.copy"),
        _key("c", "look('candidates')", "compare candidates", "candidate.compare"),
        _key("1", "bring('draft')", "draft", "show.draft"),
        _key("2", "bring('report')", "report", "show.report"),
        _key("3", "bring('diff')", "diff", "show.diff"),
        _key("4", "bring('examples')", "examples", "show.examples"),
        _key("5", "bring('behaviour')", "what the drafts do", "show.behaviour"),
        _key("tab", "turn(1)", "next pane", "show.next"),
        _key("shift+tab", "turn(-1)", "previous pane", "show.previous"),
    ),
)
STEPPING = Topic(
    "candidates",
    (
        _key("full_stop", "candidate(1)", "next candidate", "candidate.next"),
        _key("comma", "candidate(-1)", "previous candidate", "candidate.previous"),
    ),
)
SEARCHING = Topic(
    "searching",
    (
        _key("slash", "search('open')", "search in this pane", "search.open", priority=True),
        _key("n", "search('next')", "next place", "search.next"),
        _key("N", "search('previous')", "previous place", "search.previous"),
        _key("escape", "search('close')", "end the search", "search.close"),
    ),
)
MOVING = Topic(
    "moving",
    (
        _key("right_curly_bracket", "deed('next_stub')", "next stub", "stub.next"),
        _key("left_curly_bracket", "deed('previous_stub')", "previous stub", "stub.previous"),
        _key("s", "deed('stubs')", "list of stubs", "stub.list"),
    ),
)
EVERYWHERE = Topic(
    "everywhere",
    (
        _key("question_mark,f1", "help", "help", "app.help"),
        _key("ctrl+p", "command_palette", "commands", "app.palette", priority=True),
        _key("ctrl+c", "copy_or_cancel", "copy what is selected, or cancel", "app.copy", priority=True),
        _key("ctrl+z", "suspend_process", "suspend", "app.suspend", priority=True),
        _key("ctrl+q", "quit", "quit", "app.quit", priority=True),
    ),
)
REPLAYING = Topic(
    "replaying",
    (
        _key("space", "play", "pause", "timeline.play", priority=True),
        _key("right", "step(1)", "forward", "timeline.forward", priority=True),
        _key("left", "step(-1)", "back", "timeline.back", priority=True),
        # A clicker sends pagedown and pageup.
        _key("full_stop,pagedown", "stage(1)", "next chapter", "timeline.next_stage"),
        _key("comma,pageup", "stage(-1)", "chapter before", "timeline.previous_stage"),
        _key("home", "edge(0)", "start", "timeline.start", priority=True),
        _key("end", "edge(1)", "end", "timeline.end", priority=True),
        _key("plus,equals_sign", "faster", "faster", "timeline.faster"),
        _key("minus", "slower", "slower", "timeline.slower"),
    ),
)
RACING = Topic(
    "lanes",
    (
        *(_key(str(n), f"lanes('lane', {n})", f"lane {n}", f"race.lane{n}") for n in range(1, 6)),
        _key("tab", "lanes('turn', 1)", "next lane", "race.next"),
        _key("shift+tab", "lanes('turn', -1)", "previous lane", "race.previous"),
        _key("t", "lanes('table')", "table", "race.table"),
        _key("j,down", "lanes('scroll', 1)", "down in this lane", "race.down"),
        _key("k,up", "lanes('scroll', -1)", "up in this lane", "race.up"),
        _key("enter", "race('open')", "this lane in full", "race.open"),
    ),
)
RACE_DEEDS = Topic(
    "racing",
    (
        _key("space", "race('pause')", "pause, go on", "race.pause"),
        _key("x", "race('cancel_lane')", "cancel this lane", "race.cancel_lane"),
        _key("escape", "race('cancel')", "cancel all, or go back", "race.cancel"),
        _key("d", "race('diff')", "compare two drafts", "race.diff"),
        _key("a", "race('take')", "take the winner's body", "race.take"),
        _key("e", "race('export')", "export", "race.export"),
        _key("r,f5", "race('again')", "race again", "race.again"),
    ),
)
REPLAYED_RACE = Topic(
    "racing",
    (
        _key("d", "race('diff')", "compare two drafts", "race.diff"),
        _key("e", "race('export')", "export as a page and Markdown", "race.export"),
        _key("K", "race('keys')", "show or hide the keys", "race.keys"),
        _key("o", "race('clock')", "each lane on its own clock, or as it was", "race.clock"),
    ),
)
ONE_LANE = Topic("the lane", (_key("escape,q", "leave", "back to the lanes", "race.lanes"),))
ENRICHING = Topic(
    "enriching",
    (
        _key("enter", "write", "write what is accepted", "enrich.write", priority=True),
        _key("i", "planner", "ask the planner", "enrich.planner"),
        _key("escape,q", "dismiss", "leave", "enrich.leave"),
    ),
)
COMPARING = Topic(
    "comparing",
    (
        _key("escape,q,d", "dismiss", "back", "compare.close"),
        _key("tab", "other(1)", "another lane", "compare.next"),
        _key("shift+tab", "other(-1)", "the lane before", "compare.previous"),
        _key("v", "split", "one column or two", "compare.split"),
    ),
)

TREE = Topic(
    "the tree",
    (
        _key("j,down", "tree('next')", "next function", "tree.next"),
        _key("k,up", "tree('previous')", "previous function", "tree.previous"),
        _key("right,l", "tree('unfold')", "unfold", "tree.unfold"),
        _key("left,h", "tree('fold')", "fold, or go up", "tree.fold"),
        _key("enter", "tree('detail')", "all about it", "tree.detail"),
        _key("tab", "tree('turn')", "tree or function", "tree.turn"),
        *(
            _key(str(n), f"tree('section', {n})", says, f"tree.{says}")
            for n, says in enumerate(("specification", "candidates", "tests", "plans", "program"), start=1)
        ),
        _key("right_square_bracket", "tree('next_candidate')", "next candidate", "tree.next_candidate"),
        _key("left_square_bracket", "tree('previous_candidate')", "previous candidate", "tree.previous_candidate"),
        _key("d", "tree('compare')", "compare candidates", "tree.compare"),
        _key("f", "tree('follow')", "follow the work", "tree.follow"),
        _key("y", "tree('copy')", "copy the program", "tree.copy"),
        _key("S", "tree('picture')", "save a picture", "tree.picture"),
        _key("t,escape", "tree('leave')", "back", "tree.leave"),
    ),
)
STEERING = Topic(
    "steering",
    (
        _key("space", "steer('pause')", "pause, go on", "steer.pause", priority=True),
        _key("x", "steer('abandon')", "abandon", "steer.abandon"),
        _key("r", "steer('retry')", "retry", "steer.retry"),
        _key("p", "steer('pin')", "pin candidate", "steer.pin"),
        _key("e", "steer('stub')", "edit its stub", "steer.stub"),
        _key("b", "steer('body')", "write its body", "steer.body"),
        _key("X", "steer('cancel')", "cancel the run", "steer.cancel"),
        _key("enter,f5", "steer('begin')", "plan after trial", "steer.begin"),
    ),
)
TREE_TIME = Topic(
    "going back in time",
    (
        _key("full_stop", "step(1)", "forward", "tree.forward"),
        _key("comma", "step(-1)", "back in time", "tree.back"),
        _key("home", "edge(0)", "start", "tree.start", priority=True),
        _key("end", "edge(1)", "end", "tree.end", priority=True),
    ),
)
TREE_REPLAY = Topic(
    "replaying",
    (
        _key("space", "play", "pause", "timeline.play", priority=True),
        _key("plus,equals_sign", "faster", "faster", "timeline.faster"),
        _key("minus", "slower", "slower", "timeline.slower"),
    ),
)
REPLAYED_PANES = Topic("the run", (_key("t,escape", "dismiss", "tree", "tree.open"),))
COMPARING_CANDIDATES = Topic(
    "comparing",
    (
        _key("escape,q,d", "dismiss", "back", "compare.close"),
        _key("tab", "other(1)", "another candidate", "compare.next"),
        _key("shift+tab", "other(-1)", "the one before", "compare.previous"),
        _key("full_stop", "one(1)", "another on the new side", "candidate.next"),
        _key("comma", "one(-1)", "the one before on the new side", "candidate.previous"),
        _key("v", "split", "one column or two", "compare.split"),
    ),
)

LEARNING = Topic(
    "finding the bug",
    (
        # Before what is typed next is handed out, for that is meant for the claim.
        _key("enter", "lesson('claim')", "claim a bug", "lesson.claim", priority=True),
        _key("r", "lesson('answer')", "show the answer", "lesson.answer"),
        _key("h", "lesson('hint')", "a hint", "lesson.hint"),
        _key("p", "lesson('predict')", "say where it is, and what", "lesson.predict"),
        _key("f", "lesson('fold')", "fold the docstring", "lesson.fold"),
        _key("d", "lesson('diff')", "draft or diff", "lesson.diff"),
        _key("escape", "lesson('stop')", "stop what runs", "lesson.stop"),
        _key("right_curly_bracket", "lesson('next')", "next lesson", "lesson.next"),
        _key("left_curly_bracket", "lesson('previous')", "previous lesson", "lesson.previous"),
        _key("tab", "lesson('turn')", "next pane", "lesson.turn"),
        _key("shift+tab", "lesson('turn_back')", "previous pane", "lesson.turn_back"),
    ),
)

RESULTS = Topic(
    "results",
    (
        _key("j,down", "results('line', 1)", "next problem", "results.next"),
        _key("k,up", "results('line', -1)", "previous problem", "results.previous"),
        _key("l,right", "results('column', 1)", "next pipeline", "results.right"),
        _key("h,left", "results('column', -1)", "previous pipeline", "results.left"),
        _key("pagedown", "results('page', 1)", "a page on", "results.page_down"),
        _key("pageup", "results('page', -1)", "a page back", "results.page_up"),
        _key("g,home", "results('edge', -1)", "first problem", "results.first"),
        _key("G,end", "results('edge', 1)", "last problem", "results.last"),
        _key("enter", "results('open')", "replay", "results.open"),
        _key("tab", "results('turn')", "other pane", "results.turn"),
        _key("t", "results('table')", "table", "results.table"),
        _key("y", "results('copy')", "copy the solution", "results.copy"),
        _key("escape", "results('back')", "back to the problems", "results.back"),
    ),
)
SORTING = Topic(
    "filters",
    (
        _key("a", "sort('')", "all problems", "results.all"),
        _key("f", "sort('fixed')", "fixed: only the baseline fails", "results.fixed"),
        _key("b", "sort('broken')", "broken: only the baseline passes", "results.broken"),
        _key("r", "sort('false alarm')", "reviewer false alarm", "results.false_alarm"),
        _key("x", "sort('failed')", "failed", "results.failed"),
        _key("o", "alone", "this pipeline only, or any", "results.alone"),
        _key("slash", "search('open')", "search", "search.open", priority=True),
        _key("n", "search('next')", "next place", "search.next"),
        _key("N", "search('previous')", "previous place", "search.previous"),
    ),
)
REPLAYED_RESULT = Topic("the run", (_key("escape,q", "leave", "results", "results.return", priority=True),))

ON_THE_BAR = (
    "claim.send", "claim.turn", "claim.leave",
    "lesson.stop", "lesson.claim", "lesson.answer", "lesson.hint", "lesson.predict",
    "lesson.diff", "lesson.next", "lesson.turn",
    "results.return", "results.open", "results.turn", "results.table", "results.alone",
    "steer.begin", "steer.pause", "tree.detail", "tree.open", "tree.leave", "steer.abandon", "steer.retry",
    "steer.pin", "steer.stub", "steer.body", "tree.compare", "tree.next_candidate", "tree.back", "tree.picture",
    "race.lanes", "race.take", "race.pause", "race.cancel_lane", "race.open", "race.diff", "race.export", "race.table",
    "race.next", "race.cancel", "race.again",
    "run.cancel", "stubs.choose", "diff.accept", "diff.accept_all", "diff.reject", "file.undo", "run.draft",
    "run.again", "diff.sides", "timeline.play", "timeline.forward", "timeline.next_stage", "timeline.faster",
    "stub.next", "stub.list", "run.tree", "run.race", "file.edit", "run.pipeline", "run.model", "spec.enrich",
    "behaviour.type", "behaviour.open", "search.open", "behaviour.draw", "candidate.next", "candidate.compare",
)  # fmt: skip
"""Ids of what the key bar shows, what matters most first: a narrow bar drops the last ones."""
ALWAYS_ON_THE_BAR = ("app.help", "app.palette", "app.quit")


def bindings(topics: tuple[Topic, ...]) -> list[BindingType]:
    """The bindings of these topics, as a screen declares them."""
    return [binding for topic in topics for binding in topic.bindings]


def _words_of_topics() -> dict[str, str]:
    topics = [topic for topic in globals().values() if isinstance(topic, Topic)]
    return {binding.id or "": binding.description for topic in reversed(topics) for binding in topic.bindings}


TOPIC_KEYS = _words_of_topics()
"""What each key does that belongs to no single list or dialogue, by its id."""
