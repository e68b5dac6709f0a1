"""One run: its log, clock, budget and file; how it is opened; races of several."""
