"""What runs inside the sandboxed process. Standard library only; loaded by path, not as a package."""
