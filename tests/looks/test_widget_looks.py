"""Pictures of all widgets at three sizes; `pytest --snapshot-update` after looking at them."""

from collections.abc import Callable

import pytest
from gallery import EXHIBITS, SIZES, Gallery

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No animation, whatever the environment says."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("NO_COLOR", raising=False)


WIDE = ("bars", "diff", "workbench_review", "workbench_settled")
"""What is laid out otherwise where there is more room."""


@pytest.mark.parametrize(
    ("exhibit", "size"),
    [(exhibit, size) for exhibit in EXHIBITS for size in SIZES if size == SIZES[0] or exhibit in WIDE],
    ids=lambda value: value if isinstance(value, str) else f"{value[0]}x{value[1]}",
)
def test_widgets_look_as_before(exhibit: str, size: tuple[int, int], snap_compare: Compare) -> None:
    assert snap_compare(Gallery(exhibit), terminal_size=size)
