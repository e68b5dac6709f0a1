"""What is drafted when, without a screen."""

from __future__ import annotations

from redraft.app.draft.queue import Following
from redraft.app.draft.watching import Looked, take_in
from redraft.app.run.runner import Drafting
from redraft.engine.kit import Kit
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.sources import find_stubs, splice
from redraft.engine.sources.reading import decoded

WORDS = '''\
def camel(text):
    """
    >>> camel(under("AB"))
    'AB'
    """
    ...


def under(text): ...


def other(text): ...
'''


async def _no_kit() -> Kit:
    raise AssertionError("nothing is to be drafted here")


def following() -> Following:
    return Following(
        Drafting(_no_kit, None, lambda _stub, _state: None, fault=repr), CATALOGUE["raw-coder"], lambda _: None
    )


async def test_the_queue_is_drafted_in_the_order_in_which_its_stubs_need_each_other() -> None:
    source = decoded("words.py", WORDS.encode())
    queue = following()
    await queue.saw(source, find_stubs(source).stubs, draft=False)
    for name in ("other", "camel", "under"):
        queue.ask(f"words.py::{name}")
    assert queue.queue == ["words.py::other", "words.py::under", "words.py::camel"]


async def test_a_save_with_what_a_stub_waited_for_asks_for_it() -> None:
    source = decoded("words.py", WORDS.encode())
    queue = following()
    stubs = find_stubs(source).stubs
    await queue.saw(source, stubs, draft=False)
    written = decoded("words.py", splice(source, stubs[1], "return text.lower()").encode())
    said = await queue.saw(written, find_stubs(written).stubs)
    assert said == "2 stubs: drafting camel"
    assert queue.queue == ["words.py::camel"]


async def test_the_stub_that_was_named_is_drafted_first() -> None:
    source = decoded("words.py", WORDS.encode())
    queue = following()
    queue.first = "words.py::other"
    await take_in(queue, [Looked("words.py", source, find_stubs(source))], lambda _: None)
    assert queue.queue == ["words.py::other"]
    assert queue.shelf.current == "words.py::other"
