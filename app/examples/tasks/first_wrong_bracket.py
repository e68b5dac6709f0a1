def first_wrong_bracket(text: str) -> int:
    """Give the place of the first bracket that is wrong, or -1 when all match; places count from 0.

    Brackets are (), [] and {}; other characters do not matter. A closing bracket is wrong when the last open one is of
    another kind or there is none. If no closing bracket is wrong, the last bracket left open is.

    >>> first_wrong_bracket("f(a[1])")
    -1
    >>> first_wrong_bracket("(]")
    1
    >>> first_wrong_bracket("((x)")
    0
    """
    ...
