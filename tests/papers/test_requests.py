"""Every request of every pattern: who is asked what, with which prompt, how warm, and whether it is thought about."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace
from redraft.engine.events import CallStarted, RunFailed
from redraft.engine.facts import ROLES, Example, Role, Stub
from redraft.engine.kit import Kit, Mode, Voice
from redraft.engine.models.chat import Ask, Piece, Reply, Stream
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import ENRICH, PIPELINES, REVIEW, REVIEW_AND_FIX, Pipeline
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.sandbox.scripted import ScriptedSandbox

HEADER = 'def f(x: int) -> int:\n    """Double x. Zero stays zero.\n\n    >>> f(1)\n    2\n    """\n'
SURROUNDINGS = ("from math import isqrt", "def helper(y):", "class Box:")
STUB = Stub(
    path="a.py",
    name="f",
    line=9,
    header=HEADER,
    body="...",
    docstring="Double x. Zero stays zero.",
    imports="from math import isqrt\n",
    neighbours='def helper(y):\n    """Half of y."""\n    ...\n',
    class_header="class Box:\n",
    before="from math import isqrt\n",
    examples=(Example(source="f(1)\n", want="2\n"),),
)
WRONG, ALSO_WRONG = "return x - 1", "return x - 2"
MORE_WRONG = tuple(f"return {n} - x" for n in range(2, 9))
"""A ladder of repairs goes on only while something new comes."""
RIGHT, ALSO_RIGHT = "return 2 * x", "return x * 2"
SAID = {
    "reviewer/choose": "A",
    "pat/tests": "assert f(5) == 10\nassert g(4) == 4",
    "funcoder/calls": "f(5)\nf(7)",
    "planner/plan": "Multiply.",
    "planner/enrich": "Edge cases: zero.",
    "pat/plan": "```python\ndef g(x):\n    '''The same.'''\n    raise NotImplementedError\n\n\n"
    "def f(x: int) -> int:\n    return g(x) + g(x)\n```",
}
REPORT = '{"findings": [{"quote": "return x - 1", "claim": "line 9 subtracts", "call": "f(5)", "comes_out": "4", "should_be": "10"}], "verdict": "bugs"}'

TABLE = """
    review-with-evidence, paper:
        coder draft coder/draft T=0
        reviewer review loop/review_afresh T=0 thinks
        coder fix loop/fix T=0
        coder fix coder/draft T=0.8
    review-with-evidence, evidence:
        coder draft loop/draft T=0
        reviewer review loop/review_afresh T=0.6 thinks
        coder fix loop/fix T=0
        coder fix loop/again T=0
        coder fix loop/draft T=0.8 ×4
        coder fix loop/again T=0.8 ×3
        reviewer preference loop/correct T=0
    review-then-fix, paper:
        coder draft coder/draft T=0
        reviewer review reviewer/review T=0 thinks
        coder fix coder/fix T=0
    review-then-fix, evidence:
        coder draft loop/draft T=0
        reviewer review reviewer/review T=0.6 thinks
        coder fix coder/fix T=0
    review-then-fix-retry, paper:
        coder draft coder/draft T=0
        reviewer review reviewer/review T=0 thinks
        coder fix coder/fix T=0
        coder retry coder/retry T=0 ×3
    review-then-fix-retry, evidence:
        coder draft loop/draft T=0
        reviewer review reviewer/review T=0.6 thinks
        coder fix coder/fix T=0
        coder retry coder/retry T=0 ×3
    plan-then-code, paper:
        planner plan planner/plan T=0 thinks
        coder draft coder/draft_from_plan T=0
    plan-then-code, evidence:
        planner plan planner/plan T=0.6 thinks
        coder draft coder/draft_from_plan T=0
    debate, paper:
        coder draft coder/draft T=0
        planner draft coder/draft T=0
        reviewer review reviewer/review T=0 thinks ×2
        coder synthesis coder/synthesise T=0
    debate, evidence:
        coder draft loop/draft T=0
        planner draft loop/draft T=0
        reviewer review reviewer/review T=0.6 thinks ×2
        coder synthesis coder/synthesise T=0
    spec-gated-review, paper:
        coder draft coder/draft T=0
        reviewer review reviewer/review T=0 thinks
        coder fix coder/fix T=0
    spec-gated-review, evidence:
        coder draft loop/draft T=0
        reviewer review reviewer/review T=0.6 thinks
        coder fix coder/fix T=0
    spec-enriched-review, paper:
        coder draft coder/draft T=0
        planner enrich planner/enrich T=0 thinks
        reviewer review reviewer/review_enriched T=0 thinks
        coder fix coder/fix T=0
    spec-enriched-review, evidence:
        coder draft loop/draft T=0
        planner enrich planner/enrich T=0.6 thinks
        reviewer review reviewer/review_enriched T=0.6 thinks
        coder fix coder/fix T=0
    raw-coder, paper:
        coder draft coder/draft T=0
    raw-coder, evidence:
        coder draft loop/draft T=0
    raw-planner, paper:
        planner draft coder/draft T=0
    raw-planner, evidence:
        planner draft loop/draft T=0
    pat, paper:
        tester tests pat/tests T=0.2 ×2
        coder trial pat/trial T=0.8 ×10
        planner plan pat/plan T=0.2 thinks ×5
    pat, evidence:
        tester tests pat/tests T=0.2 ×2
        coder trial pat/trial T=0.8 ×10
        planner plan pat/plan T=0.2 thinks ×5
    standard, paper:
        coder draft pat/trial T=0.3
    standard, evidence:
        coder draft pat/trial T=0.3
    ask-by-example, paper:
        coder draft coder/draft T=0
        coder trial pat/trial T=0.8 ×5
        coder fix loop/again T=0
        coder fix coder/draft T=0.8 ×2
        coder fix loop/again T=0.8
    ask-by-example, evidence:
        coder draft loop/draft T=0
        coder trial pat/trial T=0.8 ×5
        coder fix loop/again T=0
        coder fix loop/draft T=0.8 ×2
        coder fix loop/again T=0.8
    best-of-n, paper:
        coder trial pat/trial T=0.8 ×5
    best-of-n, evidence:
        coder trial pat/trial T=0.8 ×5
    codet-paper, paper:
        tester tests pat/tests T=0.2
        coder trial pat/trial T=0.8 ×11
    codet-paper, evidence:
        tester tests pat/tests T=0.2
        coder trial pat/trial T=0.8 ×11
    codet, paper:
        tester tests pat/tests T=0.8 ×100
        coder trial pat/trial T=0.8 ×100
    codet, evidence:
        tester tests pat/tests T=0.8 ×100
        coder trial pat/trial T=0.8 ×100
    funcoder, paper:
        coder divide funcoder/divide T=0.8
        coder conquer pat/trial T=0.8 ×10
        tester tests funcoder/calls T=0.2
    funcoder, evidence:
        coder divide funcoder/divide T=0.8
        coder conquer pat/trial T=0.8 ×10
        tester tests funcoder/calls T=0.2
    review, paper:
        reviewer review loop/review_afresh T=0 thinks
    review, evidence:
        reviewer review loop/review_afresh T=0.6 thinks
    review-and-fix, paper:
        reviewer review loop/review_afresh T=0 thinks
        coder fix loop/fix T=0
        coder fix coder/draft T=0.8
    review-and-fix, evidence:
        reviewer review loop/review_afresh T=0.6 thinks
        coder fix loop/fix T=0
        coder fix loop/again T=0
        coder fix loop/draft T=0.8 ×4
        coder fix loop/again T=0.8 ×3
        reviewer preference loop/correct T=0
    enrich, paper:
        planner enrich planner/enrich T=0 thinks
    enrich, evidence:
        planner enrich planner/enrich T=0.6 thinks
