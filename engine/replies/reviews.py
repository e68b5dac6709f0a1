"""A reviewer's reply made into a review: JSON if there is any, else an all-clear in the first line, else bullets."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Literal, cast

from ..examples.doctests import interactive_examples
from ..facts import Example, Finding, Review
from . import fences
from .python import parsed
from .quotes import line_of
from .schema import FINDINGS

_LONGEST_READ, _LONGEST_TEXT = 400_000, 65_536
"""Characters of a reply that are read, and that are kept."""
_LONGEST_CLAIM, _LONGEST_PART = 600, 500
_ATTEMPTS = 12
"""Places at which a JSON object is tried; each costs up to the length of the text."""
_NAMES = {
    "quote": ("quote", "code", "line_text", "snippet"),
    "claim": ("claim", "description", "issue", "bug", "problem", "explanation", "message"),
    "call": ("call", "input", "example"),
    "comes_out": ("comes_out", "actual", "got", "output"),
    "should_be": ("should_be", "expected", "should"),
}
"""Keys that models use in place of ours."""
_CLEAN = re.compile(
    r"(?:(?:verdict|answer|review|result)\W+)?(?:"
    r"(?:there (?:are|is) |i (?:found|see|find) )?no (?:known |obvious |apparent )?(?:bugs?|issues?|errors?|problems?)"
    r"(?: (?:were |was )?(?:found|detected|identified|present))?(?: in (?:the|this) \w+)?"
    r"|(?:the |this |your )?(?:code|function|implementation|body|solution|it)?\s*(?:looks|is|appears|seems)(?: to be)? "
    r"(?:already )?(?:correct|right|fine|good|bug[- ]free)"
    r"|lgtm|correct|clean|none)\s*(?:[.!:;,—-]|$)"
)
_BULLET = re.compile(r"^\s{0,6}(?:[-*•+]|\d{1,2}[.)]|(?=\**lines?\s+\d))\s*", re.IGNORECASE)
_LINE = re.compile(r"\blines?\s+#?(\d{1,5})", re.IGNORECASE)
_COMPLAINT = re.compile(
    r"\b(?:should|instead|bugs?|wrong|incorrect(?:ly)?|missing|fails?|never|off[- ]by[- ]one|must)\b", re.IGNORECASE
)
_SAYS_CLEAN = frozenset({"clean", "no bugs", "no_bugs", "none", "correct", "ok", "pass"})


def review(text: str, draft_id: str, source_code: str, model: str) -> Review:
    """The review of one draft. `source_code` is the function as the reviewer saw it: quotes are looked up in it.

    A reply that is neither a report nor an all-clear has the verdict "unreadable".
    """
    text = text[:_LONGEST_READ].encode("utf-8", "replace").decode()
    source = source_code.split("\n")
    said = re.sub(r"\A\s*<think>.*?(?:</think>|\Z)", "", text, flags=re.DOTALL)
    verdict, raw = _from_json(said) or _from_prose(said, source)
    findings = tuple(_finding(parts, source) for parts in raw[:FINDINGS])
    if verdict == "clean":
        # A verdict of "clean" over a call that shows a bug: the call is executed, the verdict is only an opinion.
        findings = tuple(f for f in findings if f.call and f.should_be and f.comes_out != f.should_be)
        verdict = "bugs" if findings else "clean"
    return Review(
        draft=draft_id, verdict=cast("Verdict", verdict), findings=findings, text=text[:_LONGEST_TEXT], model=model
    )


Verdict = Literal["bugs", "clean", "unreadable"]

# ------------------------------------------------------------------------------------------------- JSON

Parts = dict[str, str]
"""What a reply says of one finding, by our names, and "line"."""


def _from_json(text: str) -> tuple[str, list[Parts]] | None:
    for candidate in _json_texts(text):
        value = _decoded(candidate)
        if isinstance(value, dict) and (read := _read_object(cast("dict[str, object]", value))):
            return read
        if isinstance(value, list):
            listed = [_parts(item) for item in cast("list[object]", value)]
            if listed and all(listed):
                return "bugs", [parts for parts in listed if parts]
    return _from_broken_json(text)


def _json_texts(text: str) -> Iterator[str]:
    for block in fences.blocks(text):
        yield block.strip()
    starts = [match.start() for match in re.finditer(r"\{\s*\"|\{\s*\}|\[\s*\{", text)]
    for start in starts[:_ATTEMPTS]:
        yield text[start:]


def _decoded(text: str) -> object:
    """The JSON value a text begins with, None when there is none."""
    if text[:1] not in {"{", "["}:
        return None
    decoder = json.JSONDecoder(strict=False)
    for attempt in (text, re.sub(r",(\s*[}\]])", r"\1", text)):
        try:
            return decoder.raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _read_object(value: dict[str, object]) -> tuple[str, list[Parts]] | None:
    listed = next((value[key] for key in ("findings", "bugs", "issues") if isinstance(value.get(key), list)), None)
    said = str(value.get("verdict", "")).strip().lower()
    if listed is None:
        single = _parts(value) if "claim" in value or "quote" in value else None
        if single:
            return "bugs", [single]
        return (_verdict(said, []), []) if said in _SAYS_CLEAN or said == "bugs" else None
    found = [parts for item in cast("list[object]", listed) if (parts := _parts(item))]
    return _verdict(said, found), found


def _verdict(said: str, found: list[Parts]) -> str:
    if said in _SAYS_CLEAN:
        return "clean"
    return "bugs" if found or said == "bugs" else "clean"


def _from_broken_json(text: str) -> tuple[str, list[Parts]] | None:
    """The whole findings at the front of an object that was cut off."""
    begun = re.search(r"\"(?:findings|bugs|issues)\"\s*:\s*\[", text)
    if not begun:
        return None
    found: list[Parts] = []
    at = begun.end()
    while len(found) < FINDINGS and (opening := re.compile(r"[\s,]*(?=\{)").match(text, at)):
        try:
            value, at = json.JSONDecoder(strict=False).raw_decode(text, opening.end())
        except (ValueError, RecursionError):
            break
        if parts := _parts(value):
            found.append(parts)
    said = re.search(r"\"verdict\"\s*:\s*\"([^\"]{1,20})\"", text[at:])
    if said:
        return _verdict(said[1].lower(), found), found
    return ("bugs", found) if found else None


def _parts(item: object) -> Parts | None:
    if isinstance(item, str):
        return {"claim": item} if item.strip() else None
    if not isinstance(item, dict):
        return None
    given = cast("dict[str, object]", item)
    parts = {
        name: _said(next((given[key] for key in keys if given.get(key) is not None), ""))
        for name, keys in _NAMES.items()
    }
    parts["line"] = _said(given.get("line", given.get("line_number", "")))
    return parts if any(parts[name] for name in ("quote", "claim", "call")) else None


def _said(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    return "" if value is None else repr(value)


# ------------------------------------------------------------------------------------------------- prose


def _from_prose(text: str, source: list[str]) -> tuple[str, list[Parts]]:
    if _all_clear(text):
        return "clean", []
    found = list(_from_bullets(text, source))
    return ("bugs", found) if found else ("unreadable", [])


def _all_clear(text: str) -> bool:
    """Whether the first line says that there is nothing, and says no "but"."""
    first = next((line for line in text.split("\n") if re.search(r"\w", line)), "")
    plain = re.sub(r"[*_#>`\"']", "", first).strip().lower()
    return bool(_CLEAN.match(plain)) and not re.search(
        r"\b(?:but|except|however|although|apart|besides|other than)\b", plain
    )


def _from_bullets(text: str, source: list[str]) -> Iterator[Parts]:
    """The paper's report: "line X does Y, should do Z". A bullet that complains of nothing is no finding."""
    for bullet in _bullets(text):
        line = _LINE.search(bullet)
        pieces = [piece for piece in re.findall(r"`+([^`\n]+)`+", bullet) if piece.strip()]
        quote = next((piece for piece in pieces if line_of(piece, source) is not None), "")
        if not (line or quote) or not (line or _COMPLAINT.search(bullet)):
            continue
        others = [piece for piece in pieces if piece != quote]
        call = next((call for piece in others if (call := _call(piece)[0])), "")
        yield {"claim": bullet, "quote": quote, "call": call, "line": line[1] if line else "", **_results(bullet, call)}


