"""`redraft model list|recommend|use|pull|path|check|remove`: the models that run on this machine."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...engine.errors import EnvironmentFault, ModelError, UsageError
from ...engine.facts import ROLES, Role
from ...engine.models.embedded import engines, weights
from ...engine.models.embedded.casting import played
from ...engine.models.embedded.catalogue import Catalogue
from ...engine.models.embedded.checking import checked
from ...engine.models.embedded.finding import find, models_folder
from ...engine.models.embedded.hub import usual_hub
from ...engine.models.embedded.known import Known
from ...engine.models.embedded.weights import Weights
from ...engine.settings import Loaded, Settings, load
from ...engine.settings.writing import change_settings
from ...engine.system.paths import Places
from ..cli.fetching import fetch
from ..cli.model_lines import advice_lines, list_lines, listed
from ..common.output import harmless, out, out_json, paint, say
from ..models.takes import advise, changes_for

RECOMMENDED = "recommended"


async def run(args: argparse.Namespace) -> int:
    """Do what is asked; without names with the models that the settings name."""
    here = _Here(args)
    match args.action:
        case "list":
            return here.list()
        case "recommend":
            return await here.recommend()
        case "use":
            return await here.use()
        case "pull":
            return await here.pull()
        case "path":
            return here.path()
        case "check":
            return await here.check()
        case _:
            return here.remove()


class _Here:
    """One invocation."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.environ: Mapping[str, str] = dict(os.environ)
        self.places = Places.of(self.environ)
        self.loaded: Loaded = load({}, self.environ, Path.cwd(), self.places)
        self.catalogue = Catalogue(self.environ)

    @property
    def settings(self) -> Settings:
        """Those in force."""
        return self.loaded.settings

    def list(self) -> int:
        """What there is, what it takes, and whether it is here."""
        rows = listed(self.catalogue, self.settings, self.environ)
        if self.args.json:
            out_json({"models": rows})
        else:
            for line in list_lines(rows, paint(plain=self.args.plain)):
                out(line)
        return 0

    async def recommend(self) -> int:
        """Which models suit this machine, with the numbers."""
        found = await advise(self.settings, self.environ)
        if self.args.json:
            out_json({"use": found.chosen.typed, "bound": found.bound, "line_ups": [
                {"use": one.typed, "memory": one.memory, "disk": one.size, "seconds": one.seconds,
                 "measured": one.measured, "fits": one.memory <= found.bound} for one in found.all
            ]})  # fmt: skip
        else:
            for line in advice_lines(found, paint(plain=self.args.plain)):
                out(line)
        return 0

    async def use(self) -> int:
        """Write who plays what into the user's settings; what is missing is fetched by the next run."""
        if not self.args.names:
            raise UsageError("name a model, or roles with models: redraft model use coder=NAME reviewer=NAME")
        wanted = await self._wanted()
        hub = usual_hub(self.environ)
        files = {text: self.catalogue.named(text) for text in dict.fromkeys(wanted.values())}
        for text, file in files.items():
            if file.place:
                await asyncio.to_thread(Known(self.environ).vouch, Path(file.place), anew=True)
                self._warn_of(file)
            elif not file.sha256:
                files[text] = await self.catalogue.with_digest(file, hub)
        alone = "=" not in self.args.names[0]
        written: dict[Role, str] = {
            role: files[text].place or files[text].called or text for role, text in wanted.items()
        }
        change_settings(self.places.settings_file, changes_for(written, alone=alone))
        self.loaded = load({}, self.environ, Path.cwd(), self.places)
        self._tell_use(wanted)
        return 0

    async def pull(self) -> int:
        """Fetch what is not here yet."""
        models = self._models()
        if problem := engines.missing(self.settings.embedded.engine, self.environ):
            raise ModelError(problem, kind="no engine")
        if any(find(self.environ, model) is None for model in models):
            ask = not self.args.yes and sys.stdin.isatty() and sys.stderr.isatty()
            await fetch(models, self.environ, ask=ask, index_url=self.args.index_url)
            self.catalogue = Catalogue(self.environ)
            models = self._models()
        else:
            say("it is there already" if len(models) == 1 else "they are there already")
        self._tell_places({model.typed: find(self.environ, model) for model in models})
        return 0

    def path(self) -> int:
        """Where the files are."""
        found = {model.typed: find(self.environ, model) for model in self._models()}
        if absent := [name for name, path in found.items() if path is None]:
            raise EnvironmentFault(
                f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} not on this machine; "
                f"`redraft model pull {' '.join(absent)}` fetches {'it' if len(absent) == 1 else 'them'}"
            )
        self._tell_places(found)
        return 0

    async def check(self) -> int:
        """Hash the files, and read their headers."""
        problems = 0
        told: dict[str, str] = {}
        for model in self._models():
            problem = await asyncio.to_thread(checked, model, self.environ)
            problems += bool(problem)
            told[model.typed] = problem
            if not self.args.json:
                out(f"{harmless(model.typed)}: {harmless(problem) or 'as published'}")
                self._warn_of(model)
        if self.args.json:
            out_json({"models": told})
        return 3 if problems else 0

    def remove(self) -> int:
        """Delete our own copies."""
        folder = models_folder(self.environ)
        freed = sum(weights.remove(folder, model) for model in self._models() if not model.place)
        if self.args.json:
            out_json({"freed": freed})
        else:
            out(f"{freed / 1e6:,.0f} MB freed")
        return 0

    def _models(self) -> tuple[Weights, ...]:
        """Those that are named, else those of the settings."""
        if self.args.names:
            return tuple(dict.fromkeys(self.catalogue.named(name) for name in self.args.names))
        cast = tuple(dict.fromkeys(played(self.settings, self.catalogue).values()))
        return cast or (self.catalogue.named(""),)

    async def _wanted(self) -> dict[Role, str]:
        """Who is to play what, as it was typed."""
        if self.args.names == [RECOMMENDED]:
            found = await advise(self.settings, self.environ)
            return {role: model.typed for role, model in found.chosen.cast.items()}
        wanted: dict[Role, str] = {}
        for name in self.args.names:
            word, equals, model = name.partition("=")
            role: Role | None = next((role for role in ROLES if role == word), None)
            if equals and role and model and role not in wanted:
                wanted[role] = model
            elif equals or len(self.args.names) > 1:
                raise UsageError(f"{name!r}: write one model for all, or each of {', '.join(ROLES)} once, as ROLE=NAME")
            else:
                wanted["coder"] = name
        return wanted

    def _warn_of(self, model: Weights) -> None:
        for warning in warnings_of(model, self.environ):
            say(f"redraft: {warning}")

    def _tell_use(self, wanted: Mapping[Role, str]) -> None:
        cast = played(self.settings, self.catalogue)
        if self.args.json:
            out_json({"settings": str(self.places.settings_file), "roles": {r: m.typed for r, m in cast.items()}})
            return
        out(f"written to {self.places.settings_file}")
        for role, model in cast.items():
            out(f"  {role:<9} {harmless(model.typed)}")
        sources = {origin.key: origin.source for origin in self.loaded.origins}
        for role, text in wanted.items():
            if cast.get(role) not in {self.catalogue.named(text)}:
                say(f"redraft: {sources[f'roles.{role}.model']} says otherwise for the {role}, and counts more")
        absent = [model for model in dict.fromkeys(cast.values()) if find(self.environ, model) is None]
        if absent:
            size = weights.megabytes(sum(model.size for model in absent))
            out(f"the next run fetches {' and '.join(harmless(one.typed) for one in absent)} ({size}), or do it now: "
                "redraft model pull")  # fmt: skip

    def _tell_places(self, found: Mapping[str, Path | None]) -> None:
        if self.args.json:
            out_json({"paths": {name: str(path) if path else None for name, path in found.items()}})
            return
        for path in found.values():
            out(str(path))


def warnings_of(model: Weights, environ: Mapping[str, str]) -> Sequence[str]:
    """What a user should know of a file before it is used."""
    from ...engine.models.embedded.gguf import header_of

    path = find(environ, model)
    if path is None:
        return ()
    header = header_of(path)
    told: list[str] = []
    if not header.template:
        told.append(f"{path} does not say how a conversation is written (no chat template); ChatML is taken for it")
    if 0 < header.context < 4096:
        told.append(f"{path} reads and writes {header.context:,} tokens in all; longer prompts are refused")
    return told
