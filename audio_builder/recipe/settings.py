"""The recipe: everything about an episode that is not its words.

Every default of the product stands here once, with its unit, its range and its help text; the
command line's options, the recipe files, the docs and the error messages derive from it.
"""

from __future__ import annotations

import pkgutil
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct


def _number(low: float, high: float, unit: str, text: str) -> Meta:
    """A bound and documented number."""
    return Meta(ge=low, le=high, description=text, extra={"unit": unit})


def _choice(unit: str, text: str) -> Meta:
    """One of a few documented values, which the type lists."""
    return Meta(description=text, extra={"unit": unit})


def _text(text: str, *, longest: int = 1000) -> Meta:
    """A bound and documented text."""
    return Meta(max_length=longest, description=text)


class Pacing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How fast the voice speaks and how long each silence is. The defaults are the preset `gentle`."""

    preset: Annotated[str, _text("which table of pauses to start from")] = "gentle"
    wpm: Annotated[float, _number(60, 240, "wpm", "speaking rate inside phrases")] = 125.0
    opening_s: Annotated[float, _number(0, 60, "s", "before the first word")] = 6.0
    title_s: Annotated[float, _number(0, 60, "s", "after the title")] = 2.5
    subtitle_s: Annotated[float, _number(0, 60, "s", "after the subtitle")] = 4.0
    sentence_s: Annotated[float, _number(0, 60, "s", "after a sentence")] = 1.0
    line_s: Annotated[float, _number(0, 60, "s", "after a line of verse")] = 1.6
    stanza_s: Annotated[float, _number(0, 60, "s", "after a stanza")] = 3.2
    paragraph_s: Annotated[float, _number(0, 60, "s", "after a paragraph")] = 3.2
    scene_s: Annotated[float, _number(0, 60, "s", "at a break between two scenes")] = 5.0
    item_s: Annotated[float, _number(0, 60, "s", "after an item of a list")] = 1.6
    question_s: Annotated[float, _number(0, 60, "s", "after a question that asks for an answer")] = 5.0
    ellipsis_s: Annotated[float, _number(0, 60, "s", "where the words trail off (…)")] = 1.5
    dash_s: Annotated[float, _number(0, 60, "s", "at a dash between two clauses")] = 0.6
    before_heading_s: Annotated[float, _number(0, 60, "s", "before a new section")] = 5.0
    bell_s: Annotated[float, _number(0, 60, "s", "from a bell's stroke to the next words")] = 3.0
    after_heading_s: Annotated[float, _number(0, 60, "s", "after a heading")] = 1.8
    breath_in_s: Annotated[float, _number(1, 20, "s", "breathing in, for each [breath]")] = 4.0
    breath_out_s: Annotated[float, _number(1, 20, "s", "breathing out, for each [breath]")] = 6.0
    closing_s: Annotated[float, _number(0, 60, "s", "after the last word")] = 10.0
    longest_s: Annotated[float, _number(1, 60, "s", "longest pause that a rule sets")] = 15.0
    thinning: Annotated[
        float,
        _number(0.1, 1, "", "shorten pauses between very short phrases, at most to this share (1 = never)"),
    ] = 0.5
    slowing: Annotated[
        float, _number(1, 3, "", "pauses that rules set grow up to this multiple at the last word (1 = they don't)")
    ] = 1.0
    quieting_db: Annotated[
        float, _number(0, 12, "dB", "how much softer voice and background become over the second half")
    ] = 0.0
    duration_s: Annotated[
        float, _number(0, 36_000, "s", "length of the episode, to the second; 0 = as long as it takes")
    ] = 0.0
    least_share: Annotated[
        float, _number(0.1, 1, "", "for a given duration, pauses that rules set shrink at most to this share")
    ] = 0.6
    most_share: Annotated[
        float, _number(1, 5, "", "for a given duration, pauses that rules set grow at most to this multiple")
    ] = 2.0
    rate_share: Annotated[
        float, _number(0, 0.3, "", "for a given duration, the rate changes by at most this share, after the pauses")
    ] = 0.08
    slower_share: Annotated[float, _number(0, 0.4, "", "how much more slowly words after [slower] are spoken")] = 0.15
    quieter_db: Annotated[float, _number(0, 12, "dB", "how much softer everything is after [quieter]")] = 4.0


PACING_PRESETS: dict[str, Pacing] = {
    "gentle": Pacing(),
    "spacious": Pacing(
        preset="spacious",
        opening_s=8.0,
        title_s=3.5,
        subtitle_s=5.0,
        sentence_s=1.6,
        line_s=2.0,
        stanza_s=5.0,
        paragraph_s=5.5,
        scene_s=8.0,
        item_s=2.2,
        question_s=8.0,
        ellipsis_s=2.4,
        dash_s=0.9,
        before_heading_s=8.0,
        bell_s=4.0,
        after_heading_s=2.5,
        closing_s=15.0,
    ),
    "reading": Pacing(
        preset="reading",
        wpm=150.0,
        opening_s=4.0,
        title_s=1.5,
        subtitle_s=2.0,
        sentence_s=0.6,
        line_s=1.0,
        stanza_s=1.6,
        paragraph_s=1.2,
        scene_s=2.5,
        item_s=0.8,
        question_s=1.6,
        ellipsis_s=0.8,
        dash_s=0.3,
        before_heading_s=2.5,
        bell_s=2.0,
        after_heading_s=1.2,
        closing_s=8.0,
    ),
    "sleep": Pacing(
        preset="sleep",
        wpm=115.0,
        opening_s=8.0,
        title_s=3.5,
        subtitle_s=5.0,
        sentence_s=1.4,
        line_s=1.8,
        stanza_s=4.5,
        paragraph_s=4.5,
        scene_s=7.0,
        item_s=2.0,
        question_s=6.0,
        ellipsis_s=2.2,
        dash_s=0.8,
        before_heading_s=7.0,
        bell_s=4.0,
        after_heading_s=2.5,
        closing_s=15.0,
        slowing=1.6,
        quieting_db=6.0,
    ),
    "morning": Pacing(
        preset="morning",
        wpm=130.0,
        opening_s=4.0,
        title_s=2.0,
        subtitle_s=2.5,
        sentence_s=0.8,
        line_s=1.3,
        stanza_s=3.0,
        paragraph_s=3.0,
        scene_s=4.0,
        item_s=1.2,
        question_s=4.5,
        ellipsis_s=1.2,
        dash_s=0.5,
        before_heading_s=4.0,
        bell_s=2.5,
        after_heading_s=1.5,
        closing_s=8.0,
    ),
}
"""The named tables of pauses; `gentle` is the default of every field above.

