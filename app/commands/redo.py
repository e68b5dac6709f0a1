"""`redraft redo PATH`: make the last undone write again."""

from .undo import run

__all__ = ["run"]
