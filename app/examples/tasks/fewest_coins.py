def fewest_coins(amount: int, coins: list[int]) -> int:
    """Give the least number of coins that make up an amount; each coin may be used any number of times.

    An amount of 0 needs no coin. When it cannot be made up, give -1. Negative amounts raise ValueError.

    >>> fewest_coins(11, [1, 2, 5])
    3
    >>> fewest_coins(6, [1, 3, 4])
    2
    >>> fewest_coins(3, [2])
    -1
    """
    ...
