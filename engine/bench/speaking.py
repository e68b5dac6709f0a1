"""What runs beside a solution in the sandbox: calls it, and spells what comes out so that the parent can compare.

Standard library only, Python 3.6 and up: this file's text is sent into the sandboxed process. It holds nothing that is
expected. A solution that tampers with it can claim outputs, which gains nothing without knowing what is expected.
"""

# pyright: basic, reportCallIssue=false, reportAttributeAccessIssue=false, reportArgumentType=false, reportGeneralTypeIssues=false, reportIndexIssue=false

LARGEST = 60_000
"""Characters of one output; what is larger is told by its fingerprint."""
EXACT = 2**53
"""Whole numbers below this are exact as doubles."""
MANY = 4096
"""Members that are spelled at once: a list may be as large as memory allows."""
MOST = 90_000
"""Characters of one answer; what does not fit is asked for again."""


def redraft_outputs(function: object, texts: "list[str]", kind: str) -> str:
    """One line for each list of arguments in `texts`: seconds, a sign, and the output.

    The signs: "=" a literal, "~" a fingerprint, "#" the type of what is no plain value, "!" an exception. With `kind`
    "set" the output is made a set first.
    """
    import time

    names = {"inf": float("inf"), "nan": float("nan"), "__builtins__": {"set": set, "frozenset": frozenset}}
    lines = []
    size = 0
    for text in texts:
        arguments = eval(text, names)
        began = time.perf_counter()
        try:
            output = function(*arguments)
            said = redraft_told(set(output) if kind == "set" else output)
        except BaseException as problem:
            said = "!" + type(problem).__name__ + ": " + str(problem)[:300]
        # Spelling a large output takes longer than making it; limits are made from the two together.
        spent = time.perf_counter() - began
        line = "%.6f %s" % (spent, said.replace("\n", " ").replace("\r", " "))
        size += len(line)
        if lines and size > MOST:
            break
        lines.append(line)
    return chr(10).join(lines)


def redraft_told(output: object) -> str:
    """The sign and the output."""
    try:
        plain = redraft_plain(output, 0)
    except TypeError as problem:
        return "#" + str(problem)
    if type(plain) in (list, tuple, str) and len(plain) > LARGEST:
        return "~" + redraft_fingerprint(plain)
    try:
        said = repr(plain)
    except ValueError:
        # Decimal digits are limited in number by newer interpreters.
        return "~" + redraft_fingerprint(plain)
    return "=" + said if len(said) <= LARGEST else "~" + redraft_fingerprint(plain)


def redraft_plain(value: object, depth: int) -> object:
    """The same value made of exact built-in types; a subclass counts as its base. Raises TypeError for others."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str, bytes, complex):
        return value
    if depth > 100:
        raise TypeError("a value more than a hundred levels deep")
    if issubclass(kind, (list, tuple, set, frozenset)):
        base = next(base for base in (list, tuple, set, frozenset) if issubclass(kind, base))
        if kind is base and redraft_is_flat(value):
            return value
        return base([redraft_plain(member, depth + 1) for member in base.__iter__(value)])
    if issubclass(kind, dict):
        pairs = [(redraft_plain(k, depth + 1), redraft_plain(v, depth + 1)) for k, v in dict.items(value)]
        return dict(pairs)
    for base in (int, float, str, bytes, complex):
        if issubclass(kind, base):
            return base(value)
    if kind.__module__ == "numpy" and hasattr(value, "item") and getattr(value, "shape", None) == ():
        return redraft_plain(value.item(), depth + 1)
    raise TypeError(kind.__module__ + "." + kind.__qualname__)


def redraft_fingerprint(value: object) -> str:
    """A hash that is the same for plain values that are equal, `1` and `1.0` and `True` among them."""
    import hashlib

    whole, parts = hashlib.sha256(), []
    redraft_spell(value, parts, whole)
    whole.update("".join(parts).encode("utf-8", "backslashreplace"))
    return whole.hexdigest()


def redraft_spell(value: object, parts: "list[str]", whole: object) -> None:
    """Append a spelling in which equal values are equal texts; what is large goes on into the hash `whole`, if there is one."""
    kind = type(value)
    if kind in (list, tuple):
        parts.append("[" if kind is list else "(")
        redraft_spell_members(value, parts, whole)
        parts.append("]")
    elif kind in (set, frozenset, dict):
        members = []
        for member in value.items() if kind is dict else value:
            own = []
            redraft_spell(member, own, None)
            members.append("".join(own))
        parts.append((":" if kind is dict else "{") + "".join(sorted(members)) + "}")
    elif kind is float and value == value and value not in (float("inf"), float("-inf")):
        parts.append("n" + (format(int(value), "x") if value == int(value) else repr(value)) + ",")
    elif kind in (bool, int):
        parts.append("n" + format(value, "x") + ",")
    else:
        parts.append(repr(value) + ",")


def redraft_spell_members(value: object, parts: "list[str]", whole: object) -> None:
    """The members of a list or tuple; numbers and texts by the thousand."""
    import array
    import hashlib

    kinds = set(map(type, value))
    if kinds and kinds <= {int, bool, float} and min(value) > -EXACT and max(value) < EXACT:
        # Equal numbers are equal doubles here; adding nothing makes one zero of the two.
        numbers = array.array("d", [member + 0.0 for member in value])
        parts.append("d" + hashlib.sha256(numbers.tobytes()).hexdigest())
        return
    for begin in range(0, len(value), MANY):
        some = value[begin : begin + MANY]
        texts = redraft_texts(some, kinds)
        if texts is not None:
            parts.append(texts)
        else:
            for member in some:
                redraft_spell(member, parts, whole)
        if whole is not None:
            whole.update("".join(parts).encode("utf-8", "backslashreplace"))
            parts.clear()


def redraft_is_flat(value: object) -> bool:
    """Whether a list, tuple or set holds numbers and texts alone, or lists or tuples of such: then it is plain."""
    from itertools import chain

    scalars, kinds = {bool, int, float, str}, set(map(type, value))
    if kinds <= scalars:
        return True
    return kinds in ({list}, {tuple}) and set(map(type, chain.from_iterable(value))) <= scalars


def redraft_texts(some: object, kinds: "set[type]") -> "str | None":
    """A spelling of many texts, or of many lists or tuples of texts; None for everything else."""
    from itertools import chain

    if kinds not in ({str}, {list}, {tuple}):
        return None
    inner = some if kinds == {str} else list(chain.from_iterable(some))
    if kinds != {str} and set(map(type, inner)) != {str}:
        return None
    joined = chr(0).join(inner)
    if joined.count(chr(0)) != max(0, len(inner) - 1):
        return None
    sizes = "" if kinds == {str} else ",".join(map(str, map(len, some)))
    return ("s" if kinds == {str} else "[" if kinds == {list} else "(") + sizes + ";" + joined + ","
