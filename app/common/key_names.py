"""The keys that sentences name, as they are bound now: a person may have moved them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, cast

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

from ...widgets.run.behaviour_pane import BehaviourPane
from . import keys

Key = Callable[[str], str]
"""Gives the key of a binding id as people write it: "U" for "file.redo"."""
_WORDS = {"enter": "enter", "return": "enter"}
"""Names that read better in a sentence than their signs."""


class KeyedApp(Protocol):
    """An app that knows which keys are in force."""

    def bound_keys(self, topics: Iterable[keys.Topic]) -> dict[str, tuple[str, ...]]:
        """The keys of each binding id of these topics, as people write them."""
        ...


def key_names(chosen: Mapping[str, str], *, also: tuple[Binding, ...] = ()) -> Key:
    """The first key of each binding: `chosen` ones (`[interface.keys]`) before ours. `also`: bindings of a dialogue.

    >>> key_names({"file.undo": "ctrl+z,u"})("file.undo"), key_names({})("stub.next")
    ('ctrl+z', '}')
    """
    topics = [topic for topic in vars(keys).values() if isinstance(topic, keys.Topic)]
    ours = {binding.id: binding.key for binding in (*(b for topic in topics for b in topic.bindings), *also)}

    def key(name: str) -> str:
        first = (chosen.get(name) or ours[name]).split(",")[0].strip()
        return _WORDS.get(first) or format_key(first)

    return key


def keys_of(node: DOMNode, *parts: type[DOMNode]) -> Key:
    """The keys in force for what is shown by `node`, the keys of its own dialogue, and of `parts` of it, among them."""
    bindings = (binding for part in (type(node), *parts) for binding in part.BINDINGS)
    own = tuple(binding for binding in bindings if isinstance(binding, Binding))
    return key_names(getattr(cast("object", node.app), "chosen_keys", {}), also=own)


def search_keys(node: DOMNode) -> tuple[str, str, str]:
    """The keys that bring the next and the previous place and end a search."""
    key = keys_of(node)
    return key("search.next"), key("search.previous"), key("search.close")


def deciding_keys(node: DOMNode) -> tuple[str, str]:
    """The keys that accept and reject a change."""
    key = keys_of(node)
    return key("diff.accept"), key("diff.reject")


def answering_keys(node: DOMNode) -> tuple[str, str]:
    """The keys that have an answer typed, and that leave it open."""
    key = keys_of(node, BehaviourPane)
    return key("behaviour.type"), key("behaviour.open")


def comparing_keys(node: DOMNode, what: str) -> str:
    """What the keys of a comparison do, in a line; `what` is compared."""
    key = keys_of(node)
    ways = f"{key('compare.next')} another {what}   {key('compare.split')} one column or two"
    return f"{ways}   {key('compare.close')} back"
