"""Servers that the environment names for other programs: offered, and sent nothing unless the user says so."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from ..facts import Fact
from .endpoint import Endpoint

OLLAMA_PORT = 11434
OPENAI = "https://api.openai.com/v1"


class Offered(Fact, frozen=True):
    """A server that a variable names."""

    variables: tuple[str, ...]
    """By name; what stands in them may be a key."""
    url: str
    """Its address, with `/v1`; without a name, password or query."""
    key_variable: str = ""
    """Where its key is, "" when it needs none."""

    @property
    def is_local(self) -> bool:
        """Whether it is this machine: to look there tells nobody anything."""
        return Endpoint(base_url=self.url).is_local

    def line(self, model: str = "MODEL") -> str:
        """The command that uses it."""
        key = f" --set roles.coder.api_key_env={self.key_variable}" if self.key_variable else ""
        return f"redraft FILE.py --base-url {self.url} -m {model}{key}"


def offered(environ: Mapping[str, str]) -> tuple[Offered, ...]:
    """The servers that `OLLAMA_HOST`, `OPENAI_BASE_URL` and `OPENAI_API_KEY` name.

    >>> [one.url for one in offered({"OLLAMA_HOST": "0.0.0.0", "OPENAI_API_KEY": "x"})]
    ['http://127.0.0.1:11434/v1', 'https://api.openai.com/v1']
    """
    found: list[Offered] = []
    if url := _ollama(environ.get("OLLAMA_HOST", "").strip()):
        found.append(Offered(variables=("OLLAMA_HOST",), url=url))
    base, key = environ.get("OPENAI_BASE_URL", "").strip(), environ.get("OPENAI_API_KEY", "").strip()
    names = tuple(name for name, value in (("OPENAI_BASE_URL", base), ("OPENAI_API_KEY", key)) if value)
    if names and (url := _shown(base or OPENAI)):
        found.append(Offered(variables=names, url=url, key_variable="OPENAI_API_KEY" if key else ""))
    return tuple(found)


def _ollama(value: str) -> str:
    """The address in Ollama's way of writing it: a host, a port or neither may be missing; "" for what is none."""
    if not value:
        return ""
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        port = parts.port or {"https": 443, "http": OLLAMA_PORT if "://" not in value else 80}.get(parts.scheme)
    except ValueError:
        return ""
    host = parts.hostname or "127.0.0.1"
    # It says where the server listens: on all addresses is also on this machine's own.
    host = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    return _shown(f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}/v1") if port else ""


def _shown(url: str) -> str:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable() and " " not in url
        _ = parts.port
    except ValueError:
        return ""
    return Endpoint(base_url=url).shown_url if sound else ""
