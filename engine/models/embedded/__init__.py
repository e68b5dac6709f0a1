"""The model that comes with redraft: its weights, its server, and its client."""
