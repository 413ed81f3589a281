"""The real system voice through pyttsx3: always in a worker process, as in a build."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import wave
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from audio_builder.article.source import source_from_bytes
from audio_builder.audio.samples import ffmpeg_program
from audio_builder.errors import EngineFailed, MissingExtra
from audio_builder.narration.clip import Narration
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.workers.pool import Pool
from audio_builder.preflight import check_everything
from audio_builder.recipe.settings import Recipe
from audio_builder.script.from_document import make_script, read_document
from audio_builder.script.phrases import count_words
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.engines import system
from audio_builder.voices.engines.system import SystemEngine, read_sound_file
from audio_builder.voices.engines.tone import ToneEngine
from audio_builder.voices.profile import Voice
from tests.held_out import HELD_OUT
from tests.sound_helpers import sound_after_pauses
from tests.voice_helpers import narrated_at_rate, rates_of, ready, script_of, word_at
from tests.voices.engines.test_piper import LONG

pytestmark = pytest.mark.engine


def test_asking_for_125_words_a_minute_gives_125_on_another_text(tmp_path: Path) -> None:
    """Within 5 per cent, on a text of more than 300 words that wasn't used to calibrate."""
    narration = narrated_at_rate(script_of(*HELD_OUT), "system", 125, tmp_path)
    assert narration.wpm == pytest.approx(125, rel=0.05)


def test_its_words_begin_when_the_sound_does_after_each_pause(tmp_path: Path) -> None:
    """Within 80 ms of the sound in the clip; of words that it joins, as “of the”, the first alone is told."""
    text = (
        "So take the “small” cup, put it on the 21st shelf; keep some of the tea, because they will come: five of them."
    )
    (clip,) = narrate(script_of(text), ready("system", 125), cache=ClipCache(tmp_path), rate_hz=44100).clips
    starts = {word_at(text, word.at): word.frame / 44100 for word in clip.words(text)}
    pauses = sound_after_pauses(clip.load(), 0.15)
    for word in ("put", "keep", "because", "five"):
        assert min(abs(starts[word] - start_s) for start_s in pauses) < 0.08, (word, starts[word], pauses)
    assert "“small”" in starts
    frames = [word.frame for word in clip.words(text)]
    assert len(frames) >= len(text.split()) - 3
    assert frames == sorted(frames)


def test_one_word_and_four_hundred_characters_are_whole(tmp_path: Path) -> None:
    """In a fresh process, where pyttsx3 returns before espeak-ng has finished; and in one that has spoken."""
    texts = (
        LONG,
        "Begin.",
        "-v is not an option, and <b>this</b> isn't markup: it is 50 % of a sentence.",
        LONG[:-1] + "!",
    )
    with Pool(workers=1) as pool:
        narration = narrate(
            script_of(*texts), ready("system", 150), cache=ClipCache(tmp_path), rate_hz=44100, pool=pool
        )
    seconds = {clip.say.text: clip.speech_s for clip in narration.clips}
    assert count_words(LONG) / seconds[LONG] * 60 == pytest.approx(150, rel=0.2)
    assert 0.2 < seconds["Begin."] < 0.8
    assert seconds[texts[3]] == pytest.approx(seconds[LONG], rel=0.05)


MONOSYLLABLES = (
    "The sun is up, and it is warm on the back of your hand.",
    "You do not need to do a thing.",
    "Let the cup be a cup, and the tea be hot.",
    "Did you hear the tap drip?",
    "Step out on the path, feel the grit and the wet leaf, and stop if you like.",
    "No one will mark it.",
)
LONGER_WORDS = (
    "Attention wanders, naturally, towards whatever remains unfinished.",
    "Yesterday's disagreement returns, together with tomorrow's appointments.",
    "Consider, instead, the ordinary afternoon around you.",
    "Perhaps somebody upstairs is practising the piano; perhaps the neighbour is watering her tomatoes.",
    "Nothing about it requires your opinion.",
)


@pytest.mark.parametrize(("phrases", "wpm"), [(MONOSYLLABLES * 8, 155), (LONGER_WORDS * 9, 140)], ids=["short", "long"])
def test_the_rate_is_met_whatever_the_length_of_the_words(tmp_path: Path, phrases: tuple[str, ...], wpm: float) -> None:
    """Within 5 per cent on texts of over 300 words: words of one syllable, and words of two to five."""
    assert sum(count_words(text) for text in phrases) > 300
    narration = narrated_at_rate(script_of(*phrases), "system", wpm, tmp_path)
    assert narration.wpm == pytest.approx(wpm, rel=0.05)


