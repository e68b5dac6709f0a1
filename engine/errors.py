"""What can go wrong in our world, and what the user should do next.

What a model's or a user's code does wrong is a fact (a failing check, an unreadable review), never an exception.

    RedraftError
    ├── UsageError           the command line or the target is wrong                     exit 2
    │   └── SettingsError    a settings file, variable or flag is wrong
    ├── EnvironmentFault     this machine or network cannot do it now; may be retried    exit 3
    │   ├── ModelError       a model server is unreachable, refuses, or answers nonsense
    │   └── SandboxError     code cannot be run as safely as was promised
    │       └── ConsentNeeded   … but could be if the user agrees to less
    ├── BudgetSpent          the run may use no more calls, tokens, seconds or money     exit 3
    └── SourceError          a file cannot be read or written back                       exit 3
        └── StaleSource      the file changed since it was read; nothing was written
"""

from __future__ import annotations

from .redaction import redact


class RedraftError(Exception):
    """Base of all our errors; its text says what happened, with which thing, and what to do next."""

    exit_code = 3

    def __str__(self) -> str:
        """The text; a key that a server or a library put into it is blotted out."""
        return redact(super().__str__())


class UsageError(RedraftError):
    """The command line, or the thing it names, is wrong."""

    exit_code = 2


class SettingsError(UsageError):
    """A settings file, an environment variable or a flag has a wrong key or value."""


class EnvironmentFault(RedraftError):
    """This machine, or the network, cannot do it now; trying again later may help."""


class ModelError(EnvironmentFault):
    """A model server cannot be used. `kind` tells callers which remedy applies; `retryable` whether to try again."""

    def __init__(self, message: str, *, kind: str = "failed", retryable: bool = False) -> None:
        super().__init__(message)
        self.kind = kind
        self.retryable = retryable
        self.halfway = False
        """Whether some of an answer had come."""


class SandboxError(EnvironmentFault):
    """Code cannot be run with the protection that was promised, so it is not run."""


class UntrustedInterpreter(SandboxError):
    """A project's environment leads to an interpreter that came with the project. `python` is its path."""

    def __init__(self, message: str, *, python: str) -> None:
        super().__init__(message)
        self.python = python


class ProjectError(EnvironmentFault):
    """The user's project cannot be imported as it is, whatever a draft does; no model was asked."""


class ConsentNeeded(SandboxError):
    """Code could only be run with less protection, to which the user has to agree once for a project."""


class BudgetSpent(RedraftError):
    """A run has used what its budget allows; raised between two calls."""


class SourceError(RedraftError):
    """A source file cannot be read, or cannot be written back."""


class StaleSource(SourceError):
    """The file changed since it was read; nothing was written."""


def first_of_ours(error: BaseException) -> RedraftError | None:
    """The first of our own errors in what was raised, a group included; None when that holds anything else."""
    if isinstance(error, RedraftError):
        return error
    if not isinstance(error, BaseExceptionGroup):
        return None
    inside: tuple[BaseException, ...] = error.exceptions  # pyright: ignore[reportUnknownVariableType]
    ours = [first_of_ours(inner) for inner in inside]
    return ours[0] if None not in ours else None
