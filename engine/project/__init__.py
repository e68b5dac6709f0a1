"""Where a file stands: its project, the name that Python imports it by, and the folders it imports from."""

from .location import Location, locate, project_folder

__all__ = ["Location", "locate", "project_folder"]
