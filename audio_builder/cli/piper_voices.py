"""`audio-builder voices search`, and installing a voice of Piper's catalogue."""

from __future__ import annotations

import click

from audio_builder.cli.console import Console, printable
from audio_builder.cli.options import json_output, verbosity
from audio_builder.cli.progress_bar import progress_bar


@click.command(
    "search",
    short_help="Search Piper's catalogue of voices.",
    epilog="""\b
Examples:
  audio-builder voices search de
  audio-builder voices search german high
  audio-builder voices search --refresh
""",
)
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--refresh", is_flag=True, help="Fetch the catalogue anew.")
@json_output
@verbosity
@click.pass_context
def search_command(ctx: click.Context, words: tuple[str, ...], refresh: bool, as_json: bool) -> None:
    """List the voices of Piper's public catalogue that fit all WORDs: a language, a name, a quality.

    The catalogue is fetched the first time (about 0.3 MB) and kept. `audio-builder voices install NAME` fetches a voice
    of it, and shows its licence first. Sizes are in MB. None of these voices was measured here.
    """
    from audio_builder.voices.install.piper_catalogue import read_catalogue, search_catalogue

    console = ctx.ensure_object(Console)
    with progress_bar(console) as progress:
        voices = read_catalogue(progress, refresh=refresh)
    found = search_catalogue(voices, words)
    if as_json:
        listed = [{"name": voice.key, "language": voice.language.code, "size_mb": voice.size_mb} for voice in found]
        console.result_json({"schema_version": 1, "voices": listed})
        return
    for voice in found:
        console.result(printable(f"{voice.key}: {voice}"))
    if not found:
        console.say(f"None of {len(voices)} voices fits {' '.join(words)}.")


def install_piper_voice(key: str, console: Console, *, yes: bool) -> None:
    """Fetch a voice of the catalogue, after its licence was shown and agreed to.

    Raises:
        Abort: the answer is no.
        VoiceError: as `piper_catalogue` does.
    """
    from audio_builder.voices.catalogue import find_voice
    from audio_builder.voices.install.engine_packages import install_packages, missing_packages
    from audio_builder.voices.install.piper_catalogue import (
        find_in_catalogue,
        install_from_catalogue,
        read_card,
        read_catalogue,
    )

    with progress_bar(console) as progress:
        voice = find_in_catalogue(read_catalogue(progress), key)
        card = read_card(voice, progress)
    packages = missing_packages(find_voice("joe"))
    console.say(printable(f"{voice.key}: {voice}."))
    console.say(printable(f"Its licence, by its card: {card.licence or 'not stated'}."))
    for found in packages:
        console.say(f"It needs the Python packages {', '.join(found.names)} ({found.contents}).")
    console.detail(printable(card.text))
    if not yes:
        click.confirm("Fetch it?", abort=True, err=True)
    with progress_bar(console) as progress:
        for found in packages:
            install_packages(found)
        profile = install_from_catalogue(voice, card.licence, progress)
    console.result(f"{profile.name}: fetched and checked, ready for --voice {profile.name}")
    console.say(f"Its rates aren't measured yet: audio-builder voices calibrate {profile.name}")
