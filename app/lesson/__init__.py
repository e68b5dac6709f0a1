"""Lessons in reviewing: claims about a draft, and how they were held against it."""
