"""The nouns of redraft: frozen structs, serialisable as JSON, knowing nothing of the screen, the network or the disk.

Text is always `str` with LF newlines; what a file's bytes were is `sources`' business. Times are seconds.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from .indent import indented, set_left

Role = Literal["coder", "reviewer", "planner", "tester"]
ROLES: tuple[Role, ...] = ("coder", "reviewer", "planner", "tester")


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all facts."""


# ---------------------------------------------------------------------------------------------- what the user wrote


Relation = Literal[
    "==", "!=", "<", "<=", ">", ">=", "is", "is not", "in", "not in", "has", "lacks", "close", "same members", "runs"
]
"""How what came out must stand to what is wanted. "has": what is wanted is in it; "runs": it raises nothing."""


UNWRITTEN = "this function is not written yet"
_BUILTINS, _SYS = "__import__('builtins')", "__import__('sys')"
WAS_CALLED = f"{_BUILTINS}.hasattr({_SYS}, 'unwritten_was_called')"
"""Whether the function of an unwritten module was called, as an expression."""
UNWRITTEN_BODY = (
    f"{_SYS}.unwritten_was_called = True; "
    f"raise {_BUILTINS}.type('NotWritten', ({_BUILTINS}.BaseException,), {{}})({UNWRITTEN!r})"
)
"""Raises what no `except Exception` takes for an answer. One line, as a placeholder is: none below it moves."""
STAND_IN = "stands in for the test case"
"""Text with which a statement begins that makes what `self` is in a method of a test case."""


class Asserted(Fact, frozen=True):
    """One assertion of a test in the user's project. Those of one `name` share a process, in their order."""

    where: str
    """File and line as the user knows them: "tests/test_pricing.py:12"."""
    name: str
    """The test as pytest names it: "tests/test_pricing.py::test_total[2-4]"."""
    relation: Relation = "=="
    tolerance: tuple[float | None, float | None] = (None, None)
    """Of "close": relative to what is wanted, and absolute."""
    match: str = ""
    """Pattern that the exception's text must hold, "" for any."""
    caught: str = ""
    """Name by which the test looks at the exception afterwards, "" when it does not."""
    imports: tuple[str, ...] = ()
    """Statements of the test's file that come before all others: imports, constants, helpers."""
    setup: tuple[str, ...] = ()
    """Statements of the test between the assertion before and this one."""
    inside: bool = False
    """Whether it stands in the function's own file, and sees the names of that."""
    told: bool = False
    """Whether models may be told of it."""

    @property
    def own_setup(self) -> tuple[str, ...]:
        """`setup` as far as it stands in the test: a `self` that is put in the place of the test case's does not."""
        return tuple(statement for statement in self.setup if not statement.startswith(f"if {STAND_IN!r}:"))


class UnusedTest(Fact, frozen=True):
    """A test that calls the function and that no draft is held against."""

    where: str
    why: str
    """How the sentence goes on: "takes a fixture (client)"."""


class Example(Fact, frozen=True):
    """One thing the specification says should happen.

    `source` is one interactive statement. `want` is the expected output as doctest spells it (text, `""` for none),
    or, when `compare` is "value", the repr of the expected value. "truth" means that the expression must be true.
    """

    source: str
    want: str = ""
    compare: Literal["output", "value", "truth"] = "output"
    raises: str | None = None
    """The exception line doctest expects ("ValueError: too big"), or None. Of a test: the class, as it is written."""
    options: tuple[str, ...] = ()
    """Names of the doctest flags that are on, such as "ELLIPSIS"; with "-" in front, of those that it turns off."""
    origin: Literal["visible", "generated", "finding", "hidden", "test", "you"] = "visible"
    """you: what the user answered to a question of ours."""
    line: int = 0
    """1-based line in the file, 0 when it is not in the file."""
    session: str = ""
    """Whose docstring it stands in ("class Stack", "the module"), "" for the function's own. Each is run apart."""
    before: tuple[str, ...] = ()
    """Statements of its session that are run before it, and after the example before it."""
    waits_for: tuple[str, ...] = ()
    """Functions without a body that it reaches, so that it cannot be judged yet."""
    test: Asserted | None = None
    """How a test of the project asserts it; None for everything else."""
    refused: str = ""
    """Why doctest reads none of its docstring's examples ("line 4 has …", of the file); "" when it does."""

    @property
    def where(self) -> str:
        """File and line of a test of the project, "" for everything else."""
        return self.test.where if self.test else ""

    @property
    def secret(self) -> bool:
        """Whether no model may know of it, nor of what came of it."""
        return self.origin == "hidden" or (self.test is not None and not self.test.told)