`spacious` speaks exactly as fast as `gentle`: its slowness is silence, so changing between the two
re-uses every clip. (Listeners dislike stretched speech: Mindfulness 14, 2023.)
"""


_DEFAULT_BACKGROUND = "drone"


def _background_names() -> tuple[str, ...]:
    """Return the names of the modules in `sound/beds/`, which are not imported, the default first; then `none`."""
    folder = Path(__file__).parents[1] / "sound" / "beds"
    names = sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
    return (*sorted(names, key=lambda name: name != _DEFAULT_BACKGROUND), "none")


BACKGROUNDS = _background_names()
"""Every background that is made here, and none: what a mark in a text may name. A file is for the recipe alone."""


class Soundscape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is heard besides the voice."""

    background: Annotated[str, _text("the bed: a name, a path to an audio file, or none")] = _DEFAULT_BACKGROUND
    drone_root: Annotated[str, _text("lowest note of the drone: a note such as A2 or Eb3, or a number in Hz")] = "A2"
    binaural_carrier_hz: Annotated[float, _number(80, 1000, "Hz", "the tone of binaural: the middle of the two")] = (
        200.0
    )
    binaural_beat_hz: Annotated[float, _number(0.5, 30, "Hz", "how far the two tones of binaural lie apart")] = 5.0
    bed_below_speech_db: Annotated[
        float, _number(20, 60, "dB", "how far the bed lies under the quietest second of speech (RMS)")
    ] = 22.0
    swell_db: Annotated[float, _number(0, 12, "dB", "how much the bed rises in the pauses")] = 5.0
    attack_s: Annotated[float, _number(0.05, 10, "s", "how long the bed takes to go down")] = 0.7
    release_s: Annotated[float, _number(0.05, 20, "s", "how long the bed takes to come up")] = 2.0
    fade_in_s: Annotated[float, _number(0, 60, "s", "how long the bed takes to appear")] = 5.0
    fade_out_s: Annotated[float, _number(0, 60, "s", "how long the bed takes to vanish")] = 9.0
    room: Annotated[Literal["none", "small"], _choice("", "the room in which the voice speaks")] = "none"
    bell: Annotated[str, _text("the bell at section starts: a name, or none")] = "bowl"
    closing_bell: Annotated[str, _text("the bell after the last words: a name, or none")] = "none"
    bell_below_speech_db: Annotated[
        float, _number(0, 40, "dB", "how far a bell's peak lies under the peaks of speech")
    ] = 8.0


