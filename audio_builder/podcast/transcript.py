"""Transcripts: the words as written at the times when they are heard, in the formats that players read."""

from __future__ import annotations

import html
import itertools
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from audio_builder.episode.phrase_times import Phrase, times_in

TRANSCRIPTS = {
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".json": "application/json",
    ".txt": "text/plain",
}
"""The suffix of each transcript and its content type, the preferred one first."""

VTT_LINE = 65
"""Characters in a line of WebVTT (podcast namespace, transcripts)."""

SRT_LINE = 32
"""Characters in a line of SRT, of which a cue has at most two (podcast namespace, transcripts)."""

JSON_SEGMENT_S = 8.1
"""How long a segment of JSON is at most, where its words don't take longer: a little over what players join up to."""

_LINES_IN_A_CUE = 2
_SPACES = str.maketrans(dict.fromkeys("\t\n\v\f\r", " "))


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown for a while."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


def cues_of(phrases: Sequence[Phrase], line_characters: int) -> Iterator[Cue]:
    """Yield cues of at most two lines; a phrase that needs more is parted.

    It is parted where a clause begins, else between words; each part begins when its first word is heard. Only a word
    longer than a line is divided.
    """
    for phrase in phrases:
        cues = [
            cue for begin, end in _parts(phrase, line_characters) for cue in _shown(phrase, begin, end, line_characters)
        ]
        times = times_in(phrase, [begin for begin, _ in cues])
        starts_ms = [round(time_s * 1000) for time_s in (*times, phrase.end_s)]
        for (_, lines), (start_ms, end_ms) in zip(cues, itertools.pairwise(starts_ms), strict=True):
            yield Cue(start_ms, max(end_ms, start_ms + 1), lines)


def _parts(phrase: Phrase, line_characters: int) -> Iterator[tuple[int, int]]:
    """Yield where parts of a phrase begin and end: whole clauses, as few parts as fit into cues."""
    begin = 0
    ends = [*(clause.at for clause in phrase.clauses), len(phrase.text)]
    for end, following in itertools.pairwise([*ends, ends[-1]]):
        fits = len(_lines(phrase.text[begin:following], line_characters)) <= _LINES_IN_A_CUE
        if end == len(phrase.text) or not fits:
            yield begin, end
            begin = end


def _shown(phrase: Phrase, begin: int, end: int, line_characters: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the lines of each cue of a part, and where in the phrase they begin."""
    lines = _lines(phrase.text[begin:end], line_characters)
    for first in range(0, len(lines), _LINES_IN_A_CUE):
        shown = tuple(lines[first : first + _LINES_IN_A_CUE])
        places = []
        for line in shown:
            places.append(_spaced(phrase.text).index(line, begin))
            begin = places[-1] + len(line)
        yield places[0], shown


def _lines(text: str, characters: int) -> list[str]:
    return textwrap.wrap(_spaced(text), characters, break_on_hyphens=False)


def _spaced(text: str) -> str:
    """Return a text with a space in the place of each tab and end of a line, so that places in it stay."""
    return text.translate(_SPACES)


def as_vtt(phrases: Sequence[Phrase]) -> str:
    """Return WebVTT (W3C), its text escaped so that no word can be read as markup or as a time."""
    blocks = (
        f"{_clock(cue.start_ms, '.')} --> {_clock(cue.end_ms, '.')}\n"
        + "\n".join(html.escape(line, quote=False) for line in cue.lines)
        for cue in cues_of(phrases, VTT_LINE)
    )
    return "\n\n".join(("WEBVTT", *blocks)) + "\n"


def as_srt(phrases: Sequence[Phrase]) -> str:
    """Return SubRip; it knows no escapes, so what could be read as a time is parted."""
    blocks = (
        f"{number}\n{_clock(cue.start_ms, ',')} --> {_clock(cue.end_ms, ',')}\n"
        + "\n".join(line.replace("-->", "-- >") for line in cue.lines)
        for number, cue in enumerate(cues_of(phrases, SRT_LINE), start=1)
    )
    return "\n\n".join(blocks) + "\n"


def as_text(words: str) -> bytes:
    """Return the words as a file that browsers read right from servers that don't say its encoding (a BOM does)."""
    return f"{words}\n".encode("utf-8-sig")


def as_json(phrases: Sequence[Phrase]) -> bytes:
    """Return the podcast namespace's JSON transcript, version 1.0.0: a segment for each phrase.

    A segment lasts until the next begins, at most 8.1 s where its words are shorter. Players join segments to those of
    5 s (with a quotation mark after them, 8 s) by the sum of their lengths, whatever lies between: with segments that
    end where the words do, a line would be marked through a silence of any length.
    """
    following = [*(phrase.start_s for phrase in phrases[1:]), *(phrase.end_s for phrase in phrases[-1:])]
    segments = [
        {
            "startTime": round(phrase.start_s, 3),
            "endTime": round(max(phrase.end_s, min(next_s, phrase.start_s + JSON_SEGMENT_S)), 3),
            "body": phrase.text,
        }
        for phrase, next_s in zip(phrases, following, strict=True)
    ]
    return msgspec.json.format(msgspec.json.encode({"version": "1.0.0", "segments": segments}), indent=1) + b"\n"


def _clock(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{point}{rest:03d}"
