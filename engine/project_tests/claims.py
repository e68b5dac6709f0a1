"""One assertion, taken apart so that what is expected need not be in the process of the function that is asked."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import NamedTuple

from ..facts import Relation
from ..python import literals
from ..python.parsing import UNREADABLE


class Unusable(Exception):
    """A test cannot be used; the text says why, as in "takes a fixture (client)"."""


class Claim(NamedTuple):
    """What is run, and what must come of it."""

    source: str
    relation: Relation = "=="
    want: str = ""
    """Spelling of a plain value; "" where nothing is compared: then the source must be true."""
    tolerance: tuple[float | None, float | None] = (None, None)
    raises: str = ""
    match: str = ""
    caught: str = ""


Dotted = Callable[[ast.expr], str]
"""What a name stands for ("pytest.approx"), "" when no import made it."""

_OPERATORS: dict[type[ast.cmpop], Relation] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_TURNED: dict[Relation, Relation] = {
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
    "in": "has",
    "not in": "lacks",
    "==": "==",
    "!=": "!=",
    "is": "is",
    "is not": "is not",
    "same members": "same members",
}
"""The same relation with its sides exchanged."""
_UNITTEST: dict[str, Relation] = {
    "assertEqual": "==",
    "assertNotEqual": "!=",
    "assertIs": "is",
    "assertIsNot": "is not",
    "assertIn": "in",
    "assertNotIn": "not in",
    "assertGreater": ">",
    "assertGreaterEqual": ">=",
    "assertLess": "<",
    "assertLessEqual": "<=",
    "assertListEqual": "==",
    "assertTupleEqual": "==",
    "assertDictEqual": "==",
    "assertSetEqual": "==",
    "assertMultiLineEqual": "==",
    "assertCountEqual": "same members",
}
_OLD = {"assertEquals": "assertEqual", "assert_": "assertTrue", "assertItemsEqual": "assertCountEqual"}
_MAKERS = {"set", "frozenset", "bytearray"}
_APPROX = (1e-6, 1e-12)
"""pytest.approx's relative and absolute tolerance."""


