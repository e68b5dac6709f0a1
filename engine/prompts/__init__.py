"""Prompts as data files."""
