"""Whether an output agrees with what is expected: EvalPlus's comparison, on spelled values, without its leak.

EvalPlus raises its tolerance at the first expected float and keeps it for the inputs that follow; here every input has
its own. Everything else is as there: `==` first; if that fails and there is a tolerance, equal types, equal lengths and
`numpy.allclose` with a relative tolerance of 1e-7.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeGuard, cast

from ..python.literals import NotPlain, parsed
from .speaking import redraft_fingerprint
from .suites.problems import Rule

FLOAT_TOLERANCE = 1e-6
"""Where floats are expected and the benchmark gives no tolerance."""
_NEAR = Fraction(1, 10**9)
_MOST_COEFFICIENTS = 64
_RELATIVE = 1e-7
_UNEQUAL = "another value"


def disagreement(said: str, expected: str, call: str, rule: Rule, atol: float) -> str:
    """Why an output is wrong, "" when it is right.

    `said` is a sign and a text as `speaking` writes them; `expected` is a literal, or "~" and a fingerprint.
    """
    sign, text = said[:1], said[1:]
    if sign == "!":
        return f"raises {text}"
    if rule == "not none":
        return _presence(sign, text, expected)
    if sign == "#":
        return f"gives a {text}"
    if rule == "tokens":
        return _tokens(text, expected)
    if rule == "root":
        return _root(text, call, atol)
    if text == expected and sign == "=" and "nan" not in text:
        return ""
    if sign == "~" or expected.startswith("~"):
        return "" if _fingerprint(sign, text) == _expected_fingerprint(expected) else _UNEQUAL
    try:
        out, want = parsed(text), parsed(expected)
    except NotPlain as error:
        return f"gives what cannot be read ({error})"
    if rule == "set":
        return "" if out == _as_set(want) else f"gives {_short(text)}, not {_short(expected)}"
    if equal(out, want, atol) or _other_reading(rule, out, call):
        return ""
    return f"gives {_short(text)}, not {_short(expected)}"


def equal(out: object, want: object, atol: float = 0.0) -> bool:
    """EvalPlus's equality of one output.

    >>> equal(1, 1.0), equal(0.30000000000000004, 0.3), equal([1.0, 2], (1.0, 2)), equal((1,), (1, 2), 0.1)
    (True, True, False, False)
    """
    if out == want:
        return True
    tolerance = atol or (FLOAT_TOLERANCE if _is_floats(want) else 0.0)
    if not tolerance or type(out) is not type(want):
        return False
    return _close(out, want, tolerance)


def _is_floats(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(isinstance(member, float) for member in cast("Sequence[object]", value))
    return isinstance(value, float)


def _close(out: object, want: object, atol: float) -> bool:
    """`numpy.allclose`, which refuses what is not numbers and pairs only sequences of one shape."""
    if _is_sequence(out) and _is_sequence(want):
        return len(out) == len(want) and all(_close(a, b, atol) for a, b in zip(out, want, strict=True))
    if not _is_number(out) or not _is_number(want):
        return False
    try:
        # What is infinite is near nothing, though the tolerance around it is infinite, too.
        return out == want or (cmath.isfinite(want) and abs(out - want) <= atol + _RELATIVE * abs(want))
    except OverflowError:
        return False


def _is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)


def _is_number(value: object) -> TypeGuard[complex]:
    return isinstance(value, int | float | complex)


def _presence(sign: str, text: str, expected: str) -> str:
    """Three tasks of MBPP accept any output that is something where True is expected."""
    out = text if sign == "=" and text in {"True", "False"} else str(not (sign == "=" and text == "None"))
    return "" if out == expected else f"gives {_short(text)}, where {expected} is expected"


def _root(text: str, call: str, atol: float) -> str:
    """HumanEval/32: any root of the polynomial will do."""
    try:
        out = parsed(text)
        arguments = parsed(call)
    except NotPlain as error:
        return f"gives what cannot be read ({error})"
    if not isinstance(out, int | float) or not isinstance(arguments, list):
        return f"gives {_short(text)}, which is no number"
    coefficients = cast("list[list[float]]", arguments)[0]
    value = 0.0
    try:
        # Added up plainly, as EvalPlus does on the Pythons it was made for; `sum` is more exact from Python 3.12 on.
        for n, factor in enumerate(coefficients):
            value += factor * math.pow(out, n)
    except (OverflowError, ValueError):
        value = math.inf
    if abs(value) <= atol or _has_root_at(coefficients, out):
        return ""
    return f"gives {_short(text)}, where the polynomial is {value:.3g}"


def _has_root_at(coefficients: Sequence[float], at: float) -> bool:
    """Whether the polynomial, calculated exactly, changes its sign within a billionth of a place.

    Where it is steep, its value at the nearest number that a float can be is not near zero.
    """
    if not all(map(math.isfinite, (at, *coefficients))) or len(coefficients) > _MOST_COEFFICIENTS:
        return False
    margin = _NEAR * max(1, abs(Fraction(at)))
    below, above = (
        sum((Fraction(factor) * (Fraction(at) + side) ** n for n, factor in enumerate(coefficients)), Fraction())
        for side in (-margin, margin)
    )
    return below * above <= 0


def _tokens(text: str, expected: str) -> str:
    """FunCoder's comparison for xCodeEval: whole numbers as such, others within 1e-6, yes and no in any case."""
    try:
        out, accepted = parsed(text), cast("list[str]", parsed(expected))
    except NotPlain as error:
        return f"gives what cannot be read ({error})"
    if not isinstance(out, str):
        return f"gives {_short(text)}, which is no text"
    if any(_same_tokens(out.split(), wanted.split()) for wanted in accepted):
        return ""
    return f"gives {_short(text)}, not {_short(accepted[0] if accepted else '')}"


def _same_tokens(out: list[str], want: list[str]) -> bool:
    return len(out) == len(want) and all(map(_same_token, out, want))


def _same_token(out: str, want: str) -> bool:
    if out == want or (want.lower() in {"yes", "no"} and out.lower() == want.lower()):
        return True
    try:
        if want.lstrip("-+").isdigit() and out.lstrip("-+").isdigit():
            return int(out) == int(want)
        return math.isclose(float(out), float(want), rel_tol=1e-6, abs_tol=1e-6)
    except ValueError:
        return False


def _other_reading(rule: Rule, out: object, call: str) -> bool:
    """Two tasks of MBPP whose text can be read in another way, which EvalPlus accepts as well."""
    arguments = cast("list[object]", parsed(call)) if rule in {"surface", "digits"} else []
    if len(arguments) != 2 or not all(isinstance(argument, int | float) for argument in arguments):
        return False
    first, second = cast("list[float]", arguments)
    if rule == "surface":
        # The height of the pyramid may be the one at right angles to its base.
        return out == round(first**2 + 2 * first * math.hypot(first / 2, second))
    one, other = str(first), str(second)
    if not (one + other).isdigit():
        return False
    width = max(len(one), len(other))
    return out == sum(abs(int(a) - int(b)) for a, b in zip(one.zfill(width), other.zfill(width), strict=True))


def _as_set(value: object) -> object:
    return set(cast("Sequence[object]", value)) if isinstance(value, list | tuple | set | frozenset) else value


def _fingerprint(sign: str, text: str) -> str:
    return text if sign == "~" else _of_literal(text)


def _expected_fingerprint(expected: str) -> str:
    return expected[1:] if expected.startswith("~") else _of_literal(expected)


def _of_literal(text: str) -> str:
    try:
        return str(redraft_fingerprint(parsed(text)))
    except NotPlain:
        return ""


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:117]}…"
