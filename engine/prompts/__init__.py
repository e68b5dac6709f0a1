"""Prompts as data files: one Markdown file each, printable, and replaceable by a person's own."""

from .library import Prompts
from .reading import Prompt, Section

__all__ = ["Prompt", "Prompts", "Section"]
