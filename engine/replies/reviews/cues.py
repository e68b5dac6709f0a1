"""Tables of the small words that reviewers write: marks, labels, columns, and what leads to a value.

`phrases` and `languages` have whole statements; these are looked for in one place each, which their comments name.
"""

from __future__ import annotations

from . import phrases

# ------------------------------------------------------------------------------------------------- stances

DENIED = r"(?:\b(?:no|neither|nor|none|nothing|without)\b(?: (?!so\b|and\b|but\b|because\b|hence\b|therefore\b|check|handl|guard)[\w§'-]+){0,12}|(?:\b(?:not|never|hardly|cannot)\b|n't\b)(?: [\w§'-]+){0,2}) ?\Z"
"""What makes the complaint that follows it none."""
DOUBTED = r"(?:\b(?:not|cannot|hardly|disagree|never)\b|n't\b)(?: [\w§'-]+){0,3} ?\Z"
"""What makes the praise that follows it a complaint."""
HARD = (
    r"\b(?:returns?|returned|gives?|gave|raises?|throws?|wrong|incorrect(?:ly)?|fails?|crash(?:es)?|bug)\b"
    r"|[❌✗✘]|返回|错误|返す|返し|возвращает|devuelve|renvoie|gibt"
)
OF_BEFORE = (
    r"^\W*(?:\w+ ){0,2}?(?:this|that|it|these|they|which|so|such|there)\b|\b(?:specification|spec|docstring|contract|task)\b"
    r"|^(?:also|donc|por (?:lo )?tanto|portanto|значит|所以|因此|なので)"
)
"""That a remark is on what was said before it."""
ITS_FINE = r"^\W*(?:so |and |which means |therefore |hence |thus |then )?(?:that|this|it)(?:'s| is| should be)(?: \w+)? (?:fine|ok|okay|right|correct|good|alright|handled|covered|safe|valid)\b"
REMARKS = (
    r"^\W*(?:you (?:may|might|could|can)|it (?:may|might|would)|consider|optional(?:ly)?|suggestions?|nit|minor|style|for (?:readability"
    r"|clarity|robustness|performance)|as an? (?:suggestion|improvement|side note)|note|one (?:could|might|may)|not a bug)\b"
)
NEGATION = (
    r"\b(?:not|never|no|nicht|kein\w*|nie|ne|pas|jamais|não|nunca|не|никогда)\b|n't\b|没有|不|未|ない|ません|ておらず"
)
PASS_MARK, FAIL_MARK = r"[✓✔✅☑🟢]", r"[❌✗✘✖🔴🚫]"
YES = r"^\W*(?:yes|yep|yeah|it does|it is|ja|oui|sí|sim|да|是的?|はい)\b"
NO = r"^\W*(?:no|nope|not quite|not exactly|nein|non|não|нет|不是?|否|いいえ)(?!\w)"
ASKS_OF_BUGS = rf"\b{phrases.NOUN}\b|\bmissing\b|\bwrong\b|\bfehler\b|\berreurs?\b|\berror(?:es)?\b|ошиб|错误|问题|バグ"
ASPECT = (
    r"^\W*(?:\d+\W+)?(?:(?:code )?style|(?:time |space )?(?:performance|efficiency|complexity)|readability|naming|format(?:ting)?"
    r"|documentation|docstrings?|comments|maintainability|type (?:hints|annotations)|typing|security|conventions|pep ?8"
    r"|stil|leistung|laufzeit|lesbarkeit|lisibilité|rendimiento|legibilidad|desempenho|стиль|производительность"
    r"|читаемость|风格|代码风格|性能|可读性|スタイル|可読性|パフォーマンス)\b"
)
"""A heading of what is not whether the code is right: a word of praise below it speaks of that alone."""
OF_ALL = r"[:：]|\b(?:lgtm|\w*bugs?|\w*fehler\w*|erreurs?|errors?|issues?|problems?|correct\w*|korrekt|code|function|passe[sd]|pass)\b"
"""What makes even a short praise one of the whole."""
ABOUT_CODE = (
    r"§|\b(?:code|function|loop|line|method|variable|result|condition|branch|index|range|input|list|string|value|case"
    r"|return\w*|element|item|number|argument|parameter|empty|zero|implementation|specification|example|test)s?\b"
    r"|[\u3040-\u30ff\u4e00-\u9fff\u0400-\u04ff]{4}"
    r"|\b(?:funktion|schleife|zeile|liste|werte?n?|zahl(?:en)?|eingabe|ergebnis|zurück\w*|fonction|boucle|ligne|valeurs?|résultat|élément|renvoie"
    r"|función|bucle|línea|lista|valor(?:es)?|resultado|entrada|elemento|devuelve|função|laço|linha|retorna|número|nombre)s?\b"
)
NONE = r"^\W*(?:none|n/a|nothing|keine?|aucune?|ningun[oa]|nenhum\w?|нет|无|没有|なし)(?!\w)"
ASKS_OF_ALL = r"\b(?:candidate|code|function|implementation|it|solution|bugs?)\b|代码|函数|код"

