"""The operating system's own voice through pyttsx3; on Linux that is espeak-ng.

espeak-ng's voice flutters by a count that goes on from phrase to phrase, so what it says depends on what it
said before. On Linux each phrase is therefore spoken in a fork of its own, which costs next to nothing and
gives the same bytes every time.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import multiprocessing
import os
import platform
import signal
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from audio_builder.audio.samples import AudioSegment, ffmpeg_program
from audio_builder.errors import AudioBuilderError, EngineFailed, EngineTimedOut, MissingExtra, quoted
from audio_builder.files import scratch_folder
from audio_builder.voices.engines.base import TimedSound, WordStart
from audio_builder.voices.extras import installed_version, missing_extra
from audio_builder.voices.languages import closest, primary
from audio_builder.voices.profile import Voice
from audio_builder.voices.word_alignment import words_with_places

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


_SHORTEST_S_PER_CHARACTER, _LONGEST_S_PER_CHARACTER, _LONGEST_EXTRA_S = 1 / 25, 1 / 5, 8.0
_FASTEST_SETTING, _USUAL_SETTING = 450.0, 175.0
_MAC_RATE_HZ = 44100
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


class SystemEngine:
    """Speaks with pyttsx3; its setting is pyttsx3's `rate`.

    The profile's settings `linux_voice`, `darwin_voice` and `win32_voice` name the voice of each system; without
    them it is the one that speaks the profile's language.
    """

    def __init__(self) -> None:
        self._driver = SystemDriver()

    def voices(self) -> tuple[str, ...]:
        """Return the names by which the operating system knows its voices.

        Raises:
            MissingExtra: there is no voice on this machine (with the command that mends it).
        """
        return tuple(_undisturbed(self._driver.voices, BASE_DEADLINE_S))

    def languages(self) -> tuple[str, ...]:
        """Return the BCP 47 tags of what the operating system's voices speak.

        Raises:
            MissingExtra: there is no voice on this machine (with the command that mends it).
        """
        return tuple(_undisturbed(self._driver.languages, BASE_DEADLINE_S))

    def fingerprint(self) -> str:
        """Return the versions of pyttsx3 and of what speaks behind it.

        Raises:
            MissingExtra: one of them isn't installed.
        """
        return f"system pyttsx3={installed_version('pyttsx3', WANTED_BY)} {_speaker_version()}"

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
        with scratch_folder() as folder:
            file = folder / "phrase.wav"
            # The driver keeps to the deadline itself; the fork is given up a little later.
            told = _undisturbed(lambda: self._driver.write(text, voice, file), 2 * deadline_s(text))
            sound = read_sound_file(file)
        _check_length(sound, text, voice.rate)
        return TimedSound(sound, _words(told, text, sound.frame_rate))


def _words(told: list[str], text: str, rate_hz: int) -> tuple[WordStart, ...]:
    """Return those words that begin as a written one does; espeak-ng passes over a quotation mark before one."""
    places = {at + step: at for at, word in words_with_places(text) for step in range(_before_letters(word) + 1)}
    found = ((int(place) - 1, int(ms)) for place, ms in map(str.split, told))
    return tuple(WordStart(places[at], round(ms * rate_hz / 1000)) for at, ms in found if at in places)


def _before_letters(word: str) -> int:
    return next((place for place, character in enumerate(word) if character.isalnum()), 0)


def _undisturbed(work: Callable[[], list[str]], limit_s: float) -> list[str]:
    """Do something with espeak-ng in a fork; with what other systems have, here."""
    if sys.platform != "linux":
        return work()
    return run_in_fork(work, limit_s)


def run_in_fork(work: Callable[[], list[str]], limit_s: float) -> list[str]:
    """Return what `work` returns, called in a fork of this process that ends with it. For Linux.

    It is for libraries that never forget what they did: this process must not have used them, and have no threads that
    the work needs.

    Args:
        work: what to do; what it changes stays in the fork, but for files.
        limit_s: how long it may take.

    Raises:
        AudioBuilderError: what the work raised.
        EngineFailed: it raised something else, or the fork died.
        EngineTimedOut: it wasn't finished in time.
    """
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    fork = context.Process(target=_answer, args=(work, there))
    fork.start()
    there.close()
    try:
        if not here.poll(limit_s):
            raise EngineTimedOut(f"the process that speaks did not answer for {limit_s:.0f} s")
        answer: list[str] | AudioBuilderError = here.recv()
    except EOFError as error:
        raise EngineFailed("the process that speaks stopped unexpectedly") from error
    finally:
        fork.kill()
        fork.join()
        here.close()
    if isinstance(answer, AudioBuilderError):
        raise answer
    return answer


def _answer(work: Callable[[], list[str]], pipe: Connection[list[str] | AudioBuilderError]) -> None:
    """Send what the work returns or raises; in the fork."""
    with contextlib.suppress(OSError, AttributeError):  # a C library without it
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    try:
        pipe.send(work())
    except AudioBuilderError as error:
        pipe.send(error)
    except Exception as error:  # noqa: BLE001 - the parent must hear of anything
        pipe.send(EngineFailed(f"{type(error).__name__}: {error}"))


def read_sound_file(path: Path) -> AudioSegment:
    """Return a WAV file, mono and 16 bit, at the rate its header says; other formats go through ffmpeg.

    Raises:
        EngineFailed: it is missing, empty, cut short, or not mono 16 bit.
    """
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
        if magic != b"RIFF":
            return _decoded(path)
        with wave.open(str(path), "rb") as file:
            parameters = file.getparams()
            pcm = file.readframes(parameters.nframes)
    except (OSError, EOFError, wave.Error) as error:
        raise EngineFailed(f"the engine left no readable sound: {error}") from error
    if (parameters.nchannels, parameters.sampwidth) != (1, 2):
        raise EngineFailed(f"the engine wrote {parameters.nchannels} channels of {8 * parameters.sampwidth} bit")
    if not pcm or len(pcm) != 2 * parameters.nframes:
        raise EngineFailed(f"the engine's file holds {len(pcm) // 2} frames where its header says {parameters.nframes}")
    return AudioSegment(pcm, frame_rate=parameters.framerate, sample_width=2, channels=1)


def _decoded(path: Path) -> AudioSegment:
    """Return an AIFF file (a Mac's voices write it whatever the name says) through ffmpeg, at 44.1 kHz."""
    command = [ffmpeg_program(), "-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe", "-f", "aiff"]
    command += ["-i", f"file:{path}", "-f", "s16le", "-ac", "1", "-ar", str(_MAC_RATE_HZ), "-"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0 or not done.stdout:
        raise EngineFailed(f"the engine left no readable sound: {done.stderr.decode(errors='replace')[-300:].strip()}")
    return AudioSegment(done.stdout, frame_rate=_MAC_RATE_HZ, sample_width=2, channels=1)


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


def _speaker_version() -> str:
    """Return what speaks behind pyttsx3, with its version."""
    if sys.platform != "linux":
        return f"{platform.system()}={platform.mac_ver()[0] or platform.version()}"
    try:
        return f"espeakng-loader={installed_version('espeakng-loader', WANTED_BY)}"
    except MissingExtra:
        return f"espeak-ng={''.join(_undisturbed(_library_version, BASE_DEADLINE_S))}"


def _library_version() -> list[str]:
    library = load_espeak()
    if library is None:  # never on Linux; said for the type checker
        return []
    library.espeak_Info.restype = ctypes.c_char_p
    return [library.espeak_Info(None).decode()]
