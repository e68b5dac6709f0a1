"""How much memory a model takes: its weights, and the keys and values of each token it has in view."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from ...errors import UsageError
from ...facts import Fact

HALF = 2.0
"""Bytes of a number in bf16 or fp16."""
AWQ = 0.52
"""Bytes a weight in 4 bits: half a byte, and for each group of 128 a scale (2 bytes) and a zero point (half a byte)."""
BYTES_BY_WORD = (("awq", AWQ), ("gptq", AWQ), ("int4", AWQ), ("4bit", AWQ), ("fp8", 1.0), ("int8", 1.0))
"""What the name of a quantised model says about its weights."""
WORKING_GB = 2.0
"""Activations, CUDA graphs and the CUDA context. vLLM measures its own; a 32B model at batch 256 stays below this."""


class Size(Fact, frozen=True):
    """What one copy of a model needs. Sizes in GB of 10⁹ bytes."""

    weights_gb: float
    kv_bytes: int
    """Of one token: 2 (key and value) × layers × key-value heads × head size × bytes of a number."""
    longest: int | None = None
    """Tokens the model was made for, None when that is not known."""
    billions: float = 0.0
    """Parameters in 10⁹, 0 when only the size of the files is known."""
    source: str = ""
    """Where the numbers come from, as a person would say it."""

    def kv_gb(self, tokens: int) -> float:
        """The cache of one conversation of so many tokens."""
        return tokens * self.kv_bytes / 1e9


def _published(billions: float, outer_billions: float, layers: int, inner_bytes: float, longest: int) -> Size:
    """Of a model card: parameters, those of the embeddings (never quantised), layers; 8 KV heads of 128 each."""
    weights = (billions - outer_billions) * inner_bytes + outer_billions * HALF
    return Size(
        weights_gb=weights,
        kv_bytes=int(2 * layers * 8 * 128 * HALF),
        longest=longest,
        billions=billions,
        source="its model card",
    )


PUBLISHED: Mapping[str, Size] = {
    "Qwen/Qwen2.5-Coder-14B-Instruct-AWQ": _published(14.7, 1.6, 48, AWQ, 32768),
    "Qwen/Qwen3-32B-AWQ": _published(32.8, 1.6, 64, AWQ, 40960),
    "Qwen/Qwen3-4B": _published(4.0, 0.4, 36, HALF, 40960),
    "Qwen/Qwen3-8B": _published(8.2, 1.25, 36, HALF, 40960),
    "Qwen/Qwen3-14B": _published(14.8, 1.6, 40, HALF, 40960),
    "Qwen/Qwen3-32B": _published(32.8, 1.6, 64, HALF, 40960),
    "meta-llama/Llama-3.1-8B-Instruct": _published(8.03, 1.05, 32, HALF, 131072),
    # Its attention keeps one compressed vector of 512 + 64 numbers a token and layer for all heads.
    "deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct": Size(
        weights_gb=15.7 * HALF,
        kv_bytes=int(27 * (512 + 64) * HALF),
        longest=163840,
        billions=15.7,
        source="its model card",
    ),
}
"""The papers' models: numbers of parameters and layers from their cards on the hub."""


def told_sizes(words: Sequence[str]) -> dict[str, Size]:
    """Sizes that a person tells: `MODEL=GB`. Their caches are taken to be like a 32B model's.

    Raises:
        UsageError: it is no size.
    """
    sizes: dict[str, Size] = {}
    for word in words:
        model, _, number = word.rpartition("=")
        if not model or not re.fullmatch(r"\d{1,5}(\.\d+)?", number) or not float(number):
            raise UsageError(f"--weights-gb {word}: write MODEL=GB, for example my/model=14.5")
        sizes[model] = Size(weights_gb=float(number), kv_bytes=2**18, source="as you said")
    return sizes


