"""Text of strangers never reaches markup: `m[i][j]` would lose its indices and `[/x]` would end the app."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKERS = {
    "Static", "Label", "Button", "Link", "Checkbox", "RadioButton", "Option", "Selection", "Tab", "TabPane",
    "Collapsible", "ListItem", "Tooltip", "notify", "add_option", "add_options", "add_leaf", "add_column",
    "add_columns", "add_row", "add_rows", "set_label",
}  # fmt: skip
"""Callables whose text Textual reads as markup unless told otherwise."""
ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "label"}
"""Attributes whose text Textual reads as markup."""
ITERATES = {"add_columns", "add_rows", "add_row", "add_options"}


def offences(source: str) -> list[str]:
    """Places of a module where text that was not written there may be read as markup."""
    return sorted({f"{line}: {what}" for line, what in Reader(ast.parse(source)).offences()})


class Reader:
    """One module, and the names of its functions that return `Content`."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
        self.makes_content = {
            node.name for node in functions if node.returns and ast.unparse(node.returns) == "Content"
        }
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in {"Static", "Label"}]
        self.all_plain = bool(calls) and all(plain(call) for call in calls)
        """Whether every Static made here reads no markup, so that any text may be put into it later."""

    def offences(self) -> Iterator[tuple[int, str]]:
        for node in ast.walk(self.tree):
            match node:
                case ast.Attribute(attr="from_markup") | ast.Name(id="from_markup"):
                    yield node.lineno, "from_markup"
                case ast.Call():
                    yield from self.in_call(node)
                case ast.Assign() | ast.AnnAssign() if node.value is not None:
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    names = {target.attr for target in targets if isinstance(target, ast.Attribute)} & ATTRIBUTES
                    if names and not self.harmless(node.value):
                        yield node.lineno, f"{names.pop()} = {ast.unparse(node.value)}"

    def in_call(self, call: ast.Call) -> Iterator[tuple[int, str]]:
        name = called(call)
        if name == "update" and call.args and is_text(call.args[0]) and not self.all_plain:
            yield call.lineno, ast.unparse(call)
        if name not in MAKERS or plain(call):
            return
        texts = call.args if name in ITERATES | {"TabPane", "ListItem"} else call.args[:1]
        named = (word.value for word in call.keywords if word.arg in {"content", "label", "title", "message"})
        if not all(self.harmless(text) for text in (*texts, *named)):
            yield call.lineno, ast.unparse(call)

    def harmless(self, value: ast.expr) -> bool:
        """Whether it is written out here, is `Content(...)`, or is made of such."""
        match value:
            case ast.Constant():
                return True
            case ast.Call(func=ast.Name(id="Content")):
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id="Content"), attr=maker)):
                return maker != "from_markup"
            case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="Content")))):
                return True
            case ast.Call():
                return called(value) in MAKERS | self.makes_content
            case ast.IfExp(body=body, orelse=orelse):
                return self.harmless(body) and self.harmless(orelse)
            case ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
                return all(self.harmless(each) for each in values)
            case ast.Starred(value=inner):
                return self.harmless(inner)
            case _:
                return False


def is_text(value: ast.expr) -> bool:
    """Whether it is certainly a string that was put together here."""
    match value:
        case ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right):
            return is_text(left) or is_text(right)
        case ast.Call(func=ast.Name(id="str")):
            return True
        case _:
            return False


def plain(call: ast.Call) -> bool:
    """Whether it is told to read no markup."""
    return any(word.arg == "markup" and ast.unparse(word.value) == "False" for word in call.keywords)


def called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


@pytest.mark.parametrize(
    "source",
    [
        "Static(draft.body)",
        "Static(f'{name} is here')",
        "Label(content=claim)",
        "self.notify(str(error))",
        "self.app.notify(str(error), markup=True)",
        "Content.from_markup(text)",
        "Static(Content.from_markup(text))",
        "pane.border_title = stub.name",
        "pane.tooltip = 'fine' if x else text",
        "self.query_one(Static).update(f'{got}')",
        "Static('', markup=False)\nStatic('')\nself.query_one(Static).update(f'{got}')",
        "table.add_row('fine', check.got)",
        "tree.root.add_leaf(node.name)",
        "OptionList(Option(path))",
    ],
)
def test_the_check_finds_text_that_may_be_markup(source: str) -> None:
    assert len(offences(source)) >= 1


@pytest.mark.parametrize(
    "source",
    [
        "Static('written here')",
        "Static(Content(draft.body))",
        "Static(Content.assemble(*runs))",
        "Static(Content(', ').join(parts))",
        "Static(draft.body, markup=False)",
        "Static()",
        "self.notify(str(error), markup=False)",
        "pane.border_title = Content(stub.name)",
        "pane.border_title = ''",
        "known.update({name: 1})",
        "Static('', markup=False)\nself.query_one(Static).update(f'{got}')",
        "table.add_row('fine', Content(check.got))",
        "OptionList(Option(Content(path)))",
        "def made() -> Content: ...\nStatic(made())",
    ],
)
def test_the_check_lets_the_rest_pass(source: str) -> None:
    assert offences(source) == []


@pytest.mark.parametrize("room", ["app", "widgets"])
def test_no_screen_or_widget_reads_strangers_text_as_markup(room: str) -> None:
    files = [file for file in sorted((ROOT / room).rglob("*.py")) if "examples" not in file.parts]
    found = {str(file.relative_to(ROOT)): offences(file.read_text(encoding="utf-8")) for file in files}
    assert {file: places for file, places in found.items() if places} == {}
