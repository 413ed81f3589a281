"""What a page needs to stretch an episode's silences: where they are, and the sounds that are laid anew around them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from msgspec import Struct

from audio_builder.audio.samples import Samples
from audio_builder.episode.encode.encoder import Mp3Format, encode, encoder_gain_db
from audio_builder.mix.levels import measure_speech
from audio_builder.mix.master import limit, to_pcm16
from audio_builder.mix.plan import MixPlan, plan_mix
from audio_builder.mix.render import tone_in_mix
from audio_builder.mix.timeline import Timeline, Tone, frames_from_seconds
from audio_builder.recipe.settings import Recipe
from audio_builder.sound.background import as_one
from audio_builder.sound.bed import Bed, BedFormat

STRETCH_S = 48.0
"""Of the background, until it begins again."""

_JOIN_S = 4.0
"""How long its end and its beginning lie over one another: nothing is heard to begin."""

_MARGIN_S = 0.5
"""Beyond both ends of the stretch, as decoders begin a little later or earlier."""

_APART_S = 0.5
"""Silence before each tone in the file."""


class RestTime(Struct, frozen=True, kw_only=True):
    """A silence of the script.

    Attributes:
        start_s: in seconds from the beginning of the episode.
        end_s: in seconds.
        reason: which rule set it (see `script.cues.Reason`); `mark` and `silence`: a person did.
    """

    start_s: float
    end_s: float
    reason: str


class ToneTime(Struct, frozen=True, kw_only=True):
    """A bell or a breath.

    Attributes:
        start_s: when it sounds in the episode, in seconds.
        at_s: where it is in the file of the background.
        length_s: in seconds.
    """

    start_s: float
    at_s: float
    length_s: float


class Elastic(Struct, frozen=True, kw_only=True):
    """How an episode may be stretched, and with which sounds beside it.

    Attributes:
        least_share: rules' silences shrink to this share at most.
        most_share: and grow to this multiple at most.
        longest_s: none that a rule sets grows beyond, in seconds.
        bed_at_s: where the stretch of background begins in its file; what lies before and after it continues it.
        bed_s: its length; 0 for an episode without background.
        tones: bells and breaths.
        ducks_db: for each phrase how much lower the background lies under it, at most 0.
        swell_db: how much higher it lies in a long silence.
        attack_s: how long it takes to go down.
        release_s: to come up.
        fade_in_s: from the beginning.
        fade_out_s: to the end.
    """

    least_share: float
    most_share: float
    longest_s: float
    bed_at_s: float
    bed_s: float
    tones: tuple[ToneTime, ...]
    ducks_db: tuple[float, ...]
    swell_db: float
    attack_s: float
    release_s: float
    fade_in_s: float
    fade_out_s: float


def rests_of(timeline: Timeline) -> tuple[RestTime, ...]:
    """Return the silences of an episode that last, by time."""
    return tuple(
        RestTime(
            start_s=rest.start / timeline.rate_hz,
            end_s=(rest.start + rest.frames) / timeline.rate_hz,
            reason=rest.reason.value,
        )
        for rest in timeline.rests
        if rest.frames > 0
    )


def write_bed(path: Path, timeline: Timeline, recipe: Recipe, beds: Mapping[str, Bed]) -> Elastic:
    """Write a seamless stretch of an episode's background and each of its tones into an MP3, and return how to use it.

    Args:
        path: the file to write.
        timeline: of the episode.
        recipe: of the episode.
        beds: its backgrounds. Of several, the first is heard throughout.

    Raises:
        EncoderError: ffmpeg failed.
        NarrationError: a clip can't be loaded any more.
    """
    mastering, soundscape, rate_hz = recipe.mastering, recipe.soundscape, timeline.rate_hz
    plan = _plan(timeline, recipe, beds)
    pieces, tones = [_silence(_APART_S, plan.channels, rate_hz)], []
    bed_s = 0.0
    if plan.bed_gain_db > -np.inf:
        bed_s = STRETCH_S
        pieces.append(seamless(beds[""], rate_hz) * np.float32(10 ** (plan.bed_gain_db / 20)))
    places: dict[tuple[Tone, int], float] = {}
    for tone in timeline.tones:
        kind = (tone.tone, tone.frames)
        if kind not in places:
            pieces.append(_silence(_APART_S, plan.channels, rate_hz))
            places[kind] = sum(map(len, pieces)) / rate_hz
            pieces.append(tone_in_mix(tone, plan, soundscape, rate_hz))
        length_s = tone.frames / rate_hz
        tones.append(ToneTime(start_s=tone.start / rate_hz, at_s=places[kind], length_s=length_s))
    pieces.append(_silence(_APART_S, plan.channels, rate_hz))
    mp3_format = Mp3Format(rate_hz, plan.channels, mastering.bitrate_kbps)
    encode(to_pcm16(limit(iter(pieces), rate_hz, plan.ceiling_dbtp)), path, mp3_format)
    return Elastic(
        least_share=recipe.pacing.least_share,
        most_share=recipe.pacing.most_share,
        longest_s=recipe.pacing.longest_s,
        bed_at_s=_APART_S + _MARGIN_S,
        bed_s=bed_s,
        tones=tuple(tones),
        ducks_db=plan.bed_ducks_db,
        swell_db=soundscape.swell_db,
        attack_s=soundscape.attack_s,
        release_s=soundscape.release_s,
        fade_in_s=soundscape.fade_in_s,
        fade_out_s=soundscape.fade_out_s,
    )


def seamless(bed: Bed, rate_hz: int) -> Samples:
    """Return `STRETCH_S` of a background that can follow itself, with half a second of itself before and after it.

    Its beginning comes in while what would follow its end goes out, so that their powers add up to that of one.

    Returns:
        Shape (frames, channels).
    """
    frames, join, margin = (frames_from_seconds(seconds, rate_hz) for seconds in (STRETCH_S, _JOIN_S, _MARGIN_S))
    sound = bed.read(0, frames + join)
    share = (np.arange(join, dtype=np.float32) / join * (np.pi / 2))[:, np.newaxis]
    stretch = sound[:frames].copy()
    stretch[:join] = sound[:join] * np.sin(share) + sound[frames:] * np.cos(share)
    return np.concatenate([stretch[-margin:], stretch, stretch[:margin]])


def _plan(timeline: Timeline, recipe: Recipe, beds: Mapping[str, Bed]) -> MixPlan:
    mastering = recipe.mastering
    bed = as_one(beds, timeline.backgrounds, BedFormat(timeline.rate_hz, mastering.channels))
    gain_db = encoder_gain_db(mastering.bitrate_kbps)
    return plan_mix(measure_speech(timeline), timeline, bed, recipe.soundscape, mastering, gain_db)


def _silence(seconds: float, channels: int, rate_hz: int) -> Samples:
    return np.zeros((frames_from_seconds(seconds, rate_hz), channels), dtype=np.float32)
