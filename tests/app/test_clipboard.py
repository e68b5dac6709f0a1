"""Copying by the desktop's own tools, which say whether they did."""

from __future__ import annotations

import sys
from pathlib import Path

from redraft.app.common.clipboard import copy_by, tools


def found(name: str) -> str:
    return f"/bin/{name}"


def test_the_tools_are_those_that_fit_where_we_run() -> None:
    assert tools({}, "linux", found) == ()
    assert tools({"DISPLAY": ":0", "TMUX": "x"}, "linux", found) == (
        ("/bin/xclip", "-selection", "clipboard", "-in"),
        ("/bin/tmux", "load-buffer", "-w", "-"),
    )
    assert tools({"WAYLAND_DISPLAY": "wayland-0"}, "linux", found) == (("/bin/wl-copy",),)
    assert tools({}, "darwin", found) == (("/bin/pbcopy",),)
    assert tools({"DISPLAY": ":0"}, "linux", lambda _: None) == ()


def test_a_tool_gets_the_text_and_one_that_fails_is_not_said_to_have_copied(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    takes = (sys.executable, "-c", f"import sys; open({str(kept)!r}, 'w').write(sys.stdin.read())")
    fails = (sys.executable, "-c", "raise SystemExit(1)")
    missing = (str(tmp_path / "nowhere"),)
    assert copy_by([takes, fails, missing], "return 'ä'\n") == (Path(sys.executable).name,)
    assert kept.read_text() == "return 'ä'\n"
