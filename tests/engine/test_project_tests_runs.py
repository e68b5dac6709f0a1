"""Runs on a stub whose project has tests: what they decide, and what no model hears of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest
from redraft.engine.events import CallStarted, Entry, RunStarted
from redraft.engine.facts import Role
from redraft.engine.kit import Kit, Mode, Voice
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.project_tests import HowTold
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.run.recording import line_of
from redraft.engine.sandbox import SandboxChoice, open_sandbox
from redraft.engine.sandbox.runner import Sandbox
from redraft.engine.sources import find_stubs, read
from redraft.engine.state.run import RunState, state_of

HEADER = 'def doubled(n):\n    """Twice n.\n\n    >>> doubled(2)\n    4\n    """\n'
BARE = 'def doubled(n):\n    """Twice n."""\n'
TEST = "from numbers_of import doubled\n\n\ndef test_doubled_of_seventeen():\n    assert doubled(1717) == 3434\n"
GOOD, WRONG, WORSE = "return 2 * n", "return n + 2", "return 5"
CLEAN = '{"findings": [], "verdict": "clean"}'
SECRETS = ("1717", "3434", "seventeen", "test_numbers")


def code(body: str, header: str = HEADER) -> str:
    return f"```python\n{header}    {body}\n```"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = await open_sandbox(SandboxChoice(unsafe_run=True, allow_limited=True))
    yield sandbox
    await sandbox.aclose()


class Project:
    """A project with one stub and one test, and runs on it."""

    def __init__(self, root: Path, sandbox: Sandbox) -> None:
        self.root, self._sandbox = root, sandbox
        self.models: dict[Role, Scripted] = {}
        (root / "tests").mkdir()
        (root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
        (root / "numbers_of.py").write_text(HEADER + "    ...\n")
        (root / "tests" / "test_numbers.py").write_text(TEST)

    async def log(
        self, pipeline: str, answers: Mapping[Role, Sequence[str]], how: HowTold = "hidden", mode: Mode = "evidence"
    ) -> list[Entry]:
        roles: tuple[Role, ...] = ("coder", "reviewer", "planner", "tester")
        self.models = {role: Scripted(answers.get(role, []), name=role) for role in roles}
        voices: dict[Role, Voice] = {role: Voice(model=model) for role, model in self.models.items()}
        kit = Kit(voices=voices, prompts=Prompts(None), sandbox=self._sandbox, mode=mode, from_tests=how)
        (stub,) = find_stubs(read(self.root / "numbers_of.py")).stubs
        async with running(CATALOGUE[pipeline], kit, stub) as log:
            return [entry async for entry in log]

    async def state(
        self, pipeline: str, answers: Mapping[Role, Sequence[str]], how: HowTold = "hidden", mode: Mode = "evidence"
    ) -> RunState:
        state = state_of(await self.log(pipeline, answers, how, mode))
        assert state.problem == ""
        return state

    @property
    def sent(self) -> str:
        """Everything that any model was sent."""
        return "\n".join(str(ask) for model in self.models.values() for ask in model.asks)


@pytest.fixture
def project(tmp_path: Path, sandbox: Sandbox) -> Project:
    return Project(tmp_path, sandbox)


def purposes(entries: list[Entry]) -> list[str]:
    return [entry.event.purpose for entry in entries if isinstance(entry.event, CallStarted)]


async def test_verified_needs_the_examples_and_the_tests(project: Project):
    state = await project.state("review-with-evidence", {"coder": [code(GOOD)], "reviewer": [CLEAN]})
    assert state.solution is not None and state.solution.verdict == "verified"
    report = state.solution.report
    assert report is not None
    assert report.tests == {"tests/test_numbers.py::test_doubled_of_seventeen": True}
    assert len(report.examples) == 1


async def test_a_failing_test_starts_a_repair_of_which_no_model_hears_why(project: Project):
    answers: dict[Role, Sequence[str]] = {"coder": [code(WRONG), code(GOOD)], "reviewer": [CLEAN]}
    entries = await project.log("review-with-evidence", answers)
    state = state_of(entries)
    assert purposes(entries) == ["draft", "review", "fix"]
    assert state.solution is not None and state.solution.verdict == "verified"
    draft, again = project.models["coder"].asks
    assert (draft.messages, draft.prefill) == (again.messages, again.prefill)
    assert not any(secret in project.sent for secret in SECRETS)


async def test_hidden_tests_change_no_prompt_of_a_review(project: Project):
    answers: dict[Role, Sequence[str]] = {"coder": [code(WRONG), code(WRONG), code(WRONG)], "reviewer": [CLEAN]}
    await project.log("review-with-evidence", answers)
    with_tests = project.models["reviewer"].asks
    await project.log("review-with-evidence", answers, "off")
    assert with_tests == project.models["reviewer"].asks


@pytest.mark.parametrize("pipeline", sorted(set(CATALOGUE) - {"codet"}))
@pytest.mark.parametrize("mode", ["evidence", "paper"])
async def test_no_pipeline_tells_any_model_of_a_hidden_test(project: Project, pipeline: str, mode: Mode):
    wrong = [code(WRONG)] * 40
    tests = ["```python\nassert doubled(2) == 4\n```"] * 10
    answers: dict[Role, Sequence[str]] = {"coder": wrong, "reviewer": [CLEAN] * 9, "planner": wrong, "tester": tests}
    entries = await project.log(pipeline, answers, mode=mode)
    assert project.sent and not any(secret in project.sent for secret in SECRETS)
    solution = state_of(entries).solution
    assert solution is not None and solution.verdict == "fails"
    assert "3434" in line_of(entries[0]).decode(), "the user's own log has it"


async def test_a_retry_without_an_error_to_tell_is_written_afresh(project: Project):
    answers: dict[Role, Sequence[str]] = {"coder": [code(WRONG), code(GOOD)], "reviewer": ["NO BUGS"]}
    entries = await project.log("review-then-fix-retry", answers)
    assert purposes(entries) == ["draft", "review", "fix"]
    state = state_of(entries)
    assert state.solution is not None and state.solution.verdict == "verified"


async def test_shown_tests_are_in_the_first_prompt_and_in_the_evidence(project: Project):
    answers: dict[Role, Sequence[str]] = {"coder": [code(WRONG), code(GOOD)], "reviewer": [CLEAN]}
    await project.log("review-with-evidence", answers, "shown")
    draft, fix = project.models["coder"].asks
    assert "assert doubled(1717) == 3434" in draft.messages[-1].content
    assert "`doubled(1717)` should give 3434; it gives 1719" in fix.messages[-1].content


@pytest.mark.parametrize("how", ["hidden", "shown"])
async def test_the_papers_prompts_and_decisions_know_of_no_tests(project: Project, how: HowTold):
    answers: dict[Role, Sequence[str]] = {"coder": [code(WRONG)], "reviewer": ["NO BUGS"]}
    entries = await project.log("review-then-fix-retry", answers, how, "paper")
    assert purposes(entries) == ["draft", "review"]
    assert not any(secret in project.sent for secret in SECRETS)
    solution = state_of(entries).solution
    assert solution is not None and solution.report is not None
    assert list(solution.report.tests.values()) == [False], "they are run once it is settled, for the user to see"


async def test_off_looks_for_nothing(project: Project):
    entries = await project.log("raw-coder", {"coder": [code(WRONG)]}, "off")
    began = entries[0].event
    assert isinstance(began, RunStarted) and began.stub.tests == () and began.stub.unused == ()
    solution = state_of(entries).solution
    assert solution is not None and solution.verdict == "verified"


async def test_a_stub_without_examples_is_verified_by_its_tests_alone(project: Project):
    (project.root / "numbers_of.py").write_text(BARE + "    ...\n")
    answers: dict[Role, Sequence[str]] = {"coder": [code(GOOD, BARE)], "reviewer": [CLEAN]}
    state = await project.state("review-with-evidence", answers)
    assert state.solution is not None and state.solution.verdict == "verified"
    sampled: dict[Role, Sequence[str]] = {"coder": [code(WORSE, BARE), *[code(GOOD, BARE)] * 4]}
    state = await project.state("best-of-n", sampled)
    assert state.solution is not None and state.solution.draft.body.strip() == GOOD


async def test_planning_after_trial_goes_on_until_the_tests_hold_too(project: Project):
    answers: dict[Role, Sequence[str]] = {
        "coder": [code(WRONG), code(GOOD)],
        "tester": ["```python\nassert doubled(2) == 4\n```"],
    }
    entries = await project.log("pat", answers)
    assert purposes(entries) == ["tests", "trial", "trial"]
    solution = state_of(entries).solution
    assert solution is not None and solution.verdict == "verified"
