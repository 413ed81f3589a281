"""English text as phonemes in misaki's alphabet, on which Kokoro and the voices distilled from it were trained.

The reader is the one that the package `hibari-tts` holds. Its only notation of its own is `[word](/phonemes/)`: text
never reaches it, and pronunciations in IPA do.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

from audio_builder.errors import EngineFailed, VoiceError, quoted
from audio_builder.voices.spoken.lexicon import IPA_END, IPA_START

_IPA = re.compile(f"{IPA_START}(.*?){IPA_END}")
_PARENTHESES = str.maketrans("[]", "()")

_CUTS = (re.compile(r"(?<=[.!?…])[”)]* "), re.compile(r"(?<=[,;:—])[”)]* "), re.compile(" "))
"""Where a long phrase is cut: at a sentence's end, else at a clause's, else between words."""

_STRESS = re.compile(r"([ˈˌ])([^\sˈˌaeiouyɑɒæɔəɛɜɝɪʊʌɚɐᵻɨʉøœ]+)")
"""A mark of stress before its syllable, and the consonants over which misaki writes it: right before the vowel."""

_STOP_OF_A_LETTER = re.compile(r"(?<![\w.'])\d*[A-Za-z]\.(?=[”\"')]*(?:\s|$))")
"""As in “So do I. We left.”: the reader leaves it out, as that of an initial. Those of initials don't come here."""

_SAME = "bdfhijklmnpstuvwzæðŋɑɔəɛɜɡɪɹʃʊʌʒθᵊᵻʤʧˈˌ "
"""What misaki writes as IPA does."""

_SHARED = """
    aɪ=I aʊ=W eɪ=A ɔɪ=Y dʒ=ʤ tʃ=ʧ e=ɛ ɚ=əɹ n\u0329=ᵊn l\u0329=ᵊl m\u0329=ᵊm g=ɡ r=ɹ
    x=k c\u0327=k ɬ=l ɫ=l ɭ=l ʔ=t ɐ=ə ɨ=ɪ ʉ=u ʍ=w ʂ=ʃ ɕ=ʃ ʐ=ʒ ʑ=ʒ ʈ=t ɖ=d ɳ=n ɲ=nj ʋ=v ʁ=ɹ ʀ=ɹ
    ʰ= ʲ= \u0303= .= ‿= -=
"""
"""For both dialects. The second line is how a speaker of English says the sounds of other languages. Breath,
palatalization, nasals, borders of syllables and links have no signs in misaki's alphabet."""

_AMERICAN = "oʊ=O əʊ=O o=O e=A ɝ=ɜɹ ɜːɹ=ɜɹ ɜːr=ɜɹ ɜː=ɜɹ ɪə=iə ɛə=ɛɹ eə=ɛɹ a=ɑ ɒ=ɑ ɾ=T ː="
_BRITISH = "əʊ=Q oʊ=Q o=Q ɝ=ɜː eə=ɛː ɛə=ɛː iə=ɪə æ=a a=a ɒ=ɒ ɾ=t ː=ː"


def phonemes(text: str, *, british: bool) -> str:
    """Return English text in misaki's alphabet, its punctuation kept; empty for one with nothing to say.

    Numbers, dates, units and abbreviations are read as words; what can't be read, such as an emoji, is left out.

    Args:
        text: any text; IPA in it stands between `IPA_START` and `IPA_END`.
        british: whether it is British English; else American.

    Raises:
        VoiceError: as `ipa_to_misaki` does.
        EngineFailed: the reader can't read it, such as a number of forty digits.
    """
    reader = _reader(british=british)
    said = ""
    for number, part in enumerate(_IPA.split(text)):
        if number % 2:
            own = ipa_to_misaki(part, british=british)
            said += f"[x](/{own}/)" if own else ""
        elif part.strip():
            read = _plain(part)
            said += f"{' ' * part[0].isspace()}{read}{' ' * part[-1].isspace()}"
        elif part:
            said += " "
    try:
        *ended, rest = (
            reader(part, normalize_text=False) for part in _STOP_OF_A_LETTER.sub(r"\g<0>\n", said).split("\n")
        )
    except (ValueError, LookupError) as error:
        raise EngineFailed(f"the reader of English can't read {quoted(text)}: {error}") from error
    return " ".join("".join([*(f"{part.rstrip(' .')}. " for part in ended), rest]).split())


