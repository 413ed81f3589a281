"""Options that more than one command takes. Those that set a recipe field say so from its definition."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from audio_builder.cli.console import Console
from audio_builder.cli.option_values import COMPLETED, Length, Lengths, complete
from audio_builder.errors import RecipeError
from audio_builder.recipe.recipe_file import Layer, make_recipe, read_recipe_file, setting
from audio_builder.recipe.settings import PACING_PRESETS, Recipe

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from audio_builder.article.source import SourceText
    from audio_builder.script.from_document import Document

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Options = TypeVar("_Options", bound="DataclassInstance")

RECIPE_OPTIONS: Mapping[str, str] = {
    "voice": "voice",
    "quote_voice": "quote_voice",
    "lexicon": "lexicon",
    "citations": "citations",
    "spoken_disclosure": "spoken_disclosure",
    "pacing": "pacing.preset",
    "wpm": "pacing.wpm",
    "duration": "pacing.duration_s",
    "background": "soundscape.background",
    "bell": "soundscape.bell",
    "title": "tags.title",
    "subtitle": "tags.subtitle",
    "author": "tags.author",
    "show": "tags.show",
    "date": "tags.date",
    "language": "tags.language",
    "cover": "tags.cover",
    "carry_source": "tags.carry_source",
}
"""Each option, as its parameter is called, and the recipe field it sets."""

_SWITCHES = {
    "carry_source": ("--no-source", "Leave the script and the recipe out of the MP3; it can't be rebuilt then."),
    "citations": ("--no-citations", "Don't read out citations in brackets, such as (Smith, 2020)."),
}
_METAVARS = {
    "pacing": "|".join(PACING_PRESETS),
    "wpm": "N",
    "duration": "15m|15:00|900",
    "lexicon": "FILE.toml",
    "background": "NAME|FILE|none",
    "bell": "NAME|none",
    "cover": "FILE",
    "date": "YYYY-MM-DD",
}


HELP_GROUPS: Mapping[str, tuple[str, ...]] = {
    "The words": ("chapter", "each_chapter", "fetch", "guides", "citations", "spoken_disclosure", "language"),
    "The voice": ("voice", "quote_voice", "lexicon", "wpm"),
    "The silences": ("pacing", "duration", "lengths"),
    "The sound": ("background", "bell"),
    "What players show": ("title", "subtitle", "author", "show", "date", "cover"),
}
"""Headings in the help of commands that build, and the options under each; what is in none comes last."""


class GroupedCommand(click.Command):
    """A command whose help has its options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, in the order of `HELP_GROUPS`."""
        records = {
            option.name: record
            for option in self.get_params(ctx)
            if isinstance(option, click.Option) and (record := option.get_help_record(ctx)) is not None
        }
        grouped = {
            heading: [records.pop(name) for name in names if name in records] for heading, names in HELP_GROUPS.items()
        }
        for heading, rows in {**grouped, "The file and the command": list(records.values())}.items():
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


def recipe_options(*names: str) -> Callable[[_Function], _Function]:
    """Return a decorator that adds the named options (all where none is named) and `--recipe`."""

    def decorate(function: _Function) -> _Function:
        for name in reversed(names or tuple(RECIPE_OPTIONS)):
            function = _option(name)(function)
        return click.option(
            "--recipe",
            "recipe_file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE.toml",
            help="Settings from a TOML file; options win over it.",
        )(function)

    return decorate


def _option(name: str) -> Callable[[_Function], _Function]:
    if name in _SWITCHES:
        flag, about = _SWITCHES[name]
        return click.option(flag, name, flag_value=False, default=None, type=bool, help=about)
    field = setting(RECIPE_OPTIONS[name])
    about = f"{field.help[:1].upper()}{field.help[1:]}"
    if field.range_text:
        about += f", {field.range_text}"
    if field.default not in ("", 0):
        about += f"  [default: {field.default if isinstance(field.default, str) else f'{field.default:g}'}]"
    kind = Length() if name == "duration" else float if isinstance(field.default, float) else str
    return click.option(
        f"--{name.replace('_', '-')}",
        type=kind,
        metavar=_METAVARS.get(name, "TEXT"),
        help=about,
        shell_complete=complete(name) if name in COMPLETED else None,
    )


preset_option = click.option("--preset", metavar="NAME", help="A preset of your own, from audio-builder.toml.")


def picture_option(about: str) -> Callable[[_Function], _Function]:
    """Return the option that draws a picture; what it shows is told in its help."""
    return click.option(
        "--picture",
        type=click.Path(dir_okay=False, path_type=Path),
        callback=named_as(".svg", "the picture is an SVG"),
        metavar="FILE.svg",
        help=about,
    )


def named_as(suffix: str, what: str) -> Callable[[click.Context, click.Parameter, Path | None], Path | None]:
    """Return the callback of an option for a file that we write: it refuses a name with another suffix."""

    def check(_ctx: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
        check_suffix(path, (suffix,), what)
        return path

    return check


def check_suffix(path: Path | None, suffixes: Sequence[str], what: str) -> None:
    """Refuse the name of a file that ends as that of another kind does: no program would open it.

    Raises:
        BadParameter: it does.
    """
    if path is not None and path.suffix.lower() not in suffixes:
        raise click.BadParameter(f"{what}; call it “{path.stem}{suffixes[0]}”")


def recipe_from_options(own: Layer, recipe_file: Path | None, chosen: Mapping[str, str | float | None]) -> Recipe:
    """Return the recipe of a command line: the source's own settings, then the recipe file, then the options.

    Raises:
        RecipeError: a setting is unknown, of the wrong type or out of range.
    """
    return make_recipe(own, recipe_file_layer(recipe_file) if recipe_file else {}, options_layer(chosen))


def recipe_file_layer(path: Path) -> Layer:
    """Return the settings of a recipe file; its paths are relative to it.

    Raises:
        RecipeError: it can't be read.
    """
    from audio_builder.recipe.defaults import anchored

    return anchored(read_recipe_file(path), path.parent)


def options_layer(chosen: Mapping[str, str | float | None]) -> Layer:
    """Return what the options of a command line set, each held to its range.

    Raises:
        RecipeError: a value isn't allowed; with the name of its option.
    """
    layer: dict[str, Any] = {}
    for name, value in chosen.items():
        if value is not None:
            table, _, key = RECIPE_OPTIONS[name].rpartition(".")
            (layer.setdefault(table, {}) if table else layer)[key] = value
    try:
        make_recipe(layer)
    except RecipeError as error:
        for name, path in RECIPE_OPTIONS.items():
            if error.message.startswith(f"{path} "):
                option = f"--{name.replace('_', '-')}"
                raise RecipeError(error.message.replace(path, option, 1), hint=error.hint) from error
        raise
    return layer


def read_source_argument(
    source: str, console: Console, chapter: int | None = None, *, fetch: bool = False
) -> tuple[SourceText, Document]:
    """Return what a path, standard input (`-`) or a page on the web holds, as text and as document.

    Of a book it is one chapter, or all.

    What can't be carried over from it is shown, and in one line what isn't read out; with `-v` all of it.

    Raises:
        SourceError: it can't be read, or there is nothing in it to speak.
        UnknownVoice: a mark in it names a voice that isn't there.
    """
    from audio_builder.article.details import with_page
    from audio_builder.article.left_out import details, summary
    from audio_builder.article.model import Article
    from audio_builder.article.source import LARGEST_BYTES, is_web_address, open_source, source_from_bytes
    from audio_builder.script.from_document import check_voices, read_document
    from audio_builder.voices.catalogue import find_voice, is_voice

    if source == "-":
        text = source_from_bytes(sys.stdin.buffer.read(LARGEST_BYTES + 1), "standard input", chapter)
    elif is_web_address(source):
        from audio_builder.article.web_page import fetch_page, refuse_web_address

        if not fetch:
            raise refuse_web_address(source)
        text = fetch_page(source)
    else:
        text = open_source(Path(source), chapter)
    document = read_document(text, on_warning=console.warn, is_voice=is_voice)
    check_voices(document, text, find_voice)
    if isinstance(document, Article) and is_web_address(source):
        document = replace(document, details=with_page(document.details, document.title, source))
    if isinstance(document, Article) and document.left_out:
        console.say(summary(document.left_out))
        for line in details(document.left_out):
            console.detail(line)
    return text, document


voice_only_option = click.option(
    "--voice-only",
    is_flag=True,
    help="Also make NAME.voice.mp3: the voice alone, at the same times.",
)

listen_option = click.option(
    "--listen",
    is_flag=True,
    help="Hear each phrase when it is spoken (English; needs the extra `listen`); speak it again where a word is "
    "missing, doubled or cut, and list what still differs.",
)

open_option = click.option("--open", "opens", is_flag=True, help="Play the episode when it is made.")

private_option = click.option(
    "--private",
    is_flag=True,
    help="Keep nothing but the episode: no spoken sentences in the cache, no script and no recipe in the MP3.",
)

lengths_option = click.option(
    "--lengths",
    type=Lengths(),
    default=(),
    metavar="8m,15m,25m",
    help="How long the episode is to be, and after commas the lengths in which it is made besides.",
)

output_target = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR|FILE.mp3",
    help="Folder for the episode, made if it isn't there; or a file of your own naming.  [default: output]",
)

output_folder = click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="output",
    show_default=True,
    metavar="DIR",
    help="Folder for the episode; made if it isn't there.",
)

force_option = click.option("--force", is_flag=True, help="Replace what is there, whoever made it.")

chapter_option = click.option(
    "--chapter",
    type=click.IntRange(min=1),
    metavar="N",
    help="Of a book (EPUB), this chapter alone, counted from 1; otherwise all of it in one episode.",
)

guide_option = click.option(
    "--guide",
    "guides",
    multiple=True,
    metavar="NAME|FILE",
    shell_complete=complete("guides"),
    help="A passage before or after the words: settle, breath, breath-counted, return, or a text of your own. "
    "May be given several times.",
)

fetch_option = click.option(
    "--fetch",
    is_flag=True,
    help="SOURCE may be the address of a public web page, which is fetched once; nothing else uses the network.",
)

each_chapter_option = click.option(
    "--each-chapter",
    is_flag=True,
    help="Of a book (EPUB), make an episode of each chapter, numbered; those that are there unchanged are left.",
)

json_output = click.option(
    "--json", "as_json", is_flag=True, help="Print a report as JSON; its schema has a version number."
)


def verbosity(function: _Function) -> _Function:
    """Add `-q` and `-v`, which the console reads from the command line itself."""
    for flag, about in (
        (("-v", "--verbose"), "Say more; show the traceback of an error."),
        (("-q", "--quiet"), "Say nothing but the result, warnings and errors."),
    ):
        function = click.option(*flag, is_flag=True, expose_value=False, help=about)(function)
    return function


sources_argument = click.argument(
    "sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path(allow_dash=True)
)
"""Paths of files and folders, or `-` for standard input."""

source_argument = click.argument("source", metavar="SOURCE", type=click.Path(allow_dash=True))
"""A path, or `-` for standard input."""


def episode_options(function: _Function) -> _Function:
    """Add the options that all commands have which make episodes."""
    for option in (listen_option, voice_only_option, recipe_options(), force_option, output_target):
        function = option(function)
    return function


def pick(kind: type[_Options], values: Mapping[str, Any]) -> _Options:
    """Return the options that a dataclass has a field for, from the values of a command line."""
    return kind(**{each.name: values[each.name] for each in fields(kind) if each.name in values})
