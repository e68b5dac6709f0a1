"""How far `engine.models.tokens` is off: our estimate against the embedded model's own tokenizer.

    python tests/performance/token_estimates.py MODEL.gguf [FILE_OR_FOLDER …]

Reads the vocabulary and the merges from the GGUF file and counts with a byte-pair encoder written here, so neither a
server nor another package is needed. Without files it takes the standard library's own sources, whole, and
in the sizes that prompts have.
"""

from __future__ import annotations

import re
import statistics
import struct
import sys
import sysconfig
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

from redraft.engine.models.tokens import count

# The pre-tokenizer named "qwen2", in the letters and digits that `re` knows.
SPLIT = re.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\w]?[^\W\d_]+|_?[^\W\d_]+|\d| ?(?:[^\s\w]|_)+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SIZES = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
STRING, ARRAY = 8, 9


def number(file: BinaryIO, form: str) -> Any:
    return struct.unpack(form, file.read(struct.calcsize(form)))[0]


def value(file: BinaryIO, kind: int) -> Any:
    if kind == STRING:
        return file.read(number(file, "<Q")).decode("utf-8", "replace")
    if kind == ARRAY:
        inner, length = number(file, "<I"), number(file, "<Q")
        return [value(file, inner) for _ in range(length)]
    return number(file, SIZES[kind])


def metadata(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        assert file.read(4) == b"GGUF"
        number(file, "<I")
        number(file, "<Q")
        return {value(file, STRING): value(file, number(file, "<I")) for _ in range(number(file, "<Q"))}


def byte_letters() -> dict[int, str]:
    """The letter that stands for each byte in a GPT-2 vocabulary."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + n) for n, byte in enumerate(others)}


class Tokenizer:
    def __init__(self, path: Path) -> None:
        merges = metadata(path)["tokenizer.ggml.merges"]
        self.rank = {tuple(merge.split(" ")): n for n, merge in enumerate(merges)}
        self.letters = byte_letters()
        self.tokens_of = cache(self._tokens_of)

    def count(self, text: str) -> int:
        return sum(map(self.tokens_of, SPLIT.findall(text)))

    def _tokens_of(self, piece: str) -> int:
        parts = [self.letters[byte] for byte in piece.encode("utf-8", "surrogatepass")]
        while len(parts) > 1:
            pairs = [(self.rank.get((a, b), 1 << 30), n) for n, (a, b) in enumerate(pairwise(parts))]
            rank, n = min(pairs)
            if rank == 1 << 30:
                break
            parts[n : n + 2] = [parts[n] + parts[n + 1]]
        return len(parts)


def excerpts(text: str, lines: int) -> list[str]:
    rows = text.splitlines(keepends=True)
    return ["".join(rows[n : n + lines]) for n in range(0, len(rows) - lines + 1, lines)]


def report(name: str, texts: list[str], tokenizer: Tokenizer) -> None:
    pairs = [(count(text), tokenizer.count(text)) for text in texts]
    ratios = sorted(ours / theirs for ours, theirs in pairs if theirs >= 20)
    if not ratios:
        return
    total = sum(ours for ours, _ in pairs) / sum(theirs for _, theirs in pairs)
    low, high = ratios[len(ratios) // 100], ratios[-1 - len(ratios) // 100]
    characters = sum(map(len, texts)) / sum(theirs for _, theirs in pairs)
    print(
        f"{name:24} n={len(ratios):6} total {total:.3f}  median {statistics.median(ratios):.3f}  1–99 % {low:.2f}–{high:.2f}"
        f"  extremes {ratios[0]:.2f}–{ratios[-1]:.2f}  ({characters:.2f} characters a token)"
    )


def main() -> None:
    tokenizer = Tokenizer(Path(sys.argv[1]))
    folders = [Path(name) for name in sys.argv[2:]] or [Path(sysconfig.get_path("stdlib"))]
    files = [f for p in folders for f in ([p] if p.is_file() else sorted(p.glob("*.py")))]
    texts = [path.read_text("utf-8", "replace") for path in files]
    report("whole files", texts, tokenizer)
    for lines in (200, 40, 10):
        report(f"excerpts of {lines} lines", [e for text in texts for e in excerpts(text, lines)], tokenizer)


if __name__ == "__main__":
    main()
