def compact_numbers(numbers: list[int]) -> str:
    """Write whole numbers shortly: three or more in a row become first-last, all else stands alone.

    The numbers come in any order and may repeat; each is written once, in order, with commas between.

    >>> compact_numbers([1, 2, 3, 5])
    '1-3,5'
    >>> compact_numbers([8, 7])
    '7,8'
    >>> compact_numbers([])
    ''
    """
    ...
