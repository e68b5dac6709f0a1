"""What reviewers write, in English, by what it tells. Patterns for lower-case text in which code stands as `§`.

Each pattern is bounded in what it may skip, so that all of them together are linear in the length of a clause.
"""

from __future__ import annotations

NOUN = (
    r"(?:bugs?|issues?|errors?|problems?|defects?|flaws?|mistakes?|concerns?|faults?|discrepanc(?:y|ies)|deviations?"
    r"|violations?|failures?|complaints?|findings?|objections?|criticisms?|reservations?|worries|doubts|red flags?|gaps?|shortcomings?|failing (?:cases?|inputs?))"
)
_CODE = (
    r"(?:code|function|implementation|body|solution|candidate|method|it|this|program|logic|algorithm|approach"
    r"|version|everything|all|draft|answer|§)"
)
_SPEC = (
    r"(?:specifications?|specs?|requirements?|docstring|contract|description|documentation|examples?|stated behaviou?r"
    r"|expected behaviou?r|problem statement|task|doctests?)"
)
_RIGHT = (
    r"(?:correct(?:ly)?|right|fine|good|ok(?:ay)?|sound|bug[- ]free|valid|accurate|flawless|error[- ]free|perfect"
    r"|as (?:expected|intended|specified|required|described|documented))"
)
_VERY = r"(?:(?:\w+ly|all|quite|also|indeed|already|to be|very|in fact|absolutely|totally|well and|now|logically)[ ,]+){0,3}"
_FOUND = (
    r"(?:find|found|see|saw|seen|spot(?:ted)?|detect(?:ed)?|identif(?:y|ied)|contain|have|has|notice[d]?|discover(?:ed)?"
    r"|observed?|reveal(?:ed)?|exhibit|show|aware of|report|encounter(?:ed)?|think of|any|introduce|present|appear to have"
    r"|seem to have|suffer from)"
)

NO_BUG = (
    # "no bugs", "no obvious logical or edge-case errors", "zero issues", "without any errors"
    rf"\b(?:no|zero|without(?: any)?|free (?:of|from)(?: any)?) (?:(?!missing|incorrect)[\w/-]+,? ){{0,5}}?{NOUN}\b"
    r"(?! (?:is|are|will be|should be|was) (?:raised|thrown)|[- ](?:handling|message|checking|case))"
    r"(?: (?:or|and|nor) (?:\w+ ){0,2}\w+)?(?: (?:were|was|are|is|have been|to) (?:\w+ ){0,2}?(?:found|detected|identified|present|seen|report(?:ed)?|fix))?",
    # "did not find any", "couldn't see a bug", "does not contain errors"
    rf"(?:\bnot|n't|never|cannot|unable to) (?:\w+ ){{0,2}}?{_FOUND} (?:(?:any|a|an|the|of|\w+) ){{0,4}}?{NOUN}\b",
    rf"\bneither (?:\w+ ){{0,4}}{NOUN}\b",
    rf"\b(?:fail(?:ed|s)? to|unable to) (?:find|see|spot|identify|detect|break) (?:\w+ ){{0,4}}?(?:{NOUN}|§|it)",
    r"\bnothing (?:\w+ ){0,2}?(?:wrong|incorrect|to (?:report|fix|change|correct|flag|complain about|add)|is missing|missing"
    r"|stands out|suspicious|amiss|broken)\b(?: (?:either|here|with (?:it|the \w+|this \w+)))?",
    r"\bno (?:\w+ ){0,3}?(?:changes?|fix(?:es)?|corrections?|modifications?|repairs?|action)\b(?: (?:is|are|were|was) (?:\w+ )?(?:needed|required|necessary|made))?",
    r"\b(?:bugs?|issues?|errors?|problems?|findings?|defects?)(?: found| detected| identified)?\s*[:=–-]\s*(?:none|no(?=[.,;]|$)|0|zero|n/?a|nil|\[\])(?!\w)(?: found| identified| detected)?",
    r"(?:\bnot|n't|cannot|unable to|failed to)(?: \w+)? (?:find|see|spot|identify|detect|think of|come up with|name|construct|produce) (?:\w+ ){0,3}?(?:anything|fault|(?:an? |any )?(?:input|counter-?example)s?)\b(?: (?:wrong|amiss|incorrect|that \w+|for which|to \w+|here|with \w+|in \w+)){0,2}",
    r"(?:\bnot|n't|cannot|hard to|nothing to) (?:really )?(?:fault|complain|criticise|criticize|object|break it)\b",
    r"\b(?:free|devoid|clear) of (?:\w+ ){0,3}(?:bugs?|errors?|issues?|problems?)\b",
    r"\bno (?:way|reason|case|cases|input|inputs|situation|scenario|place|line|example)s?,? (?:\w+ )?(?:in which|where|for which|that|why|on which)\b[^.;]{0,100}",
    r"\b(?:tried|attempted|looked|searched|hunted) [^.,;]{0,80}\b(?:failed|in vain|without success|could(?: not|n't)|found none)\b",
    r"\bno bugs?\b",
)
"""That there is nothing, of the whole function."""