"""
"""Role, purpose, prompt and temperature of each request. Thinking: *Review Beats Planning* (arXiv 2603.03406), 2.1, 3.3;
samples and temperatures: PaT (arXiv 2605.07248), section 4 and appendices C and F. In evidence mode thoughts are drawn as
their model's card says."""


SAMPLES = {
    ("ask-by-example", "paper"): [5],
    ("ask-by-example", "evidence"): [5],
    ("best-of-n", "paper"): [5],
    ("best-of-n", "evidence"): [5],
    ("codet-paper", "paper"): [10],
    ("codet-paper", "evidence"): [10],
    ("codet", "paper"): [10] * 20,
    ("codet", "evidence"): [10] * 20,
    ("funcoder", "paper"): [10],
    ("funcoder", "evidence"): [10],
    ("pat", "paper"): [5, 5],
}
"""How many answers the requests for several ask for, of a server that gives several; all other patterns have none."""


class Several(Scripted):
    """A model that gives several answers to one request."""

    def __init__(self, *args: Any, asked: list[tuple[Ask, ...]], **more: Any) -> None:
        super().__init__(*args, **more)
        self._asked = asked

    async def shares(self) -> bool:
        return True

    @asynccontextmanager
    async def stream_all(self, asks: Sequence[Ask]) -> AsyncGenerator[list[Any]]:
        self._asked.append(tuple(asks))
        async with AsyncExitStack() as streams:
            yield [_Part(await streams.enter_async_context(self.stream(ask))) for ask in asks]


