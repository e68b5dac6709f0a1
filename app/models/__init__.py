"""Models to choose from, and what only the user can allow: fetching them, trusting a folder."""