NOT_A_BUG = (
    rf"\b(?:is|was|are|it's|that's)(?: \w+)? (?:not|n't) (?:\w+ ){{0,3}}?(?:a |an |any |really |actually |strictly )*(?:{NOUN}|wrong|incorrect|required|needed|necessary|relevant|covered)\b",
    rf"\b(?:isn't|aren't|wasn't|not) (?:(?:a|an|any|really|actually|strictly|necessarily|considered) ){{0,3}}(?:{NOUN}|wrong|incorrect)\b",
    r"\b(?:never|does not|doesn't|do not|don't|won't|will not|cannot|can't) (?:\w+ ){0,1}?(?:fails?|crash(?:es)?|break|overflow|matter|hurt|go wrong|apply|affect (?:\w+ ){0,2}(?:correctness|result|output|behaviou?r))\b",
    r"(?:\bnot|n't) (?:be )?(?:required|specified|mentioned|stated|needed|necessary|covered|defined|asked|demanded|part of)\b(?: by| in)?",
    r"\b(?:does not|doesn't|do not|don't|did not|says nothing|is silent|not) (?:\w+ )?(?:say|specify|cover|mention|require|define|state|ask|forbid|demand|about)\b",
    r"\bno (?:\w+ ){0,2}?(?:missing|incorrect|wrong|off[- ]by[- ]one|invalid|unhandled|unused|unnecessary|mutation|side[- ]effects?)\b(?: \w+)?",
    r"\bno (?:\w+ ){0,2}?(?:imports?|dependenc(?:y|ies)) (?:are|is) (?:\w+ )?(?:missing|needed|required)\b",
    r"\b(?:out of|outside(?: of)?|beyond) (?:the )?(?:scope|spec\w*|requirements?)\b",
    r"\bas it should(?: be| do)?\b|\blike it should\b|\bas (?:they|one) should(?: be)?\b",
    r"\b(?:raises?|throws?|raising|throwing) (?:an? |the )?(?:\w+ )?(?:error|exception|§) (?:\w+ ){0,6}?(?:as (?:expected|required|specified|documented|intended)|correctly|which is (?:correct|right|expected|fine))",
    r"\bnot (?:wrong|incorrect|an? issue|a (?:bug|problem))\b",
    r"\b(?:avoid(?:s|ing)?|prevent(?:s|ing)?|guard(?:s|ing)? against|protect(?:s|ing)? (?:from|against)) (?:\w+ ){0,4}?(?:errors?|bugs?|issues?|problems?|crash(?:es)?|§|mistakes?)",
    r"\b(?:allowed|acceptable|permitted|harmless|intentional|intended|by design|irrelevant|unreachable|undefined behaviou?r is fine)\b",
)
"""That one thing is none."""

