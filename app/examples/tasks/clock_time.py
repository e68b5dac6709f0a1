def clock_time(hour: int, minute: int) -> str:
    """Write a time of the 24-hour clock with am and pm: midnight is 12 am, noon is 12 pm.

    Hours outside 0 to 23 and minutes outside 0 to 59 raise ValueError.

    >>> clock_time(13, 5)
    '1:05 pm'
    >>> clock_time(0, 30)
    '12:30 am'
    >>> clock_time(12, 0)
    '12:00 pm'
    >>> clock_time(24, 0)
    Traceback (most recent call last):
    ValueError: no such time: 24:00
    """
    ...
