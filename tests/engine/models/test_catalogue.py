"""What a name means: the shipped file, the user's own, the hub and files; and where the files are found."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from made_gguf import whole, written
from redraft.engine.errors import EnvironmentFault, SettingsError, UsageError
from redraft.engine.models.embedded.casting import played, tuning_for
from redraft.engine.models.embedded.catalogue import Catalogue, default, shipped
from redraft.engine.models.embedded.checking import checked
from redraft.engine.models.embedded.finding import find
from redraft.engine.models.embedded.hub import Hub
from redraft.engine.models.embedded.known import Known
from redraft.engine.models.embedded.weights import Weights
from redraft.engine.settings import EmbeddedSettings, load
from redraft.engine.system.paths import Places

DIGEST = hashlib.sha256(b"file").hexdigest()
MINE = f"""
[[model]]
name = "mine"
repo = "me/mine"
file = "mine.gguf"
bytes = 4
licence = "MIT"
sha256 = "{DIGEST}"
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "REDRAFT_HOME": str(tmp_path / "home"),
        "REDRAFT_MODEL_DIR": str(tmp_path / "models"),
        "HOME": str(tmp_path),
    }


def own(environ: dict[str, str], text: str) -> Path:
    folder = Places.of(environ).config
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "models.toml").write_text(text)
    return folder / "models.toml"


def test_every_shipped_model_can_be_fetched_and_weighed():
    assert [
        one.called for one in shipped() if not (one.size and one.context and one.layers and one.cache and one.licence)
    ] == []
    assert len({one.file for one in shipped()}) == len({one.called for one in shipped()}) == len(shipped())


def test_the_users_file_adds_to_the_catalogue_and_replaces_what_has_its_name(environ: dict[str, str]):
    own(environ, MINE + MINE.replace('"mine"', '"qwen3-4b"').replace("mine.gguf", "other.gguf"))
    catalogue = Catalogue(environ)
    assert catalogue.named("mine").repository == "me/mine"
    assert catalogue.named("qwen3-4b").file == "other.gguf"
    assert catalogue.named("") == catalogue.named(" QWEN2.5-coder-1.5b ") == default()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("model = 3", r"\[\[model\]\]"),
        ("[[modell]]", "modell"),
        ("a = ", "not TOML"),
        (MINE.replace("repo", "repository"), "unknown key 'repository'"),
        (MINE.replace("me/mine", "mine"), "OWNER/NAME"),
        (MINE.replace("me/mine", "../mine"), "OWNER/NAME"),
        (MINE.replace("mine.gguf", "../../mine.gguf"), "path of a .gguf file"),
        (MINE.replace("mine.gguf", "/etc/mine.gguf"), "path of a .gguf file"),
        (MINE.replace("mine.gguf", "mine.bin"), "path of a .gguf file"),
        (MINE.replace("= 4", "= 0"), "bytes"),
        (MINE.replace("= 4", '= "4"'), "expected int"),
        (MINE.replace(DIGEST, DIGEST[:-1]), "64 digits"),
        (MINE.replace("= 4", "= 4\ncontext = -1"), "below 0"),
        (MINE.replace('"mine"', '"My Model"'), "small letters"),
        (MINE.replace("licence", "#"), "licence"),
        (MINE + MINE, "there twice"),
        (MINE.replace("mine.gguf", default().file), "name the same file"),
    ],
)
def test_a_mistake_in_the_users_file_is_told_with_its_place(environ: dict[str, str], wrong: str, told: str):
    path = own(environ, wrong)
    with pytest.raises(SettingsError, match=told) as raised:
        Catalogue(environ)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    "wrong",
    ["gpt", "qwen3", "hub:", "hub:me/mine", "hub:mine:x.gguf", "hub:me/mine:../x.gguf", "hub:me/mine:x.bin",
     "hub:me/mine:x.gguf@", "hub:me/mine:x.gguf@a/b", "hub:me/mine:x[1].gguf", "/none/x.gguf", "x.gguf"],
)  # fmt: skip
def test_what_names_nothing_is_refused(environ: dict[str, str], wrong: str):
    with pytest.raises(UsageError):
        Catalogue(environ).named(wrong)


def test_roles_have_models_by_name_and_a_wrong_one_is_told_with_its_role(environ: dict[str, str], tmp_path: Path):
    def cast(**roles: str) -> dict[str, str]:
        flags = {f"roles.{role}.model": name for role, name in roles.items()}
        settings = load(flags, environ, tmp_path, Places.of(environ)).settings
        return {role: model.called for role, model in played(settings, Catalogue(environ)).items()}

    assert cast(coder="qwen2.5-coder-7b", reviewer="qwen3-4b") == {
        "coder": "qwen2.5-coder-7b", "reviewer": "qwen3-4b", "planner": "qwen3-4b", "tester": "qwen2.5-coder-7b",
    }  # fmt: skip
    with pytest.raises(UsageError, match=r"roles\.planner\.model: 'qwen3-4' .* did you mean 'qwen3-4b'"):
        cast(planner="qwen3-4")


def test_a_model_gets_no_more_context_than_it_has(environ: dict[str, str], tmp_path: Path):
    path = written(tmp_path / "made.gguf", whole())
    model = Catalogue(environ).named(str(path))
    assert tuning_for(model, EmbeddedSettings()).context == 2048
    assert tuning_for(model, EmbeddedSettings(context=1024, parallel=2)).slots == 2
    assert tuning_for(model, EmbeddedSettings(context=1024)).context == 1024