RIGHT = (
    rf"(?:\b{_CODE}(?:'s| is| are| seems?| appears?| looks?| does seem)|\b(?:appears?|seems?|looks?) to be) {_VERY}{_RIGHT}\b",
    rf"(?:^|[:.!] ?){_VERY}(?:looks?|seems?|is|all|appears?) {_VERY}{_RIGHT}\b",
    r"\b(?:works?|behaves?|functions?|operates?|performs?|runs?) (?:\w+ ){0,2}?(?:as (?:expected|intended|specified|described|required|documented|it should)|correctly|fine|properly|well|perfectly)\b",
    r"\b(?:correctly|properly|accurately|faithfully|fully|exactly|perfectly|completely) (?:\w+ )?(?:implements?|follows?|satisf(?:y|ies)|meets?|match(?:es)?|adheres?|fulfil?ls?|solves?|conforms?|complies)\b",
    r"\b(?:is|are) (?:\w+ )?(?:correctly|properly|accurately) implemented\b",
    r"\bimplements? (?:\w+ ){0,6}?(?:correctly|properly|accurately|as (?:specified|required|described|expected))\b",
    rf"\b(?:satisf(?:y|ies)|meets?|match(?:es)?|adheres? to|conforms? to|compl(?:y|ies) with|consistent with|follows?|fulfil?ls?|respects?|in line with|agrees? with|abides? by|faithful to|aligns? with|per) (?:\w+ ){{0,3}}?{_SPEC}\b",
    rf"\b(?:does|do|doing) (?:exactly |precisely |just |all )?what (?:(?:it|they) (?:should|must|are supposed to|is supposed to)(?: do)?|(?:the )?(?:{_SPEC}|it|they|is|was))\b",
    r"\blgtm\b|\b(?:looks?|all|seems?) (?:very )?good\b|\bship it\b|\bwell[- ](?:written|implemented|done)\b|\bgood (?:job|work|implementation)\b|\bapproved?\b|\bno concerns\b",
    r"\ball (?:of )?(?:the |these |given |provided |\w+ ){0,3}?(?:tests?|cases|examples|checks|scenarios|doctests|inputs) (?:\w+ )?(?:pass(?:es)?|hold|are (?:\w+ )?(?:handled|covered|correct|satisfied|fine|ok)|succeed|work|match|give)\b",
    r"\bevery (?:\w+ ){0,2}(?:example|case|test|check) (?:\w+ )?(?:passes|holds|works|succeeds|matches|is handled)\b",
    r"\b(?:bug|error)[- ]free\b|\bflawless\b|\bfaultless\b|\bimpeccable\b",
    r"\b(?:is|looks like|seems) (?:an? )?(?:\w+,? (?:and )?){0,2}(?:faithful|correct|valid|accurate|right|sound|textbook|solid|proper|good|clean) (?:\w+ ){0,2}(?:translation|implementation|solution|rendering|function|approach|version)\b",
    rf"\b(?:exactly |precisely |just )?(?:what|as|how|the way|everything|all) (?:that )?(?:the |its )?{_SPEC}(?:'s)? (?:\w+ )?(?:asks?(?: for)?|says?|wants?|requires?|demands?|specif(?:y|ies)|describes?|promises?|calls? for|states?|expects?|needs?)\b",
    rf"\b(?:consider|deem|judge|find|call|believe|think|rate|regard|declare) (?:that )?(?:the |this )?(?:\w+ )?(?:{_CODE})(?: is| as| to be)? {_VERY}{_RIGHT}\b",
    r"\beverything (?:\w+ )?(?:checks out|is (?:\w+ )?(?:in order|there|covered|handled|as it should be)|works|adds up)\b|\bchecks out\b|\b(?:all|everything) (?:is )?(?:in order|clear|set)\b|\bready (?:to use|to merge|for use|to go)\b|\b(?:is|are|was|were|looks) (?:\w+ )?as (?:it|they) should\b",
    r"\bcan be (?:accepted|merged|used) as (?:it )?is\b",
    r"\bi (?:\w+ )?(?:agree|am (?:satisfied|happy|confident)) (?:that|with)\b",
)
"""That the function is right."""

