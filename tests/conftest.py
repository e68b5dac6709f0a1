"""Fixtures that many tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from redraft.engine.redaction import forget_all

# A busy machine draws slowly; what is tested is what comes out, and how long things take is measured elsewhere.
settings.register_profile("repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
# HYPOTHESIS_PROFILE=default looks for new examples in place of the same ones.

SLOW = ("app", "looks", "engine/sandbox", "engine/bench", "performance")
"""Folders whose tests start screens, processes or judges: minutes together."""
SLOW_FILES = {
    "test_classroom", "test_hostile_text", "test_journal", "test_lessons", "test_plan_tree", "test_project_tests_runs",
    "test_race_widgets", "test_recipes", "test_requests", "test_watcher", "test_weights",
}  # fmt: skip

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True)
def no_keys() -> None:
    """A key that one test made up is no secret to the next: a real process knows its own keys alone."""
    forget_all()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of benchmark files and hostile programs beside the checkout; a test that needs it is skipped without."""
    if not SHARED.is_dir():
        pytest.skip("needs the benchmark files in ../shared, which are absent")
    return SHARED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `scripts/check` leaves to CI."""
    here = Path(__file__).parent
    for item in items:
        where = item.path.relative_to(here).as_posix()
        if where.startswith(tuple(f"{folder}/" for folder in SLOW)) or item.path.stem in SLOW_FILES:
            item.add_marker(pytest.mark.slow)
