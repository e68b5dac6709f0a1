def newest_version(versions: list[str]) -> str:
    """Give the newest of version numbers such as 1.10.2 or 2.0rc1.

    Parts count as whole numbers, and missing parts as 0. A release candidate (rc and a number at the end) is older
    than the release of the same number. Of equal versions, the first given wins; without any, raise ValueError.

    >>> newest_version(["1.9", "1.10"])
    '1.10'
    >>> newest_version(["2.0rc1", "2.0"])
    '2.0'
    >>> newest_version(["1.0", "1"])
    '1.0'
    """
    ...
