def plain_path(path: str) -> str:
    """Give a path with / between its parts in its shortest form, without looking at any disk.

    Empty parts and . vanish, and .. takes the part before it away. Above the root .. does nothing; at the beginning
    of a relative path it stays. What comes out empty is ".", or "/" for an absolute path.

    >>> plain_path("/a/./b/../c/")
    '/a/c'
    >>> plain_path("../a//b")
    '../a/b'
    >>> plain_path("a/..")
    '.'
    """
    ...
