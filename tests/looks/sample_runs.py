"""Runs to draw: logs of what could really happen, folded as far as a picture needs them."""

from __future__ import annotations

from redraft.engine import events as ev
from redraft.engine.facts import Check, Draft, Example, Finding, Report, Review, Solution, Stub, Usage
from redraft.engine.state.run import RunState

HEADER = '''def running_mean(values: list[float], width: int = 3) -> list[float]:
    """Give the mean of each window of `width` neighbours.

    >>> running_mean([1, 2, 3, 4], 2)
    [1.5, 2.5, 3.5]
    >>> running_mean([5], 1)
    [5.0]
    >>> running_mean([], 3)
    []
    >>> running_mean([1, 2], 0)
    Traceback (most recent call last):
    ValueError: width must be positive
    """
'''

EXAMPLES = (
    Example(source="running_mean([1, 2, 3, 4], 2)\n", want="[1.5, 2.5, 3.5]\n", line=5),
    Example(source="running_mean([5], 1)\n", want="[5.0]\n", line=7),
    Example(source="running_mean([], 3)\n", want="[]\n", line=9),
    Example(source="running_mean([1, 2], 0)\n", raises="ValueError: width must be positive", line=11),
)
GENERATED = (
    Example(source="running_mean([2, 4, 6], 3)", want="[4.0]", compare="value", origin="generated"),
    Example(source="len(running_mean(list(range(100)), 10)) == 91", compare="truth", origin="generated"),
)

STUB = Stub(
    path="stats/windows.py",
    name="running_mean",
    line=3,
    header=HEADER,
    body="...",
    docstring="Give the mean of each window of `width` neighbours.",
    examples=EXAMPLES,
)

FIRST = """means = []
for start in range(len(values) - width):
    window = values[start:start + width]
    means.append(sum(window) / width)
return means
"""
FIXED = """if width <= 0:
    raise ValueError("width must be positive")
means = []
for start in range(len(values) - width + 1):
    window = values[start : start + width]
    means.append(sum(window) / width)
return means
"""

DRAFT = Draft(id="d1", body=FIRST, model="qwen2.5-coder-1.5b")
FIX = Draft(id="d2", body=FIXED, purpose="fix", model="qwen2.5-coder-1.5b", parent="d1")


def report(draft: Draft, got: tuple[str, ...], examples: tuple[Example, ...] = EXAMPLES) -> Report:
    """Checks in which an example holds when what came out is what was wanted."""
    checks: list[Check] = []
    for example, out in zip(examples, got, strict=True):
        wanted = example.raises or example.want.strip() or "True"
        verdict = "passed" if out == wanted else "raised" if "Error" in out else "failed"
        checks.append(Check(example=example, verdict=verdict, got=out, seconds=0.012))
    return Report(draft=draft.id, checks=tuple(checks), tier="A", seconds=0.05)


FAILING = report(DRAFT, ("[1.5, 2.5]", "[]", "[]", "ZeroDivisionError: division by zero"))
HOLDING = report(
    FIX,
    ("[1.5, 2.5, 3.5]", "[5.0]", "[]", "ValueError: width must be positive", "[4.0]", "True"),
    EXAMPLES + GENERATED,
)

FINDINGS = (
    Finding(
        claim="The range stops one window too early, so the last window is never averaged.",
        quote="for start in range(len(values) - width):",
        line=15,
        call="running_mean([1, 2, 3, 4], 2)",
        comes_out="[1.5, 2.5]",
        should_be="[1.5, 2.5, 3.5]",
        status="reproduced",
        got="[1.5, 2.5]",
        got_fixed="[1.5, 2.5, 3.5]",
    ),
    Finding(
        claim="An empty list raises IndexError.",
        quote="window = values[start:start + width]",
        line=16,
        call="running_mean([], 3)",
        comes_out="IndexError",
        should_be="[]",
        status="refuted",
        got="[]",
        got_fixed="[]",
    ),
    Finding(
        claim="A width of zero divides by zero instead of raising the ValueError that the docstring promises.",
        quote="means.append(sum(window) / width)",
        line=17,
        call="running_mean([1, 2], 0)",
        comes_out="ZeroDivisionError",
        should_be="ValueError: width must be positive",
        status="reproduced",
        got="ZeroDivisionError: division by zero",
        got_fixed="ValueError: width must be positive",
    ),
    Finding(claim="The name `means` could be clearer.", quote="means = []", line=14, status="untested"),
)
REVIEW = Review(draft="d1", verdict="bugs", findings=FINDINGS, model="qwen2.5-coder-1.5b")
UNREADABLE = Review(
    draft="d1",
    verdict="unreadable",
    text="Looks good to me! [/] The function m[i][j] is fine, I guess.\nLet me know if you need anything else.",
    model="qwen2.5-coder-1.5b",
)

