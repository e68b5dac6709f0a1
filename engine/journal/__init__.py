"""Undo: what stood in a file before a write, kept until the user wants it back."""
