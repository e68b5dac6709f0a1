"""The note of `redraft serve`, and how other sessions' settings take it up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from redraft.engine.errors import EnvironmentFault, SettingsError
from redraft.engine.settings import Loaded, load
from redraft.engine.settings.serving import (
    NOTE,
    Served,
    Serving,
    board,
    serving_now,
)
from redraft.engine.system.paths import Places

KEY = "a-random-key"
SERVING = Serving(
    pid=os.getpid(),
    roles={
        "coder": Served(base_url="http://127.0.0.1:1/v1,http://127.0.0.1:2/v1", model="small"),
        "reviewer": Served(base_url="http://127.0.0.1:3/v1", model="big"),
        "planner": Served(base_url="http://127.0.0.1:3/v1", model="big"),
        "tester": Served(base_url="http://127.0.0.1:1/v1,http://127.0.0.1:2/v1", model="small"),
    },
    key=KEY,
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.under(tmp_path / "home")


def loaded(places: Places, flags: dict[str, object] | None = None, environ: dict[str, str] | None = None) -> Loaded:
    return load(flags or {}, environ or {}, places.config, places)


def user(places: Places, text: str) -> None:
    places.config.mkdir(parents=True, exist_ok=True)
    places.settings_file.write_text(text)
    places.settings_file.chmod(0o600)


def test_a_note_counts_while_its_writer_holds_the_board(places: Places) -> None:
    assert serving_now(places.state) is None
    with board(places.state) as mine:
        assert serving_now(places.state) is None
        mine.show(SERVING)
        assert serving_now(places.state) == SERVING
        assert (places.state / NOTE).stat().st_mode & 0o077 == 0
    assert serving_now(places.state) is None
    assert not (places.state / NOTE).exists()


def test_only_one_may_serve_at_a_time(places: Places) -> None:
    with board(places.state) as mine:
        mine.show(SERVING)
        with pytest.raises(EnvironmentFault, match=rf"another `redraft serve` \(process {os.getpid()}\) is at work"):
            with board(places.state):
                pass
        assert serving_now(places.state) == SERVING
    with board(places.state):
        pass


def test_a_note_that_was_left_behind_by_a_crash_is_not_believed(places: Places) -> None:
    program = (
        "import sys, time; from pathlib import Path; from redraft.engine.settings.serving import *\n"
        "with board(Path(sys.argv[1])) as mine:\n"
        "    mine.show(Serving(pid=1, roles={})); print('up', flush=True); time.sleep(600)"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(places.state)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"up\n"
    assert serving_now(places.state) == Serving(pid=1, roles={})
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert (places.state / NOTE).exists()
    assert serving_now(places.state) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": "x", "roles": {}}', b"\xff"])
def test_a_damaged_note_is_no_note(places: Places, content: bytes) -> None:
    with board(places.state):
        (places.state / NOTE).write_bytes(content)
        assert serving_now(places.state) is None
        assert loaded(places).settings.role("coder").embedded


def test_the_key_is_not_in_what_is_printed() -> None:
    assert KEY not in repr(SERVING) + str(SERVING)


def test_while_servers_run_every_role_asks_them_with_their_key(places: Places) -> None:
    with board(places.state) as mine:
        mine.show(SERVING)
        now = loaded(places)
    for role, served in SERVING.roles.items():
        settings = now.settings.role(role)
        assert (settings.base_url, settings.model) == (served.base_url, served.model)
        assert settings.api_key is not None
        assert settings.api_key.reveal() == KEY
    assert now.settings.role("coder").base_urls == ("http://127.0.0.1:1/v1", "http://127.0.0.1:2/v1")
    sources = {origin.key: origin.source for origin in now.origins}
    assert sources["roles.planner.model"] == f"redraft serve (process {os.getpid()})"
    assert KEY not in repr(now)
    assert loaded(places).settings.role("coder").embedded


def test_running_servers_beat_the_users_file_and_take_neither_its_key_nor_its_price(places: Places) -> None:
    user(
        places,
        '[roles.coder]\nbase_url = "https://far/v1"\napi_key = "sk-far"\nprice_in = 1.0\nprice_out = 1.0\nseed = 7',
    )
    with board(places.state) as mine:
        mine.show(SERVING)
        now = loaded(places)
    coder = now.settings.role("coder")
    assert coder.base_url.startswith("http://127.0.0.1:1/v1")
    assert coder.api_key is not None
    assert (coder.api_key.reveal(), coder.price_in, coder.seed) == (KEY, None, 7)
    assert now.warnings == ()


def test_a_flag_and_a_variable_beat_running_servers_and_do_not_get_their_key(places: Places) -> None:
    with board(places.state) as mine:
        mine.show(SERVING)
        by_flag = loaded(places, {"roles.coder.base_url": "http://elsewhere/v1"})
        by_variable = loaded(places, environ={"REDRAFT_REVIEWER_BASE_URL": "embedded"})
    assert by_flag.settings.role("coder").base_url == "http://elsewhere/v1"
    assert by_flag.settings.role("coder").api_key is None
    assert by_variable.settings.role("reviewer").embedded
    assert by_variable.settings.role("reviewer").api_key is None
    assert by_flag.warnings == by_variable.warnings == ()


# ------------------------------------------------------------------------------------------- several servers by hand


def test_several_addresses_are_cleaned_one_by_one(places: Places) -> None:
    user(places, '[roles.coder]\nbase_url = "http://a:1/v1/ ,  http://b:2/v1"')
    assert loaded(places).settings.role("coder").base_urls == ("http://a:1/v1", "http://b:2/v1")


@pytest.mark.parametrize(
    "value", ["http://a/v1,embedded", "http://a/v1,", ",http://a/v1", "http://a/v1,b:8000", "embedded,embedded"]
)
def test_a_list_with_something_that_is_no_address_is_refused(places: Places, value: str) -> None:
    user(places, f'[roles.coder]\nbase_url = "{value}"')
    with pytest.raises(SettingsError, match="is no address"):
        loaded(places)


def test_no_password_of_any_of_several_addresses_is_shown(places: Places) -> None:
    user(places, '[roles.coder]\nbase_url = "http://me:secret@a/v1,http://me:hidden@b/v1"')
    shown = next(origin.value for origin in loaded(places).origins if origin.key == "roles.coder.base_url")
    assert shown == "http://…@a/v1,http://…@b/v1"


def test_a_key_in_the_users_file_goes_to_all_servers_of_its_list(places: Places) -> None:
    user(places, '[roles.coder]\nbase_url = "http://a/v1,http://b/v1"\napi_key = "sk-1"')
    assert loaded(places).settings.role("reviewer").api_key is not None