class Config(msgspec.Struct):
    """What of a model's `config.json` says how large its cache is. The rest is ignored."""

    num_hidden_layers: int
    num_attention_heads: int
    hidden_size: int
    num_key_value_heads: int | None = None
    head_dim: int | None = None
    max_position_embeddings: int | None = None

    @property
    def kv_bytes(self) -> int:
        """Bytes a token in the cache, in half precision."""
        heads = self.num_key_value_heads or self.num_attention_heads
        head = self.head_dim or self.hidden_size // max(1, self.num_attention_heads)
        return int(2 * self.num_hidden_layers * heads * head * HALF)


def size_of(model: str, environ: Mapping[str, str]) -> Size:
    """The size of a model: from its files if they are here, else from its card if we know it, else from its name.

    Raises:
        UsageError: none of them tells; the text says how to tell us.
    """
    folder = folder_of(model, environ)
    size = (folder and _from_files(folder)) or PUBLISHED.get(model) or _from_name(model)
    if size is None:
        raise UsageError(
            f"{model}: how large it is cannot be told (no files here, and no number such as 7B in its name); "
            "say it with --weights-gb"
        )
    return size


def folder_of(model: str, environ: Mapping[str, str]) -> Path | None:
    """Where the files of a model are: the folder it names, or the newest snapshot in the hub's cache; else None."""
    here = Path(model).expanduser()
    if (here / "config.json").is_file():
        return here
    home = environ.get("HF_HOME") or str(Path(environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface")
    cache = environ.get("HF_HUB_CACHE") or str(Path(home) / "hub")
    snapshots = Path(cache).expanduser() / f"models--{model.replace('/', '--')}" / "snapshots"
    try:
        found = [snapshot for snapshot in snapshots.iterdir() if (snapshot / "config.json").is_file()]
        return max(found, key=lambda snapshot: snapshot.stat().st_mtime, default=None)
    except OSError:
        return None


def _from_files(folder: Path) -> Size | None:
    """From a folder with all its weights; None when they are not whole or are no plain transformer's."""
    try:
        config = msgspec.json.decode((folder / "config.json").read_bytes(), type=Config)
        sizes = [file.stat().st_size for file in folder.glob("*.safetensors")]
        index = folder / "model.safetensors.index.json"
        total = msgspec.json.decode(index.read_bytes(), type=Index).metadata.total_size if index.is_file() else 0
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
    weights = max(sum(sizes), total)
    if not weights:
        return None
    return Size(
        weights_gb=weights / 1e9,
        kv_bytes=config.kv_bytes,
        longest=config.max_position_embeddings,
        source=f"its files in {folder}",
    )


class Metadata(msgspec.Struct):
    """Of an index of weights in several files."""

    total_size: int = 0
    """Bytes."""


class Index(msgspec.Struct):
    """The part of `model.safetensors.index.json` that counts, also while some of the files are still missing."""

    metadata: Metadata = msgspec.field(default_factory=Metadata)


def _from_name(model: str) -> Size | None:
    """A guess from names such as `Qwen2.5-Coder-7B-Instruct-AWQ`: parameters × bytes, and the cache of such models.

    >>> round(_from_name("org/Some-7B-Instruct").weights_gb, 1)
    14.0
    >>> _from_name("org/Some-Model") is None
    True
    """
    name = model.rpartition("/")[2].lower()
    found = re.findall(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)(b|m)(?![a-z0-9])", name)
    if not found:
        return None
    # "30B-A3B": all of a mixture's experts lie in memory, so the largest number counts.
    billions = max(float(number) / (1 if unit == "b" else 1000) for number, unit in found)
    each = next((bytes_ for word, bytes_ in BYTES_BY_WORD if word in name), HALF)
    # Llama and Qwen models with grouped heads take 0.06 to 0.33 MB a token from 7B to 70B; this is near the upper end.
    kv_bytes = int(2**18 * min(1.25, max(0.5, billions / 32)))
    return Size(weights_gb=billions * each, kv_bytes=kv_bytes, billions=billions, source="a guess from its name")
