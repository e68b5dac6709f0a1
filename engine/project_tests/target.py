"""Whether a piece of a test speaks of the function that is to be written."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .claims import Dotted
from .names import Modules
from .scripts import NamesIn


@dataclass
class Target:
    """The function by its dotted name. Of a method also objects count that its class has made."""

    module: str
    name: str
    """Qualified, as in `Cart.total`."""
    modules: Modules
    _known: dict[str, bool] = field(default_factory=dict[str, bool])

    @property
    def bare(self) -> str:
        """The last part of the name: without it in its text, no test speaks of the function."""
        return self.name.rpartition(".")[2]

    @property
    def top(self) -> str:
        """What of the module is imported to get at it: the function, or its outermost class."""
        return self.name.partition(".")[0]

    @cached_property
    def word(self) -> re.Pattern[bytes]:
        """What a text must have in it to speak of the function."""
        bare = re.escape(self.bare.encode())
        return re.compile(rb"\b" + bare + rb"\b" if self.bare == self.name else rb"\.[ \t]*" + bare + rb"\b")

    def is_found_in(self, tree: ast.AST, names: NamesIn, dotted: Dotted, before: Sequence[ast.AST] = ()) -> bool:
        """Whether something below this node, which has these names in it, is the function.

        `before` is run first, as a `setUp` is: objects may be made there.
        """
        if self.bare == self.name:
            return any(self._is(node, self.name, dotted) for node in names.nodes)
        if self.bare == "__init__":
            return any(self._is_holder(node, dotted) for node in names.nodes)
        methods = [node for node in names.nodes if isinstance(node, ast.Attribute) and node.attr == self.bare]
        made = {name for part in (tree, *before) for name in self._made(part, dotted)} if methods else set[str]()
        return any(self._is_method(node, made, dotted) for node in methods)

    def kept_in(self, names: NamesIn, dotted: Dotted) -> str:
        """What the function itself keeps from call to call, and a piece of program looks at ("total.calls"); or ""."""
        if self.bare != self.name:
            return ""
        held = (node for node in names.nodes if isinstance(node, ast.Attribute) and not node.attr.startswith("__"))
        return next((ast.unparse(node) for node in held if self._is(node.value, self.name, dotted)), "")

    def may_be_meant_in(self, names: NamesIn, dotted: Dotted) -> bool:
        """Whether a method of this name is called on something whose class cannot be told by reading."""
        if self.bare == self.name:
            return False
        held = [node.value for node in names.nodes if isinstance(node, ast.Attribute) and node.attr == self.bare]
        return any(isinstance(node, ast.Name | ast.Attribute | ast.Call) and not dotted(node) for node in held)

    def way(self, names: NamesIn, dotted: Dotted, known: Container[str]) -> str:
        """How this piece of program gets at it, as in "p.total"; of a method, at its class. "" for not at all.

        `known` are the names that the file imports at its top.
        """
        for node in names.nodes:
            if self._is(node, self.top, dotted):
                way = ast.unparse(node)
                if way.partition(".")[0] in known:
                    return way
        return ""

    def has_name(self, dotted: str) -> bool:
        """Whether a dotted name is that of the function, under whatever name it is imported."""
        ours = dotted.partition(".")[0] == self.module.partition(".")[0]
        return (ours or dotted.endswith(f".{self.bare}")) and self.modules.real(dotted) == f"{self.module}.{self.name}"

    def _is(self, node: ast.expr, name: str, dotted: Dotted) -> bool:
        found = dotted(node)
        if not found:
            return False
        key = f"{name} {found}"
        if key not in self._known:
            self._known[key] = self.modules.real(found) == f"{self.module}.{name}"
        return self._known[key]

    def _is_method(self, node: ast.Attribute, made: Container[str], dotted: Dotted) -> bool:
        holder = node.value
        return self._is_holder(holder, dotted) or self._makes(holder, dotted) or ast.unparse(holder) in made

    def _is_holder(self, node: ast.expr, dotted: Dotted) -> bool:
        return self._is(node, self.name.rpartition(".")[0], dotted)

    def _makes(self, node: ast.expr, dotted: Dotted) -> bool:
        """Whether it is `Cart(…)`, or `Cart.of(…)`, which is likely to make one."""
        if not isinstance(node, ast.Call):
            return False
        called = node.func
        return self._is_holder(called, dotted) or (
            isinstance(called, ast.Attribute) and self._is_holder(called.value, dotted)
        )

    def _made(self, tree: ast.AST, dotted: Dotted) -> frozenset[str]:
        """The names of objects of the class: `cart`, `self.cart`."""
        found: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and self._makes(node.value, dotted):
                found.update(ast.unparse(goal) for goal in node.targets if isinstance(goal, ast.Name | ast.Attribute))
            elif isinstance(node, ast.AnnAssign) and node.value is not None and self._makes(node.value, dotted):
                found.add(ast.unparse(node.target))
        return frozenset(found)
