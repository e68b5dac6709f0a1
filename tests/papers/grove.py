"""A stage for PaT and its baselines: scripted models that know which function they are asked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeVar

import msgspec
from redraft.engine.desk.resume import Recall
from redraft.engine.events import AnyEvent, CallStarted, Entry, Steered
from redraft.engine.facts import Example, Price, Role, Stub
from redraft.engine.kit import Budget, Kit, Mode, Voice
from redraft.engine.models.chat import Ask
from redraft.engine.models.scripted import Line, Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import Log, running
from redraft.engine.sandbox.runner import Sandbox
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.state.run import RunState, state_of

HEADER = 'def f(x):\n    """Double x.\n\n    >>> f(1)\n    2\n    >>> f(3)\n    6\n    """\n'
STUB = Stub(
    path="a.py",
    name="f",
    line=1,
    header=HEADER,
    body="...",
    docstring="Double x.",
    before=HEADER,
    examples=(Example(source="f(1)\n", want="2\n"), Example(source="f(3)\n", want="6\n")),
)
BARE = Stub(path="a.py", name="f", line=1, header="def f(x):\n", before="def f(x):\n", body="...")

GOOD, HALF, BAD, SAME = "return 2 * x", "return x + 1", "return None", "return x"
ASSERTS = {"f": "assert f(5) == 10", "g": "assert g(4) == 4", "h": "assert h(7) == 7"}
CALLING_G = "return g(x) + g(x)"
PLAN = f'''Sure:
```python
def g(x):
    """The same x."""
    raise NotImplementedError


def f(x):
    {CALLING_G}
```'''
WHOLE = f"{SAME}\n\n    {CALLING_G}"
"""How the program looks when f is composed with a right g."""
GIVES: dict[str, dict[str, str]] = {
    WHOLE: {"f(1)": "2", "f(3)": "6", "f(5)": "10"},
    CALLING_G: {},
    GOOD: {"f(1)": "2", "f(3)": "6", "f(5)": "10"},
    HALF: {"f(1)": "2", "f(3)": "4", "f(5)": "6"},
    "return 3 * x": {"g(4)": "12"},
    f"{SAME}\n": {"g(4)": "4", "h(7)": "7"},
    BAD: {},
}

Said = str | Line
Answers = Mapping[str, Sequence[Said] | Said]
"""What is answered by the name of the function asked for: one answer for ever, or several in turn, then the last."""
E = TypeVar("E", bound=AnyEvent)


def code(body: str, name: str = "f") -> str:
    return f"```python\ndef {name}(x):\n    {body}\n```"


def plan(body: str, *helpers: str) -> str:
    """A plan for f with this body and these unwritten helpers."""
    wanted = "".join(f'def {name}(x):\n    """Some {name}."""\n    raise NotImplementedError\n\n\n' for name in helpers)
    return f"```python\n{wanted}def f(x):\n    {body}\n```"


class Grown(msgspec.Struct, frozen=True):
    """A run that is over."""

    entries: list[Entry]
    models: dict[Role, Scripted]
    sandbox: ScriptedSandbox | Sandbox

    @property
    def state(self) -> RunState:
        return state_of(self.entries)

    def events(self, kind: type[E]) -> list[E]:
        return [entry.event for entry in self.entries if isinstance(entry.event, kind)]

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Purpose and node of each call, in order."""
        return [(event.purpose, event.node) for event in self.events(CallStarted)]

    def count(self, purpose: str, node: str = "") -> int:
        return self.asked.count((purpose, node))


class Stage:
    """Everything around one run. What is not scripted answers as a solved world would not: with bad code."""

    def __init__(
        self,
        coder: Answers | None = None,
        planner: Answers | None = None,
        tester: Answers | None = None,
        *,
        mode: Mode = "evidence",
        gives: Mapping[str, Mapping[str, str]] = GIVES,
        sandbox: Sandbox | None = None,
        stub: Stub = STUB,
        budget: Budget = Budget(),
        prices: Mapping[Role, Price] | None = None,
        seed: int = 0,
    ) -> None:
        self._answers: dict[str, Answers] = {
            "coder": coder or {},
            "planner": planner or {},
            "tester": tester if tester is not None else ASSERTS,
        }
        self._turns: Counter[tuple[str, str]] = Counter()
        self.during: dict[int, Callable[[Log], None]] = {}
        """What happens while the how-manieth call (from 1) is under way."""
        self._calls = 0
        self._log: Log | None = None
        self.stub = stub
        self.models: dict[Role, Scripted] = {role: self._model(role) for role in ("coder", "planner", "tester")}
        self.sandbox = sandbox or ScriptedSandbox(gives)
        prices = prices or {}
        voices: dict[Role, Voice] = {
            role: Voice(model=model, price=prices.get(role)) for role, model in self.models.items()
        }
        voices["reviewer"] = voices["coder"]
        self.kit = Kit(voices=voices, prompts=Prompts(None), sandbox=self.sandbox, mode=mode, budget=budget, seed=seed)

    def wish(
        self, call: int, what: Literal["abandon", "retry", "pin", "stub", "body"], node: str, text: str = ""
    ) -> None:
        """While that call is under way the person wants this."""
        self.during[call] = lambda log: log.steer(Steered(what=what, node=node, text=text))

    async def run(self, pipeline: str = "pat", recall: Recall | None = None) -> Grown:
        async with running(CATALOGUE[pipeline], self.kit, self.stub, recall=recall) as log:
            self._log = log
            entries = [entry async for entry in log]
        return Grown(entries, self.models, self.sandbox)

    def _model(self, role: Role) -> Scripted:
        return Scripted(lambda ask: self._answer(role, ask), name=f"scripted {role}", prefill=False)

    def _answer(self, role: str, ask: Ask) -> Said:
        self._calls += 1
        if self._calls in self.during and self._log is not None:
            self.during[self._calls](self._log)
        name = asked_for(ask)
        answers = self._answers[role].get(name, "I cannot do that.")
        if isinstance(answers, str | Line):
            return answers
        turn = self._turns[role, name]
        self._turns[role, name] += 1
        return answers[min(turn, len(answers) - 1)]


def asked_for(ask: Ask) -> str:
    """The function that a prompt is about."""
    text = ask.messages[-1].content
    named = re.search(r"(?:Decompose|asserts for|calls of|Write) `([\w.]+)`", text)
    return named[1] if named else re.findall(r"def (\w+)\(", text)[-1]


async def pat(
    coder: Answers | None = None,
    planner: Answers | None = None,
    tester: Answers | None = None,
    *,
    mode: Mode = "evidence",
    gives: Mapping[str, Mapping[str, str]] = GIVES,
    stub: Stub = STUB,
    budget: Budget = Budget(),
) -> Grown:
    return await Stage(coder, planner, tester, mode=mode, gives=gives, stub=stub, budget=budget).run()
