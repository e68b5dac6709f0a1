"""What a sentence says that comes out of a call, and what it says should."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...examples import values
from ...examples.scan import closing

_GIVES = (
    r"\b(?:returns?|returned|returning|gives?|gave|yields?|outputs?|prints?|produces?|produced|evaluates to|results? in|raises?|throws?|got|actual(?:ly)?|computed(?: value| result)?|is computed as|becomes|comes out as"
    r"|gibt|liefert|ergibt|renvoie|retourne|donne|devuelve|retorna|lanza|da|devolve|resulta em|lança|возвращает|даёт|выдаёт|вернёт|выбрасывает)\b"
    r"|->|→|⟶|=>|⇒|返回了?|得到|输出|抛出|输出了|結果は|実際は|実際:|会抛出"
)
_SHOULD = (
    r"\b(?:should(?: (?:be|have been|return|have returned|give|yield|raise|output|print|produce|equal|evaluate to|rather be|instead be|instead return))?|expect(?:ed|s|ing)?|must (?:be|return|give)|ought to be|correct (?:answer|result|value|output)(?: is| would be| should be)?|(?:specification|docstring|spec|example|doc|documentation) (?:implies|says|promises|wants|asks for|requires|demands|states|gives|shows|expects)|supposed to (?:be|return|give)|asks for|demands|requires|wants"
    r"|sollte|müsste|erwartet(?: wird)?|richtig wäre|devrait(?: (?:être|renvoyer|retourner|donner))?|attendu|debería(?: (?:ser|devolver|retornar|dar))?|esperado|se esperaba|esperaba|deveria(?: (?:ser|devolver|retornar|dar))?|esperava|должн\w+(?: (?:быть|вернуть|возвращать(?:ся)?))?|ожида\w+|правильно)\b"
    r"|应该?(?:是|为|返回|得到|当(?:是|返回))?|應該?(?:是|為|返回)?|预期(?:结果|输出)?(?:是|为)?|期望(?:值|结果|输出)?(?:是|为)?|正确(?:答案|结果)(?:是|应为|应该是)|期待値?は?|正しくは"
)
_INSTEAD = (
    r"\b(?:instead of|rather than|in place of|not|statt|anstatt|anstelle von|au lieu d(?:e|')|plutôt que|en lugar de|en vez de|em vez de|ao invés de|вместо|а не)\b"
    r"|而不是|而非|不是|ではなく"
)
_AFTER_SHOULD = re.compile(
    r"\s*(?:を|が)?\s*(?:返す|返され|出力す|にな)?\w{0,3}(?:べき|必要|はず|正しい|期待)|\s+(?:wird|was|is|were) expected|\s+erwartet|\s+zurückgeben (?:sollte|müsste)"
)
_AFTER_GIVES = re.compile(
    r"\s*を返し|\s*を返す(?!べ)|\s*にな(?:り|っ)|\s*が返|\s+(?:zurück|is returned|wird zurückgegeben|comes out)"
)
_CUE = re.compile(rf"(?P<gives>{_GIVES})|(?P<instead>{_INSTEAD})|(?P<should>{_SHOULD})", re.IGNORECASE)
_STEP = re.compile(
    r"[\s:=*_]*(?:(?:an?|the|value|result|output|to|be|of|with|that|it|as|only|just|list|string|wrong|incorrect|exactly|der|die|das|ein|eine|le|la|un|une|el|valor|o|um|von|wert|de)\b[\s:=]*){0,4}",
    re.IGNORECASE,
)
_SCALAR = re.compile(
    r"-?(?:\d[\d_]*\.\d+(?:e[-+]?\d+)?|\d[\d_]*(?:e[-+]?\d+)?)(?![\w])|(?:True|False|None|inf|nan)\b|\"[^\"\n]{0,80}\"|'[^'\n]{0,80}'(?!\w)"
)
_ERROR = re.compile(r"`?\b((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Iteration|Warning|Exit))\b`?")
_WORDS = (
    (re.compile(r"(?:an? )?(?:empty (?:list|array)|空列表|空のリスト|leere liste|liste vide|lista vac[íi]a|lista vazia|пустой список)", re.I), "[]"),
    (re.compile(r"(?:an? )?(?:empty (?:string|text)|空字符串|空文字列?|leerer string|chaîne vide|cadena vac[íi]a|string vazia|пуст(?:ая|ую) строк[ау])", re.I), "''"),
    (re.compile(r"(?:an? )?empty (?:dict|dictionary)", re.I), "{}"),
    (re.compile(r"(?:an? )?empty tuple", re.I), "()"),
    (re.compile(r"(?:an? )?empty set", re.I), "set()"),
    (re.compile(r"(?:true)\b", re.I), "True"),
    (re.compile(r"(?:false)\b", re.I), "False"),
    (re.compile(r"(?:null|none)\b", re.I), "None"),
    (re.compile(r"zero\b", re.I), "0"),
)  # fmt: skip
_LONGEST = 200


class Results(NamedTuple):
    """Both, "" for what was not said."""

    comes_out: str = ""
    should_be: str = ""

    @property
    def agree(self) -> bool | None:
        """Whether both are the same, None when not both were said."""
        if not (self.comes_out and self.should_be):
            return None
        return _plain(self.comes_out) == _plain(self.should_be)


def results(text: str) -> Results:
    """The first result and the first expectation that a text spells.

    >>> results("returns `3`, should be `4`"), results("gives 1 instead of 0.")
    (Results(comes_out='3', should_be='4'), Results(comes_out='1', should_be='0'))
    """
    out = should = ""
    first = None
    for cue in _CUE.finditer(text[:4000]):
        value, end = _value(text, cue.end())
        if not value:
            continue
        after = text[end : end + 40]
        if cue["should"]:
            should = should or value
        elif cue["instead"]:
            if "ではなく" in cue[0]:
                continue
            # "returns X instead of Y" wants Y; "should return X instead of Y" wants X.
            out, should = (out or value, should) if should and not out else (out, should or value)
        elif _AFTER_SHOULD.match(after):
            should = should or value
        else:
            out = out or value
        first = first or cue
    return _postponed(text, out, should)


def _postponed(text: str, out: str, should: str) -> Results:
    """Values whose verb follows them (`2` を返しますが、`3` を返すべき)."""
    for span in re.finditer(r"`([^`\n]{1,100})`", text[:2000]):
        after = text[span.end() : span.end() + 40]
        if _AFTER_SHOULD.match(after) or after.lstrip().startswith("ではなく"):
            should = should or span[1]
        elif _AFTER_GIVES.match(after):
            out = out or span[1]
    return Results(out, should)


def _value(text: str, at: int) -> tuple[str, int]:
    """The value that follows a cue, and where it ends; ("", at) when none follows at once."""
    at = max((step.end() for step in [_STEP.match(text, at)] if step), default=at)
    if error := _ERROR.match(text, at):
        return error[1], error.end()
    if text[at : at + 1] == "`":
        end = text.find("`", at + 1, at + _LONGEST)
        return (text[at + 1 : end].strip(), end + 1) if end > 0 else ("", at)
    if text[at : at + 1] in {"[", "(", "{"}:
        end = closing(text, at)
        value = text[at:end]
        return (value, end) if end and len(value) <= _LONGEST and values.spelled(value) is not None else ("", at)
    if scalar := _SCALAR.match(text, at):
        return scalar[0], scalar.end()
    for words, value in _WORDS:
        if found := words.match(text, at):
            return value, found.end()
    return "", at


def stated(text: str) -> str:
    """The value of a field that should hold one: without Markdown and closing words, a word for it as the value."""
    text = text.strip()
    if re.fullmatch(r"`[^`]+`[.,;]?", text):
        return text.strip(".,;").strip("`").strip()
    for words, value in _WORDS[:5]:
        if words.fullmatch(text.rstrip(".")):
            return value
    value, end = _value(text, 0)
    rest = text[end:].strip(" .,;)")
    # "`1` (wrong)" means 1; "2 of them" means what it says.
    return value if value and (not rest or rest.startswith(("(", "–", "—", "#", "✗", "❌", "✓", "✅"))) else text


def _plain(value: str) -> str:
    return values.spelled(value) or value.strip("`'\" ")