def ipa_to_misaki(ipa: str, *, british: bool) -> str:
    """Return IPA as dictionaries print it in misaki's alphabet; the nearest English sound where it lacks one.

    >>> ipa_to_misaki("vɪˈpæsənə ˈtʃɜːtʃ", british=False)
    'vɪpˈæsənə ʧˈɜɹʧ'

    Args:
        ipa: without slashes; stress before its syllable, as usual, or before its vowel.
        british: whether it is for a voice that speaks British English.

    Raises:
        VoiceError: a symbol in it is no sound of English, nor near one.
    """
    plain = unicodedata.normalize("NFD", ipa).replace("\u0361", "").replace("\u035c", "").replace("'", "ˈ")
    plain = _STRESS.sub(r"\2\1", plain)
    symbols, unit = _alphabet(british=british)
    said = ""
    for found in unit.finditer(plain):
        if found.group() not in symbols:
            raise VoiceError(
                f"the pronunciation /{ipa}/ has “{found.group()}”, which this voice can't say",
                hint="Write it with the sounds of English, such as /vɪˈpæsənə/, or respell the word in letters.",
            )
        said += symbols[found.group()]
    return said.strip()


_AS_IPA = {
    "A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ", "ʤ": "dʒ", "ʧ": "tʃ", "T": "ɾ", "ᵊ": "ə",
    "ɜɹ": "ɜː", "əɹ": "ɚ", "ɑ": "ɑː", "ɔ": "ɔː", "u": "uː", "ˈi": "ˈiː", "ˌi": "ˌiː", "ɛː": "eə",
}  # fmt: skip
_MISAKI = re.compile(f"({'|'.join(sorted(_AS_IPA, key=len, reverse=True))})ː?")


def misaki_to_ipa(phonemes: str) -> str:
    """Return misaki's phonemes as eSpeak NG writes them, whose vowels carry their length.

    >>> misaki_to_ipa("ɹˈɛst"), misaki_to_ipa("bɹˈiðz"), misaki_to_ipa("klˈOs")
    ('ɹˈɛst', 'bɹˈiːðz', 'klˈoʊs')
    """
    return _MISAKI.sub(lambda found: _AS_IPA[found[1]], phonemes)


@functools.cache
def _alphabet(*, british: bool) -> tuple[dict[str, str], re.Pattern[str]]:
    """Return what stands for each symbol of IPA, and a pattern that finds the longest of them, else a character."""
    pairs = f"{_SHARED} {_BRITISH if british else _AMERICAN}".split()
    symbols = {symbol: symbol for symbol in _SAME} | dict(pair.split("=") for pair in pairs)
    longest_first = sorted(symbols, key=len, reverse=True)
    return symbols, re.compile("|".join([*map(re.escape, longest_first), "."]), re.DOTALL)


@functools.cache
def _reader(*, british: bool) -> Any:
    """Return the reader of one of the two Englishes; its word lists take 0.3 s to load."""
    from hibari.g2p import G2P

    return G2P(british=british)


def _plain(text: str) -> str:
    """Return a text without brackets, with plain apostrophes and digits: the reader fails on the number “²”."""
    plain = (str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text.replace("’", "'"))
    return " ".join("".join(plain).translate(_PARENTHESES).split())


def pieces(phonemes: str, longest: int) -> list[str]:
    """Return phonemes in pieces of at most `longest`: halved at a sentence's end, else a clause's, else a space.

    Halves are alike in length, since a short remainder is spoken at another pace than what it belongs to.
    """
    if len(phonemes) <= longest:
        return [phonemes] if phonemes else []
    middle = len(phonemes) // 2
    for cut in _CUTS:
        ends = [found.end() for found in cut.finditer(phonemes)]
        # A cut near an end leaves a crumb: then the next kind of boundary is better.
        ends = [end for end in ends if len(phonemes) / 8 < end < len(phonemes) * 7 / 8]
        if ends:
            middle = min(ends, key=lambda end: abs(end - middle))
            break
    return [*pieces(phonemes[:middle].strip(), longest), *pieces(phonemes[middle:].strip(), longest)]
