"""What stands beneath everything: files read with a bound, paths, keys taken out of texts."""
