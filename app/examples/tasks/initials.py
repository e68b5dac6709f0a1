def initials(name: str) -> str:
    """Give the initials of a name, in capitals, each followed by a full stop; parts with a hyphen keep it between.

    >>> initials("Ada Lovelace")
    'A.L.'
    >>> initials("jean-luc picard")
    'J.-L.P.'
    >>> initials("  alan   turing ")
    'A.T.'
    """
    ...
