"""How richly a stub is specified: whether a review has anything to hold a draft against.

*Review Beats Planning* (arXiv 2603.03406) finds that review helps on rich specifications and hardly on lean ones; it
does not say how lean is told from rich. The points and the gate below are our choice.
"""

from __future__ import annotations

import ast
import re

from ..facts import Fact, Stub
from ..python.parsing import UNREADABLE, module

GATE = 3
"""Below this many points a specification is lean."""
MOST = 6
WORDS = 25
"""Words a docstring needs, examples not counted, to earn its point."""

_EDGE_CASES = re.compile(
    r"\b(empty|none|zero|negative|duplicates?|ties?|missing|invalid|raises?|errors?|otherwise|unless|except|if no"
    r"|at most|at least|overflow|blank|case[- ]insensitive|unicode|edge|boundar(?:y|ies)|inclusive|exclusive)\b",
    re.IGNORECASE,
)


class Part(Fact, frozen=True):
    """One thing that makes a specification rich."""

    name: str
    points: int
    most: int
    advice: str = ""
    """What would earn the missing points, "" when none are missing."""


class Richness(Fact, frozen=True):
    """The score of a stub and what it is made of."""

    parts: tuple[Part, ...]

    @property
    def score(self) -> int:
        """0 to 6 points."""
        return sum(part.points for part in self.parts)

    @property
    def is_lean(self) -> bool:
        """Whether spec-gated review would skip the review."""
        return self.score < GATE

    @property
    def advice(self) -> str:
        """What would raise the score most, "" at the top; ties go to the first part."""
        missing = [part for part in self.parts if part.points < part.most]
        return max(missing, key=lambda part: part.most - part.points).advice if missing else ""


def richness(stub: Stub) -> Richness:
    """The score of a stub: examples (1: 2 points, 3: 3), annotations 1, 25 words 1, words for edge cases 1."""
    examples = sum(bool(e.want or e.raises or e.compare == "truth") for e in stub.examples)
    prose = " ".join(line for line in stub.docstring.splitlines() if not line.lstrip().startswith(">>>"))
    words = len(re.findall(r"[A-Za-z][\w'-]*", prose))
    points = 3 if examples >= 3 else 2 if examples else 0
    return Richness(
        parts=(
            Part(
                name="examples",
                points=points,
                most=3,
                advice=_more_examples(examples),
            ),
            _part("annotations", _is_annotated(stub), "annotate the parameters and the return type"),
            _part("docstring", words >= WORDS, f"say more: {words} words, {WORDS} tell what is meant"),
            _part(
                "edge cases", bool(_EDGE_CASES.search(prose)), "say what happens with empty, negative or invalid input"
            ),
        )
    )


def _more_examples(there: int) -> str:
    if there >= 3:
        return ""
    return f"add {3 - there} more example{'s' if there < 2 else ''}" if there else "add an example (>>>)"


def _part(name: str, there: bool, advice: str) -> Part:
    return Part(name=name, points=int(there), most=1, advice="" if there else advice)


def _is_annotated(stub: Stub) -> bool:
    """Whether every parameter but `self` and `cls`, and the return value, has an annotation."""
    try:
        (function,) = module(stub.code("pass")).body
    except UNREADABLE:
        return False
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    a = function.args
    given = [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]
    named = given[1:] if "." in stub.name and given and given[0].arg in {"self", "cls"} else given
    return function.returns is not None and all(arg.annotation is not None for arg in named)
