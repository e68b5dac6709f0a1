def roman_report(numerals: list[str]) -> list[str]:
    """The correctly written Roman numerals of the list, from the smallest number to the largest, each with its value.

    Numbers go from 1 to 3999. What is not written as the Romans did ("IIII", "IC", "VX", "ABC", "") is left out.

    >>> roman_report(["XL", "IX", "IIII"])
    ['IX = 9', 'XL = 40']
    >>> roman_report(["MCMXCIV", "VX", "D", "CD", ""])
    ['CD = 400', 'D = 500', 'MCMXCIV = 1994']
    """
    ...
