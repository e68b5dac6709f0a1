"""The verbs of a pipeline. Each renders a prompt, asks a model, reads the reply, tells the log, and returns a fact."""

from .consulting import Consulting
from .reviewing import Reviewing
from .trying import Trying


class Desk(Reviewing, Trying, Consulting):
    """One run's verbs. A pipeline uses nothing else."""


__all__ = ["Desk"]
