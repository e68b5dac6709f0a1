"""A small file of results with logs of real runs, made up but for those."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
from redraft.app.application import RedraftApp
from redraft.app.common.tasks import RECORDINGS
from redraft.app.results.reading import Reading
from redraft.app.results.screen import ResultsScreen
from redraft.engine.bench.lines import Header, Line
from redraft.engine.state.cost import Spending
from scenes import session, until
from textual.pilot import Pilot

HEADER = Header(
    suite="humaneval+",
    versions=("HumanEval+ v0.1.10",),
    began_at="2026-01-02T03:04:05+00:00",
    redraft="0.1.0",
    machine="Linux x86_64, 2 processors, Python 3.11.7",
    problems=12,
    contenders=4,
)
NAMES = (
    "has_close_elements", "separate_paren_groups", "truncate_number", "below_zero", "mean_absolute_deviation",
    "intersperse", "parse_nested_parens", "filter_by_substring", "sum_product", "rolling_max", "is_palindrome",
    "string_xor",
)  # fmt: skip
OUTCOMES = {
    "raw-coder": "pp.ppbppp.pb",
    "plan-then-code": "pp.pp.pppp",
    "review-with-evidence": "ppppp.pbpp.",
    "pat": "ppp.ppe",
}
"""Problem by problem: p passes, b passes the base tests only, . fails, e could not be run."""
LOGS = {"pat": "*/*-pat.jsonl", "review-with-evidence": "swap_pairs/*-review-with-evidence.jsonl"}
"""Logs of real runs, among those that ship."""
MODEL = "qwen2.5-coder-1.5b-instruct-q4_k_m (embedded)"


def result(number: int, pipeline: str, outcome: str, **more: object) -> Line:
    """One line of the file."""
    run = f"20260102T030405.{number:03d}-{NAMES[number].replace('_', '-')}-{pipeline}"
    line = Line(
        problem=f"HumanEval/{number}",
        pipeline=pipeline,
        model=MODEL,
        mode="evidence",
        status="error" if outcome == "e" else "done",
        error="the server is gone" if outcome == "e" else "",
        base=outcome in "pb",
        plus=outcome == "p",
        judged="passed" if outcome == "p" else "wrong",
        why="" if outcome == "p" else "input 7: gives [1, 2], not [2, 1]",
        tests=1006 if outcome == "p" else 8,
        visible="verified" if outcome == "p" else "fails",
        body="total = 0\nfor number in numbers:\n    total += number\nreturn total",
        settled="the only draft",
        roles={"coder": Spending(calls=1, prompt_tokens=172, completion_tokens=43, known=0.0)},
        seconds=12.5,
        judging=0.3,
        canonical_base=True,
        canonical_plus=True,
        run=run,
        at="2026-01-02T03:05:05+00:00",
    )
    return msgspec.structs.replace(line, **more)


def reviewed(number: int, outcome: str) -> Line:
    """One line of a pipeline with a reviewer, who reports everything."""
    roles = {
        "coder": Spending(calls=2, prompt_tokens=312, completion_tokens=96, known=0.0),
        "reviewer": Spending(calls=1, prompt_tokens=204, completion_tokens=118, known=0.0),
    }
    fixed = outcome == "." or number == 2
    return result(
        number,
        "review-with-evidence",
        outcome,
        roles=roles,
        review="bugs",
        findings={"reproduced": 1} if fixed else {"refuted": 2},
        fixed=fixed,
        settled="the fix" if fixed else "every example holds; no finding was reproduced",
        reviewed_base=number != 2,
        reviewed_plus=number != 2,
    )


def lines() -> list[Line]:
    """The whole file."""
    return [
        reviewed(number, outcome) if pipeline == "review-with-evidence" else result(number, pipeline, outcome)
        for pipeline, outcomes in OUTCOMES.items()
        for number, outcome in enumerate(outcomes)
    ]


def written(path: Path, *what: Header | Line) -> None:
    """Add lines to a file."""
    with path.open("ab") as file:
        file.writelines(msgspec.json.encode(one) + b"\n" for one in what)


def results_file(home: Path) -> tuple[Path, Path]:
    """The file, and the folder of the logs of two of its columns."""
    path, logs = home / "results.jsonl", home / "logs"
    written(path, HEADER, *lines())
    logs.mkdir()
    for pipeline, pattern in LOGS.items():
        source = next(RECORDINGS.glob(pattern))
        for line in lines():
            if line.pipeline == pipeline and line.status == "done":
                shutil.copyfile(source, logs / f"{line.run}.jsonl")
    return path, logs


def browsing(home: Path, *, every: float = 3600.0, **flags: object) -> RedraftApp:
    """The screen on this file; it looks at it again only if `every` (seconds) says so."""
    path, logs = results_file(home)
    here = session(home, **flags)
    app = RedraftApp(here, ResultsScreen(here, Reading(path, None, logs), every=every))
    app.animation_level = "none"
    return app


def screen_of(pilot: Pilot[int]) -> ResultsScreen:
    """The results, whatever lies over them."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, ResultsScreen))


async def read(pilot: Pilot[int]) -> ResultsScreen:
    """The screen, once the file is read."""
    screen = screen_of(pilot)
    await until(pilot, lambda: screen.view.results is not None and not screen.workers._workers)
    return screen