class Mastering(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The delivered file."""

    target_lufs: Annotated[float, _number(-24, -12, "LUFS", "integrated loudness")] = -16.0
    tolerance_lu: Annotated[float, _number(0.1, 1, "LU", "how far from the target it may land")] = 0.5
    ceiling_dbtp: Annotated[float, _number(-6, -0.5, "dBTP", "highest true peak")] = -1.0
    channels: Annotated[Literal[1, 2], _choice("", "1 for mono, 2 for stereo")] = 2
    sample_rate_hz: Annotated[Literal[44100, 48000], _choice("Hz", "frames per second")] = 44100
    bitrate_kbps: Annotated[
        Literal[64, 80, 96, 112, 128, 160, 192, 224, 256, 320], _choice("kbps", "constant bit rate of the MP3")
    ] = 128


CoverMotif = Literal["horizon", "hills", "waves", "rings"]


class Tags(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the player shows. What is left empty comes from the article, or is left out."""

    title: Annotated[str, _text("title of the episode")] = ""
    subtitle: Annotated[str, _text("subtitle of the episode")] = ""
    author: Annotated[str, _text("who wrote the words")] = ""
    show: Annotated[str, _text("name of the show")] = "Reflections"
    date: Annotated[
        str,
        Meta(
            pattern=r"^(\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?)?$",
            description="publishing date, YYYY-MM-DD, or with a time such as 2026-11-23T06:30+01:00",
        ),
    ] = ""
    track: Annotated[int, _number(0, 9999, "", "number of the episode; 0 for none")] = 0
    track_total: Annotated[int, _number(0, 9999, "", "how many episodes a book has; 0 where that isn't known")] = 0
    track_digits: Annotated[
        int, _number(0, 4, "", "digits of the number at the beginning of the file's name; 0 for no number")
    ] = 0
    genre: Annotated[str, _text("genre")] = "Podcast"
    language: Annotated[str, _text("language of the words, such as en or pt-BR", longest=35)] = ""
    cover: Annotated[str, _text("path of a JPEG or PNG; empty to have one drawn")] = ""
    cover_colour: Annotated[
        str,
        Meta(
            pattern=r"^(#[0-9a-fA-F]{6})?$",
            description="colour of a drawn cover, such as #2a4d5c; empty to follow from the title",
        ),
    ] = ""
    cover_motif: Annotated[CoverMotif, _choice("", "what a drawn cover shows below its title")] = "horizon"
    carry_source: Annotated[bool, _choice("", "whether the MP3 carries its script and recipe, to be rebuilt from")] = (
        True
    )


class Recipe(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything about an episode that is not its words.

    `Recipe()` is the default; `audio_builder.recipe.recipe_file.load` reads one from TOML.
    """

    voice: Annotated[str, _text("name of the voice; auto for one of the text's language")] = "auto"
    quote_voice: Annotated[str, _text("name of the voice for quotations; empty for the same")] = ""
    lexicon: Annotated[str, _text("path of a TOML file that says how words are pronounced; empty for none")] = ""
    citations: Annotated[bool, _choice("", "whether citations in brackets, such as (Smith, 2020), are read out")] = True
    spoken_disclosure: Annotated[
        str,
        Meta(
            max_length=300,
            pattern=r"^[^\[\]]*$",
            description="said after the last words, such as that the voice is synthetic; without marks; empty for none",
        ),
    ] = ""
    pacing: Pacing = Pacing()
    soundscape: Soundscape = Soundscape()
    mastering: Mastering = Mastering()
    tags: Tags = Tags()
