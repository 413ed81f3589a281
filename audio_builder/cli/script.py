"""`audio-builder script`: the paced script, to read and edit."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audio_builder.cli.build_options import BuildOptions
from audio_builder.cli.console import Console, can_show
from audio_builder.cli.options import (
    chapter_option,
    check_suffix,
    fetch_option,
    force_option,
    guide_option,
    preset_option,
    read_source_argument,
    recipe_options,
    source_argument,
    verbosity,
)
from audio_builder.errors import OutputError

if TYPE_CHECKING:
    from audio_builder.recipe.settings import Pacing
    from audio_builder.script.cues import Script


@click.command(
    "script",
    epilog="""\b
Examples:
  audio-builder script my-article.md
  audio-builder script my-article.md --pacing spacious -o my-script.md
  audio-builder script my-article.md --guide settle --guide return
  audio-builder script my-article.md --preview
  audio-builder script my-article.md --preview -o my-pacing.svg
  audio-builder script my-article.md -o my-article.ssml
  audio-builder script my-article.md -o my-script.md
""",
)
@source_argument
@chapter_option
@fetch_option
@guide_option
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the script to a file instead of standard output.",
)
@force_option
@click.option(
    "--format",
    "written_as",
    type=click.Choice(["script", "ssml"]),
    help="Print a script file or SSML.  [default: by the suffix of -o, else script]",
)
@click.option(
    "--preview",
    is_flag=True,
    help="Show the pacing as a strip of speech and silence instead; with -o NAME.svg, as a picture.",
)
@preset_option
@recipe_options(
    "quote_voice", "citations", "spoken_disclosure", "pacing", "wpm", "title", "subtitle", "author", "date", "language"
)
@verbosity
@click.pass_context
def command(ctx: click.Context, /, source: str, output: Path | None, preview: bool, **values: Any) -> None:
    """Print the paced script of SOURCE: what will be said, and every pause in seconds with its reason.

    Nothing is spoken. An estimate of the episode's length goes to standard error. Edit the script and build from it.
    """
    from audio_builder.files import write_named
    from audio_builder.script import from_document as documents
    from audio_builder.script.estimate import clock, estimate, expected_range
    from audio_builder.script.notation import format_script

    console, options, written_as = ctx.ensure_object(Console), BuildOptions.given(values), values["written_as"]
    if preview:
        check_suffix(output, (".svg", ".txt", ""), "the strip is an SVG or a text")
    elif written_as == "ssml":
        check_suffix(output, (".ssml", ".xml"), "it is SSML")
    else:
        suffixes = (".md", ".markdown", ".txt", "")
        check_suffix(output, suffixes if written_as else (*suffixes, ".ssml"), "a script is a text")
    _check_output(output, source)
    text, document = read_source_argument(source, console, options.chapter, fetch=options.fetch)
    recipe = options.settings(text, document).recipe()
    document, note = documents.settle_language(document, recipe)
    script = documents.make_script(documents.add_guides(document, recipe, options.guides), recipe)
    expected = estimate(script, recipe.pacing.wpm, recipe.pacing.slower_share).summary()
    if preview:
        written = _picture(script, recipe.pacing, expected, output)
    elif written_as == "ssml" or (written_as is None and output is not None and output.suffix.lower() == ".ssml"):
        written = _ssml(script, recipe.pacing, console)
    else:
        written = format_script(script)
    if output is None:
        console.result(written)
    else:
        write_named(output, written.encode("utf-8"), force=values["force"])
        console.result_path(output)
    if note.warns:
        console.warn(note.text)
    elif note.text:
        console.say(note.text)
    console.say(expected)
    reach = expected_range(script, recipe.pacing, recipe.pacing.wpm)
    shortest, longest = clock(reach.shortest_s), clock(reach.longest_s)
    console.say(f"with --duration, it can be about {shortest} to about {longest} long")


def _check_output(output: Path | None, source: str) -> None:
    """Refuse to write over the text that the script is made from.

    Raises:
        OutputError: they are one file.
    """
    if output is None:
        return
    try:
        is_source = output.samefile(source)
    except OSError:  # one of them isn't there, or can't be: reading and writing will say so
        return
    if is_source:
        raise OutputError(
            f"{output} is your text itself: the script would take its place",
            hint=f"Give the script another name, such as {output.with_suffix('.script.md').name}.",
        )


def _ssml(script: Script, pacing: Pacing, console: Console) -> str:
    """Return the script as SSML, and tell what couldn't be carried over."""
    from audio_builder.script.write_ssml import as_ssml

    exported = as_ssml(script, pacing)
    for note in exported.notes:
        console.say(note)
    return exported.text


def _picture(script: Script, pacing: Pacing, expected: str, output: Path | None) -> str:
    """Return the pacing as SVG for a file of that name, else as text: for this terminal, or for a file."""
    from audio_builder.script.strip import LETTERS, strip_as_text, strip_of
    from audio_builder.script.strip_svg import strip_as_svg

    strip = strip_of(script, pacing)
    if output is not None and output.suffix.lower() == ".svg":
        return strip_as_svg(strip, script.title, expected)
    encoding = (output is None and sys.stdout.encoding) or "utf-8"
    width = shutil.get_terminal_size((100, 24)).columns
    text = strip_as_text(strip, width, unicode=can_show(LETTERS, encoding))
    return text.encode(encoding, "replace").decode(encoding)
