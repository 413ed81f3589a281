"""Text as an engine gets it: numbers, dates, money, abbreviations, capitals and signs in a form that it says rightly.

A reader is what turns text into phonemes: `misaki` (hibari, Kokoro) or `espeak` (Piper, the system's voice). Nearly all
rules are for both; of homographs each gets others wrong, which `tests/data/spoken_forms.tsv` shows. An engine names its
reader in an attribute `reader`; one without it gets the rules for `espeak`.
The words as written stay in the script, the lyrics and the transcript. `other_languages` has the rules of the rest.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from audio_builder.voices.engines.base import Engine
from audio_builder.voices.profile import Voice
from audio_builder.voices.spoken.english_homographs import HOMOGRAPHS
from audio_builder.voices.spoken.english_rules import ESPEAK, NEEDS, RULES
from audio_builder.voices.spoken.english_said import english_list
from audio_builder.voices.spoken.lexicon import apply_lexicon, in_plain_letters, shipped_lexicon
from audio_builder.voices.spoken.other_languages import in_spoken_forms


def spoken_text(text: str, voice: Voice, engine: Engine) -> str:
    """Return the words as an engine gets them: composed characters (NFC), single spaces, pronunciations applied.

    Args:
        text: as written.
        voice: for its language and lexicon.
        engine: for whether it takes IPA (an attribute `takes_ipa`), and its `reader`.
    """
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    ipa = bool(getattr(engine, "takes_ipa", False))
    language = voice.profile.language
    composed = _unstretched(composed) if language.partition("-")[0].lower() == "en" else composed
    composed = in_plain_letters(composed, shipped_lexicon(language))
    words = apply_lexicon(composed, {**shipped_lexicon(language), **voice.lexicon}, ipa=ipa)
    return normalize(words, language, getattr(engine, "reader", ESPEAK), ipa=ipa)


def normalize(text: str, language: str, reader: str = ESPEAK, *, ipa: bool = True) -> str:
    """Return a phrase with its numbers, abbreviations, capitals and signs as a reader says them rightly.

    Args:
        text: one phrase.
        language: BCP 47 tag of the voice; in one that has no rules only signs are left out.
        reader: what turns the text into phonemes, `misaki` or `espeak`.
        ipa: whether it takes IPA: some words can't be respelled.

    >>> normalize("Chapter IV begins in 1984, with $5.", "en-US")
    'Chapter four begins in nineteen eighty-four, with five dollars.'
    """
    bare = _without_signs(text)
    if not any(map(str.isalnum, bare)):
        return text
    spoken = language.partition("-")[0].lower()
    return _in_english(bare, reader, ipa) if spoken == "en" else in_spoken_forms(bare, spoken)


_BRACKETS = re.compile(r"(?<!\[)\[([^\[\]]*)\](?!\])")


@functools.lru_cache(maxsize=1 << 15)
def _in_english(text: str, reader: str, ipa: bool) -> str:
    # A phrase is asked for at each rate that may be spoken.
    text = without_capitals(_BRACKETS.sub(r"(\1)", text))
    written = frozenset(text)
    for rule in (*RULES, *HOMOGRAPHS):
        if rule.ipa and not ipa:
            continue
        if reader in rule.needed_by and not (rule.kind in NEEDS and NEEDS[rule.kind].isdisjoint(written)):
            text = re.sub(rule.pattern, rule.said, text)
    return " ".join(text.split())


_STRETCHED = re.compile(
    r"\b(?:([Mm])m{2,}|([Hh])m{3,}|([Ss])(?:h{3,}|s+h+)|([Oo])m{2,}|([Oo])h{2,}|([Aa])(?:a+h*|h{2,})|([Zz])z{2,}"
    r"|([Hh])a{3,}h*|([Ss])s{2,})\b"
)
_SOUNDS = ("mm", "mm", "hh", "m", "h", "h", "zz", "ah", "ss")
_DRAWN_OUT = re.compile(r"\b\w*?(?i:([a-z])\1{2})\w*")
_DOUBLED = english_list("doubled")


def _unstretched(text: str) -> str:
    """Return a phrase with what people draw out at will in one length: `Ommmm` is `Om`, `sooo` is `so`."""
    text = _STRETCHED.sub(lambda m: (m[m.lastindex or 0]) + _SOUNDS[(m.lastindex or 1) - 1], text)
    return _DRAWN_OUT.sub(_shortened, text)


def _shortened(found: re.Match[str]) -> str:
    """Return `sleep` for `sleeeep`, `slowly` for `slooowly`; a sound, a host or a Roman number stays."""
    word = found.group()
    if word.lower() in _KEPT or (word.isupper() and _ROMAN.fullmatch(word)):
        return word
    double = re.sub(r"(?i)([a-z])\1{2,}", r"\1\1", word)
    return double if double.lower() in _DOUBLED else re.sub(r"(?i)([a-z])\1{2,}", r"\1", word)


_KEPT = frozenset({"mmm", "hmmm", "shhh", "zzz", "brrr", "sss", "www", "iii", "xxx", "aaa"})


# --- signs ---

_NAMED_SIGNS = "°©♯♭"
"""Signs that a reader says by a name that a person would say too."""

_ARROW = re.compile(r"(?<=\w) ?[←-⇿➔-➾⟵-⟿] ?(?=\w)")


@functools.lru_cache(maxsize=1 << 15)
def _without_signs(text: str) -> str:
    """Return a phrase without emoji, ticks, stars and arrows, which engines name aloud."""
    if text.isascii():
        return text
    if any("\u1e00" <= letter <= "\u1eff" for letter in text):
        text = "".join(_plain(letter) if "\u1e00" <= letter <= "\u1eff" else letter for letter in text)
    text = _ARROW.sub(", ", text.replace("\u02bc", "’").replace("℃", "°C").replace("⁄", "/"))
    kept = "".join(" " if _is_sign(character) else character for character in text)
    return text if kept == text else re.sub(r" +(?=[.,:;!?…”’)]|$)", "", " ".join(kept.split()))


def _plain(letter: str) -> str:
    """Return a letter with two marks, as Vietnamese has them, without any: English readers spell it out."""
    return unicodedata.normalize("NFD", letter)[0]


def _is_sign(character: str) -> bool:
    if character in _NAMED_SIGNS:
        return False
    variation = "\ufe00" <= character <= "\ufe0f" or character in "\u200d\u20e3\u2022\u2023\u2043"
    arrow = "←" <= character <= "⇿" or "⟵" <= character <= "⟿"
    skin = "\U0001f3fb" <= character <= "\U0001f3ff"
    return variation or arrow or skin or unicodedata.category(character) == "So"


_SHORT_WORDS = english_list("short_words")
_ACRONYMS = english_list("acronyms")
_AMBIGUOUS = english_list("ambiguous")
_HEADS = english_list("heads")
_AFTER_ACRONYM = re.compile(
    r"['’]s\b| (?:department|team|support|staff|manager|specialist|army|government|president|senate|citizens?)\b"
)
_WORD = re.compile(r"(?<![\w.'’&/-])(?:[A-Z]+['’][A-Z]{1,2}|[A-Z]{2,})(?![\w&/$£€]|\.\w)")
_ROMAN = re.compile(r"(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ARTICLE = re.compile(r"\b(?:the|an?)$", re.IGNORECASE)
_SHORT = 3
_VOWEL = re.compile("[AEIOUY]")


def without_capitals(text: str) -> str:
    """Return an English phrase with its words in lower case that stand in capitals; acronyms stay.

    >>> without_capitals("Breathe IN, and let the BBC go.")
    'Breathe in, and let the BBC go.'
    >>> without_capitals("NOW IT IS TIME TO REST")
    'now it is time to rest'
    """
    return _WORD.sub(lambda found: _lowered(found, text), text)


def _lowered(found: re.Match[str], text: str) -> str:
    word = found.group()
    bare = re.split("['’]", word)[0]
    if word != bare and not word.endswith("S"):
        return word.capitalize() if bare == "I" else word.lower()
    if bare in _HEADS:
        return word.capitalize()
    return word if _is_acronym(bare, text[: found.start()].rstrip(), text[found.end() :]) else word.lower()


def _is_acronym(word: str, before: str, after: str) -> bool:
    if word == "AM" and before[-1:].isdigit():
        return True
    if word in _AMBIGUOUS and (_ARTICLE.search(before) or _AFTER_ACRONYM.match(after)):
        return True
    if word.lower() in _SHORT_WORDS:
        return False
    return len(word) <= _SHORT or word in _ACRONYMS or bool(_ROMAN.fullmatch(word)) or not _VOWEL.search(word)