class Stub(Fact, frozen=True):
    """A function that waits for its body, with all that a prompt or a run needs to know about its surroundings."""

    path: str
    name: str
    """Qualified name as in `Stack.push` or `outer.inner`."""
    line: int
    """1-based line of `def`."""
    header: str
    """Decorators, signature and docstring, dedented to column 0, ending in a newline."""
    indent: str = "    "
    """Indentation of the body relative to the header."""
    body: str = ""
    """The present placeholder body, dedented ("..." or "pass" or "")."""
    docstring: str = ""
    examples: tuple[Example, ...] = ()
    imports: str = ""
    """The module's import statements, for the prompt."""
    neighbours: str = ""
    """Signatures and short bodies around it, for the prompt, within the token budget; may be empty."""
    project: str = ""
    """What the names mean that are imported from the user's own project: signatures, fields, values, under the name of
    each module, for the prompt. It shares the token budget with `neighbours`. Untrusted: text from other files."""
    class_header: str = ""
    """The lines of the enclosing classes and functions, for the prompt; empty at module level."""
    before: str = ""
    """Program text up to the body: the file as it is, or only what the function needs of a large or broken one."""
    after: str = ""
    """Program text that follows the body when it is run."""
    margin: str = ""
    """Indentation of `def` in the file."""
    digest: str = ""
    """SHA-256 of the bytes of the file it was read from."""
    nth: tuple[int, int] = (1, 1)
    """Its place, from 1, among the functions of its name in the file, and how many there are."""
    tests: tuple[Example, ...] = ()
    """Assertions about it in the project's tests; empty until they were looked for."""
    unused: tuple[UnusedTest, ...] = ()
    """Tests that call it and cannot be used."""

    @property
    def entry_point(self) -> str:
        """The bare name of the function."""
        return self.name.rpartition(".")[2]

    @property
    def key(self) -> str:
        """What a person types to name it: `PATH::NAME`, or `PATH::NAME#2` for the second of several of one name."""
        return f"{self.path}::{self.name}" + (f"#{self.nth[0]}" if self.nth[1] > 1 else "")

    @property
    def label(self) -> str:
        """Its name in a list, with the line where the name alone does not tell it from another: `f@12`."""
        return f"{self.name}@{self.line}" if self.nth[1] > 1 else self.name

    @property
    def judged(self) -> tuple[Example, ...]:
        """The examples that a draft can be held against now: those that wait for nothing."""
        return tuple(example for example in self.examples if not example.waits_for)

    def code(self, body: str) -> str:
        """The whole function with this body (dedented, LF), at column 0, ending in a newline."""
        return self.header + indented(body.rstrip("\n"), self.indent) + "\n"

    def shown(self, body: str) -> str:
        """The same for reading: a method's docstring stands where its code does."""
        return set_left(self.header, self.margin) + self.code(body)[len(self.header) :]

    @property
    def unwritten(self) -> str:
        """The module to run while there is no body: calling the function is noted, and only raises."""
        return self.program(UNWRITTEN_BODY)

    def program(self, body: str) -> str:
        """The module to run, with this body in its place."""
        return self.before + indented(body.rstrip("\n"), self.margin + self.indent) + "\n" + self.after


# ---------------------------------------------------------------------------------------------- what models said


class Usage(Fact, frozen=True):
    """Tokens of one call. `estimated` when the server did not report them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    """Includes the thinking tokens."""
    cached_tokens: int = 0
    estimated: bool = False
    billed: float | None = None
    """USD that the server says the call cost; None: it does not say."""
    pooled: bool = False
    """Whether the server counts several answers to one request as one: the last of them tells what all wrote."""


class Price(Fact, frozen=True):
    """USD per million tokens. A price that is unknown is `None` in place of a `Price`, never 0."""

    input: float
    output: float


class Plan(Fact, frozen=True):
    """A planner's text, as it came."""

    text: str


