"""Where untrusted code runs."""

from .opening import SandboxChoice, open_sandbox

__all__ = ["SandboxChoice", "open_sandbox"]