RIGHT_RESULT = (
    r"\b(?:returns?|gives?|produces?|yields?|computes?|calculates?|gets?|come out|results? in|compute|outputs?|provides?|delivers?) (?:exactly |all |always )?(?:the )?(?:expected|correct|right|desired|required|specified|intended|proper) (?:\w+)\b",
)
"""That what comes out is right."""

PASSES = (
    r"\bcorrect(?:ly)?\b|\bright\b|\bproperly\b|\b(?:is|are|it's|that's|seems|looks) (?:\w+ )?(?:fine|ok|okay|good|valid|covered|handled|safe|sound)\b",
    r"\bas (?:expected|required|specified|intended|documented|desired|described|needed)\b|\bmatch(?:es|ing)?\b",
    r"\bpass(?:es|ed)?\b|\bholds\b|\bsucceeds\b|\bworks\b|\b(?:handles?|covers?|accounts? for)\b|\byes\b|\bgood\b|\bfine\b",
    r"[✓✔✅☑👍🟢]",
)
"""That one thing is right."""

SHOWN_WRONG = (
    r"\binstead of\b|\brather than\b|\bin place of\b",
    r"\b(?:wrong|incorrect|erroneous|unexpected|bad|false) (?:\w+ )?(?:results?|answers?|values?|outputs?|suffix|index|order|type|sign|case|count|number|sum)\b",
    r"(?:\b(?:returns?|gives?|yields?|sets?|does|uses?|starts?|stops?|raises?|is|are|was|initiali[sz]es?|starts|ends|begins|prints?|produces?|outputs?|evaluates to|throws?|drops?|loses|skips?|mutates?|pops|checks?|compares?|computes?|calls?|excludes?|includes?|ignores?|adds?|keeps?)\b|->|→|=>)[^.]{0,160}?\b(?:should|must|needs? to|ought to|expect(?:ed|s|ation)?|supposed to|spec(?:ification)? (?:demands|says|wants|requires|asks))\b",
    r"\bbut (?:\w+ ){0,4}?(?:should|must|returns?|got|gives?|gets?|expected|fails?|produces?|yields?|raises?|the (?:correct|expected|right) \w+)\b",
    r"\bexpected\b[^.]{0,80}?\b(?:but|got|actual(?:ly)?|received|returned|found)\b|\b(?:actual|got)\b[^.]{0,80}?\bexpected\b",
    r"\b(?:correct|right|expected) (?:answer|result|value|output) (?:is|was|would be|should be)\b",
    r"\bwhereas\b|\bcontradict(?:s|ing)?\b|\bviolat(?:es?|ing|ion)\b",
    r"[❌✗✘✖🐛🔴🚫]|\boff[- ]by[- ]one\b",
    r"(?:\bnot|n't) (?:\w+ ){0,2}?(?:as expected|as required|as specified|what (?:the|it|is))\b",
)
"""What is wrong together with what would be right, or a plain mark of it."""

