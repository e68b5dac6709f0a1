"""Where a file stands: its project, the name that Python imports it by, and the folders it imports from."""

from .environment import Environment, choose_environment, digest_of_file, environment_age
from .linked import linked_folders
from .location import NOWHERE, Location, locate, project_folder

__all__ = [
    "NOWHERE",
    "Environment",
    "Location",
    "choose_environment",
    "digest_of_file",
    "environment_age",
    "linked_folders",
    "locate",
    "project_folder",
]
