"""From a stub to the tests of its project that speak of it. What was found holds until a file that decides changes."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec.structs import replace

from ..errors import SourceError
from ..facts import Example, Fact, Stub, UnusedTest
from ..project import Location, locate
from ..sources import find_stubs, read
from .around import Surroundings
from .cases import CaseReader
from .files import Age, Index, Naming, TextFile, age_of, index_of, is_current, read_text
from .isolating import without_tests
from .names import Modules
from .scripts import script_of
from .target import Target

MOST_TESTS = 100
"""Tests that each draft is held against; each has a process of its own, at 10 to 20 ms."""
MOST_UNUSED = 200
MOST_READ = 4 << 20
"""Bytes of files with the function's name in them that are read, at a second for each million or so."""
_MOST_KNOWN = 256

HowTold = Literal["hidden", "shown", "off"]


class Tests(Fact, frozen=True):
    """The assertions about one function, and the tests that cannot be used."""

    __test__ = False  # Nothing that pytest should collect.

    examples: tuple[Example, ...] = ()
    unused: tuple[UnusedTest, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The tests' names, each once."""
        return tuple(dict.fromkeys(example.test.name for example in self.examples if example.test))


NONE = Tests()


class _Known(NamedTuple):
    """What was found, and all that it holds for."""

    of: Index
    ages: dict[str, Age]
    """Of files that are no tests: those that re-export the function, and its own."""
    tests: Tests


_known: OrderedDict[tuple[str, str, str], _Known] = OrderedDict()
_guard = threading.Lock()


def with_tests(stub: Stub, how: HowTold) -> Stub:
    """The stub with the tests of its project, as far as they may be used. "off": as it is."""
    if how == "off" or not stub.path or stub.tests or stub.unused:
        return stub
    found = tests_of(stub)
    told = how == "shown"
    tests = tuple(_told(example) for example in found.examples) if told else found.examples
    if any(example.test and example.test.inside for example in tests):
        stub = without_tests(stub, tests)
    return replace(stub, tests=tests, unused=found.unused)


def place_of(stub: Stub, where: str) -> tuple[str, int]:
    """The file and the line of a test, from how they are shown."""
    shown, _, line = where.rpartition(":")
    home = locate(stub.path)
    return os.path.join(_top(home), shown), int(line) if line.isdecimal() else 1  # noqa: PTH118


def _top(home: Location) -> str:
    """The folder that paths of tests are shown from."""
    return home.project or home.root or os.path.dirname(home.path)  # noqa: PTH120 - on every save


def tests_of(stub: Stub) -> Tests:
    """What the project's tests assert of a function. Nothing is imported or run for it."""
    if "def " in stub.class_header:
        return NONE  # What is defined within a function, no test can call.
    home = locate(stub.path)
    top = _top(home)
    index = index_of(top, "" if home.project else os.path.dirname(home.path))  # noqa: PTH120
    key = (home.path, stub.name, stub.digest)
    with _guard:
        known = _known.get(key)
    if known is not None and known.of is index and is_current(known.ages):
        return known.tests
    modules = Modules(home)
    found = _found(stub, home, top, index, modules)
    with _guard:
        _known[key] = _Known(index, {**modules.ages, home.path: age_of(home.path)}, found)
        while len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
    return found


def _found(stub: Stub, home: Location, top: str, index: Index, modules: Modules) -> Tests:
    target = Target(home.name, stub.name, modules)
    examples: list[Example] = []
    unused: list[UnusedTest] = []
    names: set[str] = set()
    read = list(_read(stub, home, top, index, target))
    unused += [found for found in read if isinstance(found, UnusedTest)]
    for found in _without_contradictions([found for found in read if isinstance(found, Example)]):
        if isinstance(found, UnusedTest):
            unused.append(found)
        elif found.test is not None and (found.test.name in names or len(names) < MOST_TESTS):
            names.add(found.test.name)
            examples.append(found)
        else:
            unused.append(UnusedTest(where=found.where, why=f"comes after {MOST_TESTS} others, and more are not run"))
            break
    unused += [UnusedTest(where="", why=why) for why in index.left_out]
    return Tests(examples=tuple(examples), unused=tuple(unused[:MOST_UNUSED]))


def _read(stub: Stub, home: Location, top: str, index: Index, target: Target) -> Iterator[Example | UnusedTest]:
    others: list[Target] | None = None
    own: TextFile | None = None
    surroundings = Surroundings(index, top, target.modules)
    room = MOST_READ
    for file in _mentioning(stub, home, index, target):
        room -= len(file.raw)
        if room < 0:
            yield UnusedTest(where="", why=f"more than {MOST_READ >> 20} MB of tests: the rest was not looked at")
            return
        if others is None:
            others = _unwritten(stub, target)
            own = read_text(home.path)
        around = surroundings.of(file, own)
        yield from CaseReader(
            script_of(file), home, target, others, top, index.naming, around=around, own=own.raw if own else b""
        ).read()


def _unwritten(stub: Stub, target: Target) -> list[Target]:
    """The other functions of the file that wait for a body: what calls them says nothing about this one."""
    try:
        found = find_stubs(read(stub.path), tokens=0).stubs
    except SourceError:
        return []
    inside = [other for other in found if "def " not in other.class_header and other.name != stub.name]
    return [Target(target.module, other.name, target.modules) for other in inside]


def _mentioning(stub: Stub, home: Location, index: Index, target: Target) -> Iterator[TextFile]:
    """The files that have the function's name in them, and a word of the module that it could be imported from."""
    own = read_text(home.path)
    as_it_was = own is not None and stub.digest in {"", hashlib.sha256(own.raw).hexdigest()}
    named = own is not None and (b"def test" in own.raw or index.naming != Naming())
    if own is not None and as_it_was and named and target.word.search(own.raw):
        yield own
    for file in index.files:
        if file.path == home.path or not target.word.search(file.raw):
            continue
        if target.modules.reaches(file, target.top):
            yield file


def _without_contradictions(tests: list[Example]) -> Iterator[Example | UnusedTest]:
    """The tests, without those of which no function can pass both when nothing but the order tells them apart."""
    asked: dict[tuple[object, ...], set[str]] = {}
    names: dict[tuple[object, ...], set[str]] = {}
    for example in tests:
        key = _question(example)
        if example.compare == "value" and example.raises is None and example.test and example.test.relation == "==":
            asked.setdefault(key, set()).add(example.want)
            names.setdefault(key, set()).add(example.test.name)
    useless = {name for key, wants in asked.items() if len(wants) > 1 and len(names[key]) > 1 for name in names[key]}
    told = set[str]()
    for example in tests:
        name = example.test.name if example.test else ""
        if name not in useless:
            yield example
        elif name not in told:
            told.add(name)
            yield UnusedTest(where=example.where, why="expects of the same call what another test does not")


def _question(example: Example) -> tuple[object, ...]:
    test = example.test
    return (example.where.rpartition(":")[0], example.source, test.setup, test.imports) if test else (example.source,)


def _told(example: Example) -> Example:
    return replace(example, test=replace(example.test, told=True)) if example.test else example
