"""What every command needs: the settings in force, our folders, and a kit to work with."""

from __future__ import annotations

import argparse
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from ...engine.errors import SourceError, UsageError
from ...engine.settings import Loaded, Settings, load
from ...engine.settings.trust import TrustBook, project_folder
from ...engine.system.paths import Places
from .output import say

if TYPE_CHECKING:
    from ...engine.journal.journal import Journal
    from ...engine.kit import Kit
    from ...engine.pipelines.catalogue import Pipeline
    from ...engine.run.recording import RunFolder


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One invocation of redraft."""

    loaded: Loaded
    places: Places
    environ: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.loaded.settings

    @property
    def pipeline(self) -> Pipeline:
        """The pattern to work by."""
        # Loads every pipeline, and with them what reads models' answers: after a screen's first frame.
        from ...engine.pipelines.catalogue import pipeline

        default = "review-with-evidence" if self.settings.mode == "evidence" else "review-then-fix"
        return pipeline(self.settings.pipeline or default)

    @property
    def runs(self) -> RunFolder:
        """Where run logs are kept."""
        from ...engine.run.recording import RunFolder

        keep = self.settings.log_keep
        return RunFolder(self.places.state / "runs", runs=keep.runs, megabytes=keep.megabytes)


def session(args: argparse.Namespace, target: Path | None = None) -> Session:
    """The session of a command line that works on `target` (default: the current folder).

    Raises:
        SettingsError: a settings file, variable or flag is wrong.
    """
    environ = dict(os.environ)
    places = Places.of(environ)
    loaded = load(flags_of(args), environ, target or Path.cwd(), places)
    for warning in loaded.warnings:
        say(f"redraft: {warning}")
    agreed = TrustBook(places).lowest_tier(project_folder(target or Path.cwd()))
    return Session(loaded=_with_consent(loaded, agreed), places=places, environ=environ)


def existing(path: Path) -> Path:
    """The path that was named on the command line.

    Raises:
        UsageError: nothing is there.
    """
    if not _exists(path):
        from ...engine.journal.journal import Journal

        beside(path, Journal(Places.of(os.environ).state / "journal"))
    if not _exists(path):
        raise UsageError(f"{path}: there is no such file or folder; create it, or name one that is there")
    return path


def beside(path: Path, journal: Journal) -> None:
    """Take care of what a killed redraft left beside a file, and say what the user should know of it."""
    try:
        journal.recover(str(path))
    except (SourceError, ValueError) as error:  # a name with a NUL is no file's
        say(f"redraft: {error}")
    for notice in journal.take_notices():
        say(f"redraft: {notice}")


def _exists(path: Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - False, where `Path.exists` raises: NUL, no permission


def _with_consent(loaded: Loaded, agreed: str | None) -> Loaded:
    """The settings with the protection the user agreed to do without in this project (`redraft trust --limited`)."""
    sandbox = loaded.settings.sandbox
    if agreed != "D" or sandbox.lowest_tier >= "D":
        return loaded
    settings = replace(loaded.settings, sandbox=replace(sandbox, lowest_tier="D"))
    return replace(loaded, settings=settings)


def flags_of(args: argparse.Namespace) -> dict[str, object]:
    """The flags as dotted settings; a server or model named by flag is the coder's, whom the other roles follow."""
    given: dict[str, object] = {
        "pipeline": getattr(args, "pipeline", None),
        "mode": getattr(args, "mode", None),
        "roles.coder.base_url": getattr(args, "base_url", None),
        "roles.coder.model": getattr(args, "model", None),
        "roles.coder.seed": getattr(args, "seed", None),
        "sandbox.interpreter": getattr(args, "interpreter", None),
    }
    for setting in getattr(args, "set", []):
        key, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--set {setting}: write it as KEY=VALUE, for example --set sandbox.seconds=10")
        given[key.strip()] = value.strip()
    return given


@asynccontextmanager
async def open_kit(session: Session) -> AsyncIterator[Kit]:
    """The kit for this session; what it started is stopped when the block is left."""
    from ...engine.run.opening import opened

    async with opened(session.settings, session.places, session.environ, say) as kit:
        yield kit
