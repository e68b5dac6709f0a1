"""From settings to a kit: which model plays which role, and where code runs. What is opened here is closed here."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from ..errors import ModelError, SettingsError
from ..facts import ROLES, Price, Role
from ..kit import (
    CARD,
    Budget,
    Kit,
    Repair,
    Voice,
)
from ..models.chat import ChatModel, Sampling
from ..models.embedded.casting import played, tuning_for
from ..models.embedded.catalogue import DEFAULT, Catalogue
from ..models.embedded.household import Household
from ..models.embedded.model import EmbeddedModel
from ..models.embedded.weights import Weights
from ..models.openai import Endpoint, OpenAIChat, Retries
from ..models.openai import Secret as Key
from ..models.queueing import Room
from ..models.replicas import Replicas
from ..prompts import Prompts
from ..sandbox import SandboxChoice, open_sandbox
from ..sandbox.runner import Limits
from ..settings import (
    BudgetSettings,
    RoleSettings,
    SandboxSettings,
    Settings,
    key_of,
)
from ..settings.trust import TrustBook
from ..system.paths import Places

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}\Z")
_STARTING = re.compile(r"LD_|DYLD_|PYTHON|GCONV_PATH\Z|REDRAFT_|(?:HOME|TMPDIR|TEMP|TMP|PATH)\Z")
"""Variables that decide how a process starts, that are set for programs here, or that are redraft's own."""
INTRODUCTION_SECONDS = 2.0


@asynccontextmanager
async def opened(
    settings: Settings, places: Places, environ: Mapping[str, str], notice: Callable[[str], None]
) -> AsyncIterator[Kit]:
    """A kit made as the settings say. Models are reached, and the embedded one started, when they are first asked.

    Raises:
        ModelError: a key command gives no key.
        SandboxError: code cannot be run as safely as the settings ask.
    """
    async with AsyncExitStack() as stack:
        sandbox = await open_sandbox(sandbox_choice(settings, environ))
        stack.push_async_callback(sandbox.aclose)
        cast = played(settings, Catalogue(environ))
        models = await _models(settings, cast, (places, environ), notice)
        await asyncio.gather(*(_introduced(model) for model in models.values()))
        # On one processor five answers at once take longer than one after another; who waits is told so.
        rooms = {id(models[role]): Room() for role in ROLES if settings.role(role).embedded}
        for model in {id(model): model for model in models.values()}.values():
            stack.push_async_callback(model.aclose)
        yield Kit(
            voices={
                role: _voice(models[role], settings.role(role), rooms.get(id(models[role])), cast.get(role))
                for role in ROLES
            },
            prompts=Prompts(places.prompts),
            sandbox=sandbox,
            limits=limits(settings.sandbox),
            mode=settings.mode,
            seed=settings.roles.coder.seed or 0,
            budget=_budget(settings.budget),
            repair=Repair(attempts=settings.repair.attempts, seconds=settings.repair.seconds),
            from_tests=settings.examples.from_tests,
        )


def _budget(chosen: BudgetSettings) -> Budget:
    return Budget(calls=chosen.calls, tokens=chosen.tokens, seconds=chosen.seconds, usd=chosen.usd)


def sandbox_choice(settings: Settings, environ: Mapping[str, str]) -> SandboxChoice:
    """What the settings say about running code; of the environment only the variables that they name.

    Raises:
        SettingsError: a variable that programs are to get is one of redraft's own, or holds a model's key.
    """
    box = settings.sandbox
    cache = str(Path(box.cache_folder).expanduser().absolute()) if box.cache_folder else ""
    return SandboxChoice(
        interpreter=box.interpreter or None,
        trusted=TrustBook(Places.of(environ)).interpreters(),
        variables=(*_variables(settings, environ), *([f"XDG_CACHE_HOME={cache}"] if cache else [])),
        readable=(cache,) if cache else (),
        allow_subprocess=box.allow_subprocess,
        allow_limited=box.lowest_tier in {"D", "E"},
        unsafe_run=box.lowest_tier == "E",
    )


def _variables(settings: Settings, environ: Mapping[str, str]) -> tuple[str, ...]:
    roles = [settings.role(role) for role in ROLES]
    keys = {role.api_key.reveal() for role in roles if role.api_key is not None}
    named = {role.api_key_env for role in roles if role.api_key_env}
    found: list[str] = []
    for name in settings.sandbox.environment:
        value = environ.get(name, "")
        if not _VARIABLE.match(name) or _STARTING.match(name):
            raise SettingsError(f"sandbox.environment: {name!r} cannot be given to programs; take it out of the list")
        if name in named or any(key and key in value for key in keys):
            raise SettingsError(f"sandbox.environment: ${name} holds a model's key, which programs never get")
        if name in environ and "\0" not in value:
            found.append(f"{name}={value}")
    return tuple(found)


