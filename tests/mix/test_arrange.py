"""The timeline: everything at its integer frame."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_builder.mix.arrange import arrange
from audio_builder.mix.timeline import Timeline, Tone, frames_from_seconds
from audio_builder.narration.clip import Clip, Narration
from audio_builder.recipe.settings import Soundscape
from audio_builder.script.cues import Bell, Breath, ChapterStart, Cue, Reason, Rest, Role, Say
from tests.sound_helpers import RATE_HZ, script_of, timeline_of

SAY = Say("Some words.", Role.PROSE)


def silent_clip(frames: int, lead: int, tail: int) -> Clip:
    """A clip that is never loaded."""

    def refuse(key: str) -> None:
        raise AssertionError(f"arranging loaded {key}")

    return Clip(SAY, "0" * 64, lead + frames + tail, RATE_HZ, lead, tail, refuse)


def rest(seconds: float) -> Rest:
    return Rest(seconds, Reason.MARK)


CLIP = silent_clip(40000, 4410, 3000)


def test_a_rest_is_measured_from_sound_to_sound() -> None:
    """Between two phrases exactly the rest is quiet: the clips' margins are part of it."""
    timeline = timeline_of([ChapterStart("A"), rest(6.0), SAY, rest(1.0), SAY, rest(10.0)], [CLIP, CLIP])
    first, second = timeline.clips
    assert first.speech_start == 6 * RATE_HZ
    assert second.speech_start - first.speech_end == RATE_HZ
    assert timeline.frames - second.speech_end == 10 * RATE_HZ


def test_margins_longer_than_the_rest_are_kept() -> None:
    """Where the margins alone are longer than the rest, the clips follow one another and do not overlap."""
    timeline = timeline_of([ChapterStart("A"), SAY, rest(0.05), SAY, SAY], [CLIP, CLIP, CLIP])
    assert [placed.start for placed in timeline.clips] == [0, CLIP.frames, 2 * CLIP.frames]
    assert timeline.frames == 3 * CLIP.frames


def test_chapters_begin_at_their_first_sound() -> None:
    """A chapter starts at its bell, or at its first word, whatever rests stand between; the first at 0."""
    cues: list[Cue] = [ChapterStart("Opening"), rest(6.0), SAY, rest(5.0)]
    cues += [ChapterStart("Bell"), rest(0.5), Bell(), rest(3.0), SAY, rest(5.0)]
    cues += [ChapterStart("Words"), rest(2.0), SAY, rest(1.0), ChapterStart("Breath"), Breath(4, 6, 2), rest(3.0)]
    timeline = timeline_of(cues, [CLIP] * 3)
    bell, breath = timeline.tones[0], timeline.tones[1]
    starts = [0, bell.start, timeline.clips[2].speech_start, breath.start]
    assert [chapter.start for chapter in timeline.chapters] == starts
    assert [chapter.end for chapter in timeline.chapters] == [*starts[1:], timeline.frames]
    assert [chapter.title for chapter in timeline.chapters] == ["Opening", "Bell", "Words", "Breath"]


def test_without_a_bell_a_chapter_begins_with_its_words() -> None:
    """The bell `none` makes no sound and is no beginning, but its rest stays."""
    cues: list[Cue] = [ChapterStart("A"), SAY, rest(5.0), ChapterStart("B"), Bell(), rest(3.0), SAY]
    timeline = timeline_of(cues, [CLIP, CLIP], Soundscape(bell="none"))
    assert not timeline.tones
    assert timeline.chapters[1].start == timeline.clips[1].speech_start
    assert timeline.clips[1].speech_start - timeline.clips[0].speech_end == 8 * RATE_HZ


def test_a_chapter_without_a_sound_is_left_out() -> None:
    """A player can't show a chapter of no length; the next one takes over."""
    cues: list[Cue] = [ChapterStart("A"), ChapterStart("B"), rest(1.0), SAY, ChapterStart("C"), rest(1.0)]
    timeline = timeline_of(cues, [CLIP])
    assert [(chapter.title, chapter.start) for chapter in timeline.chapters] == [("B", 0)]
    assert timeline.chapters[0].end == timeline.frames


def test_breaths_follow_one_another() -> None:
    """Two breaths of 4 and 6 s are four tones that fill 20 s exactly."""
    timeline = timeline_of([ChapterStart("A"), rest(1.0), Breath(4.0, 6.0, 2), rest(2.0), SAY], [CLIP])
    seconds = [(tone.tone, tone.start / RATE_HZ, tone.frames / RATE_HZ) for tone in timeline.tones]
    assert seconds == [
        (Tone.BREATH_IN, 1, 4),
        (Tone.BREATH_OUT, 5, 6),
        (Tone.BREATH_IN, 11, 4),
        (Tone.BREATH_OUT, 15, 6),
    ]
    assert timeline.clips[0].speech_start == 23 * RATE_HZ


