"""`audio-builder check`: any MP3 against the standard."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from audio_builder.cli.console import Console, progress_bar
from audio_builder.cli.options import force_option, json_output, picture_option, verbosity
from audio_builder.errors import CHECK_FAILED


@click.command(
    "check",
    epilog="""\b
Examples:
  audio-builder check output/my-episode.mp3
  audio-builder check somebody-elses.mp3 --json
  audio-builder check output/my-episode.mp3 --picture my-episode.svg
  audio-builder check output/my-episode.mp3 --listen
""",
)
@click.argument("file", metavar="FILE.mp3", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@picture_option("Draw waveform, loudness over time and chapters.")
@click.option(
    "--listen",
    is_flag=True,
    help="Hear an episode of ours, and list the words that aren't heard as written (English; needs the extra "
    "`listen`).",
)
@force_option
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, file: Path, picture: Path | None, listen: bool, force: bool, as_json: bool) -> None:
    """Measure FILE.mp3 and say, line by line, what meets the standard for podcasts and what doesn't.

    Loudness is in LUFS, true peak in dBTP, times are in seconds. The exit code is 10 when something fails.
    """
    from audio_builder.episode.check_file import check_file
    from audio_builder.episode.record import phrases_beside

    console = ctx.ensure_object(Console)
    if listen:
        from audio_builder.narration.recogniser import recogniser_name

        recogniser_name()
    with progress_bar(console) as progress:
        phrases_s = [(phrase.start_s, phrase.end_s) for phrase in phrases_beside(file)]
        report = check_file(file, progress, picture, phrases_s, force=force)
        if listen:
            from audio_builder.episode.listening import listen_to_file

            report = msgspec.structs.replace(report, listening=listen_to_file(file, phrases_s, progress))
    console.result(report.as_json() if as_json else "\n".join(report.lines()))
    if not report.ok:
        ctx.exit(CHECK_FAILED)
