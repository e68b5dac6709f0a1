def isbn_report(numbers: list[str]) -> dict[str, str]:
    """What each book number is: "isbn10", "isbn13" or "wrong", by the number as it was written.

    Hyphens and spaces do not count. Of ten characters the last may be X, worth ten; with weights 10, 9, ..., 1 the sum
    is a multiple of 11. Of thirteen digits, with weights 1, 3, 1, 3, ..., the sum is a multiple of 10, and the first
    three are 978 or 979.

    >>> isbn_report(["0-306-40615-2", "978-0-306-40615-7"])
    {'0-306-40615-2': 'isbn10', '978-0-306-40615-7': 'isbn13'}
    >>> isbn_report(["0 8044 2957 X", "X804429570"])
    {'0 8044 2957 X': 'isbn10', 'X804429570': 'wrong'}
    >>> isbn_report(["977-0-306-40615-8", "12345", ""])
    {'977-0-306-40615-8': 'wrong', '12345': 'wrong', '': 'wrong'}
    """
    ...
