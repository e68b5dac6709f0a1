"""Recorded runs and races as files that need no redraft: a page that plays, and Markdown for a slide."""
