"""pyttsx3, which must be watched closely.

On Linux its `runAndWait` returns while espeak-ng still works in another thread, several queued files leave only the
last, failures are swallowed, and it prints on stdout. So one utterance is spoken at a time, on the process's main
thread, until the event that says it is finished has come and the file no longer grows.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from audio_builder.errors import EngineFailed, EngineTimedOut, MissingExtra, quoted
from audio_builder.voices.extras import missing_extra
from audio_builder.voices.languages import closest, primary
from audio_builder.voices.profile import Voice

WANTED_BY = "the engine system"
BASE_DEADLINE_S = 10.0
_DEADLINE_S_PER_CHARACTER = 0.05
"""espeak-ng needs 0.5 ms a character; a Mac's voices may speak at a fifth of real time."""

_POLL_S = 0.005
_SETTING_S = 1.0
_QUIET_S = 0.5
"""A driver that doesn't report its end (SAPI) has finished when its file rests for this long."""


class SystemDriver:
    """pyttsx3, watched. espeak-ng can be started only once in a process."""

    def __init__(self) -> None:
        self._speech: Any = None
        self._finished = threading.Event()
        self._error: list[BaseException] = []
        self._own_voice = ""
        self._words: list[str] = []

    def voices(self) -> list[str]:
        """Return the names of the system's voices."""
        return [str(voice.id) for voice in self._started().getProperty("voices")]

    def languages(self) -> list[str]:
        """Return the tags of what the system's voices speak."""
        return [_tag(spoken) for voice in self._started().getProperty("voices") for spoken in voice.languages]

    def write(self, text: str, voice: Voice, file: Path) -> list[str]:
        """Speak a text into a file, and return where its words are: `PLACE MILLISECONDS`, the first place being 1."""
        speech = self._started()
        self._finished.clear()
        self._error.clear()
        self._words.clear()
        # A name is set only once a phrase is about to be spoken: pyttsx3 reports a wrong one through `error`.
        name = voice.profile.settings.get(f"{sys.platform}_voice") or self._voice_for(voice.profile.language)
        speech.setProperty("voice", str(name))
        rate = round(voice.rate)
        self._set_rate(rate)
        speech.save_to_file(text, str(file))
        speech.runAndWait()
        self._wait_for(file, text)
        if (taken := _rate_taken(rate)) != rate:
            raise EngineFailed(f"pyttsx3 speaks at {taken} where {rate} was set")
        return self._words

    def _set_rate(self, rate: int) -> None:
        """Set the rate, on Linux until it is in force.

        espeak-ng takes settings in a thread of its own, and some that come right after its start are overtaken by
        pyttsx3's own default: four of nineteen fresh processes spoke at 200 whatever was set. pyttsx3 begins and ends a
        run by stopping what espeak-ng is at, settings too, so none may begin before they are taken.
        """
        self._speech.setProperty("rate", rate)
        if sys.platform != "linux":
            return
        self._speech.proxy.setBusy(False)  # what was set goes to espeak-ng now, and not with the next run
        start = time.monotonic()
        while time.monotonic() - start < _SETTING_S:
            time.sleep(_POLL_S)
            if _is_at_rest():
                if _rate_taken(rate) == rate:
                    return
                self._speech.setProperty("rate", rate)

    def _started(self) -> Any:
        """Return pyttsx3's engine, started when it is first needed."""
        if self._speech is None:
            load_espeak()
            try:
                import pyttsx3

                self._speech = pyttsx3.init()
            except (ImportError, RuntimeError, OSError) as error:
                raise _no_voice(error) from error
            self._own_voice = str(self._speech.getProperty("voice"))
            self._speech.connect("finished-utterance", lambda **_: self._finished.set())
            self._speech.connect("error", lambda exception, **_: self._error.append(exception))
            if sys.platform == "linux":
                self._listen_for_words()
        return self._speech

    def _listen_for_words(self) -> None:
        """Hear what espeak-ng reports before pyttsx3 does, which passes on the words without their times."""
        from pyttsx3.drivers import _espeak

        pyttsx3_hears = _espeak.SynthCallback

        def hear(sound: Any, frames: int, events: Any) -> int:
            for event in itertools.takewhile(lambda event: event.type, events):
                if event.type == _espeak.EVENT_WORD:
                    self._words.append(f"{event.text_position} {event.audio_position}")
            return int(pyttsx3_hears(sound, frames, events))

        _espeak.SetSynthCallback(hear)

    def _voice_for(self, language: str) -> str:
        """Return the name of the system's voice for a language; the chosen one if it speaks it, or if none does."""
        known = {str(voice.id): [*map(_tag, voice.languages)] for voice in self._started().getProperty("voices")}
        own = known.get(self._own_voice, [])
        if primary(language) in map(primary, own):
            return self._own_voice
        return closest(language, known.items()) or self._own_voice

    def _wait_for(self, file: Path, text: str) -> None:
        """Wait until the utterance is reported finished and its file has settled."""
        limit_s = deadline_s(text)
        start = changed = time.monotonic()
        size = -1
        while time.monotonic() - start < limit_s:
            if self._error:
                raise EngineFailed(f"pyttsx3 failed on {quoted(text)}: {self._error[0]}") from self._error[0]
            previous, size = size, file.stat().st_size if file.exists() else 0
            if size != previous:
                changed = time.monotonic()
            elif size > 0 and (self._finished.is_set() or time.monotonic() - changed > _QUIET_S):
                return
            time.sleep(_POLL_S)
        raise EngineTimedOut(f"pyttsx3 did not finish {quoted(text)} within {limit_s:.0f} s")


def deadline_s(text: str) -> float:
    """Return how long a text may take to be spoken."""
    return BASE_DEADLINE_S + _DEADLINE_S_PER_CHARACTER * len(text)


def _tag(spoken: str | bytes) -> str:
    """Return a language as pyttsx3 names it, which some versions do in bytes, after a number."""
    return spoken.decode("ascii", "ignore").lstrip("\x05\x02") if isinstance(spoken, bytes) else str(spoken)


def _rate_taken(asked: int) -> int:
    """Return the rate in force. pyttsx3 returns the default instead, and other systems tell nothing: then `asked`."""
    if sys.platform != "linux":
        return asked
    from pyttsx3.drivers import _espeak

    # Its own GetParameter leaves out the argument that asks for the current value.
    return int(_espeak.dll.espeak_GetParameter(_espeak.RATE, 1))


def _is_at_rest() -> bool:
    """Return whether espeak-ng has taken all that it was given. For Linux."""
    from pyttsx3.drivers import _espeak

    return not _espeak.IsPlaying()


def load_espeak() -> ctypes.CDLL | None:
    """Load espeak-ng so that pyttsx3 finds it: the one of `espeakng-loader`, else the system's.

    pyttsx3 asks for `libespeak-ng.so.1` by that name; a library of that name that is already loaded is
    what it then gets.

    Returns:
        the library, or None on systems that speak with something else.

    Raises:
        MissingExtra: there is neither.
    """
    if sys.platform != "linux":
        return None
    try:
        import espeakng_loader

        library = ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
        os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    except (ImportError, OSError, RuntimeError):
        try:
            return ctypes.CDLL("libespeak-ng.so.1", mode=ctypes.RTLD_GLOBAL)
        except OSError as error:
            raise _no_voice(error) from error
    return library


def _no_voice(error: Exception) -> MissingExtra:
    missing = missing_extra("espeakng-loader", WANTED_BY)
    return MissingExtra(f"no system voice can be used on this machine: {error}", hint=missing.hint)
