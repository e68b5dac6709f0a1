"""Where untrusted code runs."""

from .diagnosis import Diagnosis, diagnose
from .opening import SandboxChoice, open_sandbox

__all__ = ["Diagnosis", "SandboxChoice", "diagnose", "open_sandbox"]
