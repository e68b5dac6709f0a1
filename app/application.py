"""The application: themes, keys, screens, and an orderly end. What happens on a screen is that screen's business."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen

from ..engine.errors import RedraftError
from ..engine.events import NodeOpened
from ..engine.system.paths import write_private
from ..widgets.status_line import StatusLine
from .common.clipboard import copy_by, tools
from .common.help import HelpScreen
from .common.key_clashes import clashes, clashes_with, strange_names
from .common.key_names import key_names
from .common.keys import (
    EVERYWHERE,
    TOPIC_KEYS,
    Topic,
    bindings,
)
from .common.leaving import (
    LOOK_SECONDS,
    is_there,
    leave_for_certain,
    watch_terminal,
)
from .common.searching import Searching

if TYPE_CHECKING:
    from textual.app import AutopilotCallbackType

    from ..engine.events import Entry
    from ..engine.lessons.lesson import Lesson
    from ..engine.lessons.records import Notebook
    from .common.session import Session
    from .race.lane_screen import LaneOpened
    from .race.screen import RaceScreen
    from .race.setup import Field
    from .replay.logs import LaneLog

LEAVING_SECONDS = 3.0
"""How long what runs may take to end when a signal asks us to leave."""
DEFAULT_THEME = "redraft-dark"
CALM_COLLECTOR = (10_000, 20, 50)
"""Thresholds of the garbage collector. A picture makes thousands of objects that soon go: with usual thresholds
all of the program was searched for garbage every twenty keypresses, which took 40 ms each time."""


class RedraftApp(App[int]):
    """One invocation with a screen. Made by `watching`, `tour` or `replay`; `run()` gives the exit code, None for 0."""

    TITLE = "redraft"
    CSS_PATH = "styles/redraft.tcss"
    BINDINGS = bindings((EVERYWHERE,))
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True
    ESCAPE_TO_MINIMIZE: ClassVar[bool] = False
    NOTIFICATION_TIMEOUT = 8

    def __init__(self, session: Session, opening: Screen[Any]) -> None:
        # The standard (https://no-color.org) means a value that is not empty; Textual takes any.
        if not os.environ.get("NO_COLOR"):
            os.environ.pop("NO_COLOR", None)
        super().__init__()
        self.session = session
        self._opening = opening
        self._clashes_told: set[str] = set()
        self._troubles: list[str] = []
        self._take_themes()
        self.set_keymap(session.settings.interface.keys)

    @classmethod
    def watching(cls, session: Session, paths: Sequence[Path], *, first: str = "") -> RedraftApp:
        """Watch these files and folders; `first` is the key of the stub to begin with."""
        from .draft.screen import DraftScreen

        return cls(session, DraftScreen(session, paths, first=first))

    @classmethod
    def tour(cls, session: Session, files: Sequence[Path]) -> RedraftApp:
        """Watch the tour's files, with a word of welcome."""
        from .draft.screen import DraftScreen

        return cls(session, DraftScreen(session, files, welcome=True))

    @classmethod
    def replay(cls, session: Session, entries: Sequence[Entry], *, speed: float = 1.0) -> RedraftApp:
        """Show a recorded run again: as a tree, if it grew one."""
        if any(isinstance(entry.event, NodeOpened) for entry in entries):
            from .tree.replay import TreeReplayScreen

            return cls(session, TreeReplayScreen(entries, speed=speed))
        from .replay.screen import ReplayScreen

        return cls(session, ReplayScreen(entries, speed=speed))

    def get_default_screen(self) -> Screen[Any]:
        """The first screen, and the last."""
        return self._opening

    async def run_async(
        self,
        *,
        headless: bool = False,
        inline: bool = False,
        inline_no_clear: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
        auto_pilot: AutopilotCallbackType | None = None,
    ) -> int | None:
        """Run, with the mouse left to the terminal if the settings say so. Raises what the screen fell over."""
        gc.set_threshold(*CALM_COLLECTOR)
        code = await super().run_async(
            headless=headless,
            inline=inline,
            inline_no_clear=inline_no_clear,
            mouse=mouse and self.session.settings.interface.mouse,
            size=size,
            auto_pilot=auto_pilot,
        )
        if self._exception is not None:
            # Whoever runs us keeps a fault and tells of it, as everywhere.
            raise self._exception
        return code

    def _fatal_error(self) -> None:
        """End after a fault. Textual would print it with the values of all variables, keys among them."""
        self._close_messages_no_wait()

    @classmethod
    def replay_race(
        cls,
        session: Session,
        logs: Sequence[LaneLog],
        *,
        speed: float = 1.0,
        within: float | None = None,
        notes: dict[str, str] | None = None,
    ) -> RedraftApp:
        """Show a recorded race again; `within`: seconds that it takes, in place of a speed. `notes`: to an audience."""
        from .race.replay import RaceReplayScreen

        return cls(session, RaceReplayScreen(logs, speed=speed, within=within, notes=notes))

    @classmethod
    def race(cls, session: Session, wanted: Field, *, folder: Path | None = None) -> RedraftApp:
        """Race several pipelines on one function."""
        from .race.screen import RaceScreen

        return cls(session, RaceScreen(session, wanted, folder=folder))

    @classmethod
    def learn(
        cls,
        session: Session,
        lessons: Sequence[Lesson],
        notebook: Notebook | None = None,
        exam: float | None = None,
    ) -> RedraftApp:
        """Let the user find bugs; what is claimed is kept in `notebook`. `exam`: seconds, without hints and answers."""
        from .lesson.screen import LessonScreen

        return cls(session, LessonScreen(session, lessons, notebook=notebook, exam=exam))

    def on_lane_opened(self, event: LaneOpened) -> None:
        """Show a lane of a recorded race whole."""
        from .results.replay import replayed

        self.push_screen(replayed(event.entries, event.position))

    def on_race_screen_taken(self, event: RaceScreen.Taken) -> None:
        """Open the file with what a race came to as its proposal."""
        from .draft.screen import DraftScreen

        stub = event.state.stub
        if stub is not None:
            self.push_screen(DraftScreen(self.session, [Path(stub.path)], first=stub.key, taken=event.state))

    def on_mount(self) -> None:
        """Give the terminal back whoever ends us, and say what was wrong with the user's settings."""
        if not self.is_headless:
            for name in ("SIGTERM", "SIGHUP", "SIGINT"):
                # Not on Windows, nor where the loop runs in another thread.
                with contextlib.suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
                    number = getattr(signal, name)
                    asyncio.get_running_loop().add_signal_handler(number, self._leave, number)
            loop, hangup = asyncio.get_running_loop(), getattr(signal, "SIGHUP", signal.SIGTERM)
            watch_terminal(lambda: loop.call_soon_threadsafe(self._leave, hangup))
            if is_there():
                self.set_interval(LOOK_SECONDS, lambda: None if is_there() else self._leave(hangup))
        keys = self.session.settings.interface.keys
        self._clashes_told.update(together := clashes(keys))
        for trouble in (*self._troubles, *strange_names(keys), *together, *self.session.loaded.warnings):
            self.notify(trouble, severity="warning", markup=False, timeout=15)

    # ------------------------------------------------------------------------------------ themes and keys

    def _take_themes(self) -> None:
        """Before the first frame: a theme that comes later has every style parsed again."""
        from ..themes import load_themes, textual_theme

        try:
            palettes = load_themes(self.session.places.themes)
        except RedraftError as error:
            palettes = load_themes()
            self._troubles.append(str(error))
        for palette in palettes.values():
            self.register_theme(textual_theme(palette))
        wanted = self.session.settings.interface.theme
        if wanted not in self.available_themes:
            there = ", ".join(sorted(self.available_themes))
            self._troubles.append(f"there is no theme {wanted!r}; there are: {there}")
        self.theme = wanted if wanted in self.available_themes else DEFAULT_THEME

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Say once of each key that it means two things in a list or dialogue that came now."""
        bound = [binding for binding in node.BINDINGS if isinstance(binding, Binding)]
        for clashed in sorted(clashed_bindings, key=lambda binding: binding.id or ""):
            for told in clashes_with(clashed, bound, self.chosen_keys):
                if told not in self._clashes_told:
                    self._clashes_told.add(told)
                    self.notify(told, severity="warning", markup=False, timeout=15)

    @property
    def chosen_keys(self) -> Mapping[str, str]:
        """The keys that the user moved, by binding id."""
        return self.session.settings.interface.keys

    def bound_keys(self, topics: Iterable[Topic]) -> dict[str, tuple[str, ...]]:
        """The keys of each binding id of these topics, as they are bound now and as people write them."""
        keys: dict[str, tuple[str, ...]] = {}
        for binding in (binding for topic in topics for binding in topic.bindings):
            name = binding.id or ""
            chosen = self._keymap.get(name, binding.key).split(",")
            keys[name] = tuple(self.get_key_display(binding.with_key(key.strip())) for key in chosen)
        return keys

    # ------------------------------------------------------------------------------------ actions

    def action_help(self) -> None:
        """Show all keys."""
        if not isinstance(self.screen, HelpScreen):
            topics = (*getattr(self.screen, "TOPICS", ()), EVERYWHERE)
            self.push_screen(HelpScreen(topics, self.bound_keys(topics)))

    def copy_to_clipboard(self, text: str) -> None:
        """Ask the terminal to copy, which may not do it and says nothing, and the desktop's own tools."""
        harmless = text.encode(errors="replace").decode()
        super().copy_to_clipboard(harmless)
        if not self.is_headless:
            self.run_worker(self._copy_by_tools(harmless), group="copying", exclusive=True, exit_on_error=False)

    async def _copy_by_tools(self, text: str) -> None:
        done = await asyncio.to_thread(copy_by, tools(self.session.environ, sys.platform), text)
        if done:
            self.notify(f"in the clipboard, by {' and '.join(done)}", markup=False, timeout=4)
            return
        kept = self.session.places.state / "copied.txt"
        try:
            await asyncio.to_thread(write_private, kept, text.encode())
        except (OSError, RedraftError) as error:
            self.notify(f"the terminal was asked to copy; nothing says whether it did ({error})", markup=False)
            return
        self.notify(
            f"the terminal was asked to copy, and nothing says whether it did: the text is in {kept} too", markup=False
        )

    async def action_copy_or_cancel(self) -> None:
        """Copy what the mouse selected; with nothing selected, cancel what runs, or close what is open. Never quit."""
        selected = self.screen.get_selected_text()
        if selected:
            self.copy_to_clipboard(selected)
            self.screen.clear_selection()
        elif isinstance(searching := getattr(getattr(self.screen, "view", None), "searching", None), Searching) and (
            searching.typing
        ):
            await searching.do("close")
        else:
            closing = _closing_action(self.screen) if isinstance(self.screen, ModalScreen) else "deed('cancel')"
            if not await self.run_action(closing, self.screen):
                for line in self.screen.query(StatusLine):
                    line.say(f"nothing runs here: {key_names(self.chosen_keys)('app.quit')} leaves redraft")

    async def action_quit(self) -> None:
        """End what runs, then leave."""
        await self._close_screens()
        self.exit(0)

    def _leave(self, number: int) -> None:
        leave_for_certain(number)
        # As a shell tells it: the exit code of a program that a signal ended.
        self.run_worker(self._leave_soon(128 + number), group="leaving", exclusive=True)

    async def _leave_soon(self, code: int) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVING_SECONDS):
                await self._close_screens()
        self.exit(code)

    async def _close_screens(self) -> None:
        for screen in reversed(self.screen_stack):
            closing = getattr(screen, "close", None)
            if closing is not None:
                await closing()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers: whatever a key does now on this screen, and the themes."""
        offered: set[str] = set()
        for active in screen.active_bindings.values():
            binding = active.binding
            if (
                binding.id
                and binding.id in TOPIC_KEYS
                and active.enabled
                and binding.action not in {*offered, "command_palette"}
            ):
                offered.add(binding.action)
                action = partial(self.run_action, binding.action, active.node)
                yield SystemCommand(TOPIC_KEYS[binding.id], f"key {self.get_key_display(binding)}", action)
        for name in sorted(self.available_themes):
            if name.startswith("redraft-"):
                yield SystemCommand(f"theme: {name}", "change the colours", partial(setattr, self, "theme", name))
        yield SystemCommand("theme: others", "all themes, with a preview", self.action_change_theme)


def _closing_action(dialogue: ModalScreen[Any]) -> str:
    """What escape does in a dialogue as it ships, whatever key a user has given it."""
    for part in type(dialogue).__mro__:
        for binding in vars(part).get("BINDINGS", ()):
            key, action = (binding.key, binding.action) if isinstance(binding, Binding) else binding[:2]
            if "escape" in key.split(","):
                return action
    return "dismiss"
