"""Logs of trees for tests: a large one, and random ones in which every text is hostile."""

from __future__ import annotations

from hypothesis import strategies as st
from redraft.engine import events as ev
from redraft.engine.facts import Check, Draft, Example, Report, Solution, Stub, Usage

TEXTS = (
    "[/]", "[bold]", "m[i][j]", "\x1b[2J", "\0", "\r\n", "\t", "\u202e", "\ud800", "漢字", "😀", "</svg><script>", "]]>", "&amp;",
    "def f(x):\n    return 1\n", "'''", "a" * 120, "", "\u2028", "name",
)  # fmt: skip
PATHS = ("", "1", "2", "1.1", "1.2", "2.1", "1.1.1", "9.9")


def large(nodes: int) -> list[ev.Entry]:
    """A tree of `nodes` functions, three below each, all candidates judged, the last ones still open."""
    example = Example(source="f(1)", want="2", origin="generated")
    events: list[ev.AnyEvent] = [
        ev.RunStarted(run="r", pipeline="pat", stub=_stub("root"), models={"coder": "m"}),
        ev.NodeOpened(node="", stub=_stub("root"), depth=0, trials=5),
    ]
    paths = [""]
    for number in range(1, nodes):
        above = paths[(number - 1) // 3]
        path = f"{above}.{(number - 1) % 3 + 1}".lstrip(".")
        paths.append(path)
        draft = Draft(id=f"d{number}", body=f"return {number}")
        call = f"c{number}"
        events += [
            ev.NodeOpened(node=path, stub=_stub(f"helper_{number}"), depth=path.count(".") + 1, parent=above, trials=5),
            ev.CallStarted(call=call, role="coder", purpose="trial", model="m", node=path),
            ev.TextStreamed(call=call, text="return 1"),
            ev.CallEnded(call=call, finish="stop", usage=Usage(prompt_tokens=300, completion_tokens=40), seconds=1.0),
            ev.Drafted(draft=draft, node=path),
            ev.Checked(report=Report(draft=draft.id, checks=(Check(example=example, verdict="passed"),)), node=path),
        ]
        if number < nodes - 20:
            events.append(ev.NodeClosed(outcome="solved", why="all checks pass", node=path, draft=draft.id))
    return [ev.Entry(at=round(n * 0.1, 1), event=event) for n, event in enumerate(events)]


def _stub(name: str) -> Stub:
    return Stub(path="a.py", name=name, line=1, header=f'def {name}(x):\n    """Some {name}."""\n')


@st.composite
def logs(draw: st.DrawFn) -> list[ev.Entry]:
    """A prefix of a run whose events about nodes come in any order, whatever their texts and paths are."""
    stub = draw(stubs())
    kinds = draw(st.lists(st.sampled_from(range(12)), max_size=30))
    events: list[ev.AnyEvent] = [
        ev.RunStarted(run="r", pipeline="pat", stub=stub),
        ev.NodeOpened(node="", stub=stub, depth=0, trials=5),
        *(draw(_event(kind)) for kind in kinds),
    ]
    return [ev.Entry(at=float(n), event=event) for n, event in enumerate(events)]


text = st.sampled_from(TEXTS) | st.text(max_size=10)
path = st.sampled_from(PATHS)
draft_id = st.sampled_from(["d1", "d2", "d3", "[/]"])
call_id = st.sampled_from(["c1", "c2"])


@st.composite
def stubs(draw: st.DrawFn) -> Stub:
    """A function with hostile names."""
    return Stub(path=draw(text), name=draw(text), line=1, header=draw(text) + "\n", body=draw(text))


def _examples() -> st.SearchStrategy[Example]:
    origins = st.sampled_from(["visible", "generated"])
    return st.builds(Example, source=text, want=text, raises=st.none() | text, origin=origins)


def _event(kind: int) -> st.SearchStrategy[ev.AnyEvent]:
    verdicts = st.sampled_from(["passed", "failed", "raised", "timeout", "crashed", "not run"])
    checks = st.lists(st.builds(Check, example=_examples(), verdict=verdicts, got=text), max_size=3).map(tuple)
    examples = st.lists(_examples(), max_size=3).map(tuple)
    drafts = st.builds(Draft, id=draft_id, body=text, purpose=text, problem=st.none() | text)
    names = st.lists(text, max_size=3).map(tuple)
    purposes = st.sampled_from(["trial", "plan", "tests", "odd"])
    kinds: list[st.SearchStrategy[ev.AnyEvent]] = [
        st.builds(
            ev.NodeOpened,
            node=path, stub=stubs(), depth=st.integers(0, 3), parent=st.none() | path, trials=st.integers(0, 5),
        ),
        st.builds(ev.CallStarted, call=call_id, role=st.just("coder"), purpose=purposes, model=text, node=path),
        st.builds(ev.TextStreamed, call=call_id, text=text, thinking=st.booleans()),
        st.builds(
            ev.CallEnded,
            call=call_id, finish=st.just("stop"), usage=st.just(Usage(prompt_tokens=5)), seconds=st.just(1.0),
            cost=st.none() | st.just(0.001),
        ),
        st.builds(ev.CallFailed, call=call_id, problem=text),
        st.builds(ev.Drafted, draft=drafts, node=path),
        st.builds(ev.Checked, report=st.builds(Report, draft=draft_id, checks=checks, problem=text), node=path),
        st.builds(ev.ChecksInvented, checks=examples, contradicted=examples, node=path),
        st.builds(
            ev.Decomposed, draft=draft_id, helpers=names, reused=names, node=path, turn=st.integers(1, 3)
        ),
        st.builds(
            ev.Scored, scores=st.dictionaries(draft_id, st.floats(0, 9), max_size=3), chosen=draft_id, by=text, node=path
        ),
        st.builds(
            ev.NodeClosed,
            node=path, outcome=st.sampled_from(["solved", "unverified", "abandoned"]), why=text,
            draft=st.none() | draft_id,
        ),
        st.one_of(
            st.builds(
                ev.Steered, what=st.sampled_from(["abandon", "retry", "pin", "stub", "body"]), node=path, text=text
            ),
            st.builds(ev.RunFailed, problem=text),
            st.just(ev.RunCancelled()),
            st.builds(ev.Settled, solution=st.builds(Solution, draft=drafts, why=text)),
        ),
    ]  # fmt: skip
    return kinds[kind]
