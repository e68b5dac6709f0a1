def longest_streak(results: str, wanted: str = "W") -> int:
    """Give the length of the longest run of one letter in a text; upper and lower case are the same letter.

    >>> longest_streak("WWLWWW")
    3
    >>> longest_streak("wWlL", "l")
    2
    >>> longest_streak("")
    0
    """
    ...
