"""The papers, one coroutine a pattern."""