# ------------------------------------------------------------------------------------------------- units, tables

LABELS: dict[str, str] = {
    "call": r"(?:failing |test |sample |counter ?)?(?:(?:what|how) (?:you|it is) (?:call|run)(?:ed)?|input|example|test(?: case)?|call|reproduc\w+|counterexample|shown by|eingabe|beispiel|entrée|exemple|entrada|ejemplo|exemplo|ввод|пример|输入|输入示例|示例|例如|例子|入力|例)s?",
    "comes_out": r"(?:(?:actual|current|observed|incorrect|wrong|returned|real) )?(?:(?:what )?(?:you|it|the code|the function) (?:really |actually |currently )?(?:gets?|gives?|returns?|does)|actual|got|output|result|behaviou?r|returns|comes out|gives|value|tatsächlich|ausgabe|obtenu|actuel|obtenido|actual|salida|obtido|saída|фактически|получено|实际|实际输出|实际结果|输出|実際)",
    "should_be": r"(?:(?:what )?(?:you|it|the code|the function) should (?:get|give|return|be|do)|expected|correct|desired|should be|should return|should give|should|want(?:ed)?|erwartet|attendu|esperado|ожидается|должно быть|预期|期望|应为|正确|期待)(?: (?:output|result|value|behaviou?r|return(?: value)?))?(?:输出|结果|值)?",
    "advice": r"(?:suggested |recommended |possible |proposed |the )?(?:fix(?:es)?|correction|solution|suggestion|recommendation|corrected (?:code|version|line)|remedy|lösung|korrektur|solución|correção|исправление|修复|修正|建议|修改建议|改正)",
    "about": r"(?:severity|impact|reason|why|explanation|cause|root cause|location|where|line|code|details?|note|category|type|description|consequence|effect|原因|位置|说明|描述|影响|理由)",
}
COLUMNS = {
    "call": r"input|call|example|test|case|arguments?|eingabe|entrée|entrada|ввод|输入|入力",
    "comes_out": r"actual|got|output|returns?|result|gives|current|returned|实际|実際|ausgabe|obtenu",
    "should_be": r"expected|should|correct|want|erwartet|attendu|esperado|预期|期望|期待",
    "line": r"lines?|line no\.?|#|zeile|ligne|línea|linha|行",
    "quote": r"code|source|statement|snippet|代码",
    "claim": r"bugs?|issues?|problems?|descriptions?|does|errors?|findings?|what|explanation|问题|problem|fehler|erreur",
    "status": r"status|verdict|pass(?:es)?\??|ok\??|correct\?|result\??|match(?:es)?\??|✓|状态|结果",
}
"""Heads of columns, by the part of a finding that stands below them."""

# ------------------------------------------------------------------------------------------------- results

