"""`audio-builder voices calibrate`: measures how fast voices speak."""

from __future__ import annotations

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import verbosity

_NOTABLE_PERCENT = 0.1


@click.command(
    "calibrate",
    epilog="""\b
Examples:
  audio-builder voices calibrate system
  audio-builder voices calibrate thorsten-medium heart
""",
)
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@verbosity
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Measure how many words per minute voices speak at the settings in their profiles, and store it there.

    A passage of 390 words is spoken at each setting: one to ten minutes for a voice. Stop it when you like; the
    same command goes on where it stopped.
    """
    from audio_builder.cli.progress import progress_bar
    from audio_builder.errors import VoiceError
    from audio_builder.narration.cache import ClipCache
    from audio_builder.narration.calibration import calibrate
    from audio_builder.voices.blend import is_blend
    from audio_builder.voices.catalogue import find_voice
    from audio_builder.voices.profile_file import store_calibration

    console = ctx.ensure_object(Console)
    if blends := [name for name in names if is_blend(name)]:
        raise VoiceError(
            f"a blend has no profile to store rates in: “{blends[0]}”",
            hint="Measure the voices that it is made of; its rates follow from theirs.",
        )
    for profile in [find_voice(name) for name in names]:
        with progress_bar(console) as progress:
            measured = calibrate(profile, ClipCache(), progress)
        path = store_calibration(profile.name, measured)
        console.result(f"{profile.name}: measured at {len(measured)} settings, kept in {path}")
        for old, new in zip(profile.calibration, measured, strict=True):
            off = 100 * (old.wpm / new.wpm - 1)
            told = f"the profile said {old.wpm:.1f}, {off:+.1f} %" if abs(off) >= _NOTABLE_PERCENT else "as before"
            console.result(f"    {new.wpm:.1f} words per minute at {new.setting:g} ({told})")
