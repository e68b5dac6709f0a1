def chunked(text: str, size: int) -> list[str]:
    """Cut a text into pieces of so many characters; the last may be shorter. A size below 1 raises ValueError.

    >>> chunked("abcdef", 2)
    ['ab', 'cd', 'ef']
    >>> chunked("abcde", 3)
    ['abc', 'de']
    >>> chunked("abc", 0)
    Traceback (most recent call last):
    ValueError: a size of 0
    """
    ...
