"""Which folders a person has trusted: a project's settings may then name endpoints, keys and programs.

Trust is given to a folder *and* to the digest of the table that was shown. A changed table asks again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from ..facts import Fact
from ..system.paths import Places, write_private

Tier = Literal["A", "B", "C", "D", "E"]


class Trusted(Fact, frozen=True):
    """One folder and what was agreed to there."""

    folder: str
    digest: str = ""
    """SHA-256 of its `[tool.redraft]`; "" when only a tier was agreed to."""
    lowest_tier: Tier | None = None
    """The weakest sandbox the user agreed to for this folder; None: never asked."""
    interpreter: str = ""
    """SHA-256 of the project's own interpreter that may be started outside of the sandbox; "" for none."""


class _Ledger(Fact, frozen=True):
    folders: tuple[Trusted, ...] = ()


def digest_of(table: Mapping[str, object]) -> str:
    """SHA-256 of a table's content, whatever the order of its keys."""
    # The standard library's: TOML has dates and numbers of any size.
    return hashlib.sha256(json.dumps(table, sort_keys=True, default=str).encode()).hexdigest()


class TrustBook:
    """The list of trusted folders in the state folder; read at each question, so that two redrafts agree."""

    def __init__(self, places: Places) -> None:
        self._file = places.state / "trust.json"

    def folders(self) -> tuple[Trusted, ...]:
        """Everything that was agreed to; nothing when the list is missing or cannot be read."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Ledger).folders
        except (OSError, msgspec.DecodeError, RecursionError):
            # Forgetting only means asking again; guessing would mean trusting.
            return ()

    def trusts(self, folder: Path, digest: str) -> bool:
        """Whether this very table of this folder was agreed to."""
        return bool(digest) and self._of(folder).digest == digest

    def trust(self, folder: Path, digest: str) -> None:
        """Remember that the user agreed to the table with this digest.

        Raises:
            EnvironmentFault: the list cannot be written.
        """
        self._keep(msgspec.structs.replace(self._of(folder), digest=digest))

    def lowest_tier(self, folder: Path) -> Tier | None:
        """The weakest sandbox the user agreed to for this folder, or None."""
        return self._of(folder).lowest_tier

    def allow_tier(self, folder: Path, tier: Tier) -> None:
        """Remember that drafts may run at this tier for this folder.

        Raises:
            EnvironmentFault: the list cannot be written.
        """
        self._keep(msgspec.structs.replace(self._of(folder), lowest_tier=tier))

    def allow_interpreter(self, folder: Path, digest: str) -> None:
        """Remember that an interpreter which came with the project, of this SHA-256, may be started.

        Raises:
            EnvironmentFault: the list cannot be written.
        """
        self._keep(msgspec.structs.replace(self._of(folder), interpreter=digest))

    def interpreters(self) -> frozenset[str]:
        """The SHA-256 of each project's interpreter that was agreed to."""
        return frozenset(entry.interpreter for entry in self.folders() if entry.interpreter)

    def forget(self, folder: Path) -> bool:
        """Take back everything that was agreed to for a folder; False when there was nothing.

        Raises:
            EnvironmentFault: the list cannot be written.
        """
        name = _name(folder)
        folders = self.folders()
        kept = tuple(entry for entry in folders if entry.folder != name)
        if len(kept) < len(folders):
            self._write(kept)
        return len(kept) < len(folders)

    def _of(self, folder: Path) -> Trusted:
        name = _name(folder)
        return next((entry for entry in self.folders() if entry.folder == name), Trusted(folder=name))

    def _keep(self, entry: Trusted) -> None:
        others = tuple(other for other in self.folders() if other.folder != entry.folder)
        self._write((*others, entry))

    def _write(self, folders: tuple[Trusted, ...]) -> None:
        write_private(self._file, msgspec.json.format(msgspec.json.encode(_Ledger(folders=folders)), indent=2))


def project_folder(target: Path) -> Path:
    """The folder an agreement is remembered for: that of the nearest `pyproject.toml`, else the target's own."""
    place = target.resolve()
    own = place if place.is_dir() else place.parent
    return next((above for above in (own, *own.parents) if (above / "pyproject.toml").is_file()), own)


def _name(folder: Path) -> str:
    return str(folder.resolve())
