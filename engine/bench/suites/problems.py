"""What a benchmark consists of, whatever file it came from."""

from __future__ import annotations

from typing import Literal

from ...facts import Fact, Stub

Rule = Literal["equal", "set", "not none", "root", "surface", "digits", "tokens"]
"""How an output is held against what is expected (EvalPlus, `evaluate.py` and `_special_oracle.py`):

equal: by value, floats within a tolerance; set: as sets; not none: the expected truth says whether there is an output
at all; root: the output is a root of the polynomial that is the input; surface and digits: also what another reading of
the task gives; tokens: one of several texts, token by token (xCodeEval).
"""


class Inputs(Fact, frozen=True):
    """Tests as EvalPlus has them: lists of arguments, and what each should give."""

    calls: tuple[str, ...]
    """Each a Python literal: the list of arguments."""
    expected: tuple[str, ...] = ()
    """Literals, one a call; empty when only `reference` knows."""
    base: int = 0
    """How many, from the first, are the benchmark's own tests; the others are what EvalPlus added."""
    atol: float = 0.0
    rule: Rule = "equal"
    reference: str = ""
    """A program whose `ref_func` gives what is expected, where that is too large for the file; else ""."""


class Asserts(Fact, frozen=True):
    """Tests that are statements."""

    tests: tuple[str, ...]
    setup: str = ""
    """Definitions that the tests need."""
    beside: bool = False
    """Whether they must run in the function's own process, because no plain values cross: then a verdict is weaker."""


class Problem(Fact, frozen=True):
    """One task of a suite."""

    id: str
    """As published, such as "HumanEval/32"."""
    stub: Stub
    canonical: str
    """A whole program that solves it."""
    test: str = ""
    """The published test, not read yet: `published.inputs_of` reads it."""
    base: int = 0
    """How many of its inputs are base inputs."""
    asserts: Asserts | None = None
    """Tests that are statements, in place of `test`."""
    patched: bool = False
    """Whether a known mistake of the published prompt was mended."""
    heavy: bool = False
    """Whether `--quick` leaves it out."""
    kept: tuple[str, ...] = ()
    """The only calls to judge by, as spelled, for `--quick`; empty: all."""
    inputs: Inputs | None = None
    """Tests that were read already, in place of `test`."""
    level: str = ""
    """Difficulty, where the benchmark says one."""
    limit: float = 0.0
    """Seconds of one input where the benchmark says so; 0: as the canonical solution needs."""


class Suite(Fact, frozen=True):
    """A benchmark, as it will be run."""

    name: str
    problems: tuple[Problem, ...]
    versions: tuple[str, ...]
    """What the problems were read from."""
    notes: tuple[str, ...] = ()
    """What a reader of the table must know: prompts mended, problems left out."""
    has_plus: bool = True
    """Whether there are tests beyond the benchmark's own."""


class Specimen(Fact, frozen=True):
    """A body for a reviewer to judge: the same problem comes with a right and a buggy one."""

    problem: Problem
    body: str
    """Dedented."""
    buggy: bool
    kind: str = ""
    """Of the bug, as the benchmark names it."""

    @property
    def id(self) -> str:
        """The problem's, and which of its bodies."""
        return f"{self.problem.id}:{'buggy' if self.buggy else 'right'}"
