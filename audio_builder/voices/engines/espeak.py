"""Phonemes from eSpeak NG: the shared library that `espeakng-loader` brings, called directly.

The same library speaks for the engine `system`; here only its dictionary and rules are used.
"""

from __future__ import annotations

import ctypes
import re

from audio_builder.errors import EngineFailed, MissingExtra
from audio_builder.voices.extras import missing_extra

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
