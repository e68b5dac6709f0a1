def swap_pairs(items: list[int]) -> list[int]:
    """Swap the first with the second, the third with the fourth, and so on; a last one without a partner stays.

    The list that is given stays as it is.

    >>> swap_pairs([1, 2, 3, 4])
    [2, 1, 4, 3]
    >>> swap_pairs([1, 2, 3])
    [2, 1, 3]
    >>> given = [1, 2]
    >>> swap_pairs(given)
    [2, 1]
    >>> given
    [1, 2]
    """
    ...
