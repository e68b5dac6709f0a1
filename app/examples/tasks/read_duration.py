def read_duration(text: str) -> int:
    """Read a duration such as "1h30m" and give it in seconds.

    The units are d, h, m and s; each appears at most once, largest first, right after its whole number. Blanks
    around and between the parts are allowed. Anything else, an empty text included, raises ValueError.

    >>> read_duration("1h30m")
    5400
    >>> read_duration("2d 5s")
    172805
    >>> read_duration("90")
    Traceback (most recent call last):
    ValueError: not a duration: '90'
    """
    ...
