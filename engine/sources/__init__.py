"""Source files: reading them, finding stubs in them, putting bodies into them, and writing them back."""

from .blocking import blocked_by, rivals
from .folders import find
from .ordering import in_order
from .reading import Source, digest_of, encoded, read
from .splicing import relocate, splice
from .stubs import NEIGHBOUR_TOKENS, Found, find_function, find_functions, find_stubs, told_of
from .syntax import in_older_syntax, is_newer_syntax, problem_of
from .writes.writing import write

__all__ = [
    "NEIGHBOUR_TOKENS",
    "Found",
    "Source",
    "blocked_by",
    "digest_of",
    "encoded",
    "find",
    "find_function",
    "find_functions",
    "find_stubs",
    "in_older_syntax",
    "in_order",
    "is_newer_syntax",
    "problem_of",
    "read",
    "relocate",
    "rivals",
    "splice",
    "told_of",
    "write",
]
