"""The asked rate: speak, measure, and speak once more where a voice is off by more than 4 %."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from audio_builder.audio.samples import AudioSegment
from audio_builder.episode.report import to_json
from audio_builder.narration.clip import Clip, Narration, measured_wpm
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.rate_control import RateControl, Sampling, narrate_at_rate
from audio_builder.script.cues import Role, Say, Script, Speaker
from audio_builder.script.phrases import count_words
from audio_builder.voices.prepare import PreparedVoice
from audio_builder.voices.profile import RatePoint, Voice, VoiceProfile
from tests.voice_helpers import ready

RATE_HZ = 44100


class FakeSpeaker:
    """Speaks at the setting, and `slowness` times as long; it remembers what it spoke, as a cache does."""

    def __init__(self, slowness: float = 1.1) -> None:
        self.slowness = slowness
        self.known: set[str] = set()
        self.passes = 0

    def __call__(self, script: Script, voice: Voice, others: Mapping[Speaker, Voice]) -> Narration:
        self.passes += 1
        clips = tuple(
            self.clip(cue, others.get(cue.speaker, voice), voice) for cue in script.cues if isinstance(cue, Say)
        )
        new = frozenset(clip.key for clip in clips) - self.known
        self.known |= new
        return Narration(clips, RATE_HZ, len(new), measured_wpm(clips), spoken=new)

    def clip(self, say: Say, voice: Voice, narrator: Voice) -> Clip:
        name = voice.profile.name
        speech_s = 60 * count_words(say.text) / voice.rate * self.slowness_of(say)
        key = f"{say.text} {name} {voice.rate}"
        speaker = "" if name == narrator.profile.name else name
        return Clip(say, key, round(speech_s * RATE_HZ), RATE_HZ, 0, 0, self.load, voice=speaker)

    def slowness_of(self, say: Say) -> float:
        return 3.0 if say.role is Role.TITLE else self.slowness

    def load(self, key: str) -> AudioSegment:
        raise NotImplementedError


def voice(wpm: float = 125.0, name: str = "hasty") -> PreparedVoice:
    """A voice whose setting is its rate on the calibration text, from 70 to 200."""
    profile = VoiceProfile(
        name=name,
        engine="tone",
        language="en",
        description="for a test",
        licence="CC0-1.0",
        calibration=(RatePoint(setting=70, wpm=70.0), RatePoint(setting=200, wpm=200.0)),
    )
    return PreparedVoice(Voice(profile=profile, rate=1.0), wpm).for_text(1.0)


def says(phrases: int, first: str = "Here", part: Speaker = Speaker()) -> tuple[Say, ...]:  # noqa: B008 - frozen
    """Phrases of nine words, each another."""
    return tuple(
        Say(f"{first if n == 0 else 'Now'} is number {n} and the lamp on it.", Role.PROSE, part.voice, part.slower)
        for n in range(phrases)
    )


def script(*cues: Say) -> Script:
    return Script("", "", "", "en", "", "gentle", cues)


def keys(narration: Narration) -> list[str]:
    return [clip.key for clip in narration.clips]


def test_a_text_that_misses_the_rate_is_spoken_at_another_setting() -> None:
    """Measured 10 per cent too slow, it is corrected to within 4 of the 125 that were asked for."""
    narration = narrate_at_rate(script(*says(36)), voice(), {}, FakeSpeaker())
    assert narration.wpm == pytest.approx(125, rel=0.04)
    assert (narration.synthesized, narration.tried, narration.rate_note) == (36, 36, "")
    assert narration.text_factors == {"hasty": pytest.approx(1.1, rel=0.01)}


def test_a_factor_is_the_same_when_it_is_read_from_a_record_again() -> None:
    """A record has three digits; with another factor every clip of the next build would be another one."""
    factors = narrate_at_rate(script(*says(36)), voice(), {}, FakeSpeaker()).text_factors
    assert json.loads(to_json({"factors": dict(factors)}))["factors"] == factors
    assert set(factors.values()) != {1.0}


def test_one_that_meets_it_is_spoken_once() -> None:
    """3 per cent are near enough."""
    speaker = FakeSpeaker(1.03)
    narration = narrate_at_rate(script(*says(36)), voice(), {}, speaker)
    assert (speaker.passes, narration.synthesized, narration.tried) == (1, 36, 0)
    assert narration.text_factors == {"hasty": 1.0}


@pytest.mark.parametrize("slowness", [0.6, 0.9, 1.045, 1.06, 1.3, 1.5])
@pytest.mark.parametrize("phrases", [7, 40])
def test_the_rate_is_within_5_per_cent_from_60_words_on(slowness: float, phrases: int) -> None:
    """In two passes, however far the calibration text is from this one."""
    speaker = FakeSpeaker(slowness)
    narration = narrate_at_rate(script(*says(phrases)), voice(), {}, speaker)
    assert narration.wpm == pytest.approx(125, rel=0.05)
    assert speaker.passes == 2


def test_a_title_alone_isnt_hurried() -> None:
    """Under 60 words in sentences the text is spoken as the calibration says, however slow its title is."""
    speaker = FakeSpeaker()
    title = Say("Seven words of a title, no more.", Role.TITLE)
    narration = narrate_at_rate(script(*[title] * 12, *says(6)), voice(), {}, speaker)
    assert (speaker.passes, narration.text_factors) == (1, {"hasty": 1.0})


def test_of_a_long_text_a_sample_is_spoken_first() -> None:
    """Phrases from all over it show what the whole text would have: the rest is spoken once."""
    speaker, text = FakeSpeaker(), script(*says(72))
    narration = narrate_at_rate(text, voice(), {}, speaker, sampling=Sampling(600, 80))
    assert narration.wpm == pytest.approx(125, rel=0.04)
    assert (narration.synthesized, narration.tried, speaker.passes) == (72, 9, 2)
    again = narrate_at_rate(text, voice(), {}, speaker, sampling=Sampling(600, 80))
    assert (again.synthesized, again.tried, keys(again)) == (0, 0, keys(narration))


def test_a_sample_that_meets_the_rate_is_part_of_the_text() -> None:
    """Nothing is spoken that isn't heard."""
    narration = narrate_at_rate(script(*says(72)), voice(), {}, FakeSpeaker(1.0), sampling=Sampling(600, 80))
    assert (narration.synthesized, narration.tried) == (72, 0)


