"""What a header says is believed as far as it can be true, and a file that is no whole model is refused by its reason."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_gguf import ARCHITECTURE, SIZES, TEMPLATE, gguf, text, whole, written
from redraft.engine.errors import UsageError
from redraft.engine.models.embedded.gguf import Header, header_of

MANY = struct.pack("<Q", 2**60)


def test_the_header_tells_what_the_model_is(tmp_path: Path):
    header = header_of(written(tmp_path / "made.gguf", whole()))
    assert header == Header(
        architecture="qwen2", name="Made", context=2048, layers=3, cache=3 * 2 * (16 + 16) * 2, template=True
    )


@pytest.mark.parametrize(
    ("template", "thinks"), [("{% if enable_thinking %}", True), ("<think>\n", True), ("{{ messages }}", False)]
)
def test_a_template_with_a_place_for_thoughts_is_of_a_model_that_thinks(tmp_path: Path, template: str, thinks: bool):
    path = written(tmp_path / "made.gguf", whole(**{"tokenizer.chat_template": template}))
    assert header_of(path).thinks is thinks


def test_a_model_without_a_template_or_sizes_is_read_all_the_same(tmp_path: Path):
    header = header_of(written(tmp_path / "bare.gguf", gguf(ARCHITECTURE)))
    assert (header.template, header.context, header.layers, header.cache) == (False, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "does not begin as a GGUF"),
        (b"GGUF", "does not begin as a GGUF"),
        (b"<!doctype html>" * 10, "does not begin as a GGUF"),
        (whole()[:100], "ends within its header"),
        (gguf({**ARCHITECTURE, **SIZES}, missing=1), "cut short"),
        (gguf({**ARCHITECTURE, **SIZES}, numbers=4096, missing=9000), "cut short"),
        (gguf(ARCHITECTURE, version=1), "version 1"),
        (gguf(ARCHITECTURE, version=16_777_216), "version 16777216"),
        (gguf({"tokenizer.ggml.model": "gpt2"}), "names no architecture"),
        (gguf({"general.architecture": "llama"}), "no vocabulary"),
        (gguf({**ARCHITECTURE, "general.type": "adapter"}), "of the type 'adapter'"),
        (gguf({**ARCHITECTURE, "general.type": "mmproj"}), "of the type 'mmproj'"),
        (gguf({**ARCHITECTURE, "split.count": 3}), "one of 3 parts"),
        (b"GGUF" + struct.pack("<I", 3) + MANY + MANY, "claims to have"),
        (b"GGUF" + struct.pack("<IQ", 3, 1) + MANY, "claims to have"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + MANY + b"x" * 99, "claims to have"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k") + struct.pack("<IIQ", 9, 4, 2**61), "claims to have"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k") + struct.pack("<IIQ", 9, 9, 1), "unknown type 9"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k") + struct.pack("<II", 77, 1), "unknown type 77"),
    ],
)
def test_what_is_no_whole_model_is_refused_with_its_reason(tmp_path: Path, content: bytes, told: str):
    with pytest.raises(UsageError, match=told):
        header_of(written(tmp_path / "bad.gguf", content))


def test_what_is_no_file_is_refused(tmp_path: Path):
    for path in (tmp_path, tmp_path / "none.gguf", Path("/dev/zero")):
        with pytest.raises(UsageError, match=r"name a \.gguf file"):
            header_of(path)


@given(st.data())
def test_no_damage_to_a_header_is_more_than_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    content = bytearray(whole(**TEMPLATE))
    for place in data.draw(st.lists(st.integers(4, len(content) - 1025), min_size=1, max_size=8)):
        content[place] = data.draw(st.integers(0, 255))
    path = written(tmp_path_factory.mktemp("damaged") / "made.gguf", bytes(content))
    try:
        header = header_of(path)
    except UsageError:
        return
    assert header.cache >= 0
