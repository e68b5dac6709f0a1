"""An answer that was begun for a model and that it begins again: read whole, and never ended before its code."""

from __future__ import annotations

import ast
import json

import pytest
from msgspec.structs import replace
from redraft.engine.events import Drafted
from redraft.engine.facts import ROLES, Example, Stub
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.chat import Ask, Reply
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.prompts import Prompts
from redraft.engine.replies import BodyEnd, body, only_announces
from redraft.engine.run.log import running
from redraft.engine.sandbox.scripted import ScriptedSandbox

STUB = Stub(path="shop.py", name="total", line=1, header='def total(prices):\n    """Sum."""\n', docstring="Sum.")
METHOD = Stub(
    path="shop.py",
    name="Shop.total",
    line=2,
    header='def total(self, prices):\n    """Sum."""\n',
    docstring="Sum.",
    before="class Shop:\n    def other(self): ...\n",
)
BODY = "if not prices:\n    return 0\nreturn sum(prices)\n"
INNER = "    if not prices:\n        return 0\n    return sum(prices)\n"
FULL = f"def total(prices):\n{INNER}"
IN_CLASS = "class Shop:\n    def total(self, prices):\n" + "".join(f"    {line}\n" for line in INNER.splitlines())
SURE = "Sure! Here is the function you asked for:"
ANEW = {
    "a word and a fence": f"{SURE}\n\n```python\n{FULL}```\n",
    "no word of Python in the fence": f"{SURE}\n\n```\n{FULL}```\n",
    "py": f"{SURE}\n```py\n{FULL}```",
    "python3 and words after": f"{SURE}\n\n```python3\n{FULL}```\n\nExplanation: it works because of sum.",
    "tildes": f"{SURE}\n\n~~~python\n{FULL}~~~\n",
    "a fence at once": f"```python\n{FULL}```\n",
    "a fence at once, then words": f"```\n{FULL}```\nIt sums (all of) them.",
    "two fences": f"{SURE}\n\n```python\n{FULL}```\n\nOr, as a whole again:\n\n```python\n{FULL}```\nHope it helps!",
    "the old code first": f"The stub is this:\n\n```python\ndef total(prices):\n    ...\n```\n\nNow:\n\n```python\n{FULL}```\n",
    "a console first": f"Install nothing:\n\n```bash\npip list\n```\n\nThen it is this:\n\n```python\n{FULL}```\n",
    "several paragraphs": f"Let's think about it.\n\nThe total is the sum.\nWith nothing, it's 0 (zero.\n\n```python\n{FULL}```\n",
    "a list of steps": f"Here is what to do:\n\n1. Look whether there is one.\n2. Sum them up.\n\n```python\n{FULL}```\n",
    "indented steps": f"Here is what to do:\n  - look whether there is one,\n  - sum them up.\n\n```python\n{FULL}```\n",
    "a heading": f"### Solution\n\n```python\n{FULL}```\n",
    "the signature": FULL,
    "the signature, further in": "".join(f"    {line}\n" for line in FULL.splitlines()),
    "imports and the signature": f"import math\nfrom typing import Any\n\n\n{FULL}",
    "only the body in the fence": f"{SURE}\n\n```python\n{INNER}```\n",
    "a class around": "class Solution:\n" + "".join(f"    {line}\n" for line in FULL.splitlines()),
    "a fence that is never closed": f"{SURE}\n\n```python\n{FULL}",
    "an object": json.dumps({"code": FULL}),
    "an object in a fence": f"```json\n{json.dumps({'explanation': 'It sums.', 'code': FULL}, indent=1)}\n```",
    "an object after a word": f"{SURE}\n\n```json\n{json.dumps({'Function': FULL})}\n```\n",
    "an object with the body": json.dumps({"body": INNER}),
    "an object with another field": json.dumps({"name": "total", "src": FULL}),
    "an object with a fence in it": json.dumps({"answer": f"{SURE}\n\n```python\n{FULL}```"}),
}


def told(stub: Stub, text: str, *, prefilled: bool = True) -> str:
    found, problem = body(stub, Reply(text=text, prefilled=prefilled))
    assert problem is None, (problem, found)
    return ast.dump(ast.parse(stub.code(found)))


def heard(stub: Stub, text: str, size: int) -> str:
    """What is there when the listener hangs up, in pieces of so many characters."""
    ending = BodyEnd(stub)
    for at in range(0, len(text), size):
        if ending.feed(text[at : at + size]):
            return text[: at + size]
    return text


@pytest.mark.parametrize("size", [1, 12, 5000])
@pytest.mark.parametrize("name", ANEW)
def test_what_begins_again_is_read_as_if_nothing_had_been_begun(name: str, size: int) -> None:
    wanted = ast.dump(ast.parse(STUB.code(BODY)))
    assert told(STUB, heard(STUB, ANEW[name], size)) == wanted
    assert told(STUB, ANEW[name], prefilled=False) == wanted


@pytest.mark.parametrize("before", ["", f"{SURE}\n\n```python\n", "```python\n", "from typing import Any\n\n"])
def test_a_method_that_comes_with_its_class_is_read(before: str) -> None:
    text = before + IN_CLASS + ("```\n" if "```" in before else "")
    assert told(METHOD, heard(METHOD, text, 12)) == ast.dump(ast.parse(METHOD.code(BODY)))


@pytest.mark.parametrize(
    "text",
    [
        INNER,
        f"{INNER}```\n\nExplanation: it works.",
        f"{INNER}```python\n{FULL}```",
        f"{BODY}```\nSo it is.",
        "    class Local:\n        pass\n    return sum(prices)\n",
        "    settings = {'code': 'def total(prices): return 1'}\n    return settings\n",
        '    return {"code": "x"}\n',
    ],
)
def test_what_goes_on_is_still_read_as_going_on(text: str) -> None:
    found, problem = body(STUB, Reply(text=text, prefilled=True))
    assert problem is None
    assert found.strip().split("\n")[0] == text.strip().split("\n")[0]
    assert "Explanation" not in found and "def total(prices):\n" not in found


STOPPED = {name: text.partition("\n```")[0] for name, text in ANEW.items() if text[0] in "SLHIT" and "\n```" in text}


@pytest.mark.parametrize("name", STOPPED)
def test_an_answer_that_a_stop_ended_before_its_code_is_known(name: str) -> None:
    assert only_announces(Reply(text=STOPPED[name], prefilled=True))


async def test_an_answer_that_a_stop_ended_before_its_code_is_asked_for_without_stops() -> None:
    whole = f"{SURE}\n\n```python\n{FULL}```\n"

    def answers(ask: Ask) -> str:
        ends = [whole.find(stop) for stop in ask.sampling.stop if stop in whole]
        return whole[: min(ends)] if ends else whole

    model = Scripted(answers)
    kit = Kit(voices=dict.fromkeys(ROLES, Voice(model=model)), prompts=Prompts(None), sandbox=ScriptedSandbox({"": {}}))
    stub = replace(STUB, path="", examples=(Example(source="total([2])", want="2\n"),))
    async with running(CATALOGUE["best-of-n"], kit, stub) as log:
        entries = [entry.event async for entry in log]
    drafts = [event.draft for event in entries if isinstance(event, Drafted)]
    assert len(drafts) > 1
    assert all(draft.problem is None and "sum(prices)" in draft.body for draft in drafts)
    assert not model.asks[-1].sampling.stop


@pytest.mark.parametrize("text", [INNER, BODY, "    pass", "    return total", "", "x", f"{SURE}\n```python\n{FULL}"])
def test_code_is_no_announcement(text: str) -> None:
    assert not only_announces(Reply(text=text, prefilled=True))
