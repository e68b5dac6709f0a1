"""The same in other languages: German, French, Spanish, Portuguese, Russian, Chinese, Japanese."""

from __future__ import annotations

_NOUNS = r"(?:fehler|bugs?|probleme?|mängel|beanstandungen|erreurs?|problèmes?|anomalies?|errore?s|error|fallos?|fallas?|problemas?|erros?|falhas?|defeitos?|ошиб(?:ок|ки|ка)|багов|багa?|проблем[ы]?|недостатков)"

NO_BUG = (
    r"\b(?:keine?|keine[mnrs]|keinerlei)(?: \w+){0,2} (?:fehler|bugs?|probleme?|mängel|beanstandungen|änderungen)\b(?: (?:gefunden|vorhanden|entdeckt|festgestellt))?|\b(?:nichts|nicht(?:s)?) (?:zu beanstanden|auszusetzen|falsch|zu ändern)\b|\bfehlerfrei\b|\bohne (?:fehler|befund)\b|\bkeine (?:einwände|anmerkungen|bedenken)\b",
    r"\b(?:aucune?|sans(?: aucune?)?|pas (?:de|d')|ni) ?(?:\w+ ){0,2}?(?:bugs?|erreurs?|problèmes?|anomalies?|défauts?|correction)\b(?: (?:n'(?:a été|est)|trouvée?|détectée?|à signaler)[ \w]{0,30})?|\brien à (?:signaler|corriger|redire)\b",
    r"\bno hay nada (?:que|mal|incorrecto)\b|\bnada que (?:corregir|objetar|señalar)\b|\b(?:no (?:hay|se (?:han |ha )?(?:encontr\w+|detect\w+|observ\w+|identific\w+)|encontr\w+|encuentro|veo|he encontrado|contiene|tiene|presenta|existen)(?: \w+){0,2}|sin|ningún|ninguna) (?:bugs?|errore?s|error|problemas?|fallos?|fallas?)\b(?: (?:encontrados?|detectados?))?|\bningún (?:bug|error|problema|fallo)\b",
    r"\bnão (?:há|tem|vejo|encontrei) (?:nada|problema)(?: de)? ?(?:errado|a (?:corrigir|apontar)|incorreto)?|\bnada (?:de errado|a (?:corrigir|apontar))\b|\b(?:nenhum|nenhuma|não (?:há|foram encontrad\w+|encontrei|foi encontrad\w+|existem|contém|tem|vejo)(?: \w+){0,2}|sem) (?:bugs?|erros?|problemas?|falhas?|defeitos?)\b(?: (?:foi |foram )?(?:encontrad\w+|detectad\w+))?",
    r"\b(?:ошибок|багов|проблем|недостатков|замечаний)(?: в (?:\w+ ){0,2}\w+)? (?:не (?:найдено|обнаружено|обнаружил\w*|нашёл|нашел|вижу|выявлено|содержит\w*)|нет)\b|\b(?:нет|без|не (?:найдено|обнаружено|обнаружил\w*|содержит|нашёл|нашел|вижу|выявлено|имеет)(?: \w+){0,2}) (?:\w+ )?(?:ошибок|багов|проблем|недостатков)\b",
    r"(?:没有|未|并未|无|沒有|並無|不存在|没)(?:发现|找到|检测到|看到|存在|發現|任何|明显的?|其他|什么|有|的){0,4}(?:bug|错误|問題|问题|缺陷|錯誤|漏洞|异常)(?:或(?:bug|错误|问题|缺陷))?|(?:无误|無誤|无需修改|無需修改|没问题|沒問題|不需要修改)",
    r"(?:バグ|問題|誤り|エラー|不具合|間違い|欠陥|指摘事項)(?:点)?(?:は|が|も)?(?:特に|一切|何も|見当たり|見つかり|あり|ござい)*(?:ません|ない|なし|無し|無い)(?:でした)?",
)
_SUBJECTS = r"(?:code|funktion|implementierung|lösung|methode|programm|es|das|dies|alles|fonction|implémentation|solution|méthode|programme|il|elle|cela|tout|ça|código|función|implementación|solución|método|programa|todo|esto|função|implementação|solução|tudo|isso|код|функция|реализация|решение|метод|программа|всё|все|это|она|он|candidate?o?)"
RIGHT = (
    rf"\b{_SUBJECTS}\b(?: [\w§,]+){{0,4}}? (?:ist|sieht|wirkt|scheint|arbeitet|funktioniert|verhält sich|macht)(?: \w+){{0,3}}? (?:korrekt|richtig|fehlerfrei|einwandfrei|gut aus|in ordnung|gut|(?:genau )?(?:wie|was|das,? was)\b.{{0,30}} (?:erwartet|vorgesehen|gefordert|beschrieben|spezifiziert|verlangt|sagt))\b|^(?:sieht|passt|stimmt|korrekt|richtig)\b|\b(?:erfüllt|entspricht)(?: \w+){{0,4}} (?:spezifikation|anforderungen?|vorgaben?|beschreibung|docstring)\b|\bkorrekt (?:implementiert|umgesetzt)\b",
    rf"\b{_SUBJECTS}\b(?: [\w§,]+){{0,4}}? (?:est|semble|paraît|fonctionne|fait)(?: \w+){{0,2}}? (?:correcte?(?:ment)?|juste|bonne?|bon|bien|conforme|valide|comme (?:prévu|attendu)|(?:exactement )?ce que\b.{{0,30}} (?:demande|dit|prévoit|attend|exige))\b|\b(?:respecte|satisfait|suit)(?: \w+){{0,3}} (?:spécifications?|spec|consignes?|exigences?|docstring|contrat)\b|\bimplémente correctement\b",
    rf"\b{_SUBJECTS}\b(?: [\w§,]+){{0,4}}? (?:es|está|parece|funciona|hace)(?: \w+){{0,2}}? (?:correct[oa](?:mente)?|bien|perfect[oa]|válid[oa]|como se espera(?:ba)?|adecuad\w+|(?:exactamente )?lo que\b.{{0,30}} (?:pide|dice|exige|indica))\b|\b(?:cumple|satisface|sigue|respeta)(?: \w+){{0,4}} (?:especificación|especificaciones|requisitos|docstring)\b|\bimplementa correctamente\b",
    rf"\b{_SUBJECTS}\b(?: [\w§,]+){{0,4}}? (?:está|é|parece|funciona|faz)(?: \w+){{0,2}}? (?:corret[oa](?:mente)?|cert[oa]|perfeit[oa]|válid[oa]|como esperado|bem|(?:exatamente )?o que\b.{{0,30}} (?:pede|diz|exige|indica))\b|\b(?:atende|cumpre|segue|satisfaz|respeita)(?: \w+){{0,3}} (?:especificação|requisitos|docstring)\b|\bimplementa corretamente\b",
    rf"\b{_SUBJECTS}\b(?: [\w§,]+){{0,4}}? (?:правильн\w+|корректн\w+|верн\w+|как (?:ожидается|надо|требуется|описано))|\b(?:работает|реализован\w*|написан\w*|выполнен\w*)(?: \w+){{0,2}}? (?:правильн\w+|корректн\w+|верн\w+|как (?:ожидается|надо|требуется|описано))\b|\b(?:соответствует|удовлетворяет|отвечает) (?:\w+ )?(?:спецификаци\w+|требовани\w+|описани\w+|докстринг\w*|документаци\w+)|\b(?:код|функция|реализация|решение) (?:\w+ )?(?:верен|верна|верно|прав\w+)\b|\bделает (?:\w+ )?то,? что|\bв порядке\b",
    r"(?:正确(?:地)?(?:实现|地实现|处理了|满足)|(?:实现|代码|函数|逻辑|结果)(?:都|均|完全|是|很|看起来|也|已经){0,3}(?:正确|没错|正确的|对的)|完全正确|(?:符合|一致)(?:了)?(?:规范|要求|文档|规格|预期|说明|描述|该)|与(?:文档|规范|规格|要求|说明|描述)[^，。]{0,8}一致|正確(?:地)?實現|符合規[範格]|满足(?:了)?(?:规范|要求|所有|需求|文档)|(?:审查|審查|评审|测试)?通过(?:审查|了|所有|全部)?(?:测试)?(?=[。！]|$))",
    r"(?:正しく(?:実装|動作|機能|処理)|(?:コード|関数|実装|ロジック)(?:は|が)?(?:完全に|おおむね)?(?:正しい|正常)|仕様(?:どおり|通り|を満た|に従|に準拠|に合致|に沿)|要件を満た|問題なく|仕様と一致)",
)
WRONG = (
    r"\b(?:statt|anstatt|anstelle|au lieu|plutôt que|en lugar|en vez|em vez|ao invés|вместо|а не)\b",
    r"\b(?:sollte|müsste|muss|devrait|doit|debería|debe|deveria|deve|должн\w+|следует|нужно)\b",
    r"\bnicht (?:\w+ )?(?:korrekt|richtig|behandelt|berücksichtigt|geprüft|erfüllt|beachtet|entfernt)|\bfalsch\w*\b|\bfehlerhaft\w*\b|\binkorrekt\b|\b(?:einen?|folgende[nr]?|ein(?:ige)?|zwei|drei) (?:\w+ )?(?:fehler|bugs?|probleme?)\b|\b(?:widerspricht|verletzt|vergessen|ignoriert|übersieht|abgebrochen|verloren|fehlt|fehlen|fehler|scheitert|vergisst|schlägt fehl)\b",
    r"\b(?:n'est|ne (?:sont|gère|vérifie|prend|respecte|fonctionne|renvoie|traite)) (?:\w+ ){0,2}?pas\b|\bincorrecte?s?\b|\bfauss?e?s?\b|\b(?:une|un|des|deux|l')[ ]?(?:\w+ )?(?:erreurs?|bugs?|problèmes?)\b|\berreur\b|\béchoue\b|\bmanque\b|\boublie\b|\bmauvaise?s?\b",
    r"\bno (?:es|está|maneja|devuelve|cumple|considera|comprueba|funciona|se (?:maneja|tiene|comprueba|elimin)\w*)\b|\bincorrect[oa]s?\b|\b(?:un|una|hay|el|los|varios|dos) (?:\w+ )?(?:errore?s|error|bugs?|problemas?|fallos?)\b|\bfalla\b|\bfalta\b|\bequivocad[oa]\b|\berróne[oa]\b",
    r"\bnão (?:é|está|trata|devolve|retorna|cumpre|considera|verifica|funciona|atende|remove)\b|\bincorret[oa]s?\b|\b(?:um|uma|há|o|os|dois) (?:\w+ )?(?:erros?|bugs?|problemas?|falhas?)\b|\bfalha\b|\bfalta\b|\berrad[oa]s?\b",
    r"\bневерн\w+|\bнеправильн\w+|\bнекорректн\w+|\bне (?:учитывает\w*|обрабатывает\w*|проверяет\w*|возвращает\w*|соответствует|работает|удаля\w+|включа\w+)|\bошибк[аиуе]\b|\bошибочн\w+|\bбаг\w*\b|\bпроблем[аыу]\b|\bпропуска\w+|\bзабы\w+|\bотсутству\w+",
    r"(?:错误|錯誤|不正确|不正確|有误|有誤|应该?(?:是|为|返回|初始化|包含|使用|改|从|要|当)?|應該?|而不是|而非|缺少|缺失|遗漏|没有(?:包含|处理|考虑|检查|去除|正确)|未(?:处理|考虑|检查|包含|正确|能)|存在(?:问题|bug)|有(?:一个|个|两个|以下)?(?:问题|bug)|失败|bug|问题(?!。)|会(?:抛出|引发|报错|出错|导致)|忽略|不对|不對|不符|不一致|多余|少了|漏掉|漏了|无法|不能|没能|越界|出错)",
    r"(?:バグ(?:が)?あ(?:り|る)|間違|誤(?:り|って)|不正確|正しくな|正しくあ|べき|ではなく|の代わりに|していな(?:い|く)|考慮され|必要があ|エラーが(?:発生|起)|例外が(?:発生|投げ)|問題があ|バグ|失敗|欠け|漏れ|ておらず|ていません|(?:れて|して|て)い(?:ない|なかった)|てしま(?:い|う)|はずです?が)",
)
STYLE = (
    r"\b(?:könnte|könnten|vorschlag|empfehl\w+|lesbar\w*|stil|optional|typannotation\w*|pourrait|suggestion|lisib\w+|amélior\w+|recommand\w+|podría\w*|sugerencia\w*|legib\w+|mejorar?\w*|recomend\w+|opcional\w*|poderia\w*|sugest\w+|legív\w+|melhor\w+|можно|рекоменд\w+|читаем\w+|стил\w+|улучш\w+|предлож\w+|совет\w*)\b",
    r"(?:建议|建議|可以考虑|可读性|性能|风格|类型注解|优化|命名|可考慮|読みやす|可読性|提案|検討|パフォーマンス|型ヒント|改善)",
)
PASSES = (
    r"\b(?:korrekt|richtig|passt|stimmt|correcte?|correcto|correcta|correto|correta|certo|bien|juste|правильно|корректно|верно)\b",
    r"(?:正确|没错|正しい|正常|通过|正確)",
)
UNSURE = (r"(?:不确定|わかりません|не уверен|nicht sicher|pas sûr|no estoy seguro|não tenho certeza)",)
CONTRAST = r"(?:aber|jedoch|allerdings|sondern|mais|cependant|toutefois|pourtant|pero|sin embargo|no obstante|aunque|mas|porém|no entanto|contudo|но|однако|хотя|obwohl)"
CONTRAST_ASIAN = r"(?:但是|但|然而|不过|不過|可是|しかし|ただし|ですが|だが|ますが)"
CONCLUDES = r"^\W*(?:also|daher|insgesamt|fazit|donc|en conclusion|ainsi|por (?:lo )?tanto|en resumen|en conclusión|portanto|em resumo|em conclusão|итак|таким образом|следовательно|в итоге|因此|所以|总之|综上|总体|したがって|よって|以上より|結論として)"
LABEL = r"(?:fazit|ergebnis|urteil|antwort|conclusion|verdict|résultat|réponse|conclusión|veredicto|resultado|respuesta|conclusão|resposta|вывод|вердикт|итог|заключение|ответ|结论|結論|结果|判定|总结|結果|答案|评审结果|評価)"
PASS_WORDS = r"(?:korrekt|richtig|in ordnung|keine|correcte?|juste|aucune?|correct[oa]|bien|ningun[oa]|corret[oa]|cert[oa]|nenhum|верно|правильно|корректно|нет|正确|无|通过|没有|正しい|なし|合格|問題なし)"
FAIL_WORDS = r"(?:falsch|fehlerhaft|inkorrekt|incorrecte?|faux|incorrect[oa]|mal|incorret[oa]|errad[oa]|неверно|неправильно|некорректно|不正确|错误|有误|不通过|誤り|不正解|不合格|正しくない)"