BUG = (
    r"\bbugs?\b|\bbuggy\b|\bissues?\b|(?<!solves the )(?<!solve the )(?<!solves this )\bproblems?\b(?! (?:statement|description|asks|is to|requires|size))|\bproblematic\b|\bflaw(?:s|ed)?\b|\bdefects?\b|\bmistakes?\b|\bdiscrepanc(?:y|ies)\b",
    r"(?<!raise an )(?<!raises an )(?<!throws an )(?<!throw an )(?<!raises )(?<!raise )\berrors?\b(?! (?:is|are|will be) (?:raised|thrown)|[- ](?:handling|message|checking|case))",
    r"\bwrong(?:ly)?\b|\bincorrect(?:ly)?\b|\berroneous(?:ly)?\b|\bimproper(?:ly)?\b|\bfaulty\b|\bbroken\b|\binaccurate\b|\bmishandl\w+\b|\bmiscalculat\w+\b|\bbogus\b",
    r"\bfail(?:s|ed|ing|ure)?\b|\bcrash(?:es|ed|ing)?\b|\bbreaks?\b(?! (?:out|down|it|this|the loop|from|when|statement|into|up))|\bbreaking\b(?! (?:out|down))|\bblows up\b|\binfinite(?:ly)? (?:loop|recursion)\b|\bendless\b|\bhangs?\b",
    r"\bmissing\b|\bmiss(?:es|ed)\b|\bomit(?:s|ted|ting)?\b|\bforg[eo]t(?:s|ten)?\b|\bneglects?\b|\boverlook(?:s|ed)?\b|\bloses?\b|\blost\b|\bdropped\b|\bunhandled\b|\bunintended\b",
    r"\btoo (?:early|late|large|small|many|few|far|high|low|much|little|soon|short|long|big|strict)\b",
    r"\bshould(?: not| also| first| instead| only| always| probably| rather| really| have)* (?!work|pass|suffice|hold|also|not|be (?:fine|ok|okay|correct|sufficient|enough|good|safe|noted|right)\b)[a-z§]\w*",
    r"\bshouldn't\b|\bneeds (?:a|an|§)\b",
    r"\b(?:mutat(?:es?|ed|ing)|modif(?:y|ies)|alters?|changes|overwrit(?:es?|ten)) (?:\w+ ){0,3}?(?:input|argument|parameter|original|list|dict\w*|first|passed)|\b(?:mutated|modified|changed|altered|overwritten|updated) in[- ]place\b|\bside[- ]effects?\b",
    r"\b(?:causes?|triggers?|leads? to) (?:an? |the )?(?:§|\w*(?:error|exception)\b)|\bwill (?:raise|throw)\b",
    r"\b(?:nameerror|attributeerror|recursionerror|syntaxerror|importerror|unboundlocalerror)\b",
    r"\bincomplete\b|\binsufficient\b|\bin(?:verted|consistent)\b|\bswapped\b|\breversed (?:order|condition|comparison)\b|\bcorrupt\w*|\bnon-?compliant\b|\bredundantly\b|\bpremature(?:ly)?\b|\bonly by chance\b",
    r"\b(?:here is|here's|below is|see) (?:the |a |an |my )?(?:corrected|fixed|revised|repaired|improved and corrected)\b|^(?:corrected|fixed|revised) (?:code|version|function|implementation)\b|\bto fix (?:this|it|the)\b|\bneeds (?:fixing|correction|changes|work)\b|\bfix(?:es)? (?:is |are )?(?:needed|required|necessary)\b|\brequest changes\b|\bchanges requested\b|\bnot (?:approved|acceptable|lgtm)\b",
)
"""Words of a complaint; after a "no" they are none."""

MAY_BE = (
    r"\bignor(?:es?|ed|ing)\b|\bskip(?:s|ped|ping)?\b|\bdrop(?:s|ping)\b|\bundefined\b|\binvalid\b|\bexclud(?:es|ed|ing)\b|\bduplicat(?:es|ed)\b|\b(?:is|are) (?:only )?exclusive\b",
    r"\bmust (?:not )?(?:be|return|use|have|include|start|stop|handle)\b|\bneeds? to (?:be|use|return|check|handle|start|include)\b|\bhas to be\b",
    r"\b(?:raises?|throws?|results? in|get|gives?) (?:an? |the )?(?:§|\w*(?:error|exception)\b)|\b(?:typeerror|valueerror|indexerror|keyerror|zerodivisionerror|overflowerror)\b",
)
"""Words that complain, or only tell what the code does: a doubt, where nothing clearer is said."""

