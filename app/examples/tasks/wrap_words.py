def wrap_words(text: str, width: int) -> list[str]:
    """Break a text into lines of at most so many characters, between words where possible.

    Each line takes as many words as fit, with one blank between. A word longer than a line begins a line of its own
    and is cut into pieces of full width; words may follow its last piece. A width below 1 raises ValueError.

    >>> wrap_words("the quick brown fox", 10)
    ['the quick', 'brown fox']
    >>> wrap_words("a abcdefg b", 3)
    ['a', 'abc', 'def', 'g b']
    >>> wrap_words("", 5)
    []
    """
    ...
