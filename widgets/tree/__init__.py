"""Widgets that show PaT's tree."""