LACKS = (
    r"\bno (?:\w+ )?(?:checks?|handling|guards?|validation|support|special[- ]cas(?:e|ing)|provision|treatment|protection|test|branch|base case|return(?: statement)?) (?:for|of|when|that|whether|against|if|in|to)\b|\bnothing (?:here |in the code )?(?:to (?:catch|handle|prevent|stop|check)|handles|catches|checks|prevents)\b|^instead\b",
    r"(?:\bnot|n't|cannot|never) (?:\w+ ){0,3}?(?:correct(?:ly)?|right|properly|handled?|account(?:ed)?|consider(?:ed)?|check(?:ed)?|match(?:es)?|satisf(?:y|ied)|work(?:s)?|returned|returns?|includ(?:e|ed|es)|implement(?:ed)?|follow|meet|conform|comply|cover(?:ed)?|remov(?:e|ed)|reset|updated?|multipl(?:y|ied)|reached|rais(?:e|ed)|executed|called|used|imported|defined|initiali[sz]ed|equal|sorted|strip(?:ped)?|valid(?:ate)?|pass(?:ing)?|preserv(?:e|ed)|enough|sufficient|ok|fine|good|true)\b",
    r"\b(?:is|are|was|were) (?:not|never) §|n't (?:agree|say|think|believe|approve|confirm|recommend|accept|be (?:approved|accepted|merged))\b|\bdisagree\b|\bcannot (?:agree|approve|confirm|recommend|accept)\b",
    r"\bshould(?:n't| not)\b|\bmust(?:n't| not)\b",
)
"""What a function does not do, told as a complaint."""

STYLE = (
    r"(?<!\bi )(?<!\bwe )\bconsider(?:ed)? (?:\w+ing|a|an|the|using)\b|\b(?:could|can|may|might|would) (?:also |be |further |still |\w+ )?(?:consider|improve[d]?|simplif(?:y|ied)|shorten(?:ed)?|refactor(?:ed)?|rename[d]?|made?|replace[d]?|clean(?:er|ed)?|nicer?|extract(?:ed)?|more|enhance[d]?|want to|better|benefit|optimi[sz]ed?|rewritten|written|add(?:ed)?|use[d]?)\b",
    r"\breadab(?:le|ility)\b|\btype[- ]?(?:hints?|annotations?|checking)\b|\bdocstrings? (?:could|should|is|example)|\bnaming\b|\bvariable names?\b|\brenam(?:e|ing)\b|\bpep ?-?8\b|\bperforman(?:ce|t)\b|\befficien(?:t|cy)\b|\binefficient\b|\bo\(n|\bpythonic\b|\blist comprehension\b|\bstyle\b|\bstylistic\b|\bstylistically\b|\bcosmetic\b",
    r"\bsuggest(?:ions?|ed|s)?\b|\brecommend(?:ation|ations|ed)?\b|\boptional(?:ly)?\b|\bnit(?:s|pick\w*)?\b|\bminor\b|\bimprovements?\b|\bredundant\b|\bunused\b|\bunnecessary\b|\bverbose\b|\bmaintainab\w+\b|\brobust(?:ness)?\b|\bmagic numbers?\b|\bcomments?\b|\bformatting\b|\bconcise\b|\bclarity\b|\bbest practices?\b|\bbuilt-?in\b|\binput validation\b|\bunit tests?\b|\bedge[- ]case tests?\b|\bnice to have\b|\bit's worth noting\b|\bworth noting\b|\bsimpler\b|\bcleaner\b|\belegant\b|\bmemory usage\b|\blogging\b|\bwhitespace\b|\btrailing\b (?:space|comma)",
)
"""What somebody would like, and nothing is wrong with."""

