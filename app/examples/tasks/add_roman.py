def add_roman(first: str, second: str) -> str:
    """The sum of two Roman numerals, as a Roman numeral.

    >>> add_roman("XIV", "LXXVI")
    'XC'
    >>> add_roman("CDXLIV", "CDXLIV")
    'DCCCLXXXVIII'
    >>> add_roman("I", "IX")
    'X'
    """
    ...
