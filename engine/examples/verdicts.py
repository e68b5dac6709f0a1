"""The parent's verdict: examples held against outcomes, which come from an untrusted child and are only claims."""

from __future__ import annotations

import ast
import builtins
import doctest
import re
from collections.abc import Callable, Sequence
from itertools import zip_longest

import msgspec

from ..facts import Check, Example, Execution, Outcome, Report
from ..waits import waits_for_words
from . import values
from .claims import asked
from .visible import visible

_MOST = 65_536
"""Characters of output that are looked at; a printed flood is no right answer."""
_NOT_RUN = Outcome(status="not run")
_NOTHING = frozenset({"", "NoneType", "builtins.NoneType"})
# These equal the plain value they wrap, but their repr says more.
_EQUAL_TO_PLAIN = frozenset({"Counter", "OrderedDict", "bytearray", "defaultdict", "frozenset"})
_NUMBER = re.compile(r"(?<![\w.])-?\d{1,20}\.\d{1,20}(?:e[+-]?\d{1,3})?(?![\w.])")
"""A number with a fraction. One that `...` follows has digits that do not matter: that is a matter of text."""
_MOST_NUMBERS = 20
_CHECKER = doctest.OutputChecker()


def report(draft_id: str, examples: Sequence[Example], execution: Execution) -> Report:
    """All examples held against one execution, whose steps were `asked`. Those that wait are not held against it.

    An example without an outcome is "not run".
    """
    outcomes = execution.outcomes[: len(examples)]
    return Report(
        draft=draft_id,
        checks=tuple(_check(example, outcome or _NOT_RUN) for example, outcome in zip_longest(examples, outcomes)),
        problem=visible(execution.problem),
        tier=execution.tier,
        interpreter=visible(execution.interpreter),
        seconds=execution.seconds,
        import_seconds=execution.import_seconds,
    )


def _check(example: Example, outcome: Outcome) -> Check:
    if example.waits_for:
        return held_up(Check(example=example, verdict="waits"), example.waits_for)
    return msgspec.structs.replace(judge(asked(example), outcome), example=example)


def held_up(check: Check, names: Sequence[str]) -> Check:
    """The check as one that waits for these functions to be written."""
    got = visible(waits_for_words(names))
    return msgspec.structs.replace(check, verdict="waits", waits_for=tuple(names), got=got)


def all_held_up(report: Report, why: str, words: str) -> Report:
    """The report as one that says nothing of the draft: of each check it is said why, of all of them in `words`."""
    checks = (msgspec.structs.replace(check, verdict="waits", got=visible(why)) for check in report.checks)
    return msgspec.structs.replace(report, checks=tuple(checks), says_nothing=visible(words))


def judge(example: Example, outcome: Outcome) -> Check:
    """Whether an example holds: doctest's text comparison with its options first, then values (see `values.same`)."""
    got, by_value = visible(_got(example, outcome)), False
    if outcome.status == "returned":
        verdict = "passed" if _holds(example, outcome) else "failed"
        by_value = verdict == "passed" and example.compare == "output" and not _shows_text(example, outcome)
    elif outcome.status == "raised":
        verdict = "passed" if example.raises is not None and _raised_right(example, outcome) else "raised"
        by_value = verdict == "passed" and not _raised_right(example, outcome, _raises_text)
    else:
        verdict = outcome.status
    return Check(example=example, verdict=verdict, got=got, by_value=by_value, seconds=outcome.seconds)


def _got(example: Example, outcome: Outcome) -> str:
    if outcome.status != "returned":
        return outcome.told
    if example.compare == "output":
        return outcome.printed.rstrip("\n")
    if outcome.value is not None:
        return outcome.value
    return "None" if outcome.type_name in _NOTHING else outcome.printed.rstrip("\n")


def _holds(example: Example, outcome: Outcome) -> bool:
    if example.raises is not None:
        return False
    if example.compare == "truth":
        return _is_true(outcome)
    if example.compare == "value":
        return _has_value(example.want, outcome)
    return _shows_text(example, outcome) or _shows_value(example.want, outcome) or _shows_rounded(example, outcome)


def _shows_text(example: Example, outcome: Outcome) -> bool:
    return _text_agrees(example.want, outcome.printed, example.options)


def _shows_rounded(example: Example, outcome: Outcome) -> bool:
    """Whether the text agrees around its gaps (`...`) once numbers are spelled like the expected ones they equal."""
    if "ELLIPSIS" not in example.options or "..." not in example.want or outcome.type_name in _NOTHING:
        return False
    expected = dict.fromkeys(_NUMBER.findall(example.want[:_MOST]))
    if not 0 < len(expected) <= _MOST_NUMBERS:
        return False

    def respelled(found: re.Match[str]) -> str:
        return next((text for text in expected if values.same(float(text), float(found[0]))), found[0])

    return _text_agrees(example.want, _NUMBER.sub(respelled, outcome.printed[:_MOST]), example.options)


def _flags(options: Sequence[str]) -> int:
    flags = 0
    for name in options:
        flags |= doctest.OPTIONFLAGS_BY_NAME.get(name, 0)
    return flags


