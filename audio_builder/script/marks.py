"""Marks and cues: what a mark in a text does in the script, and how a cue is written as one."""

from __future__ import annotations

import difflib
from decimal import Decimal

from audio_builder.article.mark_kinds import BackgroundMark, BeatMark, BellMark, BreathMark, ChapterMark, SilenceMark
from audio_builder.article.marks import Place
from audio_builder.errors import ScriptError
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Background, Beat, Bell, Breath, ChapterStart, Cue, Reason, Rest

_REASONS = {reason.value: reason for reason in Reason if not reason.by_person}


def breath_cue(mark: BreathMark, pacing: Pacing) -> Breath:
    """Return the breaths a mark asks for, as long as the pacing says where the mark doesn't."""
    in_s = pacing.breath_in_s if mark.in_s is None else mark.in_s
    out_s = pacing.breath_out_s if mark.out_s is None else mark.out_s
    return Breath(in_s, out_s, mark.count)


def cue_of(mark: SilenceMark | BeatMark | BellMark | BreathMark | ChapterMark | BackgroundMark, pacing: Pacing) -> Cue:
    """Return the cue that a mark stands for."""
    match mark:
        case SilenceMark(seconds):
            return Rest(seconds, Reason.SILENCE)
        case BeatMark(seconds):
            return Beat(seconds)
        case BellMark():
            return Bell()
        case BreathMark():
            return breath_cue(mark, pacing)
        case ChapterMark(title):
            return ChapterStart(title)
        case BackgroundMark(name):
            return Background(name)


def reason_of(words: str, place: Place) -> Reason:
    """Return the reason that stands after a pause's length; no words mean that a person set the pause.

    Raises:
        ScriptError: there is no such reason; the message names the closest.
    """
    if not words:
        return Reason.MARK
    if words not in _REASONS:
        closest = difflib.get_close_matches(words, _REASONS, n=1, cutoff=0) or [Reason.SENTENCE.value]
        raise ScriptError(
            f"{place}: “{words}” is not a reason for a pause; the closest is [pause 4s {closest[0]}]. "
            f"The reasons are {', '.join(_REASONS)}.",
            hint="Leave the reason out for a pause of your own: it then stays as it is under any pacing.",
        )
    return _REASONS[words]


def written(cue: Rest | Beat | Bell | Breath | ChapterStart | Background) -> str:
    """Return a cue as the mark that stands for it in a script file."""
    match cue:
        case Rest(seconds, Reason.SILENCE):
            inside = f"silence {_minutes_and_seconds(seconds)}"
        case Rest(seconds, reason):
            inside = f"pause {plain_number(seconds)}s {'' if reason is Reason.MARK else reason.value}"
        case Beat(seconds):
            inside = f"beat {plain_number(seconds)}s"
        case Bell():
            inside = "bell"
        case Breath(in_s, out_s, count):
            inside = f"breath {plain_number(in_s)}-{plain_number(out_s)} x{count}"
        case ChapterStart(title):
            escaped = "".join(f"\\{character}" if character in "\\[]" else character for character in title)
            inside = f"chapter {escaped}"
        case Background(name):
            inside = f"background {name}"
    return f"[{inside.rstrip(' ')}]"


def _minutes_and_seconds(seconds: float) -> str:
    """Return a length as `2m`, `1m30s` or `0.5s`; only whole seconds are divided, for the rest would be inexact."""
    if seconds < 60 or not seconds.is_integer():
        return f"{plain_number(seconds)}s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if rest else f"{minutes}m"


def plain_number(value: float) -> str:
    """Return the shortest decimal that reads back as the same number, never with an exponent.

    >>> plain_number(4.0), plain_number(1.6)
    ('4', '1.6')
    """
    return format(Decimal(repr(value)), "f").removesuffix(".0")