DESCRIBES = (
    r"^(?:(?:first|then|next|finally|so|and|also|now|the|this|here|in|on|if|otherwise|for|at|when|after|each)[, ]+){0,3}(?:\w+ ){0,4}?(?:takes|iterates|returns|computes|initiali[sz]es|uses|loops|checks|calculates|creates|updates|adds|sorts|defines|accepts|stores|converts|splits|joins|goes|compares|starts|sets|assigns|is (?:a|an|the|used|called|defined|set|initiali[sz]ed|sorted)|lowercases|multiplies|walks|builds|looks|pops|removes|appends|implements|contains|keeps|has|reads|gives|handles|calls|runs|produces|yields|increments|does|sums|counts|filters|reverses|slices|steps|copies|gets)\b",
)
"""What only tells what the code does."""

LEADS_IN = (
    rf"^(?:and )?(?:the |its )?(?:{_SPEC}|it) (?:\w+ )?(?:says|asks|wants|states|mentions|requires|demands|promises|tells)\b",
    r"^(?:let me|let's|i need|i will|i'll|i'm going|we need|we have|okay|ok|alright|sure|certainly|of course|here(?:'s| is| are)|below|step|hmm|first|now|so|given|to (?:review|check|verify|determine|see)|looking at|i (?:walked|went|traced|reviewed|checked|looked|have (?:reviewed|checked|looked|walked|traced)))\b",
    r"\btrac(?:e|ing)\b|\bwalk(?:ing)?[- ]?through\b|\banalysis\b|\boverview\b|\bsummary\b|\breview\b",
)
"""What only tells what the reviewer does."""

SEARCHING = (
    r"\b(?:missing|invalid|incorrect|wrong) (?:keys?|values?|elements?|inputs?|data|entries|items?|arguments?|types?) (?:is|are) (?:\w+ )?(?:handled|skipped|ignored|covered|rejected|caught)\b",
    r"\b(?:my )?(?:first|initial) (?:thought|impression|reaction|guess|instinct|concern|worry|reading)\b[^.;]{0,200}",
    r"\bi (?:first |initially |was |had |also |at first )?(?:thought|suspected|worried|expected|feared|wondered|assumed)\b[^.;]{0,200}",
    r"\bat first(?: glance| sight)?,? [^.;]{0,200}",
    r"\b(?:look(?:ing|ed)?|check(?:ing|ed|s)?|search(?:ing|ed)?|review(?:ing|ed)?|examin(?:e|ing|ed)|verif(?:y|ying|ied)|test(?:ing|ed)?|scan(?:ning)?|hunt(?:ing)?|analy[sz](?:e|ing|ed)|inspect(?:ing|ed)?|watch) (?:\w+ ){0,4}?(?:for|if|whether)(?: (?!§)[\w-]+,?){0,8}",
    r"\b(?:see|determine|tell|decide|wonder(?:ing)?|know|ask|verify|ensure|make sure|confirm)(?:ing)? (?:if|whether|that)\b[^,.]{0,100}",
    r"\b(?:might|may|could|would) (?:\w+ )?(?:worry|think|suspect|expect|argue|wonder|ask|object|seem|look)\b[^,.]{0,100}",
    r"\b(?:potential|possible|possibly|common|typical|any|some|edge) (?:\w+ )?(?:issues?|problems?|bugs?|errors?|mistakes?|concerns?|pitfalls?|error sources)\b",
    r"\b(?:answer|reply|respond|say|output)(?: exactly)?:? \"?no bugs\"?",
    r"\b(?:for|in|with|of) (?:negative|invalid|missing|incorrect|wrong|undefined) (?:\w+)",
)
"""What is only looked for, or supposed, or the name of an input; it is not heard as a complaint."""

