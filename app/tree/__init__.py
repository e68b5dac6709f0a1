"""PaT's tree on screen, live and replayed."""
