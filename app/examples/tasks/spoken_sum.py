def spoken_sum(words: str) -> str:
    """Adds numbers spoken in English and says the result; all numbers, the sum too, are from 0 to 99.

    The numbers are joined by " plus "; tens and ones are joined by a hyphen.

    >>> spoken_sum("twelve plus thirty")
    'forty-two'
    >>> spoken_sum("twenty-one plus nineteen plus four")
    'forty-four'
    >>> spoken_sum("zero plus zero")
    'zero'
    """
    ...
