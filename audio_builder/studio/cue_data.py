"""A script's cues as the page has them, and back: checked, for whatever comes from a page may be anything."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from audio_builder.article.mark_kinds import LONGEST_BEAT_S, LONGEST_BREATH_S, LONGEST_PAUSE_S, MOST_BREATHS
from audio_builder.article.text import clean, speakable
from audio_builder.recipe.values import tag_or_nothing
from audio_builder.script.cues import Background, Beat, Bell, Breath, ChapterStart, Cue, Reason, Rest, Role, Say

LONGEST_TEXT = 20_000
"""Characters of a phrase or a title at most."""

MOST_CUES = 200_000
"""Cues of a script at most: some twenty novels."""

_Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
_Name = Annotated[str, Meta(max_length=80, pattern=r"^[a-z0-9.:+-]*$")]


class SayData(Struct, frozen=True, tag_field="t", tag="say", omit_defaults=True):
    """A phrase; its fields are those of `Say`."""

    text: _Text
    role: Role
    voice: _Name = ""
    slower: bool = False
    quieter: bool = False
    language: str = ""


class RestData(Struct, frozen=True, tag_field="t", tag="rest"):
    """A silence: its seconds, and why it is there."""

    s: Annotated[float, Meta(gt=0, le=LONGEST_PAUSE_S)]
    why: Reason


class BeatData(Struct, frozen=True, tag_field="t", tag="beat"):
    """Seconds from the beginning of the phrase before to the next sound."""

    s: Annotated[float, Meta(gt=0, le=LONGEST_BEAT_S)]


class BellData(Struct, frozen=True, tag_field="t", tag="bell"):
    """A stroke of the bell."""


class BreathData(Struct, frozen=True, tag_field="t", tag="breath"):
    """Breaths: seconds in, seconds out, how many."""

    in_s: Annotated[float, Meta(gt=0, le=LONGEST_BREATH_S)]
    out_s: Annotated[float, Meta(gt=0, le=LONGEST_BREATH_S)]
    n: Annotated[int, Meta(ge=1, le=MOST_BREATHS)]


class ChapterData(Struct, frozen=True, tag_field="t", tag="chapter"):
    """The beginning of a chapter."""

    title: _Text


class BackgroundData(Struct, frozen=True, tag_field="t", tag="background"):
    """A change of background; no name is the episode's own."""

    name: _Name


CueData = SayData | RestData | BeatData | BellData | BreathData | ChapterData | BackgroundData
Cues = Annotated[list[CueData], Meta(max_length=MOST_CUES)]


def as_data(cue: Cue) -> CueData:  # noqa: PLR0911 - one for each kind
    """Return a cue as the page has it."""
    match cue:
        case Say():
            return SayData(cue.text, cue.role, cue.voice, cue.slower, cue.quieter, cue.language)
        case Rest():
            return RestData(cue.seconds, cue.reason)
        case Beat():
            return BeatData(cue.seconds)
        case Bell():
            return BellData()
        case Breath():
            return BreathData(cue.in_s, cue.out_s, cue.count)
        case ChapterStart():
            return ChapterData(cue.title)
        case Background():
            return BackgroundData(cue.name)


def as_cue(data: CueData) -> Cue | None:  # noqa: PLR0911 - one for each kind
    """Return a cue of the page as a script has it; None for a phrase or a title without a word in it."""
    match data:
        case SayData():
            text = " ".join(clean(data.text).split())
            language = tag_or_nothing(data.language)
            return Say(text, data.role, data.voice, data.slower, data.quieter, language) if speakable(text) else None
        case RestData():
            return Rest(round(data.s, 3), data.why) if round(data.s, 3) > 0 else None
        case BeatData():
            return Beat(data.s)
        case BellData():
            return Bell()
        case BreathData():
            return Breath(data.in_s, data.out_s, data.n)
        case ChapterData():
            title = " ".join(clean(data.title).split())
            return ChapterStart(title) if title else None
        case BackgroundData():
            return Background(data.name)


def cues_from(data: list[CueData]) -> tuple[Cue, ...]:
    """Return the cues of a script from those of a page."""
    return tuple(cue for one in data if (cue := as_cue(one)) is not None)
