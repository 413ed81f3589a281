"""Transcripts: every word as written, at its time, in lines that players can show."""

from __future__ import annotations

import itertools
import json
import re
from io import StringIO

import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from audio_builder.episode.phrase_times import Phrase
from audio_builder.episode.words import clean
from audio_builder.podcast.transcript import (
    JSON_SEGMENT_S,
    SRT_LINE,
    VTT_LINE,
    as_json,
    as_srt,
    as_text,
    as_vtt,
    cues_of,
)
from tests.support.show_helpers import PHRASES

LONG = "Wherever you are sitting, let the chair do a little more of the work, and let the floor hold the rest of it."


def _phrase(text: str, start_s: float = 6.0, end_s: float = 14.0) -> Phrase:
    return Phrase(start_s=start_s, end_s=end_s, text=text, role="prose")


def test_webvtt_is_read_by_a_parser_that_is_not_ours():
    """webvtt-py finds each phrase with its words and its times."""
    captions = list(webvtt.from_buffer(StringIO(as_vtt(PHRASES))))
    assert [(caption.start_in_seconds, caption.text) for caption in captions[:2]] == [
        (6, "Evening"),
        (9, "The lamp is on."),
    ]
    assert captions[1].start == "00:00:09.300"
    assert captions[-1].end == "00:00:31.250"


def test_srt_is_read_by_a_parser_that_is_not_ours():
    """webvtt-py reads the SRT too, and finds the same words in cues of at most two lines of 32 characters."""
    captions = list(webvtt.from_buffer(StringIO(as_srt([_phrase(LONG)])), format="srt"))
    assert " ".join(" ".join(caption.lines) for caption in captions) == LONG
    assert all(len(caption.lines) <= 2 and max(map(len, caption.lines)) <= SRT_LINE for caption in captions)
    assert len(captions) == 2


def test_a_phrase_in_parts_starts_with_its_sound_and_ends_with_it():
    """The parts of a long phrase are contiguous; the first starts at the phrase's time, the last ends with it."""
    cues = list(cues_of([_phrase(LONG)], SRT_LINE))
    assert (cues[0].start_ms, cues[-1].end_ms) == (6000, 14000)
    assert [after.start_ms for after in cues[1:]] == [before.end_ms for before in cues[:-1]]


def test_the_json_has_a_segment_for_each_phrase():
    """Version 1.0.0 of the podcast namespace, times in seconds."""
    content = json.loads(as_json(PHRASES))
    assert content["version"] == "1.0.0"
    assert content["segments"][1] == {"startTime": 9.3, "endTime": 11.5, "body": "The lamp is on."}
    assert len(content["segments"]) == 6


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a --> b", "00:01 --> 00:02", "]]> & <v Bob>", "&amp;"])
def test_words_cannot_be_read_as_markup_or_times(text: str):
    """WebVTT holds one cue, and in it neither a tag nor an arrow; unescaped, it is what was written."""
    vtt = as_vtt([_phrase(text)])
    payload = vtt.split("\n", 3)[3]
    assert vtt.count("-->") == 1
    assert not re.search("[<>]", payload)
    assert _unescaped(payload) == text
    assert as_srt([_phrase(text)]).count("-->") == 1


def _unescaped(text: str) -> str:
    import html

    return html.unescape(text).strip()


@given(st.lists(st.text(min_size=1).map(clean).filter(bool), min_size=1, max_size=5))
def test_no_character_is_missing_or_added(texts: list[str]):
    """For any text, the cues of both line lengths hold its characters in order, in lines that are short enough."""
    phrases = [_phrase(text, float(i), i + 0.9) for i, text in enumerate(texts)]
    for width in (VTT_LINE, SRT_LINE):
        cues = list(cues_of(phrases, width))
        shown = "".join("".join(cue.lines) for cue in cues)
        assert "".join(shown.split()) == "".join("".join(texts).split())
        assert all(0 < len(line) <= width for cue in cues for line in cue.lines)
        assert all(cue.end_ms > cue.start_ms for cue in cues)


@given(st.text(alphabet="ab, \t\n\r\v\f—。", min_size=1).filter(str.strip))
def test_the_space_of_somebody_elses_record_is_space(text: str):
    """A record that was written by hand may have tabs and ends of lines in its words: they part lines, no more."""
    for cue in cues_of([_phrase(text)], SRT_LINE):
        assert not re.search(r"[\t\n\r\v\f]", "".join(cue.lines))
    shown = "".join("".join(cue.lines) for cue in cues_of([_phrase(text)], SRT_LINE))
    assert "".join(shown.split()) == "".join(text.split())


def _joined(segments: list[dict], enough_s: float = 5.0, at_most_s: float = 8.0) -> list[tuple[float, float]]:
    """Where lines begin and end in a player that joins segments until their lengths come to 5 s.

    Before what doesn't begin with a letter or a digit it goes on, up to 8 s.
    """
    joined, begun_s, length_s = [], None, 0.0
    for segment, following in zip(segments, [*segments[1:], None], strict=True):
        begun_s = segment["startTime"] if begun_s is None else begun_s
        length_s += segment["endTime"] - segment["startTime"]
        goes_on = following is not None and not following["body"][0].isalnum() and length_s < at_most_s
        if following is None or (length_s >= enough_s and not goes_on):
            joined.append((begun_s, segment["endTime"]))
            begun_s, length_s = None, 0.0
    return joined


@given(
    st.lists(
        st.tuples(st.floats(0.2, 7), st.floats(0.1, 30), st.sampled_from(["Words.", "“Words.”"])),
        min_size=1, max_size=30,
    )
)  # fmt: skip
def test_no_player_joins_lines_across_a_long_silence(lengths: list[tuple[float, float, str]]):
    """A joined line lasts at most 16 s or so, and the silence in it at most 8."""
    phrases, at_s = [], 0.0
    for speech_s, silence_s, text in lengths:
        phrases.append(Phrase(start_s=at_s, end_s=at_s + speech_s, text=text, role="prose"))
        at_s += speech_s + silence_s
    segments = json.loads(as_json(phrases))["segments"]
    assert [segment["startTime"] for segment in segments] == [round(phrase.start_s, 3) for phrase in phrases]
    assert all(one["endTime"] <= two["startTime"] for one, two in itertools.pairwise(segments))
    for start_s, end_s in _joined(segments):
        assert end_s - start_s <= 2 * JSON_SEGMENT_S
        inside = [phrase for phrase in phrases if start_s <= round(phrase.start_s, 3) < end_s]
        assert all(two.start_s - one.end_s <= JSON_SEGMENT_S for one, two in itertools.pairwise(inside))


def test_the_words_say_their_own_encoding():
    """A server that sends no charset doesn't turn “…” into other signs."""
    assert as_text("“Stay …”") == b"\xef\xbb\xbf" + "“Stay …”\n".encode()
