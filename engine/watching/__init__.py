"""Saves seen: a folder watched, its files read when they have settled."""
