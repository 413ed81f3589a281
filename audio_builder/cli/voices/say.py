"""`audio-builder voices say`: a few words, to try how a voice says them."""

from __future__ import annotations

from pathlib import Path

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import named_as, recipe_from_options, recipe_options, verbosity
from audio_builder.cli.progress import progress_bar


@click.command(
    "say",
    epilog="""\b
Examples:
  audio-builder voices say "Thich Nhat Hanh was born in 1926."
  audio-builder voices say "The tao is here." --voice system --lexicon words.toml -o tao.wav
""",
)
@click.argument("text", metavar="TEXT")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=named_as(".wav", "the sound is a WAV"),
    default="said.wav",
    show_default=True,
    metavar="FILE.wav",
    help="Where the sound goes.",
)
@recipe_options("voice", "lexicon", "wpm")
@verbosity
@click.pass_context
def command(
    ctx: click.Context, /, text: str, output: Path, recipe_file: Path | None, **chosen: str | float | None
) -> None:
    """Speak TEXT into a WAV file, to try how a voice says a word, and print its path.

    A pronunciation of your own goes into a lexicon. Rates are in words per minute (wpm).
    """
    from audio_builder.files import write_bytes
    from audio_builder.narration.narrate import say_as_wav
    from audio_builder.voices.catalogue import find_voice
    from audio_builder.voices.prepare import prepare_voice
    from audio_builder.voices.wording.lexicon import read_lexicon

    console = ctx.ensure_object(Console)
    recipe = recipe_from_options({}, recipe_file, chosen)
    lexicon = read_lexicon(Path(recipe.lexicon)) if recipe.lexicon else {}
    prepared = prepare_voice(find_voice(recipe.voice), recipe.pacing.wpm, lexicon)
    with progress_bar(console) as progress:
        sound = say_as_wav(text, prepared.voice, progress)
    write_bytes(output, sound)
    console.result_path(output)
    if prepared.note:
        console.say(prepared.note)
