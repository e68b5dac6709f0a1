"""Tests that the user's project has already: found by reading, never imported, and run as examples of a stub."""

from .finding import HowTold, Tests, place_of, tests_of, with_tests
from .running import tested
from .without import Subject

__all__ = ["HowTold", "Subject", "Tests", "place_of", "tested", "tests_of", "with_tests"]
