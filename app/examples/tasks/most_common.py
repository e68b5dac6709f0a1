def most_common(numbers: list[int]) -> int:
    """Give the number that appears most often; of several that appear equally often, the smallest.

    An empty list raises ValueError.

    >>> most_common([1, 2, 2])
    2
    >>> most_common([3, 1, 3, 1])
    1
    >>> most_common([])
    Traceback (most recent call last):
    ValueError: no numbers
    """
    ...
