"""What a prompt says of a class: fields, members and attributes first, then methods by their signatures."""

from __future__ import annotations

from tree_sitter import Node

from .attributes import INITIALISERS, attributes_set
from .functions import defined_name, members
from .shortening import LONGEST, assignment, cut, doc_line, one_line, quoted, remark, signature
from .syntax import decorators_of, definition_of, field_text, text_of

_FEW_FIELDS = 8
_MOST_FIELDS = 24
_MOST_METHODS = 40
_MOST_MEMBERS = 400
"""Statements of one class that are looked at."""
_PROPERTIES = frozenset({"property", "cached_property", "hybrid_property", "reify"})
_ACCESSORS = frozenset({"setter", "deleter", "getter"})
_SHOWN = frozenset({"staticmethod", "classmethod", "contextmanager", "asynccontextmanager"})
_UNTOLD = frozenset({
    "__repr__", "__str__", "__hash__", "__setattr__", "__delattr__", "__getstate__", "__setstate__", "__reduce__",
    "__reduce_ex__", "__sizeof__", "__dir__", "__del__", "__init_subclass__", "__class_getitem__", "__getnewargs__",
    "__ne__", "__format__", *INITIALISERS,
})  # fmt: skip
"""Special methods that nobody calls by name or by an operator, and those that are shown with the fields."""

Line = tuple[str, str]
"""A line, and what is said of it ("" for nothing)."""


