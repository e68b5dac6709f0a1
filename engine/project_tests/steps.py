"""What is sent to the sandbox for one test: its statements run in names of their own, beside the module's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..facts import Asserted, Example
from ..python import literals

_OWN = "__redraft_test__"
"""The test's names: its variables must not take the place of those that the function under test uses."""


_KNOWN = """import sys
known = {id(type(None)), id(type(...))} | {
    id(kind) for module in list(sys.modules.values()) for kind in list(getattr(module, "__dict__", {}).values())
    if isinstance(kind, type)
}
def __answers__(value, depth=0):
    kind = type(value)
    if kind in (list, tuple, set, frozenset, dict):
        parts = [*value, *value.values()] if kind is dict else value
        return depth < 20 and all(__answers__(part, depth + 1) for part in parts)
    honest = ("decimal", "fractions", "datetime", "collections", "pathlib", "uuid", "ipaddress")
    return id(kind) in known or any(getattr(sys.modules.get(name), kind.__name__, None) is kind for name in honest)"""
"""Classes that are there before the function is called: one that it makes itself could be equal to anything."""


class Plan(NamedTuple):
    """The steps of one test, and which of them belong to which assertion."""

    steps: tuple[str, ...]
    beginning: int
    """How many come before the first assertion's own: names, imports, constants."""
    setups: tuple[int, ...]
    """For each assertion the number of its preparing step, -1 when it has none."""
    asked: tuple[int, ...]
    """For each assertion the number of the step whose outcome is held against it."""


ANOTHER = "is another one here"
"""How the sentence ends with which a test stops that has something else by the function's name."""


def planned(cases: Sequence[tuple[Example, Asserted]], module: str, whole: frozenset[int] = frozenset()) -> Plan:
    """The steps of a test's assertions; those whose numbers are in `whole` are asked in one piece, to be true.

    `module` is the name that tests import the program by.
    """
    first = cases[0][1]
    steps = [_names(first, module)]
    if first.imports:
        steps.append(_executed("\n".join(first.imports)))
    if whole:
        steps.append(_executed(_KNOWN))
    beginning, setups, asked = len(steps), list[int](), list[int]()
    for number, (example, test) in enumerate(cases):
        setups.append(len(steps) if test.setup else -1)
        if test.setup:
            steps.append(_executed("\n".join(test.setup)))
        asked.append(len(steps))
        steps.append(_asked(example, test, whole=number in whole))
    return Plan(tuple(steps), beginning, tuple(setups), tuple(asked))


def unwrapped(step: str) -> str:
    """The statement within a step, as it stands in the test; any other step is given back as it is."""
    for opening in (_EVALUATED, _EXECUTED):
        if step.startswith(opening):
            return str(literals.parsed(step[len(opening) : step.rindex(f", {_OWN})")]))
    return step


_EVALUATED = "__import__('builtins').eval("
_EXECUTED = "__import__('builtins').exec("


def _names(test: Asserted, module: str) -> str:
    """A module for the test, as pytest would make one; and the program's own by the name that tests import it by."""
    if test.inside:
        return f"{_OWN} = dict(globals())"
    name = test.where.rpartition(":")[0].replace("\\", "/").rpartition("/")[2].removesuffix(".py")
    modules = "__import__('sys').modules"
    made = f"{modules}.setdefault({name!r}, __import__('types').ModuleType({name!r}))"
    # Where the sandbox knows the program by another name, it is found all the same.
    itself = f"{modules}.setdefault({module!r}, {modules}[__name__])"
    return f"{_OWN} = vars({made}); {_OWN}.update(__draft__=globals(), __itself__={itself})"


def _asked(example: Example, test: Asserted, *, whole: bool) -> str:
    source = example.source
    if example.raises is not None:
        return _executed(_matching(source, example.raises) if whole else _kept(source, test.caught))
    if test.relation == "runs":
        return _executed(source)
    if example.compare == "truth":
        return _evaluated(f"not not ({source})")
    return _evaluated(
        f"(lambda value: __answers__(value) and not not ({_related(example, test)}))({source})" if whole else source
    )


def _related(example: Example, test: Asserted) -> str:
    want = f"({literals.spelling(literals.parsed(example.want))})"
    match test.relation:
        case "has":
            return f"{want} in value"
        case "lacks":
            return f"{want} not in value"
        case relation:
            return f"value {relation} {want}"


def _kept(body: str, name: str) -> str:
    """The statements, and the exception that they raise kept by its name for those that follow."""
    if not name:
        return body
    kept = "value=__raised__, exception=__raised__, type=type(__raised__)"
    return (
        f"try:\n{_further_in(body)}\nexcept BaseException as __raised__:\n"
        f"    {name} = __import__('types').SimpleNamespace({kept})\n    raise"
    )


def _matching(body: str, kinds: str) -> str:
    """The statements, which must raise one of these kinds; then nothing is raised."""
    missing = "raise AssertionError('nothing was raised')"
    return f"try:\n{_further_in(body)}\nexcept ({kinds}):\n    pass\nelse:\n    {missing}"


def _further_in(body: str) -> str:
    return "\n".join(f"    {line}" for line in body.split("\n"))


def _executed(text: str) -> str:
    return f"{_EXECUTED}{text!r}, {_OWN})"


def _evaluated(text: str) -> str:
    return f"{_EVALUATED}{text!r}, {_OWN})"
