"""Results of a benchmark on screen."""