def test_a_rate_that_is_not_taken_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver that goes on at its own rate is found out, so that the phrase is spoken again by a fresh process."""
    engine = SystemEngine()
    voice = ready("system")
    assert engine.speak("Be still.", voice).duration_seconds > 0.3
    monkeypatch.setattr(engine._driver, "_set_rate", lambda _rate: None)
    with pytest.raises(EngineFailed, match="speaks at 200 where 300 was set"):
        engine.speak("Be still.", msgspec.structs.replace(voice, rate=300.0))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' voices take their settings at once")
@pytest.mark.parametrize("overtaken", [False, True])
def test_nothing_is_spoken_before_the_settings_are_taken(overtaken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """However late espeak-ng takes them; and when pyttsx3's own default was taken last, the rate is set once more."""
    driver, happened, looks = system.SystemDriver(), [], iter([False] * 5 + [True] * 5)
    driver._speech = SimpleNamespace(
        setProperty=lambda name, value: happened.append(f"{name} {value}"),
        proxy=SimpleNamespace(setBusy=lambda busy: happened.append(f"busy {busy}")),
    )

    def at_rest() -> bool:
        happened.append("looked")
        return next(looks)

    taken = iter([200, 150] if overtaken else [150])
    monkeypatch.setattr(system, "_is_at_rest", at_rest)
    monkeypatch.setattr(system, "_rate_taken", lambda _asked: next(taken))
    driver._set_rate(150)
    again = ["rate 150", "looked"] if overtaken else []
    assert happened == ["rate 150", "busy False", *["looked"] * 6, *again]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' voices make no such promise")
def test_a_phrase_is_the_same_whatever_was_said_before() -> None:
    """To the byte, so that a build from an empty cache gives the same episode on any number of cores."""
    voice = ready("system")
    first, second = "The lamp is on, and the window is dark.", "What would you like to put down?"
    forwards = [SystemEngine().speak(text, voice).raw_data for text in (first, second, first)]
    engine = SystemEngine()
    backwards = [engine.speak(text, voice).raw_data for text in (second, first, second)]
    assert forwards == [backwards[1], backwards[0], backwards[1]]
    assert backwards[0] == backwards[2]


def test_a_voice_the_system_doesnt_have_is_an_error(tmp_path: Path) -> None:
    """pyttsx3 swallows it; we don't."""
    voice = ready("system")
    profile = msgspec.structs.replace(voice.profile, settings={f"{sys.platform}_voice": "no-such-voice"})
    with pytest.raises(EngineFailed, match="no-such-voice"):
        narrate(
            script_of("Hello."),
            msgspec.structs.replace(voice, profile=profile),
            cache=ClipCache(tmp_path),
            rate_hz=44100,
        )


class _Speech:
    """What pyttsx3 gives on a Mac or on Windows, as far as it is used here."""

    def __init__(self) -> None:
        self.set: dict[str, object] = {}

    def getProperty(self, name: str) -> object:  # noqa: N802 - pyttsx3's own name
        return "its-default" if name == "voice" else []

    def setProperty(self, name: str, value: object) -> None:  # noqa: N802 - pyttsx3's own name
        self.set[name] = value

    def connect(self, topic: str, callback: object) -> None:
        if topic == "finished-utterance":
            self.finished = callback

    def save_to_file(self, text: str, path: str) -> None:
        ToneEngine().speak(text, ready("tone")).export(path, format="wav").close()

    def runAndWait(self) -> None:  # noqa: N802 - pyttsx3's own name
        self.finished()


