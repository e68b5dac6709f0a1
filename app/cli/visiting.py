"""`redraft web`: a replay or a lesson in a browser, a process for each visitor, behind an address nobody guesses."""

from __future__ import annotations

import logging
import os
import secrets
import shlex
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web
from textual_serve.server import Server

from ...engine.system.paths import HOME_VARIABLE

MOST_VISITORS = 20
ROOM = "REDRAFT_VISITOR"
"""Set in a visitor's process: the folder that is theirs, and goes with them."""


class Visitors(Server):
    """Serves one command to at most so many visitors at once, below a path that holds a token."""

    def __init__(self, command: str, *, host: str, port: int, most: int = MOST_VISITORS, token: str = "") -> None:
        super().__init__(command, host=host, port=port, title="redraft")
        self.token = token or secrets.token_urlsafe(16)
        self._most = most
        self.here = 0
        """Visitors who are here now."""

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"{self.public_url}/{self.token}/"

    def initialize_logging(self) -> None:
        """Only warnings, in one line each: no values of variables, which a log is no place for."""
        logging.basicConfig(level="WARNING", format="%(name)s: %(message)s")

    async def on_startup(self, app: web.Application) -> None:
        """Nothing is printed here: the command tells the address itself."""

    async def _make_app(self) -> web.Application:
        """Everything below the token; anything else is not there."""
        whole = web.Application()
        whole.add_subapp(f"/{self.token}/", await super()._make_app())
        return whole

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Let one more in, if there is room."""
        if self.here >= self._most:
            raise web.HTTPServiceUnavailable(text=f"{self._most} visitors are here already; come back later")
        self.here += 1
        try:
            return await super().handle_websocket(request)
        finally:
            self.here -= 1


def command_for(words: Sequence[str]) -> str:
    """The command line of a visitor's process, paths made absolute: it runs in a folder of its own."""
    whole = [str(Path(word).absolute()) if Path(word).exists() else word for word in words]
    return shlex.join([sys.executable, "-m", "redraft.app", "web", "--visit", "--", *whole])


def visit(words: Sequence[str]) -> int:
    """Run the command in a folder that is this visitor's alone, and is gone with them."""
    from .main import main

    with tempfile.TemporaryDirectory(prefix="redraft-visitor-") as room:
        os.environ[HOME_VARIABLE] = str(Path(room, "home"))
        os.environ[ROOM] = room
        os.chdir(room)
        try:
            return main(list(words))
        finally:
            os.chdir("/")
