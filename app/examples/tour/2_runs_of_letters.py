"""One with edges: a first draft often forgets the last run, or the empty text. Look at what the review finds."""


def runs_of_letters(text: str) -> list[tuple[str, int]]:
    """Split a text into runs of one letter, each with its length, in order. Upper and lower case are the same letter.

    >>> runs_of_letters("aaab")
    [('a', 3), ('b', 1)]
    >>> runs_of_letters("aAb")
    [('a', 2), ('b', 1)]
    >>> runs_of_letters("")
    []
    """
    ...


def widest_gap(times: list[float]) -> float:
    """Give the longest time between two neighbours; the times come in no order. Fewer than two times have no gap: 0.

    >>> widest_gap([10.0, 1.0, 4.0])
    6.0
    >>> widest_gap([3.0])
    0.0
    >>> widest_gap([])
    0.0
    """
    raise NotImplementedError
