"""Every pattern by name: what the command line, the pickers and the benchmark offer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from ..behaviour.questions import AT_MOST
from ..desk import Desk
from ..desk.inventing import PARSE_RETRIES
from ..errors import UsageError
from ..facts import Role, Solution, Stub
from ..kit import Mode
from . import consulting, debating, funcoder, pat, planning, reviewing, sampling, specifying
from .repairing import COMPARED, PAPER_ATTEMPTS


class Pipeline(msgspec.Struct, frozen=True, kw_only=True):
    """One pattern."""

    name: str
    title: str
    """One line for people."""
    run: Callable[[Desk, Stub], Awaitable[Solution]]
    roles: tuple[Role, ...]
    bound: int | None
    """Most model calls, None when there is no bound; of one that `repairs`, without the calls of its repair."""
    prompts: tuple[str, ...] = ()
    """Every prompt that it may send, in either mode, in the order in which they are sent."""
    source: str
    repairs: bool = False
    """Whether a draft that fails is followed by attempts, as many as `repair.attempts` says in evidence mode."""

    def most_calls(self, mode: Mode, attempts: int) -> int | None:
        """Most model calls in a mode, with so many attempts at a repair; None when there is no bound."""
        if self.bound is None or not self.repairs:
            return self.bound
        return self.bound + (PAPER_ATTEMPTS if mode == "paper" else attempts + COMPARED)


_A = "arXiv 2603.03406"
_B = "arXiv 2605.07248"

PIPELINES: tuple[Pipeline, ...] = (
    Pipeline(
        name="review-with-evidence",
        title="run the examples, review with what failed, prove each finding, repair",
        run=reviewing.review_with_evidence,
        roles=("coder", "reviewer"),
        bound=2,
        prompts=(
            "coder/draft",
            "loop/draft",
            "loop/review",
            "loop/review_afresh",
            "loop/fix",
            "loop/again",
            "loop/correct",
        ),
        source="redraft",
        repairs=True,
    ),
    Pipeline(
        name="review-then-fix",
        title="draft, review blind, repair once",
        run=reviewing.review_then_fix,
        roles=("coder", "reviewer"),
        bound=3,
        prompts=("coder/draft", "loop/draft", "reviewer/review", "coder/fix"),
        source=f"{_A}, 3.2",
    ),
    Pipeline(
        name="review-then-fix-retry",
        title="review-then-fix, then up to three repairs from failing examples",
        run=reviewing.review_then_fix_with_retry,
        roles=("coder", "reviewer"),
        bound=6,
        prompts=("coder/draft", "loop/draft", "reviewer/review", "coder/fix", "coder/retry"),
        source=f"{_A}, 3.2",
    ),
    Pipeline(
        name="plan-then-code",
        title="the planner plans, the coder follows",
        run=planning.plan_then_code,
        roles=("planner", "coder"),
        bound=2,
        prompts=("planner/plan", "coder/draft_from_plan"),
        source=f"{_A}, 3.1",
    ),
    Pipeline(
        name="debate",
        title="coder and planner draft, examples judge, a reviewer decides or a third is written",
        run=debating.debate,
        roles=("coder", "planner", "reviewer"),
        bound=5,
        prompts=("coder/draft", "loop/draft", "reviewer/review", "reviewer/choose", "coder/synthesise"),
        source=f"{_A}, 3.3",
    ),
    Pipeline(
        name="spec-gated-review",
        title="review-then-fix, on rich specifications only (the paper finds that this loses)",
        run=specifying.spec_gated_review,
        roles=("coder", "reviewer"),
        bound=3,
        prompts=("coder/draft", "loop/draft", "reviewer/review", "coder/fix"),
        source=f"{_A}, 4.2",
    ),
    Pipeline(
        name="spec-enriched-review",
        title="the planner enriches the specification, then review and fix",
        run=specifying.spec_enriched_review,
        roles=("coder", "planner", "reviewer"),
        bound=4,
        prompts=("coder/draft", "loop/draft", "planner/enrich", "reviewer/review_enriched", "coder/fix"),
        source=f"{_A}, 4.2",
    ),
    Pipeline(
        name="raw-coder",
        title="the coder alone, one call",
        run=planning.raw_coder,
        roles=("coder",),
        bound=1,
        prompts=("coder/draft", "loop/draft"),
        source=f"{_A}, 3.1",
    ),
    Pipeline(
        name="raw-planner",
        title="the planner's model alone, one call",
        run=planning.raw_planner,
        roles=("planner",),
        bound=1,
        prompts=("coder/draft", "loop/draft"),
        source=f"{_A}, 3.1",
    ),
    Pipeline(
        name="pat",
        title="try first, plan only on failure, grow a tree of helpers",
        run=pat.pat,
        roles=("coder", "planner", "tester"),
        bound=None,
        prompts=("pat/tests", "pat/trial", "pat/plan", "pat/replan"),
        source=f"{_B}, Algorithm 1",
    ),
    Pipeline(
        name="standard",
        title="one few-shot call at T=0.3, no tests",
        run=sampling.standard,
        roles=("coder",),
        bound=1,
        prompts=("pat/trial",),
        source=f"{_B}, 4.1",
    ),
    Pipeline(
        name="best-of-n",
        title="five samples, most passing examples wins",
        run=sampling.best_of_n,
        roles=("coder",),
        bound=sampling.BEST_OF,
        prompts=("pat/trial",),
        source=f"{_B}, 4.1",
    ),
    Pipeline(
        name="codet-paper",
        title="eleven samples scored by generated checks (CodeT as the paper ran it)",
        run=sampling.codet_of_the_paper,
        roles=("coder", "tester"),
        bound=sampling.CODET_SAMPLES + 1 + PARSE_RETRIES,
        prompts=("pat/tests", "pat/trial"),
        source=f"{_B}, 4.1",
    ),
    Pipeline(
        name="codet",
        title="a hundred samples, dual execution agreement (CodeT as published)",
        run=sampling.codet,
        roles=("coder", "tester"),
        bound=2 * sampling.PUBLISHED_SAMPLES,
        prompts=("pat/tests", "pat/trial"),
        source="arXiv 2207.10397",
    ),
    Pipeline(
        name="ask-by-example",
        title="six bodies; you are asked what should come out where they part ways",
        run=consulting.ask_by_example,
        roles=("coder",),
        bound=1 + consulting.SAMPLES + consulting.REPAIRS * (1 + AT_MOST),
        prompts=("coder/draft", "loop/draft", "pat/trial", "loop/again"),
        source="redraft, after arXiv 2208.05950",
    ),
    Pipeline(
        name="funcoder",
        title="divide always, conquer each part, candidates vote",
        run=funcoder.funcoder,
        roles=("coder", "tester"),
        bound=None,
        prompts=("funcoder/divide", "pat/trial", "funcoder/calls"),
        source=f"{_B}, 4.1 and App. F",
    ),
)

REVIEW = Pipeline(
    name="review",
    title="review what is there, prove each finding",
    run=reviewing.review_only,
    roles=("reviewer",),
    bound=1,
    prompts=(
        "loop/review",
        "loop/review_afresh",
    ),
    source="redraft",
)
REVIEW_AND_FIX = Pipeline(
    name="review-and-fix",
    title="review what is there, prove each finding, fix",
    run=reviewing.review_and_fix,
    roles=("coder", "reviewer"),
    bound=1,
    prompts=(
        "loop/review",
        "loop/review_afresh",
        "loop/fix",
        "coder/draft",
        "loop/draft",
        "loop/again",
        "loop/correct",
    ),
    source="redraft",
    repairs=True,
)
ENRICH = Pipeline(
    name="enrich",
    title="the planner adds to the specification; nothing is drafted",
    run=specifying.enrich_only,
    roles=("planner",),
    bound=1,
    prompts=("planner/enrich",),
    source=f"{_A}, 4.2",
)
"""Three that no picker offers: two start from a body that is there (`redraft review`), the third drafts none."""

CATALOGUE: dict[str, Pipeline] = {pipeline.name: pipeline for pipeline in PIPELINES}


def pipeline(name: str) -> Pipeline:
    """The pattern of that name.

    Raises:
        UsageError: there is none.
    """
    try:
        return CATALOGUE[name]
    except KeyError:
        raise UsageError(f"there is no pipeline {name!r}; there are: {', '.join(CATALOGUE)}") from None