def limits(chosen: SandboxSettings) -> Limits:
    """What one run of a draft may use."""
    return Limits(
        seconds=chosen.seconds,
        import_seconds=chosen.import_seconds,
        step_seconds=chosen.step_seconds,
        memory_mb=chosen.memory_mb,
    )


async def _models(
    settings: Settings,
    cast: Mapping[Role, Weights],
    around: tuple[Places, Mapping[str, str]],
    notice: Callable[[str], None],
) -> dict[Role, ChatModel]:
    """One model a role; roles that ask for the same share it, and with it the server's prompt cache."""
    places, environ = around
    household = Household(notice)
    shared: dict[tuple[object, ...], ChatModel] = {}
    models: dict[Role, ChatModel] = {}
    for role in ROLES:
        wanted, file = settings.role(role), cast.get(role)
        place = place_of(wanted) if file is None else (file,)
        if place not in shared:
            shared[place] = (
                await _remote(wanted)
                if file is None
                else EmbeddedModel(
                    environ,
                    places.state,
                    file=file,
                    tuning=tuning_for(file, settings.embedded),
                    household=household,
                    on_notice=notice,
                )
            )
        models[role] = shared[place]
    return models


def place_of(wanted: RoleSettings) -> tuple[object, ...]:
    """What roles share a model by: who is asked, with which key, and how."""
    if wanted.embedded:
        return (wanted.base_url, wanted.model or DEFAULT)
    key = (wanted.api_key, wanted.api_key_env, wanted.api_key_command)
    return (wanted.base_url, wanted.model, *key, wanted.timeout, wanted.retries, wanted.prefill)


async def _remote(wanted: RoleSettings) -> ChatModel:
    """The model on its server; where there are several, spread over them."""
    key = await asyncio.to_thread(key_of, wanted)
    several = len(wanted.base_urls) > 1
    retries = Retries(attempts=wanted.retries + 1)
    models = [
        OpenAIChat(
            Endpoint(
                base_url=base_url,
                api_key=Key(key.reveal() if key else ""),
                model=wanted.model,
                timeout=wanted.timeout,
            ),
            retries=Retries(attempts=1) if several else retries,
            prefill=wanted.prefill,
        )
        for base_url in wanted.base_urls
    ]
    return Replicas(models, retries=retries) if several else models[0]


async def listed_models(wanted: RoleSettings) -> tuple[str, ...] | None:
    """The models that the server of a role lists, None when it does not do so soon."""
    try:
        key = await asyncio.to_thread(key_of, wanted)
        endpoint = Endpoint(base_url=wanted.base_urls[0], api_key=Key(key.reveal() if key else ""))
        model = OpenAIChat(endpoint, retries=Retries(attempts=1))
        try:
            async with asyncio.timeout(INTRODUCTION_SECONDS):
                return (await model.ready()).models
        finally:
            await model.aclose()
    except (ModelError, TimeoutError):
        return None


async def _introduced(model: ChatModel) -> None:
    """Let a server that was given without a model say which one it has, so that logs name it.

    One that does not answer in time is not an error yet: the role may never be asked.
    """
    if isinstance(model, Replicas):
        # They all serve the same, but only one that is up can tell what.
        await asyncio.gather(*(_introduced(each) for each in model.models))
    if isinstance(model, OpenAIChat) and not model.endpoint.model:
        with contextlib.suppress(ModelError, TimeoutError):
            async with asyncio.timeout(INTRODUCTION_SECONDS):
                await model.ready()


def _voice(model: ChatModel, wanted: RoleSettings, room: Room | None, file: Weights | None) -> Voice:
    price = (
        Price(input=wanted.price_in, output=wanted.price_out)
        if wanted.price_in is not None and wanted.price_out is not None
        else Price(input=0.0, output=0.0)
        if wanted.embedded
        else None
    )
    return Voice(
        model=model,
        sampling=_sampling(Sampling(), wanted),
        thoughtful=_sampling(CARD, wanted),
        max_tokens=wanted.max_tokens,
        # A model that does not think gets no room for it, and its answers are begun for it.
        thinking="off" if file is not None and not file.thinks and wanted.thinking == "auto" else wanted.thinking,
        effort=wanted.effort,
        thinking_tokens=wanted.thinking_tokens,
        price=price,
        room=room,
    )


def _sampling(default: Sampling, wanted: RoleSettings) -> Sampling:
    """Greedy unless the user says otherwise: the papers' setting, and the same answer for the same stub.

    Thoughts are greedy in paper mode alone (Qwen3's documentation: endless repetitions); else they are drawn as the
    model's card says.
    """
    given = {
        name: value
        for name in ("temperature", "top_p", "top_k", "min_p", "max_tokens", "seed")
        if (value := getattr(wanted, name)) is not None
    }
    return Sampling(**{**{f: getattr(default, f) for f in default.__struct_fields__}, **given})
