"""Widgets that show results of a benchmark."""
