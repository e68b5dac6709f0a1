"""From five sources to one `Settings`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from ..facts import ROLES, Fact
from ..redaction import protect_url
from ..system.paths import Places
from .explaining import Origin, origins_of
from .keys import with_environment_keys
from .layers import Layer, Project, from_environment, from_flags, from_servers, from_user, project_of
from .merging import merged, values_of
from .shape import Settings
from .tree import Path as Leaf
from .tree import built, dotted
from .trust import TrustBook

HARMLESS = frozenset(
    {"temperature", "top_p", "top_k", "min_p", "max_tokens", "seed", "thinking", "effort", "thinking_tokens", "prefill"}
)
"""What a project that is not trusted may say about a role."""
HARMLESS_ELSEWHERE = frozenset({
    ("pipeline",), ("mode",), ("context_tokens",),
    ("sandbox", "seconds"), ("sandbox", "step_seconds"), ("sandbox", "import_seconds"),
    ("interface", "theme"), ("interface", "split"), ("interface", "wrap"),
    ("watch", "settle"), ("watch", "poll"),
    ("examples", "from_tests"),
})  # fmt: skip
"""What such a project may say otherwise: nothing that runs, sends, spends or rebinds."""


class Withheld(Fact, frozen=True):
    """What a project asks for and does not get until its folder is trusted."""

    file: str
    folder: str
    digest: str
    """What to hand to `TrustBook.trust`, so that exactly what was shown is trusted."""
    asks: tuple[tuple[str, str], ...]
    """Key and value of each setting, for the question."""


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """The settings in force, and all a person may want to know about them."""

    settings: Settings
    origins: tuple[Origin, ...]
    """Where every value comes from, in the order of the settings."""
    warnings: tuple[str, ...] = ()
    """Sentences to show once; none keeps redraft from working."""
    withheld: Withheld | None = None
    """Set when the project waits for trust."""


def load(flags: Mapping[str, object], environ: Mapping[str, str], target: Path, places: Places) -> Loaded:
    """The settings for working on `target`, a file or a folder.

    flags > `REDRAFT_…` > `redraft serve`, while it runs > trusted project > user > default.

    `flags` maps dotted keys (`roles.coder.model`) to values, None standing for "not given". Nothing is run or written.

    Raises:
        SettingsError: a source has an unknown key or a wrong value; the text names the source and the remedy.
    """
    user, advice = from_user(places.settings_file)
    environment, unknown = from_environment(environ)
    project, withheld = _allowed(project_of(target), TrustBook(places))
    placed, dropped = merged([user, project, from_servers(places.state), environment, from_flags(flags)])
    placed, missing = with_environment_keys(placed, environ)
    waiting = (_waiting(withheld),) if withheld else ()
    settings = built(values_of(placed))
    for role in ROLES:
        for url in settings.role(role).base_urls:
            protect_url(url)
    return Loaded(
        settings=settings,
        origins=origins_of(placed),
        warnings=(*advice, *unknown, *waiting, *dropped, *missing),
        withheld=withheld,
    )


def _allowed(project: Project | None, book: TrustBook) -> tuple[Layer, Withheld | None]:
    """The project's layer as far as it is trusted."""
    if project is None:
        return Layer(kind="project"), None
    asks = {path: value for path, value in project.values.items() if not _harmless(path)}
    if not asks or book.trusts(project.folder, project.digest):
        return Layer(kind="project", values=project.values, where=str(project.file)), None
    harmless = {path: value for path, value in project.values.items() if path not in asks}
    return Layer(kind="project", values=harmless, where=str(project.file)), Withheld(
        file=str(project.file),
        folder=str(project.folder),
        digest=project.digest,
        asks=tuple((dotted(path), str(value)) for path, value in asks.items()),
    )


def _harmless(path: Leaf) -> bool:
    if path[0] == "roles" and path[1] in ROLES:
        return path[2] in HARMLESS
    return path in HARMLESS_ELSEWHERE


def _waiting(withheld: Withheld) -> str:
    names = ", ".join(key for key, _ in withheld.asks)
    return (
        f"{withheld.file} sets {names}: not used until you trust the folder; redraft trust {withheld.folder} shows them"
    )
