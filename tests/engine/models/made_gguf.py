"""Small GGUF files, whole and broken, as the format has them."""

import struct
from collections.abc import Mapping
from pathlib import Path

ARCHITECTURE = {"general.architecture": "qwen2", "general.name": "Made", "tokenizer.ggml.model": "gpt2"}
SIZES = {
    "qwen2.context_length": 2048,
    "qwen2.block_count": 3,
    "qwen2.embedding_length": 64,
    "qwen2.attention.head_count": 4,
    "qwen2.attention.head_count_kv": 2,
}
TEMPLATE = {"tokenizer.chat_template": "{{ messages }}"}


def text(words: str) -> bytes:
    raw = words.encode()
    return struct.pack("<Q", len(raw)) + raw


def value(given: object) -> bytes:
    match given:
        case str():
            return struct.pack("<I", 8) + text(given)
        case int():
            return struct.pack("<II", 4, given)
        case float():
            return struct.pack("<If", 6, given)
        case list():
            return struct.pack("<IIQ", 9, 8, len(given)) + b"".join(text(each) for each in given)
        case _:
            raise TypeError(given)


def gguf(said: Mapping[str, object], *, version: int = 3, numbers: int = 256, missing: int = 0) -> bytes:
    """A file with these keys and one tensor of so many 32-bit numbers, `missing` bytes short."""
    body = b"GGUF" + struct.pack("<IQQ", version, 1, len(said))
    body += b"".join(text(key) + value(given) for key, given in said.items())
    body += text("blk.0.weight") + struct.pack("<IQIQ", 1, numbers, 0, 0)
    body += b"\0" * (-len(body) % 32) + b"\1" * (numbers * 4)
    return body[: len(body) - missing]


def whole(**more: object) -> bytes:
    """A model that can talk."""
    return gguf({**ARCHITECTURE, **SIZES, **TEMPLATE, "tokenizer.ggml.tokens": ["a", "b"], **more})


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
