"""The fold of a log: a run, its calls, its stages, its tree, and what they cost."""
