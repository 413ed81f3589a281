"""English words that are spelled alike and said otherwise: what shows which one is meant."""

from __future__ import annotations

import re

from audio_builder.voices.spoken.english_rules import BOTH, ESPEAK, MISAKI, Rule
from audio_builder.voices.spoken.english_said import english_words
from audio_builder.voices.spoken.lexicon import IPA_END, IPA_START

_ESPEAK = frozenset({ESPEAK})
_MISAKI = frozenset({MISAKI})
_OBJECTS = (
    "(?:your|the|my|our|his|her|their|its|it|them|this|that|these|those|both|a|an|all|each|every|what|whatever|nothing|"
    "anything|everything|him|me|us|(?:my|your|him|her|it|our|them)sel(?:f|ves)|one|two|another|some|any)"
)
_FIRST = (
    r"(?:^|(?<=[.!?,;:…“”] )|(?<=\b(?:to|or) )|(?<=\b(?:and|may|can|[Nn]ow) )|(?<=\b(?:then|will|must) )"
    r"|(?<=\b[Gg]ently )|(?<=\b[Ss]lowly )|(?<=\b[Ss]oftly )|(?<=\b[Qq]uietly )|(?<=\b[Cc]arefully )|(?<=\b[Pp]lease )"
    r"|(?<=\b[Jj]ust )|(?<=\b[Nn]ever )|(?<=\b[Ll]et us )|(?<=\b[Dd]on['’]t ))"
)
"""Where an imperative or an infinitive stands."""


def _ipa(sounds: str) -> str:
    return f"{IPA_START}{sounds}{IPA_END}"


_VERBS = english_words("verbs")
_FELT = (
    "(?:I['’]m|[Ww]e['’]re|[Yy]ou['’]re|[Tt]hey['’]re|[Ss]?[Hh]e['’]s|[Bb]e|[Ff]eel|[Rr]est|[Rr]emain|[Ss]tay|am|are|is|"
    "was|were|been|being|feels|felt|seems?|quite|perfectly|deeply)"
)
_TINY = (
    "(?:detail|difference|change|movement|amount|adjustment|particle|shift|sensation|tremor|grain|crack|sound|step|sign|"
    "trace|scratch)(?:e?s)?"
)

_WAYS = "(?:[Pp]ath|[Rr]oad|[Rr]iver|[Tt]rail|[Ss]tream|[Ss]treet|[Ll]ane|[Tt]rack|[Ss]tairs?|[Vv]alley)s?"
_ENDS = "(?:it|s?he|day|evening|week|year|night|summer|autumn|winter|party|session|practice|meeting|conversation)"
_WHERE = "(?:on|(?:up|down)(?:hill|wards?)?|through|around|along|past|between|over|into|its|away|back)"
_THEN = (
    "(?:Yesterday|(?:[Ll]ast|[Oo]ne|[Tt]hat) (?:night|evening|week|month|year|spring|summer|autumn|fall|winter|day)|"
    "[Ww]hen I was .*?|[Aa]s a (?:child|boy|girl)|[Oo]nce|[Yy]ears ago|[Ll]ong ago)"
)
_CLOTH = "(?:cloth|fabric|paper|page|curtain|sleeve|sail|muscle|screen|canvas|shirt|coat|dress|net|tent|veil|seam|skin)"
_WHOSE = "[Mm]y|[Yy]our|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir"
_PEOPLE = (
    "(?:m[ae]n|wom[ae]n|people|persons?|friends?|monks?|nuns?|scholars?|judges?|teachers?|mothers?|fathers?|parents?|"
    "neighbou?rs?|couple|priests?|doctors?|kings?|oaks?|trees?|hands?|faces?|dogs?|cats?|horses?)"
)

