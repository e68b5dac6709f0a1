"""Fixtures that many tests share."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of benchmark files and hostile programs beside the checkout; a test that needs it is skipped without."""
    if not SHARED.is_dir():
        pytest.skip("needs the benchmark files in ../shared, which are absent")
    return SHARED
