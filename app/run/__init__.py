"""One run on screen, live or replayed: its panes, their layout, and candidates compared."""