class Enrichment(Fact, frozen=True):
    """What a planner adds to a specification: examples, types, edge cases; as it came."""

    text: str


class Draft(Fact, frozen=True):
    """One candidate body. Imports and helpers a model wrote outside the function are already inside the body."""

    id: str
    """Unique within a run: "d1", "d2", …"""
    body: str
    """Dedented, LF. What came, also if it does not compile; `problem` then says so."""
    purpose: str = "draft"
    """Which verb made it: draft, fix, retry, synthesis, hand, …"""
    role: Role = "coder"
    model: str = ""
    parent: str | None = None
    """Id of the draft it repairs, or None."""
    problem: str | None = None
    """Why it cannot be used ("the reply has no code", "line 3: invalid syntax"), or None."""
    remark: str = ""
    """What to know of it although it can be used ("it only compares its arguments with …"), "" for nothing."""
    recites: bool = False
    """Whether it gives the examples' answers back and does no work; the remark says how."""
    how: str = ""
    """With what a repair was asked for ("the failing examples, T=0.8"), "" for everything else."""


class Finding(Fact, frozen=True):
    """One claim of a reviewer."""

    claim: str
    quote: str = ""
    """The source line it speaks of, as the reviewer quoted it."""
    line: int | None = None
    """1-based line within `stub.code(draft.body)`; None when the quote is not in the source."""
    call: str = ""
    """An expression that shows it, "" if the reviewer gave none."""
    comes_out: str = ""
    should_be: str = ""
    expected: str = ""
    """What `should_be` came to when it was run, or why it came to nothing; "" when it needed no run."""
    status: Literal["untested", "reproduced", "refuted", "not shown"] = "untested"
    """reproduced: the draft gives what the reviewer says is wrong; refuted: the draft gives what it should;
    not shown: the run shows neither."""
    got: str = ""
    """What the draft really gave."""
    got_fixed: str = ""
    """What the fix really gave; "" before there is one."""
    mended: bool = False
    """Whether the fix gives what it should."""


class Review(Fact, frozen=True):
    """A reviewer's report on one draft."""

    draft: str
    verdict: Literal["bugs", "clean", "unreadable", "not reviewed"]
    """unreadable: the reply is no review; not reviewed: there was no reply that could be one."""
    findings: tuple[Finding, ...] = ()
    text: str = ""
    """The reply as it came."""
    model: str = ""
    candidate: str = ""
    """The function as the reviewer wrote it anew, "" when it is not in the report or is the same program."""
    left_out: int = 0
    """How many more findings the report has than are kept here."""
    problem: str = ""
    """Why it did not happen ("the reviewer spent 2,048 tokens thinking and said nothing: …"), "" when it did."""

    @property
    def happened(self) -> bool:
        """Whether it says anything of the draft, be it that nothing was found."""
        return self.verdict in {"bugs", "clean"}

    @property
    def why_not(self) -> str:
        """Why nothing is known of the draft, in a few words; "" for a review that happened."""
        return "" if self.happened else self.problem or "the reply is no review"


class Helper(Fact, frozen=True):
    """A function that a planner asked for, solved as far as it could be."""

    stub: Stub
    body: str
    """Dedented; without the helpers it calls."""
    verified: bool = False
    """Whether all its checks passed."""
    node: str = ""
    """Where in the tree it was solved."""
    above: str = ""
    """Imports, constants and classes of the plan that asked for it; they stand before its `def`."""

    @property
    def code(self) -> str:
        """The whole function."""
        return self.stub.code(self.body)


class Split(Fact, frozen=True):
    """A planner's decomposition of one function."""

    draft: Draft
    """The new body, which calls the helpers."""
    wanted: tuple[Stub, ...] = ()
    """New functions in the order they were written, still to be solved."""
    offered: dict[str, str] = {}
    """Bodies that the planner wrote for some of them, by name."""
    reused: tuple[str, ...] = ()
    """Helpers that exist already and are called again."""
    above: str = ""
    """Imports, constants and classes that the plan wrote beside its functions, for all of them."""