@pytest.mark.parametrize("slowness", [1.0, 1.0395, 1.0405, 1.06, 1.071, 1.1, 1.3])
def test_a_remembered_factor_makes_one_changed_sentence_one_clip(slowness: float) -> None:
    """Wherever the edges lie: the settings stay, and every other clip is there."""
    speaker = FakeSpeaker(slowness)
    before = narrate_at_rate(script(*says(36)), voice(), {}, speaker)
    speaker.slowness *= 1.004  # as a changed sentence may
    edited = script(*says(36, "There"))
    after = narrate_at_rate(edited, voice(), {}, speaker, remembered=before.text_factors)
    assert (after.synthesized, after.tried) == (1, 0)
    assert len(set(keys(after)) - set(keys(before))) == 1
    assert after.wpm == pytest.approx(125, rel=0.05)


def test_a_remembered_factor_that_no_longer_fits_is_measured_anew() -> None:
    """A text that has become another one."""
    narration = narrate_at_rate(script(*says(36)), voice(), {}, FakeSpeaker(1.1), remembered={"hasty": 0.9})
    assert narration.wpm == pytest.approx(125, rel=0.04)
    assert narration.text_factors["hasty"] == pytest.approx(1.1, rel=0.01)


def test_a_remembered_factor_serves_another_rate() -> None:
    """What a word of this text takes doesn't depend on the rate: one pass."""
    speaker = FakeSpeaker()
    factors = narrate_at_rate(script(*says(36)), voice(125), {}, speaker).text_factors
    speaker.passes = 0
    narration = narrate_at_rate(script(*says(36)), voice(150), {}, speaker, remembered=factors)
    assert (narration.wpm, speaker.passes) == (pytest.approx(150, rel=0.02), 1)