def test_a_bell_is_over_2_s_after_speech_begins() -> None:
    """A bell of 5 s rings 2 s into words that begin 1.5 s after its stroke, and not past the episode's end."""
    cues: list[Cue] = [ChapterStart("A"), Bell(), rest(1.5), SAY, rest(9.0), Bell(), rest(2.0)]
    first, last = timeline_of(cues, [CLIP]).tones
    assert first.frames == round(3.5 * RATE_HZ)
    assert last.frames == 2 * RATE_HZ
    long = timeline_of([ChapterStart("A"), Bell(), rest(4.0), SAY, rest(1.0)], [CLIP]).tones[0]
    assert long.frames == 5 * RATE_HZ


def test_a_narration_of_another_script_is_refused() -> None:
    """A clip too few or too many is a defect, not something to arrange around."""
    with pytest.raises(ValueError, match="1 clips were given for 2 phrases"):
        arrange(script_of([SAY, SAY]), Narration((CLIP,), RATE_HZ, 0, 125.0), Soundscape())


CUES = st.one_of(
    st.just(SAY),
    st.builds(Rest, st.floats(0.01, 20.0), st.just(Reason.SENTENCE)),
    st.just(Bell()),
    st.builds(Breath, st.floats(1, 9), st.floats(1, 9), st.integers(1, 3)),
    st.builds(ChapterStart, st.text(min_size=1, max_size=5)),
)


@given(st.lists(CUES, max_size=40), st.integers(1, 200000), st.integers(0, 6615), st.integers(0, 6615), st.booleans())
def test_any_script_has_a_sound_timeline(cues: list[Cue], frames: int, lead: int, tail: int, bell: bool) -> None:
    """Clips never overlap, rests are kept, chapters are contiguous, nothing lies outside the episode."""
    cues = [ChapterStart("One"), *cues]
    clip = silent_clip(frames, lead, tail)
    clips = [clip] * sum(isinstance(cue, Say) for cue in cues)
    timeline = timeline_of(cues, clips, Soundscape(bell="bowl" if bell else "none"))
    placed = timeline.clips
    assert len(placed) == len(clips)
    for before, after in pairwise(placed):
        assert after.start >= before.end
    assert all(tone.frames > 0 and tone.start + tone.frames <= timeline.frames for tone in timeline.tones)
    assert [tone.start for tone in timeline.tones] == sorted(tone.start for tone in timeline.tones)
    assert_contiguous(timeline)
    silence = sum(frames_from_seconds(cue.seconds, RATE_HZ) for cue in cues if isinstance(cue, Rest))
    silence += sum(tone.frames for tone in timeline.tones if tone.tone is not Tone.BELL)
    longest = silence + sum(one.frames for one in clips)
    assert silence + frames * len(clips) <= timeline.frames <= longest
    if placed:
        assert placed[-1].end <= timeline.frames


def assert_contiguous(timeline: Timeline) -> None:
    """Chapters fill the episode without a gap and each is longer than nothing."""
    chapters = timeline.chapters
    if chapters:
        assert chapters[0].start == 0
        assert chapters[-1].end == timeline.frames
    for before, after in pairwise(chapters):
        assert before.end == after.start
    assert all(chapter.end > chapter.start for chapter in chapters)


def test_the_closing_bell_rings_after_the_last_words() -> None:
    """It is struck 2.5 s after the last words and lasts 5 s; without room for it, or unasked for, there is none."""
    wanted = Soundscape(closing_bell="chime")
    timeline = timeline_of([ChapterStart("A"), SAY, rest(10.0)], [CLIP], wanted)
    (bell,) = timeline.tones
    assert bell.tone is Tone.CLOSING_BELL
    assert bell.start - timeline.clips[0].speech_end == round(2.5 * RATE_HZ)
    assert bell.frames == 5 * RATE_HZ
    assert timeline_of([ChapterStart("A"), SAY, rest(2.0)], [CLIP], wanted).tones == ()
    assert timeline_of([ChapterStart("A"), SAY, rest(10.0)], [CLIP]).tones == ()


def test_the_closing_bell_waits_for_the_last_breath() -> None:
    """After a breath that ends the script it is struck 2.5 s after the breath, and is cut with the episode."""
    timeline = timeline_of([SAY, Breath(4, 6, 1), rest(5.0)], [CLIP], Soundscape(closing_bell="bowl"))
    breath_out, bell = timeline.tones[-2:]
    assert bell.start == breath_out.start + breath_out.frames + round(2.5 * RATE_HZ)
    assert bell.start + bell.frames == timeline.frames