class _Part:
    missing = False

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def __aiter__(self) -> AsyncIterator[Piece]:
        return aiter(self._stream)

    @property
    def reply(self) -> Reply:
        return replace(self._stream.reply, shared=True)

    def leave(self) -> None: ...


class Recorded:
    """One run of a pattern whose drafts fail and whose reviewer complains, and all that was asked."""

    def __init__(self, pipeline: Pipeline, mode: Mode, *bodies: str, several: bool = False, **voice: Any) -> None:
        self.pipeline = pipeline
        self.shared: list[tuple[Ask, ...]] = []
        """The asks of each request for several answers."""
        kind: Any = partial(Several, asked=self.shared) if several else Scripted
        self.stub = replace(STUB, body=WRONG) if pipeline in (REVIEW, REVIEW_AND_FIX) else STUB
        self.asks: list[tuple[Role, Ask]] = []
        self.purposes: list[str] = []
        more = MORE_WRONG if pipeline.repairs else ()
        self._drafts = itertools.cycle(bodies or [WRONG, ALSO_WRONG, *more])
        self.prompts = Prompts(None)
        models: dict[Role, Any] = {
            role: kind(partial(self._answer, role), name=f"the {role}", prefill=False) for role in ROLES
        }
        voices: dict[Role, Voice] = {role: Voice(model=model, **voice) for role, model in models.items()}
        gives = {WRONG: "0", ALSO_WRONG: "-1", RIGHT: "2", ALSO_RIGHT: "2", "...": "None"}
        gives |= dict.fromkeys(MORE_WRONG, "-9")
        sandbox = ScriptedSandbox({body: {"f(1)": value, "f(5)": "4"} for body, value in gives.items()})
        self.kit = Kit(voices=voices, prompts=self.prompts, sandbox=sandbox, mode=mode)

    async def run(self) -> Recorded:
        async with running(self.pipeline, self.kit, self.stub) as log:
            events = [entry.event async for entry in log]
        assert [event.problem for event in events if isinstance(event, RunFailed)] == []
        self.purposes = [event.purpose for event in events if isinstance(event, CallStarted)]
        return self

    def rows(self) -> list[str]:
        """Each kind of request, and how often it was sent if more than once."""
        told = Counter(
            f"{role} {purpose} {self.prompt_of(ask)} T={ask.sampling.temperature:g}{' thinks' if ask.thinking else ''}"
            for (role, ask), purpose in zip(self.asks, self.purposes, strict=True)
        )
        return [f"{row} ×{count}" if count > 1 else row for row, count in told.items()]

    def prompt_of(self, ask: Ask) -> str:
        """Name of the prompt whose fixed lines its last messages have: the one with most of them."""
        text = "\n".join(message.content for message in ask.messages)
        found: dict[str, int] = {}
        for name in self.prompts.names():
            lines = [line for s in self.prompts.prompt(name).sections for line in s.text.split("\n") if line.strip()]
            fixed = [re.split(r"\{\{\w+\}\}", line) for line in lines]
            if all(part in text for parts in fixed for part in parts):
                found[name] = sum(map(len, itertools.chain(*fixed))) + 1000 * (
                    name in {"loop/review", "loop/fix", "loop/again"}
                )
        return max(found, key=lambda name: found[name])

    def _answer(self, role: Role, ask: Ask) -> str:
        self.asks.append((role, ask))
        name = self.prompt_of(ask)
        if name.startswith(("reviewer/review", "loop/review")):
            return REPORT if ask.schema else "1. line 9 subtracts, should double"
        return SAID.get(name, f"```python\n{HEADER}    {next(self._drafts)}\n```")


