def split_fields(line: str) -> list[str]:
    """Split one line of comma-separated values into its fields.

    A field in double quotes may hold commas, and a quote written twice; the quotes around it are not part of it.
    Blanks are kept. A quote that is never closed raises ValueError.

    >>> split_fields('a,"b,c",d')
    ['a', 'b,c', 'd']
    >>> split_fields('"say ""hi"" now",2')
    ['say "hi" now', '2']
    >>> split_fields('')
    ['']
    """
    ...
