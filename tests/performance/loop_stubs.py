"""Eight stubs of our own to measure the drafting loop with."""

from dataclasses import dataclass


def running_maximum(numbers: list[int]) -> list[int]:
    """The largest number seen so far, at every position.

    >>> running_maximum([1, 3, 2, 5])
    [1, 3, 3, 5]
    >>> running_maximum([])
    []
    """
    ...


def run_length(text: str) -> str:
    """Run-length encode a text; runs of one have no number.

    >>> run_length("aaabcc")
    'a3bc2'
    >>> run_length("")
    ''
    """
    ...


def to_roman(number: int) -> str:
    """A number from 1 to 3999 in Roman numerals.

    >>> to_roman(1994)
    'MCMXCIV'
    >>> to_roman(4)
    'IV'
    """
    ...


def chunks(items: list[int], size: int) -> list[list[int]]:
    """Split a list into pieces of `size`; the last one may be shorter. A size below 1 is a ValueError.

    >>> chunks([1, 2, 3, 4, 5], 2)
    [[1, 2], [3, 4], [5]]
    >>> chunks([], 3)
    []
    >>> chunks([1], 0)
    Traceback (most recent call last):
    ValueError: size must be at least 1
    """
    ...


def is_balanced(text: str) -> bool:
    """Whether (), [] and {} are balanced and properly nested; other characters are ignored.

    >>> is_balanced("a(b[c]{d})")
    True
    >>> is_balanced("([)]")
    False
    >>> is_balanced("(")
    False
    """
    ...


def seconds_of(clock: str) -> int:
    """Seconds of a duration like "1:02:03" or "2:03" or "3".

    >>> seconds_of("1:02:03")
    3723
    >>> seconds_of("2:03")
    123
    >>> seconds_of("3")
    3
    """
    ...


def merge_ranges(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge ranges that overlap or touch, sorted.

    >>> merge_ranges([(5, 7), (1, 3), (3, 4)])
    [(1, 4), (5, 7)]
    >>> merge_ranges([])
    []
    """
    ...


@dataclass
class Account:
    """Money in cents."""

    balance: int = 0

    def withdraw(self, amount: int) -> int:
        """Take money out and give what is left. Too much, or less than one cent, is a ValueError.

        >>> Account(100).withdraw(30)
        70
        >>> Account(100).withdraw(101)
        Traceback (most recent call last):
        ValueError: not enough money
        """
        ...
