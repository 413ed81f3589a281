"""English words that are spelled alike and said otherwise: what shows which one is meant."""

from __future__ import annotations

from audio_builder.voices.spoken.english_numbers import english_words
from audio_builder.voices.spoken.english_rules import ESPEAK, MISAKI, Rule
from audio_builder.voices.spoken.lexicon import IPA_END, IPA_START

_ESPEAK = frozenset({ESPEAK})
_MISAKI = frozenset({MISAKI})
_OBJECTS = (
    "(?:your|the|my|our|his|her|their|its|it|them|this|that|these|those|both|a|an|all|each|every|what|whatever|nothing|"
    "anything|everything|him|me|us|(?:my|your|him|her|it|our|them)sel(?:f|ves))"
)
_FIRST = (
    r"(?:^|(?<=[.!?,;:…“”] )|(?<=\b(?:to|or) )|(?<=\b(?:and|may|can|now) )|(?<=\b(?:then|will|must) )"
    r"|(?<=\b[Gg]ently )|(?<=\b[Ss]lowly )|(?<=\b[Ss]oftly )|(?<=\b[Qq]uietly )|(?<=\b[Cc]arefully )|(?<=\b[Pp]lease )"
    r"|(?<=\b[Jj]ust )|(?<=\b[Nn]ever )|(?<=\b[Ll]et us )|(?<=\b[Dd]on['’]t ))"
)
"""Where an imperative or an infinitive stands."""


def _ipa(sounds: str) -> str:
    return f"{IPA_START}{sounds}{IPA_END}"


_VERBS = english_words("verbs")
_FELT = (
    "(?:[Bb]e|[Ff]eel|[Rr]est|[Rr]emain|[Ss]tay|am|are|is|was|were|been|being|feels|felt|seems?|quite|perfectly|deeply)"
)
_TINY = "(?:detail|difference|change|movement|amount|adjustment|particle|shift|sensation|tremor|grain|crack|sound)s?"

HOMOGRAPHS = (
    Rule(
        "homograph",
        rf"{_FIRST}((?i:{'|'.join(_VERBS)}))(?= {_OBJECTS}\b)",
        lambda m: _ipa(_VERBS[m[1].lower()]),
        ipa=True,
    ),
    Rule("homograph", rf"{_FIRST}[Oo]bject(?= to\b)", _ipa("əbdʒˈɛkt"), ipa=True),
    Rule("homograph", rf"\b({_FELT} (?:so )?)content\b(?! of\b)", lambda m: m[1] + _ipa("kəntˈɛnt"), _MISAKI, ipa=True),
    Rule("homograph", rf"\b({_FELT} (?:so )?content)\b(?! of\b)", r"\1t", _ESPEAK),
    Rule("homograph", rf"\bminute(?= {_TINY}\b)", _ipa("maɪnˈuːt"), _MISAKI, ipa=True),
    Rule("homograph", rf"\bminute(?= {_TINY}\b)", "my-newt", _ESPEAK),
    Rule("homograph", r"\b((?:[Ff]resh|[Ll]ocal) )produce\b", lambda m: m[1] + _ipa("pɹˈoʊduːs"), _ESPEAK, ipa=True),
    Rule(
        "homograph",
        r"\b((?:am|are|is|was|were|be|been) (?:so |very )?)close(?= (?:to|by|together|enough|at hand)\b)",
        lambda m: m[1] + _ipa("klˈoʊs"),
        _ESPEAK,
        ipa=True,
    ),
    Rule(
        "homograph",
        r"\b((?:[Kk]eep|[Ss]tay|[Hh]old|[Dd]raw|[Cc]ome|very|loved) (?:\w+ ){0,3}?)close(?=[.,;:!?…]|$)",
        lambda m: m[1] + _ipa("klˈoʊs"),
        _ESPEAK,
        ipa=True,
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
    Rule("homograph", r"\b((?:[Tt]ake|[Mm]ake|[Ww]ith|[Gg]ive) an?(?: \w+)? )bow\b(?! and arrow)", r"\1bough"),
    Rule("homograph", r"\b((?:ship|boat)['’]s )bow\b", r"\1bough"),
    Rule("homograph", rf"{_FIRST}([Ww])ind(?= (?:{_OBJECTS}|down|up)\b)", r"\1ined", _ESPEAK),
    Rule(
        "homograph",
        r"\b((?:[Ss]?[Hh]e|[Tt]hey|[Ww]e|I|it|path|road|river) )wound"
        r"(?= (?:the|her|his|its|their|around|through|down)\b)",
        r"\1wowned",
        _ESPEAK,
    ),
    Rule(
        "homograph",
        rf"{_FIRST}([Uu])se(?= {_OBJECTS}\b)",
        lambda m: "Yooz" if m[1] == "U" else "yooz",
        _ESPEAK,
    ),
    Rule("homograph", r"^Live(?! (?:music|bird|show|concert|broadcast|from)\b)", "Liv"),
    Rule("homograph", r"\b(Yesterday (?:I|we|she|he|they|you) )read\b", r"\1red", _ESPEAK),
    Rule("homograph", r"\b((?:[Hh]e|[Ss]he) )read\b(?! ?-)", r"\1red", _ESPEAK),
    Rule(
        "homograph",
        r"\b((?:I|[Ww]e|[Tt]hey|[Yy]ou) )read(?= .*\b(?:yesterday|last|ago|once)\b)",
        r"\1red",
        _ESPEAK,
    ),
    Rule(
        "homograph",
        r"(?:(?<=\b[Aa] )|(?<=\b[Tt]he ))lead(?= (?:weight|pipe|pencil|ball|box)(?:s|es)?\b)",
        "led",
    ),
    Rule("homograph", rf"{_FIRST}[Rr]ebel(?= against\b)", _ipa("ɹɪbˈɛl"), ipa=True),
    Rule("homograph", r"(?<!\b[Tt]he )(?<!\b[Aa] )(?<!\b[Oo]ld )(?<!\b[Oo]ur )(?<!\b[Ww]ild )\b([Ss])ow\b", r"\1ew"),
    Rule("homograph", rf"{_FIRST}([Ss])eparate(?= {_OBJECTS}\b)", r"\1epparait", _ESPEAK),
    Rule("homograph", rf"{_FIRST}([Pp])resent(?= (?:your|our|my|the|her|him|them)\w*\b)", r"\1rezent"),
    Rule("homograph", rf"{_FIRST}([Pp])olish(?= {_OBJECTS}\b)", r"\1ahlish"),
    Rule("homograph", rf"{_FIRST}([Tt])ear(?= {_OBJECTS}\b)", r"\1air", _ESPEAK),
    Rule("homograph", rf"{_FIRST}([Mm])oderate(?= {_OBJECTS}\b)", r"\1oderait"),
    Rule("homograph", rf"{_FIRST}([Ee])stimate(?= {_OBJECTS}\b)", r"\1stimait", _ESPEAK),
    Rule("homograph", rf"{_FIRST}([Aa])lternate(?= {_OBJECTS}\b)", r"\1lternait", _ESPEAK),
    Rule("homograph", rf"{_FIRST}([Dd])eliberate(?= (?:{_OBJECTS}|on)\b)", r"\1eliberait", _ESPEAK),
    Rule("homograph", r"\b(I|[Ww]e|[Yy]ou) used to\b", r"\1 yoost to", _ESPEAK),
)
