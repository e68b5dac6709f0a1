"""No text that leaves the process holds a key, however it is spelled and wherever it comes from."""

import base64
import html
import json
import re
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest
from redraft.app.common.faults import keep
from redraft.app.common.output import (
    out,
    out_exact,
    out_json,
    say,
)
from redraft.engine.errors import ModelError
from redraft.engine.events import Decided, Entry
from redraft.engine.models.answer import Answer, Chunk
from redraft.engine.models.chat import Ask, texts
from redraft.engine.models.endpoint import Endpoint, Secret
from redraft.engine.redaction import (
    StreamRedactor,
    protect,
    protect_url,
    redact,
)
from redraft.engine.run.recording import line_of, without_keys
from redraft.engine.system.paths import Places

KEY = "sk-test/+'\"4f9c2d7e\\nobody=may%see"


@pytest.fixture(autouse=True)
def endpoint() -> Endpoint:
    """Whoever holds the key protects it."""
    return Endpoint(
        base_url="http://me:hush-hush@host/v1?token=qu%65ry-key-1&api-version=2024-10-21", api_key=Secret(KEY)
    )


SPELLINGS: list[Callable[[str], str]] = [
    str,
    repr,
    json.dumps,
    urllib.parse.quote,
    urllib.parse.quote_plus,
    lambda key: repr(repr(key)),
    lambda key: str({"key": key}),
    lambda key: json.dumps(key).replace("/", "\\/"),
    lambda key: urllib.parse.quote(urllib.parse.quote(key, safe=""), safe=""),
    lambda key: key.encode().hex(),
    html.escape,
    lambda key: re.sub("%..", lambda found: found[0].lower(), urllib.parse.quote(key)),
]


@pytest.mark.parametrize("spell", SPELLINGS)
def test_a_key_is_found_in_every_spelling(spell: Callable[[str], str]):
    told = redact(f"refused: {spell(KEY)} was sent")
    assert "4f9c2d7e" not in told and told.startswith("refused: ") and told.endswith(" was sent")


@pytest.mark.parametrize("user", ["", "u", "us", "use", "user"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_key_behind_a_users_name_is_found_in_base64(user: str, encode: Callable[[bytes], bytes]):
    told = redact(f"Basic {encode(f'{user}:{KEY}'.encode()).decode()}")
    assert "***" in told and len(told) < 24


@pytest.mark.parametrize("part", ["hush-hush", "me:hush-hush", "query-key-1", "qu%65ry-key-1"])
def test_what_an_address_holds_is_a_key_too(part: str):
    assert part not in redact(f"GET {part} failed")


def test_a_version_in_an_address_is_no_key_and_neither_are_the_words_of_local_servers():
    protect_url("http://host/v1?api-version=2024-10-21")
    protect_url("http://[")
    for word in ("ollama", "EMPTY", "none", ""):
        protect(word)
    assert redact("ollama EMPTY none 2024-10-21") == "ollama EMPTY none 2024-10-21"


def test_no_error_of_ours_tells_a_key():
    assert str(ModelError(f"the server says: {KEY}")) == "the server says: ***"


def test_nothing_printed_holds_a_key(capsys: pytest.CaptureFixture[str]):
    for write in (say, out, out_exact):
        write(f"a {KEY}")
    out_json({"said": KEY})
    told = capsys.readouterr()
    assert "4f9c2d7e" not in told.out + told.err and (told.out + told.err).count("***") == 4


def test_no_log_and_no_event_holds_a_key():
    entry = Entry(at=0.0, event=Decided(what=f"the server said {KEY} \ud800"))
    assert b"4f9c2d7e" not in line_of(entry)
    clean = without_keys(entry).event
    assert isinstance(clean, Decided) and clean.what.startswith("the server said ***")
    other = Entry(at=0.0, event=Decided(what="nothing"))
    assert without_keys(other) is other


def test_a_kept_traceback_holds_no_key(tmp_path: Path):
    told = keep(ValueError(KEY), Places.under(tmp_path))
    (kept,) = (tmp_path / "state" / "faults").iterdir()
    assert "4f9c2d7e" not in told + kept.read_text() and "ValueError: ***" in kept.read_text()


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_a_key_that_a_model_echoes_in_pieces_is_not_passed_on(size: int):
    said = f"the key is {KEY}, sk-test/ and so on: sk-t"
    pieces = [said[at : at + size] for at in range(0, len(said), size)]
    redactor = StreamRedactor()
    assert "".join([*map(redactor.feed, pieces), redactor.end()]) == "the key is ***, sk-test/ and so on: sk-t"
    answer = Answer(Ask(messages=()), prefilled=False)
    heard = [piece for text in pieces for piece in answer.take(Chunk(text=text, thinking=text), 0.0)] + answer.end()
    assert texts(heard) == ("the key is ***, sk-test/ and so on: sk-t",) * 2
