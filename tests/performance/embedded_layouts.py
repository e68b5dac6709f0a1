"""Which layout of a prompt brings a verified function soonest on the embedded model? Ratios within one run.

    python tests/performance/embedded_layouts.py [--stubs 8] [--speculation N,M]

Every stub goes through every way to ask, one after another, so that a busy machine slows all alike. "Passed" counts the
drafts whose examples all hold. The fixes start from the same failing draft, so that their tokens can be compared.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import msgspec
from redraft.engine.models.embedded import host as embedded_host
from redraft.engine.models.embedded.catalogue import default
from redraft.engine.models.embedded.server import Tuning

STUBS = [
    'def encode_runs(text: str) -> list[tuple[str, int]]:\n    """Run-length encode text as (character, count) pairs.\n\n    >>> encode_runs("aaabcc")\n    [(\'a\', 3), (\'b\', 1), (\'c\', 2)]\n    >>> encode_runs("")\n    []\n    """\n',
    'def merge_intervals(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:\n    """Merge overlapping or touching closed intervals; the result is sorted.\n\n    >>> merge_intervals([(5, 8), (1, 3), (3, 4)])\n    [(1, 4), (5, 8)]\n    >>> merge_intervals([])\n    []\n    """\n',
    'def seconds_of(duration: str) -> int:\n    """Give the seconds in a duration such as "1h30m", "45s" or "2d"; letters are d, h, m, s.\n\n    >>> seconds_of("1h30m")\n    5400\n    >>> seconds_of("2d1s")\n    172801\n    >>> seconds_of("")\n    0\n    """\n',
    'def top_words(text: str, count: int) -> list[str]:\n    """Give the most frequent words in lower case, ties in alphabetical order; punctuation does not count.\n\n    >>> top_words("The cat. The dog! A cat?", 2)\n    [\'cat\', \'the\']\n    >>> top_words("b a", 5)\n    [\'a\', \'b\']\n    """\n',
    'def spiral(matrix: list[list[int]]) -> list[int]:\n    """Read a matrix clockwise from the outside in.\n\n    >>> spiral([[1, 2, 3], [4, 5, 6], [7, 8, 9]])\n    [1, 2, 3, 6, 9, 8, 7, 4, 5]\n    >>> spiral([[1, 2, 3]])\n    [1, 2, 3]\n    >>> spiral([])\n    []\n    """\n',
    'def roman(number: int) -> str:\n    """Write a number from 1 to 3999 in Roman numerals.\n\n    >>> roman(1994)\n    \'MCMXCIV\'\n    >>> roman(4)\n    \'IV\'\n    """\n',
    'def wrap(text: str, width: int) -> list[str]:\n    """Break text into lines of at most width characters at blanks; a longer word is cut into pieces of width.\n\n    >>> wrap("the quick brown fox", 10)\n    [\'the quick\', \'brown fox\']\n    >>> wrap("abcdefgh ij", 3)\n    [\'abc\', \'def\', \'gh\', \'ij\']\n    """\n',
    'def next_version(version: str, part: str) -> str:\n    """Raise one part ("major", "minor" or "patch") of a version; what follows it becomes 0.\n\n    >>> next_version("1.4.9", "patch")\n    \'1.4.10\'\n    >>> next_version("1.4.9", "major")\n    \'2.0.0\'\n    >>> next_version("1.4", "patch")\n    \'1.4.1\'\n    """\n',
]  # fmt: skip
"""Each ends with the newline after its docstring, where the body begins."""

STOPS = ["\n```", "\nif __name__", "\nassert ", "\nprint("]
SYSTEM = "You complete Python functions. Answer with the code only, no comments, no explanation."
PLAIN = "Complete this Python function. Answer with the whole function in one code block.\n\n```python\n{stub}```"
FREE = "You complete Python functions so that every example holds. Import what you need inside the function."
SHORT = "Write the function."
FAILED = "This example fails:\n{evidence}\nWrite the corrected function."


class Answer(msgspec.Struct):
    """What one request gave and cost."""

    text: str
    seconds: float
    first: float
    read: int
    """Prompt tokens that were not in the cache."""
    said: int
    """Tokens of the answer, counted by pieces."""


class Server:
    """Asks a running embedded server without anything of ours in between."""

    def __init__(self, address: embedded_host.Address) -> None:
        # llama.cpp closes a connection after a stream, though it promises to keep it.
        fresh = httpx2.HTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))
        headers = {"Authorization": f"Bearer {address.key}"}
        self.http = httpx2.Client(base_url=address.url, headers=headers, timeout=300, trust_env=False, transport=fresh)

    def chat(self, messages: list[dict[str, str]], *, cut: bool, **more: object) -> Answer:
        """One chat completion, streamed."""
        return self._ask("/v1/chat/completions", {"messages": messages, **more}, cut)

    def complete(self, prompt: str, *, cut: bool, **more: object) -> Answer:
        """One raw continuation, streamed."""
        return self._ask("/v1/completions", {"prompt": prompt, **more}, cut)

    def forget(self) -> None:
        """Make the cached prompt useless, as for the first question of a day."""
        self.complete(f"{time.time()} forget", cut=False, max_tokens=1)

    def _ask(self, path: str, fields: dict[str, object], cut: bool) -> Answer:
        asked = {"max_tokens": 400, "temperature": 0.0, "top_k": 1, "stop": STOPS, **fields}
        began, first, text, said, read = time.perf_counter(), 0.0, "", 0, 0
        with self.http.stream("POST", path, json={**asked, "stream": True, "timings_per_token": True}) as answer:
            for line in answer.iter_lines():
                if not line.startswith("data: {"):
                    continue
                event = msgspec.json.decode(line[6:])
                read = event.get("timings", {}).get("prompt_n", read)
                choice = (event.get("choices") or [{}])[0]
                piece = choice.get("text") or choice.get("delta", {}).get("content") or ""
                if piece:
                    first = first or time.perf_counter() - began
                    text, said = text + piece, said + 1
                if cut and body_has_ended(text):
                    break
        return Answer(text=text, seconds=time.perf_counter() - began, first=first, read=read, said=said)


