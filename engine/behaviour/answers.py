"""An answer as an example, and as lines of a docstring that doctest holds too."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from msgspec.structs import replace

from ..examples import judge, values
from ..examples.calls import spelling
from ..examples.enriching import Additions, doctest_lines, header_with
from ..facts import Answer, Example, Outcome, Result, Stub
from ..python.literals import NotPlain
from .calling import calling

_EXCEPTION = re.compile(r"(?:\w+\.)*[A-Z]\w*")
_TYPED = re.compile(r"(?:it )?(?:should )?raises?\s+(.+)", re.IGNORECASE)


def example_of(answer: Answer) -> Example:
    """The example that an answer is; of a call that changes its argument, what the argument is afterwards.

    Raises:
        ValueError: the answer says that it does not matter.
    """
    if answer.open:
        raise ValueError(f"{answer.call}: an answer that leaves it open is no example")
    if answer.raises:
        # Which words an exception has nobody was asked.
        return Example(
            source=f"{answer.call}  # doctest: +IGNORE_EXCEPTION_DETAIL",
            raises=answer.raises,
            options=("IGNORE_EXCEPTION_DETAIL",),
            origin="you",
        )
    if answer.after:
        name, text = answer.after[0]
        before = _before(answer, name)
        if before:
            return Example(source=name, want=f"{text}\n", before=before, origin="you")
    if _has_no_order(answer.gives):
        return Example(source=f"{answer.call} == {answer.gives}", want="True\n", origin="you")
    return Example(source=answer.call, want="" if answer.gives == "None" else f"{answer.gives}\n", origin="you")


def doctest_of(answer: Answer) -> list[str]:
    """The lines of a docstring that say what an answer says."""
    return doctest_lines(example_of(answer))


def typed(call: str, text: str) -> Answer | str:
    """The answer that a person typed for a call; a sentence that says why it is none.

    A value, "raises ValueError", or the name of an exception.
    """
    said = text.strip()
    if not said:
        return "type the value that should come out, or the name of an exception"
    wish = _TYPED.fullmatch(said)
    named = (wish[1] if wish else said).partition(":")[0].strip()
    if wish or (_EXCEPTION.fullmatch(named) and named not in {"None", "True", "False"}):
        return (
            Answer(call=call, raises=named.rpartition(".")[2])
            if named.replace(".", "").isidentifier()
            else (f"{named} is no name of an exception")
        )
    tree = values.expression(said)
    if tree is None:
        return f"{said} is no Python value; a text needs its quotes, as {said!r}"
    if free := values.free_names(tree):
        return f"{sorted(free)[0]} has no meaning here: type a value, such as 0, 'text' or [1, 2]"
    try:
        return Answer(call=call, gives=repr(values.literal(said)))
    except NotPlain:
        return f"{said} is no plain value: type what comes out, such as 0, 'text' or [1, 2]"


def contradicted(stub: Stub, answer: Answer) -> Example | None:
    """The example of the user's own that says otherwise of the same call; None where there is none."""
    how = calling(stub)
    if how is None or answer.open:
        return None
    names = tuple(parameter.name for parameter in how.parameters)
    same = [e for e in stub.judged if spelling(e.source, names) == spelling(answer.call, names)]
    return next((example for example in same if not judge(example, _as_outcome(answer)).passed), None)


def with_example(stub: Stub, *examples: Example) -> Stub:
    """The stub as it would be with these examples in its docstring."""
    header = header_with(stub, Additions(examples=examples))
    return replace(stub, header=header, examples=(*stub.examples, *examples))


def answered(stub: Stub, answers: Sequence[Answer]) -> Stub:
    """The stub with these answers in its docstring, but for those that its examples ask already."""
    how = calling(stub)
    names = tuple(parameter.name for parameter in how.parameters) if how is not None else ()
    known = {spelling(example.source, names) for example in stub.examples}
    new = [a for a in answers if not a.open and spelling(a.call, names) not in known]
    return with_example(stub, *map(example_of, new)) if new else stub


def told_result(result: Result) -> str:
    """A result as an option is offered: "0", "raise IndexError"."""
    return f"raise {result.brief}" if result.kind == "raised" else result.brief


def _before(answer: Answer, name: str) -> tuple[str, ...]:
    """The statements that bind an argument to a name and make the call with it; () where it is not found."""
    tree = values.expression(answer.call)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call):
            word = next((word for word in node.keywords if word.arg == name), None)
            at = next((n for n, a in enumerate(node.args) if isinstance(a, ast.List | ast.Dict | ast.Set)), None)
            if word is None and at is None:
                continue
            argument = word.value if word is not None else node.args[at or 0]
            bound = f"{name} = {ast.unparse(argument)}"
            if word is not None:
                word.value = ast.Name(name)
            else:
                node.args[at or 0] = ast.Name(name)
            assert tree is not None
            kept = "" if answer.gives in {"", "None"} else "_ = "
            return bound, kept + ast.unparse(tree)
    return ()


def _has_no_order(text: str) -> bool:
    """Whether a value's text may come in another order: a set with several members."""
    tree = values.expression(text)
    return tree is not None and any(isinstance(node, ast.Set) and len(node.elts) > 1 for node in ast.walk(tree))


def _as_outcome(answer: Answer) -> Outcome:
    if answer.raises:
        return Outcome(status="raised", raised=answer.raises)
    return Outcome(status="returned", value=values.spelled(answer.gives), printed=f"{answer.gives}\n")
