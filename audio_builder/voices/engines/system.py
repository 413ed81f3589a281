"""The operating system's own voice through pyttsx3; on Linux that is espeak-ng.

pyttsx3 must be watched closely. On Linux `runAndWait` returns while espeak-ng still works in another
thread, several queued files leave only the last, failures are swallowed, and it prints on stdout. So this
engine speaks one utterance at a time on its process's main thread, waits for the event that says it is
finished and for a file that no longer grows, and then checks the file.

espeak-ng's voice flutters by a count that goes on from phrase to phrase, so what it says depends on what it
said before. On Linux each phrase is therefore spoken in a fork of its own, which costs next to nothing and
gives the same bytes every time.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from audio_builder.audio import AudioSegment
from audio_builder.errors import EngineFailed, EngineTimedOut, MissingExtra
from audio_builder.voices.engines.afresh import afresh
from audio_builder.voices.engines.base import TimedSound, WordStart
from audio_builder.voices.engines.sound_file import read_sound_file
from audio_builder.voices.extras import installed_version, missing_extra
from audio_builder.voices.languages import closest, primary
from audio_builder.voices.profile import Voice
from audio_builder.voices.wording.word_places import words_with_places
from audio_builder.voices.words import quoted

_WANTED_BY = "the engine system"
_BASE_DEADLINE_S = 10.0
_DEADLINE_S_PER_CHARACTER = 0.05
"""espeak-ng needs 0.5 ms a character; a Mac's voices may speak at a fifth of real time."""

_POLL_S = 0.005
_SETTING_S = 1.0
_QUIET_S = 0.5
"""A driver that doesn't report its end (SAPI) has finished when its file rests for this long."""

_SHORTEST_S_PER_CHARACTER, _LONGEST_S_PER_CHARACTER, _LONGEST_EXTRA_S = 1 / 25, 1 / 5, 8.0
_FASTEST_SETTING, _USUAL_SETTING = 450.0, 175.0


class SystemEngine:
    """Speaks with pyttsx3; its setting is pyttsx3's `rate`.

    The profile's settings `linux_voice`, `darwin_voice` and `win32_voice` name the voice of each system; without
    them it is the one that speaks the profile's language.
    """

    def __init__(self) -> None:
        self._driver = _Driver()

    def voices(self) -> tuple[str, ...]:
        """Return the names by which the operating system knows its voices.

        Raises:
            MissingExtra: there is no voice on this machine (with the command that mends it).
        """
        return tuple(_undisturbed(self._driver.voices, _BASE_DEADLINE_S))

    def fingerprint(self) -> str:
        """Return the versions of pyttsx3 and of what speaks behind it.

        Raises:
            MissingExtra: one of them isn't installed.
        """
        return f"system pyttsx3={installed_version('pyttsx3', _WANTED_BY)} {_speaker_version()}"

    def speak(self, text: str, voice: Voice) -> AudioSegment:
        """Return `text` at the rate of the file that the operating system's voice wrote.

        Raises:
            as `speak_timed` does.
        """
        return self.speak_timed(text, voice).sound

    def speak_timed(self, text: str, voice: Voice) -> TimedSound:
        """Return what `speak` does, on Linux with the words that espeak-ng reports.

        Raises:
            MissingExtra: there is no voice on this machine.
            EngineTimedOut: the file was not finished in the time its text allows.
            EngineFailed: the voice reported an error, or the file can't be that text.
        """
        with tempfile.TemporaryDirectory(prefix="audio-builder-") as folder:
            file = Path(folder) / "phrase.wav"
            # The driver keeps to the deadline itself; the fork is given up a little later.
            told = _undisturbed(lambda: self._driver.write(text, voice, file), 2 * _deadline_s(text))
            sound = read_sound_file(file)
        _check_length(sound, text, voice.rate)
        return TimedSound(sound, _words(told, text, sound.frame_rate))


class _Driver:
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
        pyttsx3's own default: four of nineteen fresh processes spoke at 200 whatever was set.
        """
        self._speech.setProperty("rate", rate)
        start = time.monotonic()
        while sys.platform == "linux" and time.monotonic() - start < _SETTING_S:
            self._speech.runAndWait()  # nothing is to be spoken yet, so this only takes the settings
            time.sleep(_POLL_S)
            if _rate_taken(rate) == rate:
                return
            self._speech.setProperty("rate", rate)

    def _started(self) -> Any:
        """Return pyttsx3's engine, started when it is first needed."""
        if self._speech is None:
            _load_espeak()
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
        limit_s = _deadline_s(text)
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


def _words(told: list[str], text: str, rate_hz: int) -> tuple[WordStart, ...]:
    """Return those words that begin as a written one does; espeak-ng passes over a quotation mark before one."""
    places = {at + step: at for at, word in words_with_places(text) for step in range(_before_letters(word) + 1)}
    found = ((int(place) - 1, int(ms)) for place, ms in map(str.split, told))
    return tuple(WordStart(places[at], round(ms * rate_hz / 1000)) for at, ms in found if at in places)


def _before_letters(word: str) -> int:
    return next((place for place, character in enumerate(word) if character.isalnum()), 0)


def _deadline_s(text: str) -> float:
    """Return how long a text may take to be spoken."""
    return _BASE_DEADLINE_S + _DEADLINE_S_PER_CHARACTER * len(text)


def _undisturbed(work: Callable[[], list[str]], limit_s: float) -> list[str]:
    """Do something with espeak-ng in a fork; with what other systems have, here."""
    if sys.platform != "linux":
        return work()
    return afresh(work, limit_s)


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


def _check_length(sound: AudioSegment, text: str, rate: float) -> None:
    """Refuse a sound that can't be the text, allowing for digits, which take longer than they look."""
    weight = sum(6 if character.isdigit() else 1 for character in text)
    shortest = _SHORTEST_S_PER_CHARACTER * len(text) * _USUAL_SETTING / _FASTEST_SETTING
    longest = (_LONGEST_S_PER_CHARACTER * weight + _LONGEST_EXTRA_S) * max(1.0, _USUAL_SETTING / rate)
    if not shortest <= sound.duration_seconds <= longest:
        raise EngineFailed(
            f"pyttsx3 gave {sound.duration_seconds:.2f} s for {quoted(text)}; "
            f"between {shortest:.2f} s and {longest:.2f} s would be plausible"
        )


def _load_espeak() -> ctypes.CDLL | None:
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


def _speaker_version() -> str:
    """Return what speaks behind pyttsx3, with its version."""
    if sys.platform != "linux":
        return f"{platform.system()}={platform.mac_ver()[0] or platform.version()}"
    try:
        return f"espeakng-loader={installed_version('espeakng-loader', _WANTED_BY)}"
    except MissingExtra:
        return f"espeak-ng={''.join(_undisturbed(_library_version, _BASE_DEADLINE_S))}"


def _library_version() -> list[str]:
    library = _load_espeak()
    if library is None:  # never on Linux; said for the type checker
        return []
    library.espeak_Info.restype = ctypes.c_char_p
    return [library.espeak_Info(None).decode()]


def _no_voice(error: Exception) -> MissingExtra:
    missing = missing_extra("espeakng-loader", _WANTED_BY)
    return MissingExtra(f"no system voice can be used on this machine: {error}", hint=missing.hint)