MODELS = {"coder": "qwen2.5-coder-1.5b", "reviewer": "qwen2.5-coder-1.5b"}
THINKING = "The window has `width` values, so there are len - width + 1 windows. An empty list gives none."


def log(*, scripted: bool = False, review: Review = REVIEW) -> list[ev.Entry]:
    """A whole run, from the stub to a verified fix."""
    halves = FIRST[: len(FIRST) // 2], FIRST[len(FIRST) // 2 :]
    return [
        ev.Entry(at=at, event=event)
        for at, event in (
            (
                0.0,
                ev.RunStarted(
                    run="r1", pipeline="review", stub=STUB, models=MODELS, scripted=scripted, mode="evidence"
                ),
            ),
            (
                0.1,
                ev.CallStarted(call="c1", role="coder", purpose="draft", model="qwen2.5-coder-1.5b", prompt_tokens=212),
            ),
            (1.6, ev.TextStreamed(call="c1", text=THINKING, thinking=True)),
            (2.4, ev.TextStreamed(call="c1", text="```python\n" + HEADER + _in(halves[0]))),
            (4.0, ev.TextStreamed(call="c1", text=_in(FIRST)[len(_in(halves[0])) :] + "```")),
            (4.2, _ended("c1", 212, 71, 4.1)),
            (4.2, ev.Drafted(draft=DRAFT, call="c1")),
            (4.3, ev.CheckStarted(draft="d1", examples=4)),
            (4.4, ev.Checked(report=FAILING)),
            (4.4, ev.Decided(what="3 examples fail: the reviewer gets them as evidence")),
            (
                4.5,
                ev.CallStarted(
                    call="c2", role="reviewer", purpose="review", model="qwen2.5-coder-1.5b", prompt_tokens=310
                ),
            ),
            (5.0, ev.TextStreamed(call="c2", text='{"findings": [{"claim": "The range stops one window')),
            (9.8, _ended("c2", 318, 164, 5.3)),
            (9.9, ev.Reviewed(review=review)),
            (
                10.0,
                ev.CallStarted(call="c3", role="coder", purpose="fix", model="qwen2.5-coder-1.5b", prompt_tokens=402),
            ),
            (10.4, ev.TextStreamed(call="c3", text=_in(FIXED))),
            (13.2, _ended("c3", 401, 88, 3.2)),
            (13.2, ev.Drafted(draft=FIX, call="c3")),
            (13.3, ev.CheckStarted(draft="d2", examples=6)),
            (13.4, ev.Checked(report=HOLDING)),
            (13.4, ev.Decided(what="the fix passes 6 of 6 examples, the draft 1 of 4: the fix is kept")),
            (13.4, ev.Settled(solution=Solution(draft=FIX, report=HOLDING))),
            (13.4, ev.RunEnded(seconds=13.4)),
        )
    ]


def until(seconds: float, entries: list[ev.Entry] | None = None) -> RunState:
    """What is known at this time of a run (`log()` unless another is given)."""
    state = RunState()
    for entry in log() if entries is None else entries:
        if entry.at <= seconds:
            state = state.after(entry)
    return state


def settled(**changes: bool | Review) -> RunState:
    """The end of a whole run."""
    return until(99, log(**changes))  # type: ignore[arg-type]


def cancelled() -> RunState:
    """A run that was cancelled while the draft came in."""
    entries = [entry for entry in log() if entry.at <= 2.4]
    entries.append(ev.Entry(at=3.0, event=ev.CallFailed(call="c1", problem="cancelled", cancelled=True)))
    entries.append(ev.Entry(at=3.0, event=ev.RunCancelled()))
    return until(99, entries)


def _in(body: str) -> str:
    return "".join(f"    {line}" for line in body.splitlines(keepends=True))


def _ended(call: str, prompt: int, completion: int, seconds: float) -> ev.CallEnded:
    usage = Usage(prompt_tokens=prompt, completion_tokens=completion)
    return ev.CallEnded(call=call, finish="stop", usage=usage, seconds=seconds, first_seconds=1.5)
