"""Facts put into words for a prompt. Short, because on a CPU every prompt token costs 11 ms (docs/performance.md)."""

from __future__ import annotations

from collections.abc import Mapping

from ..facts import (
    Check,
    Draft,
    Example,
    Finding,
    Helper,
    Report,
    Review,
    Stub,
)

SHOWN_EXAMPLES = 12
"""Examples of a class' or module's docstring that a prompt shows."""
ALLOWED_IMPORTS = (
    "Allowed beside that: every module of Python's standard library, and the packages imported above. "
    "Import inside the function whatever it uses and is not imported yet."
)
STEPS = "Think it through step by step first, then answer."
"""The cue of both of PaT's prompts, in our words (arXiv 2605.07248, App. G). In paper mode only: a model that is asked
to think aloud cannot go on from a body that was begun for it."""
SHOWN_FAILURES = 3
"""Failing examples a prompt tells of; more of them cost time and tell a small model nothing new."""
SHOWN_TESTS = 6
"""Assertions of the project's tests that a prompt holds, where models may see them at all."""


def context(stub: Stub) -> str:
    """Imports, what they give of the project, neighbours and enclosing class of a stub, "" when it has none.

    What changes least between the stubs of a file and between its saves comes first, so that servers find the beginning
    of a prompt in their cache.
    """
    parts = [stub.imports.strip(), stub.project.strip(), stub.neighbours.strip()]
    if stub.class_header.strip():
        parts.append(f"# `{stub.entry_point}` belongs to:\n{stub.class_header.strip()}")
    parts.extend(_session(stub, name) for name in dict.fromkeys(e.session for e in stub.judged if e.session))
    parts.append(tests(stub))
    return "\n\n".join(part for part in parts if part)


def _session(stub: Stub, name: str) -> str:
    """The examples of a docstring around a stub, as they stand there, in comments."""
    told = [example for example in stub.judged if example.session == name][:SHOWN_EXAMPLES]
    lines = [line for example in told for line in _as_typed(example)]
    return f"# `{stub.entry_point}` in the docstring of {name}:\n" + "\n".join(f"# {line}".rstrip() for line in lines)


def _as_typed(example: Example) -> list[str]:
    """An example with the statements before it, as an interactive session shows them."""
    typed = [
        f"{'... ' if n else '>>> '}{line}"
        for statement in (*example.before, example.source)
        for n, line in enumerate(statement.split("\n"))
    ]
    raised = ["Traceback (most recent call last):", f"    {example.raises}"] if example.raises else []
    return [*typed, *(raised or example.want.rstrip("\n").split("\n") * bool(example.want))]


def tests(stub: Stub) -> str:
    """The project's tests of the function, as far as a model may be told of them; "" for none."""
    told = [example for example in stub.tests if not example.secret][:SHOWN_TESTS]
    return "Tests that must pass:\n\n" + fenced("\n".join(_asserted(example) for example in told)) if told else ""


def _asserted(example: Example) -> str:
    test = example.test
    lines = [] if test is None else [*test.setup]
    if example.raises is not None:
        return "\n".join([*lines, f"{example.source}  # raises {example.raises}"])
    match "runs" if test is None else test.relation:
        case "runs":
            lines.append(example.source)
        case _ if example.compare == "truth":
            lines.append(f"assert {example.source}")
        case "has" | "lacks" as relation:
            lines.append(f"assert {example.want} {'in' if relation == 'has' else 'not in'} {example.source}")
        case "close":
            lines.append(f"assert {example.source} == {example.want}  # about")
        case "same members":
            lines.append(f"assert sorted({example.source}) == sorted({example.want})")
        case relation:
            lines.append(f"assert {example.source} {relation} {example.want}")
    return "\n".join(lines)


def imports(stub: Stub) -> str:
    """The import inventory of the paper's prompts: what is imported, and what else may be (arXiv 2603.03406, 3.2)."""
    there = f"Imported already:\n{stub.imports.strip()}" if stub.imports.strip() else "Nothing is imported yet."
    return f"{there}\n{ALLOWED_IMPORTS}"