def test_a_file_of_ones_own_is_noted_when_first_used_and_refused_when_it_is_another(
    environ: dict[str, str], tmp_path: Path
):
    path, known = written(tmp_path / "made.gguf", whole()), Known(environ)
    assert known.vouch(path) == hashlib.sha256(whole()).hexdigest()
    assert checked(Catalogue(environ).named(str(path)), environ) == ""
    written(path, whole(**{"general.name": "Swapped"}))
    with pytest.raises(EnvironmentFault, match="not the file that was used before"):
        known.vouch(path)
    assert "not the file" in checked(Catalogue(environ).named(str(path)), environ)
    known.vouch(path, anew=True)
    assert checked(Catalogue(environ).named(str(path)), environ) == ""


def test_notes_that_are_damaged_are_made_anew(environ: dict[str, str], tmp_path: Path):
    path = written(tmp_path / "made.gguf", whole())
    (tmp_path / "models").mkdir()
    for damage in (b"{", b"[]", b"\xff", b'{"seen": 3}'):
        (tmp_path / "models/known.json").write_bytes(damage)
        assert Known(environ).vouch(path) == hashlib.sha256(whole()).hexdigest()


def put(path: Path, content: bytes = b"file") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


SMALL = Weights(file="small.gguf", size=4, sha256=DIGEST, repository="owner/small", called="small")


@pytest.mark.parametrize(
    "place",
    ["models/small.gguf", f".ollama/models/blobs/sha256-{DIGEST}", ".lmstudio/models/owner/small/small.gguf",
     ".cache/lm-studio/models/owner/small/small.gguf"],
)  # fmt: skip
def test_files_are_used_where_others_keep_them(environ: dict[str, str], tmp_path: Path, place: str):
    assert find(environ, SMALL) is None
    put(tmp_path / place, b"fil")
    assert find(environ, SMALL) is None
    assert put(tmp_path / place) == find(environ, SMALL)


def test_ollama_may_keep_them_elsewhere(environ: dict[str, str], tmp_path: Path):
    blob = put(tmp_path / f"disk/blobs/sha256-{DIGEST}")
    assert find(environ | {"OLLAMA_MODELS": str(tmp_path / "disk")}, SMALL) == blob


def test_two_files_of_one_name_from_two_places_stay_apart(environ: dict[str, str]):
    catalogue = Catalogue(environ)
    one, other = (catalogue.named(f"hub:{owner}/m:model.gguf") for owner in ("a", "b"))
    assert one.kept_as != other.kept_as


def test_a_published_file_with_other_bytes_is_told(environ: dict[str, str], tmp_path: Path):
    put(tmp_path / "models/small.gguf", b"lief")
    assert "not the published" in checked(SMALL, environ)


@contextmanager
def hub(answers: dict[str, tuple[int, dict[str, str]]]) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """A hub that answers HEAD so; gives its address and who asked with which token."""
    asked: list[tuple[str, str | None]] = []

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            status, headers = answers.get(self.path, (404, {}))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


LINKED = {
    "X-Linked-Etag": f'"{DIGEST}"',
    "X-Linked-Size": "4",
    "X-Repo-Commit": "a" * 40,
    "Location": "http://elsewhere/x",
}
PLACE = "/me/m/resolve/main/x.gguf"


async def test_the_hubs_digest_is_asked_once_and_kept(environ: dict[str, str]):
    catalogue = Catalogue(environ)
    with hub({PLACE: (302, LINKED)}) as (url, asked):
        told = await catalogue.with_digest(catalogue.named("hub:me/m:x.gguf"), Hub(url, "token"))
        assert (told.sha256, told.size, told.revision) == (DIGEST, 4, "a" * 40)
        again = Catalogue(environ).named("hub:me/m:x.gguf")
        assert await catalogue.with_digest(again, Hub(url, "token")) == told
    assert asked == [(PLACE, "Bearer token")]


async def test_a_model_that_was_renamed_is_followed_on_the_same_hub_alone(environ: dict[str, str]):
    catalogue = Catalogue(environ)
    wanted = catalogue.named("hub:me/m:x.gguf")
    with hub(
        {PLACE: (307, {"Location": "/new/m/resolve/main/x.gguf"}), "/new/m/resolve/main/x.gguf": (302, LINKED)}
    ) as (url, _):
        assert (await Hub(url, None).describe(wanted)).sha256 == DIGEST
    with hub({}) as (other, asked), hub({PLACE: (307, {"Location": f"{other}{PLACE}"})}) as (url, _):
        with pytest.raises(EnvironmentFault, match="has moved"):
            await Hub(url, "token").describe(wanted)
        assert asked == []


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        (401, {}, "gated.*HF_TOKEN"),
        (403, {}, "gated.*HF_TOKEN"),
        (404, {}, "misspelt or has moved"),
        (410, {}, "misspelt or has moved"),
        (429, {}, "answered 429"),
        (503, {}, "answered 503"),
        (200, {"Content-Length": "4"}, "no SHA-256"),
        (200, {"Content-Length": "4", "ETag": '"abc"'}, "no SHA-256"),
        (302, LINKED | {"X-Linked-Size": "many"}, "no SHA-256"),
        (307, {"Location": PLACE}, "has moved"),
    ],
)  # fmt: skip
async def test_a_hub_that_does_not_describe_the_file_is_told_with_what_to_do(
    environ: dict[str, str], status: int, headers: dict[str, str], told: str
):
    with hub({PLACE: (status, headers)}) as (url, _), pytest.raises(EnvironmentFault, match=told):
        await Hub(url, None).describe(Catalogue(environ).named("hub:me/m:x.gguf"))


async def test_a_hub_that_is_out_of_reach_is_told_with_what_to_do(environ: dict[str, str]):
    with pytest.raises(EnvironmentFault, match="HF_ENDPOINT"):
        await Hub("http://127.0.0.1:9", None).describe(Catalogue(environ).named("hub:me/m:x.gguf"))