# ---------------------------------------------------------------------------------------------- what running showed


class Outcome(Fact, frozen=True):
    """What one statement did in the sandbox; nothing here is a verdict."""

    status: Literal["returned", "raised", "timeout", "crashed", "not run"]
    printed: str = ""
    """Standard output of the statement, and after it the value as an interactive session shows it."""
    value: str | None = None
    """Literal spelling of the value when it is made of plain built-in types, else None (and None for None)."""
    type_name: str = ""
    """Type of the value as "module.Name", "" when there is none.

    Of built-in containers the first class within them that is not plain, such as "shop.Money".
    """
    equal: bool | None = None
    """Whether the value's own class says that it equals what is claimed; None when not asked, or not believed."""
    raised: str = ""
    """Last line of the traceback, "" when nothing was raised."""
    notes: str = ""
    """What was added to the exception by `add_note`, as it is printed below that line."""
    refused: str = ""
    """What the sandbox refused when that was raised, in words; "" when it was nothing of that kind."""
    seconds: float = 0.0

    @property
    def told(self) -> str:
        """What was printed, and after it what was raised, why, and its notes."""
        raised = f"{self.raised} ({self.refused})" if self.refused else self.raised
        return "\n".join(filter(None, (self.printed.rstrip("\n"), raised, self.notes)))


class LoadFailure(Fact, frozen=True):
    """Why a program could not be imported, as far as its process told."""

    raised: str
    """Last line of the traceback."""
    file: str = ""
    """The innermost file of the project in the traceback, relative to the project; "" when there is none."""
    line: int = 0
    """1-based line in that file, 0 when it is not known."""
    elsewhere: bool = False
    """Whether that is another file than the program's own: then the project is at fault, and no draft."""
    refused: str = ""
    """What the sandbox refused, in words; "" when it was nothing of that kind."""

    @property
    def text(self) -> str:
        """One sentence for a report: the file and the line first when they are not the program's own."""
        kind, _, message = self.raised.partition(": ")
        told = message if kind in {"ImportError", "ModuleNotFoundError"} and message else self.raised
        place = f"{self.file} line {self.line}: " if self.elsewhere and self.line else ""
        told = told.removesuffix(f" (line {self.line})") if place else told
        return (place + told if place else self.raised) + (f" ({self.refused})" if self.refused else "")


class Execution(Fact, frozen=True):
    """One program and its statements, run in one sandboxed process."""

    outcomes: tuple[Outcome, ...]
    """One for each statement asked for, in order; those never reached are "not run"."""
    problem: str = ""
    """Why the module itself could not be loaded or the process ended early; "" when all went through."""
    failure: LoadFailure | None = None
    """What was raised while the module was imported; None when it went through, or its process ended before."""
    timed_out: bool = False
    """Whether it ended because the clock ran out, while loading or in a statement."""
    tier: str = ""
    """Letter of the protection in force (A to E), see docs/sandbox.md."""
    interpreter: str = ""
    seconds: float = 0.0
    """Wall clock of the statements."""
    import_seconds: float = 0.0
    """Wall clock of importing the module and all that it imports."""


class Undefined(Fact, frozen=True):
    """A name that a draft uses and nothing defines, found by reading it, before anything runs."""

    name: str
    line: int
    """1-based line of its first use within `stub.code(draft.body)`."""
    repair: str = ""
    """The import of the standard library that would define it ("import math"), "" when there is none."""


