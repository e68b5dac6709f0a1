"""Where a file of weights may lie on this machine already: our own folder, and what others keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import platformdirs

from .weights import Weights, has_size


def models_folder(environ: Mapping[str, str]) -> Path:
    """Where our own copies belong: `REDRAFT_MODEL_DIR`, else `models` in the user's data directory."""
    chosen = environ.get("REDRAFT_MODEL_DIR", "")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("redraft") / "models"


def find(environ: Mapping[str, str], weights: Weights) -> Path | None:
    """The whole file if it is on this machine: a user's own, ours, or the one in a cache, used where it lies."""
    if weights.place:
        path = Path(weights.place)
        return path if path.is_file() else None
    copies = (path for path in _copies(environ, weights) if has_size(path, weights))
    return next(copies, None) if weights.sha256 else None


def _copies(environ: Mapping[str, str], weights: Weights) -> Iterator[Path]:
    yield models_folder(environ) / weights.kept_as
    yield from _of_the_hub(environ, weights)
    yield _of_ollama(environ, weights)
    yield from _of_lm_studio(environ, weights)


def _of_the_hub(environ: Mapping[str, str], weights: Weights) -> Iterator[Path]:
    """Where the hub's own tools would have put it (huggingface.co/docs/huggingface_hub/guides/manage-cache)."""
    home = Path(
        environ.get("HF_HOME") or Path(environ.get("XDG_CACHE_HOME") or _home(environ, ".cache")) / "huggingface"
    )
    cache = Path(environ.get("HF_HUB_CACHE") or home / "hub").expanduser()
    snapshots = cache / f"models--{weights.repository.replace('/', '--')}" / "snapshots"
    for path in sorted(snapshots.glob(f"*/{weights.file}")):
        # The cache names a large file by its SHA-256, so that its link tells what it is.
        if path.resolve().name == weights.sha256:
            yield path


def _of_ollama(environ: Mapping[str, str], weights: Weights) -> Path:
    """Ollama names every layer of a model by its SHA-256."""
    folder = Path(environ.get("OLLAMA_MODELS") or _home(environ, ".ollama/models")).expanduser()
    return folder / "blobs" / f"sha256-{weights.sha256}"


def _of_lm_studio(environ: Mapping[str, str], weights: Weights) -> Iterator[Path]:
    """LM Studio keeps files by OWNER/NAME; the second place is that of its older versions."""
    for folder in (".lmstudio/models", ".cache/lm-studio/models"):
        yield _home(environ, folder) / weights.repository / weights.file


def _home(environ: Mapping[str, str], below: str) -> Path:
    home = environ.get("HOME")
    return (Path(home) if home else Path.home()) / below
