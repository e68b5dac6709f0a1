def merge_ranges(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge ranges of whole numbers, both ends included, and give them in order.

    Ranges that overlap or follow each other without a gap become one: (1, 3) and (4, 6) are (1, 6).
    The ranges come in any order. A range whose end is before its start raises ValueError.

    >>> merge_ranges([(1, 3), (2, 5), (8, 9)])
    [(1, 5), (8, 9)]
    >>> merge_ranges([(4, 6), (1, 3)])
    [(1, 6)]
    >>> merge_ranges([])
    []
    """
    ...