def of_assert(test: ast.expr, dotted: Dotted) -> list[Claim]:
    """What `assert test` claims; of `a and b`, each."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return [claim for part in test.values for claim in of_assert(part, dotted)]
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        relation = _OPERATORS[type(test.ops[0])]
        return [_compared(test.left, relation, test.comparators[0], test, dotted)]
    return [_true(test, dotted)]


def of_unittest(name: str, call: ast.Call, dotted: Dotted) -> list[Claim]:
    """What `self.assert…(…)` claims.

    Raises:
        Unusable: it is none of the assertions that are understood.
    """
    name, given = _OLD.get(name, name), call.args
    named = {word.arg: word.value for word in call.keywords}
    match name, given:
        case "assertTrue", [value, *_]:
            return of_assert(value, dotted)
        case "assertFalse", [value, *_]:
            return [_true(ast.UnaryOp(ast.Not(), value), dotted)]
        case "assertIsNone", [value, *_]:
            return [Claim(_written(value), "is", "None")]
        case "assertIsNotNone", [value, *_]:
            return [Claim(_written(value), "is not", "None")]
        case "assertIsInstance", [value, kind, *_]:
            return [_true(_call("isinstance", value, kind), dotted)]
        case "assertNotIsInstance", [value, kind, *_]:
            return [_true(ast.UnaryOp(ast.Not(), _call("isinstance", value, kind)), dotted)]
        case "assertAlmostEqual", [left, right, *rest]:
            return [_almost(left, right, rest, named)]
        case _, [left, right, *_] if name in _UNITTEST:
            relation = _UNITTEST[name]
            whole = ast.Constant(None)
            return [_compared(left, relation, right, whole, dotted)]
        case _:
            raise Unusable(f"uses self.{name}(…)")


def _compared(left: ast.expr, relation: Relation, right: ast.expr, whole: ast.expr, dotted: Dotted) -> Claim:
    """`left relation right` with the plain side taken out of what is run, or as one expression that must be true."""
    ways: tuple[tuple[ast.expr, ast.expr, Relation], ...] = (left, right, relation), (right, left, _TURNED[relation])
    for asked, wanted, how in ways:
        if relation == "==" and (close := _approximate(asked, wanted, dotted)):
            return close
        if is_literal(wanted) and not is_literal(asked) and _can_be_told(wanted, relation):
            _only_values(asked, dotted)
            return Claim(_written(asked), how, _written(wanted))
    if relation == "same members":
        raise Unusable("compares the members of two values that are not written out")
    for side in (left, right):
        _only_values(side, dotted)
    if not isinstance(whole, ast.Compare):
        operator = next(kind for kind, word in _OPERATORS.items() if word == relation)
        whole = ast.Compare(left, [operator()], [right])
    return Claim(_written(whole))


def _can_be_told(wanted: ast.expr, relation: Relation) -> bool:
    """Whether a value that has left the process can be held against it: identity is lost on the way, but for a few."""
    singular = isinstance(wanted, ast.Constant) and (wanted.value is None or isinstance(wanted.value, bool))
    return singular or relation not in {"is", "is not"}


def _true(test: ast.expr, dotted: Dotted) -> Claim:
    _only_values(test, dotted)
    return Claim(_written(test))


def _approximate(asked: ast.expr, wanted: ast.expr, dotted: Dotted) -> Claim | None:
    """`asked == pytest.approx(number, rel=…, abs=…)`, also of lists and dicts; None for anything else."""
    if not isinstance(wanted, ast.Call) or dotted(wanted.func) != "pytest.approx":
        return None
    named = {word.arg: word.value for word in wanted.keywords}
    named.update(zip(("rel", "abs"), wanted.args[1:], strict=False))
    if len(wanted.args) not in {1, 2, 3} or not named.keys() <= {"rel", "abs"} or not is_literal(wanted.args[0]):
        raise Unusable("uses pytest.approx with what is not written out")
    _only_values(asked, dotted)
    relative, absolute = _number(named.get("rel")), _number(named.get("abs"))
    if relative is None and absolute is None:
        relative, absolute = _APPROX
    elif absolute is None:
        absolute = _APPROX[1]
    return Claim(_written(asked), "close", _written(wanted.args[0]), (relative, absolute))


def _almost(left: ast.expr, right: ast.expr, rest: list[ast.expr], named: dict[str | None, ast.expr]) -> Claim:
    """`assertAlmostEqual`, whose difference is 0 when rounded to 7 places, or at most `delta`."""
    delta = _number(named.get("delta"))
    places = _number(named.get("places") or (rest[0] if rest else None))
    within = delta if delta is not None else 0.5 * 10 ** -(7 if places is None else max(-300, min(places, 300)))
    for asked, wanted in ((left, right), (right, left)):
        if is_literal(wanted) and not is_literal(asked):
            return Claim(_written(asked), "close", _written(wanted), (None, within))
    raise Unusable("uses self.assertAlmostEqual with what is not written out")


def _number(node: ast.expr | None) -> float | None:
    """A number that is written out; None stands for itself.

    Raises:
        Unusable: it is something else.
    """
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return None
    try:
        value = literals.parsed(_written(node))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    except (literals.NotPlain, OverflowError):
        pass
    raise Unusable("compares within a tolerance that is not written out")


def raising(kinds: ast.expr, pattern: ast.expr | None, body: str, caught: str = "") -> Claim:
    """`body` must raise one of these; the exception is `caught` by this name.

    Raises:
        Unusable: the pattern that its text must match is not written out.
    """
    if pattern is None or (isinstance(pattern, ast.Constant) and pattern.value is None):
        return Claim(body, raises=_written(kinds), caught=caught)
    if not (isinstance(pattern, ast.Constant) and isinstance(pattern.value, str)):
        raise Unusable("matches the exception's text with what is not written out")
    return Claim(body, raises=_written(kinds), match=pattern.value, caught=caught)


def is_literal(node: ast.expr) -> bool:
    """Whether it spells a plain value."""
    waiting: list[ast.expr | None] = [node]
    while waiting:
        match waiting.pop():
            case ast.Constant():
                pass
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                waiting.extend(parts)
            case ast.Dict(keys=keys, values=values):
                waiting += [*keys, *values]
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant(value=int() | float() | complex())):
                pass
            case ast.Call() | ast.BinOp() | ast.UnaryOp() | ast.Name() as other if _spells(other):
                pass
            case _:
                return False
    return True


def _spells(node: ast.expr) -> bool:
    """The same of the few that need a closer look: `set()`, `1+2j`, `-inf`."""
    if isinstance(node, ast.Name) and node.id not in {"inf", "nan"}:
        return False
    if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in _MAKERS):
        return False
    try:
        literals.parsed(ast.unparse(node))
    except (literals.NotPlain, *UNREADABLE):
        return False
    return True


def _only_values(node: ast.expr, dotted: Dotted) -> None:
    """Refuse what only pytest knows: it is not in the sandbox."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute | ast.Name) and (name := dotted(inner)).startswith("pytest."):
            raise Unusable(f"uses {name} within an expression")


def _call(name: str, *given: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(given), [])


def _written(node: ast.expr) -> str:
    return ast.unparse(ast.fix_missing_locations(node))
