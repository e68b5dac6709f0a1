"""Putting a body into its place, and finding that place again after the file was edited."""

from __future__ import annotations

from ..errors import StaleSource
from ..facts import Stub
from ..indent import dedented, indented, reindented
from .functions import Function, may_lack_a_body
from .module import Module, module_of
from .places import Place, place_of, split_after, written_place
from .reading import Source
from .stubs import NEIGHBOUR_TOKENS, stubs_in
from .syntax import decode, encode


def splice(source: Source, stub: Stub, body: str) -> str:
    """The file's text with this body (LF, any indentation) in the place of the stub's; every other character stays.

    The stub may also be one that was filled, if `stub.body` is what stands there now. A blank body changes nothing but
    the shape: the placeholder stays.

    Raises:
        StaleSource: the function is not there any more, or has another body by now.
    """
    module = module_of(source.text)
    place = locate(module, stub)
    if place is None:
        raise StaleSource(
            f"{source.path}: {stub.name} was changed or filled since it was read; nothing was written. "
            "Save the file to draft it again"
        )
    new = fitted(body if body.strip() else place.body or "pass", place)
    raw = module.raw
    return decode(raw[: place.start] + place.opening + encode(new) + raw[place.end :])


def relocate(source: Source, stub: Stub, *, tokens: int = NEIGHBOUR_TOKENS) -> Stub | None:
    """The stub as it stands in a newer reading of its file, found by name and header; None when it is not there so."""
    module = module_of(source.text)
    if locate(module, stub) is None:
        return None
    fresh = stubs_in(source, module, tokens, named=stub.name).stubs
    alike = [found for found in fresh if found.header == stub.header]
    meant = [found for found in alike if found.nth == stub.nth]
    return meant[0] if meant else alike[0] if len(alike) == 1 else stub


def locate(module: Module, stub: Stub) -> Place | None:
    """Where the stub's body lies in a text, if the function has its header and still waits, or is filled as it says.

    None also when another function of its name came or went, so that nobody can tell which of them is meant.
    """
    raw = module.raw
    function = _meant(module, stub)
    if function is None:
        return None
    place = place_of(raw, function.node)
    if place and place.header(raw) == stub.header:
        return place
    place = written_place(raw, function.node)
    if place is None or not stub.body.strip():
        return None
    there = place.header(raw) + indented(place.body, place.indent)
    if any(there.rstrip() == (stub.header + body).rstrip() for body in _spellings(stub)):
        return split_after(raw, place, stub.header)
    return None


def _meant(module: Module, stub: Stub) -> Function | None:
    """The function that a stub was read from, as far as its name, its place among namesakes and its header tell."""
    functions = [function for function in module.functions() if function.name == stub.name]
    counted = [function for function in functions if not may_lack_a_body(function)]
    if len(counted) == stub.nth[1]:
        return counted[stub.nth[0] - 1]
    if stub.nth[1] > 1:
        return None
    alike = [function for function in functions if _begins_as(module.raw, function, stub)]
    return alike[0] if len(alike) == 1 else None


def _begins_as(raw: bytes, function: Function, stub: Stub) -> bool:
    place = written_place(raw, function.node)
    if place is None:
        return False
    return place.header(raw) == stub.header or split_after(raw, place, stub.header).header(raw) == stub.header


def fitted(body: str, place: Place) -> str:
    """A body as it is written at its place: with the function's own unit of indentation, LF, no newline at the end."""
    plain = dedented(body.replace("\r\n", "\n").replace("\r", "\n").strip("\n")).rstrip()
    return indented(reindented(plain, place.indent), place.margin + place.indent)


def _spellings(stub: Stub) -> tuple[str, str]:
    """How the stub's body may stand in a file: as it is, or with the function's unit of indentation."""
    return indented(stub.body, stub.indent), indented(reindented(dedented(stub.body), stub.indent), stub.indent)