class Check(Fact, frozen=True):
    """One example held against what happened."""

    example: Example
    verdict: Literal["passed", "failed", "raised", "timeout", "crashed", "not run", "waits"]
    """waits: it needs a function that is not written yet, or does not run this one: it neither holds nor fails."""
    got: str = ""
    """What came out, as a person would read it: printed text, value or exception line; or what it waits for."""
    by_value: bool = False
    """Whether it holds only as a value, or by an exception's class: doctest, which compares text, says it fails."""
    waits_for: tuple[str, ...] = ()
    """Functions without a body that the example or the draft leads to, of one that waits."""
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether the example holds."""
        return self.verdict == "passed"

    @property
    def against_doctest(self) -> str:
        """Why doctest says that an example fails which holds here, in words; "" where both say the same."""
        if not self.by_value:
            return ""
        if self.example.raises is None:
            return "equal as a value; doctest, which compares the text, says that it fails"
        name = self.example.raises.partition(":")[0].strip()
        full = next((word for word in re.findall(r"[\w.]+", self.got) if word.endswith(f".{name}")), name)
        return f"raised as shown; doctest wants the name with its module, {full}, and says that it fails"


SLOW_IMPORT = 0.5
"""Seconds of importing that are worth a word."""


class Report(Fact, frozen=True):
    """All checks of one draft. No checks means that nothing was verified."""

    draft: str
    checks: tuple[Check, ...] = ()
    problem: str = ""
    """Why the program could not run at all, "" when it did."""
    tier: str = ""
    interpreter: str = ""
    seconds: float = 0.0
    """Wall clock of the examples."""
    import_seconds: float = 0.0
    """Wall clock of importing the module and all that it imports, once."""
    imports: int = 1
    """How often it was imported: each session and each test has a process of its own."""
    all_import_seconds: float = 0.0
    """Wall clock of all these imports; some go on at the same time."""
    unused: tuple[UnusedTest, ...] = ()
    """Tests that turned out to be of no use when they were run."""
    says_nothing: str = ""
    """Why none of the checks says anything of the draft ("no example calls f"), "" where one may."""

    @property
    def imported_slowly(self) -> bool:
        """Whether importing took long enough to be told apart from the examples' time."""
        return self.import_seconds >= SLOW_IMPORT

    @property
    def import_words(self) -> str:
        """How long importing took, where it is worth a word: "imports took 1.5 s, 17 times (25.1 s)"; else ""."""
        if not self.imported_slowly:
            return ""
        often = f", {self.imports} times ({self.all_import_seconds:.1f} s)" if self.imports > 1 else ""
        return f"imports took {self.import_seconds:.1f} s{often}"

    @property
    def judged(self) -> tuple[Check, ...]:
        """The checks that say something of the draft: all but those that wait."""
        return tuple(check for check in self.checks if check.verdict != "waits")

    @property
    def waiting(self) -> tuple[str, ...]:
        """Functions that some of the examples wait for, each once."""
        waits = (check.waits_for for check in self.checks if check.verdict == "waits")
        return tuple(dict.fromkeys(name for names in waits for name in names))

    @property
    def examples(self) -> tuple[Check, ...]:
        """The checks that are no tests of the project."""
        return tuple(check for check in self.checks if check.example.test is None)

    @property
    def judged_examples(self) -> tuple[Check, ...]:
        """The same without those that wait."""
        return tuple(check for check in self.examples if check.verdict != "waits")

    @property
    def tests(self) -> dict[str, bool]:
        """Whether each test of the project holds, by its name; those that wait are left out."""
        held: dict[str, bool] = {}
        for check in self.judged:
            if (test := check.example.test) is not None:
                held[test.name] = held.get(test.name, True) and check.passed
        return held

    @property
    def told(self) -> Report:
        """As much of it as a model may know."""
        kept = tuple(check for check in self.checks if not check.example.secret)
        return self if len(kept) == len(self.checks) else msgspec.structs.replace(self, checks=kept)

    @property
    def passes(self) -> int:
        """How many examples hold."""
        return sum(check.passed for check in self.checks)

    @property
    def all_passed(self) -> bool:
        """Whether there is at least one example to judge and all of these hold."""
        return bool(self.judged) and not self.problem and all(check.passed for check in self.judged)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that do not hold."""
        return tuple(check for check in self.judged if not check.passed)


class Solution(Fact, frozen=True):
    """What a pipeline settled on."""

    draft: Draft
    report: Report | None = None
    """None when the pipeline executes nothing."""
    why: str = ""
    """One short sentence: why this draft and no other."""

    @property
    def verdict(self) -> Literal["verified", "fails", "unverified"]:
        """verified: every example that can be judged holds; unverified: there was none to hold it against."""
        if self.draft.problem or (self.report and (self.report.problem or self.report.failures)):
            return "fails"
        return "verified" if self.report and self.report.all_passed else "unverified"


# ---------------------------------------------------------------------------------------------- what candidates do


class Result(Fact, frozen=True):
    """What one call came to, as a person reads it. Whether two are the same is decided before they are shortened."""

    kind: Literal["value", "raised", "timeout", "crashed", "opaque", "unsteady", "not run"]
    """opaque: cannot be compared (an object without a text of its own); unsteady: another one each time."""
    text: str
    """The value, what was printed, the exception's line, or why there is nothing."""
    after: tuple[tuple[str, str], ...] = ()
    """Arguments that the call changed, by name, as they are afterwards."""
    cut: bool = False
    """Whether the text was too long to be shown in full: then nobody can be asked for it."""

    @property
    def brief(self) -> str:
        """The same in a few words: an exception's class without its message, what the call changed behind it."""
        said = self.text.partition(":")[0] if self.kind == "raised" else self.text
        changed = ", ".join(f"{name} is {text} then" for name, text in self.after)
        return "; ".join(filter(None, (said, changed)))


