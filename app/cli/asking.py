"""Asking the user in the terminal what a call should do, and what was answered on the command line."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import sys
import threading
from collections.abc import Iterator, Sequence

from ...engine.behaviour.answers import contradicted, told_result, typed
from ...engine.behaviour.questions import answer_of
from ...engine.errors import UsageError
from ...engine.examples import values
from ...engine.facts import Answer, Choice, Stub
from ..common.output import harmless, say

OPEN = "?"
"""Typed in place of a value: it does not matter."""
STOP = frozenset({"q", "quit", ":q"})


class Terminal:
    """The user at the terminal, or whatever is piped in: one line an answer."""

    name = "you"

    async def answer(self, stub: Stub, choice: Choice) -> Answer | None:
        """What was typed; None once nothing more is."""
        for line in question_lines(choice):
            say(line)
        while True:
            say("> ", end="")
            line = await _line()
            if not line or line.strip() in STOP:
                return None
            said = read_answer(stub, choice, line.strip())
            if isinstance(said, Answer):
                return said
            say(harmless(said))


class Listed:
    """Nobody: the questions are kept, to be printed."""

    name = "you"

    def __init__(self) -> None:
        self.choices: list[Choice] = []

    async def answer(self, stub: Stub, choice: Choice) -> Answer | None:
        """No answer."""
        self.choices.append(choice)


def question_lines(choice: Choice) -> Iterator[str]:
    """A question for people, its options by number."""
    yield f"what should {harmless(choice.call)} do?"
    options = [told_result(option.result) for option in choice.options]
    wide = max(map(len, options), default=0)
    for nth, (told, option) in enumerate(zip(options, choice.options, strict=True), start=1):
        yield f"  {nth}  {harmless(told.replace(chr(10), ' ')).ljust(wide)}  {option.weight} of {choice.of} drafts"
    yield f"  a number, a value, the name of an exception; {OPEN}: it does not matter; q: no more questions"


def read_answer(stub: Stub, choice: Choice, text: str) -> Answer | str:
    """The answer that was typed; a sentence that says why it is none."""
    if text == OPEN:
        return Answer(call=choice.call)
    if text.isdecimal() and 1 <= int(text) <= len(choice.options):
        return answer_of(choice, choice.options[int(text) - 1])
    said = typed(choice.call, text)
    if isinstance(said, Answer) and (own := contradicted(stub, said)):
        wanted = own.raises or own.want.strip()
        return f"your example at line {own.line} says otherwise: {own.source.strip()} gives {wanted}"
    return said


def given_answers(stub: Stub, texts: Sequence[str]) -> tuple[Answer, ...]:
    """What `--answer CALL=VALUE` says.

    Raises:
        UsageError: one of them is no answer, or contradicts an example of the user's own.
    """
    return tuple(_given(stub, text) for text in texts)


def _given(stub: Stub, text: str) -> Answer:
    why = "write it as CALL=VALUE, for example --answer 'median([])=0'"
    # The first sign after a whole call: an argument given by name has one too.
    for at in (n for n, char in enumerate(text) if char == "="):
        call, said = text[:at].strip(), text[at + 1 :].strip()
        tree = values.expression(call)
        if tree is None or said.startswith("="):
            continue
        call = ast.unparse(tree)
        found = Answer(call=call) if said == OPEN else typed(call, said)
        if isinstance(found, str):
            why = found
        elif own := contradicted(stub, found):
            raise UsageError(f"--answer {text}: your example at line {own.line} says otherwise ({own.source.strip()})")
        else:
            return found
    raise UsageError(f"--answer {text}: {why}")


async def _line() -> str:
    """One line of standard input, "" at its end. A thread waits for it that nobody has to wait for."""
    loop = asyncio.get_running_loop()
    came: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        line = sys.stdin.readline()
        # Whoever asked may be gone, and the loop with it.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: came.done() or came.set_result(line))

    threading.Thread(target=read, daemon=True).start()
    return await came
