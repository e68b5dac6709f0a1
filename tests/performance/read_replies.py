"""How long the worst replies take to read, at 50, 100 and 200 kB: the time should grow with the length, not faster.

Run: python tests/performance/read_replies.py
"""

import time

from redraft.engine.facts import Stub
from redraft.engine.models.chat import Reply
from redraft.engine.replies import BodyEnd, body, checks, review

STUB = Stub(path="x.py", name="f", line=1, header='def f(x):\n    """Do it."""\n', docstring="Do it.")
REPLIES = {
    "one long line": "1+",
    "prose": "word ",
    "body lines": "    x = 1\n",
    "open brackets": "    a(\n",
    "quotes": "'",
    "triple quotes": '    x = """a\n',
    "fences": "```\n",
    "whole answers": "```python\ndef f(x):\n    return x\n```\n",
    "signatures": "def f(x):\n",
    "functions": "def f(x):\n    return x\n",
    "helpers": "def g(x):\n    return f(x)\n",
    "decorators": "@a\n",
    "JSON objects": '{"findings": [{"quote": "a"},',
    "bullets": "- line 3 `x` is wrong, should be `f(2)`\n",
    "asserts": "assert f(1) == 2\n",
}


def streamed(text: str) -> None:
    ending = BodyEnd(STUB)
    for at in range(0, len(text), 4):
        if ending.feed(text[at : at + 4]):
            return


def seconds(read, text):
    began = time.perf_counter()
    read(text)
    return time.perf_counter() - began


READERS = {
    "body": lambda text: body(STUB, Reply(text=text)),
    "continued body": lambda text: body(STUB, Reply(text=text, prefilled=True)),
    "end of body": streamed,
    "review": lambda text: review(text, "d1", "def f(x):\n    return x\n" * 20, "m"),
    "checks": lambda text: checks(text, "f"),
}


def main() -> None:
    print(f"{'reply':<16}{'reader':<16}" + "".join(f"{size:>8} kB" for size in (50, 100, 200)))
    for name, piece in REPLIES.items():
        for reader, read in READERS.items():
            times = [seconds(read, piece * (size * 1000 // len(piece))) for size in (50, 100, 200)]
            print(f"{name:<16}{reader:<16}" + "".join(f"{spent:>10.3f}s" for spent in times))


if __name__ == "__main__":
    main()
