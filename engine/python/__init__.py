"""Python source as text: indentation, names, literals, the shape of a program."""
