"""Which input to ask the user about: the one whose answer tells most of the remaining candidates apart."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from ..examples import values
from ..facts import Answer, Behaviour, Behaviours, Choice, Draft, Option, Report, Result

AT_MOST = 3
"""Questions in a row that nobody asked for."""
OPTIONS = 5
"""Results that one question offers; what fewer candidates give can be typed."""
_NEARLY = 0.9
"""Of inputs that tell nearly as much the simplest is taken."""
_UNASKABLE = frozenset({"opaque", "unsteady", "not run", "crashed", "timeout"})


def question(
    behaviours: Behaviours, answers: Sequence[Answer] = (), among: Collection[str] | None = None
) -> Choice | None:
    """The input that best splits the candidates that obey the answers; None where they all do the same.

    `among` are the candidates that count, None for all. Inputs with which most of them give a value come before those
    that most refuse: they are likelier to be within the specification. Of nearly equal ones the shortest is asked.
    """
    groups = remaining(behaviours, answers, among)
    if len(groups) < 2:
        return None
    asked = {answer.call for answer in answers}
    told = {
        n: _entropy(groups, n)
        for n, call in enumerate(behaviours.inputs)
        if call not in asked and _can_be_asked(behaviours, groups, n)
    }
    most = max(told.values(), default=0.0)
    if most <= 0:
        return None
    best = [n for n, tells in told.items() if tells >= _NEARLY * most]
    nth = min(best, key=lambda n: (_is_refused(behaviours, groups, n), len(behaviours.inputs[n]), n))
    return _ask(behaviours, groups, nth)


def leading(drafts: Sequence[Draft], reports: Mapping[str, Report]) -> frozenset[str]:
    """Ids of the candidates that pass most checks: among these the user is asked. Without any report, all.

    Drafts that cannot be used are none, and neither are those that only recite the examples if others do not.
    """
    usable = [draft for draft in drafts if draft.problem is None]
    worth = {draft.id: (not draft.recites, _passes(reports.get(draft.id))) for draft in usable}
    most = max(worth.values(), default=(True, 0))
    return frozenset(name for name, rank in worth.items() if rank == most)


def _passes(report: Report | None) -> int:
    """How many checks hold; -1 where none was run."""
    return -1 if report is None or report.problem else report.passes


def remaining(
    behaviours: Behaviours, answers: Sequence[Answer] = (), among: Collection[str] | None = None
) -> tuple[Behaviour, ...]:
    """The groups whose candidates obey every answer, with those of `among` only; the heaviest first."""
    groups = [
        Behaviour(drafts=tuple(d for d in group.drafts if among is None or d in among), does=group.does)
        for group in behaviours.groups
        if all(obeys(behaviours, group, answer) for answer in answers)
    ]
    return tuple(sorted((group for group in groups if group.drafts), key=lambda group: -group.weight))


def obeys(behaviours: Behaviours, group: Behaviour, answer: Answer) -> bool:
    """Whether a group does what an answer says; one to whose input it was not put obeys."""
    if answer.open or answer.call not in behaviours.inputs:
        return True
    return says(answer, behaviours.result(group, behaviours.inputs.index(answer.call)))


def says(answer: Answer, result: Result) -> bool:
    """Whether a result is what an answer asks for."""
    if answer.raises:
        return result.kind == "raised" and result.text.partition(":")[0].strip() == answer.raises
    if result.kind != "value":
        return False
    changed = dict(result.after)
    kept = all(name in changed and values.same_text(text, changed[name]) for name, text in answer.after)
    gives = not answer.gives or answer.gives == result.text or values.same_text(answer.gives, result.text)
    return kept and gives and (bool(answer.after) or not changed)


def answer_of(choice: Choice, option: Option) -> Answer:
    """The answer that chooses an option."""
    return answer_to(choice.call, option.result)


def answer_to(call: str, result: Result) -> Answer:
    """The answer that a call should do what this result tells; that it does not matter, where nobody could want it."""
    if result.kind == "raised":
        return Answer(call=call, raises=result.text.partition(":")[0].strip())
    if result.kind != "value" or result.cut:
        return Answer(call=call)
    return Answer(call=call, gives=result.text, after=result.after)


def _ask(behaviours: Behaviours, groups: Sequence[Behaviour], nth: int) -> Choice:
    by_result: dict[int, list[str]] = {}
    for group in groups:
        by_result.setdefault(group.does[nth], []).extend(group.drafts)
    options = [
        Option(result=behaviours.results[nth][number], drafts=tuple(drafts)) for number, drafts in by_result.items()
    ]
    offered = [option for option in options if option.result.kind not in _UNASKABLE and not option.result.cut]
    offered.sort(key=lambda option: -option.weight)
    return Choice(
        call=behaviours.inputs[nth],
        options=tuple(offered[:OPTIONS]),
        of=sum(group.weight for group in groups),
    )


def _can_be_asked(behaviours: Behaviours, groups: Sequence[Behaviour], nth: int) -> bool:
    """Whether some candidate does something there that a person could want."""
    results = [behaviours.result(group, nth) for group in groups]
    return any(result.kind not in _UNASKABLE and not result.cut for result in results)


def _is_refused(behaviours: Behaviours, groups: Sequence[Behaviour], nth: int) -> bool:
    refused = sum(group.weight for group in groups if behaviours.result(group, nth).kind != "value")
    return 2 * refused > sum(group.weight for group in groups)


def _entropy(groups: Sequence[Behaviour], nth: int) -> float:
    """How much an answer about an input tells of the groups, in bits."""
    weights: Mapping[int, int] = {}
    for group in groups:
        weights = {**weights, group.does[nth]: weights.get(group.does[nth], 0) + group.weight}
    total = sum(weights.values())
    return round(-sum(w / total * math.log2(w / total) for w in weights.values()), 9)