def _bullets(text: str) -> Iterator[str]:
    open_bullet: list[str] = []
    for line in text.split("\n"):
        marker = _BULLET.match(line)
        if marker or not line.strip():
            if open_bullet:
                yield " ".join(open_bullet)
            open_bullet = [line[marker.end() :].strip()] if marker else []
        elif open_bullet:
            open_bullet.append(line.strip())
    if open_bullet:
        yield " ".join(open_bullet)


def _results(bullet: str, call: str) -> Parts:
    """ "`f(2)` returns `3`, should be `4`": what comes out and what should, where the bullet says so in this way."""
    if not call:
        return {}
    tail = bullet[bullet.find(call) + len(call) :]
    gives = re.search(r"\b(?:returns|gives|yields|outputs|is|→|->)\s+`([^`\n]+)`", tail)
    should = re.search(r"\bshould\s+(?:be|return|give|yield|output)\s+`([^`\n]+)`", tail)
    return {"comes_out": gives[1] if gives else "", "should_be": should[1] if should else ""}


# ------------------------------------------------------------------------------------------------- findings


def _finding(parts: Parts, source: list[str]) -> Finding:
    number = re.search(r"\d{1,5}", parts.get("line", ""))
    quote = parts.get("quote", "").strip("`").strip("\n")[:_LONGEST_PART]
    call, expected = _call(parts.get("call", ""))
    return Finding(
        claim=(parts.get("claim") or parts.get("should_be") or parts.get("quote", ""))[:_LONGEST_CLAIM],
        quote=quote,
        line=line_of(quote, source, int(number[0]) if number else None),
        call=call,
        comes_out=parts.get("comes_out", "")[:_LONGEST_PART],
        should_be=(parts.get("should_be") or expected)[:_LONGEST_PART],
    )


def _call(text: str) -> tuple[str, str]:
    """An expression that calls something, and what it is compared with, if it is; ("", "") for anything else."""
    text = text.strip().strip("`").strip()
    if text.startswith(">>>"):
        session, _ = interactive_examples(re.sub(r"\A>>>\s*", ">>> ", text[:_LONGEST_PART]))
        shown = session[0].example(0) if session else Example(source="")
        call, expected = _called(shown.source)
        return call, (expected or shown.raises or shown.want.strip()) if call else ""
    return _called(text)


def _called(text: str) -> tuple[str, str]:
    tree = parsed(text) if len(text) <= _LONGEST_PART else None
    if tree is None or len(tree.body) != 1:
        return "", ""
    statement = tree.body[0]
    claim = (
        statement.value
        if isinstance(statement, ast.Expr)
        else statement.test
        if isinstance(statement, ast.Assert)
        else None
    )
    if claim is None or not any(isinstance(node, ast.Call) for node in ast.walk(claim)):
        return "", ""
    if isinstance(claim, ast.Compare) and len(claim.ops) == 1 and isinstance(claim.ops[0], ast.Eq):
        return (ast.unparse(claim.left), ast.unparse(claim.comparators[0])) if _calls(claim.left) else ("", "")
    return (text if isinstance(statement, ast.Expr) else ast.unparse(claim)), ""


def _calls(tree: ast.expr) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(tree))
