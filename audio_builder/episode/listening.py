"""Which words of an episode aren't heard as they should be: as its clips were spoken, or in a finished file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from msgspec import Struct

from audio_builder.audio.samples import Samples
from audio_builder.episode.encode.audio_file import open_audio
from audio_builder.episode.tag.embedded_source import read_source
from audio_builder.episode.tag.read_tag import TimedLine, read_timed_lines
from audio_builder.errors import NotAudio, SourceError
from audio_builder.mix.timeline import Timeline
from audio_builder.narration.hearing import Difference, Hearing
from audio_builder.narration.recogniser import RATE_HZ, hear
from audio_builder.narration.trim import resample
from audio_builder.progress import Progress, Step, silent
from audio_builder.script.cues import Say
from audio_builder.voices.spoken.lexicon import apply_lexicon, shipped_lexicon
from audio_builder.voices.spoken.normalize import normalize

_BEFORE_S, _AFTER_S = 0.15, 0.25
"""What is heard around a phrase: a recogniser hears the first sound better behind a little quiet."""

_CAUTION = 4.0
"""Under a background, and after an encoder, more is heard that nobody said."""

_LONGEST_LINE_S = 60.0
_ENGLISH = "eng"


class HeardOtherwise(Struct, frozen=True, kw_only=True):
    """A place where something else is heard than should be.

    Attributes:
        at_s: from the beginning of the episode, in seconds.
        what: in words.
        phrase: in which it is, as written.
    """

    at_s: float
    what: str
    phrase: str

    def __str__(self) -> str:
        """Return it as a line."""
        minutes, seconds = divmod(self.at_s, 60)
        return f"{minutes:.0f}:{seconds:04.1f}  {self.what} in “{self.phrase}”"


class ListeningReport(Struct, frozen=True, kw_only=True):
    """What was heard in an episode.

    Attributes:
        phrases: how many were listened to.
        unsure: of them, how many are so short that what differs in them isn't counted.
        unheard: phrases besides, of a language that the recogniser doesn't know.
        spoken_again: phrases that were spoken more than once until they were right, or were left.
        differences: what is heard otherwise, by time.
    """

    phrases: int
    unsure: int
    unheard: int
    spoken_again: int = 0
    differences: tuple[HeardOtherwise, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """Return it in lines for a person."""
        heard = f"{self.phrases} phrase{'s' * (self.phrases != 1)}"
        parts = [f"listened to {heard}: {self._verdict()}" if self.phrases else "listened to nothing"]
        if self.spoken_again:
            parts.append(f"{self.spoken_again} spoken again")
        if self.unsure:
            parts.append(f"{self.unsure} too short to be sure of")
        if self.unheard:
            parts.append(f"{self.unheard} unheard (the recogniser knows English)")
        return ("; ".join(parts), *map(str, self.differences))

    def _verdict(self) -> str:
        if not self.differences:
            return "all words are there"
        places = len(self.differences)
        return f"{places} place{'s' * (places != 1)} to listen to yourself"


@dataclass(frozen=True, slots=True)
class _Heard:
    """A phrase and what was heard in it.

    Attributes:
        start_s: when the sound that was heard begins, in seconds from the beginning of the episode.
        phrase: as written.
        hearing: what was found.
    """

    start_s: float
    phrase: str
    hearing: Hearing


def listening_of(timeline: Timeline) -> ListeningReport | None:
    """Return what was heard in the clips of a timeline; None where nobody listened."""
    heard = [
        _Heard(placed.start / timeline.rate_hz, placed.clip.say.text, placed.clip.hearing)
        for placed in timeline.clips
        if placed.clip.hearing is not None
    ]
    return _report(heard) if heard else None


def listen_to_file(
    path: Path, spans_s: Sequence[tuple[float, float]] = (), progress: Progress = silent
) -> ListeningReport:
    """Return what is heard in a finished episode of ours: each line of its timed words against its sound.

    Under a background no edges and silences can be judged, only words.

    Args:
        path: the MP3.
        spans_s: when each line begins and ends, where its record says it; else a line ends where the next begins.
        progress: called with the seconds heard.

    Raises:
        NotAudio: it carries no words with their times, or can't be decoded.
        MissingExtra: nothing is installed that could listen.
    """
    lines = read_timed_lines(path)
    if not lines:
        raise NotAudio(
            f"{path} carries no words with their times, so nothing can be compared with what is heard",
            hint="--listen is for episodes that audio-builder made.",
        )
    spans = _spans(lines, spans_s)
    heard = []
    for line, language, (start_s, _), sound in zip(
        lines, _languages(path, lines), spans, _sounds(path, spans), strict=True
    ):
        hearing = hear(sound, as_spoken(line.text), language, _CAUTION)
        words = tuple(difference for difference in hearing.differences if difference.kind != "gap")
        heard.append(_Heard(start_s, line.text, Hearing(hearing.heard, hearing.sure, words)))
        progress(Step("verify", start_s, spans[-1][1]))
    return _report(heard)


def _languages(path: Path, lines: Sequence[TimedLine]) -> list[str]:
    """Return the language of each line: that of the whole, or what a mark in the script that the MP3 carries says."""
    own = ["en" if line.language == _ENGLISH else line.language for line in lines]
    try:
        script = read_source(path).read_script(path.name)
    except SourceError:
        return own
    marked = [cue.language for cue in script.cues if isinstance(cue, Say)]
    return [mark or other for mark, other in zip(marked, own, strict=True)] if len(marked) == len(own) else own


def _report(heard: Sequence[_Heard]) -> ListeningReport:
    return ListeningReport(
        phrases=sum(one.hearing.heard for one in heard),
        unsure=sum(one.hearing.heard and not one.hearing.sure and bool(one.hearing.differences) for one in heard),
        unheard=sum(not one.hearing.heard for one in heard),
        spoken_again=sum(one.hearing.takes > 1 for one in heard),
        differences=tuple(_otherwise(heard)),
    )


def _otherwise(heard: Iterable[_Heard]) -> Iterator[HeardOtherwise]:
    for one in heard:
        found: tuple[Difference, ...] = one.hearing.differences if one.hearing.is_wrong else ()
        for difference in found:
            yield HeardOtherwise(at_s=one.start_s + difference.at_s, what=str(difference), phrase=one.phrase)


def as_spoken(text: str) -> str:
    """Return words as the reader of phonemes gets them, which any voice of English should say so."""
    return normalize(apply_lexicon(text, shipped_lexicon("en"), ipa=True), "en", "misaki")


def _spans(lines: Sequence[TimedLine], spans_s: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return when what is heard of each line begins and ends, in seconds."""
    if len(spans_s) != len(lines):
        starts = [line.start_s for line in lines]
        spans_s = [*pairwise(starts), (starts[-1], starts[-1] + _LONGEST_LINE_S)]
    return [
        (max(0.0, start - _BEFORE_S), min(end + _AFTER_S, start + _LONGEST_LINE_S, following - _BEFORE_S / 2))
        for (start, end), following in zip(spans_s, [*(start for start, _ in spans_s[1:]), float("inf")], strict=True)
    ]


def _sounds(path: Path, spans_s: Iterable[tuple[float, float]]) -> Iterator[Samples]:
    """Yield the sound of each span, mono at the recogniser's rate; the file is read once, from front to back."""
    with open_audio(path) as audio:
        kept, begin = np.empty(0, dtype=np.float32), 0
        for start_s, end_s in spans_s:
            start, end = round(start_s * audio.rate_hz), round(end_s * audio.rate_hz)
            while begin + len(kept) < end and (block := next(audio.blocks, None)) is not None:
                passed = min(max(0, start - begin), len(kept))
                kept, begin = np.concatenate((kept[passed:], block.mean(axis=1))), begin + passed
            yield resample(kept[max(0, start - begin) : max(0, end - begin)], audio.rate_hz, RATE_HZ)
