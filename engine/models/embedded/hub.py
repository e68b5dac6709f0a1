"""The hub where models are published: a file's digest, and its bytes. Mirrors and tokens by the hub's own variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from msgspec.structs import replace

from ...errors import EnvironmentFault
from ...redaction import protect
from .weights import Partial, Weights

if TYPE_CHECKING:
    import httpx2

HUB = "https://huggingface.co"
CONNECT_SECONDS = 4.0
"""A hub that is not reachable is given up after this time; its own client blocks 24 s offline."""
READ_SECONDS = 30.0
MOST_MOVES = 5
"""How often a file may be said to lie elsewhere on the same hub before that is no answer."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REVISION = re.compile(r"[0-9a-f]{40}")


def usual_hub(environ: Mapping[str, str]) -> Hub:
    """The hub that `HF_ENDPOINT` names, else the publisher's, with the token in `HF_TOKEN`."""
    return Hub(environ.get("HF_ENDPOINT") or HUB, environ.get("HF_TOKEN") or None)


class Hub:
    """The publisher's own file, by plain GET with Range."""

    name = "the model hub"

    def __init__(self, endpoint: str, token: str | None) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._token = token
        protect(token or "")
        protect(urlsplit(endpoint).password or "")

    async def continue_into(self, partial: Partial) -> None:
        """Append what is missing; a connection that breaks is taken up again as long as each try brings something."""
        import httpx2  # 0.13 s, needed only here

        timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        async with httpx2.AsyncClient(timeout=timeout, follow_redirects=True) as client:
            while partial.done < partial.weights.size:
                had = partial.done
                try:
                    await self._append_rest(client, partial)
                except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                    if partial.done == had:
                        raise EnvironmentFault(f"{type(error).__name__} ({error})") from error

    async def _append_rest(self, client: httpx2.AsyncClient, partial: Partial) -> None:
        weights = partial.weights
        headers = {"Range": f"bytes={partial.done}-", "Accept-Encoding": "identity", **self._token_header()}
        async with client.stream("GET", self._url(weights), headers=headers) as answer:
            _refuse_unwanted(answer, weights)
            _refuse_other_size(answer, weights)
            if answer.status_code == 200:
                partial.start_over()
            # No chunk size: what is held back to fill a chunk is lost when the connection breaks.
            async for chunk in answer.aiter_bytes():
                partial.append(chunk)

    async def describe(self, weights: Weights) -> Weights:
        """The same with size, digest and revision as the hub tells them. Nothing of the file is fetched.

        Raises:
            EnvironmentFault: the hub is out of reach, has no such file, or tells no digest of it.
        """
        import httpx2

        timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        try:
            # A redirect to where the bytes lie carries the digest, so redirects are looked at one by one.
            async with httpx2.AsyncClient(timeout=timeout, follow_redirects=False) as client:
                answer = await self._head(client, weights)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise EnvironmentFault(
                f"the model hub ({self._endpoint}) cannot be asked for the digest of {weights.file}: "
                f"{type(error).__name__} ({error}). Try again, or set HF_ENDPOINT to a mirror"
            ) from error
        told = answer.headers
        digest = (told.get("x-linked-etag") or told.get("etag") or "").removeprefix("W/").strip('"')
        size = told.get("x-linked-size") or told.get("content-length") or ""
        if not _SHA256.fullmatch(digest) or not size.isdigit() or not int(size):
            raise EnvironmentFault(
                f"the model hub ({self._endpoint}) tells no SHA-256 of {weights.file}, so that it cannot be checked; "
                "fetch it yourself and name the file"
            )
        commit = told.get("x-repo-commit", "")
        return replace(
            weights, size=int(size), sha256=digest, revision=commit if _REVISION.fullmatch(commit) else weights.revision
        )

    async def _head(self, client: httpx2.AsyncClient, weights: Weights) -> httpx2.Response:
        """What the hub says of the file, where it stands now."""
        url = self._url(weights)
        for _ in range(MOST_MOVES):
            answer = await client.head(url, headers={**self._token_header(), "Accept-Encoding": "identity"})
            _refuse_unwanted(answer, weights)
            if answer.status_code < 300 or "x-linked-etag" in answer.headers:
                return answer
            url = urljoin(url, answer.headers.get("location", ""))
            if urlsplit(url)[:2] != urlsplit(self._endpoint)[:2]:
                break  # the token is for nobody else, and who is asked there knows no digest
        raise EnvironmentFault(
            f"the model hub ({self._endpoint}) says that {weights.file} has moved, and not where; name its new place"
        )

    def _url(self, weights: Weights) -> str:
        place = f"{weights.repository}/resolve/{weights.revision}/{weights.file}"
        return f"{self._endpoint}/{quote(place)}"

    def _token_header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}


def _refuse_unwanted(answer: httpx2.Response, weights: Weights) -> None:
    """Nothing for an answer that goes on; else an error that says what can be done."""
    status, told = answer.status_code, f"answered {answer.status_code} {answer.reason_phrase}".rstrip()
    if status in {401, 403}:
        raise EnvironmentFault(
            f"{told}: {weights.repository} is gated, private or not there; accept its licence on its page at the hub "
            "and set HF_TOKEN to a token of yours"
        )
    if status in {404, 410}:
        raise EnvironmentFault(
            f"{told}: there is no {weights.file} at {weights.revision} in {weights.repository}; "
            "it is misspelt or has moved"
        )
    if status >= 400 or status not in {200, 206, 301, 302, 303, 307, 308}:
        raise EnvironmentFault(told)


def _refuse_other_size(answer: httpx2.Response, weights: Weights) -> None:
    """A 206 tells the whole size after the slash of Content-Range, a 200 as its length."""
    told = (
        answer.headers.get("content-range", "").rpartition("/")[2]
        if answer.status_code == 206
        else answer.headers.get("content-length", "")
    )
    if told.isdigit() and int(told) != weights.size:
        raise EnvironmentFault(f"its {weights.file} has {told} bytes, not the published {weights.size}")
