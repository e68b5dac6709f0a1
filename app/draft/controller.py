"""All that goes on behind the main screen: models, runs, files and what was accepted. Knows no widgets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from ...engine.errors import (
    ConsentNeeded,
    EnvironmentFault,
    SourceError,
    UsageError,
)
from ...engine.events import (
    Answered,
    AnyEvent,
    Entry,
    Settled,
)
from ...engine.facts import ROLES, Role, Stub
from ...engine.journal.journal import Journal, OwnWrites
from ...engine.kit import Kit
from ...engine.pipelines.catalogue import PIPELINES, Pipeline
from ...engine.run.reading_ahead import read_ahead
from ...engine.settings import Settings
from ...engine.settings.trust import TrustBook, project_folder
from ...engine.sources import Source, find_stubs
from ...engine.state.run import RunState
from ...engine.system.paths import Places
from ..common.key_names import key_names
from ..common.session import Session
from ..models.choice import ModelChoice, given
from ..run.runner import Drafting
from .accepting import Accepting
from .deciding import Deciding
from .kits import Workshop
from .queue import Following
from .rechecking import Rechecking
from .stubs import Shelf
from .watching import Told, look_again, recover_beside, watch

OpenKit = Callable[[Settings], AbstractAsyncContextManager[Kit]]


class Work:
    """One session's work. `hold`, `watch` and `run` are for workers; the rest is called by the screen."""

    def __init__(
        self,
        session: Session,
        paths: Sequence[Path],
        *,
        open_kit: OpenKit | None,
        with_models: Callable[[Settings], Awaitable[Settings | None]],
        consents: Callable[[Path], Awaitable[bool]],
        on_change: Callable[[Shelf], None],
        wake: Callable[[], None],
        say: Callable[[str], None],
        warn: Callable[[str], None],
        fault: Callable[[Exception], str],
    ) -> None:
        """`fault` tells of a fault of redraft's own, once, and gives words for it."""
        self.settings = session.settings
        self.paths = tuple(paths)
        self._session = session
        self._open_kit = open_kit or self._usual_kit
        self._with_models = with_models
        self._consents = consents
        self._say = say
        self._warn = warn
        self._fault = fault
        self._own_writes = OwnWrites()
        self.accepting = Accepting(Journal(session.places.state / "journal", own_writes=self._own_writes))
        self.workshop = Workshop(lambda: self._open_kit(self.settings))
        self.trouble = ""
        """What was wrong with the settings, "" for nothing."""
        self._retired: list[Workshop] = []
        self._holding: asyncio.TaskGroup | None = None
        self._closing = asyncio.Event()
        drafting = Drafting(self._kit, session.runs, self._took, warn, fault=fault)
        tokens = self.settings.context_tokens
        self.following = Following(
            drafting,
            self._first_pipeline(),
            on_change,
            self._began,
            wake,
            on_saw=lambda: self.rechecking.changed(),
            tokens=tokens,
        )
        self.rechecking = Rechecking(
            self.following, lambda: self.workshop.kit(), self.tell, tokens, self.settings.examples.from_tests, fault
        )

        self.deciding = Deciding(
            self.following,
            lambda: self.workshop.opened,
            self._tell_decided,
            draws=lambda: self._asks_embedded,
            changed=lambda: on_change(self.following.shelf),
            fault=fault,
        )

    # ------------------------------------------------------------------------------------ for workers

    async def hold(self) -> None:
        """Keep what is opened until `close`; each workshop in a task of its own."""
        async with asyncio.TaskGroup() as group:
            self._holding = group
            group.create_task(self.workshop.hold())
            await self._closing.wait()

    async def watch(self) -> None:
        """Follow the files, once what a killed redraft left beside them is taken care of."""
        try:
            await asyncio.to_thread(recover_beside, self.paths, self.accepting.journal)
        except SourceError as error:
            self._warn(str(error))
        self.tell_found()
        await watch(
            self.following, self.paths, self.settings, self._own_writes, Told(self._say, self._warn, self._fault)
        )

    async def recheck(self) -> None:
        """Run again what no longer stands as it was run, whenever that happens."""
        await self.rechecking.keep()

    async def decide(self) -> None:
        """Compare what was drafted and draw more, while nobody waits."""
        await self.deciding.keep()

    async def run(self) -> None:
        """Draft what is asked for."""
        await self.following.work()

    def tell_found(self) -> None:
        """Tell what a killed redraft had set aside, and where it is now."""
        for notice in self.accepting.journal.take_notices():
            self._warn(notice)

    async def read_ahead(self) -> None:
        """Have an open model read the prompt of the stub that is likely to be asked for next, while nobody waits."""
        stub, kit = self.following.next_new, self.workshop.opened
        if stub is not None and kit is not None:
            await read_ahead(kit, stub)

    async def close(self) -> None:
        """Cancel what runs; `hold` ends once everything opened is closed."""
        await self.deciding.stop()
        await self.following.cancel("you")
        for workshop in (*self._retired, self.workshop):
            workshop.close()
        self._closing.set()

    # ------------------------------------------------------------------------------------ what the user decides

    def tell(self, key: str, run: str, happened: tuple[AnyEvent, ...]) -> None:
        """Put what happened after a run at the end of its log, and on the shelf; nothing if another run began."""
        card = self.following.shelf.get(key)
        if card is None or card.state is None or card.state.run != run or card.state.status == "running":
            return
        state = card.state
        for event in happened:
            entry = Entry(at=state.now, event=event)
            state = state.after(entry)
            try:
                self._session.runs.add(run, entry)
            except EnvironmentFault as error:
                self._warn(str(error))
        self.following.took(card.stub, state)

    @property
    def places(self) -> Places:
        """Our folders."""
        return self._session.places

    @property
    def known(self) -> Settings:
        """The settings that the program began with: the servers they name are never lost."""
        return self._session.settings

    @property
    def session(self) -> Session:
        """The session with the settings that are in force now."""
        loaded = replace(self._session.loaded, settings=self.settings)
        return replace(self._session, loaded=loaded)

    @asynccontextmanager
    async def kit_for(self, settings: Settings) -> AsyncIterator[Kit]:
        """A kit for these settings: the one in use if it is for the same models, else one for the block.

        Raises:
            RedraftError: it cannot be opened.
        """
        if settings.roles == self.settings.roles:
            yield await self._kit()
            return
        async with self._open_kit(settings) as kit:
            yield kit

    async def refresh(self, source: Source) -> None:
        """Take in a file that we have just written, so that line numbers are right.

        Nothing is drafted of it but what could not be drafted without it.
        """
        found = find_stubs(source, tokens=self.settings.context_tokens)
        await self.following.saw(source, found.stubs, draft=False)
        await look_again(self.following, source.path, self.settings.context_tokens)
        await self.following.mended([source.path])

    def use_pipeline(self, pipeline: Pipeline) -> None:
        """Work by another pattern from the next run on."""
        self.following.pipeline = pipeline

    def use_models(self, chosen: Mapping[Role, ModelChoice]) -> None:
        """Ask other models from the next run on, in these roles."""
        for role, choice in chosen.items():
            self.settings = given(self.settings, choice, [role], self.known)
        # A run under way goes on with the models it began with; the next one closes them.
        self._retired.append(self.workshop)
        self.workshop = Workshop(lambda: self._open_kit(self.settings))
        assert self._holding is not None
        self._holding.create_task(self.workshop.hold())

    @property
    def protection(self) -> str:
        """What code is contained by, in words; "" before it is known."""
        from ...engine.sandbox.tiers import SHOWN

        kit = self.workshop.opened
        return SHOWN.get(kit.sandbox.tier, kit.sandbox.tier) if kit else ""

    # ------------------------------------------------------------------------------------ inside

    def _began(self, stub: Stub, source: Source) -> None:
        self.accepting.began(stub, source)
        self.rechecking.began(stub.key)

    def _took(self, stub: Stub, state: RunState) -> None:
        self.following.took(stub, state)
        if state.status != "running":
            self.rechecking.look()

    def _tell_decided(self, key: str, run: str, happened: tuple[AnyEvent, ...]) -> None:
        """Put it at the end of the run; what answers ask is run on what is proposed."""
        self.tell(key, run, happened)
        if any(isinstance(event, Answered | Settled) for event in happened):
            self.rechecking.changed()

    @property
    def _asks_embedded(self) -> bool:
        return self._open_kit == self._usual_kit and any(self.settings.role(role).embedded for role in ROLES)

    def _usual_kit(self, settings: Settings) -> AbstractAsyncContextManager[Kit]:
        from ...engine.run.opening import opened

        return opened(settings, self._session.places, self._session.environ, self._say)

    async def _kit(self) -> Kit:
        await self.deciding.stop()  # Whoever asks for the kit needs a model.
        while self._retired:
            self._retired.pop().close()
        if self._asks_embedded:
            settings = await self._with_models(self.settings)
            if settings is None:
                raise EnvironmentFault(
                    f"there is no model to ask: press {self._key('run.model')} to choose a server, "
                    "or run `redraft model pull` for one of its own"
                )
            self.settings = settings
        try:
            return await self.workshop.kit()
        except ConsentNeeded:
            folder = project_folder(self.paths[0])
            if not await self._consents(folder):
                raise
        TrustBook(self.places).allow_tier(folder, "D")
        self.settings = replace(self.settings, sandbox=replace(self.settings.sandbox, lowest_tier="D"))
        return await self.workshop.kit()

    def _key(self, name: str) -> str:
        return key_names(self._session.settings.interface.keys)(name)

    def _first_pipeline(self) -> Pipeline:
        """The pattern that the settings name; a name that is wrong is told, and our default taken."""
        try:
            return self._session.pipeline
        except UsageError as error:
            self.trouble = f"{error}; press {self._key('run.pipeline')} to choose"
            return PIPELINES[0]
