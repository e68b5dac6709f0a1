"""Several pipelines on one function: set up, watched, exported, replayed."""