EVERY = (*PIPELINES, REVIEW, REVIEW_AND_FIX, ENRICH)
MODES: tuple[Mode, ...] = ("paper", "evidence")


def table() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for line in filter(str.strip, TABLE.split("\n")):
        if line.endswith(":"):
            name, mode = line.strip().rstrip(":").split(", ")
            rows = found.setdefault((name, mode), [])
        else:
            rows.append(line.strip())
    return found


@pytest.mark.parametrize("several", [False, True], ids=["one each", "several"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("pipeline", EVERY, ids=lambda p: p.name)
async def test_every_request_of_a_pattern_is_the_one_in_the_table(pipeline: Pipeline, mode: Mode, several: bool):
    recorded = await Recorded(pipeline, mode, several=several).run()
    assert recorded.rows() == table()[pipeline.name, mode]
    assert list(map(len, recorded.shared)) == (SAMPLES.get((pipeline.name, mode), []) if several else [])
    for asks in recorded.shared:
        assert len({(ask.messages, ask.prefill, ask.sampling.temperature, ask.thinking) for ask in asks}) == 1
        seeds = [ask.sampling.seed or 0 for ask in asks]
        assert seeds == list(range(seeds[0], seeds[0] + len(asks))), "as vLLM draws them of the first one's seed"


@pytest.mark.parametrize("pipeline", EVERY, ids=lambda p: p.name)
def test_a_pattern_names_the_prompts_that_it_sends(pipeline: Pipeline):
    rows = [row for mode in MODES for row in table()[pipeline.name, mode]]
    sent = {word for row in rows for word in row.split() if "/" in word}
    elsewhere = {"reviewer/choose", "pat/replan", "loop/review"}
    """Sent where two drafts pass, a plan is none, or one model plays both roles: in no run of this table."""
    assert sent == set(pipeline.prompts) - elsewhere


@pytest.mark.parametrize(("mode", "temperature"), [("paper", "0"), ("evidence", "0.6")])
async def test_a_choice_between_two_drafts_that_pass_is_thought_about(mode: Mode, temperature: str):
    debate = next(p for p in PIPELINES if p.name == "debate")
    rows = (await Recorded(debate, mode, RIGHT, ALSO_RIGHT).run()).rows()
    assert rows[2:] == [f"reviewer choose reviewer/choose T={temperature} thinks"]


@pytest.mark.parametrize("pipeline", EVERY, ids=lambda p: p.name)
async def test_paper_mode_begins_no_answer_and_samples_from_the_whole_distribution(pipeline: Pipeline):
    asks = [ask for _, ask in (await Recorded(pipeline, "paper").run()).asks]
    top_p = 0.95 if pipeline.name == "codet" else 1.0  # As CodeT was published (arXiv 2207.10397).
    assert {(a.prefill, a.sampling.top_p, a.sampling.top_k, a.sampling.min_p) for a in asks} == {("", top_p, None, 0.0)}


@pytest.mark.parametrize("mode", MODES)
async def test_codet_as_published_draws_300_tokens_at_most(mode: Mode):
    codet = next(p for p in PIPELINES if p.name == "codet")
    for _, ask in (await Recorded(codet, mode).run()).asks:
        assert (ask.sampling.temperature, ask.sampling.top_p, ask.room) == (0.8, 0.95, 300)


@pytest.mark.parametrize("name", ["pat", "standard", "best-of-n", "codet-paper", "funcoder"])
async def test_both_prompts_of_pat_ask_for_steps_in_paper_mode_alone(name: str):
    pipeline = next(p for p in PIPELINES if p.name == name)
    for mode in MODES:
        recorded = await Recorded(pipeline, mode).run()
        asks = [ask for _, ask in recorded.asks if recorded.prompt_of(ask) in {"pat/trial", "pat/plan"}]
        assert asks
        users = [m.content for ask in asks for m in ask.messages if m.role == "user"]
        assert {"step by step" in text for text in users} == {mode == "paper"}


async def test_the_third_draft_of_a_debate_is_told_what_failed_of_both():
    debate = next(p for p in PIPELINES if p.name == "debate")
    recorded = await Recorded(debate, "paper").run()
    (ask,) = [ask for _, ask in recorded.asks if recorded.prompt_of(ask) == "coder/synthesise"]
    text = ask.messages[-1].content
    for wrong in (WRONG, ALSO_WRONG):
        after = text.partition(wrong)[2].partition("```python")[0]
        assert "`f(1)` should give 2; it gives" in after


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("pipeline", EVERY, ids=lambda p: p.name)
async def test_thoughts_have_a_room_of_their_own_and_evidence_mode_draws_them_as_their_card_says(
    pipeline: Pipeline, mode: Mode
):
    card = (0.95, 20) if mode == "evidence" else (1.0, None)
    plain = (0.95 if pipeline.name == "codet" else 1.0, None)
    for _, ask in (await Recorded(pipeline, mode).run()).asks:
        assert ask.thinking_tokens == (8192 if ask.thinking else 0)
        assert (ask.sampling.top_p, ask.sampling.top_k) == (card if ask.thinking else plain)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("pipeline", EVERY, ids=lambda p: p.name)
async def test_everybody_who_is_asked_about_the_stub_sees_its_imports_helpers_and_class(pipeline: Pipeline, mode: Mode):
    for _, ask in (await Recorded(pipeline, mode).run()).asks:
        text = "\n".join(message.content for message in ask.messages)
        if "def g(" not in text:  # A helper that a plan asked for is in no class.
            assert [part for part in SURROUNDINGS if part not in text] == []


@pytest.mark.parametrize(
    "prompt",
    [
        "coder/fix",
        "coder/retry",
        "coder/synthesise",
        "coder/draft_from_plan",
        "reviewer/review",
        "reviewer/review_enriched",
    ],
)
async def test_the_import_inventory_says_what_is_imported_and_what_may_be(prompt: str):
    asked = [recorded for p in PIPELINES[:7] if (recorded := await Recorded(p, "paper").run())]
    texts = [ask.messages[-1].content for r in asked for _, ask in r.asks if r.prompt_of(ask) == prompt]
    assert texts
    for text in texts:
        assert (
            "Imported already:\nfrom math import isqrt" in text and "every module of Python's standard library" in text
        )


@pytest.mark.parametrize(("thinking", "thinks"), [("on", True), ("off", False)])
async def test_a_role_may_be_set_to_think_at_every_question_or_at_none(thinking: str, thinks: bool):
    for pipeline in PIPELINES:
        if pipeline.name not in {"raw-planner", "debate", "codet"}:
            asks = (await Recorded(pipeline, "evidence", thinking=thinking).run()).asks
            # Of a preference one token is read, and that is no thought.
            assert {ask.thinking for _, ask in asks if not ask.top_logprobs} == {thinks}, pipeline.name


@pytest.mark.parametrize("name", ["raw-planner", "debate"])
async def test_a_planner_that_drafts_does_not_think_whatever_is_set(name: str):
    pipeline = next(p for p in PIPELINES if p.name == name)
    asks = (await Recorded(pipeline, "paper", thinking="on").run()).asks
    planner = [ask.thinking for role, ask in asks if role == "planner"]
    assert planner == [False]


async def test_a_model_whose_name_says_that_it_does_not_think_keeps_its_tight_bound_and_is_greedy():
    pipeline = PIPELINES[0]
    recorded = Recorded(pipeline, "evidence")
    small = Scripted(lambda ask: recorded._answer("reviewer", ask), name="Qwen/Qwen2.5-Coder-7B-Instruct")
    recorded.kit = replace(recorded.kit, voices={**recorded.kit.voices, "reviewer": Voice(model=small)})
    await recorded.run()
    (ask,) = [ask for role, ask in recorded.asks if role == "reviewer" and ask.schema]
    assert (ask.thinking, ask.room, ask.sampling.temperature) == (False, 240, 0.0)
