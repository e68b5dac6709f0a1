"""What a benchmark writes down: a header, then one line a problem, pipeline, model and seed."""

from __future__ import annotations

from typing import Literal

from ..facts import Fact, Role
from ..state.cost import Spending, total
from .verdicts import Status

Key = tuple[str, str, str, int, str]
"""Problem, pipeline, model, seed and mode: what makes two lines the same piece of work."""


def model_in(label: str, role: Role) -> str:
    """The model of a role in the label of a column: as it is named there, else the first, which the others share.

    >>> model_in("small + planner=large", "coder"), model_in("large + coder=small", "coder")
    ('small', 'small')
    >>> model_in("small + planner=large", "planner"), model_in("large + coder=small", "planner")
    ('large', 'large')
    """
    first, *others = label.split(" + ")
    named = (other.removeprefix(f"{role}=") for other in others if other.startswith(f"{role}="))
    return next(named, first)


class Column(Fact, frozen=True):
    """What is compared: one pipeline with one set of models and one seed."""

    pipeline: str
    model: str
    seed: int = 0
    mode: str = ""

    @property
    def name(self) -> str:
        """As a table calls it where nothing else tells columns apart."""
        return f"{self.pipeline} · {self.model} · seed {self.seed} · {self.mode}"


class Header(Fact, frozen=True, tag="header", tag_field="line"):
    """The first line of a file: what all its results have in common."""

    suite: str
    versions: tuple[str, ...]
    options: tuple[str, ...] = ()
    """What changes verdicts: "quick", "unpatched"."""
    began_at: str = ""
    """Wall-clock time, ISO 8601, UTC."""
    redraft: str = ""
    """Version that wrote it."""
    machine: str = ""
    problems: int = 0
    contenders: int = 0
    """How many problems and columns were asked for when the file was begun; 0 when nobody said."""


class Line(Fact, frozen=True, tag="result", tag_field="line"):
    """What came of one problem. A later line about the same work takes an earlier one's place."""

    problem: str
    pipeline: str
    model: str
    """Of all roles, or where they differ the first role's and who has another: `model_in` reads it."""
    seed: int = 0
    mode: str = ""
    status: Literal["done", "error", "fault"] = "done"
    """error: our world failed (server gone, no sandbox); fault: redraft itself did. Both are tried again when
    the run is resumed."""
    error: str = ""
    base: bool = False
    plus: bool = False
    judged: Status = "no code"
    why: str = ""
    """Of the first test that fails."""
    tests: int = 0
    weak: bool = False
    visible: Literal["verified", "fails", "unverified"] = "unverified"
    """What the visible examples said."""
    body: str = ""
    settled: str = ""
    """Why the pipeline chose this body."""
    roles: dict[Role, Spending] = {}
    seconds: float = 0.0
    """Of the run, without waiting for a model that answered others."""
    judging: float = 0.0
    helpers: int = 0
    """Functions that plans introduced."""
    planned: int = 0
    """Plans that were used."""
    findings: dict[str, int] = {}
    """Findings of the reviewer by what execution showed."""
    review: str = ""
    """Verdict of the reviewer, "" without one."""
    fixed: bool = False
    """Whether what was settled on is a repair."""
    reviewed_base: bool | None = None
    reviewed_plus: bool | None = None
    """What the draft that was reviewed is worth by the same tests. None where nothing was reviewed, where a draft that
    was not reported gave way to another, and in files of before this was judged."""
    canonical_base: bool | None = None
    canonical_plus: bool | None = None
    """What the canonical solution did on this machine, None when nothing was judged."""
    patched: bool = False
    level: str = ""
    """Difficulty of the problem, where the suite has levels."""
    run: str = ""
    """Name of the run, and of its log where logs are kept."""
    at: str = ""
    """When it ended, ISO 8601, UTC."""

    @property
    def key(self) -> Key:
        """What makes it the same work as another line."""
        return (self.problem, self.pipeline, self.model, self.seed, self.mode)

    @property
    def column(self) -> Column:
        """The column it belongs to."""
        return Column(pipeline=self.pipeline, model=self.model, seed=self.seed, mode=self.mode)

    @property
    def spent(self) -> Spending:
        """All roles together."""
        return total(self.roles.values())
