"""Mistakes made on purpose, and how many of them examples catch. Bodies run in the real sandbox."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator

import pytest
from redraft.engine.behaviour.answers import example_of, with_example
from redraft.engine.behaviour.mutants import MOST, mutants
from redraft.engine.behaviour.observing import observe
from redraft.engine.behaviour.questions import question
from redraft.engine.behaviour.strength import strength
from redraft.engine.behaviour.versions import compare_versions
from redraft.engine.facts import Draft, Stub
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Limits, Sandbox
from redraft.engine.sources import find_stubs
from redraft.engine.sources.reading import decoded

TEXT = 'def median(xs: list[int]) -> float:\n    """The middle one.\n\n    >>> median([1, 3, 2])\n    2\n    """\n    ...\n'
BODY = "xs = sorted(xs)\nn = len(xs)\nif not n:\n    return 0\nreturn xs[n // 2]\n"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    opened = await open_sandbox(SandboxChoice())
    yield opened
    await opened.aclose()


def stub_of(text: str = TEXT) -> Stub:
    return find_stubs(decoded("a.py", text.encode())).stubs[0]


def drafts(*bodies: str) -> list[Draft]:
    return [Draft(id=f"d{n}", body=body) for n, body in enumerate(bodies, start=1)]


def test_every_mutant_is_another_program_of_one_edit():
    found = mutants(stub_of(), BODY)
    assert 5 <= len(found) <= MOST and len({mutant.body for mutant in found}) == len(found)
    for mutant in found:
        assert ast.dump(ast.parse(stub_of().code(mutant.body))) != ast.dump(ast.parse(stub_of().code(BODY)))
    assert {"operator", "constant", "negation", "missing branch", "wrong variable"} <= {m.kind for m in found}


def test_a_body_that_does_not_parse_or_has_no_room_for_a_mistake_has_none():
    assert mutants(stub_of(), "def") == () and mutants(stub_of(), "return None") == ()


async def test_weak_examples_are_told_and_the_one_that_is_offered_makes_them_stronger(sandbox: Sandbox):
    stub = stub_of()
    before = await strength(sandbox, Limits(), stub, BODY)
    assert before.offer is not None and before.would_catch > 0 and before.caught < len(before.mistakes)
    assert before.told.startswith(f"the examples catch {before.caught} of {len(before.mistakes)} mistakes; median([")
    after = await strength(sandbox, Limits(), with_example(stub, example_of(before.offer)), BODY)
    assert after.caught >= before.caught + before.would_catch


async def test_of_a_body_that_fails_its_examples_no_strength_is_told(sandbox: Sandbox):
    found = await strength(sandbox, Limits(), stub_of(), "return 7")
    assert "does not hold its examples" in found.told and found.offer is None


async def test_drafts_that_do_the_same_are_one_behaviour(sandbox: Sandbox):
    found = await observe(
        sandbox,
        Limits(),
        stub_of(),
        drafts(
            "return sorted(xs)[len(xs) // 2]",
            "ys = list(xs)\nys.sort()\nreturn ys[len(ys) // 2]",
            BODY,
            "xs.sort()\nreturn xs[len(xs) // 2]",
        ),
    )
    assert [group.drafts for group in found.groups] == [("d1", "d2"), ("d3",), ("d4",)]
    told = dict(zip(found.inputs, found.results, strict=True))
    assert [result.brief for result in told["median([])"]] == ["IndexError", "0"]
    assert [result.brief for result in told["median([2, 1])"]] == ["2", "2; xs is [1, 2] then"]
    ask = question(found)
    assert ask is not None and ask.of == 4


async def test_a_draft_that_hangs_is_a_behaviour_and_costs_no_more_than_its_bound(sandbox: Sandbox):
    found = await observe(sandbox, Limits(), stub_of(), drafts(BODY, "while True:\n    pass"))
    assert [group.drafts for group in found.groups] == [("d1",), ("d2",)]
    assert {found.result(found.groups[1], n).kind for n in range(len(found.inputs))} == {"timeout"}


async def test_what_is_random_is_said_to_be_and_what_cannot_run_is_left_out(sandbox: Sandbox):
    found = await observe(
        sandbox,
        Limits(),
        stub_of(),
        drafts(BODY, "import random\nreturn random.random()", "import nowhere_at_all\nreturn 1"),
    )
    assert found.result(next(g for g in found.groups if g.drafts == ("d2",)), 0).kind == "unsteady"
    broken = Draft(id="d9", body="return 1", problem="the reply has no code")
    assert (await observe(sandbox, Limits(), stub_of(), [broken])).groups == ()


async def test_a_draft_that_writes_a_file_or_reads_what_others_did_sees_only_its_own(sandbox: Sandbox):
    body = "import os\nopen('seen', 'a').write('x')\nreturn os.path.getsize('seen')"
    found = await observe(sandbox, Limits(), stub_of(), drafts(body, body + "\n"))
    assert len(found.groups) == 1


async def test_two_versions_are_compared_each_in_its_own_file(sandbox: Sandbox):
    def written(body: str, above: str = "") -> Stub:
        text = above + TEXT.replace("    ...", "    " + body)
        from redraft.engine.sources import find_functions

        return find_functions(decoded("a.py", text.encode()), "median")[0]

    old, new = (
        written("return sorted(xs)[len(xs) // 2]"),
        written("return middle(xs) if xs else 0", "def middle(xs):\n    return sorted(xs)[len(xs) // 2]\n\n"),
    )
    found = await compare_versions(sandbox, Limits(), old, new)
    assert [(change.call, change.before.brief, change.now.brief) for change in found.changes] == [
        ("median([])", "IndexError", "0")
    ]
    same = await compare_versions(sandbox, Limits(), old, old)
    assert same.changes == () and same.inputs > 10