_ALSO_NOUNS = (
    "frequent|house|project|abuse|misuse|protest|perfect|subject|suspect|insult|contrast|address|refuse|reject"
)
_HEARD_LIVE = (
    "(?:music|birds?|shows?|concerts?|broadcasts?|wires?|bait|audiences?|albums?|recordings?|streams?|coals|oaks?|"
    "performances?|plants|animals|from (?:the )?[A-Z])"
)
_LIVES_SOMEWHERE = "(?:in|on|at|with|within|inside|under|near|next|among|between|alone|here|there|by|off|for|and works)"
_ACCUSTOMED = (
    "(?:[Gg]et|gets|got|gotten|[Gg]etting|becomes?|became|becoming|grow|grows|grew|grown|growing|I['’]m|I am|"
    "[Ww]e['’]re|[Ww]e (?:are|were)|[Yy]ou['’]re|[Yy]ou are|I was|(?:so|quite|more|too) (?:very )?)"
)
_WHO_DID = (
    "(?:I|[Ss]?[Hh]e|[Ww]e|[Tt]hey|who) "
    "(?:sat|lay|stood|took|went|came|stayed|found|(?!(?:n|f|h|proc|succ)eed)[a-z]+ed)"
)
_BEFORE_A_CLAUSE = "(?:[Bb]efore|[Aa]fter|[Uu]ntil|[Tt]ill|[Ww]hen(?:ever)?|[Oo]nce|[Ww]here)"
_OF_MUSIC = "(?:notes?|lines?|guitars?|drums?|voices?|tones?|players?|clef|hum|sings?|sang)"


_AS_YOU = (
    "(?:(?:[Aa]s|[Ww]hile|[Ww]hen(?:ever)?|[Ii]f|[Bb]efore|[Aa]fter|[Uu]ntil|[Oo]nce|[Hh]ow|[Ww]hat(?:ever)?) you"
    "|(?:[Aa]s|[Ww]hile) we)"
)
_PAST = r".{0,99}\b(?:yesterday|ago|last|once|was|were|did|had|\w+ed)\b"
_OF_A_READ = (
    "good|great|quick|slow|long|short|easy|hard|close|first|second|last|best|better|must|light|fun|nice|quiet|lovely"
)
_ASKS_FOR_A_VERB = "let|make|watch|hear|heard|saw|see|help|did|do|doe|will|can|could|would|should|may|might|must"


def _verb(found: re.Match[str]) -> str:
    return f"{found[1]} {_ipa(_VERBS[found[2]])}"


def _in_ipa(pattern: str, sounds: str, needed_by: frozenset[str] = BOTH) -> Rule:
    """Return a rule that says a word in these sounds, behind what the groups of its pattern matched."""
    return Rule("homograph", pattern, lambda m: "".join(filter(None, m.groups())) + _ipa(sounds), needed_by, ipa=True)


def _imperative(found: re.Match[str]) -> str:
    return _ipa(_VERBS[found[1].lower()])


_NEAR = 12
"""Signs before a match in which such a verb would be."""


def _somebody_read(found: re.Match[str]) -> str:
    """Return “my mother read” in the past tense, and “let my mother read” and “a good read” in the present."""
    is_infinitive = re.search(
        rf"\b(?i:{_ASKS_FOR_A_VERB})s? $", found.string[max(0, found.start() - _NEAR) : found.start()]
    )
    is_noun = re.search(rf"\b(?:{_OF_A_READ}) $", found[1])
    return f"{found[1]}{'reed' if is_infinitive or is_noun else 'red'}"


