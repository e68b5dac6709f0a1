"""Methods: a stub sees its class. Press } to go from one stub to the next."""


class Shelf:
    """Books by title, each with the number of copies that are in."""

    def __init__(self) -> None:
        self.copies: dict[str, int] = {}

    def add(self, title: str, copies: int = 1) -> None:
        """Put copies on the shelf; fewer than one copy is a mistake.

        >>> shelf = Shelf()
        >>> shelf.add("Emma")
        >>> shelf.add("Emma", 2)
        >>> shelf.copies
        {'Emma': 3}
        >>> shelf.add("Emma", 0)
        Traceback (most recent call last):
        ValueError: 0 copies of 'Emma'
        """
        ...

    def lend(self, title: str) -> bool:
        """Take one copy away; say whether there was one. A title without copies leaves the shelf.

        >>> shelf = Shelf()
        >>> shelf.copies = {"Emma": 1}
        >>> shelf.lend("Emma")
        True
        >>> shelf.lend("Emma")
        False
        >>> shelf.copies
        {}
        """
        ...