class Behaviour(Fact, frozen=True):
    """Candidates that do the same with every input."""

    drafts: tuple[str, ...]
    """Their ids, in the order in which they came."""
    does: tuple[int, ...]
    """By input: which of its results."""

    @property
    def weight(self) -> int:
        """How many fell into it."""
        return len(self.drafts)


class Behaviours(Fact, frozen=True):
    """What candidates do with the same inputs."""

    inputs: tuple[str, ...] = ()
    results: tuple[tuple[Result, ...], ...] = ()
    """By input: the different results, that of most candidates first."""
    groups: tuple[Behaviour, ...] = ()
    """The heaviest first; of equals that of the candidate that came first."""
    why_none: str = ""
    """Why there are no inputs, "" when there are some."""

    def result(self, group: Behaviour, nth: int) -> Result:
        """What a group does with the input of that number."""
        return self.results[nth][group.does[nth]]

    def group_of(self, draft: str) -> Behaviour | None:
        """The group that a candidate is in; None for one that was not run."""
        return next((group for group in self.groups if draft in group.drafts), None)


class Answer(Fact, frozen=True):
    """What the user said that a call should do."""

    call: str
    gives: str = ""
    """The value as Python spells it, or the text that is printed."""
    raises: str = ""
    """The exception's class."""
    after: tuple[tuple[str, str], ...] = ()
    """Arguments that the call should change, as they should be afterwards."""

    @property
    def open(self) -> bool:
        """Whether the user said that it does not matter."""
        return not (self.gives or self.raises or self.after)

    @property
    def told(self) -> str:
        """The answer in words: "median([]) gives 0"."""
        if self.open:
            return f"{self.call}: does not matter"
        changed = ", ".join(f"{name} is {text} then" for name, text in self.after)
        said = f"raises {self.raises}" if self.raises else f"gives {self.gives}" if self.gives else ""
        return f"{self.call} " + "; ".join(filter(None, (said, changed)))


class Option(Fact, frozen=True):
    """One answer that a question offers."""

    result: Result
    drafts: tuple[str, ...]
    """The candidates that give it."""

    @property
    def weight(self) -> int:
        """How many candidates give it."""
        return len(self.drafts)


class Choice(Fact, frozen=True):
    """A question to the user: what should this call do?"""

    call: str
    options: tuple[Option, ...]
    """What candidates do, that of most first."""
    of: int = 0
    """How many candidates are asked about."""

    @property
    def told(self) -> str:
        """The question in one line: "median([]): 3 of 5 give 0, 2 raise IndexError"."""
        head, *more = (_in_words(option) for option in self.options)
        return f"{self.call}: {head.replace(' ', f' of {self.of} ', 1)}" + "".join(f", {words}" for words in more)


def _in_words(option: Option) -> str:
    verb = "raise" if option.result.kind == "raised" else "give"
    many = option.weight
    return f"{many} {verb}{'s' if many == 1 else ''} {option.result.brief}"
