def second_largest(numbers: list[int]) -> int | None:
    """Give the second largest of the different numbers, or None when there are fewer than two different ones.

    >>> second_largest([3, 1, 2])
    2
    >>> second_largest([5, 5, 4])
    4
    >>> second_largest([7, 7])
    """
    ...
