def letter_entropy(text: str) -> float:
    """Give the entropy of the letters of a text in bits, rounded to three digits.

    It is the sum of -p * log2(p) over the share p of each letter. Upper and lower case are the same letter; what is
    no letter does not count. A text without letters has none: 0.0.

    >>> letter_entropy("abab")
    1.0
    >>> letter_entropy("Aa!")
    0.0
    """
    ...
