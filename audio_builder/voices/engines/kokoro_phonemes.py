"""From IPA to the symbols that the Kokoro model was trained on, and to pieces that it takes."""

from __future__ import annotations

import re
import unicodedata

LONGEST_PIECE = 300
"""Phonemes in one run. The model takes 510; beyond about 400 it hurries, and a slow run grows long."""

_RUNS = (
    (1, ";:,.!?"),
    (9, '—…"()“” '),
    (24, "AI"),
    (31, "O"),
    (33, "Q"),
    (36, "T"),
    (39, "W"),
    (41, "Yᵊab"),
    (46, "def"),
    (50, "hijklmnop"),
    (61, "stuvw"),
    (67, "yz"),
    (69, "ɑ"),
    (71, "ɒæ"),
    (76, "ɔ"),
    (81, "ðʤə"),
    (86, "ɛɜ"),
    (92, "ɡ"),
    (102, "ɪ"),
    (112, "ŋ"),
    (119, "θ"),
    (123, "ɹ"),
    (131, "ʃ"),
    (133, "ʧ"),
    (135, "ʊ"),
    (138, "ʌ"),
    (147, "ʒ"),
    (156, "ˈˌː"),
    (177, "ᵻ"),
)
_NUMBERS = {symbol: number for start, symbols in _RUNS for number, symbol in enumerate(symbols, start)}
"""The published vocabulary of Kokoro-82M: those symbols of it that English needs."""

_SHARED = (
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("e^ɪ", "A"),
    ("ɔ^ɪ", "Y"),
    ("d^ʒ", "ʤ"),
    ("t^ʃ", "ʧ"),
    ("ə^l", "ᵊl"),
    ("ʔˌn\u0329", "tᵊn"),
    ("ʔn\u0329", "tᵊn"),
    ("ʔn", "tᵊn"),
    ("ʔ", "t"),
    ("ʲ", ""),
    ("ɚ", "əɹ"),
    ("ɐ", "ə"),
    ("r", "ɹ"),
    ("x", "k"),
    ("ç", "k"),
    ("ɬ", "l"),
    ("\u0303", ""),
)
_AMERICAN = (("o^ʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("e", "A"), ("ɾ", "T"), ("ː", ""))
_BRITISH = (("e^ə", "ɛː"), ("iə", "ɪə"), ("ə^ʊ", "Q"), ("ɾ", "t"))
_DIALECTS = {"en-us": ("en-us", _AMERICAN), "en-gb": ("gmw/en", _BRITISH)}

_TIED = [pair.replace("^", "") for pair, _ in (*_SHARED, *_AMERICAN, *_BRITISH) if "^" in pair and pair != "ə^l"]

_STRESS = re.compile(r"([ˈˌ])([^\sˈˌaeiouyɑɒæɔəɛɜɪʊʌɚɐᵻɨʉøœ]+)")

_CUTS = (re.compile(r"(?<=[.!?…])[”)]* "), re.compile(r"(?<=[,;:—])[”)]* "), re.compile(" "))


def espeak_voice(language: str) -> str | None:
    """Return the name of eSpeak NG's voice for a language tag such as `en-GB`; None where Kokoro has none here."""
    found = _DIALECTS.get(language.lower())
    return found[0] if found else None


def kokoro_phonemes(ipa: str, language: str) -> str:
    """Return IPA of eSpeak NG's in the model's symbols; what it doesn't know is left out.

    Args:
        ipa: from `Phonemizer.ipa`.
        language: `en-US` or `en-GB`.
    """
    for there, here in (*_SHARED, *_DIALECTS[language.lower()][1]):
        ipa = ipa.replace(there, here)
    ipa = re.sub("(\\S)\u0329", r"ᵊ\1", ipa).replace("ɹɹ", "ɹ")
    return "".join(symbol for symbol in ipa if symbol in _NUMBERS).strip()


def with_ties(ipa: str) -> str:
    """Return IPA as dictionaries print it in the way eSpeak NG writes it.

    It has `^` inside diphthongs and affricates, and stress before a vowel instead of before its syllable.
    """
    ipa = unicodedata.normalize("NFD", ipa).replace("\u0361", "").replace("\u035c", "").replace("'", "ˈ")
    ipa = _STRESS.sub(r"\2\1", ipa)
    return re.sub("|".join(_TIED), lambda found: f"{found[0][0]}^{found[0][1:]}", ipa.replace("g", "ɡ"))


def tokens(phonemes: str) -> list[int]:
    """Return the model's number of each symbol."""
    return [_NUMBERS[symbol] for symbol in phonemes]


def pieces(phonemes: str, longest: int = LONGEST_PIECE) -> list[str]:
    """Return phonemes in pieces of at most `longest`: halved at a sentence's end, else a clause's, else a space.

    Halves are alike in length, since a short remainder is spoken at another pace than what it belongs to.
    """
    if len(phonemes) <= longest:
        return [phonemes] if phonemes else []
    middle = len(phonemes) / 2
    for cut in _CUTS:
        ends = [found.end() for found in cut.finditer(phonemes)]
        # A cut near an end leaves a crumb: then the next kind of boundary is better.
        ends = [end for end in ends if len(phonemes) / 8 < end < len(phonemes) * 7 / 8]
        if ends:
            at = min(ends, key=lambda end: abs(end - middle))
            break
    else:
        at = int(middle)
    return pieces(phonemes[:at].strip(), longest) + pieces(phonemes[at:].strip(), longest)