def body_has_ended(text: str) -> bool:
    """Whether a line begins at the margin: what comes from there on is no part of the body."""
    return any(line[:1].strip() for line in text.split("\n")[1:])


def body_of(text: str) -> str:
    """The lines before the first one at the margin."""
    lines = text.split("\n")
    end = next((number for number, line in enumerate(lines) if number and line[:1].strip()), len(lines))
    return "\n".join(lines[:end]).rstrip() + "\n"


def function_of(text: str) -> str:
    """What stands in the first fence, or all of it."""
    _, fence, rest = text.partition("```python\n")
    return (rest if fence else text).partition("\n```")[0] + "\n"


def failure(stub: str, code: str) -> str:
    """The first of the stub's examples that does not hold as call, got and expected; "" when all hold."""
    # An answer may leave the docstring out, and with it the examples: they are always taken from the stub.
    examples = ast.get_docstring(ast.parse(stub + "    ...").body[0])  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "drafted.py")
        path.write_text(f"{code}\n__test__ = {{'examples': {examples!r}}}\n")
        try:
            ran = subprocess.run(
                [sys.executable, "-I", "-m", "doctest", "-o", "FAIL_FAST", path],
                capture_output=True,
                text=True,
                timeout=10,
                cwd=folder,
            )
        except subprocess.TimeoutExpired:
            return "it never ends"
    if ran.returncode == 0:
        return ""
    lines = (ran.stdout or ran.stderr).splitlines()
    start = next(
        (number for number, line in enumerate(lines) if line.startswith("Failed example")), max(0, len(lines) - 3)
    )
    shown = [line for line in lines[start : start + 30] if not line.startswith(("    Traceback", "      File", "***"))]
    return "\n".join(shown[:12])


def turn(role: str, content: str) -> dict[str, str]:
    """One message."""
    return {"role": role, "content": content}


def short(stub: str, body: str | None = None) -> list[dict[str, str]]:
    """System and user never change; the stub stands once, as the beginning of the answer."""
    return [turn("system", SYSTEM), turn("user", SHORT), turn("assistant", stub + (body or ""))]


def drafts(server: Server) -> dict[str, Callable[[str], tuple[Answer, str]]]:
    """Ways to ask for a draft; each gives the answer and the whole program."""

    def plain(stub: str) -> tuple[Answer, str]:
        answer = server.chat([turn("system", SYSTEM), turn("user", PLAIN.format(stub=stub))], cut=False)
        return answer, function_of(answer.text)

    def told_and_prefilled(stub: str) -> tuple[Answer, str]:
        turns = [turn("system", SYSTEM), turn("user", PLAIN.format(stub=stub)), turn("assistant", "```python\n" + stub)]
        answer = server.chat(turns, cut=True)
        return answer, stub + body_of(answer.text)

    def prefilled(stub: str) -> tuple[Answer, str]:
        answer = server.chat(short(stub), cut=True)
        return answer, stub + body_of(answer.text)

    def freely_prefilled(stub: str) -> tuple[Answer, str]:
        answer = server.chat([turn("system", FREE), *short(stub)[1:]], cut=True)
        return answer, stub + body_of(answer.text)

    def warmed(stub: str) -> tuple[Answer, str]:
        server.chat(short(stub), cut=False, max_tokens=1)
        return prefilled(stub)

    def raw(stub: str) -> tuple[Answer, str]:
        answer = server.complete(stub, cut=True)
        return answer, stub + body_of(answer.text)

    return {
        "whole function": plain,
        "stub told, prefilled": told_and_prefilled,
        "prefilled": prefilled,
        "prefilled, comments": freely_prefilled,
        "prefilled, warmed": warmed,
        "raw continuation": raw,
    }


