"""Servers of vLLM: sizes, placing on GPUs, commands, start and watch."""
