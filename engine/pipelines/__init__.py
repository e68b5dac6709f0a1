"""The papers, one coroutine a pattern; `catalogue` lists them by name."""