def fixes(server: Server) -> dict[str, Callable[[str, str, str], tuple[Answer, str]]]:
    """Ways to ask for a repair of a body, given what failed."""

    def fresh(stub: str, body: str, evidence: str) -> tuple[Answer, str]:
        told = PLAIN.format(stub=stub + body) + "\n" + FAILED.format(evidence=evidence)
        answer = server.chat([turn("system", SYSTEM), turn("user", told)], cut=False)
        return answer, function_of(answer.text)

    def going_on(stub: str, body: str, evidence: str) -> tuple[Answer, str]:
        turns = [*short(stub, body.rstrip()), turn("user", FAILED.format(evidence=evidence)), turn("assistant", stub)]
        answer = server.chat(turns, cut=True)
        return answer, stub + body_of(answer.text)

    def fresh_prefilled(stub: str, body: str, evidence: str) -> tuple[Answer, str]:
        told = PLAIN.format(stub=stub + body) + "\n" + FAILED.format(evidence=evidence)
        answer = server.chat([turn("system", SYSTEM), turn("user", told), turn("assistant", stub)], cut=True)
        return answer, stub + body_of(answer.text)

    return {"whole function": fresh, "prefilled": fresh_prefilled, "going on, prefilled": going_on}


def row(name: str, answers: list[Answer], passed: int, base: float) -> str:
    """One line of a table."""
    seconds = sum(answer.seconds for answer in answers)
    first = sum(answer.first for answer in answers) / len(answers)
    read, said = sum(answer.read for answer in answers), sum(answer.said for answer in answers)
    return f"{name:24}{seconds:8.1f}{base / seconds:7.2f}x{first:8.2f}{read:8}{said:8}{passed:5}/{len(answers)}"


def measure(server: Server, stubs: list[str]) -> None:
    """Both tables."""
    ways, got, passed = drafts(server), {}, dict.fromkeys(drafts(server), 0)
    broken: list[tuple[str, str, str]] = []
    for stub in stubs:
        for name, way in ways.items():
            server.forget()
            answer, program = way(stub)
            got.setdefault(name, []).append(answer)
            evidence = failure(stub, program)
            passed[name] += not evidence
            if evidence and name == "prefilled, warmed":
                broken.append((stub, body_of(answer.text), evidence))
    print(f"{'draft':24}{'seconds':>8}{'ratio':>8}{'first':>8}{'read':>8}{'said':>8}  passed")
    base = sum(answer.seconds for answer in got["whole function"])
    for name in ways:
        print(row(name, got[name], passed[name], base), flush=True)
    repairs, mended, spent = fixes(server), dict.fromkeys(fixes(server), 0), {}
    for stub, body, evidence in broken:
        for name, way in repairs.items():
            server.chat([*short(stub, body.rstrip()), turn("user", "x")], cut=False, max_tokens=1)
            answer, program = way(stub, body, evidence)
            spent.setdefault(name, []).append(answer)
            mended[name] += not failure(stub, program)
    if broken:
        print(f"\n{'fix':24}{'seconds':>8}{'ratio':>8}{'first':>8}{'read':>8}{'said':>8}  passed")
        base = sum(answer.seconds for answer in spent["whole function"])
        for name in repairs:
            print(row(name, spent[name], mended[name], base))


async def main() -> None:
    """Measure on a server of our own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--stubs", type=int, default=len(STUBS))
    parser.add_argument("--speculation", type=lambda text: tuple(map(int, text.split(","))), default=None)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # One slot and no memory of older prompts, so that `forget` does.
        tuning = Tuning(speculation=wanted.speculation, slots=1, prompt_cache_mib=0)
        host = embedded_host.Host(os.environ, Path(folder), file=default(), tuning=tuning, room=contextlib.nullcontext)
        try:
            server = Server(await host.address())
            await asyncio.to_thread(measure, server, STUBS[: wanted.stubs])
        finally:
            await host.stop()


if __name__ == "__main__":
    asyncio.run(main())