class ClassText:
    """A class, taken apart into lines."""

    def __init__(self, node: Node, decorators: list[str], *, inside: bool = False) -> None:
        """`inside` shows what is private too."""
        self._node, self._decorators, self._inside = node, decorators, inside
        self._statements = [child for child in members(node) if not child.has_error][:_MOST_MEMBERS]
        self.bases: list[str] = _bases(node)
        """The base classes as they are written."""
        self.types: list[str] = []
        """Annotations of fields."""
        self._makers = [definition_of(child) for child in self._statements if defined_name(child) in INITIALISERS]
        self._fields = self._declared()
        self._assigned: dict[str, dict[str, Line]] = {}
        """What the methods that make an object assign without a type, by method and name."""
        self._bare: list[str] = []
        """Attributes of which no more than the name is known."""
        self._take_attributes()
        self._methods = self._told_methods()

    def forms(self) -> list[str]:
        """Names only; the first fields; all of them; with the signatures of methods; with what is said of each line."""
        brief = self._made_of(_FEW_FIELDS, 100)
        short = self._made_of(_MOST_FIELDS, 2 * LONGEST)
        fuller = [*short, *_first(self._methods, _MOST_METHODS)]
        texts = [self._text(lines, told=False) for lines in (brief, short, fuller)]
        return [self._text(self._names(), told=False, said=80), *texts, self._text(fuller, told=True)]

    def _names(self) -> list[Line]:
        methods = [f"{name}()" for name in self._methods if not _is_special(name)]
        assigned = [name for names in self._assigned.values() for name in names]
        fields = [line.partition(" = ")[0].partition("  # ")[0] for line, _ in self._fields.values()]
        names = ", ".join([*fields, *assigned, *self._bare, *methods])
        return [(f"# {cut(names, 320 if self._inside else 160)}", "")] if names else []

    def _made_of(self, most: int, longest: int) -> list[Line]:
        """Fields, so many at most, then how an object is made and what that assigns."""
        lines = _first(self._fields, most)
        lines += [(cut(f"# attributes: {', '.join(self._bare)}"), "")] if self._bare else []
        for maker in self._makers:
            name = field_text(maker, "name")
            assigned = self._assigned.get(name, {})
            if assigned or name == "__init__" or (name == "__new__" and len(self._makers) == 1):
                lines.append((signature(maker, longest) + ("" if assigned else " ..."), ""))
                lines += [(f"    {line}", said) for line, said in _first(assigned, most)]
        return lines

    def _text(self, lines: list[Line], *, told: bool, said: int = LONGEST) -> str:
        """The class made of lines, with remarks if `told`, and so many characters of its docstring."""
        doc = cut(doc_line(self._node), said)
        parts = [f"    {quoted(doc)}"] if doc else []
        parts += [_with_remark(line, remark if told else "") for line, remark in lines]
        if not parts:
            return "\n".join([*self._decorators, f"{signature(self._node)} ..."])
        return "\n".join([*self._decorators, signature(self._node), *parts])

    def _declared(self) -> dict[str, Line]:
        """What the class declares: fields, members, constants, properties."""
        found: dict[str, Line] = {}
        for node in self._statements:
            if node.type == "expression_statement" and (name := _assigned_name(node)) and self._is_told(name):
                self._note(node.named_children[0].child_by_field_name("type"))
                found[name] = (assignment(node), remark(node))
            elif name := self._property(node):
                result = definition_of(node).child_by_field_name("return_type")
                self._note(result)
                found.setdefault(name, (f"{name}{f': {one_line(result)}' if result else ''}  # property", ""))
        return found

    def _take_attributes(self) -> None:
        """What making an object assigns: with its type among the fields, with a value below the method, or by name."""
        bare = [name for name in _slots(self._statements) if self._is_told(name)]
        for maker in self._makers:
            for attribute in attributes_set(maker):
                name = attribute.name
                if name in self._fields or not self._is_told(name):
                    continue
                if attribute.declared:
                    self.types.append(attribute.declared)
                    self._fields[name] = (f"{name}: {attribute.declared}", attribute.said)
                elif attribute.value:
                    line = (f"self.{name} = {attribute.value}", attribute.said)
                    self._assigned.setdefault(field_text(maker, "name"), {}).setdefault(name, line)
                else:
                    bare.append(name)
        known = {*self._fields, *(name for names in self._assigned.values() for name in names)}
        self._bare = [name for name in dict.fromkeys(bare) if name not in known]

    def _note(self, declared: Node | None) -> None:
        self.types += [text_of(declared)] if declared else []

    def _property(self, node: Node) -> str:
        """The name of a property, "" for what is none."""
        names = {_last_name(child) for child in decorators_of(node)}
        name = defined_name(node)
        return name if names & _PROPERTIES and self._is_told(name) else ""

    def _told_methods(self) -> dict[str, Line]:
        """The signatures of methods, special ones last."""
        found: dict[str, Line] = {}
        for node in self._statements:
            name, inner = defined_name(node), definition_of(node)
            names = {_last_name(child) for child in decorators_of(node)}
            if name in _UNTOLD or not self._is_told(name, special=True) or names & (_PROPERTIES | _ACCESSORS):
                continue
            above = "".join(f"@{word}\n    " for word in sorted(names & _SHOWN))
            found[name] = (f"{above}{signature(inner)} ...", doc_line(inner))
        return {name: found[name] for name in sorted(found, key=_is_special)}

    def _is_told(self, name: str, *, special: bool = False) -> bool:
        if _is_special(name):
            return special
        return bool(name) and (self._inside or not name.startswith("_"))


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _slots(statements: list[Node]) -> list[str]:
    for node in statements:
        if node.type == "expression_statement" and _assigned_name(node) == "__slots__":
            right = node.named_children[0].child_by_field_name("right")
            inner = right.named_children if right and right.type in {"tuple", "list", "set"} else [right]
            return [text_of(child).strip("\"'") for child in inner if child and child.type == "string"]
    return []


def _first(lines: dict[str, Line], most: int) -> list[Line]:
    rest = len(lines) - most
    return [*list(lines.values())[:most], *([(f"# and {rest} more", "")] if rest > 0 else [])]


def _with_remark(line: str, said: str) -> str:
    return f"    {line}  # {said}" if said and "  # " not in line else f"    {line}"


def _last_name(decorator: Node) -> str:
    return text_of(decorator).lstrip("@ ").partition("(")[0].strip().rpartition(".")[2]


def _bases(node: Node) -> list[str]:
    given = node.child_by_field_name("superclasses")
    return [text_of(child) for child in (given.named_children if given else []) if child.type != "keyword_argument"]


def _assigned_name(node: Node) -> str:
    """The one name that a statement in a class binds or declares, "" for none."""
    inner = node.named_children[0] if node.named_children else None
    if inner is None or inner.type != "assignment":
        return ""
    left = inner.child_by_field_name("left")
    return field_text(inner, "left") if left and left.type == "identifier" else ""
