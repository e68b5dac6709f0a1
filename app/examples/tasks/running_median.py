def running_median(values: list[float], width: int) -> list[float]:
    """Give the median of every window of so many neighbouring values, from left to right.

    The median of an even number of values is the mean of the two in the middle. There are no windows, and so no
    medians, when there are fewer values than the width. A width below 1 raises ValueError.

    >>> running_median([5, 1, 4, 2], 3)
    [4.0, 2.0]
    >>> running_median([1, 3, 2], 2)
    [2.0, 2.5]
    >>> running_median([1], 2)
    []
    """
    ...
