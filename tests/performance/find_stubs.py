"""How long finding stubs takes in small and in absurd files. Run it: `python tests/performance/find_stubs.py`.

Targets: one stub in 10,000 lines in less than 50 ms; 50,000 lines must not freeze a screen (they are read in a thread).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from redraft.engine.sources import find_stubs, relocate, splice
from redraft.engine.sources.reading import Source, decoded

HELPER = '''
def helper_{n}(values: list[int], *, scale: float = 1.0) -> float:
    """Add up what is in values."""
    total = 0.0
    for number, value in enumerate(values):
        if value % 2 == 0:
            total += value * scale
        else:
            total -= value / (number + 1)
    return total

'''
STUB = '''
def wanted_{n}(values: list[int]) -> float:
    """Use helper_3 twice.

    >>> wanted_{n}([])
    0.0
    """
    ...

'''


def module(lines: int, stubs: int) -> Source:
    """A file of about so many lines, its stubs spread evenly."""
    helpers = lines // HELPER.count("\n")
    every = max(1, helpers // stubs)
    text = "".join(HELPER.format(n=n) + (STUB.format(n=n) if n % every == every // 2 else "") for n in range(helpers))
    return decoded("big.py", text.encode())


def best(action: Callable[[], object], times: int = 5) -> float:
    """Milliseconds of CPU of the fastest of some runs."""
    found: list[float] = []
    for _ in range(times):
        began = time.process_time()
        action()
        found.append((time.process_time() - began) * 1000)
    return min(found)


def main() -> None:
    """Print a table."""
    print(f"{'lines':>7} {'stubs':>6} {'find ms':>8} {'broken ms':>10} {'splice ms':>10} {'relocate ms':>12}")
    for lines, stubs in ((200, 3), (1_000, 5), (5_000, 1), (10_000, 1), (10_000, 100), (50_000, 1), (50_000, 500)):
        source = module(lines, stubs)
        broken = decoded("big.py", source.text.encode() + b"\nx = (\n")
        stub = find_stubs(source).stubs[0]
        figures = (
            best(lambda source=source: find_stubs(source)),
            best(lambda broken=broken: find_stubs(broken), times=2),
            best(lambda source=source, stub=stub: splice(source, stub, "return 0.0")),
            best(lambda source=source, stub=stub: relocate(source, stub)),
        )
        count = source.text.count("\n")
        print(
            f"{count:>7} {len(find_stubs(source).stubs):>6} "
            + "{:>8.1f} {:>10.1f} {:>10.1f} {:>12.1f}".format(*figures)
        )


if __name__ == "__main__":
    main()