def _text_agrees(want: str, got: str, options: Sequence[str]) -> bool:
    got = got[:_MOST]
    return _CHECKER.check_output(_ended(want), _ended(got), _flags(options))


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _shows_value(want: str, outcome: Outcome) -> bool:
    """Whether what a session would show spells the expected value in another way; printed text has only one way."""
    if outcome.type_name in _NOTHING or len(outcome.printed) > _MOST or not want.strip():
        return False
    if outcome.value is not None and outcome.printed.strip() == outcome.value.strip():
        return _alike(want, outcome.value)
    # Something was printed before the value, or its type has no literal: then the text must spell it all.
    return _alike(want, outcome.printed)


def _has_value(want: str, outcome: Outcome) -> bool:
    if outcome.equal is not None:
        return outcome.equal
    if outcome.value is not None:
        if len(outcome.value) > _MOST:
            return False
        return values.same_text(want, outcome.value) or _alike(want, outcome.value, unwrap=True)
    if outcome.type_name in _NOTHING:
        return want.strip() == "None"
    return len(outcome.printed) <= _MOST and _alike(want, outcome.printed, unwrap=True)


def _is_true(outcome: Outcome) -> bool:
    if outcome.value is None:
        # numpy's booleans are no plain values; their repr is known.
        return outcome.type_name not in _NOTHING and outcome.printed.strip() in {"True", "np.True_", "numpy.True_"}
    try:
        return len(outcome.value) <= _MOST and bool(values.literal(outcome.value))
    except values.NotPlain:
        return False


# ------------------------------------------------------------------------------------- spellings of values


def _alike(want: str, got: str, *, unwrap: bool = False) -> bool:
    """Whether two texts are expressions that differ in quoting, wrapping, rounding and the order of keys at most."""
    left, right = values.expression(want), values.expression(got)
    if left is None or right is None:
        return False
    try:
        return _same_tree(_Plain().visit(left), _Plain().visit(right)) if unwrap else _same_tree(left, right)
    except RecursionError:
        return False


class _Plain(ast.NodeTransformer):
    """Puts plain values in the place of what Python calls equal to them, however deep."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        return _unwrapped(node)


def _unwrapped(tree: ast.expr) -> ast.expr:
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in _EQUAL_TO_PLAIN and tree.args:
        return tree.args[-1]
    if (
        isinstance(tree, ast.Call)
        and re.match(r"(np|numpy)\.(float|int|uint)\d+$", ast.unparse(tree.func))
        and tree.args
    ):
        return tree.args[0]
    match tree:
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str() as number)]):
            return values.expression(number) or tree
        case ast.Call(func=ast.Name(id="Fraction"), args=[ast.expr() as above, ast.Constant(value=int() as below)]):
            return _quotient(above, below) or tree
        case _:
            return tree


def _quotient(above: ast.expr, below: int) -> ast.expr | None:
    try:
        number = values.literal_of(above)
        return ast.Constant(number / below) if isinstance(number, int) else None
    except (values.NotPlain, ZeroDivisionError, OverflowError):
        return None


def _same_tree(left: ast.expr, right: ast.expr) -> bool:
    try:
        return values.same(values.literal_of(left), values.literal_of(right))
    except values.NotPlain:
        pass
    match left, right:
        case ast.Call(), ast.Call():
            named = {word.arg: word.value for word in left.keywords}, {word.arg: word.value for word in right.keywords}
            return (
                ast.dump(left.func) == ast.dump(right.func)
                and _same_trees(left.args, right.args)
                and list(named[0]) == list(named[1])
                and _same_trees(list(named[0].values()), list(named[1].values()))
            )
        case (ast.List(), ast.List()) | (ast.Tuple(), ast.Tuple()):
            return _same_trees(left.elts, right.elts)
        case _:
            return ast.dump(left) == ast.dump(right)


def _same_trees(left: Sequence[ast.expr], right: Sequence[ast.expr]) -> bool:
    return len(left) == len(right) and all(map(_same_tree, left, right))


# ------------------------------------------------------------------------------------- exceptions


def _raised_right(example: Example, outcome: Outcome, agrees: Callable[[Example, str], bool] | None = None) -> bool:
    """As doctest: type and message, the type alone under IGNORE_EXCEPTION_DETAIL. The module may be left out.

    The exception's notes may be left out, or stand below it.
    """
    with_notes = f"{outcome.raised}\n{outcome.notes}" if outcome.notes else ""
    agrees = agrees or _is_raised
    return any(agrees(example, text[:_MOST].rstrip("\n")) for text in (outcome.raised, with_notes) if text)


def _raises_text(example: Example, got: str) -> bool:
    """Whether doctest takes it."""
    want = example.raises or ""
    if _text_agrees(want, got, example.options):
        return True
    return "IGNORE_EXCEPTION_DETAIL" in example.options and _type_of(want) == _type_of(got)


def _is_raised(example: Example, got: str) -> bool:
    if _raises_text(example, got):
        return True
    want = example.raises or ""
    if "IGNORE_EXCEPTION_DETAIL" in example.options:
        return False
    # Of a class of their own people leave the module out; what Python's own are called means those.
    if "." in want.partition(":")[0] or _is_built_in(_type_of(want)):
        return False
    return _text_agrees(want, _without_module(got), example.options)


def _is_built_in(name: str) -> bool:
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, BaseException)


def _without_module(line: str) -> str:
    kind, colon, message = line.partition(":")
    return kind.rpartition(".")[2] + colon + message


def _type_of(line: str) -> str:
    first = line.split("\n", 1)[0]
    return first.partition(":")[0].strip().rpartition(".")[2]
