"""Tests that the user's project has already: found by reading, never imported, and run as examples of a stub."""

from .finding import HowTold, Tests, tests_of, with_tests
from .running import tested

__all__ = ["HowTold", "Tests", "tested", "tests_of", "with_tests"]
