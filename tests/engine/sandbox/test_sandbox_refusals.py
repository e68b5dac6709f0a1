"""What the sandbox refused is told in every error that somebody made of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from redraft.engine.sandbox.linux import LinuxSandbox

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")
NETWORK = "there is no network in the sandbox"
WRITING = "nothing can be written in the sandbox"
FORMS = {
    "urllib": ("import urllib.request as u", "u.urlopen('http://127.0.0.1:9/')", NETWORK),
    "urllib with a proxy": ("import urllib.request as u", "u.urlopen('https://127.0.0.1:9/')", NETWORK),
    "http": ("import http.client as h", "h.HTTPConnection('127.0.0.1', 9).request('GET', '/')", NETWORK),
    "ssl": ("import http.client as h", "h.HTTPSConnection('127.0.0.1', 9).request('GET', '/')", NETWORK),
    "a socket": ("import socket", "socket.create_connection(('127.0.0.1', 9), 1)", NETWORK),
    "mail": ("import smtplib", "smtplib.SMTP('127.0.0.1', 9)", NETWORK),
    "files": ("import ftplib", "ftplib.FTP('127.0.0.1')", NETWORK),
    "asyncio": (
        "import asyncio\nasync def go(): await asyncio.open_connection('127.0.0.1', 9)", "asyncio.run(go())", NETWORK,
    ),
    "raised from it": (
        ("import socket\nclass Down(Exception): pass\ndef f():\n    try:\n        socket.create_connection(('127.0.0.1', 9))\n"
        "    except OSError as error:\n        raise Down('no rates') from error"), "f()", NETWORK,
    ),
    "raised beside it": (
        ("import socket\ndef f():\n    try:\n        socket.create_connection(('127.0.0.1', 9))\n"
        "    except OSError:\n        raise RuntimeError('no rates')"), "f()", NETWORK,
    ),
    "in its arguments": (
        ("import socket\ndef f():\n    caught = []\n    try:\n        socket.create_connection(('127.0.0.1', 9))\n"
        "    except OSError as error:\n        caught.append(error)\n    raise RuntimeError('no rates', caught[0])"),
        "f()", NETWORK,
    ),
    "wrapped twice": (
        ("import urllib.request as u\ndef f():\n    try:\n        u.urlopen('http://127.0.0.1:9/')\n"
        "    except OSError as error:\n        raise LookupError('no rates') from error"), "f()", NETWORK,
    ),
    "a program": ("import subprocess", "subprocess.run(['true'])", "no programs are started in the sandbox"),
    "a program, wrapped": (
        ("import subprocess\ndef f():\n    try:\n        subprocess.run(['true'])\n    except OSError as error:\n"
        "        raise RuntimeError('no git') from error"), "f()", "no programs are started in the sandbox",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
async def test_an_example_is_told_what_was_refused(sandbox: LinuxSandbox, name: str) -> None:
    program, step, refused = FORMS[name]
    (outcome,) = (await sandbox.run(program, [step])).outcomes
    assert (outcome.status, outcome.refused) == ("raised", refused)


@pytest.mark.parametrize("name", FORMS)
async def test_an_import_is_told_what_was_refused(sandbox: LinuxSandbox, name: str, tmp_path: Path) -> None:
    program, step, refused = FORMS[name]
    done = await sandbox.run(f"{program}\n{step}\n", ["1"], path=str(tmp_path / "a.py"))
    assert done.failure is not None and done.failure.refused == refused


async def test_a_write_is_told_whoever_wrapped_it(sandbox: LinuxSandbox, tmp_path: Path) -> None:
    (tmp_path / "rates.json").write_text("[]")
    program = (
        "import json\nfrom pathlib import Path\ndef f():\n    try:\n        Path(__file__).with_name('rates.json').write_text('')\n"
        "    except OSError as error:\n        raise ValueError('cannot cache') from error\n"
    )
    (outcome,) = (await sandbox.run(program, ["f()"], path=str(tmp_path / "a.py"))).outcomes
    assert "cannot cache" in outcome.raised and outcome.refused.endswith(("written in the sandbox", "temporary files"))


@pytest.mark.parametrize(
    "step",
    [
        "int('x')",
        "f()",
        "raise_(RuntimeError('[Errno 1] is only a text'))",
        "raise_(PermissionError('no number'))",
        "raise_(ConnectionRefusedError(111, 'Connection refused'))",
        "raise_(Liar())",
    ],
)
async def test_an_error_that_is_the_drafts_own_is_nothing_that_was_refused(sandbox: LinuxSandbox, step: str) -> None:
    program = (
        "def raise_(error): raise error\ndef f():\n    try:\n        raise PermissionError(1, 'no')\n"
        "    except OSError:\n        raise ValueError('x') from None\n"
        "class Liar(Exception):\n    @property\n    def reason(self): raise SystemExit\n"
        "    @property\n    def exceptions(self): return 5\n"
    )
    (outcome,) = (await sandbox.run(program, [step])).outcomes
    assert (outcome.status, outcome.refused) == ("raised", "")
