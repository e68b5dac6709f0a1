"""The command line: its parser, what every command prints, and what single commands need."""
