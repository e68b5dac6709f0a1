"""Where a model answers, and how to get in. Nothing here can print a key."""

from __future__ import annotations

from typing import Literal
from urllib.parse import SplitResult, urlsplit, urlunsplit

from ..facts import Fact
from ..redaction import protect, protect_url

ServerKind = Literal["", "llama.cpp", "vllm", "sglang", "ollama", "lmstudio", "openai", "openrouter"]
"""What serves the model; "" is not known, and is treated as the least that every server can do."""


class Secret:
    """An API key. It shows itself only when asked by name, and no encoder of ours knows how to write it."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text.strip()
        protect(self._text)

    def reveal(self) -> str:
        """The key itself, for the one header it belongs in."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(set)" if self._text else "Secret(none)"

    __str__ = __repr__

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a key is never pickled")


class Endpoint(Fact, frozen=True):
    """One model on one server that speaks the OpenAI Chat Completions API."""

    base_url: str
    """"http://127.0.0.1:8080/v1"; without a path, "/v1" is meant."""
    api_key: Secret = Secret()
    model: str = ""
    """"" takes the first one that the server lists."""
    label: str = ""
    """What people call the model when its name on the server is a path or a hash; "" uses that name."""
    kind: ServerKind = ""
    """What serves it, when that is known beforehand; "" asks the server once."""
    timeout: float = 120.0
    """Seconds without a sign of life. It must cover reading a long prompt on a slow machine."""
    connect_timeout: float = 5.0
    """Seconds until the connection stands."""
    longest: float = 900.0
    """Seconds one answer may take in all."""

    def __post_init__(self) -> None:
        protect_url(self.base_url)

    @property
    def _parts(self) -> SplitResult:
        try:
            return urlsplit(self.base_url.strip())
        except ValueError:
            # An unclosed bracket: no request can be made of it, and the first one says so.
            return SplitResult("", "", self.base_url.strip(), "", "")

    @property
    def url(self) -> str:
        """The base URL as requests use it, with a path and without a trailing slash."""
        parts = self._parts
        path = parts.path.rstrip("/") or "/v1"
        return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))

    @property
    def shown_url(self) -> str:
        """The base URL for messages: a name, password or query in it is left out."""
        parts = self._parts
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/") or "/v1", "", ""))

    @property
    def host(self) -> str:
        """The host name in lower case, "" when the URL has none."""
        return self._parts.hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether it is this machine: then no proxy stands between."""
        return self.host == "localhost" or self.host.startswith("127.") or self.host == "::1"
