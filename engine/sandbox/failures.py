"""Why a program could not be imported, in words. What its process says of it is a claim of untrusted code."""

from __future__ import annotations

import os
import re

from ..facts import LoadFailure
from ..project import Location

_LONGEST = 2000
"""Characters of each text that are kept."""
_REFUSED = re.compile(r"^(?:PermissionError|OSError|BlockingIOError): \[Errno (1|13|30)\]")
_OWN_NAME = re.compile(r"^[\w.]{1,200}(?=: \[Errno (?:1|13|30)\])")
"""A library's own class of such an error."""
_UNRESOLVED = re.compile(r"name resolution|Name or service not known|nodename nor servname")
_MISSING = re.compile(r"^FileNotFoundError: \[Errno 2\][^']{0,200}: '([^'\0]{1,400})'$")
_NAMELESS = re.compile(r"^KeyError: 'getpw\w+\(\): \w+ not found|^OSError: No username set in the environment")
_NETWORK = re.compile(r"^(?:socket|_socket|ssl|http|urllib|urllib3|asyncio|smtplib|ftplib|imaplib|poplib|telnetlib)\b")
_PROGRAMS = re.compile(r"^(?:subprocess|multiprocessing|pty|os)\b.*(?:fork|exec|spawn|Popen|popen)")
_UNREADABLE = re.compile(r"\[Errno 13\][^']{0,200}: '([^']{1,400})'$")


def failure_of(location: Location, raised: str, file: str, line: str, inner: str, beneath: str) -> LoadFailure:
    """What a process claims of an import that failed: exception line, file, line, and the innermost function.

    `beneath` is the operating system's own error in it, with the function that raised it, as `refusal_of` takes it.
    """
    number = int(line) if line.isdecimal() and len(line) < 9 else 0
    known = file[:_LONGEST] if number and location.path else ""
    return LoadFailure(
        raised=raised[:_LONGEST],
        file=location.shown(known) if known else "",
        line=number,
        elsewhere=bool(known) and known != location.path,
        refused=refusal_of(location, raised[:_LONGEST], inner[:200], beneath=beneath),
    )


def refusal_of(location: Location, raised: str, inner: str = "", *, beneath: str = "") -> str:
    """What the sandbox refused, in words, told from an exception line and the innermost function; "" when nothing.

    `beneath`: line and innermost function, with a NUL between them, of the operating system's own error, which a
    library or the program may have wrapped into another exception.
    """
    line, _, function = beneath[:_LONGEST].partition("\0")
    if line:
        return _refusal(location, _OWN_NAME.sub("OSError", line), function[:200] or inner)
    return _refusal(location, raised, inner)


def _refusal(location: Location, raised: str, inner: str) -> str:
    if _NAMELESS.search(raised[:400]):
        return "the user has no name in the sandbox"
    if raised.startswith("EOFError: EOF when reading a line"):
        return "nobody answers input() in the sandbox"
    missing = _MISSING.match(raised)
    if missing:
        return _hidden(location, missing[1])
    if _UNRESOLVED.search(raised[:400]):
        return "there is no network in the sandbox"
    found = _REFUSED.match(raised)
    if found is None:
        return ""
    if found[1] == "30":
        return "nothing can be written in the sandbox but temporary files"
    if _NETWORK.match(inner):
        return "there is no network in the sandbox"
    if _PROGRAMS.match(inner):
        return "no programs are started in the sandbox"
    unreadable = _UNREADABLE.search(raised)
    if unreadable:
        return f"{location.shown(unreadable[1])} can be neither read nor written in the sandbox"
    return "the sandbox permits neither network nor other programs"


def _hidden(location: Location, path: str) -> str:
    """That a file of the project is kept from drafts; of what lies elsewhere nothing is looked up, nor told."""
    top = location.project or location.root
    found = os.path.normpath(os.path.join(top, path))  # noqa: PTH118 - no link is followed
    if top and found.startswith(top + os.sep) and os.path.lexists(found):
        return f"{location.shown(found)} is kept from drafts in the sandbox"
    return ""