LIMITED = (
    r"\bnow\b|\bno (?:other|further|additional|more)\b|\bnothing (?:else|more|further)\b|\bother than (?:that|this|these|those)\b|\bapart from (?:that|this|these|those|the)\b|\baside from (?:that|this|these|those|the)\b|\bexcept\b|\botherwise\b|\bthe rest\b|\bremaining\b|\bmost(?:ly)?\b|\bpartial(?:ly)?\b|\bonly (?:for|when|if|by|works?)\b|\bby chance\b|\bat first\b|\binitially\b|\bin general\b|\bgenerally\b|\bfor the (?:given|most|first|common|happy|normal|provided|example)\b|\bhappy path\b|\bcommon cases?\b|\bnormal (?:cases?|inputs?)\b|\bnearly\b|\balmost\b|\bhalf\b",
    r"\b(?:with|after|once|given|using|applying) (?:this|these|that|the|those)? ?(?:\w+ )?(?:change|fix|correction|modification|adjustment|patch|fixed|corrected|applied)\w*|\b(?:corrected|fixed|revised|updated|modified|improved|repaired|new) (?:version|code|function|implementation|body|solution|line|expression|one)\b|\bwould (?:\w+ )?be\b|\bwill (?:then |now )?be\b|\bto (?:make|ensure)\b|\bin order to\b|\bonly then\b|\bneeds? to\b|\bso that\b|^if\b|\bif (?:it|the \w+) (?:is|are|were|was) (?:right|correct)\b|\bassuming\b|\bunless\b",
)
"""What takes a praise back in part, or makes it one of another function."""

UNSURE = (
    r"(?:\bnot|n't|un) ?(?:be )?(?:sure|certain|clear|confident)\b|\bunsure\b|\bunclear\b|\bcannot (?:tell|determine|say|verify|assess|judge|review|help|assist|provide|comply)\b|\bcan't (?:tell|determine|say|verify|assess|judge|review|help|assist|provide|comply)\b|\bhard to (?:say|tell)\b|\b(?:need|provide|share|paste) (?:me )?(?:more|the|your) (?:information|context|code|details|specification)\b|\bas an ai\b|\bhow can i (?:help|assist)\b",
)
"""That the reviewer does not know, or will not say."""

CONTRAST = r"(?:but|however|although|though|even though|yet|except(?: that| for| when| if)?|still|nevertheless|nonetheless|unfortunately|while|whereas|that said|on the other hand)"
RETRACTS = (
    r"^(?:\W*(?:wait|actually|hold on|hmm|no(?=[,.:;!—–-])|oh|scratch that|correction|on second thought|never mind|let me re-?\w+|upon (?:re-?\w+|closer \w+|further \w+)|(?:but )?(?:on|after|by)?\s?(?:looking|reading|reviewing|checking|thinking|tracing)(?: \w+){0,4}? (?:again|closer|closely|more carefully|twice|once more)|re-?(?:reading|checking|examining|evaluating))\b[ ,.:;–—-]*)+",
)
CONCLUDES = r"^\W*(?:so|thus|therefore|hence|in conclusion|in summary|to sum up|to conclude|overall|in short|all in all|to summarize|in total|finally|altogether|consequently)\b"
LABEL = r"(?:(?:final|overall|my|the|short|review)[ -]){0,2}(?:verdict|answer|conclusion|result|assessment|judge?ment|status|decision|summary|review|tl;?dr|evaluation|correctness|bottom line|outcome|report|is correct|correct\?|bugs\?|any bugs\?|response|grade|rating)"
PASS_WORDS = r"(?:pass(?:es|ed)?|accept(?:ed)?|approved?|correct|right|clean|ok(?:ay)?|true|yes|good|fine|none|valid|lgtm|sound|nothing|bug[- ]free|no|n/a|all good|perfect)"
FAIL_WORDS = r"(?:fail(?:s|ed)?|reject(?:ed)?|incorrect|wrong|buggy|bugs?|false|not (?:ok|correct|right|good)|needs (?:work|changes|fixing)|invalid|broken|faulty|not approved|request changes|has bugs?|bugs? found|bad)"
