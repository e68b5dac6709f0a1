"""Benchmarks read from their releases: HumanEval+, MBPP+, xCodeEval, QuixBugs."""
