def next_workday(day: str, holidays: list[str]) -> str:
    """Give the first working day after a day; days are written as 2024-03-01.

    Saturdays, Sundays and the holidays are no working days.

    >>> next_workday("2024-03-01", [])
    '2024-03-04'
    >>> next_workday("2024-03-04", ["2024-03-05"])
    '2024-03-06'
    """
    ...
