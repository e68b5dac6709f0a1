"""What a person sees before there is anything to see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Vertical
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Static

from ...widgets.text import shown_line
from ..common.key_names import keys_of

SPECIMEN = '''\
def area(width: float, height: float) -> float:
    """The area of a rectangle.

    >>> area(2, 3)
    6
    """
    ...
'''
HOW = """
Write one like this in your editor and save the file. redraft drafts the body, runs your examples, \
has it reviewed, and shows you what it would write."""


class NoStubs(Container):
    """In place of the panes while no stub is in sight: how to write one."""

    def __init__(self, paths: Sequence[Path], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._where = str(paths[0]) if len(paths) == 1 else f"{len(paths)} places"

    def compose(self) -> ComposeResult:
        """A specimen, and what comes of it."""
        yield Static(
            Content.assemble(
                ("waiting for a stub in ", "$text-muted"),
                (self._where, "bold"),
                ("\n\n", ""),
                (SPECIMEN, "$text-primary"),
                (HOW, "$text-muted"),
            )
        )


class WelcomeScreen(ModalScreen[None]):
    """The tour's first word: three keys."""

    BINDINGS = [Binding("enter,escape,space,q", "dismiss", "begin", id="close-welcome")]

    def __init__(self, folder: Path) -> None:
        """`folder`: where the tour's files are."""
        super().__init__()
        self._folder = folder

    def compose(self) -> ComposeResult:
        """A short text over the run, which has already begun."""
        key = keys_of(self)
        keys = (
            (key("diff.accept_all"), f"write the proposal into the file   ({key('file.undo')} takes it back)"),
            (key("stub.next"), f"go to the next stub, {key('run.draft')} drafts it"),
            (key("app.help"), "every other key"),
        )
        with Vertical(classes="panel") as panel:
            panel.border_title = "welcome to redraft"
            panel.border_subtitle = Content(f"{key('close-welcome')} begins")
            yield Static(
                "A few stubs are waiting in the tour's files. The first one is being drafted behind this panel: "
                "a coder model writes the body, your examples run, a reviewer reports, and a fix is made.\n\n"
                "Nothing is written until you say so:",
                markup=False,
            )
            yield Static(
                Content("\n").join(
                    Content.assemble(("\n" if not n else "", ""), (f"  {key}  ", "bold $primary"), (says, ""))
                    for n, (key, says) in enumerate(keys)
                )
            )
            yield Static(
                f"\nOpen the same files in your own editor beside this window; every save counts. They are in\n"
                f"  {shown_line(str(self._folder))}",
                markup=False,
                classes="foot",
            )


def what_helps(node: DOMNode) -> str:
    """What to do about a stub of the tour whose draft fails: small models need help with the second one."""
    key = keys_of(node)
    return (
        f"A draft that fails is no mishap of the tour: small models need help here. {key('run.tree')} tries it as a "
        f"tree of smaller functions, {key('run.model')} asks another model, and more examples in its docstring say "
        "more of what you mean: write them and save."
    )