def opening(stub: Stub) -> str:
    """How an answer with this stub's code begins: a fence, signature and docstring, up to the newline."""
    return f"```python\n{stub.header}"


def closed(text: str) -> str:
    """A model's text with its last code block closed: one that was cut off inside would swallow what is asked next.

    >>> closed("so:\\n```python\\nx = 1")
    'so:\\n```python\\nx = 1\\n```'
    """
    fences = sum(line.lstrip().startswith("```") for line in text.split("\n"))
    return f"{text.rstrip()}\n```" if fences % 2 else text


def fenced(code: str) -> str:
    """Code as a model writes it in a conversation."""
    return f"```python\n{code.rstrip()}\n```"


def failures(report: Report | None) -> str:
    """The failing examples with what came out, "" when none fail."""
    if report is None:
        return ""
    if report.problem:
        return f"The code does not run: {report.problem}"
    return "\n".join(_failure(check) for check in report.told.failures[:SHOWN_FAILURES])


def _failure(check: Check) -> str:
    example = check.example
    if example.compare == "truth":
        return f"`{example.source.strip()}` should be true; it gives {check.got.strip() or 'nothing'}"
    wanted = example.raises or example.want.strip() or "nothing"
    return f"`{example.source.strip()}` should give {wanted}; it gives {_came_out(check)}"


def _came_out(check: Check) -> str:
    if check.verdict == "timeout":
        return "no answer in time"
    if check.verdict in {"crashed", "not run"}:
        return "a crash"
    return check.got.strip() or "nothing"


def existing(helpers: Mapping[str, Helper], *, whole: bool) -> str:
    """The helpers that are verified, "" when there are none. Others would teach their mistakes.

    `whole` shows their bodies too, as the papers do; a caller needs no more than signature and docstring.
    """
    shown = [
        (helper.code if whole else helper.stub.code("...")).rstrip() for helper in helpers.values() if helper.verified
    ]
    return "These functions exist already:\n\n" + fenced("\n\n\n".join(shown)) if shown else ""


def attempt(stub: Stub, tried: Draft, report: Report) -> str:
    """A candidate and what failed, "" for one that cannot be used."""
    return "" if tried.problem else candidate(stub, tried, report)


def candidate(stub: Stub, draft: Draft, report: Report) -> str:
    """A candidate and what failed."""
    return f"{fenced(stub.code(draft.body))}\n\n{failures(report)}".rstrip()


def calling(stub: Stub, parents: Mapping[str, str]) -> str:
    """The functions above a helper in the tree, so that it is known what it is for; "" for the root."""
    codes = [code.rstrip() for code in parents.values()]
    return f"`{stub.entry_point}` is a part of this:\n\n{fenced((chr(10) * 3).join(codes))}" if codes else ""


def findings(review: Review, report: Report | None = None) -> str:
    """A review's findings for the coder: what was refuted is left out, what was executed says so.

    What the failing examples of `report` show already is not told twice, nor is the same claim.
    """
    told = {check.example.source.strip() for check in report.told.failures[:SHOWN_FAILURES]} if report else set[str]()
    kept = {f.claim: f for f in reversed(review.findings) if f.status != "refuted"}
    return "\n".join(_finding(f, told=f.call.strip() in told) for f in reversed(kept.values()))


def _finding(finding: Finding, *, told: bool) -> str:
    line = f"- {finding.claim}"
    if finding.quote and finding.line is not None:
        line += f" (line: `{finding.quote.strip()}`)"
    if told:
        return line
    if finding.status == "reproduced":
        line += f" Executed: `{finding.call}` gives {finding.got}"
        line += f", should be {finding.should_be}" if finding.should_be else ""
    elif finding.call and finding.should_be:
        line += f" `{finding.call}` should be {finding.should_be}"
    return line
