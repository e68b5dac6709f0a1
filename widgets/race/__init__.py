"""Widgets that show the lanes of a race."""