@pytest.mark.parametrize(("platform", "voice", "rate"), [("darwin", "daniel", 150), ("win32", "hazel", 140)])
def test_a_profile_names_a_voice_and_its_rate_for_each_system(
    platform: str, voice: str, rate: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a Mac and on Windows pyttsx3 is set to them; a stand-in for what it has there."""
    (tmp_path / "evening.toml").write_text(
        'name = "evening"\nengine = "system"\nlanguage = "en-GB"\ndescription = "a test"\nlicence = "CC0-1.0"\n'
        '[settings]\ndarwin_voice = "daniel"\nwin32_voice = "hazel"\n'
        "[[calibration]]\nsetting = 100\nwpm = 125\n"
        '[[calibration]]\nplatform = "win32"\nsetting = 140\nwpm = 125\n'
        '[[calibration]]\nplatform = "darwin"\nsetting = 150\nwpm = 125\n'
    )
    assert find_voice("evening", (tmp_path,)).calibration[0].setting == 100
    monkeypatch.setattr(sys, "platform", platform)
    speech = _Speech()
    monkeypatch.setitem(sys.modules, "pyttsx3", SimpleNamespace(init=lambda: speech))
    profile = find_voice("evening", (tmp_path,))
    SystemEngine().speak("The lake was still.", Voice(profile=profile, rate=profile.calibration[0].setting))
    assert speech.set == {"voice": voice, "rate": rate}


def test_its_prints_never_reach_our_stdout(tmp_path: Path) -> None:
    """pyttsx3 reports each file on stdout, which belongs to the path of the episode."""
    code = (
        "from pathlib import Path\n"
        "from audio_builder.narration.clip_cache import ClipCache\n"
        "from audio_builder.narration.narrate import narrate\n"
        "from tests.voice_helpers import narrated_at_rate, ready, script_of\n"
        f"cache = ClipCache(Path({str(tmp_path)!r}))\n"
        "n = narrate(script_of('Hello there.'), ready('system'), cache=cache, rate_hz=44100)\n"
        "print(n.synthesized)\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_it_lists_the_voices_of_the_system() -> None:
    """By the names that a profile may give."""
    names = SystemEngine().voices()
    assert len(names) > 50
    assert "gmw/en-us" in names


def test_without_espeak_the_command_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the wheel's library nor the system's can be loaded."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda *_args, **_named: (_ for _ in ()).throw(OSError("not found")))
    with pytest.raises(MissingExtra) as caught:
        SystemEngine().voices()
    assert caught.value.hint == "Install it with: pip install 'espeakng-loader'"


@pytest.mark.skipif(sys.platform != "linux", reason="espeak-ng is the system's voice on Linux only")
def test_a_system_library_serves_where_the_wheel_isnt_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fingerprint then has the library's own version."""
    loads = [sys.executable, "-c", "import ctypes; ctypes.CDLL('libespeak-ng.so.1')"]
    if subprocess.run(loads, capture_output=True, check=False).returncode != 0:
        pytest.skip("no espeak-ng is installed on this system (Debian: apt install libespeak-ng1)")
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)

    def not_installed(name: str, wanted_by: str) -> str:
        if name == "espeakng-loader":
            raise MissingExtra(f"{wanted_by} needs {name}")
        return "2.99"

    monkeypatch.setattr(system, "installed_version", not_installed)
    assert "espeak-ng=1." in SystemEngine().fingerprint()


def test_a_file_that_isnt_whole_is_refused(tmp_path: Path) -> None:
    """Missing, empty, or shorter than its header says."""
    path = tmp_path / "phrase.wav"
    with pytest.raises(EngineFailed, match="no readable sound"):
        read_sound_file(path)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        file.writeframes(bytes(2000))
    assert read_sound_file(path).frame_count() == 1000
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(EngineFailed, match="750 frames where its header says 1000"):
        read_sound_file(path)
    path.write_bytes(b"")
    with pytest.raises(EngineFailed, match="no readable sound"):
        read_sound_file(path)


def test_a_mac_voices_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    """A Mac writes AIFF into a file called .wav."""
    path, made = tmp_path / "phrase.wav", tmp_path / "phrase.aiff"
    tone = ["-f", "lavfi", "-i", "sine=440:duration=0.5:sample_rate=22050"]
    subprocess.run([ffmpeg_program(), "-v", "error", *tone, str(made)], check=True)
    made.rename(path)
    sound = read_sound_file(path)
    assert sound.duration_seconds == pytest.approx(0.5, abs=0.01)
    assert (sound.channels, sound.sample_width) == (1, 2)


def test_one_changed_sentence_is_all_that_is_spoken(tmp_path: Path) -> None:
    """From the article to the clips; another voice speaks all of them, and changed back all are there."""
    sentences = [f"{number} {text}" for number, text in enumerate(HELD_OUT[:12])]

    def narrated(texts: list[str], voice: str) -> Narration:
        article = source_from_bytes("\n\n".join(texts).encode(), "twelve.txt")
        recipe = Recipe(voice=voice)
        plan = check_everything(make_script(read_document(article), recipe), recipe, tmp_path)
        return rates_of(plan).narrate(recipe.pacing.wpm)

    def spoken(texts: list[str], voice: str) -> tuple[int, int]:
        narration = narrated(texts, voice)
        return narration.synthesized, narration.cached

    first = narrated(sentences, "system")
    total = first.synthesized
    assert (total >= 12, first.cached) == (True, 0)
    changed = [*sentences[:6], "This one was written anew this morning.", *sentences[7:]]
    assert spoken(changed, "system") == (1, total - 1)
    assert spoken(changed, "tone") == (total, 0)
    assert spoken(changed, "system") == (0, total)
    again = narrated(sentences, "system")
    assert (again.synthesized, again.cached) == (0, total)
    assert again.clips == first.clips
