"""A run that was recorded, played again; logs found and read."""
