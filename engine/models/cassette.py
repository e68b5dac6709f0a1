"""Model traffic on file, so that a run can be had again exactly and without a network.

A cassette is JSON lines; each is one `Take`: an ask, the model that was asked, how many times it had been asked just
that before, and what came. It holds no key. It is not a run log: it has no times to replay.

    cassette = Cassette(path)
    model = Recording(OpenAIChat(endpoint), cassette)        asks for real, and writes down (`taping`)
    model = Replaying("qwen2.5-coder", Cassette.read(path))  never asks anybody
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ..errors import ModelError
from ..facts import Fact
from ..system.regular import read_regular
from .chat import Ask, Piece, Reply

LARGEST = 1_000_000_000
"""Bytes of a cassette."""


class Failure(Fact, frozen=True):
    """A `ModelError` as it was."""

    message: str
    kind: str = "failed"
    retryable: bool = False


class Take(Fact, frozen=True):
    """One exchange. `reply` is None when nothing came, because entering failed."""

    model: str
    ask: Ask
    occurrence: int = 0
    """How many times this model had been asked the very same before."""
    pieces: tuple[Piece, ...] = ()
    reply: Reply | None = None
    failure: Failure | None = None
    scripted: bool = False
    """Whether a person wrote the answer."""

    @property
    def key(self) -> str:
        """What it is found by."""
        return key(self.model, self.ask, self.occurrence)


def key(model: str, ask: Ask, occurrence: int = 0) -> str:
    """SHA-256 over the model, every part of the ask, and the occurrence; in hexadecimal."""
    text = msgspec.json.encode((model, msgspec.to_builtins(ask), occurrence), order="deterministic")
    return hashlib.sha256(text).hexdigest()


class Cassette:
    """Takes by their key, and the file they are appended to. One cassette serves all models of a run."""

    def __init__(self, path: Path, takes: Iterable[Take] = ()) -> None:
        self.path = path
        self._takes = {take.key: take for take in takes}
        self._asked: Counter[str] = Counter()

    @classmethod
    def read(cls, path: Path) -> Cassette:
        """The cassette in a file. Raises: ModelError when there is none, or a line of it is no take."""
        decoder = msgspec.json.Decoder(Take)
        takes: list[Take] = []
        try:
            takes.extend(map(decoder.decode, read_regular(path, LARGEST).splitlines()))
        except OSError as error:
            what = f"{path}: no cassette can be read there ({error.strerror})"
            raise ModelError(f"{what}; record one", kind="cassette") from None
        except (msgspec.DecodeError, RecursionError) as error:
            what = f"{path}, line {len(takes) + 1}: this is no take of a cassette ({error})"
            raise ModelError(f"{what}; record it again", kind="cassette") from None
        return cls(path, takes)

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models it has answers of, in the order in which they first appear."""
        return tuple(dict.fromkeys(take.model for take in self._takes.values()))

    def is_scripted(self, model: str) -> bool:
        """Whether a person wrote the answers of this model."""
        return any(take.scripted for take in self._takes.values() if take.model == model)

    def __len__(self) -> int:
        return len(self._takes)

    def next_occurrence(self, model: str, ask: Ask) -> int:
        """How many times this was called for the same model and ask before."""
        same = key(model, ask)
        self._asked[same] += 1
        return self._asked[same] - 1

    def find(self, model: str, ask: Ask, occurrence: int) -> Take | None:
        """The take, None when it was never recorded."""
        return self._takes.get(key(model, ask, occurrence))

    def add(self, take: Take) -> None:
        """Append a take to the file; its folder is made if need be."""
        self._takes[take.key] = take
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(take) + b"\n")
