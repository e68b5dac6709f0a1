"""Benchmarks: the papers' data, an oracle that runs nothing unprotected, a harness that may be killed, and tables."""