def test_one_rate_after_another_uses_what_was_measured() -> None:
    """The first rate takes two passes, the next one; a slower part stays as much slower."""
    speaker, slower = FakeSpeaker(), Speaker("", slower=True)
    control = RateControl(script(*says(36), *says(9, "Then", slower)), voice(), {slower: voice(100)}, speaker)
    assert control.reached_wpm(250) == 200
    assert control.narrate(125).text_factors == control.text_factors
    assert control.reached_wpm(250) == pytest.approx(200 / 1.1, rel=0.01)
    speaker.passes = 0
    narration = control.narrate(150)
    assert speaker.passes == 1
    for part, wpm in ((Speaker(), 150), (slower, 120)):
        own = tuple(clip for clip in narration.clips if clip.say.speaker == part)
        assert measured_wpm(own) == pytest.approx(wpm, rel=0.02)


def test_a_voice_that_is_at_its_limit_says_what_was_measured() -> None:
    """Set to 200 it speaks at 182: that is told, not what its profile claims; it isn't spoken again in vain."""
    speaker = FakeSpeaker()
    narration = narrate_at_rate(script(*says(36)), voice(230), {}, speaker)
    assert speaker.passes == 1
    assert narration.rate_note == (
        "the voice “hasty” can't speak this text faster than 182 words per minute; 230 was asked for, 182 is used"
    )


def test_a_limit_that_was_only_expected_is_not_told() -> None:
    """Asked for 64, of a voice whose slowest setting is said to give 70, and gives 64."""
    narration = narrate_at_rate(script(*says(36)), voice(64), {}, FakeSpeaker())
    assert (narration.rate_note, narration.synthesized, narration.tried) == ("", 36, 0)


def test_each_of_two_voices_and_what_is_slower_is_held_to_its_rate() -> None:
    """The narrator's slower phrases have their own rate and the same factor; a second voice has one of its own."""
    guest, slower = Speaker("guest"), Speaker("", slower=True)

    class Duet(FakeSpeaker):
        def slowness_of(self, say: Say) -> float:
            return 0.85 if say.voice else 1.15

    text = script(*says(36), *says(36, "Then", slower), *says(36, "There", guest))
    narration = narrate_at_rate(text, voice(), {slower: voice(100), guest: voice(name="guest")}, Duet())
    for part, wpm in ((Speaker(), 125), (slower, 100), (guest, 125)):
        own = tuple(clip for clip in narration.clips if clip.say.speaker == part)
        assert measured_wpm(own) == pytest.approx(wpm, rel=0.04)
    assert (narration.synthesized, narration.tried) == (108, 27)
    assert narration.text_factors == {"hasty": pytest.approx(1.15, rel=0.01), "guest": pytest.approx(0.85, rel=0.01)}


def test_with_real_workers_the_second_time_all_comes_from_the_cache(tmp_path: Path) -> None:
    """The tone engine at a claimed rate that is 10 per cent too high."""
    claimed = ready("tone").profile
    points = tuple(RatePoint(setting=point.setting, wpm=1.1 * point.wpm) for point in claimed.calibration)
    profile = VoiceProfile(
        name="tone", engine="tone", language="und", description="", licence="CC0-1.0", calibration=points
    )
    prepared = PreparedVoice(Voice(profile=profile, rate=1.0), 125).for_text(1.0)
    speak = functools.partial(narrate, cache=ClipCache(tmp_path), rate_hz=RATE_HZ)
    first, again = (narrate_at_rate(script(*says(8)), prepared, {}, speak) for _ in range(2))
    assert first.wpm == pytest.approx(125, rel=0.03)
    assert (first.synthesized, first.tried, again.synthesized, again.tried) == (8, 8, 0, 0)
    assert keys(again) == keys(first)
