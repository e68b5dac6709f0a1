"""An easy one: press nothing and watch. redraft saw this stub when it opened the file."""


def running_total(numbers: list[int]) -> list[int]:
    """Give the sum of everything up to and including each place.

    >>> running_total([1, 2, 3])
    [1, 3, 6]
    >>> running_total([5])
    [5]
    >>> running_total([])
    []
    """
    ...
