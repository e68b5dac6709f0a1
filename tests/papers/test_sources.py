"""Where prompts and rules say that they are from: the front matter against a table, and every section against the papers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from redraft.engine.prompts import Prompts

ROOT = Path(__file__).parents[2]
A, B = "2603.03406", "2605.07248"
SECTIONS = {
    A: {"1", "2", "2.1", "2.2", "2.3", "3", "3.1", "3.2", "3.3", "4", "4.1", "4.2", "4.3", "4.4", "5", "6"},
    B: {"1", "2", "3", "3.1", "3.2", "3.3", "4", "4.1", "C", "F", "G"},
}
"""Those of *Review Beats Planning* and of *PaT* that we know; a citation of another one is a mistake."""
TABLE = {
    "coder/draft": (A, "3.1", 0),
    "coder/draft_from_plan": (A, "3.1", 0),
    "coder/fix": (A, "3.2", 0),
    "coder/retry": (A, "3.2", 0),
    "coder/synthesise": (A, "3.3", 0),
    "planner/plan": (A, "3.1", 0),
    "planner/enrich": (A, "4.2", 0),
    "reviewer/review": (A, "3.2", 0),
    "reviewer/review_enriched": (A, "4.2", 0),
    "reviewer/choose": (A, "3.3", 0),
    "pat/trial": (B, "App. G", 1),
    "pat/plan": (B, "App. G", 2),
    "pat/tests": (B, "3.2 and App. C", 1),
    "funcoder/divide": (B, "App. F", 2),
    "funcoder/calls": (B, "App. F", 1),
    "pat/replan": ("redraft", "", 0),
    "loop/again": ("redraft", "", 0),
    "loop/correct": ("redraft", "", 0),
    "loop/draft": ("redraft", "", 0),
    "loop/fix": ("redraft", "", 0),
    "loop/review": ("redraft", "", 0),
    "loop/review_afresh": ("redraft", "", 0),
}
"""Paper, section and number of worked examples of every prompt that is sent."""


def test_the_table_has_every_prompt() -> None:
    assert sorted(TABLE) == sorted(Prompts().names())


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_prompt_says_where_it_is_from_and_shows_so_many_worked_examples(name: str) -> None:
    prompt, (paper, section, examples) = Prompts().prompt(name), TABLE[name]
    assert prompt.source.startswith("redraft" if paper == "redraft" else f"arXiv {paper}, ")
    assert re.search(rf"(section )?{re.escape(section)}\b", prompt.source)
    assert sum(section.role == "assistant" for section in prompt.sections) == examples
    if paper != "redraft":
        assert "ours" in prompt.source, "the wording is not the paper's, and says so"


def citations() -> list[tuple[str, str, str]]:
    """Paper, section and place of every citation in our sources, prompts and pages."""
    found: list[tuple[str, str, str]] = []
    files = [p for room in ("app", "engine", "widgets", "docs", "tests") for p in (ROOT / room).rglob("*")]
    for file in [*files, ROOT / "README.md"]:
        if file.suffix not in {".py", ".md"} or "__snapshots__" in file.parts:
            continue
        text = " ".join(file.read_text(encoding="utf-8").split())
        for paper, rest in re.findall(r"arXiv (2603\.03406|2605\.07248)\)?,? ([^:;()]{0,60})", text):
            said = re.match(
                r"(?:sections? )?((?:\d(?:\.\d)?|App\. [A-Z]|appendi(?:x|ces) [A-Z])"
                r"(?:(?:, | and | to )(?:\d\.\d|\d(?![\d.%])|App\. [A-Z]|appendi(?:x|ces) [A-Z]|[A-Z](?![a-z])))*)",
                rest,
            )
            sections = re.findall(r"\d\.\d|\b\d\b|\b[A-Z]\b", said[1] if said else "")
            found.extend((paper, section, str(file.relative_to(ROOT))) for section in sections)
    return found


def test_every_section_that_is_cited_exists() -> None:
    assert len(citations()) > 40
    assert [cited for cited in citations() if cited[1] not in SECTIONS[cited[0]]] == []
