"""What a file imports from its own project: found and read, never imported."""

from .told import ProjectNames, sure_of

__all__ = ["ProjectNames", "sure_of"]
