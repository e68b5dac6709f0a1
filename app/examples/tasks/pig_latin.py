def pig_latin(sentence: str) -> str:
    """The sentence in Pig Latin, word by word; everything that is not a letter stays where it is.

    A word that begins with a vowel (a e i o u) gets "way" at its end. Of any other word all consonants before the first
    vowel go to the end, followed by "ay"; "qu" goes together, and y counts as a vowel unless it comes first. A word
    that began with a capital does so afterwards, and has no other capitals.

    >>> pig_latin("apple pie")
    'appleway iepay'
    >>> pig_latin("Quiet, my school!")
    'Ietquay, ymay oolschay!'
    >>> pig_latin("The yellow square is in Rhythm.")
    'Ethay ellowyay aresquay isway inway Ythmrhay.'
    """
    ...
