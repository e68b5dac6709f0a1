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