GIVES = (
    r"\b(?:returns?|returned|returning|gives?|gave|yields?|outputs?|prints?|produces?|produced|evaluates to|results? in|raises?|throws?|got|actual(?:ly)?|computed(?: value| result)?|is computed as|becomes|comes out as"
    r"|gibt|liefert|ergibt|renvoie|retourne|donne|devuelve|retorna|lanza|da|devolve|resulta em|lança|возвращает|даёт|выдаёт|вернёт|выбрасывает)\b"
    r"|->|→|⟶|=>|⇒|返回了?|得到|输出|抛出|输出了|結果は|実際は|実際:|会抛出"
)
SHOULD = (
    r"\b(?:should(?: (?:be|have been|return|have returned|give|yield|raise|output|print|produce|equal|evaluate to|rather be|instead be|instead return))?|expect(?:ed|s|ing)?|must (?:be|return|give)|ought to be|(?:correct|right|true|proper) (?:answer|result|value|output)(?: is| would be| should be)?|(?:specification|docstring|spec|example|doc|documentation) (?:implies|says|promises|wants|asks for|requires|demands|states|gives|shows|expects)|supposed to (?:be|return|give)|asks for|demands|requires|wants"
    r"|sollte|müsste|erwartet(?: wird)?|richtig wäre|devrait(?: (?:être|renvoyer|retourner|donner))?|attendu|debería(?: (?:ser|devolver|retornar|dar))?|esperado|se esperaba|esperaba|deveria(?: (?:ser|devolver|retornar|dar))?|esperava|должн\w+(?: (?:быть|вернуть|возвращать(?:ся)?))?|ожида\w+|правильно)\b"
    r"|应该?(?:是|为|返回|得到|当(?:是|返回))?|應該?(?:是|為|返回)?|预期(?:结果|输出)?(?:是|为)?|期望(?:值|结果|输出)?(?:是|为)?|正确(?:答案|结果)(?:是|应为|应该是)|期待値?は?|正しくは"
)
INSTEAD = (
    r"\b(?:instead of|rather than|in place of|not|statt|anstatt|anstelle von|au lieu d(?:e|')|plutôt que|en lugar de|en vez de|em vez de|ao invés de|вместо|а не)\b"
    r"|而不是|而非|不是|ではなく"
)
AFTER_SHOULD = r"\s*(?:を|が)?\s*(?:返す|返され|出力す|にな)?\w{0,3}(?:べき|必要|はず|正しい|期待)|\s+(?:wird|was|is|were) expected|\s+erwartet|\s+zurückgeben (?:sollte|müsste)"
AFTER_GIVES = (
    r"\s*を返し|\s*を返す(?!べ)|\s*にな(?:り|っ)|\s*が返|\s+(?:zurück|is returned|wird zurückgegeben|comes out)"
)
STEP = r"[\s:=*_]*(?:(?:an?|the|value|result|output|to|be|of|with|that|it|as|only|just|list|string|wrong|incorrect|exactly|der|die|das|ein|eine|le|la|un|une|el|valor|o|um|von|wert|de)\b[\s:=]*){0,4}"

VALUES = {
    r"(?:an? )?(?:empty (?:list|array)|leere liste|liste vide|lista vac[íi]a|lista vazia|пустой список)|空列表|空のリスト": "[]",
    r"(?:an? )?(?:empty (?:string|text)|leerer string|chaîne vide|cadena vac[íi]a|string vazia|пуст(?:ая|ую) строк[ау])|空字符串|空文字列?": "''",
    r"(?:an? )?empty dict(?:ionary)?": "{}",
    r"(?:an? )?empty tuple": "()",
    r"(?:an? )?empty set": "set()",
    r"true\b": "True",
    r"false\b": "False",
    r"(?:null|none)\b": "None",
    r"zero\b": "0",
}
"""Words for values; the first five stand for nothing else."""

# ------------------------------------------------------------------------------------------------- claims

LINE = r"\b(?:lines?|zeilen?|lignes?|l[íi]neas?|linhas?|строк\w{0,3})\s+(?:no\.?\s*|number\s*|nº\s*|#)?`?(\d{1,5})|第\s*(\d{1,5})\s*行|(\d{1,5})\s*行目"
ADVICE = (
    r"^\W*(?:here(?:'s| is| are) (?:the |a |an |my |how )?(?:\w+ )?(?:corrected|fixed|revised|improved|updated|better|working|fix|version|code|solution|implementation|to)\b|below is|(?:a|the|one|possible|suggested|recommended|proposed)? ?(?:fix|correction|solution|recommendation)s?\b|to fix|to correct|(?:the )?(?:corrected|fixed|revised|improved)"
    r"|修复|修改|修正|korrigiert|voici|aquí|aqui|исправленн)"
)
NEXT = r"^\W*(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|lastly|finally|also|additionally|another|moreover|furthermore|in addition|besides|(?:the )?(?:first|second|third|next|other) (?:bug|issue|problem|one)|bug|issue|problem)\b"