HOMOGRAPHS = (
    Rule(
        "homograph",
        rf"{_FIRST}((?i:{'|'.join(_VERBS)}))(?= {_OBJECTS}\b)",
        lambda m: _ipa(_VERBS[m[1].lower()]),
        ipa=True,
    ),
    Rule(
        "homograph",
        rf"{_FIRST}((?i:reject|suspect|desert|attribute|perfect|refuse|permit|insult|increase|protest))"
        r"(?= (?:no(?:thing|body)|anybody|every\w+|\w+ to)\b)",
        _imperative,
        ipa=True,
    ),
    Rule("homograph", rf"\b(I|[Ww]e|[Tt]hey|[Yy]ou|who) ({_ALSO_NOUNS})(?= {_OBJECTS}\b)", _verb, ipa=True),
    Rule("homograph", r"\b(I|[Ww]e|[Tt]hey) (object)(?=[.,;!?]|$| to\b)", _verb, ipa=True),
    Rule("homograph", r"\b(I|[Ww]e|[Tt]hey|[Yy]ou) (ally)(?= with\b)", _verb, ipa=True),
    Rule(
        "homograph",
        rf"{_FIRST}((?i:progress|graduate|converse|protest|ally))(?= (?:\w+ly|to|from|through|with)\b)",
        _imperative,
        ipa=True,
    ),
    _in_ipa(
        r"(?:^|(?<=[Ee]xpand and )|(?<=muscles )|(?<=[Pp]upils )|(?<=vessels )|(?<=fibers )|(?<=lungs ))[Cc]ontract"
        r"(?= and (?:re|expand|let|soften)|,? then\b|[.,;!?…])",
        "kəntɹˈækt",
    ),
    _in_ipa(rf"{_FIRST}[Gg]raduate(?= as\b)", "ɡɹˈædʒueɪt"),
    _in_ipa(rf"{_FIRST}[Aa]lternate(?= (?:between|left|right)\b)", "ˈɔltɚneɪt"),
    _in_ipa(r"\b([Jj]ust )deserts\b", "dɪzˈɜːts"),
    _in_ipa(rf"{_FIRST}[Oo]bject(?= to\b)", "əbdʒˈɛkt"),
    _in_ipa(r"\b[Cc]ontent(?= (?:with|to (?:be|sit|rest|stay|wait))\b)", "kəntˈɛnt", _MISAKI),
    Rule(
        "homograph",
        r"\b([Hh](?:ave|as|ad)(?:n['’]t)? (?:I|you|we|they|s?he|it|any(?:body|one)) (?:ever )?)read\b",
        r"\1red",
    ),
    Rule(
        "homograph", r"\b((?:(?:heavy|grey|gray|cold|dull) as |like |of |molten |melted ))lead(?=[.,;:!?…]|$)", r"\1led"
    ),
    Rule("homograph", r"\b((?:to|at|near) (?:the|a|its|their|his|her) )close(?=[.,;:!?…]|$| of\b)", r"\1cloze"),
    Rule("homograph", r"\b([Tt]he )close(?= of (?:the|this|that|each|every|day|play|practice|business)\b)", r"\1cloze"),
    Rule(
        "homograph",
        r"\b((?:[Ee]ye(?:lid)?|[Ll]id|[Dd]oor|[Pp]etal|[Ss]hutter|[Ll]ip|[Ss]hop|[Ww]ound)s )close(?=[.,;:!?…]|$)",
        r"\1cloze",
    ),
    Rule(
        "homograph",
        rf"{_FIRST}([Cc])lose(?= (?:down|off|out|up|softly|gently|slowly|again|in on"
        r"|with (?:an?|one|two|three|some|the|your|our|gratitude|thanks|\w+ing))\b)",
        r"\1loze",
    ),
    Rule("homograph", r"(?:(?<=\b[Oo]pen[.,] )|(?<=\bhalf-)|(?<=\bHalf-))([Cc])lose\b", r"\1loze"),
    Rule("homograph", rf"{_FIRST}([Cc])lose(?=, \w+ly, )", r"\1loze"),
    Rule("homograph", r"^([Cc])lose(?=[.,] (?:(?:[Tt]hen|[Aa]nd) )?[Oo]pen\b)", r"\1loze"),
    Rule("homograph", rf"\b({_BEFORE_A_CLAUSE} (?:I|we|you|they) )close\b", r"\1cloze"),
    Rule("homograph", r"\b((?:[Ww]atch|[Ss]ee|[Hh]ear) (?:the|a|your) \w+ )close(?=[.,;:!?…]|$)", r"\1cloze"),
    _in_ipa(r"\b([Dd]raw )close(?=[.,;:!?…]|$)", "klˈoʊs", _MISAKI),
    Rule("homograph", rf"\b([Bb])ass(?= {_OF_MUSIC}\b)", r"\1ase"),
    Rule("homograph", r"\b((?:[Dd]eep|[Ll]ow|[Dd]ouble|[Uu]pright|[Ee]lectric) )bass\b", r"\1base"),
    _in_ipa(rf"\b({_FELT} (?:so )?)content\b(?! of\b)", "kəntˈɛnt", _MISAKI),
    Rule("homograph", rf"\b({_FELT} (?:so )?content)\b(?! of\b)", r"\1t", _ESPEAK),
    _in_ipa(rf"\bminute(?= {_TINY}\b)", "maɪnˈuːt", _MISAKI),
    Rule("homograph", rf"\bminute(?= {_TINY}\b)", "my-newt", _ESPEAK),
    _in_ipa(r"\b((?:[Ff]resh|[Ll]ocal) )produce\b", "pɹˈoʊduːs", _ESPEAK),
    _in_ipa(
        r"\b((?:am|are|is|was|were|be|been) (?:so |very )?)close(?= (?:to|by|together|enough|at hand)\b)",
        "klˈoʊs",
        _ESPEAK,
    ),
    _in_ipa(
        r"\b((?:[Kk]eep|[Ss]tay|[Hh]old|[Dd]raw|[Cc]ome|very|loved) (?:\w+ ){0,3}?)close(?=[.,;:!?…]|$)",
        "klˈoʊs",
        _ESPEAK,
    ),
    Rule("homograph", rf"{_FIRST}([Cc])lose(?= {_OBJECTS}\b)", r"\1loze"),
    Rule("homograph", r"(\b[Ll]et (?:it|them|(?:the|your) \w+) )close\b", r"\1cloze"),
    Rule(
        "homograph",
        rf"{_FIRST}([Bb])ow(?= (?:{_OBJECTS}|to|down|before|gently|once|again|\w+ly)\b)",
        r"\1ough",
    ),
    Rule(
        "homograph",
        r"\bbow(?= of (?:the|a|our|his|her|their|my) (?:ship|boat|canoe|ferry|vessel|kayak|yacht)\b)",
        "bough",
    ),
    Rule(
        "homograph",
        r"\b((?:[Tt]ak(?:e|es|ing)|took|[Mm]ak(?:e|es|ing)|[Ww]ith|[Gg]iv(?:e|es|ing)|gave) an?(?: \w+)? )bow\b"
        r"(?! and arrow)",
        r"\1bough",
    ),
    Rule(
        "homograph", r"\b((?:ship|boat)['’]s |[Ll]et (?:\w+ )?(?:heads?|branch(?:es)?|trees?|knees?) )bow\b", r"\1bough"
    ),
    Rule(
        "homograph",
        r"\b((?:[Mm]ake|[Tt]ake|[Ww]ith|[Oo]ffer) (?:(?:two|three|many|nine|some|deep) ){1,2})bows\b(?! and arrows)",
        r"\1boughs",
    ),
    Rule("homograph", r"\b((?:ship|boat)['’]s |(?:[Tt]ake|took) (?:your|his|her|their|our) )bows\b", r"\1boughs"),
    Rule("homograph", r"(?:^|(?<=[,;.] ))([Bb])ow(?=[.!;]|$)", r"\1ough"),
    Rule("homograph", r"\b([Bb])ows(?= of (?:the )?(?:ships?|boats?|branches)\b)", r"\1oughs"),
    Rule("homograph", r"\b((?:deep|low|slight|respectful|reverent|polite|formal|humble|silent) )bow\b", r"\1bough"),
    Rule("homograph", rf"{_FIRST}([Ww])ind(?= (?:{_OBJECTS}|down|up)\b)", r"\1ined", _ESPEAK),
    Rule("homograph", rf"{_FIRST}([Ww])ind(?= (?:down|up)\b)", r"\1ined", _MISAKI),
    Rule("homograph", r"\b([Ww])inds(?= (?:it|him|her)self\b)", r"\1ineds"),
    Rule("homograph", rf"\b({_ENDS} )winds(?= down\b)", r"\1wineds"),
    Rule("homograph", r"\b([Ll]et (?:\w+ ){1,3})wind(?= (?:down|up|around|through|its)\b)", r"\1wined"),
    Rule("homograph", rf"\b({_WAYS} )wind(s?)(?= {_WHERE}\b)", r"\1wined\2"),
    Rule(
        "homograph",
        rf"\b((?:[Ss]?[Hh]e|[Tt]hey|[Ww]e|I|it|{_WAYS}) )wound"
        r"(?= (?:the|her|his|its|their|around|through|down)\b)",
        r"\1wowned",
    ),
    Rule(
        "homograph",
        rf"{_FIRST}([Uu])se(?= {_OBJECTS}\b)",
        lambda m: "Yooz" if m[1] == "U" else "yooz",
        _ESPEAK,
    ),
    Rule("homograph", rf"^Live\b(?! {_HEARD_LIVE})", "Liv"),
    _in_ipa(rf"^Live(?= {_HEARD_LIVE})", "lˈaɪv"),
    Rule("homograph", rf"^Lives(?= {_LIVES_SOMEWHERE}\b)", "Livs"),
    _in_ipa(rf"^Lives\b(?! {_LIVES_SOMEWHERE}\b)", "lˈaɪvz"),
    _in_ipa(
        rf"\b((?:[Mm]any|[Pp]ast|[Hh]uman|[Oo]ther|[Ww]hose|[Ff]uture) )lives\b(?! {_LIVES_SOMEWHERE}\b)", "lˈaɪvz"
    ),
    Rule("homograph", rf"\b({_THEN},? (?:I|we|she|he|they|you) )read\b", r"\1red", _ESPEAK),
    Rule("homograph", r"(?<=, )read(?= (?:once|twice|aloud|again)\b)", "red", _ESPEAK),
    Rule("homograph", rf"\b({_AS_YOU} )read\b(?!{_PAST})", r"\1reed", _MISAKI),
    Rule(
        "homograph",
        r"\b((?:[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Yy]our|[Tt]heir|[Tt]he|[Aa]n?) [a-z]+(?<!s) )read\b",
        _somebody_read,
    ),
    Rule("homograph", r"\b([Ww]ell )read\b", r"\1red"),
    Rule("homograph", rf"\b({_WHO_DID}\b(?:(?!\bto\b|[.;:!?]).){{0,60}}\band )read\b", r"\1red"),
    Rule("homograph", r"\b((?:[Hh]e|[Ss]he) )read\b(?! ?-)", r"\1red", _ESPEAK),
    Rule(
        "homograph",
        r"\b((?:I|[Ww]e|[Tt]hey|[Yy]ou) )read(?= .*\b(?:yesterday|last|ago|once)\b)",
        r"\1red",
        _ESPEAK,
    ),
    Rule(
        "homograph",
        r"(?:(?<=\b[Aa] )|(?<=\b[Tt]he ))lead(?= (?:weight|pipe|pencil|ball|box|roof|window|sky|bullet)(?:s|es)?\b)",
        "led",
    ),
    Rule("homograph", r"\b([Ll])ead(?= (?:pipes?|paint|poisoning|crystal|solder|shot)\b)", r"\1ed"),
    Rule("homograph", r"\b([Ll])ead(?= in (?:the|our|its|old) (?:pipes?|paint|water|soil|glass|walls?)\b)", r"\1ed"),
    Rule("homograph", r"\b([Bb]owed)\b(?! (?:legs?|strings?|instruments?)\b)", _ipa("bˈaʊd"), _MISAKI, ipa=True),
    Rule(
        "homograph",
        r"\b([Ww])ound(?=[- ]up\b| down\b)|(?<=[Tt]ightly )([Ww])ound\b|(?<=loosely )([Ww])ound\b",
        lambda m: f"{m[1] or m[2] or m[3]}owned",
    ),
    Rule("homograph", r"\b([Aa](?: \w+)? )bow(?= (?:to (?:the|each|your|one)|towards?|before|from)\b)", r"\1bough"),
    Rule("homograph", r"\b([Ww]ear and )tear\b", r"\1tare"),
    Rule("homograph", rf"\btear(?= in (?:{_OBJECTS} )?{_CLOTH}\b)", "tare"),
    _in_ipa(r"\b((?:had|have|having|started) an?(?: \w+)? )row\b(?! of\b)", "ɹˈaʊ"),
    Rule("homograph", r"\b((?:[Tt]he|[Tt]wo|[Ww]ild) )does(?= (?:graze|stand|and (?:fawn|buck|stag)))", r"\1doze"),
    _in_ipa(r"\b(gr(?:ow|ew|ows|own|owing) )number\b(?! of\b)", "nˈʌmɚ"),
    Rule("homograph", r"\b((?:[Pp]lay(?:s|ed|ing)?|[Ss]ing(?:s|ing)?|sang|on) )bass\b", r"\1base"),
    Rule("homograph", rf"\b((?:[Aa]|[Tt]he|very|most|[Mm]any|old|{_WHOSE}) )learned(?= {_PEOPLE}\b)", r"\1learnid"),
    _in_ipa(rf"(?:\b((?:{_WHOSE}|[Tt]he|[Aa]|[Dd]early|[Ss]o) )|^)[Bb]eloved\b(?! by\b)", "bɪlˈʌvᵻd"),
    _in_ipa(rf"\b((?:[Aa]n|[Tt]he|{_WHOSE}) )aged(?= {_PEOPLE}\b|[.;!?]|$)", "ˈeɪdʒᵻd"),
    _in_ipa(r"^Blessed(?= (?!(?:by|with|to|in|that|beyond)\b)[a-z])", "blˈɛsᵻd"),
    _in_ipa(r"\b((?:[Tt]he|[Aa]|[Mm]ost|O) )[Bb]lessed\b", "blˈɛsᵻd"),
    _in_ipa(rf"\b((?:{_WHOSE}|[Aa]|new|job) )resume\b(?! (?:the|{_WHOSE}|its|with)\b)", "ɹˈɛzəmeɪ"),
    Rule(
        "homograph",
        r"(?:^|(?<=\bof )|(?<=\blike ))Job(?= (?:was|sat|said|answered|wept|lost|knew)\b|[.,;:!?…]|$)"
        r"|\bJob(?=['’]s (?:patience|comforters?|friends|wife|children|lament|trials|suffering|story)\b)",
        "Jobe",
    ),
    Rule(
        "homograph",
        r"\b((?:[Ss]?[Hh]e|I|[Ww]e|[Tt]hey) )dove(?= (?:in|into|under|off|down|from|deep|for)\b)",
        r"\1dohv",
        _ESPEAK,
    ),
    Rule("homograph", r"\b([Tt]he |[Aa] |old )sow\b(?! (?:seeds?|the)\b)", r"\1sau", _ESPEAK),
    Rule("homograph", r"\b((?:of|burning|household) )refuse\b(?! to\b)", r"\1reffuse", _ESPEAK),
    Rule("homograph", r"^([Cc])ontent(?= and (?:calm|still|quiet|happy|warm|whole|at ease)\b)", r"\1ontentt", _ESPEAK),
    _in_ipa(rf"{_FIRST}[Rr]ebel(?= (?:against|\w+ly)\b)", "ɹɪbˈɛl"),
    _in_ipa(r"\b((?:value|need|wishe|feeling|interest|view|desire|plan)s )conflict(?=[.,;!?]|$| with\b)", "kənflˈɪkt"),
    _in_ipa(
        r"(?:^|(?<=[;,.] )|\b((?:may|can|will|could|would|might|to) ))[Ee]ntrance(?= (?:me|us|you|them|him|her)\b)",
        "ɪntɹˈæns",
    ),
    _in_ipa(rf"{_FIRST}[Aa]ssociate(?= with\b)", "əsˈoʊʃieɪt"),
    _in_ipa(rf"{_FIRST}[Dd]eliberate(?= (?:over|slowly|together|before|about|with)\b)", "dɪlˈɪbɚeɪt"),
    _in_ipa(
        r"\b(a(?: \w+)? )row(?= about\b)|\b((?:loud|bitter|terrible|blazing|furious|noisy) )row\b(?! of\b)", "ɹˈaʊ"
    ),
    _in_ipa(
        r"\b((?:[Tt]he|[Aa]n|old|poor) )invalid(?= (?:lay|sat|slept|was|who|in|on|smiled|rested|of)\b|[.,;!?]|$)",
        "ˈɪnvəlɪd",
    ),
    _in_ipa(
        r"\b((?:may|might|can|will|could|would|to) )intimate(?= (?:that|what|how|an?|the|something|it)\b|[.,;]|$)",
        "ˈɪntɪmeɪt",
    ),
    _in_ipa(
        r"(?:\b((?:I|he|she|they|we|you|who) )cursed\b|\b[Cc]ursed(?= (?:by|with|at|the|his|her|my|him|it|under)\b))",
        "kˈɜːst",
    ),
    _in_ipa(r"\b[Dd]iffuse(?= (?:light|glow|warmth|attention|awareness)\b)", "dɪfjˈuːs"),
    _in_ipa(r"(?<=winds )buffet\b|(?<=waves )buffet\b|\bbuffet(?= of wind)", "bˈʌfɪt"),
    _in_ipa(r"\b((?:[Aa]|[Tt]he|my|his|her|your|old) )moped\b(?! (?:about|around))", "mˈoʊpɛd"),
    Rule("homograph", r"\b([Uu])nused to\b", _ipa("ʌnjˈuːst") + " to", ipa=True),
    Rule("homograph", r"^Does(?= are\b)", "Doze"),
    _in_ipa(r"\b[Rr]efuse(?= (?:bin|dump|heap|truck|collection)s?\b)", "ɹˈɛfjuːs"),
    _in_ipa(r"\b[Cc]rooked\b(?! (?:a|his|her|my|one) (?:finger|arm|elbow))", "kɹˈʊkɪd"),
    Rule("homograph", r"\b([Dd])ove(?=-)", r"\1uv"),
    Rule(
        "homograph", r"(?<!\b[Tt]he )(?<!\b[Aa] )(?<!\b[Oo]ld )(?<!\b[Oo]ur )(?<!\b[Ww]ild )\b([Ss])ow(s?)\b", r"\1ew\2"
    ),
    Rule("homograph", r"\b([Ss]l)ough(?= off\b)", r"\1uff"),
    _in_ipa(r"\b[Hh]ouses\b", "hˈaʊzᵻz", _MISAKI),
    _in_ipa(r"\b[Mm]ouths\b", "mˈaʊðz"),
    Rule("homograph", rf"{_FIRST}([Ss])eparate(?= {_OBJECTS}\b)", r"\1epparait", _ESPEAK),
    _in_ipa(
        r"\b((?:roads|paths|ways|rivers|streams|clouds|friends|hands|lips) )separate"
        r"(?= (?:here|there|at|again|for)\b|[.,;!?…]|$)",
        "sˈɛpɚɹeɪt",
    ),
    Rule("homograph", rf"{_FIRST}([Pp])resent(?= (?:your|our|my|the|her|him|them)\w*\b)", r"\1rezent"),
    Rule("homograph", rf"{_FIRST}([Pp])olish(?= {_OBJECTS}\b)", r"\1ahlish"),
    Rule("homograph", rf"{_FIRST}([Tt])ear(?= {_OBJECTS}\b)", r"\1air", _ESPEAK),
    Rule("homograph", rf"{_FIRST}([Mm])oderate(?= {_OBJECTS}\b)", r"\1oderait"),
    Rule("homograph", rf"{_FIRST}([Ee])stimate(?= {_OBJECTS}\b)", r"\1stimait", _ESPEAK),
    Rule("homograph", rf"{_FIRST}([Aa])lternate(?= {_OBJECTS}\b)", r"\1lternait", _ESPEAK),
    Rule("homograph", rf"{_FIRST}([Dd])eliberate(?= (?:{_OBJECTS}|on)\b)", r"\1eliberait", _ESPEAK),
    Rule("homograph", r"\b(I|[Ww]e|[Yy]ou) used to\b", r"\1 yoost to", _ESPEAK),
    Rule("homograph", rf"\b({_ACCUSTOMED} )used to\b", lambda m: m[1] + _ipa("jˈuːst") + " to", ipa=True),
    Rule(
        "homograph",
        r"(?:^([Uu])|\b((?:am|are|is|was|were|be|been|being)(?:n['’]t)? (?:\w+ )?)u)sed to"
        rf"(?= (?:{_OBJECTS}|silence|\w+ing)\b)",
        lambda m: (m[2] or "") + _ipa("jˈuːst") + " to",
        ipa=True,
    ),
    _in_ipa(r"\b([Pp]ut (?:\w+ ){1,4}to (?:good |better |best |some )?)use(?=[.,;:!?…]|$)", "jˈuːs"),
    Rule("homograph", r"\b((?:[Ii]n|[Tt]o|[Nn]ear|[Ff]rom|[Oo]f) )Nice\b(?! (?:people|things))", r"\1Neece"),
    Rule("homograph", r"\bNice(?=, France\b)", "Neece"),
    Rule("homograph", r"\bReading(?=, (?:England|Berkshire|Pennsylvania|UK)\b)", "Redding"),
)
